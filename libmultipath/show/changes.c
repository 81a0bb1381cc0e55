/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "show/changes.h"

#include <errno.h>
#include <json-c/json.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "model/difference.h"
#include "model/plan.h"
#include "show/json.h"

void mp_changes_fini(struct mp_changes *changes)
{
	for (size_t i = 0; i < changes->count; i++) {
		free(changes->rows[i].name);
		free(changes->rows[i].reason);
	}
	free(changes->rows);
	*changes = (struct mp_changes)MP_CHANGES_INIT;
}

void mp_changes_add(struct mp_changes *changes, const char *kind, const char *action, const char *name,
		    const char *format, ...)
{
	struct mp_change row = { .kind = kind, .action = action };
	va_list args;

	if (changes->error)
		return;
	if (changes->count == changes->size) {
		size_t size = changes->size ? changes->size * 2 : 16;
		struct mp_change *rows = reallocarray(changes->rows, size, sizeof(*rows));

		if (!rows) {
			changes->error = -ENOMEM;
			return;
		}
		changes->rows = rows;
		changes->size = size;
	}
	va_start(args, format);
	if (vasprintf(&row.reason, format, args) < 0)
		row.reason = NULL;
	va_end(args);
	row.name = strdup(name);
	if (!row.name || !row.reason) {
		free(row.name);
		free(row.reason);
		changes->error = -ENOMEM;
		return;
	}
	changes->rows[changes->count++] = row;
}

/* Steps that are messages: the table stays as it is. */
static bool is_message(enum mp_step_kind kind)
{
	switch (kind) {
	case MP_STEP_SWITCH_GROUP:
	case MP_STEP_FAIL_PATH:
	case MP_STEP_REINSTATE_PATH:
	case MP_STEP_QUEUE:
	case MP_STEP_NO_QUEUE:
	case MP_STEP_ENABLE_GROUP:
		return true;
	default:
		return false;
	}
}

static void describe_step(const struct mp_step *step, const struct mp_plan *plan, const struct mp_table *current,
			  bool retain_handler, struct mp_strbuf *buf)
{
	if (is_message(step->kind)) {
		mp_strbuf_puts(buf, mp_step_name(step->kind));
		if (step->devt)
			mp_strbuf_printf(buf, " %u:%u", major(step->devt), minor(step->devt));
		if (step->group)
			mp_strbuf_printf(buf, " %u", step->group);
		mp_strbuf_puts(buf, ": ");
	}
	if (step->kind == MP_STEP_RENAME && plan->name)
		mp_strbuf_printf(buf, "to %s: ", plan->name);
	/* A table's row is told with both values. */
	if (current && step->kind == MP_STEP_RELOAD &&
	    step->reason == mp_table_difference(current, &plan->table, retain_handler))
		mp_table_difference_format(current, &plan->table, retain_handler, buf);
	else
		mp_strbuf_puts(buf, step->reason ? step->reason : "");
	if (current && step->kind == MP_STEP_RESIZE)
		mp_strbuf_printf(buf, ", %llu -> %llu sectors", (unsigned long long)current->size_sectors,
				 (unsigned long long)plan->table.size_sectors);
}

void mp_changes_add_plan(struct mp_changes *changes, const char *name, const char *wwid, const struct mp_plan *plan,
			 const struct mp_table *current, bool retain_handler)
{
	for (size_t i = 0; i < plan->count; i++) {
		const struct mp_step *step = &plan->steps[i];
		_cleanup_strbuf_ struct mp_strbuf text = MP_STRBUF_INIT;

		if (step->kind == MP_STEP_CREATE)
			mp_strbuf_printf(&text, "%s, ", wwid);
		describe_step(step, plan, current, retain_handler, &text);
		if (text.error)
			changes->error = text.error;
		mp_changes_add(changes, "map", is_message(step->kind) ? "message" : mp_step_name(step->kind), name,
			       "%s", mp_strbuf_text(&text));
	}
}

/* What an object takes over is freed with it. */
static int put(struct json_object *object, const char *key, struct json_object *value)
{
	if (value && json_object_object_add(object, key, value) == 0)
		return 0;
	json_object_put(value);
	return -ENOMEM;
}

static int put_text(struct json_object *object, const char *key, const char *text)
{
	_cleanup_strbuf_ struct mp_strbuf clean = MP_STRBUF_INIT;

	mp_json_text(text, &clean);
	return put(object, key, clean.error ? NULL : json_object_new_string(mp_strbuf_text(&clean)));
}

static int put_changes(const struct mp_changes *changes, struct json_object *ret)
{
	struct json_object *rows = json_object_new_array();
	int r = put(ret, "changes", rows);

	for (size_t i = 0; i < changes->count && r == 0; i++) {
		const struct mp_change *change = &changes->rows[i];
		struct json_object *row = json_object_new_object();

		if (!row || json_object_array_add(rows, row) < 0) {
			json_object_put(row);
			return -ENOMEM;
		}
		r = put_text(row, "kind", change->kind);
		if (r == 0)
			r = put_text(row, "name", change->name);
		if (r == 0)
			r = put_text(row, "action", change->action);
		if (r == 0)
			r = put_text(row, "reason", change->reason);
	}
	return r;
}

static void format_json(const struct mp_changes *changes, struct mp_strbuf *out)
{
	struct json_object *object = json_object_new_object();
	const char *text = NULL;

	if (object && put_changes(changes, object) == 0)
		text = json_object_to_json_string_ext(object, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE);
	if (text)
		mp_strbuf_printf(out, "%s\n", text);
	else
		out->error = -ENOMEM;
	json_object_put(object);
}

void mp_changes_format(const struct mp_changes *changes, bool json, struct mp_strbuf *out)
{
	if (changes->error) {
		out->error = changes->error;
		return;
	}
	if (json) {
		format_json(changes, out);
		return;
	}
	for (size_t i = 0; i < changes->count; i++)
		mp_strbuf_printf(out, "%s %s: %s\n", changes->rows[i].action, changes->rows[i].name,
				 changes->rows[i].reason);
	if (!changes->count)
		mp_strbuf_puts(out, "nothing to do\n");
}
