/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* call.h - a request in its handler, and the ways to finish it.  For: the daemon's commands. */
#pragma once
#include <stdbool.h>

#include "base/strbuf.h"
#include "multipathd/jobs/details.h"

struct command;
struct daemon;
struct daemon_map;
struct daemon_path;
struct request;

struct command_call {
	struct daemon *daemon;
	const struct request *request;
	const struct command *command; /* its row */
	const char *const *arguments; /* in the order of the grammar, NULL after the last */
	struct mp_strbuf reply; /* empty: "ok", or "fail" with the reason */
	const char *failure; /* "" or a reason: the request failed; NULL: it did not */
	bool deferred; /* answered later, by request->id */
	/* not begun: served again once the state that it needs is there */
	bool postponed;
	const struct details *details; /* read for it by a worker; NULL: nothing so far */
	serve_fn serve; /* serves the request again */
};

/** call_fail() - the request failed; @reason, not copied, is a line of the reply, or "" */
void call_fail(struct command_call *call, const char *reason);

/** call_fail_not_found() - the request failed: there is no such device */
void call_fail_not_found(struct command_call *call);

/** call_fail_on() - the request failed, without a reason, if @error is negative */
void call_fail_on(struct command_call *call, int error);

/** call_answer_later() - the request failed if @error is negative, else a job answers it */
void call_answer_later(struct command_call *call, int error);

/**
 * call_read() - have a worker read disks, then call the handler again with call->details
 * @names:	kernel names
 */
void call_read(struct command_call *call, const char *const *names, size_t count);

/** call_path() - the path that the first argument names. Return: NULL: the request failed. */
struct daemon_path *call_path(struct command_call *call);

/**
 * call_map() - the map that the first argument names: by name, WWID, node or minor.
 * Return: NULL: the request failed.
 */
struct daemon_map *call_map(struct command_call *call);

/**
 * call_map_by_name() - the existing map whose name is the first argument
 *
 * Return: NULL: the request failed, or is postponed because the map is busy.
 */
struct daemon_map *call_map_by_name(struct command_call *call);

/**
 * call_await_map() - mark the map for reconciliation, and answer the request after it
 * @without_map:	"ok" even if this creates no map
 * @reason:	for the log
 */
void call_await_map(struct command_call *call, struct daemon_map *map, bool without_map,
		    const char *reason);
