/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/commands/config_text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "multipathd/state/inventory.h"
#include "multipathd/state/maps.h"
#include "multipathd/state/paths.h"

void config_text_print(const struct inventory *inventory, bool local, struct mp_strbuf *out)
{
	_cleanup_free_ const struct mp_identity **identities =
		calloc(inventory->path_count + 1, sizeof(*identities));
	_cleanup_free_ struct mp_config_map *maps = calloc(inventory->map_count + 1, sizeof(*maps));
	const char *only_wwid = inventory->options.only_wwid;
	size_t path_count = 0, map_count = 0;
	const struct mp_path *path;
	const struct mp_map *map;

	if (!local) {
		mp_config_print(inventory->config, out);
		return;
	}
	if (!identities || !maps) {
		out->error = -ENOMEM;
		return;
	}
	cds_list_for_each_entry(path, &inventory->paths, in_all)
		identities[path_count++] = &path->identity;
	cds_list_for_each_entry(map, &inventory->maps, in_all)
		if (map->kernel.exists && (!only_wwid || !strcmp(map->wwid, only_wwid)))
			maps[map_count++] =
				(struct mp_config_map){ .wwid = map->wwid, .name = map->name };
	mp_config_print_local(inventory->config, identities, path_count, maps, map_count, out);
}

void config_text_force_queueing(struct mp_strbuf *text)
{
	static const char usual[] = "\n\tqueue_without_daemon \"no\"\n";
	const char *found = strstr(mp_strbuf_text(text), usual);
	_cleanup_strbuf_ struct mp_strbuf forced = MP_STRBUF_INIT;

	if (!found || text->error)
		return;
	mp_strbuf_add(&forced, text->text, found - text->text);
	mp_strbuf_puts(&forced, "\n\tqueue_without_daemon \"forced\"\n");
	mp_strbuf_puts(&forced, found + strlen(usual));
	mp_strbuf_clear(text);
	mp_strbuf_add(text, mp_strbuf_text(&forced), forced.length);
	if (forced.error)
		text->error = forced.error;
}

void config_text_hide_keys(struct mp_strbuf *text)
{
	static const char keyword[] = "reservation_key 0x"; /* not "file" */
	char *line = text->text, *to = line, *end;

	for (; line && *line; line = end) {
		size_t indent = strspn(line, "\t ");

		end = strchrnul(line, '\n');
		end += *end == '\n';
		if (!strncmp(line + indent, keyword, strlen(keyword)))
			continue;
		memmove(to, line, end - line);
		to += end - line;
	}
	if (to) {
		*to = '\0';
		text->length = to - text->text;
	}
}
