/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * files.h - where the configuration is, and state files, written by a worker, many changes at a
 * time.  For: the daemon's loop.
 */
#pragma once
#include <stdbool.h>

#include "config/config.h"

struct daemon;
struct daemon_map;
struct files;

/**
 * files_new() - without changes to write yet
 * @ret:	daemon->files, which the functions below use; files_free() when the pool has ended
 *
 * Return: 0 or -ENOMEM.
 */
int files_new(struct files **ret);

/** files_free() - changes not written yet are lost. Return: NULL. */
struct files *files_free(struct files *files);

/** files_config_source() - where the daemon's configuration is, without a listener */
struct mp_config_source files_config_source(const struct daemon *daemon);

/**
 * files_wwid_created() - record the WWID of an existing map. Return: true if it was not recorded
 * before
 */
bool files_wwid_created(struct daemon *daemon, const char *wwid);

/** files_write() - start writing changes */
void files_write(struct daemon *daemon);

/** files_is_writing() - Return: true if bindings or WWIDs are being written */
bool files_is_writing(const struct daemon *daemon);

/**
 * files_load_wwids() - read the wwids file synchronously: at startup and at a reconfigure. Return:
 * 0, negative errno.
 */
int files_load_wwids(struct daemon *daemon);

/**
 * files_read_wwids() - have a worker read the wwids file, which another program may have changed
 */
void files_read_wwids(struct daemon *daemon);

/**
 * files_await_wwids() - touch @map when the current content of the wwids file has been read
 */
void files_await_wwids(struct daemon_map *map);
