/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * responses.h - the array's data in the structures of mpath_persist.h.  Pure.  For:
 * libmpathpersist, tests.
 */
#pragma once
#include <stddef.h>
#include <stdint.h>

struct prin_resp;

/**
 * response_take() - fill @ret
 * @action:	MPATH_PRIN_..._SA
 * @data:	what was received, @size bytes
 * @ret:	for MPATH_PRIN_RFSTAT_SA with its pointers; written on success only
 *
 * What does not fit, or was not received, is left out, and lengths and counts are those of what is
 * in @ret.
 * Return: MPATH_PR_SUCCESS, MPATH_PR_SENSE_MALFORMED, MPATH_PR_SYNTAX_ERROR no such action.
 */
int response_take(int action, const uint8_t *data, size_t size, struct prin_resp *ret);
