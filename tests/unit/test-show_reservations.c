/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <json-c/json.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "show/reservations.h"

enum { SINCE = 1795991496 };

/* clang-format off */
static const struct mp_reservation_row rows[] = {
	{ .name = "mpatha", .wwid = "3600a", .key = 0x123abc, .through_power_loss = true,
	  .registration = MP_REGISTRATION_HOLDER, .since = SINCE, .paths = 4, .registered_paths = 4,
	  .keys = 8, .own_keys = 4,
	  .holder = { .generation = 12, .held = true, .key = 0x123abc, .type = 5 } },
	{ .name = "data", .wwid = "3600b", .key = UINT64_MAX, .registration = MP_REGISTRATION_LOST,
	  .paths = 12, .keys = 1, .holder = { .generation = 13, .held = true, .key = 0x999, .type = 1 } },
	{ .name = "mpathc", .wwid = "3600c", .registration = MP_REGISTRATION_NO_KEY, .paths = 2,
	  .holder = { .generation = 1 } },
	{ .name = "mpathd", .wwid = "3600d", .key = 0x1, .registration = MP_REGISTRATION_PRESENT,
	  .since = SINCE, .paths = 2, .registered_paths = 1, .error = -ETIMEDOUT },
	{ .name = "mpathe", .wwid = "3600e", .key = 0x1, .registration = MP_REGISTRATION_HOLDER,
	  .paths = 2, .registered_paths = 2, .keys = 4, .own_keys = 2,
	  .holder = { .held = true, .type = 8 } },
	{ .name = "mpathf", .wwid = "3600f", .key = 0x1, .registration = MP_REGISTRATION_NONE,
	  .error = -ENODEV },
	{ .name = "mpathg", .wwid = "36010", .key = 0x1, .registration = MP_REGISTRATION_UNKNOWN,
	  .error = -EOPNOTSUPP },
	{ .name = "mpathh", .wwid = "36011", .key = 0x1, .registration = MP_REGISTRATION_UNTRACKED,
	  .error = -EIO },
	{ .name = "mpathi", .wwid = "36012", .registration = MP_REGISTRATION_NO_KEY,
	  .keys = 1, .holder = { .held = true, .key = 0x2, .type = 9 } },
};
/* clang-format on */

static void each_map_is_a_line_of_aligned_words(void **state)
{
	_cleanup_strbuf_ struct mp_strbuf out = MP_STRBUF_INIT;

	(void)state;
	mp_show_reservations(rows, ARRAY_SIZE(rows), &out);
	assert_string_equal(
		mp_strbuf_text(&out),
		"name   key                state        paths since                keys holder      type\n"
		"mpatha 0x123abc           holder       4/4   2026-11-29T22:31:36Z 8    0x123abc    WE-RO\n"
		"data   0xffffffffffffffff lost         0/12  -                    1    0x999       WE\n"
		"mpathc none               no-key       0/2   -                    0    none        -\n"
		"mpathd 0x1                registered   1/2   2026-11-29T22:31:36Z -    no-answer   -\n"
		"mpathe 0x1                holder       2/2   -                    4    all         EA-AR\n"
		"mpathf 0x1                unregistered 0/0   -                    -    no-path     -\n"
		"mpathg 0x1                unknown      0/0   -                    -    unsupported -\n"
		"mpathh 0x1                untracked    0/0   -                    -    error       -\n"
		"mpathi none               no-key       0/0   -                    1    0x2         9\n");
}

static void without_maps_there_is_no_header(void **state)
{
	_cleanup_strbuf_ struct mp_strbuf out = MP_STRBUF_INIT;

	(void)state;
	mp_show_reservations(rows, 0, &out);
	assert_string_equal(mp_strbuf_text(&out), "");
}

