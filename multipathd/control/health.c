/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/health.h"

#include <string.h>

#include "base/log.h"
#include "model/health.h"
#include "multipathd/control/schedule.h"
#include "multipathd/jobs/samples.h"
#include "multipathd/state/daemon.h"
#include "multipathd/state/maps.h"
#include "multipathd/state/paths.h"

static bool groups_marginal(const struct mp_map *map)
{
	return map->settings.marginal_groups != MP_MARGINAL_OFF;
}

void health_tell_settings(const struct daemon_map *map)
{
	struct daemon *daemon = map->inventory->daemon;

	if (mp_health_method(&map->map.settings) == MP_HEALTH_COUNT && !daemon->told_superseded) {
		log_warning("san_path_err_* and delay_*_checks are superseded by marginal_path_*");
		daemon->told_superseded = true;
	}
}

/* A path whose answer is late is not lost yet. */
static bool others_work(const struct daemon_path *path)
{
	const struct mp_map *map = path->path.map;
	const struct mp_path *other;

	cds_list_for_each_entry(other, &map->paths, in_map)
		if (other != &path->path && !other->wrong_wwid &&
		    mp_path_state_is_active(daemon_path_of(other)->answered_state) &&
		    (!map->kernel.exists ||
		     mp_table_find(&map->kernel.table, other->identity.devt)))
			return true;
	return false;
}

/* A marginal path serves already. */
static bool path_serves(const struct daemon_path *path)
{
	return path->path.marginal && groups_marginal(path->path.map) &&
	       mp_path_state_is_active(path->answered_state);
}

bool health_awaits_table(const struct daemon_path *path)
{
	const struct daemon_map *map = path->path.map ? daemon_map_of(path->path.map) : NULL;

	return map && path->path.marginal && map->regroup && !map->load_failures &&
	       others_work(path);
}

static void path_set_marginal(struct daemon_path *path, bool marginal)
{
	if (path->path.marginal == marginal)
		return;
	path->path.marginal = marginal;
	daemon_map_of(path->path.map)->regroup = true;
	maps_touch(daemon_map_of(path->path.map),
		   marginal ? "a path is marginal" : "a path is not marginal any more");
}

static void health_measured(struct daemon_path *path, unsigned ios, unsigned errors);

static void path_step(struct daemon_path *path, enum mp_health_event event, unsigned ios,
		      unsigned errors)
{
	struct mp_map *map = path->path.map;
	const struct mp_health_input input = {
		.event = event,
		.settings = &map->settings,
		.old = path->answered_state,
		.needed = !others_work(path) && !path_serves(path),
		.ios = ios,
		.errors = errors,
		.now_usec = daemon_now_usec(path->inventory->daemon),
	};
	bool was_held = path->health.held;
	struct mp_health_verdict verdict = mp_health_step(&path->health, &input);

	if (verdict.reason)
		log_notice("%s: %s is %s: %s", map->name, mp_path_name(&path->path),
			   !path->health.held	? "trusted" :
			   groups_marginal(map) ? "marginal" :
						  "held back",
			   verdict.reason);
	if (verdict.stop_sampling)
		samples_stop(path);
	if (verdict.start_sampling) {
		int r = samples_start(path, map->settings.marginal_sample_sec, health_measured);

		if (r < 0) {
			log_error("%s: errors of %s cannot be measured: %s", map->name,
				  mp_path_name(&path->path), strerror(-r));
			mp_health_forgive(&path->health);
		}
	}
	if (was_held && !path->health.held)
		path_set_marginal(path, false);
	if (verdict.check)
		schedule_soon(path);
}

static void health_measured(struct daemon_path *path, unsigned ios, unsigned errors)
{
	log_info("%s: %u of %u sample reads failed", mp_path_name(&path->path), errors, ios);
	if (path->path.map)
		path_step(path, MP_HEALTH_MEASURED, ios, errors);
	else
		mp_health_forgive(&path->health);
}

enum mp_path_state health_judge(struct daemon_path *path, enum mp_path_state answer)
{
	if (!path->path.map || !mp_path_state_is_active(answer) || path->path.wrong_wwid)
		return answer;
	if (!path->health.held && mp_health_method(&path->path.map->settings) == MP_HEALTH_TRUST)
		return answer;
	path_step(path, MP_HEALTH_GOOD, 0, 0);
	if (!path->health.held)
		return answer;
	if (!groups_marginal(path->path.map))
		return MP_PATH_DELAYED;
	path_set_marginal(path, true);
	return answer;
}

void health_failed(struct daemon_path *path)
{
	if (path->path.map)
		path_step(path, MP_HEALTH_FAILED, 0, 0);
}

void health_forgive(struct daemon_path *path)
{
	if (mp_health_forgive(&path->health))
		samples_stop(path);
}

void health_paths_lost(struct daemon_map *map)
{
	struct mp_path *path;

	cds_list_for_each_entry(path, &map->map.paths, in_map)
		if (daemon_path_of(path)->answered_state == MP_PATH_DELAYED)
			schedule_soon(daemon_path_of(path));
}
