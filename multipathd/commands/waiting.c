/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/commands/waiting.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "multipathd/jobs/looks.h"
#include "multipathd/loop/server.h"
#include "multipathd/loop/timers.h"
#include "multipathd/state/daemon.h"

/*
 * The active group changes with the first I/O, without an event. Commands that show it wait
 * briefly for a worker to look at such maps.
 */
struct parked_request {
	struct look_waiter look;
	struct cds_list_head in_postponed;
	struct daemon *daemon;
	sd_event_source *timer;
	uint64_t id;
	bool is_root;
	char *text;
	serve_fn serve;
};

struct waiting {
	struct cds_list_head postponed; /* for short-lived states */
};

enum { LOOK_TIMEOUT_USEC = 30000 };

static void parked_free(struct parked_request *parked)
{
	cds_list_del(&parked->in_postponed);
	cds_list_del(&parked->look.in_waiters);
	sd_event_source_disable_unref(parked->timer);
	free(parked->text);
	free(parked);
}

static void parked_serve(struct parked_request *parked)
{
	struct daemon *daemon = parked->daemon;
	const struct request request = { .id = parked->id,
					 .is_root = parked->is_root,
					 .text = parked->text };

	parked->serve(daemon, &request, NULL);
	parked_free(parked);
}

static int parked_on_timeout(sd_event_source *source, uint64_t usec, void *userdata)
{
	(void)source;
	(void)usec;
	parked_serve(userdata);
	return 0;
}

static void parked_on_looked(struct look_waiter *waiter)
{
	CDS_INIT_LIST_HEAD(&waiter->in_waiters);
	parked_serve(caa_container_of(waiter, struct parked_request, look));
}

static void parked_on_dropped(struct look_waiter *waiter)
{
	parked_free(caa_container_of(waiter, struct parked_request, look));
}

int waiting_new(struct waiting **ret)
{
	struct waiting *waiting = calloc(1, sizeof(*waiting));

	if (!waiting)
		return -ENOMEM;
	CDS_INIT_LIST_HEAD(&waiting->postponed);
	*ret = waiting;
	return 0;
}

struct waiting *waiting_free(struct waiting *waiting)
{
	struct parked_request *request, *next;

	if (!waiting)
		return NULL;
	cds_list_for_each_entry_safe(request, next, &waiting->postponed, in_postponed)
		parked_free(request);
	free(waiting);
	return NULL;
}

void waiting_retry(struct daemon *daemon)
{
	CDS_LIST_HEAD(due);
	struct parked_request *request, *next;

	/* Requests postponed again wait for the next retry. */
	cds_list_splice(&daemon->waiting->postponed, &due);
	CDS_INIT_LIST_HEAD(&daemon->waiting->postponed);
	cds_list_for_each_entry_safe(request, next, &due, in_postponed)
		if (server_awaits(daemon->server, request->id))
			parked_serve(request);
		else
			parked_free(request);
}

/* Return: NULL: -ENOMEM */
static struct parked_request *parked_new(struct daemon *daemon, const struct request *request,
					 serve_fn serve)
{
	struct parked_request *parked = calloc(1, sizeof(*parked));

	if (!parked)
		return NULL;
	CDS_INIT_LIST_HEAD(&parked->in_postponed);
	CDS_INIT_LIST_HEAD(&parked->look.in_waiters);
	parked->look.looked = parked_on_looked;
	parked->look.dropped = parked_on_dropped;
	parked->daemon = daemon;
	parked->serve = serve;
	parked->id = request->id;
	parked->is_root = request->is_root;
	parked->text = strdup(request->text);
	if (parked->text)
		return parked;
	parked_free(parked);
	return NULL;
}

bool waiting_for_look(struct daemon *daemon, const struct request *request, serve_fn serve)
{
	struct parked_request *parked;

	if (!looks_have_unused(daemon))
		return false;
	parked = parked_new(daemon, request, serve);
	if (!parked)
		return false;
	if (timers_set(daemon->event, &parked->timer, daemon_now_usec(daemon) + LOOK_TIMEOUT_USEC,
		       parked_on_timeout, parked) < 0) {
		parked_free(parked);
		return false;
	}
	looks_await_unused(daemon, &parked->look);
	return true;
}

bool waiting_postpone(struct daemon *daemon, const struct request *request, serve_fn serve)
{
	struct parked_request *parked = parked_new(daemon, request, serve);

	if (!parked)
		return false;
	cds_list_add_tail(&parked->in_postponed, &daemon->waiting->postponed);
	return true;
}
