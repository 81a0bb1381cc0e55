/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* schedule.h - when a path is checked.  For: the daemon's control and events. */
#pragma once
#include <stdint.h>

struct daemon;
struct daemon_path;

enum {
	/* a check without an answer for so long: its path is shown as pending */
	SCHEDULE_PENDING_SEC = 1,
	SCHEDULE_RETRY_SEC = 1,
};

/** schedule_start() - a new path: check it at once, and from then on by its interval */
int schedule_start(struct daemon_path *path);

/** schedule_start_all() - of all paths that were found while daemon->enumerating */
void schedule_start_all(struct daemon *daemon);

/**
 * schedule_check() - begin a check now, or when the one under way has ended, whatever the options
 */
void schedule_check(struct daemon_path *path);

/** schedule_soon() - at once (after the one under way) */
void schedule_soon(struct daemon_path *path);

/** schedule_at() - the next check is then */
int schedule_at(struct daemon_path *path, uint64_t usec);

/**
 * schedule_next() - by its interval: the same instant for all paths of a map, and maps spread over
 * a few instants
 */
void schedule_next(struct daemon_path *path);

/** schedule_retry() - in a second */
void schedule_retry(struct daemon_path *path);

/**
 * schedule_await_priority() - another prioritizer was chosen: its map waits for the next answer, as
 * at the start
 */
void schedule_await_priority(struct daemon_path *path);

/**
 * schedule_ask_again() - check it at once, and ask for all that is kept of what it told; its map's
 * table waits for the answer
 */
void schedule_ask_again(struct daemon_path *path);

/**
 * schedule_doubt() - the same after an event: its identity is in doubt
 */
void schedule_doubt(struct daemon_path *path);

/**
 * schedule_note_answer() - its map need not wait for it any more, unless it was asked before its
 * prioritizer was chosen
 */
void schedule_note_answer(struct daemon_path *path);

/** schedule_end_round() - if it was asked for the priorities of its map's paths, another one may be
 */
void schedule_end_round(const struct daemon_path *path);

/** schedule_give_up() - its map goes on, with what is known of the path */
void schedule_give_up(struct daemon_path *path);

/**
 * schedule_give_up_all() - paths without a first answer join their maps when it comes; nobody waits
 * for them
 */
void schedule_give_up_all(struct daemon *daemon);

/** schedule_timeout_sec() - how long a check of it may take */
unsigned schedule_timeout_sec(const struct daemon_path *path);

/**
 * schedule_answer_waiters() - who asked for its reinstatement by hand. @reply: NULL: what becomes
 * of the message to the kernel
 */
void schedule_answer_waiters(struct daemon_path *path, const char *reply);

/** schedule_reopen() - its device may have been replaced */
void schedule_reopen(struct daemon_path *path);

/** schedule_stop() - the path goes away; an answer under way is dropped when it comes */
void schedule_stop(struct daemon_path *path);
