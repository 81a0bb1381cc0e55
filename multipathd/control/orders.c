/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/orders.h"

#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "multipathd/jobs/looks.h"
#include "multipathd/jobs/messages.h"
#include "multipathd/state/daemon.h"
#include "multipathd/state/maps.h"

static void on_message_ended(struct message_job *job)
{
	struct daemon_map *map = maps_find_wwid(&job->daemon->inventory, job->wwid);

	if (job->error < 0 && map && map->map.kernel.exists)
		log_error("%s: message \"%s\": %s", map->map.name, job->text,
			  strerror(-job->error));
	if (job->error >= 0 && map && strstr(job->text, "_if_no_path")) {
		map->read_again = true; /* its features have changed, without an event */
		looks_want(job->daemon);
	}
	daemon_reply(job->daemon, job->request, job->error < 0 ? "fail\n" : "ok\n");
}

int orders_send(struct daemon_map *map, const char *message, uint64_t request)
{
	log_info("%s: message \"%s\"", map->map.name, message);
	return messages_send(map->inventory->daemon, map->map.wwid, message, request,
			     on_message_ended);
}

int orders_send_path(struct daemon_map *map, const char *verb, dev_t devt, uint64_t request)
{
	char message[48];

	snprintf(message, sizeof(message), "%s %u:%u", verb, major(devt), minor(devt));
	return orders_send(map, message, request);
}
