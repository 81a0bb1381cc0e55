/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "show/report.h"

#include <errno.h>
#include <json-c/json.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "config/report.h"
#include "show/json.h"

static void json_freep(struct json_object **object)
{
	json_object_put(*object);
}

#define _cleanup_json_ _cleanup_(json_freep)

/* Takes @value, which is NULL without memory. */
static int add(struct json_object *object, const char *key, struct json_object *value)
{
	if (value && json_object_object_add(object, key, value) == 0)
		return 0;
	json_object_put(value);
	return -ENOMEM;
}

/* A file may quote any byte, and so may a message about it. */
static int add_text(struct json_object *object, const char *key, const char *text)
{
	_cleanup_strbuf_ struct mp_strbuf valid = MP_STRBUF_INIT;

	mp_json_text(text, &valid);
	return valid.error ? valid.error : add(object, key, json_object_new_string(mp_strbuf_text(&valid)));
}

static int add_message(struct json_object *messages, const struct mp_message *message)
{
	_cleanup_json_ struct json_object *object = json_object_new_object();
	int r = object ? add_text(object, "file", message->file) : -ENOMEM;

	if (r == 0 && message->line)
		r = add(object, "line", json_object_new_int64(message->line));
	if (r == 0 && message->line)
		r = add(object, "column", json_object_new_int64(message->column ? message->column : 1));
	if (r == 0)
		r = add_text(object, "severity", mp_severity_name(message->severity));
	if (r == 0)
		r = add_text(object, "text", message->text);
	if (r == 0 && json_object_array_add(messages, object) < 0)
		r = -ENOMEM;
	if (r == 0)
		TAKE_PTR(object);
	return r;
}

int mp_show_report_json(const struct mp_report *report, struct mp_strbuf *out)
{
	_cleanup_json_ struct json_object *root = json_object_new_object();
	struct json_object *messages = json_object_new_array();
	const char *text;
	int r = root ? 0 : -ENOMEM;

	if (r == 0)
		r = add(root, "errors", json_object_new_int64(report->errors));
	if (r == 0)
		r = add(root, "warnings", json_object_new_int64(report->warnings));
	for (size_t i = 0; i < report->count && messages && r == 0; i++)
		r = add_message(messages, &report->messages[i]);
	if (r < 0) {
		json_object_put(messages);
		return r;
	}
	r = add(root, "messages", messages);
	if (r < 0)
		return r;
	text = json_object_to_json_string_ext(root, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE);
	if (!text)
		return -ENOMEM;
	mp_strbuf_puts(out, text);
	mp_strbuf_putc(out, '\n');
	return out->error;
}
