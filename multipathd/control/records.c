/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/records.h"

#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/strbuf.h"
#include "multipathd/state/daemon.h"
#include "multipathd/state/inventory.h"
#include "multipathd/state/maps.h"

/* Bindings. */

/* Another program may have assigned the name first. */
static bool records_lost_name(const struct daemon_map *map)
{
	const char *wwid = mp_bindings_wwid(map->inventory->bindings, map->map.name);

	return !wwid || strcmp(wwid, map->map.wwid);
}

/* All names that maps wait for are in the file, with whatever WWID. */
static bool records_bindings_are_back(const struct daemon *daemon,
				      const struct mp_bindings *on_disk)
{
	const struct mp_map *map;

	if (!on_disk)
		return true;
	cds_list_for_each_entry(map, &daemon->inventory.maps, in_all)
		if (daemon_map_of(map)->naming &&
		    mp_bindings_wwid(daemon->inventory.bindings, map->name) &&
		    !mp_bindings_wwid(on_disk, map->name) && !daemon->inventory.bindings_dirty)
			return false;
	return true;
}

bool records_bindings_are_newer(const struct daemon *daemon)
{
	return daemon->inventory.bindings_dirty || files_is_writing(daemon);
}

void records_adopt_bindings(struct daemon *daemon, struct mp_bindings *bindings)
{
	mp_bindings_free(daemon->inventory.bindings);
	daemon->inventory.bindings = bindings;
}

/* No new names are assigned until the next reconfigure; those in memory are the file's. */
static void records_give_up_bindings(struct daemon *daemon, struct files_written *written)
{
	struct inventory *inventory = &daemon->inventory;
	_cleanup_strbuf_ struct mp_strbuf file = MP_STRBUF_INIT;

	inventory->bindings_broken = true;
	inventory->bindings_dirty = false;
	if (written->fallback) {
		diagnostics_replay(written->diagnostics, daemon_diagnostic, daemon);
		records_adopt_bindings(daemon, written->fallback);
		written->fallback = NULL;
	} else if (written->text) {
		mp_strbuf_printf(&file, "%s/bindings", files_dir(daemon));
		mp_bindings_parse(inventory->bindings, mp_strbuf_text(&file), written->text,
				  strlen(written->text), inventory->config, daemon_diagnostic,
				  daemon);
	}
}

static void records_on_written(struct daemon *daemon, struct files_written *written)
{
	int error = written->error;
	struct mp_map *map;

	if (error == 0 && strcmp(written->bindings, written->text))
		error = mp_bindings_adopt(daemon->inventory.bindings, written->text,
					  daemon->inventory.config);
	/* Entries that cannot be read back would be written again and again. */
	if (error == 0 && !records_bindings_are_back(daemon, written->on_disk))
		error = -EILSEQ;
	if (error < 0) {
		log_error("%s/bindings: cannot write: %s; new maps are named by their WWIDs",
			  files_dir(daemon), strerror(-error));
		records_give_up_bindings(daemon, written);
	} else {
		log_info("updated bindings file %s/bindings", files_dir(daemon));
	}
	/* Names chosen in the meantime go into the next write, and wait for it. */
	if (error >= 0 && daemon->inventory.bindings_dirty)
		return;
	cds_list_for_each_entry(map, &daemon->inventory.maps, in_all) {
		struct daemon_map *waiting = daemon_map_of(map);

		if (!waiting->naming)
			continue;
		waiting->naming = false;
		waiting->named = !records_lost_name(waiting);
		maps_touch(waiting, "its name is settled");
	}
}

static void records_on_bindings(struct daemon *daemon, struct files_read *read)
{
	if (records_bindings_are_newer(daemon))
		return; /* merged when the daemon writes it */
	if (read->error < 0) {
		log_error("%s/bindings: %s", files_dir(daemon), strerror(-read->error));
		return;
	}
	diagnostics_replay(read->diagnostics, daemon_diagnostic, daemon);
	records_adopt_bindings(daemon, read->bindings);
	read->bindings = NULL;
	log_debug("%s/bindings was replaced and read again", files_dir(daemon));
}

/* WWIDs. */

int records_adopt_wwids(struct daemon *daemon, struct mp_wwids *read)
{
	struct mp_map *map;
	int r = files_add_unwritten(daemon, read);

	if (r < 0) {
		mp_wwids_free(read);
		return r;
	}
	cds_list_for_each_entry(map, &daemon->inventory.maps, in_all) {
		struct daemon_map *managed = daemon_map_of(map);

		if (mp_wwids_has(read, map->wwid))
			managed->wwid_removed = false;
		else if (map->kernel.exists && mp_wwids_has(daemon->inventory.wwids, map->wwid))
			managed->wwid_removed = true;
	}
	mp_wwids_free(daemon->inventory.wwids);
	daemon->inventory.wwids = read;
	return 0;
}

static void records_on_wwids(struct daemon *daemon, struct files_read *read)
{
	struct mp_map *map;
	int r = read->error;

	if (r == 0) {
		r = records_adopt_wwids(daemon, read->wwids);
		read->wwids = NULL;
	}
	if (r < 0)
		log_error("%s/wwids: %s", files_dir(daemon), strerror(-r));
	cds_list_for_each_entry(map, &daemon->inventory.maps, in_all) {
		struct daemon_map *waiting = daemon_map_of(map);

		if (!waiting->wwids_awaited || waiting->wwids_awaited > read->number)
			continue;
		waiting->wwids_awaited = 0;
		waiting->wwids_read = true;
		maps_touch(waiting, "the wwids file has been read");
	}
}

const struct files_takers records_takers = {
	.written = records_on_written,
	.read_bindings = records_on_bindings,
	.read_wwids = records_on_wwids,
};
