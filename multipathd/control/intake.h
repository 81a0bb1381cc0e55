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
struct snapshot;

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
 * intake_load() - read configuration and state files at once, when the daemon starts
 *
 * Return: 0, negative errno: the configuration is rejected.
 */
int intake_load(struct daemon *daemon);

/**
 * intake_judge() - the configuration files were read: log what is wrong with them
 *
 * Return: 0, -EINVAL if they are rejected, negative errno.
 */
int intake_judge(struct daemon *daemon, const struct snapshot *snapshot);

/** intake_errors() - those that the last intake_judge() found, one per line; borrowed */
const char *intake_errors(const struct daemon *daemon);

/**
 * intake_adopt() - the state files were read as well: all of it is in force from now on, except for
 * what has changed in memory meanwhile
 * @snapshot:	not rejected; emptied
 */
void intake_adopt(struct daemon *daemon, struct snapshot *snapshot);

/**
 * intake_drop_old() - free the configuration that was in force before: no path or map has settings
 * from it any more
 */
void intake_drop_old(struct daemon *daemon);

/** intake_note_stale() - the files were rejected */
void intake_note_stale(struct daemon *daemon);

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
