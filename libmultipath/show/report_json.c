/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "show/report_json.h"

#include <errno.h>

#include "base/strbuf.h"
#include "config/report.h"
#include "show/json_object.h"

static int put_message(const struct mp_message *message, struct json_object *ret)
{
	int r = mp_json_put_text(ret, "file", message->file);

	if (r == 0 && message->line)
		r = mp_json_put(ret, "line", json_object_new_int64(message->line));
	if (r == 0 && message->line)
		r = mp_json_put(ret, "column",
				json_object_new_int64(message->column ? message->column : 1));
	if (r == 0)
		r = mp_json_put_text(ret, "severity", mp_report_severity_name(message->severity));
	return r < 0 ? r : mp_json_put_text(ret, "text", message->text);
}

static int put_report(const struct mp_report *report, struct json_object *ret)
{
	struct json_object *messages = json_object_new_array();
	int r = mp_json_put(ret, "errors", json_object_new_int64(report->errors));

	if (r == 0)
		r = mp_json_put(ret, "warnings", json_object_new_int64(report->warnings));
	if (r < 0) {
		json_object_put(messages);
		return r;
	}
	r = mp_json_put(ret, "messages", messages);
	for (size_t i = 0; i < report->count && r == 0; i++) {
		struct json_object *message = json_object_new_object();

		r = mp_json_append(messages, message);
		if (r == 0)
			r = put_message(&report->messages[i], message);
	}
	return r;
}

int mp_show_report_json(const struct mp_report *report, struct mp_strbuf *out)
{
	struct json_object *object = json_object_new_object();
	int r = object ? put_report(report, object) : -ENOMEM;

	if (r < 0) {
		json_object_put(object);
		return r;
	}
	mp_json_print(object, out);
	return out->error;
}
