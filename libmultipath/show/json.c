/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "show/json.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "show/wildcards.h"

/* Values are those of wildcards.h; numbers stand unquoted. */
struct field {
	const char *key;
	char letter;
	bool number;
};

/* clang-format off */
static const struct field map_fields[] = {
	{ "name", 'n', false },
	{ "uuid", 'w', false },
	{ "sysfs", 'd', false },
	{ "failback", 'F', false },
	{ "queueing", 'Q', false },
	{ "paths", 'N', true },
	{ "write_prot", 'r', false },
	{ "dm_st", 't', false },
	{ "features", 'f', false },
	{ "hwhandler", 'h', false },
	{ "action", 'A', false },
	{ "path_faults", '0', true },
	{ "vend", 'v', false },
	{ "prod", 'p', false },
	{ "rev", 'e', false },
	{ "switch_grp", '1', true },
	{ "map_loads", '2', true },
	{ "total_q_time", '3', true },
	{ "q_timeouts", '4', true },
};
/* clang-format on */

static const struct field group_fields[] = {
	{ "selector", 's', false },
	{ "pri", 'p', true },
	{ "dm_st", 't', false },
	{ "marginal_st", 'M', false },
};

/* clang-format off */
static const struct field path_fields[] = {
	{ "dev", 'd', false },
	{ "dev_t", 'D', false },
	{ "dm_st", 't', false },
	{ "dev_st", 'o', false },
	{ "chk_st", 'T', false },
	{ "checker", 'c', false },
	{ "pri", 'p', true },
	{ "host_wwnn", 'N', false },
	{ "target_wwnn", 'n', false },
	{ "host_wwpn", 'R', false },
	{ "target_wwpn", 'r', false },
	{ "host_adapter", 'a', false },
	{ "lun_hex", 'L', false },
	{ "marginal_st", 'M', false },
};
/* clang-format on */

enum { INDENT = 3, MAP_DEPTH = 2, GROUP_DEPTH = 3, PATH_DEPTH = 4 };

struct json {
	const struct mp_show_context *context;
	struct mp_strbuf *out;
	struct mp_strbuf value; /* of one field, before it is escaped */
	const struct mp_path_wildcard *of_path[ARRAY_SIZE(path_fields)];
};

static void json_init(struct json *json, const struct mp_show_context *context,
		      struct mp_strbuf *out)
{
	*json = (struct json){ .context = context, .out = out };
	for (size_t i = 0; i < ARRAY_SIZE(path_fields); i++)
		json->of_path[i] = mp_wildcard_find_path(path_fields[i].letter);
}

static void json_indent(struct json *json, unsigned depth)
{
	mp_strbuf_fill(json->out, ' ', depth * INDENT);
}

/*
 * Behind another field, if it is not the first one. Listings have a hundred thousand of them: each
 * is added at once.
 */
static void json_key(struct json *json, unsigned depth, const struct field *field, bool first)
{
	static const char end[] = "\" : ", separator[] = ",\n";
	size_t indent = depth * INDENT, length = strlen(field->key);
	size_t before = first ? 0 : strlen(separator);
	char *p = mp_strbuf_extend(json->out, before + indent + 1 + length + strlen(end));

	mp_strbuf_clear(&json->value);
	if (!p)
		return;
	p = mempcpy(p, separator, before);
	memset(p, ' ', indent);
	p += indent;
	*p++ = '"';
	p = mempcpy(p, field->key, length);
	memcpy(p, end, strlen(end));
}

/* Bytes of the UTF-8 character at @text, 0 if it is none. Source: RFC 3629 section 4. */
static size_t utf8_length(const unsigned char *text)
{
	size_t length = text[0] < 0x80 ? 1 : text[0] < 0xe0 ? 2 : text[0] < 0xf0 ? 3 : 4;
	unsigned char low = 0x80, high = 0xbf;

	if ((text[0] >= 0x80 && text[0] < 0xc2) || text[0] > 0xf4)
		return 0;
	switch (text[0]) {
	case 0xe0:
		low = 0xa0;
		break;
	case 0xed:
		high = 0x9f;
		break;
	case 0xf0:
		low = 0x90;
		break;
	case 0xf4:
		high = 0x8f;
		break;
	}
	for (size_t i = 1; i < length; i++, low = 0x80, high = 0xbf) {
		if (text[i] < low || text[i] > high)
			return 0;
	}
	return length;
}

void mp_json_text(const char *text, struct mp_strbuf *out)
{
	for (size_t length; *text; text += length) {
		unsigned char c = *text;

		length = utf8_length((const unsigned char *)text);
		if (length) {
			mp_strbuf_add(out, text, length);
			continue;
		}
		mp_strbuf_putc(out, 0xc0 | c >> 6);
		mp_strbuf_putc(out, 0x80 | (c & 0x3f));
		length = 1;
	}
}

/* Bytes at @text that stand for themselves: nearly all that is ever shown. */
static size_t plain_length(const char *text)
{
	const unsigned char *end = (const unsigned char *)text;

	while (*end >= ' ' && *end < 0x80 && *end != '"' && *end != '\\')
		end++;
	return end - (const unsigned char *)text;
}

