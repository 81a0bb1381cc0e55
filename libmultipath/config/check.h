/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * check.h - the configuration check: reports every error and warning in the files.  For: programs.
 */
#pragma once
#include "config/report.h"

/**
 * mp_config_check() - read as mp_config_load() does, and tell all that is wrong, odd, or without
 * effect
 * @source:	its diagnostic is not used; without @source->dir its file must be there
 * @state_dir:	of the bindings file, to which names are compared; NULL: none
 *
 * Nothing is changed, and errors do not end it: each is told. No device is looked at.
 * Return: 0, -ENOMEM.
 */
int mp_config_check(const struct mp_config_source *source, const char *state_dir,
		    struct mp_report *report);
