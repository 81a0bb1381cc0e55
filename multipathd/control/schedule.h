/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* schedule.h - when a path is checked.  For: the daemon's control and events. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct daemon;
struct daemon_path;

enum {
	/* a path whose check has not answered for this long is shown as pending */
	SCHEDULE_PENDING_SEC = 1,
	SCHEDULE_RETRY_SEC = 1,
};

/**
 * schedule_next_usec() - the check after @now_usec by the path's interval: at the longest interval
 * the same instant for all paths of a map, and one of a few for the maps
 */
uint64_t schedule_next_usec(const struct daemon_path *path, uint64_t now_usec);

/** schedule_start() - check a new path immediately, and from then on at its interval */
int schedule_start(struct daemon_path *path);

/** schedule_start_late() - the first check of a path that was found while daemon->enumerating */
void schedule_start_late(struct daemon_path *path);

/**
 * schedule_check() - start a check now, or when the running one has ended, regardless of the
 * options
 */
void schedule_check(struct daemon_path *path);

/** schedule_now() - check it immediately (after the running check) */
void schedule_now(struct daemon_path *path);

/** schedule_at() - set the time of the next check */
int schedule_at(struct daemon_path *path, uint64_t usec);

/**
 * schedule_next() - schedule the next check by the path's interval: at the same instant for all
 * paths of a map, with maps spread over a few instants
 */
void schedule_next(struct daemon_path *path);

/** schedule_retry() - check it again in a second */
void schedule_retry(struct daemon_path *path);

/**
 * schedule_ask_again() - check it immediately, and read again everything cached from the device;
 * its map's table waits for the answer
 */
void schedule_ask_again(struct daemon_path *path);

/**
 * schedule_doubt() - the same after an event that brings its identity into doubt
 */
void schedule_doubt(struct daemon_path *path);

/**
 * schedule_end_round() - if its check read the priorities of all paths of its map, another path's
 * check may do so now
 */
void schedule_end_round(const struct daemon_path *path);

/** schedule_reopen() - open its device again, which may have been replaced */
void schedule_reopen(struct daemon_path *path);

/** schedule_stop() - the path is going away; the answer of a running check is dropped */
void schedule_stop(struct daemon_path *path);
