/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "config/filter.h"
#include "config/sections.h"
#include "config/types.h"

static void print_setting(const struct mp_setting *setting, unsigned depth, struct mp_strbuf *buf)
{
	const struct mp_keyword *keyword = &mp_keywords[setting->key];

	mp_strbuf_fill(buf, '\t', depth);
	mp_strbuf_puts(buf, keyword->name);
	mp_strbuf_putc(buf, ' ');
	keyword->type->format(keyword, setting, buf);
	mp_strbuf_putc(buf, '\n');
}

static bool is_printed(enum mp_key key)
{
	return !(mp_keywords[key].flags & MP_KEYWORD_IGNORED) && !mp_keywords[key].alias_of;
}

static void print_settings(const struct mp_section *section, enum mp_scope scope, unsigned depth,
			   struct mp_strbuf *buf)
{
	const struct mp_scope_row *row = &mp_scopes[scope];
	const struct mp_setting *by_key[MP_KEYS] = { 0 };
	unsigned left = section->count;

	for (unsigned i = 0; i < section->count; i++)
		by_key[section->settings[i].key] = &section->settings[i];
	/* Not by mp_keyword_next(): few of many keywords are set, and sections may be thousands. */
	for (unsigned at = 0; left > 0 && at < row->first_count + MP_KEYS; at++) {
		enum mp_key key = at < row->first_count ? row->first[at] : at - row->first_count;

		if (!by_key[key])
			continue;
		if (is_printed(key))
			print_setting(by_key[key], depth, buf);
		by_key[key] = NULL;
		left--;
	}
}

static void print_block(const struct mp_section *section, enum mp_scope scope,
			struct mp_strbuf *buf)
{
	mp_strbuf_putc(buf, '\t');
	mp_strbuf_puts(buf, mp_scopes[scope].name);
	mp_strbuf_puts(buf, " {\n");
	print_settings(section, scope, 2, buf);
	mp_strbuf_puts(buf, "\t}\n");
}

static void print_defaults(const struct mp_config *config, struct mp_strbuf *buf)
{
	unsigned place = 0;

	mp_strbuf_puts(buf, "defaults {\n");
	for (enum mp_key key; (key = mp_keyword_next(MP_SCOPE_DEFAULTS, &place)) != MP_KEY_NONE;) {
		struct mp_setting setting;
		const struct mp_setting *found = mp_config_default(config, key);

		if (!found || !is_printed(key))
			continue;
		setting = *found;
		setting.key = key; /* built-in values do not name theirs */
		print_setting(&setting, 1, buf);
	}
	mp_strbuf_puts(buf, "}\n");
}

static void print_text(const char *name, const char *text, unsigned depth, struct mp_strbuf *buf)
{
	mp_strbuf_fill(buf, '\t', depth);
	mp_strbuf_puts(buf, name);
	mp_strbuf_putc(buf, ' ');
	mp_type_quote(text, buf);
	mp_strbuf_putc(buf, '\n');
}

static void print_rules(const struct mp_rule_list *lists, const char *name, struct mp_strbuf *buf)
{
	static const enum mp_criterion order[] = { MP_CRITERION_DEVNODE, MP_CRITERION_WWID,
						   MP_CRITERION_PROPERTY, MP_CRITERION_PROTOCOL };
	const struct mp_rule_list *devices = &lists[MP_CRITERION_DEVICE];

	mp_strbuf_printf(buf, "%s {\n", name);
	for (size_t i = 0; i < ARRAY_SIZE(order); i++)
		for (size_t k = 0; k < lists[order[i]].count; k++)
			print_text(mp_filter_criterion_name(order[i]),
				   lists[order[i]].items[k].text, 1, buf);
	for (size_t i = 0; i < devices->count; i++) {
		mp_strbuf_puts(buf, "\tdevice {\n");
		if (devices->items[i].pattern.text)
			print_text("vendor", devices->items[i].pattern.text, 2, buf);
		if (devices->items[i].product.text)
			print_text("product", devices->items[i].product.text, 2, buf);
		mp_strbuf_puts(buf, "\t}\n");
	}
	mp_strbuf_puts(buf, "}\n");
}

static void print_head(const struct mp_config *config, struct mp_strbuf *buf)
{
	print_defaults(config, buf);
	print_rules(config->rules[MP_LIST_BLACKLIST], "blacklist", buf);
	print_rules(config->rules[MP_LIST_EXCEPTIONS], "blacklist_exceptions", buf);
}

