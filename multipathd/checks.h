/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* checks.h - when paths are checked, and what their answers change.  For: the daemon's loop. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct daemon;
struct daemon_path;

/** checks_start() - a new path: check it at once, and from then on by its interval */
int checks_start(struct daemon_path *path);

/** checks_start_all() - of all paths that were found while daemon->enumerating */
void checks_start_all(struct daemon *daemon);

/** checks_await_priority() - another prioritizer was chosen: its map waits for the next answer, as at the start */
void checks_await_priority(struct daemon_path *path);

/** checks_soon() - at once (after the one under way) */
void checks_soon(struct daemon_path *path);

/** checks_ask_again() - check it at once, and ask for all that is kept of what it told; its map's table waits for the answer */
void checks_ask_again(struct daemon_path *path);

/** checks_doubt() - the same after an event: what was known of its identity is not known any more (mp_path_doubt()) */
void checks_doubt(struct daemon_path *path);

/**
 * checks_reinstate() - by hand: check it again, and give it to the kernel if it is good and proves to be of its LUN
 * @request:	answered with ok or fail when that is known
 *
 * Return: 0 or -ENOMEM.
 */
int checks_reinstate(struct daemon_path *path, uint64_t request);

/** checks_reopen() - its device may have been replaced */
void checks_reopen(struct daemon_path *path);

/**
 * checks_begin_locking(), checks_end_locking() - an operation that locks descriptors of paths is under way: none of those is closed,
 * and its number given to something else, before the operation has ended
 */
void checks_begin_locking(struct daemon *daemon);
void checks_end_locking(struct daemon *daemon);

/** checks_close() - close a device's descriptor, which may block, on a worker */
void checks_close(struct daemon *daemon, int fd, uint64_t lane);

/** checks_stop() - the path goes away; an answer under way is dropped when it comes */
void checks_stop(struct daemon_path *path);

/** checks_give_up_waiting() - paths without a first answer join their maps when it comes; nobody waits for them */
void checks_give_up_waiting(struct daemon *daemon);

/** checks_init(), checks_fini() - asynchronous reads */
int checks_init(struct daemon *daemon);
void checks_fini(struct daemon *daemon);

/** checks_note_kernel_failure() - the kernel failed the path itself: state down, counted, checked soon */
void checks_note_kernel_failure(struct daemon_path *path);
