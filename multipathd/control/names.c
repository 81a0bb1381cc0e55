/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/names.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "multipathd/control/claims.h"
#include "multipathd/control/settings.h"
#include "multipathd/state/daemon.h"
#include "multipathd/state/maps.h"

const char *names_contradiction(const struct daemon_map *map, const char **ret_other)
{
	const struct mp_bindings *bindings = map->inventory->bindings;
	const char *name = map->map.kernel.name, *wwid = map->map.wwid,
		   *bound = mp_bindings_alias(bindings, wwid);
	const char *owner = mp_bindings_wwid(bindings, name);

	if (!map->map.kernel.exists || map->map.settings.alias ||
	    !map->map.settings.user_friendly_names || !strcmp(name, wwid) ||
	    strcmp(map->map.name, name))
		return NULL;
	*ret_other = owner && strcmp(owner, wwid) ? owner : bound;
	if (owner && strcmp(owner, wwid))
		return "gives that name to";
	return bound && strcmp(bound, name) ? "names it" : NULL;
}

static void name_record_binding(struct daemon_map *map)
{
	const char *other, *contradiction = names_contradiction(map, &other);

	if (contradiction && !map->binding_told && !map->inventory->options.rehearsal)
		log_warning("%s: keeps its name while it exists, although " STATE_DIR
			    "/bindings %s %s",
			    map->map.name, contradiction, other);
	map->binding_told = contradiction;
}

/* An incomplete configuration is no reason to rename a map to its WWID. */
static bool name_is_friendly(const struct daemon_map *map)
{
	const struct inventory *inventory = map->inventory;

	return map->map.settings.user_friendly_names ||
	       (map->map.kernel.exists && strcmp(map->map.kernel.name, map->map.wwid) &&
		inventory->config_incomplete);
}

/* An existing map keeps its name, unless that is an alias removed from the configuration. */
static const char *name_kept(struct daemon_map *map)
{
	const char *alias = map->map.settings.alias;
	bool withdrawn = !alias && map->configured_alias &&
			 !strcmp(map->configured_alias, map->map.kernel.name);

	if (alias && (!map->configured_alias || strcmp(alias, map->configured_alias))) {
		free(map->configured_alias);
		map->configured_alias = strdup(alias);
	}
	return map->map.kernel.exists && !withdrawn ? map->map.kernel.name : NULL;
}

int names_choose(struct daemon_map *map)
{
	struct inventory *inventory = map->inventory;
	struct mp_alias_request request = {
		.wwid = map->map.wwid,
		.configured = map->map.settings.alias,
		.user_friendly = name_is_friendly(map),
		.prefix = map->map.settings.alias_prefix,
		.config = inventory->config,
		.old = name_kept(map),
		.read_only = inventory->options.read_only_bindings || inventory->bindings_broken,
		.taken = maps_is_taken,
		.userdata = inventory,
	};
	_cleanup_free_ char *name = NULL;
	bool changed = false;
	int r;

	r = mp_bindings_choose(inventory->bindings, &request, &name, &changed);
	if (r < 0)
		return r;
	map->named = !maps_is_taken(inventory, name, map->map.wwid);
	if (!map->named) {
		/*
		 * The name belongs to another device. Tried again whenever the map is reconciled.
		 */
		const char *kept = map->map.kernel.exists ? map->map.kernel.name : map->map.wwid;

		if (!map->name_told && !inventory->options.rehearsal)
			log_warning("%s: cannot be named %s: another device has that name", kept,
				    name);
		map->name_told = true;
		maps_rename(map, kept);
		return 1;
	}
	map->name_told = false;
	maps_rename(map, name);
	name_record_binding(map);
	if (!changed)
		return 1;
	map->naming = true;
	inventory->bindings_dirty = true;
	return 0;
}

int names_rehearse(struct daemon_map *map)
{
	_cleanup_free_ char *before = strdup(map->map.name);
	const char *why;
	int r = 0;

	if (!before)
		return -ENOMEM;
	settings_resolve(map);
	if (claims_allow(map, &why, NULL))
		r = names_choose(map);
	else
		maps_rename(map, map->map.wwid); /* the map goes, and its name is free */
	return r < 0 ? r : strcmp(before, map->map.name) != 0;
}

void names_retry(struct daemon *daemon)
{
	struct mp_map *map;

	cds_list_for_each_entry(map, &daemon->inventory.maps, in_all)
		if (daemon_map_of(map)->name_told)
			maps_touch(daemon_map_of(map), "its name may be free now");
}
