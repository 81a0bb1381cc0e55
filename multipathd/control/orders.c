/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/orders.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "multipathd/jobs/looks.h"
#include "multipathd/jobs/messages.h"
#include "multipathd/state/daemon.h"
#include "multipathd/state/maps.h"

/* A status that was read meanwhile may be older than what the message has changed. */
static void orders_end(struct daemon_map *map, const struct message_job *job)
{
	bool unseen = job->error >= 0 && mp_order_is_queue(job->text);

	map->generation++;
	if (map->ordered) /* else it was created again meanwhile */
		map->ordered--;
	map->read_again |= unseen; /* its features have changed, without an event */
	if (!unseen && (!map->look_skipped || map->ordered || map->busy))
		return;
	map->look_skipped = false;
	looks_want(job->daemon);
}

static void orders_on_ended(struct message_job *job)
{
	struct daemon_map *map = maps_find_wwid(&job->daemon->inventory, job->wwid);

	if (job->error < 0 && map && map->map.kernel.exists)
		log_error("%s: message \"%s\": %s", map->map.name, job->text,
			  strerror(-job->error));
	if (map)
		orders_end(map, job);
	daemon_reply(job->daemon, job->request, job->error < 0 ? "fail\n" : "ok\n");
}

static int orders_send_text(struct daemon_map *map, const char *text, uint64_t request)
{
	int r;

	log_info("%s: message \"%s\"", map->map.name, text);
	r = messages_send(map->inventory->daemon, map->map.wwid, text, request, orders_on_ended);
	if (r < 0)
		return r;
	map->ordered++;
	map->generation++;
	return r;
}

int orders_send(struct daemon_map *map, struct mp_order message, uint64_t request)
{
	return orders_send_text(map, message.text, request);
}

int orders_keep(struct daemon_map *map)
{
	return orders_send_text(map, messages_cancel_removal, 0);
}