static void print_overrides(const struct mp_config *config, struct mp_strbuf *buf)
{
	mp_strbuf_puts(buf, "overrides {\n");
	print_settings(&config->overrides, MP_SCOPE_OVERRIDES, 1, buf);
	for (size_t i = 0; i < config->protocols.count; i++)
		print_block(&config->protocols.items[i], MP_SCOPE_PROTOCOL, buf);
	mp_strbuf_puts(buf, "}\n");
}

void mp_config_print(struct mp_config *config, struct mp_strbuf *buf)
{
	print_head(config, buf);
	mp_strbuf_puts(buf, "devices {\n");
	for (size_t i = 0; i < config->devices.count; i++)
		print_block(&config->devices.items[i], MP_SCOPE_DEVICE, buf);
	mp_strbuf_puts(buf, "}\n");
	print_overrides(config, buf);
	if (!config->maps.count)
		return;
	mp_strbuf_puts(buf, "multipaths {\n");
	for (size_t i = 0; i < config->maps.count; i++)
		print_block(&config->maps.items[i], MP_SCOPE_MULTIPATH, buf);
	mp_strbuf_puts(buf, "}\n");
}

/* Which hardware entries do the paths use? One flag for each entry of the table. */
static bool *used_devices(struct mp_config *config, const struct mp_identity *const *paths,
			  size_t path_count)
{
	bool *used = calloc(config->devices.count + 1, sizeof(*used));

	for (size_t i = 0; used && i < path_count; i++) {
		const struct mp_hardware_match *match = mp_config_hardware(config, paths[i]);

		for (size_t k = 0; k < match->count; k++)
			used[match->entries[k] - config->devices.items] = true;
	}
	return used;
}

static int by_wwid(const void *a, const void *b)
{
	const struct mp_config_map *const *first = a, *const *second = b;

	return strcmp((*first)->wwid, (*second)->wwid);
}

static int compare_wwid(const void *key, const void *element)
{
	const struct mp_config_map *const *map = element;

	return strcmp(key, (*map)->wwid);
}

/* Configured sections whose map is there, then the maps without a section. */
static void print_present_maps(const struct mp_config *config, const struct mp_config_map *maps,
			       size_t count, struct mp_strbuf *buf)
{
	_cleanup_free_ const struct mp_config_map **sorted = calloc(count + 1, sizeof(*sorted));

	if (!sorted) {
		buf->error = -ENOMEM;
		return;
	}
	for (size_t i = 0; i < count; i++)
		sorted[i] = &maps[i];
	qsort(sorted, count, sizeof(*sorted), by_wwid);

	mp_strbuf_puts(buf, "multipaths {\n");
	for (size_t i = 0; i < config->maps.count; i++) {
		const struct mp_section *section = &config->maps.items[i];

		if (bsearch(mp_section_text(section, MP_KEY_WWID), sorted, count, sizeof(*sorted),
			    compare_wwid))
			print_block(section, MP_SCOPE_MULTIPATH, buf);
	}
	for (size_t i = 0; i < count; i++) {
		if (mp_config_map_section(config, maps[i].wwid))
			continue;
		mp_strbuf_puts(buf, "\tmultipath {\n");
		print_text("wwid", maps[i].wwid, 2, buf);
		if (maps[i].name && strcmp(maps[i].name, maps[i].wwid) != 0) {
			mp_strbuf_puts(buf, "\t\t# ");
			print_text("alias", maps[i].name, 0, buf);
		}
		mp_strbuf_puts(buf, "\t}\n");
	}
	mp_strbuf_puts(buf, "}\n");
}

void mp_config_print_local(struct mp_config *config, const struct mp_identity *const *paths,
			   size_t path_count, const struct mp_config_map *maps, size_t map_count,
			   struct mp_strbuf *buf)
{
	_cleanup_free_ bool *used = used_devices(config, paths, path_count);

	if (!used) {
		buf->error = -ENOMEM;
		return;
	}
	print_head(config, buf);
	mp_strbuf_puts(buf, "devices {\n");
	for (size_t i = 0; i < config->devices.count; i++)
		if (used[i])
			print_block(&config->devices.items[i], MP_SCOPE_DEVICE, buf);
	mp_strbuf_puts(buf, "}\n");
	print_overrides(config, buf);
	if (config->maps.count || map_count)
		print_present_maps(config, maps, map_count, buf);
}
