/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* checkers.h - the checkers, one file each.  For: their table. */
#pragma once
#include <stddef.h>
#include <stdint.h>

#include "checkers/checker.h"

#define CHECKER(name, object) extern const struct mp_checker object;
#include "config/checkers.inc"
#undef CHECKER

struct mp_scsi_result;

/**
 * mp_check_read_first_block() - what readsector0 does, for checkers of arrays whose passive paths
 * refuse reads. Return: as mp_checker.check.
 */
int mp_check_read_first_block(struct mp_check *check, struct mp_scsi_result *result);

/**
 * mp_check_read_page() - INQUIRY of a vital product data page
 * @data:	of @size bytes; zeroed by the caller, for devices that send less
 *
 * Return: 1 and the page; else the check is answered: hand the value on.
 */
int mp_check_read_page(struct mp_check *check, uint8_t page, uint8_t *data, size_t size);
