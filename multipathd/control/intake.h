/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * intake.h - the configuration and the state files, as they were last read, and what was wrong with
 * them.  For: main, configure, commands.
 */
#pragma once
#include <stdbool.h>

struct daemon;
struct intake;
struct mp_strbuf;

/**
 * intake_new() - nothing read yet
 * @ret:	daemon->intake, which the functions below use; intake_free() when no path or map is
 *		left
 *
 * Return: 0 or -ENOMEM.
 */
int intake_new(struct intake **ret);

/** intake_free() - Return: NULL */
struct intake *intake_free(struct intake *intake);

/**
 * intake_load() - read configuration and state files
 * @errors:	errors in the configuration, one per line; NULL: log only
 *
 * On failure the daemon keeps its current configuration.
 * Return: 0, -EINVAL if the configuration is rejected, negative errno.
 */
int intake_load(struct daemon *daemon, struct mp_strbuf *errors);

/**
 * intake_drop_old() - free the configuration that was in force before: no path or map has settings
 * from it any more
 */
void intake_drop_old(struct daemon *daemon);

/** intake_note_stale() - the files were rejected; @errors: in them, one per line */
void intake_note_stale(struct daemon *daemon, const char *errors);

/**
 * intake_print_state() - print since when the configuration has been in force, stale or incomplete,
 * and the errors in the files
 */
void intake_print_state(const struct daemon *daemon, struct mp_strbuf *out);

/**
 * intake_print_notes() - print the errors and warnings of the last time that the files were read:
 * one per line, a digit for the level and the text
 */
void intake_print_notes(const struct daemon *daemon, int verbosity, struct mp_strbuf *out);
