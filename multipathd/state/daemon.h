/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * daemon.h - the state that the event loop owns.  For: the daemon's rooms only.
 *
 * Jobs carry copies in and answers out, and find their path or map again by id or WWID when the
 * answer arrives. Their pointer to struct daemon is for done(), on the loop: run() does not follow
 * it.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-event.h>
#include <urcu/list.h>

#include "multipathd/loop/agenda.h"
#include "multipathd/loop/pool.h"
#include "multipathd/state/inventory.h"
#include "multipathd/state/warnings.h"

struct checks;
struct configure;
struct daemon_map;
struct descriptors;
struct enumeration;
struct explain;
struct files;
struct intake;
struct inspections;
struct leftovers;
struct looks;
struct reconcile;
struct samples;
struct server;
struct waiting;

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
	/* called once; the caller may reuse the waiter */
	void (*looked)(struct look_waiter *waiter);
	/* called instead when the daemon ends; NULL: not called */
	void (*dropped)(struct look_waiter *waiter);
	struct cds_list_head in_waiters;
};

/*
 * What several files share. A file's own state is an object of its own, of an incomplete type here:
 * only that file looks inside.
 */
struct daemon {
	struct inventory inventory;
	enum daemon_state state;
	sd_event *event;
	struct pool *pool;
	struct server *server; /* NULL in multipath(8) */
	struct agenda *agenda; /* of checks */
	struct warnings warnings;

	/* jobs/ */
	struct checks *checks;
	struct descriptors *descriptors;
	struct files *files;
	struct looks *looks;
	struct samples *samples; /* NULL until a path is sampled */
	/* control/ */
	struct configure *configure;
	struct enumeration *enumeration;
	struct intake *intake;
	struct inspections *inspections;
	struct leftovers *leftovers;
	struct reconcile *reconcile;
	/* commands/ */
	struct explain *explain;
	struct waiting *waiting;

	/* start and reconfigure */
	bool enumerating; /* first checks start when all paths are known */
	/*
	 * startup or reconfigure resolves settings, looks at maps and enumerates disks: a map may
	 * seem to have no paths until that is done
	 */
	bool gathering;
	sd_event_source *configure_timer;
	/* jobs under way that startup waits for: on maps, tuning, reads and writes of state files
	 */
	unsigned operations;
	void (*on_configured)(struct daemon *daemon);
	/* called after each pass; NULL: nothing waits */
	void (*on_reconciled)(struct daemon *daemon);

	bool looks_pending; /* a look is wanted or in progress (jobs/looks.h) */
	bool udev_reports; /* its events are received: a new map's device nodes can be awaited */
	bool queue_forced; /* forcequeueing daemon */
	uint64_t shutdown_usec; /* the system has been shutting down since then; 0: it is not */
	bool serving; /* clients are accepted */
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

/** daemon_answer() - answer the requests that wait for the map */
void daemon_answer(struct daemon_map *map, const char *reply);
