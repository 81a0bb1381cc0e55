/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/commands/lists.h"

#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "multipathd/commands/shown.h"
#include "multipathd/jobs/details.h"
#include "multipathd/state/daemon.h"
#include "multipathd/state/maps.h"
#include "multipathd/state/paths.h"
#include "show/listing.h"
#include "show/topology.h"

static const struct daemon_map *list_one(struct daemon *daemon, const char *device)
{
	const struct daemon_map *map;
	const struct daemon_path *path;
	unsigned major, minor;

	if (!strncmp(device, "map:", 4)) {
		map = maps_find_known(&daemon->inventory, device + 4);
		if (!map)
			map = maps_find(&daemon->inventory, device + 4); /* dm-0 */
		path = map ? NULL : paths_find_name(&daemon->inventory, device + 4);
		if (path && path->path.map)
			map = daemon_map_of(path->path.map);
		return map && map->map.kernel.exists ? map : NULL;
	}
	if (sscanf(device, "dev:%u:%u", &major, &minor) != 2)
		return NULL;
	path = paths_find_devt(&daemon->inventory, makedev(major, minor));
	if (path)
		return path->path.map && path->path.map->kernel.exists ?
			       daemon_map_of(path->path.map) :
			       NULL;
	map = maps_find_minor(&daemon->inventory, minor);
	return map && map->map.kernel.devt == makedev(major, minor) ? map : NULL;
}

/* A device that cannot be a path: blacklisted, or without WWID. */
static bool list_device_is_bad(const struct daemon *daemon, const char *device)
{
	unsigned major, minor;

	if (sscanf(device, "dev:%u:%u", &major, &minor) != 2)
		return false;
	return !paths_find_devt(&daemon->inventory, makedev(major, minor)) &&
	       !maps_find_minor(&daemon->inventory, minor);
}

int lists_print(struct daemon *daemon, const struct lists_options *options,
		const struct details *details, struct mp_strbuf *out)
{
	struct mp_show_context context = {
		.now_usec = daemon_now_usec(daemon),
		.verbosity = options->verbosity,
		.unchecked = !options->with_checks,
		.bold = options->bold,
		.no_action = true,
	};
	_cleanup_free_ const struct mp_path **paths = NULL;
	const struct mp_map *map;
	size_t count;

	if (*options->device) {
		const struct daemon_map *one = list_one(daemon, options->device);

		if (one)
			mp_show_topology(&context, &one->map, NULL, out);
		return !one && list_device_is_bad(daemon, options->device) ? 1 : 0;
	}
	if (options->verbosity >= 3) {
		paths = shown_paths(&daemon->inventory, &count);
		if (paths)
			mp_show_path_list(&context, paths, count, out);
	}
	cds_list_for_each_entry(map, &daemon->inventory.maps, in_all)
		if (map->kernel.exists)
			mp_show_topology(&context, map, NULL, out);
	if (details)
		context.foreign = &details->foreign;
	mp_show_foreign_topologies(&context, NULL, out);
	return 0;
}

bool lists_asked(const char *text)
{
	return !strncmp(text, "@list ", 6);
}

bool lists_serve(struct daemon *daemon, const char *text, const struct details *details,
		 struct mp_strbuf *reply)
{
	_cleanup_strbuf_ struct mp_strbuf out = MP_STRBUF_INIT;
	struct lists_options options = { 0 };
	int bold, end = 0, status;
	char mode[4];

	if (sscanf(text, "@list %3s %d %d%n", mode, &options.verbosity, &bold, &end) < 3 || !end)
		return false;
	while (text[end] == ' ')
		end++;
	options.with_checks = !strcmp(mode, "ll");
	options.bold = bold;
	options.device = text + end;
	status = lists_print(daemon, &options, details, &out);
	mp_strbuf_printf(reply, "exit %d\n%s", status, mp_strbuf_text(&out));
	if (out.error)
		reply->error = out.error;
	return true;
}
