/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/health.h"

#include <string.h>

#include "base/hash.h"
#include "base/log.h"
#include "multipathd/control/schedule.h"
#include "multipathd/jobs/samples.h"
#include "multipathd/state/daemon.h"
#include "multipathd/state/maps.h"
#include "multipathd/state/paths.h"

static bool health_has_marginal_groups(const struct mp_map *map)
{
	return map->settings.marginal_groups != MP_MARGINAL_OFF;
}

void health_tell_settings(const struct daemon_map *map)
{
	static const char text[] =
		"san_path_err_* and delay_*_checks are superseded by marginal_path_*";

	if (mp_health_method(&map->map.settings) == MP_HEALTH_COUNT &&
	    warnings_is_first(&map->inventory->daemon->warnings, mp_hash_text(text)))
		log_warning("%s", text);
}

/* A path whose answer is late has not failed yet. */
static bool health_others_work(const struct daemon_path *path)
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

/* A marginal path is already in use. */
static bool health_is_in_use(const struct daemon_path *path)
{
	return path->path.marginal && health_has_marginal_groups(path->path.map) &&
	       mp_path_state_is_active(path->answered_state);
}

bool health_awaits_table(const struct daemon_path *path)
{
	const struct daemon_map *map = path->path.map ? daemon_map_of(path->path.map) : NULL;

	return map && path->path.marginal && map->regroup && !map->load_failures &&
	       health_others_work(path);
}

void health_set_marginal(struct daemon_path *path, bool marginal)
{
	if (path->path.marginal == marginal)
		return;
	path->path.marginal = marginal;
	if (!path->path.map)
		return;
	daemon_map_of(path->path.map)->regroup = true;
	maps_touch(daemon_map_of(path->path.map),
		   marginal ? "a path is marginal" : "a path is not marginal any more");
}

struct health_effects health_judge(const struct daemon_path *path, const struct health_news *news,
				   uint64_t now_usec)
{
	const struct mp_map *map = path->path.map;
	const struct mp_health_input input = {
		.event = news->event,
		.settings = &map->settings,
		.old = path->answered_state,
		.needed = !health_others_work(path) && !health_is_in_use(path),
		.ios = news->ios,
		.errors = news->errors,
		.now_usec = now_usec,
	};
	struct health_effects effects = { .health = path->health, .marginal = path->path.marginal };

	effects.verdict = mp_health_step(&effects.health, &input);
	if (path->health.held && !effects.health.held)
		effects.marginal = false;
	else if (news->event == MP_HEALTH_GOOD && effects.health.held &&
		 health_has_marginal_groups(map))
		effects.marginal = true;
	return effects;
}

static void health_take(struct daemon_path *path, const struct health_news *news);

static void health_measured(struct daemon_path *path, unsigned ios, unsigned errors)
{
	log_info("%s: %u of %u sample reads failed", mp_path_name(&path->path), errors, ios);
	if (path->path.map)
		health_take(path, &(struct health_news){ MP_HEALTH_MEASURED, ios, errors });
	else
		mp_health_forgive(&path->health);
}

/* Return: false if sampling cannot be started. */
static bool health_start_sampling(struct daemon_path *path)
{
	const struct mp_map *map = path->path.map;
	int r = samples_start(path, map->settings.marginal_sample_sec, health_measured);

	if (r < 0)
		log_error("%s: cannot measure the error rate of %s: %s", map->name,
			  mp_path_name(&path->path), strerror(-r));
	return r >= 0;
}

static void health_take(struct daemon_path *path, const struct health_news *news)
{
	const struct mp_map *map = path->path.map;
	struct health_effects effects =
		health_judge(path, news, daemon_now_usec(path->inventory->daemon));
	const struct mp_health_verdict *verdict = &effects.verdict;

	path->health = effects.health;
	if (verdict->reason)
		log_notice("%s: %s is %s: %s", map->name, mp_path_name(&path->path),
			   !path->health.held		   ? "trusted" :
			   health_has_marginal_groups(map) ? "marginal" :
							     "held back",
			   verdict->reason);
	if (verdict->stop_sampling)
		samples_stop(path);
	if (verdict->start_sampling && !health_start_sampling(path)) {
		mp_health_forgive(&path->health);
		effects.marginal = false;
	}
	health_set_marginal(path, effects.marginal);
	if (verdict->check)
		schedule_now(path);
}

enum mp_path_state health_on_good(struct daemon_path *path, enum mp_path_state answer)
{
	const struct mp_map *map = path->path.map;

	if (!map || !mp_path_state_is_active(answer) || path->path.wrong_wwid)
		return answer;
	if (!path->health.held && mp_health_method(&map->settings) == MP_HEALTH_TRUST)
		return answer;
	health_take(path, &(struct health_news){ .event = MP_HEALTH_GOOD });
	return path->health.held && !health_has_marginal_groups(map) ? MP_PATH_DELAYED : answer;
}

void health_on_failed(struct daemon_path *path)
{
	if (path->path.map)
		health_take(path, &(struct health_news){ .event = MP_HEALTH_FAILED });
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
			schedule_now(daemon_path_of(path));
}
