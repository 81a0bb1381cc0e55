/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * enumeration.h - go through the disks of the system: a worker reads them, the loop takes them in
 * slices of its time.  For: the daemon's control and events.
 */
#pragma once
#include <stdbool.h>
#include <sys/types.h>

struct daemon;
struct enumeration;
struct mp_roots;

/**
 * enumeration_new() - nothing is gone through yet
 * @roots:	where the disks are
 * @ret:	daemon->enumeration, which the functions below use
 *
 * Return: 0, negative errno.
 */
int enumeration_new(struct daemon *daemon, const struct mp_roots *roots, struct enumeration **ret);

/** enumeration_free() - Return: NULL */
struct enumeration *enumeration_free(struct enumeration *enumeration);

/**
 * enumeration_find() - take every disk that is no path yet; first checks start when all are known
 * @done:	called when that is done, in a later turn of the loop
 *
 * While another one is in progress, it follows that one.
 */
void enumeration_find(struct daemon *daemon, void (*done)(struct daemon *daemon));

/**
 * enumeration_resolve() - read all paths again, in the order of device numbers, then as
 * enumeration_find()
 */
void enumeration_resolve(struct daemon *daemon, void (*done)(struct daemon *daemon));

/**
 * enumeration_examine() - events were lost: drop the paths whose device is gone, identify and check
 * the others again, take every other disk
 *
 * All paths are doubted before this returns. While another one is in progress, it follows that one.
 */
void enumeration_examine(struct daemon *daemon);
