/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * inspections.h - disks that a worker is to read before they become paths, or change them.  For:
 * the daemon's control and events.
 *
 * Of each device number one reading at most is in progress. What is asked for a disk that waits is
 * added to what it waits for; what is asked while it is being read makes it wait again. So the
 * results of a disk come in the order of its events, however long a reading takes.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct daemon;
struct inspections;
struct mp_props;
struct mp_reading;
struct mp_roots;

/* Why a disk is read; any of them together. */
enum inspection_reason {
	INSPECT_LISTED = 1 << 0, /* a path unless it is one; first checks start later */
	INSPECT_EXAMINED = 1 << 1, /* events were lost: this path may be gone, or another device */
	INSPECT_RESOLVED = 1 << 2, /* the path's settings were resolved again: read all of it */
	INSPECT_LATE = 1 << 3, /* udev had its time to find a WWID */
	INSPECT_TOUCHED = 1 << 4, /* an event without news: only what changes unannounced */
	INSPECT_EVENT = 1 << 5, /* an event */
};

struct inspections_callbacks {
	/**
	 * prepare() - a disk is about to be read: set all of the question but where it is
	 *
	 * Return: false if it need not be read.
	 */
	bool (*prepare)(struct daemon *daemon, struct mp_reading *reading, unsigned reasons);
	/** take() - the result; its texts may be changed. Return: negative errno: ends the daemon
	 */
	int (*take)(struct daemon *daemon, struct mp_reading *reading, unsigned reasons);
};

/**
 * inspections_new() - @ret: daemon->inspections, which the functions below use
 * @callbacks:	constant
 *
 * Return: 0, negative errno.
 */
int inspections_new(struct daemon *daemon, const struct mp_roots *roots,
		    const struct inspections_callbacks *callbacks, struct inspections **ret);

/** inspections_free() - what waits is dropped; the pool has ended. Return: NULL. */
struct inspections *inspections_free(struct inspections *inspections);

struct inspection_ask {
	dev_t devt;
	unsigned reasons;
	/* NULL: the disk that has the number when it is read; copied */
	const char *name, *dir;
	/* of an event; taken, and empty afterwards; NULL: udev's database is read */
	struct mp_props *props;
};

/** inspections_ask() - have a disk read, after inspections_go(). Return: 0, -ENOMEM. */
int inspections_ask(struct inspections *inspections, const struct inspection_ask *ask);

/** inspections_go() - have workers begin with what waits, all of it that has been asked in one go
 */
void inspections_go(struct inspections *inspections);

/**
 * inspections_reads() - whether a disk is being or will be read for more than what changes
 * unannounced: until the result has been taken, its path is not what it was last told to be
 */
bool inspections_reads(const struct inspections *inspections, dev_t devt);

/**
 * inspections_forget() - the disk of that number and name is gone
 *
 * What was asked for whichever disk has the number is still read.
 */
void inspections_forget(struct inspections *inspections, dev_t devt, const char *name);

/**
 * inspections_doubt() - events were lost: what they had said, and what has been read so far, may be
 * of disks that are gone
 *
 * All that has been asked for and was not taken is read again, by number, as INSPECT_EXAMINED.
 */
void inspections_doubt(struct inspections *inspections);

/**
 * inspections_await() - have @taken called, once, when all disks asked for so far have been taken;
 * before inspections_go(). One caller at a time.
 *
 * Return: false if there are none; then it is not called.
 */
bool inspections_await(struct inspections *inspections, void (*taken)(struct daemon *daemon));
