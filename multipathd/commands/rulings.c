/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/commands/rulings.h"

#include <string.h>

#include "base/cleanup.h"
#include "kernel/claimant.h"
#include "multipathd/state/daemon.h"
#include "multipathd/state/maps.h"

static bool has_sibling(const struct daemon *daemon, const char *wwid, const char *name)
{
	const struct daemon_map *map = maps_find_wwid(&daemon->inventory, wwid);
	const struct mp_path *path;

	if (!map)
		return false;
	cds_list_for_each_entry(path, &map->map.paths, in_map)
		if (strcmp(path->identity.name, name))
			return true;
	return false;
}

bool rulings_serve(struct daemon *daemon, const char *text, struct mp_strbuf *reply)
{
	_cleanup_(mp_claimant_fini) struct mp_claimant claimant = MP_CLAIMANT_INIT;
	struct mp_ruling ruling;

	if (mp_claimant_parse(text, &claimant) < 0)
		return false;
	mp_claimant_judge(daemon->inventory.config, &claimant, &ruling);
	ruling.has_sibling = *ruling.wwid &&
			     has_sibling(daemon, ruling.wwid, claimant.identity.name);
	mp_claimant_format_ruling(&ruling, reply);
	return true;
}
