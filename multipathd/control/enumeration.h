/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * enumeration.h - go through the disks of the system, in slices of the loop's time.  For: the
 * daemon's control and events.
 */
#pragma once

struct daemon;
struct enumeration;

/**
 * enumeration_new() - nothing is gone through yet
 * @ret:	daemon->enumeration, which the functions below use
 *
 * Return: 0, negative errno.
 */
int enumeration_new(struct daemon *daemon, struct enumeration **ret);

/** enumeration_free() - Return: NULL */
struct enumeration *enumeration_free(struct enumeration *enumeration);

/**
 * enumeration_find() - take every disk that is no path yet; first checks start when all are known
 * @done:	called when that is done: in this call if there are few disks
 *
 * While another one is in progress, it follows that one.
 */
void enumeration_find(struct daemon *daemon, void (*done)(struct daemon *daemon));

/**
 * enumeration_examine() - events were lost: drop the paths whose device is gone, identify and check
 * the others again, take every other disk
 *
 * All paths are doubted before this returns. While another one is in progress, it follows that one.
 */
void enumeration_examine(struct daemon *daemon);
