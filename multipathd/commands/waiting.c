/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/commands/waiting.h"

#include <stdlib.h>
#include <string.h>

#include "multipathd/jobs/looks.h"
#include "multipathd/loop/server.h"
#include "multipathd/loop/timers.h"
#include "multipathd/state/daemon.h"

/*
 * Which group is in use changes with the first I/O, without an event. Commands that show it wait
 * for a look at such maps, for a moment: the look is a worker's.
 */
struct waiting {
	struct cds_list_head in_waiting;
	struct look_waiter look;
	struct daemon *daemon;
	sd_event_source *timer;
	uint64_t id;
	bool is_root;
	char *text;
	details_fn serve;
};

enum { LOOK_TIMEOUT_USEC = 30000 };

static bool shows_groups(const char *text)
{
	if (*text == '@')
		return !strncmp(text, "@list ", 6);
	return strstr(text, " topo") || strstr(text, " json");
}

static void waiting_free(struct waiting *waiting)
{
	cds_list_del(&waiting->in_waiting);
	cds_list_del(&waiting->look.in_waiters);
	sd_event_source_disable_unref(waiting->timer);
	free(waiting->text);
	free(waiting);
}

static void waiting_serve(struct waiting *waiting)
{
	struct daemon *daemon = waiting->daemon;
	const struct request request = { .id = waiting->id,
					 .is_root = waiting->is_root,
					 .text = waiting->text };

	waiting->serve(daemon, &request, NULL);
	waiting_free(waiting);
}

static int waiting_on_timeout(sd_event_source *source, uint64_t usec, void *userdata)
{
	(void)source;
	(void)usec;
	waiting_serve(userdata);
	return 0;
}

static void waiting_on_looked(struct look_waiter *waiter)
{
	CDS_INIT_LIST_HEAD(&waiter->in_waiters);
	waiting_serve(caa_container_of(waiter, struct waiting, look));
}

void waiting_drop(struct daemon *daemon)
{
	struct waiting *waiting, *next;

	cds_list_for_each_entry_safe(waiting, next, &daemon->waiting_requests, in_waiting)
		waiting_free(waiting);
	cds_list_for_each_entry_safe(waiting, next, &daemon->postponed_requests, in_waiting)
		waiting_free(waiting);
}

void waiting_retry(struct daemon *daemon)
{
	CDS_LIST_HEAD(due);
	struct waiting *waiting, *next;

	/* Those that are postponed again are for the next time. */
	cds_list_splice(&daemon->postponed_requests, &due);
	CDS_INIT_LIST_HEAD(&daemon->postponed_requests);
	cds_list_for_each_entry_safe(waiting, next, &due, in_waiting)
		if (server_awaits(daemon->server, waiting->id))
			waiting_serve(waiting);
		else
			waiting_free(waiting);
}

/* Return: NULL: -ENOMEM */
static struct waiting *waiting_new(struct daemon *daemon, const struct request *request,
				   details_fn serve)
{
	struct waiting *waiting = calloc(1, sizeof(*waiting));

	if (!waiting)
		return NULL;
	CDS_INIT_LIST_HEAD(&waiting->in_waiting);
	CDS_INIT_LIST_HEAD(&waiting->look.in_waiters);
	waiting->look.looked = waiting_on_looked;
	waiting->daemon = daemon;
	waiting->serve = serve;
	waiting->id = request->id;
	waiting->is_root = request->is_root;
	waiting->text = strdup(request->text);
	if (waiting->text)
		return waiting;
	waiting_free(waiting);
	return NULL;
}

bool waiting_for_look(struct daemon *daemon, const struct request *request, details_fn serve)
{
	struct waiting *waiting;

	if (!shows_groups(request->text) || !looks_have_unused(daemon))
		return false;
	waiting = waiting_new(daemon, request, serve);
	if (!waiting)
		return false;
	if (timers_set(daemon->event, &waiting->timer, daemon_now_usec(daemon) + LOOK_TIMEOUT_USEC,
		       waiting_on_timeout, waiting) < 0) {
		waiting_free(waiting);
		return false;
	}
	cds_list_add_tail(&waiting->in_waiting, &daemon->waiting_requests);
	looks_await_unused(daemon, &waiting->look);
	return true;
}

bool waiting_postpone(struct daemon *daemon, const struct request *request, details_fn serve)
{
	struct waiting *waiting = waiting_new(daemon, request, serve);

	if (!waiting)
		return false;
	cds_list_add_tail(&waiting->in_waiting, &daemon->postponed_requests);
	return true;
}
