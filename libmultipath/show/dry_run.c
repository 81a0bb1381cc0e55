/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "show/dry_run.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "model/difference.h"
#include "model/plan.h"
#include "show/json_object.h"

void mp_dry_run_fini(struct mp_dry_run *changes)
{
	for (size_t i = 0; i < changes->count; i++) {
		free(changes->rows[i].name);
		free(changes->rows[i].reason);
	}
	free(changes->rows);
	*changes = (struct mp_dry_run)MP_DRY_RUN_INIT;
}

void mp_dry_run_add(struct mp_dry_run *changes, const char *kind, const char *action,
		    const char *name, const char *format, ...)
{
	struct mp_dry_run_row row = { .kind = kind, .action = action };
	va_list args;

	if (changes->error)
		return;
	if (changes->count == changes->size) {
		size_t size = changes->size ? changes->size * 2 : 16;
		struct mp_dry_run_row *rows = reallocarray(changes->rows, size, sizeof(*rows));

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

static void describe_step(const struct mp_step *step, const struct mp_plan *plan,
			  const struct mp_table *current, bool retain_handler,
			  struct mp_strbuf *buf)
{
	if (is_message(step->kind)) {
		mp_strbuf_puts(buf, mp_plan_step_name(step->kind));
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
	    step->reason == mp_difference_find(current, &plan->table, retain_handler))
		mp_difference_format(current, &plan->table, retain_handler, buf);
	else
		mp_strbuf_puts(buf, step->reason ? step->reason : "");
	if (current && step->kind == MP_STEP_RESIZE)
		mp_strbuf_printf(buf, ", %llu -> %llu sectors",
				 (unsigned long long)current->size_sectors,
				 (unsigned long long)plan->table.size_sectors);
}

void mp_dry_run_add_plan(struct mp_dry_run *changes, const char *name, const char *wwid,
			 const struct mp_plan *plan, const struct mp_table *current,
			 bool retain_handler)
{
	for (size_t i = 0; i < plan->count; i++) {
		const struct mp_step *step = &plan->steps[i];
		_cleanup_strbuf_ struct mp_strbuf text = MP_STRBUF_INIT;

		if (step->kind == MP_STEP_CREATE)
			mp_strbuf_printf(&text, "%s, ", wwid);
		describe_step(step, plan, current, retain_handler, &text);
		if (text.error)
			changes->error = text.error;
		mp_dry_run_add(changes, "map",
			       is_message(step->kind) ? "message" : mp_plan_step_name(step->kind),
			       name, "%s", mp_strbuf_text(&text));
	}
}

/* ---- JSON */

static int put_changes(const struct mp_dry_run *changes, struct json_object *ret)
{
	struct json_object *rows = json_object_new_array();
	int r = mp_json_put(ret, "changes", rows);

	for (size_t i = 0; i < changes->count && r == 0; i++) {
		const struct mp_dry_run_row *change = &changes->rows[i];
		struct json_object *row = json_object_new_object();

		r = mp_json_append(rows, row);
		if (r == 0)
			r = mp_json_put_text(row, "kind", change->kind);
		if (r == 0)
			r = mp_json_put_text(row, "name", change->name);
		if (r == 0)
			r = mp_json_put_text(row, "action", change->action);
		if (r == 0)
			r = mp_json_put_text(row, "reason", change->reason);
	}
	return r;
}

static void format_json(const struct mp_dry_run *changes, struct mp_strbuf *out)
{
	struct json_object *object = json_object_new_object();

	if (object && put_changes(changes, object) == 0) {
		mp_json_print(object, out);
		return;
	}
	json_object_put(object);
	out->error = -ENOMEM;
}

/* ---- text */

enum { NAMES_MAX = 8 };

static int compare_changes(const struct mp_dry_run_row *a, const struct mp_dry_run_row *b)
{
	int r = strcmp(a->action, b->action);

	return r ? r : strcmp(a->reason, b->reason);
}

static int by_change(const void *a, const void *b)
{
	const struct mp_dry_run_row *const *first = a, *const *second = b;
	int r = compare_changes(*first, *second);

	return r ? r : (*first > *second) - (*first < *second);
}

static int by_first(const void *a, const void *b)
{
	const struct mp_dry_run_row *const *const *first = a, *const *const *second = b;

	return (**first > **second) - (**first < **second);
}

/* One line for all that change alike: "set sda sdb: ..." */
static void format_alike(const struct mp_dry_run_row *const *alike,
			 const struct mp_dry_run_row *const *end, struct mp_strbuf *out)
{
	size_t count = end - alike;

	mp_strbuf_puts(out, alike[0]->action);
	for (size_t i = 0; i < count && i < NAMES_MAX; i++)
		mp_strbuf_printf(out, " %s", alike[i]->name);
	if (count > NAMES_MAX)
		mp_strbuf_printf(out, " and %zu more", count - NAMES_MAX);
	mp_strbuf_printf(out, ": %s\n", alike[0]->reason);
}

static void format_text(const struct mp_dry_run *changes, struct mp_strbuf *out)
{
	_cleanup_free_ const struct mp_dry_run_row **sorted =
		calloc(changes->count + 1, sizeof(*sorted));
	_cleanup_free_ const struct mp_dry_run_row ***starts =
		calloc(changes->count + 1, sizeof(*starts));
	size_t count = 0;

	if (!sorted || !starts) {
		out->error = -ENOMEM;
		return;
	}
	if (!changes->count) {
		mp_strbuf_puts(out, "nothing to do\n");
		return;
	}
	for (size_t i = 0; i < changes->count; i++)
		sorted[i] = &changes->rows[i];
	qsort(sorted, changes->count, sizeof(*sorted), by_change);
	for (size_t i = 0; i < changes->count; i++)
		if (!i || compare_changes(sorted[i - 1], sorted[i]))
			starts[count++] = &sorted[i];
	/* In the order of the first of each. */
	qsort(starts, count, sizeof(*starts), by_first);
	for (size_t i = 0; i < count; i++) {
		const struct mp_dry_run_row *const *end = starts[i];

		while (end < sorted + changes->count && !compare_changes(*end, *starts[i]))
			end++;
		format_alike((const struct mp_dry_run_row *const *)starts[i], end, out);
	}
}

void mp_dry_run_format(const struct mp_dry_run *changes, bool json, struct mp_strbuf *out)
{
	if (changes->error)
		out->error = changes->error;
	else if (json)
		format_json(changes, out);
	else
		format_text(changes, out);
}
