/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * state_file.h - a small text file that several programs keep.  For: bindings, wwids, prkeys,
 * geom_notes.
 */
#pragma once
#include <stddef.h>

struct mp_strbuf;

enum { MP_STATE_FILE_WAIT_MSEC = 30000 };

/**
 * mp_state_file_open() - open DIR/NAME for reading and writing and lock it
 * @dir:	made with its parents (0700) if missing
 * @name:	made (0600, empty) if missing
 *
 * Waits up to MP_STATE_FILE_WAIT_MSEC for programs that hold the lock (fcntl write lock), then:
 * -ETIMEDOUT. Closing the descriptor unlocks.
 * Return: descriptor, negative errno.
 */
int mp_state_file_open(const char *dir, const char *name);

/** mp_state_file_open_within() - the same with another limit */
int mp_state_file_open_within(const char *dir, const char *name, unsigned limit_msec);

/** mp_state_file_load() - whole DIR/NAME without lock. Return: 0, -ENOENT, negative errno. */
int mp_state_file_load(const char *dir, const char *name, struct mp_strbuf *ret);

/** mp_state_file_read() - whole file from its start. Return: 0, negative errno. */
int mp_state_file_read(int fd, struct mp_strbuf *ret);

/**
 * mp_state_file_append() - write at the end and to the disk
 * @fd:		locked
 *
 * In place and with one write, so that programs that wait for the lock of this file go on with the
 * same file.
 * Return: 0, negative errno (the file is as it was).
 */
int mp_state_file_append(int fd, const char *text, size_t length);

/**
 * mp_state_file_replace() - new content by temporary file, fsync and rename; on the disk when it
 * returns
 *
 * The caller holds the lock of the file that is replaced: two never write the same temporary file.
 * A symbolic link stays, what it leads to is replaced.
 * Return: 0, negative errno (the old file is untouched).
 */
int mp_state_file_replace(const char *dir, const char *name, const char *text, size_t length);

/**
 * mp_state_word_put() - a word of a line, such that what is read is what was written, whatever
 * bytes it has
 * @special:	bytes that the file gives a meaning besides the end of a line
 *
 * Those are written as \xHH, as device-mapper and udev write them, and so is a backslash that would
 * be read as such.
 */
void mp_state_word_put(struct mp_strbuf *buf, const char *word, const char *special);

/** mp_state_word_decode() - the inverse, in place */
void mp_state_word_decode(char *word);

/** mp_state_dir_make() - like mkdir -p, mode 0700. Return: 0, negative errno. */
int mp_state_dir_make(const char *dir);
