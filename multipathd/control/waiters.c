/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/waiters.h"

#include <errno.h>
#include <stdlib.h>

#include "multipathd/control/orders.h"
#include "multipathd/state/daemon.h"
#include "multipathd/state/maps.h"
#include "multipathd/state/paths.h"

int waiters_add(struct daemon_path *path, uint64_t request)
{
	struct waiter *waiter = calloc(1, sizeof(*waiter));

	if (!waiter)
		return -ENOMEM;
	waiter->request = request;
	cds_list_add_tail(&waiter->in_waiters, &path->waiters);
	return 0;
}

void waiters_answer(struct daemon_path *path, const char *reply)
{
	struct waiter *waiter, *next;

	cds_list_for_each_entry_safe(waiter, next, &path->waiters, in_waiters) {
		cds_list_del(&waiter->in_waiters);
		daemon_reply(path->inventory->daemon, waiter->request, reply);
		free(waiter);
	}
}

void waiters_reinstate(struct daemon_path *path)
{
	struct waiter *waiter, *next;

	cds_list_for_each_entry_safe(waiter, next, &path->waiters, in_waiters) {
		cds_list_del(&waiter->in_waiters);
		orders_send(daemon_map_of(path->path.map),
			    mp_order_reinstate_path(path->path.identity.devt), waiter->request);
		free(waiter);
	}
}