/*
 * Devices and administrators may put any byte into names: what is no UTF-8 is taken for Latin-1.
 * Source: RFC 8259 section 7.
 */
static void json_escaped(struct json *json, const char *text)
{
	mp_strbuf_putc(json->out, '"');
	while (*text) {
		unsigned char c = *text;
		size_t length = utf8_length((const unsigned char *)text);

		if (c < ' ' || !length) {
			mp_strbuf_printf(json->out, "\\u%04x", c);
			text++;
			continue;
		}
		if (c == '"' || c == '\\')
			mp_strbuf_putc(json->out, '\\');
		mp_strbuf_add(json->out, text, length);
		text += length;
	}
	mp_strbuf_putc(json->out, '"');
}

static void json_string(struct json *json)
{
	const char *text = mp_strbuf_text(&json->value);
	size_t length = plain_length(text);
	char *p;

	if (text[length]) {
		json_escaped(json, text);
		return;
	}
	p = mp_strbuf_extend(json->out, length + 2);
	if (!p)
		return;
	*p++ = '"';
	p = mempcpy(p, text, length);
	*p = '"';
}

static void json_value(struct json *json, const struct field *field)
{
	if (field->number)
		mp_strbuf_puts(json->out, mp_strbuf_text(&json->value));
	else
		json_string(json);
	if (json->value.error)
		json->out->error = json->value.error;
}

static void json_path(struct json *json, const struct mp_path *path)
{
	for (size_t i = 0; i < ARRAY_SIZE(path_fields); i++) {
		const struct field *field = &path_fields[i];

		json_key(json, PATH_DEPTH, field, i == 0);
		json->of_path[i]->render(json->context, path, &json->value);
		json_value(json, field);
	}
	mp_strbuf_putc(json->out, '\n');
}

static void json_group(struct json *json, const struct mp_group *group, size_t number)
{
	for (size_t i = 0; i < ARRAY_SIZE(group_fields); i++) {
		const struct field *field = &group_fields[i];

		json_key(json, GROUP_DEPTH, field, i == 0);
		mp_wildcard_find_group(field->letter)->render(json->context, group, &json->value);
		json_value(json, field);
	}
	mp_strbuf_puts(json->out, ",\n");
	json_indent(json, GROUP_DEPTH);
	mp_strbuf_printf(json->out, "\"group\" : %zu,\n", number);
	json_indent(json, GROUP_DEPTH);
	mp_strbuf_puts(json->out, "\"paths\": [");
	for (size_t i = 0; i < group->path_count; i++) {
		mp_strbuf_puts(json->out, i ? ",{\n" : "{\n");
		json_path(json, group->paths[i]);
		json_indent(json, GROUP_DEPTH);
		mp_strbuf_putc(json->out, '}');
	}
	mp_strbuf_puts(json->out, "]\n");
}

static void json_numbered_group(struct json *json, const struct mp_group *group, size_t number)
{
	mp_strbuf_puts(json->out, number > 1 ? ",{\n" : "{\n");
	json_group(json, group, number);
	json_indent(json, MAP_DEPTH);
	mp_strbuf_putc(json->out, '}');
}

static void json_map(struct json *json, const struct mp_map *map)
{
	struct mp_group left_out = { 0 };

	if (mp_map_group_left_out(map, &left_out) < 0)
		json->out->error = -ENOMEM;
	for (size_t i = 0; i < ARRAY_SIZE(map_fields); i++) {
		const struct field *field = &map_fields[i];

		json_key(json, MAP_DEPTH, field, i == 0);
		mp_wildcard_find_map(field->letter)->render(json->context, map, &json->value);
		json_value(json, field);
	}
	mp_strbuf_puts(json->out, ",\n");
	json_indent(json, MAP_DEPTH);
	mp_strbuf_puts(json->out, "\"path_groups\": [");
	for (size_t i = 0; i < map->group_count; i++)
		json_numbered_group(json, &map->groups[i], i + 1);
	if (left_out.path_count)
		json_numbered_group(json, &left_out, map->group_count + 1);
	mp_strbuf_puts(json->out, "]\n");
	free(left_out.paths);
}

static void json_version(struct json *json)
{
	mp_strbuf_puts(json->out, "{\n   \"major_version\": 0,\n   \"minor_version\": 1,\n");
}

void mp_show_maps_json(const struct mp_show_context *context, const struct mp_map *const *maps,
		       size_t count, struct mp_strbuf *out)
{
	struct json json;

	json_init(&json, context, out);
	json_version(&json);
	mp_strbuf_puts(out, "   \"maps\": [");
	for (size_t i = 0; i < count; i++) {
		mp_strbuf_puts(out, i ? ",{\n" : "{\n");
		json_map(&json, maps[i]);
		mp_strbuf_puts(out, "   }");
	}
	mp_strbuf_puts(out, "]\n}\n");
	mp_strbuf_fini(&json.value);
}

void mp_show_map_json(const struct mp_show_context *context, const struct mp_map *map,
		      struct mp_strbuf *out)
{
	struct json json;

	json_init(&json, context, out);
	json_version(&json);
	mp_strbuf_puts(out, "   \"map\":{\n");
	json_map(&json, map);
	mp_strbuf_puts(out, "   }\n}\n");
	mp_strbuf_fini(&json.value);
}
