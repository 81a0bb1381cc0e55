/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * permissions.h - may others than root change a configuration?  For: the configuration check, the
 * daemon.
 */
#pragma once

struct mp_config_source;
struct mp_report;

typedef void (*mp_permissions_fn)(void *userdata, const char *file, const char *text);

/**
 * mp_permissions_check() - look at the configuration's file, its directory and the files in it, and
 * at the state files
 * @state_dir:	NULL: none
 * @found:	called for each file or directory that belongs to, or may be written by, another
 *		user than root or another group
 *
 * The program does what is written there, as root: which disks are paths, who reads a map, what a
 * reservation's key is. What is missing is passed over.
 */
void mp_permissions_check(const struct mp_config_source *source, const char *state_dir,
			  mp_permissions_fn found, void *userdata);

/** mp_permissions_report() - the same into a report, as warnings */
void mp_permissions_report(const struct mp_config_source *source, const char *state_dir,
			   struct mp_report *report);
