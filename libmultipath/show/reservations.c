/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "show/reservations.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "show/json_object.h"

enum { TIME_SIZE = 40 };

const char *mp_registration_name(enum mp_registration registration)
{
	static const char *const names[] = {
		[MP_REGISTRATION_NO_KEY] = "no-key",	   [MP_REGISTRATION_UNKNOWN] = "unknown",
		[MP_REGISTRATION_NONE] = "unregistered",   [MP_REGISTRATION_LOST] = "lost",
		[MP_REGISTRATION_UNTRACKED] = "untracked", [MP_REGISTRATION_PRESENT] = "registered",
		[MP_REGISTRATION_HOLDER] = "holder",
	};

	return names[registration];
}

/* Why there is no answer of the array. */
static const char *answer_name(int error)
{
	switch (error) {
	case 0:
		return "ok";
	case -ETIMEDOUT:
		return "no-answer";
	case -ENODEV:
		return "no-path";
	case -EOPNOTSUPP:
		return "unsupported";
	default:
		return "error";
	}
}

/* The options of mpathpersist(8) and the words of SPC. Return: NULL: reserved value. */
static const char *type_name(uint8_t type)
{
	switch (type) {
	case MP_RESERVATION_WRITE_EXCLUSIVE:
		return "WE";
	case MP_RESERVATION_EXCLUSIVE_ACCESS:
		return "EA";
	case MP_RESERVATION_WRITE_EXCLUSIVE_REGISTRANTS:
		return "WE-RO";
	case MP_RESERVATION_EXCLUSIVE_ACCESS_REGISTRANTS:
		return "EA-RO";
	case MP_RESERVATION_WRITE_EXCLUSIVE_ALL:
		return "WE-AR";
	case MP_RESERVATION_EXCLUSIVE_ACCESS_ALL:
		return "EA-AR";
	default:
		return NULL;
	}
}

static bool is_held(const struct mp_reservation_row *row)
{
	return row->error == 0 && row->holder.held;
}

static void put_key(uint64_t key, struct mp_strbuf *out)
{
	mp_strbuf_printf(out, "0x%llx", (unsigned long long)key);
}

/* In UTC: the hosts of a cluster compare it. @text: TIME_SIZE bytes */
static void format_time(time_t since, char *text)
{
	struct tm tm;

	if (!gmtime_r(&since, &tm) || !strftime(text, TIME_SIZE, "%FT%TZ", &tm))
		snprintf(text, TIME_SIZE, "-");
}

/* ---- the table */

static void cell_name(const struct mp_reservation_row *row, struct mp_strbuf *out)
{
	mp_strbuf_puts(out, row->name);
}

static void cell_key(const struct mp_reservation_row *row, struct mp_strbuf *out)
{
	if (row->key)
		put_key(row->key, out);
	else
		mp_strbuf_puts(out, "none");
}

static void cell_state(const struct mp_reservation_row *row, struct mp_strbuf *out)
{
	mp_strbuf_puts(out, mp_registration_name(row->registration));
}

static void cell_paths(const struct mp_reservation_row *row, struct mp_strbuf *out)
{
	mp_strbuf_printf(out, "%u/%u", row->registered_paths, row->paths);
}

static void cell_since(const struct mp_reservation_row *row, struct mp_strbuf *out)
{
	char text[TIME_SIZE] = "-";

	if (row->since)
		format_time(row->since, text);
	mp_strbuf_puts(out, text);
}

static void cell_keys(const struct mp_reservation_row *row, struct mp_strbuf *out)
{
	if (row->error == 0)
		mp_strbuf_printf(out, "%zu", row->keys);
	else
		mp_strbuf_putc(out, '-');
}

static void cell_holder(const struct mp_reservation_row *row, struct mp_strbuf *out)
{
	if (row->error < 0)
		mp_strbuf_puts(out, answer_name(row->error));
	else if (!row->holder.held)
		mp_strbuf_puts(out, "none");
	else if (mp_reservation_is_shared(row->holder.type))
		mp_strbuf_puts(out, "all");
	else
		put_key(row->holder.key, out);
}

static void cell_type(const struct mp_reservation_row *row, struct mp_strbuf *out)
{
	const char *name = is_held(row) ? type_name(row->holder.type) : "-";

	if (name)
		mp_strbuf_puts(out, name);
	else
		mp_strbuf_printf(out, "%u", row->holder.type);
}

static const struct column {
	const char *header;
	void (*render)(const struct mp_reservation_row *row, struct mp_strbuf *out);
} columns[] = {
	{ "name", cell_name },	   { "key", cell_key },	    { "state", cell_state },
	{ "paths", cell_paths },   { "since", cell_since }, { "keys", cell_keys },
	{ "holder", cell_holder }, { "type", cell_type },
};

/* @row: NULL: the header */
static void put_cell(const struct column *column, const struct mp_reservation_row *row,
		     struct mp_strbuf *out)
{
	if (row)
		column->render(row, out);
	else
		mp_strbuf_puts(out, column->header);
}

static size_t measure(const struct column *column, const struct mp_reservation_row *rows,
		      size_t count)
{
	_cleanup_strbuf_ struct mp_strbuf cell = MP_STRBUF_INIT;
	size_t width = strlen(column->header);

	for (size_t i = 0; i < count; i++) {
		mp_strbuf_clear(&cell);
		column->render(&rows[i], &cell);
		if (cell.length > width)
			width = cell.length;
	}
	return width;
}

