/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "model/difference.h"
#include "model/table.h"

static void the_first_difference_is_reported(void **state)
{
	static const char missing[] = "a path is not in the kernel's table";
	static const char surplus[] = "the kernel's table has a path that must not be used";
	static const char handler[] = "hardware handler differs";
	static const char features[] = "features differ";
	static const char selector[] = "path selector differs";
	static const char minio[] = "repeat count differs";
	static const char grouped[] = "paths are grouped differently";
	static const struct {
		const char *current, *wanted, *difference;
	} rows[] = {
		{ "0 0 0 0", "0 0 0 0", NULL },
		{ "0 0 0 0", "1 queue_if_no_path 0 0 0", NULL },
		{ "0 0 1 1 a 0 2 1 8:0 1 8:16 1", "0 0 1 1 a 0 2 1 8:0 1 8:16 1", NULL },
		{ "0 0 1 1 a 0 2 1 8:16 1 8:0 1", "0 0 1 1 a 0 2 1 8:0 1 8:16 1", NULL },
		{ "0 0 2 2 a 0 1 1 8:16 1 a 0 1 1 8:0 1", "0 0 2 1 a 0 1 1 8:0 1 a 0 1 1 8:16 1",
		  NULL },
		{ "0 0 1 1 a 0 1 1 8:0 1", "0 0 1 1 a 0 2 1 8:0 1 8:16 1", missing },
		{ "0 0 1 1 a 0 2 1 8:0 1 8:16 1", "0 0 1 1 a 0 1 1 8:0 1", surplus },
		{ "0 0 1 1 a 0 1 1 8:0 1", "0 0 0 0", surplus },
		{ "0 0 1 1 a 0 1 1 8:0 1", "0 1 alua 1 1 a 0 1 1 8:0 1", handler },
		{ "0 1 alua 1 1 a 0 1 1 8:0 1", "0 0 1 1 a 0 1 1 8:0 1", handler },
		{ "0 1 alua 1 1 a 0 1 1 8:0 1", "0 2 alua x 1 1 a 0 1 1 8:0 1", NULL },
		{ "1 x 0 1 1 a 0 1 1 8:0 1", "0 0 1 1 a 0 1 1 8:0 1", features },
		{ "0 0 1 1 b 0 1 1 8:0 1", "0 0 1 1 a 0 1 1 8:0 1", selector },
		/* every group's selector counts */
		{ "0 0 2 1 a 0 1 1 8:0 1 b 0 1 1 8:16 1", "0 0 2 1 a 0 1 1 8:0 1 a 0 1 1 8:16 1",
		  selector },
		{ "0 0 1 1 service-time 0 1 1 8:0 7", "0 0 1 1 service-time 0 1 1 8:0 2", minio },
		{ "0 0 1 1 service-time 0 1 1 8:0 1", "0 0 1 1 service-time 0 1 1 8:0 2", NULL },
		{ "0 0 1 1 a 0 1 1 8:0 7", "0 0 1 1 a 0 1 1 8:0 2", NULL },
		{ "0 0 1 1 a 0 2 1 8:0 1 8:16 1", "0 0 2 1 a 0 1 1 8:0 1 a 0 1 1 8:16 1", grouped },
		{ "0 0 2 1 a 0 2 1 8:0 1 8:16 1 a 0 1 1 8:32 1",
		  "0 0 2 1 a 0 2 1 8:0 1 8:32 1 a 0 1 1 8:16 1", grouped },
		/* an empty group is one too many */
		{ "0 0 2 1 a 0 1 1 8:0 1 a 0 0 1", "0 0 1 1 a 0 1 1 8:0 1", grouped },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_(mp_table_fini) struct mp_table current = MP_TABLE_INIT,
							 wanted = MP_TABLE_INIT;
		const char *difference;

		assert_int_equal(mp_table_parse(rows[i].current, &current), 0);
		assert_int_equal(mp_table_parse(rows[i].wanted, &wanted), 0);
		difference = mp_difference_find(&current, &wanted, false);
		if (rows[i].difference)
			assert_string_equal(difference, rows[i].difference);
		else
			assert_null(difference);
	}
}

