/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* wwids.h - the file of known WWIDs, and the marks of failed ones.  For: programs. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct mp_wwids; /* set of WWIDs in memory; one owner */

/** mp_wwids_new() - an empty set. Return: 0 or -ENOMEM. */
int mp_wwids_new(struct mp_wwids **ret);
/** mp_wwids_free() - Return: NULL */
struct mp_wwids *mp_wwids_free(struct mp_wwids *wwids);
/** mp_wwids_freep() - for _cleanup_() */
void mp_wwids_freep(struct mp_wwids **wwids);

/**
 * mp_wwids_load() - what stands in DIR/wwids replaces what is in memory, on success only
 *
 * Takes no lock: writers add whole lines and change single bytes. A missing file is an empty set.
 * Return: 0, negative errno.
 */
int mp_wwids_load(struct mp_wwids *wwids, const char *dir);

/** mp_wwids_read() - mp_wwids_load() into a new set. Return: 0, negative errno: *ret is NULL. */
int mp_wwids_read(const char *dir, struct mp_wwids **ret);

/** mp_wwids_parse() - the same from a file's bytes. Return: 0 or -ENOMEM. */
int mp_wwids_parse(struct mp_wwids *wwids, const char *text, size_t length);

/** mp_wwids_has() - true if it is in the set in memory */
bool mp_wwids_has(const struct mp_wwids *wwids, const char *wwid);

/** mp_wwids_remember() - in memory only. Return: 1 new, 0 known, -ENOMEM. */
int mp_wwids_remember(struct mp_wwids *wwids, const char *wwid);
/**
 * mp_wwids_file_has() - true if it is in DIR/wwids.  Takes no lock, keeps nothing: for who asks
 * once.
 *
 * Return: 1, 0 (also without a file), negative errno.
 */
int mp_wwids_file_has(const char *dir, const char *wwid);

/*
 * The file itself: locked (fcntl, 30 s at most: -ETIMEDOUT), header if empty, missing directories
 * made (0700), safe against a kill at any moment. These block: for workers and multipath(8). Any
 * WWID but an empty one (-EINVAL) can be held; slashes and the like are written as \xHH. -EROFS
 * only if there is something to write.
 */

/** mp_wwids_file_add() - Return: 1 added, 0 was there, negative errno */
int mp_wwids_file_add(const char *dir, const char *wwid);

/**
 * mp_wwids_file_add_many() - one lock and one write for all. Return: number added, negative errno
 */
int mp_wwids_file_add_many(const char *dir, const char *const *wwids, size_t count);

/**
 * mp_wwids_file_remove() - its line's first '/' becomes '#'. Return: 1 removed, 0 was not there,
 * negative errno
 */
int mp_wwids_file_remove(const char *dir, const char *wwid);

/** mp_wwids_file_reset() - exactly these. Return: 0, negative errno */
int mp_wwids_file_reset(const char *dir, const char *const *wwids, size_t count);

/**
 * mp_wwids_has_suspended() - RUNTIME_DIR/multipath/suspended_wwids: maps that an operator suspended
 *
 * Return: true if @wwid is among them.
 */
bool mp_wwids_has_suspended(const char *runtime_dir, const char *wwid);
/** mp_wwids_mark_suspended() - add one. Return: 1 added, 0 it was there, negative errno. */
int mp_wwids_mark_suspended(const char *runtime_dir, const char *wwid);
/** mp_wwids_clear_suspended() - remove one. Return: 1 removed, 0 there was none, negative errno. */
int mp_wwids_clear_suspended(const char *runtime_dir, const char *wwid);

/**
 * mp_wwids_has_failed() - RUNTIME_DIR/multipath/failed_wwids: maps that could not be created
 *
 * Return: true if @wwid is among them.
 */
bool mp_wwids_has_failed(const char *runtime_dir, const char *wwid);
/** mp_wwids_mark_failed() - add one. Return: 1 added, 0 it was there, negative errno. */
int mp_wwids_mark_failed(const char *runtime_dir, const char *wwid);
/** mp_wwids_clear_failed() - remove one. Return: 1 removed, 0 there was none, negative errno. */
int mp_wwids_clear_failed(const char *runtime_dir, const char *wwid);
