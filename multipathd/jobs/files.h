/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * files.h - where the configuration is, and state files: bindings and WWIDs are written by a
 * worker, many changes at a time, and read by one when another program has changed them.  For: the
 * daemon's loop.
 *
 * All of it is in one lane, in order: what is read has what was written before, and nothing of what
 * is written later.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/bindings.h"
#include "config/config.h"
#include "config/wwids.h"
#include "multipathd/jobs/diagnostics.h"

struct daemon;
struct daemon_map;
struct files;

/* Bindings that were written, or not. */
struct files_written {
	const char *bindings; /* what was to be written; NULL: no bindings */
	const char *text; /* of the file, if there is no error */
	struct mp_bindings *on_disk; /* parsed from it; NULL: out of memory */
	int error;
	/* after an error: what the file has, and what it says about that; NULL: it cannot be read
	 */
	struct mp_bindings *fallback;
	const struct diagnostics *diagnostics;
};

/* What was read. */
struct files_read {
	struct mp_bindings *bindings; /* the callee may take it: NULL then; NULL after an error */
	struct mp_wwids *wwids; /* as above */
	int error;
	const struct diagnostics *diagnostics; /* of the bindings */
	uint64_t number; /* of the wwids file: a map's wwids_awaited is at most that */
};

/* What becomes of the answers, on the loop. */
struct files_takers {
	/* no write is in progress any more; after that maps are reconciled */
	void (*written)(struct daemon *daemon, struct files_written *written);
	void (*read_bindings)(struct daemon *daemon, struct files_read *read);
	void (*read_wwids)(struct daemon *daemon, struct files_read *read);
};

/**
 * files_new() - without changes to write yet
 * @dir:	of the state files; not copied
 * @takers:	constant
 * @ret:	daemon->files, which the functions below use; files_free() when the pool has ended
 *
 * Return: 0 or -ENOMEM.
 */
int files_new(const char *dir, const struct files_takers *takers, struct files **ret);

/**
 * files_free() - WWIDs not written yet are written, unless access to the files hangs. Bindings not
 * written yet are lost: no map has such a name. Return: NULL.
 */
struct files *files_free(struct files *files);

/** files_config_source() - where the daemon's configuration is, without a listener */
struct mp_config_source files_config_source(const struct daemon *daemon);

/** files_dir() - where the state files are */
const char *files_dir(const struct daemon *daemon);

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
 * files_add_unwritten() - add the recorded WWIDs that may not be in the file yet. Return: 0,
 * -ENOMEM.
 */
int files_add_unwritten(const struct daemon *daemon, struct mp_wwids *wwids);

/**
 * files_enter() - other work is submitted in LANE_FILES; files_leave() in its done(). If work has
 * not returned when the pool has ended, access to the files hangs.
 */
void files_enter(struct daemon *daemon);

/** files_leave() - see files_enter() */
void files_leave(struct daemon *daemon);

/** files_read_bindings() - the file was replaced, perhaps by another program */
void files_read_bindings(struct daemon *daemon);

/** files_read_wwids() - the same for the wwids file */
void files_read_wwids(struct daemon *daemon);

/**
 * files_await_wwids() - sets @map->wwids_awaited to the number of a read that begins from now on
 */
void files_await_wwids(struct daemon_map *map);
