/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/settings.h"

#include <string.h>

#include "base/cleanup.h"
#include "config/trace.h"
#include "multipathd/state/duties.h"
#include "multipathd/state/inventory.h"
#include "multipathd/state/maps.h"

/*
 * A map found without a path: the entry of its array is not known yet, and may require queueing. So
 * a default must not disable queueing; settings of this map or in overrides do.
 */
static void settings_doubt_default(struct daemon_map *map)
{
	_cleanup_(mp_trace_fini) struct mp_trace trace = MP_TRACE_INIT;
	struct mp_map_settings settings;
	const struct mp_trace_row *row;

	if (!map->map.kernel.exists || map->map.settings.no_path_retry != MP_RETRY_FAIL)
		return;
	mp_config_trace_map_settings(map->inventory->config, map->map.wwid, NULL, &settings,
				     &trace);
	row = mp_trace_find(&trace, "no_path_retry");
	if (!row || !row->section ||
	    (strncmp(row->section, "multipaths", 10) && strncmp(row->section, "overrides", 9)))
		map->map.settings.no_path_retry = MP_RETRY_UNSET;
}

void settings_resolve(struct daemon_map *map)
{
	struct inventory *inventory = map->inventory;
	const struct mp_identity *reference = maps_reference(map);

	mp_config_map_settings(inventory->config, map->map.wwid, reference, &map->map.settings);
	if (!reference)
		settings_doubt_default(map);
	map->detect_grouping = mp_config_detects_grouping(inventory->config, reference,
							  &map->detect_grouping_by_tpg);
	if (inventory->options.grouping >= 0) {
		map->map.settings.grouping = inventory->options.grouping;
		map->detect_grouping = false;
	}
	if (inventory->duties->on_settings)
		inventory->duties->on_settings(map);
}
