/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "show/foreign.h"

#include <string.h>

#include "base/strbuf.h"

static const char none[] = "n/a";

static void put_or_none(struct mp_strbuf *out, const char *text)
{
	mp_strbuf_puts(out, *text ? text : none);
}

static void put_identity(struct mp_strbuf *out, const struct mp_foreign_map *map)
{
	mp_strbuf_printf(out, "NVMe,%s,%s", map->model, map->revision);
}

static unsigned live_paths(const struct mp_foreign_map *map)
{
	unsigned live = 0;

	for (size_t i = 0; i < map->path_count; i++)
		live += !strcmp(map->paths[i].state, "live");
	return live;
}

void mp_show_foreign_map_value(const struct mp_foreign_map *map, char letter, struct mp_strbuf *out)
{
	switch (letter) {
	case 'n':
		mp_strbuf_puts(out, map->name);
		break;
	case 'w':
		mp_strbuf_puts(out, map->wwid);
		break;
	case 'd':
		mp_strbuf_puts(out, map->disk);
		break;
	case 'N':
		mp_strbuf_printf(out, "%u", live_paths(map));
		break;
	case 'S':
		mp_strbuf_puts(out, map->size);
		break;
	case 'v':
		mp_strbuf_puts(out, "NVMe");
		break;
	case 'p':
		mp_strbuf_puts(out, map->model);
		break;
	case 's':
		put_identity(out, map);
		break;
	case 'e':
		mp_strbuf_puts(out, map->revision);
		break;
	case 'r':
		mp_strbuf_puts(out, "rw");
		break;
	case 'G':
		mp_strbuf_puts(out, "nvme");
		break;
	case 'h':
		mp_strbuf_puts(out, map->has_access ? "ANA" : none);
		break;
	default:
		mp_strbuf_puts(out, none);
		break;
	}
}

void mp_show_foreign_path_value(const struct mp_foreign_map *map,
				const struct mp_foreign_path *path, char letter,
				struct mp_strbuf *out)
{
	int priority = mp_foreign_priority(path);

	switch (letter) {
	case 'w':
		mp_strbuf_puts(out, map->wwid);
		break;
	case 'd':
		mp_strbuf_puts(out, path->name);
		break;
	case 'i':
		mp_strbuf_puts(out, path->address);
		break;
	case 'D':
		mp_strbuf_puts(out, path->devt);
		break;
	case 'o':
		put_or_none(out, path->state);
		break;
	case 'T':
		put_or_none(out, path->access);
		break;
	case 'p':
		if (priority >= 0)
			mp_strbuf_printf(out, "%d", priority);
		else
			mp_strbuf_puts(out, none);
		break;
	case 's':
		put_identity(out, map);
		break;
	case 'S':
		mp_strbuf_puts(out, path->size);
		break;
	case 'z':
		mp_strbuf_puts(out, path->serial);
		break;
	case 'm':
		mp_strbuf_puts(out, map->disk);
		break;
	case 'N':
	case 'R':
		mp_strbuf_puts(out, path->host);
		break;
	case 'G':
		mp_strbuf_puts(out, "[nvme]");
		break;
	case 'a':
		put_or_none(out, path->adapter);
		break;
	default:
		mp_strbuf_puts(out, none);
		break;
	}
}
