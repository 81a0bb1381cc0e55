/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/queueing.h"

#include "base/log.h"
#include "kernel/dm.h"
#include "model/order.h"
#include "multipathd/control/claims.h"
#include "multipathd/control/orders.h"
#include "multipathd/loop/timers.h"
#include "multipathd/state/daemon.h"
#include "multipathd/state/maps.h"

/*
 * At shutdown paths may still return: a switch or a controller that restarts takes seconds. But
 * file systems are unmounted then, and systemd waits 90 seconds for each.
 */
static const unsigned shutdown_limit_sec = 30;

static int queueing_on_timer(sd_event_source *source, uint64_t usec, void *userdata);

/* The kernel's current mode: a message changes it without an event. */
static bool queueing_is_on(const struct daemon_map *map)
{
	return map->queue_known ? map->queue_sent :
				  mp_table_has_feature(&map->map.kernel.table, "queue_if_no_path");
}

/*
 * A check that hangs ends with its timeout. But a path that has been blocked since the daemon
 * started may be so for ever: a shutdown does not wait for it.
 */
static bool queueing_awaits_check(const struct mp_path *path, bool limited)
{
	return path->state == MP_PATH_UNCHECKED ||
	       (path->state == MP_PATH_PENDING && (path->was_active || !limited));
}

struct queueing_verdict queueing_judge(const struct daemon_map *map, uint64_t now_usec)
{
	struct queueing_verdict verdict = { .queueing = map->map.queueing };
	struct mp_queueing_input input = {
		.policy = map->map.settings.no_path_retry,
		.polling_interval_sec = map->inventory->process->polling_interval_sec,
		.active = mp_map_active_paths(&map->map),
		.kernel_queues = queueing_is_on(map),
		.now_usec = now_usec,
		.limit_sec = shutdown_limit_sec,
	};
	const struct daemon *daemon = map->inventory->daemon;
	const struct mp_path *path;

	if (!map->map.kernel.exists || map->removing || map->removal_tried || !map->kind->managed ||
	    claims_leave_alone(map))
		return verdict;
	if (daemon)
		input.limited_usec = daemon->shutdown_usec;
	cds_list_for_each_entry(path, &map->map.paths, in_map)
		input.pending += queueing_awaits_check(path, input.limited_usec);
	verdict.applies = true;
	verdict.effect = mp_queueing_step(&verdict.queueing, &input);
	return verdict;
}

void queueing_step(struct daemon_map *map)
{
	struct daemon *daemon = map->inventory->daemon;
	const struct queueing_verdict verdict = queueing_judge(map, daemon_now_usec(daemon));
	const struct mp_queueing_effect *effect = &verdict.effect;

	if (!verdict.applies) {
		if (claims_are_unread(map))
			claims_ask(map);
		return;
	}
	map->map.queueing = verdict.queueing;
	map->map.stats.queue_timeouts += effect->entered_recovery;
	map->map.stats.failures += effect->gave_up;
	map->map.stats.queue_sec += effect->queued_sec;
	if (effect->reason)
		log_notice("%s: %s", map->map.name, effect->reason);
	if (effect->change != MP_QUEUEING_KEEP) {
		map->queue_sent = effect->change == MP_QUEUEING_ON;
		map->queue_known = true;
		orders_send(map, mp_order_queue(map->queue_sent), 0);
	}
	if (verdict.queueing.recovering)
		timers_set(daemon->event, &map->queue_timer, verdict.queueing.deadline_usec,
			   queueing_on_timer, map);
	else
		map->queue_timer = sd_event_source_disable_unref(map->queue_timer);
}

static int queueing_on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
	(void)source;
	(void)usec;
	queueing_step(userdata);
	return 0;
}

void queueing_disable(struct daemon_map *map)
{
	mp_queueing_disable(&map->map.queueing);
	queueing_step(map);
}

void queueing_restore(struct daemon_map *map)
{
	mp_queueing_restore(&map->map.queueing);
	queueing_step(map);
}

void queueing_shutdown(struct daemon *daemon, bool shutdown)
{
	struct mp_map *map;

	if (shutdown == !!daemon->shutdown_usec)
		return;
	daemon->shutdown_usec = shutdown ? daemon_now_usec(daemon) : 0;
	if (shutdown)
		log_notice("system is shutting down, maps without paths queue for %u s at most",
			   shutdown_limit_sec);
	else
		log_notice("queueing is not limited any more");
	cds_list_for_each_entry(map, &daemon->inventory.maps, in_all)
		queueing_step(daemon_map_of(map));
}

bool queueing_awaits_paths(struct daemon *daemon)
{
	const uint64_t now_usec = daemon_now_usec(daemon);
	struct mp_map *map;

	/* Not for ever for a map that is left alone since, such as one that could not be removed.
	 */
	cds_list_for_each_entry(map, &daemon->inventory.maps, in_all)
		if (mp_queueing_left_sec(&map->queueing, now_usec))
			return true;
	return false;
}

void queueing_fail_at_exit(struct daemon *daemon, bool geoms_only)
{
	struct mp_map *map;

	cds_list_for_each_entry(map, &daemon->inventory.maps, in_all)
		if (map->kernel.exists &&
		    (!geoms_only || daemon_map_of(map)->kind->queues_only_watched) &&
		    (queueing_is_on(daemon_map_of(map)) ||
		     mp_table_has_feature(&map->kernel.table, "queue_if_no_path")))
			mp_dm_message(map->wwid, mp_order_queue(false).text);
}
