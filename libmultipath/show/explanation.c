/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "show/explanation.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "show/json_object.h"

void mp_explanation_fini(struct mp_explanation *explanation)
{
	for (size_t i = 0; i < explanation->count; i++) {
		struct mp_explained *section = &explanation->sections[i];

		mp_strbuf_fini(&section->answer);
		mp_strbuf_fini(&section->change);
		mp_trace_fini(&section->trace);
	}
	mp_strbuf_fini(&explanation->subject);
	mp_strbuf_fini(&explanation->summary);
	*explanation = (struct mp_explanation)MP_EXPLANATION_INIT;
}

struct mp_explained *mp_explanation_add(struct mp_explanation *explanation, const char *name)
{
	struct mp_explained *section = &explanation->sections[explanation->count];

	assert(explanation->count < MP_EXPLANATION_SECTIONS);
	explanation->count++;
	section->name = name;
	return section;
}

/* What was not accounted for is not shown as if it were all. */
static int find_error(const struct mp_explanation *explanation)
{
	int error = explanation->subject.error ? explanation->subject.error :
						 explanation->summary.error;

	for (size_t i = 0; i < explanation->count && !error; i++) {
		const struct mp_explained *section = &explanation->sections[i];

		error = section->trace.error  ? section->trace.error :
			section->answer.error ? section->answer.error :
						section->change.error;
	}
	return error;
}

/* ---- text */

enum { TEXT_WIDTH_MAX = 60 };

struct widths {
	int name, text;
};

static void measure(const struct mp_trace *trace, struct widths *ret)
{
	*ret = (struct widths){ 0 };
	for (size_t i = 0; i < trace->count; i++) {
		int name = strlen(trace->rows[i].name), text = strlen(trace->rows[i].text);

		if (name > ret->name)
			ret->name = name;
		/* One long text does not push all origins out of sight. */
		if (text > ret->text && text <= TEXT_WIDTH_MAX)
			ret->text = text;
	}
}

static void format_row(const struct mp_trace_row *row, const struct widths *widths,
		       struct mp_strbuf *out)
{
	mp_strbuf_printf(out, "%c %-*s  ", row->decides ? '*' : ' ', widths->name, row->name);
	if (!row->section) {
		mp_strbuf_printf(out, "%s\n", row->text);
		return;
	}
	mp_strbuf_printf(out, "%-*s  ", widths->text, row->text);
	if (row->file)
		mp_strbuf_printf(out, row->line ? "%s:%u " : "%s ", row->file, row->line);
	mp_strbuf_printf(out, "%s\n", row->section);
}

/* Behind the title each line of its own. */
static void format_change(const char *change, struct mp_strbuf *out)
{
	const char *title = "  to change it:";

	for (const char *end; *change; change = *end ? end + 1 : end) {
		end = strchrnul(change, '\n');
		mp_strbuf_printf(out, "%-15s %.*s\n", title, (int)(end - change), change);
		title = "";
	}
}

static void format_text(const struct mp_explanation *explanation, struct mp_strbuf *out)
{
	mp_strbuf_printf(out, "%s: %s\n", mp_strbuf_text(&explanation->subject),
			 mp_strbuf_text(&explanation->summary));
	for (size_t i = 0; i < explanation->count; i++) {
		const struct mp_explained *section = &explanation->sections[i];
		struct widths widths;

		mp_strbuf_printf(out, "\n%s%s%s\n", section->name,
				 section->answer.length ? ": " : "",
				 mp_strbuf_text(&section->answer));
		measure(&section->trace, &widths);
		for (size_t k = 0; k < section->trace.count; k++)
			format_row(&section->trace.rows[k], &widths, out);
		format_change(mp_strbuf_text(&section->change), out);
	}
}

/* ---- JSON */

static int put_row(const struct mp_trace_row *row, struct json_object *ret)
{
	int r = mp_json_put_text(ret, "name", row->name);

	if (r == 0)
		r = mp_json_put_text(ret, row->key ? "value" : "text", row->text);
	if (r == 0 && row->section) {
		struct json_object *origin = json_object_new_object();

		r = mp_json_put(ret, "origin", origin);
		if (r == 0 && row->file)
			r = mp_json_put_text(origin, "file", row->file);
		if (r == 0 && row->line)
			r = mp_json_put(origin, "line", json_object_new_int64(row->line));
		if (r == 0)
			r = mp_json_put_text(origin, "section", row->section);
	}
	return r < 0 || !row->decides ? r :
					mp_json_put(ret, "decides", json_object_new_boolean(true));
}

static int put_section(const struct mp_explained *section, struct json_object *ret)
{
	struct json_object *rows = json_object_new_array(), *changes;
	const char *change = mp_strbuf_text(&section->change);
	int r = mp_json_put_text(ret, "name", section->name);

	if (r == 0 && section->answer.length)
		r = mp_json_put_text(ret, "answer", mp_strbuf_text(&section->answer));
	if (r < 0) {
		json_object_put(rows);
		return r;
	}
	r = mp_json_put(ret, "rows", rows);
	for (size_t i = 0; i < section->trace.count && r == 0; i++) {
		struct json_object *row = json_object_new_object();

		r = mp_json_append(rows, row);
		if (r == 0)
			r = put_row(&section->trace.rows[i], row);
	}
	if (r < 0 || !*change)
		return r;
	changes = json_object_new_array();
	r = mp_json_put(ret, "changes", changes);
	for (const char *end; *change && r == 0; change = *end ? end + 1 : end) {
		_cleanup_free_ char *line = NULL;

		end = strchrnul(change, '\n');
		line = strndup(change, end - change);
		r = mp_json_append(changes, line ? mp_json_new_text(line) : NULL);
	}
	return r;
}

static int put_explanation(const struct mp_explanation *explanation, struct json_object *ret)
{
	struct json_object *sections;
	int r = mp_json_put_text(ret, "subject", mp_strbuf_text(&explanation->subject));

	if (r == 0)
		r = mp_json_put_text(ret, "summary", mp_strbuf_text(&explanation->summary));
	if (r < 0)
		return r;
	sections = json_object_new_array();
	r = mp_json_put(ret, "sections", sections);
	for (size_t i = 0; i < explanation->count && r == 0; i++) {
		struct json_object *section = json_object_new_object();

		r = mp_json_append(sections, section);
		if (r == 0)
			r = put_section(&explanation->sections[i], section);
	}
	return r;
}

static void format_json(const struct mp_explanation *explanation, struct mp_strbuf *out)
{
	struct json_object *object = json_object_new_object();

	if (object && put_explanation(explanation, object) == 0) {
		mp_json_print(object, out);
		return;
	}
	json_object_put(object);
	out->error = -ENOMEM;
}

void mp_explanation_format(const struct mp_explanation *explanation, bool json,
			   struct mp_strbuf *out)
{
	int error = find_error(explanation);

	if (error)
		out->error = error;
	else if (json)
		format_json(explanation, out);
	else
		format_text(explanation, out);
}
