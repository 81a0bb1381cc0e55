/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gmultipath/geomlist.h"

#include <stdio.h>
#include <string.h>

/* As humanize_number(3) does it: at most three digits, or one digit after the point. */
static void humanize(unsigned long long bytes, char *text, size_t size)
{
	static const char units[] = "BKMGTPE";
	double value = bytes;
	unsigned unit = 0;

	while (value >= 999.5 && unit < sizeof(units) - 2) {
		value /= 1024;
		unit++;
	}
	snprintf(text, size, unit && value < 9.95 ? "%.1f%c" : "%.0f%c", value, units[unit]);
}

static void add_size(const struct geomlist_disk *disk, struct mp_strbuf *out)
{
	char human[32];

	humanize(disk->media_bytes, human, sizeof(human));
	mp_strbuf_printf(out, "   Mediasize: %llu (%s)\n   Sectorsize: %u\n", disk->media_bytes,
			 human, disk->sector_bytes);
}

void geomlist_list(const struct mp_geom *geom, const struct geomlist_disk *map,
		   const struct geomlist_disk *disks, struct mp_strbuf *out)
{
	const char *uuid = mp_geom_uuid(geom), *state = mp_geom_state_name(mp_geom_state(geom));

	mp_strbuf_printf(out, "Geom name: %s\nType: %s\nMode: %s\n", geom->name,
			 uuid ? "AUTOMATIC" : "MANUAL", mp_geom_mode_name(geom->mode));
	mp_strbuf_printf(out, uuid ? "UUID: %s\n" : "UUID: (none)\n", uuid);
	mp_strbuf_printf(out, "State: %s\nProviders:\n1. Name: multipath/%s\n", state, geom->name);
	add_size(map, out);
	mp_strbuf_printf(out, "   Mode: r%dw%de0\n   State: %s\nConsumers:\n", map->open_count,
			 map->open_count, state);
	for (size_t i = 0; i < geom->count; i++) {
		mp_strbuf_printf(out, "%zu. Name: %s\n", i + 1, geom->paths[i].name);
		add_size(&disks[i], out);
		mp_strbuf_printf(out, "   Mode: r1w1e1\n   State: %s\n",
				 mp_geom_path_state(geom, i));
	}
	mp_strbuf_putc(out, '\n');
}

static int name_width(const struct mp_geom *const *geoms, size_t count, const char *prefix,
		      const char *heading)
{
	size_t width = strlen(heading);

	for (size_t i = 0; i < count; i++)
		if (strlen(prefix) + strlen(geoms[i]->name) > width)
			width = strlen(prefix) + strlen(geoms[i]->name);
	return width;
}

void geomlist_status(const struct mp_geom *const *geoms, size_t count,
		     const struct geomlist_options *options, struct mp_strbuf *out)
{
	enum { STATUS_WIDTH = 8 };
	const char *prefix = options->geoms ? "" : "multipath/";
	int width = name_width(geoms, count, prefix, options->script ? "" : "Name");

	if (!options->script)
		mp_strbuf_printf(out, "%*s  %*s  %s\n", width, "Name", STATUS_WIDTH, "Status",
				 "Components");
	for (size_t i = 0; i < count; i++) {
		const char *state = mp_geom_state_name(mp_geom_state(geoms[i]));
		char name[MP_GEOM_NAME_SIZE + 16];

		snprintf(name, sizeof(name), "%s%s", prefix, geoms[i]->name);
		for (size_t p = 0; p < geoms[i]->count; p++) {
			bool named = options->script || !p;

			mp_strbuf_printf(out, "%*s  %*s  %s (%s)\n", width, named ? name : "",
					 STATUS_WIDTH, named ? state : "", geoms[i]->paths[p].name,
					 mp_geom_path_state(geoms[i], p));
		}
	}
}
