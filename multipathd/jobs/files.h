/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * files.h - state files are written by a worker, many changes in one go.  For: the daemon's loop.
 */
#pragma once
#include <stdbool.h>

struct daemon;
struct daemon_map;
struct files;

/**
 * files_new() - nothing to be written
 * @ret:	daemon->files, which the functions below use; files_free() when the pool has ended
 *
 * Return: 0 or -ENOMEM.
 */
int files_new(struct files **ret);

/** files_free() - what was not written is lost. Return: NULL. */
struct files *files_free(struct files *files);

/**
 * files_wwid_created() - a map of this WWID exists: it is known from now on. Return: was it not
 * before?
 */
bool files_wwid_created(struct daemon *daemon, const char *wwid);

/** files_write() - start writing what has changed */
void files_write(struct daemon *daemon);

/** files_is_writing() - bindings or WWIDs are on their way to disk */
bool files_is_writing(const struct daemon *daemon);

/**
 * files_load_wwids() - read the wwids file here and now: at start and at a reconfigure. Return: 0,
 * negative errno.
 */
int files_load_wwids(struct daemon *daemon);

/** files_read_wwids() - have a worker read the wwids file, which others have changed or may have */
void files_read_wwids(struct daemon *daemon);

/**
 * files_await_wwids() - @map is touched when the wwids file, as it is from now on, has been read
 */
void files_await_wwids(struct daemon_map *map);