static void programs_get_the_same_fields_for_each_map(void **state)
{
	_cleanup_strbuf_ struct mp_strbuf out = MP_STRBUF_INIT;

	(void)state;
	mp_show_reservations_json(rows, 1, &out);
	assert_string_equal(mp_strbuf_text(&out), "{\n"
						  "  \"major_version\":0,\n"
						  "  \"minor_version\":1,\n"
						  "  \"reservations\":[\n"
						  "    {\n"
						  "      \"name\":\"mpatha\",\n"
						  "      \"uuid\":\"3600a\",\n"
						  "      \"key\":\"0x123abc\",\n"
						  "      \"aptpl\":true,\n"
						  "      \"state\":\"holder\",\n"
						  "      \"since\":\"2026-11-29T22:31:36Z\",\n"
						  "      \"paths\":4,\n"
						  "      \"registered_paths\":4,\n"
						  "      \"answer\":\"ok\",\n"
						  "      \"keys\":8,\n"
						  "      \"own_keys\":4,\n"
						  "      \"generation\":12,\n"
						  "      \"reserved\":true,\n"
						  "      \"holder\":\"0x123abc\",\n"
						  "      \"type\":5,\n"
						  "      \"type_name\":\"WE-RO\"\n"
						  "    }\n"
						  "  ]\n"
						  "}\n");
}

static void what_the_array_has_not_answered_is_null(void **state)
{
	_cleanup_strbuf_ struct mp_strbuf out = MP_STRBUF_INIT;

	(void)state;
	mp_show_reservations_json(&rows[3], 1, &out);
	assert_non_null(strstr(mp_strbuf_text(&out), "      \"state\":\"registered\",\n"
						     "      \"since\":\"2026-11-29T22:31:36Z\",\n"
						     "      \"paths\":2,\n"
						     "      \"registered_paths\":1,\n"
						     "      \"answer\":\"no-answer\",\n"
						     "      \"keys\":null,\n"
						     "      \"own_keys\":null,\n"
						     "      \"generation\":null,\n"
						     "      \"reserved\":null,\n"
						     "      \"holder\":null,\n"
						     "      \"type\":null,\n"
						     "      \"type_name\":null\n"));
}

static void a_lun_may_be_reserved_by_no_one_by_all_or_in_an_unknown_way(void **state)
{
	static const struct {
		size_t row;
		const char *text;
	} cases[] = {
		{ 2, "\"reserved\":false,\n      \"holder\":null,\n      \"type\":null,\n"
		     "      \"type_name\":null\n" },
		{ 4, "\"reserved\":true,\n      \"holder\":\"all\",\n      \"type\":8,\n"
		     "      \"type_name\":\"EA-AR\"\n" },
		{ 8, "\"reserved\":true,\n      \"holder\":\"0x2\",\n      \"type\":9,\n"
		     "      \"type_name\":null\n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_strbuf_ struct mp_strbuf out = MP_STRBUF_INIT;

		mp_show_reservations_json(&rows[cases[i].row], 1, &out);
		assert_non_null(strstr(mp_strbuf_text(&out), cases[i].text));
	}
}

static void without_maps_the_list_is_empty(void **state)
{
	_cleanup_strbuf_ struct mp_strbuf out = MP_STRBUF_INIT;
	struct json_object *object, *list;

	(void)state;
	mp_show_reservations_json(rows, 0, &out);
	object = json_tokener_parse(mp_strbuf_text(&out));
	assert_true(json_object_object_get_ex(object, "reservations", &list));
	assert_int_equal(json_object_array_length(list), 0);
	json_object_put(object);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_map_is_a_line_of_aligned_words),
		cmocka_unit_test(without_maps_there_is_no_header),
		cmocka_unit_test(programs_get_the_same_fields_for_each_map),
		cmocka_unit_test(what_the_array_has_not_answered_is_null),
		cmocka_unit_test(a_lun_may_be_reserved_by_no_one_by_all_or_in_an_unknown_way),
		cmocka_unit_test(without_maps_the_list_is_empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
