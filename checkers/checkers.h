/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* checkers.h - the checkers, one file each.  For: their table. */
#pragma once
#include "checkers/checker.h"

extern const struct mp_checker mp_checker_tur;
extern const struct mp_checker mp_checker_directio;
extern const struct mp_checker mp_checker_readsector0;

struct mp_scsi_result;

/** mp_check_read_first_block() - what readsector0 does, for checkers of arrays whose passive paths refuse reads */
int mp_check_read_first_block(struct mp_check *check, struct mp_scsi_result *result);
