/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * warnings.h - warnings that are logged once while the daemon runs, however often their cause
 * recurs.  For: jobs and control.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* All zero: none was logged. */
struct warnings {
	uint64_t *ids;
	size_t count;
};

/**
 * warnings_is_first() - log it now?
 * @id:		of the warning and its cause: a hash
 *
 * Return: true the first time that this @id is asked for; out of memory: every time.
 */
bool warnings_is_first(struct warnings *warnings, uint64_t id);

/** warnings_fini() - free what it holds */
void warnings_fini(struct warnings *warnings);