/* As the configuration may contain them: the kernel shows single blanks. */
static void blanks_are_not_a_difference(void **state)
{
	_cleanup_(mp_table_fini) struct mp_table current = MP_TABLE_INIT, wanted = MP_TABLE_INIT;

	(void)state;
	assert_int_equal(mp_table_parse("0 1 alua 1 1 a 2 x y 1 1 8:0 1", &current), 0);
	assert_int_equal(mp_table_parse("0 1 alua 1 1 a 2 x y 1 1 8:0 1", &wanted), 0);
	free(wanted.handler);
	free(wanted.groups[0].selector);
	wanted.handler = strdup(" 1\talua ");
	wanted.groups[0].selector = strdup("\ta  2\tx\vy ");
	assert_null(mp_difference_find(&current, &wanted, false));
	wanted.groups[0].selector[strlen("\ta  2\tx\v")] = 'z';
	assert_string_equal(mp_difference_find(&current, &wanted, false), "path selector differs");
}

static void groups_are_found_by_their_members(void **state)
{
	_cleanup_(mp_table_fini) struct mp_table a = MP_TABLE_INIT, b = MP_TABLE_INIT;

	(void)state;
	assert_int_equal(mp_table_parse("0 0 2 1 a 0 1 1 8:0 1 a 0 2 1 8:16 1 8:32 1", &a), 0);
	assert_int_equal(mp_table_parse("0 0 2 1 b 0 2 1 8:32 9 8:16 9 b 0 2 1 8:0 1 8:48 1", &b),
			 0);
	assert_int_equal(mp_table_number_of_group(&a, &b.groups[0]), 2);
	assert_int_equal(mp_table_number_of_group(&a, &b.groups[1]), 0);
	assert_ptr_equal(mp_table_group_path(&a.groups[1], makedev(8, 32)), &a.groups[1].paths[1]);
	assert_null(mp_table_group_path(&a.groups[1], makedev(8, 0)));
}

static void a_changed_row_is_reported_with_both_values(void **state)
{
	static const struct {
		const char *current, *wanted, *text;
	} rows[] = {
		{ "0 0 0 0", "0 0 0 0", "" },
		{ "0 0 1 1 a 0 2 1 8:0 1 8:32 1", "0 0 1 1 a 0 2 1 8:0 1 8:16 1",
		  "paths +8:16 -8:32" },
		{ "0 0 1 1 a 0 2 1 8:0 1 8:16 1", "0 0 1 1 a 0 1 1 8:0 1", "paths -8:16" },
		{ "0 0 1 1 a 0 1 1 8:0 1", "0 1 alua 1 1 a 0 1 1 8:0 1",
		  "hardware handler 0 -> 1 alua" },
		{ "1 x 0 1 1 a 0 1 1 8:0 1", "0 0 1 1 a 0 1 1 8:0 1", "features 1 x -> 0" },
		{ "0 0 1 1 b 0 1 1 8:0 1", "0 0 1 1 a 0 1 1 8:0 1",
		  "path selector \"b 0\" -> \"a 0\"" },
		{ "0 0 1 1 service-time 0 1 1 8:0 7", "0 0 1 1 service-time 0 1 1 8:0 2",
		  "repeat count 7 -> 2" },
		{ "0 0 1 1 a 0 2 1 8:0 1 8:16 1", "0 0 2 1 a 0 1 1 8:0 1 a 0 1 1 8:16 1",
		  "groups 8:0,8:16 -> 8:0 8:16" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_(mp_table_fini) struct mp_table current = MP_TABLE_INIT,
							 wanted = MP_TABLE_INIT;
		_cleanup_strbuf_ struct mp_strbuf text = MP_STRBUF_INIT;

		assert_int_equal(mp_table_parse(rows[i].current, &current), 0);
		assert_int_equal(mp_table_parse(rows[i].wanted, &wanted), 0);
		mp_difference_format(&current, &wanted, false, &text);
		assert_string_equal(mp_strbuf_text(&text), rows[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_difference_is_reported),
		cmocka_unit_test(blanks_are_not_a_difference),
		cmocka_unit_test(groups_are_found_by_their_members),
		cmocka_unit_test(a_changed_row_is_reported_with_both_values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
