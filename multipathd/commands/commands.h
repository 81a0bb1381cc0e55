/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* commands.h - the command table and what each row does.  For: main, multipath(8). */
#pragma once
#include <stdbool.h>

#include "base/strbuf.h"

struct daemon;
struct details;
struct request;

/* One request under way in its handler. */
struct command_call {
	struct daemon *daemon;
	const struct request *request;
	const char *const *arguments; /* in the order of the grammar */
	struct mp_strbuf reply; /* empty: "ok", or "fail" with the reason */
	const char *failure; /* "" or a reason: the request failed; NULL: it did not */
	bool deferred; /* answered later, by request->id */
	const struct details *details; /* what a worker has read for it; NULL: nothing so far */
	/* not begun: it needs a state that is about to come, and is served again then */
	bool postponed;
};

/** commands_serve() - server_request_fn of the daemon */
void commands_serve(void *userdata, const struct request *request);

/** commands_retry() - serve again what was postponed, if its client still waits */
void commands_retry(struct daemon *daemon);

/** commands_drop_waiting() - the daemon ends */
void commands_drop_waiting(struct daemon *daemon);

/**
 * commands_list() - what multipath -l and -ll print
 * @with_checks:	-ll
 * @device:	"" all, "map:NAME", "dev:MAJ:MIN"
 * @details:	what a worker has read; NULL: it is read here, if it is to be shown
 *
 * Return: exit status.
 */
int commands_list(struct daemon *daemon, bool with_checks, int verbosity, bool bold,
		  const char *device, const struct details *details, struct mp_strbuf *out);

/** commands_print_config() - @local: hardware and maps that are present only */
void commands_print_config(struct daemon *daemon, bool local, struct mp_strbuf *out);