static void put_line(const struct mp_reservation_row *row, const size_t *widths,
		     struct mp_strbuf *out)
{
	for (size_t i = 0; i < ARRAY_SIZE(columns); i++) {
		size_t begin = out->length;

		put_cell(&columns[i], row, out);
		if (i + 1 == ARRAY_SIZE(columns))
			mp_strbuf_putc(out, '\n');
		else if (!out->error)
			mp_strbuf_fill(out, ' ', widths[i] + 1 - (out->length - begin));
	}
}

void mp_show_reservations(const struct mp_reservation_row *rows, size_t count,
			  struct mp_strbuf *out)
{
	size_t widths[ARRAY_SIZE(columns)];

	if (!count)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(columns); i++)
		widths[i] = measure(&columns[i], rows, count);
	put_line(NULL, widths, out);
	for (size_t i = 0; i < count; i++)
		put_line(&rows[i], widths, out);
}

/* ---- JSON */

static int put_null(struct json_object *ret, const char *key)
{
	return json_object_object_add(ret, key, NULL) ? -ENOMEM : 0;
}

static int put_number(struct json_object *ret, const char *key, uint64_t number)
{
	return mp_json_put(ret, key, json_object_new_int64(number));
}

static int put_bool(struct json_object *ret, const char *key, bool value)
{
	return mp_json_put(ret, key, json_object_new_boolean(value));
}

/* As text: not every reader of JSON keeps 64 bits of a number. */
static int put_hex(struct json_object *ret, const char *key, uint64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "0x%llx", (unsigned long long)value);
	return mp_json_put_text(ret, key, text);
}

static int put_since(struct json_object *ret, time_t since)
{
	char text[TIME_SIZE];

	if (!since)
		return put_null(ret, "since");
	format_time(since, text);
	return mp_json_put_text(ret, "since", text);
}

static int put_host(const struct mp_reservation_row *row, struct json_object *ret)
{
	int r = mp_json_put_text(ret, "name", row->name);

	if (r == 0)
		r = mp_json_put_text(ret, "uuid", row->wwid);
	if (r == 0)
		r = row->key ? put_hex(ret, "key", row->key) : put_null(ret, "key");
	if (r == 0)
		r = put_bool(ret, "aptpl", row->through_power_loss);
	if (r == 0)
		r = mp_json_put_text(ret, "state", mp_registration_name(row->registration));
	if (r == 0)
		r = put_since(ret, row->since);
	if (r == 0)
		r = put_number(ret, "paths", row->paths);
	return r < 0 ? r : put_number(ret, "registered_paths", row->registered_paths);
}

static int put_holder(const struct mp_reservation_row *row, struct json_object *ret)
{
	const struct mp_reservation_holder *holder = &row->holder;
	const char *name = is_held(row) ? type_name(holder->type) : NULL;
	bool shared = is_held(row) && mp_reservation_is_shared(holder->type);
	int r = row->error ? put_null(ret, "reserved") : put_bool(ret, "reserved", holder->held);

	if (r == 0)
		r = is_held(row) && !shared ? put_hex(ret, "holder", holder->key) :
		    shared		    ? mp_json_put_text(ret, "holder", "all") :
					      put_null(ret, "holder");
	if (r == 0)
		r = is_held(row) ? put_number(ret, "type", holder->type) : put_null(ret, "type");
	if (r < 0)
		return r;
	return name ? mp_json_put_text(ret, "type_name", name) : put_null(ret, "type_name");
}

static int put_array(const struct mp_reservation_row *row, struct json_object *ret)
{
	bool has = row->error == 0;
	int r = mp_json_put_text(ret, "answer", answer_name(row->error));

	if (r == 0)
		r = has ? put_number(ret, "keys", row->keys) : put_null(ret, "keys");
	if (r == 0)
		r = has ? put_number(ret, "own_keys", row->own_keys) : put_null(ret, "own_keys");
	if (r == 0)
		r = has ? put_number(ret, "generation", row->holder.generation) :
			  put_null(ret, "generation");
	return r < 0 ? r : put_holder(row, ret);
}

static int put_rows(const struct mp_reservation_row *rows, size_t count, struct json_object *ret)
{
	struct json_object *array = json_object_new_array();
	int r = mp_json_put(ret, "reservations", array);

	for (size_t i = 0; i < count && r == 0; i++) {
		struct json_object *object = json_object_new_object();

		r = mp_json_append(array, object);
		if (r == 0)
			r = put_host(&rows[i], object);
		if (r == 0)
			r = put_array(&rows[i], object);
	}
	return r;
}

void mp_show_reservations_json(const struct mp_reservation_row *rows, size_t count,
			       struct mp_strbuf *out)
{
	struct json_object *object = json_object_new_object();
	int r = object ? put_number(object, "major_version", 0) : -ENOMEM;

	if (r == 0)
		r = put_number(object, "minor_version", 1);
	if (r == 0)
		r = put_rows(rows, count, object);
	if (r == 0) {
		mp_json_print(object, out);
		return;
	}
	json_object_put(object);
	out->error = r;
}
