/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* merge.h - what is done once all files are read.  For: config. */
#pragma once
#include "config/parser.h"

/**
 * mp_config_merge() - drop incomplete sections, merge equal ones, add the built-in rules, index
 *
 * @sysfs:	tells whether the kernel multipaths NVMe itself
 *
 * Time grows as n log n with the number of sections and rules.
 * Return: 0 or -ENOMEM.
 */
int mp_config_merge(struct mp_config *config, const char *sysfs,
		    struct mp_diagnostics *diagnostics);
