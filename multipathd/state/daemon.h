/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * daemon.h - the state that the event loop owns.  For: the daemon's rooms only.
 *
 * Nothing here is ever seen by a worker: jobs carry copies in and answers out, and find their path
 * or map again by id or WWID when the answer arrives.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-event.h>
#include <urcu/list.h>

#include "multipathd/loop/agenda.h"
#include "multipathd/loop/pool.h"
#include "multipathd/state/inventory.h"

struct descriptors;
struct dmevents;
struct checks;
struct configure;
struct daemon_map;
struct enumeration;
struct files;
struct looks;
struct samples;
struct server;
struct slices;
struct uevents;

enum daemon_state {
	DAEMON_INIT,
	DAEMON_STARTUP,
	DAEMON_CONFIGURE,
	DAEMON_IDLE,
	DAEMON_RUNNING,
	DAEMON_SHUTDOWN,
};

/* Waits for the result of the next look at the kernel's maps; part of the object that waits. */
struct look_waiter {
	void (*looked)(
		struct look_waiter *waiter); /* called once; the caller may reuse the waiter */
	struct cds_list_head in_waiters;
};

struct daemon {
	struct inventory inventory;
	enum daemon_state state;
	sd_event *event;
	struct pool *pool;
	struct server *server; /* NULL in multipath(8) */
	struct configure *configure; /* control/configure.c */

	/* jobs/, each of its own file */
	struct checks *checks;
	struct descriptors *descriptors;
	struct files *files;
	struct looks *looks;
	struct samples *samples; /* NULL until a path is sampled */
	unsigned explaining_to_users; /* jobs */

	struct agenda *agenda; /* of checks */

	bool geoms_tasted; /* labels are known that make maps */
	struct cds_list_head leftovers; /* control/leftovers.c */
	struct cds_list_head geom_answers; /* to clients, after the next look */
	sd_event_source *reconcile_source; /* deferred: a storm of events leads to one pass */
	sd_event_source *reconcile_timer; /* the maximum that a pass waits for the end of a storm */
	struct slices *reconcile_slices; /* the pass: maps of inventory->reconciling */
	bool reconcile_again; /* maps were marked during the pass */

	/* start and reconfigure */
	struct enumeration *enumeration; /* control/enumeration.c */
	bool enumerating; /* first checks start when all paths are known */
	unsigned operations; /* table operations under way */
	sd_event_source *configure_timer;
	void (*on_configured)(struct daemon *daemon);
	void (*on_reconciled)(
		struct daemon *daemon); /* called after each pass; NULL: nothing waits */
	sd_event_source *ready_timer; /* READY=1 waits for the device nodes of new maps */

	struct cds_list_head waiting_requests; /* of clients, for a look */
	struct cds_list_head postponed_requests; /* of clients, for a temporary condition */
	bool status_running; /* a look is in progress (jobs/looks.h) */
	/*
	 * startup or reconfigure resolves settings, looks at maps and enumerates disks: a map may
	 * seem to have no paths until that is done
	 */
	bool gathering;
	struct uevents *uevents; /* events/uevents.c */
	struct dmevents *dmevents; /* events/dmevents.c */
	bool udev_reports; /* its events are received: a new map's device nodes can be awaited */

	uint64_t *tuning_failures; /* that were told */
	size_t tuning_failure_count;

	bool told_superseded; /* that san_path_err_* are */
	bool queue_forced; /* forcequeueing daemon */
	bool serving; /* clients are accepted */
	char *heap; /* start of the heap */
};

/** daemon_now_usec() - CLOCK_MONOTONIC as of this turn of the loop */
uint64_t daemon_now_usec(const struct daemon *daemon);

/** daemon_diagnostic() - mp_diagnostic_fn that logs */
void daemon_diagnostic(void *userdata, enum mp_severity severity, int level, const char *text);

/** daemon_state_name() - as printed by "show daemon", constant */
const char *daemon_state_name(enum daemon_state state);

/** daemon_reply() - answer a client's request; 0: there is none */
void daemon_reply(struct daemon *daemon, uint64_t request, const char *reply);

/** daemon_is_busy() - answers, looks or operations are outstanding, or maps to be reconciled */
bool daemon_is_busy(struct daemon *daemon);

/** daemon_check_configured() - check whether startup or reconfigure has finished */
void daemon_check_configured(struct daemon *daemon);

/** daemon_answer() - answer the requests that wait for the map */
void daemon_answer(struct daemon_map *map, const char *reply);
