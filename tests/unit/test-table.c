/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "model/table.h"

static void a_table_line_is_read_and_written_back(void **state)
{
	static const char *const rows[] = {
		"0 0 0 0",
		"1 queue_if_no_path 0 0 0",
		"0 0 1 1 service-time 0 1 1 8:0 1",
		"1 queue_if_no_path 1 alua 2 1 service-time 0 1 1 8:16 1 service-time 0 1 1 8:32 1",
		("3 queue_if_no_path pg_init_retries 50 1 rdac 2 2 round-robin 0 2 1 8:16 1000 8:32 100 "
		 "historical-service-time 2 1024 1 1 1 259:4095 0"),
		"0 0 1 1 service-time 0 0 1",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_(mp_table_fini) struct mp_table table = { .size_sectors = 5 },
							 copy = MP_TABLE_INIT;
		_cleanup_strbuf_ struct mp_strbuf buf = MP_STRBUF_INIT;

		assert_int_equal(mp_table_parse(rows[i], &table), 0);
		assert_int_equal(table.size_sectors, 5);
		mp_table_format(&table, &buf);
		assert_string_equal(mp_strbuf_text(&buf), rows[i]);

		assert_int_equal(mp_table_copy(&table, &copy), 0);
		mp_strbuf_clear(&buf);
		mp_table_format(&copy, &buf);
		assert_string_equal(mp_strbuf_text(&buf), rows[i]);
		assert_int_equal(copy.size_sectors, 5);
	}
}

static void only_paths_of_the_other_table_too_are_kept(void **state)
{
	static const char line[] =
		"1 queue_if_no_path 1 alua 2 2 service-time 0 2 1 8:0 1 8:16 1 round-robin 0 1 1 8:32 7";
	static const struct {
		const char *other, *kept;
	} rows[] = {
		{ "0 0 1 1 service-time 0 3 1 8:0 1 8:16 1 8:32 1",
		  "1 queue_if_no_path 1 alua 2 1 service-time 0 2 1 8:0 1 8:16 1 round-robin 0 1 1 8:32 7" },
		{ "0 0 1 1 service-time 0 2 1 8:16 1 8:48 1",
		  "1 queue_if_no_path 1 alua 1 1 service-time 0 1 1 8:16 1" },
		{ "0 0 1 1 service-time 0 1 1 8:32 1",
		  "1 queue_if_no_path 1 alua 1 1 round-robin 0 1 1 8:32 7" },
		{ "0 0 1 1 service-time 0 1 1 259:0 1", "1 queue_if_no_path 1 alua 0 0" },
		{ "0 0 0 0", "1 queue_if_no_path 1 alua 0 0" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_(mp_table_fini) struct mp_table table = MP_TABLE_INIT,
							 other = MP_TABLE_INIT;
		_cleanup_strbuf_ struct mp_strbuf buf = MP_STRBUF_INIT;

		assert_int_equal(mp_table_parse(line, &table), 0);
		assert_int_equal(mp_table_parse(rows[i].other, &other), 0);
		mp_table_keep(&table, &other);
		mp_table_format(&table, &buf);
		assert_string_equal(mp_strbuf_text(&buf), rows[i].kept);
	}
}

static void more_arguments_than_the_first_are_skipped(void **state)
{
	_cleanup_(mp_table_fini) struct mp_table table = MP_TABLE_INIT;

	(void)state;
	/* as the kernel shows it, with its blank at the end */
	assert_int_equal(mp_table_parse("0 1 alua 1 1 service-time 0 2 2 8:16 1 7 8:32 2 1 ",
					&table),
			 0);
	assert_int_equal(table.group_count, 1);
	assert_int_equal(table.groups[0].path_count, 2);
	assert_int_equal(mp_table_count(&table), 2);
	assert_int_equal(table.groups[0].paths[0].minio, 1);
	assert_int_equal(table.groups[0].paths[1].devt, makedev(8, 32));
	assert_int_equal(table.groups[0].paths[1].minio, 2);
	assert_string_equal(table.handler, "1 alua");
	assert_string_equal(table.features, "0");
}

static void paths_may_have_no_arguments(void **state)
{
	_cleanup_(mp_table_fini) struct mp_table table = MP_TABLE_INIT;

	(void)state;
	assert_int_equal(mp_table_parse("0 0 1 1 round-robin 0 2 0 8:16 8:32", &table), 0);
	assert_int_equal(table.groups[0].paths[1].devt, makedev(8, 32));
	assert_int_equal(table.groups[0].paths[1].minio, 0);
}

static void a_malformed_table_is_refused(void **state)
{
	static const char *const rows[] = {
		"",
		"x",
		"0",
		"0 0",
		"0 0 1",
		"0 0 0 1",
		"0 0 1 0 service-time 0 1 1 8:0 1",
		"0 0 1 2 service-time 0 1 1 8:0 1",
		"1 0 0 0", /* the feature eats a word */
		"-1 0 0 0",
		"4294967296 0 0 0",
		"99999999999 0 0 0",
		"4294967295 0 0 0",
		"0 0 4294967295 1",
		"0 0 1 1",
		"0 0 1 1 service-time",
		"0 0 1 1 service-time 0",
		"0 0 1 1 service-time 0 1",
		"0 0 1 1 service-time 0 1 1",
		"0 0 1 1 service-time 0 1 1 8:0",
		"0 0 1 1 service-time 0 1 1 8 1",
		"0 0 1 1 service-time 0 1 1 8: 1",
		"0 0 1 1 service-time 0 1 1 :0 1",
		"0 0 1 1 service-time 0 1 1 8:0x 1",
		"0 0 1 1 service-time 0 1 1 sda 1",
		"0 0 1 1 service-time 0 1 2 8:0 1",
		"0 0 1 1 service-time 9 1 1 8:0 1",
		"0 0 1 1 service-time 0 4000000000 1 8:0 1",
		"0 0 1 1 service-time 0 1 4000000000 8:0 1",
		"0 0 2 1 service-time 0 1 1 8:0 1",
		"0 0 1 1 service-time 0 1 1 8:0 1 more",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct mp_table table = MP_TABLE_INIT;

		if (mp_table_parse(rows[i], &table) != -EBADMSG)
			fail_msg("accepted: %s", rows[i]);
		assert_null(table.groups);
		assert_null(table.features);
	}
}

#define TABLE \
	"1 queue_if_no_path 1 alua 2 1 service-time 0 2 2 8:16 1 1 8:32 1 1 service-time 0 1 2 8:48 1 1"

static void a_status_line_gives_states_counts_and_the_group_in_use(void **state)
{
	_cleanup_(mp_table_fini) struct mp_table table = MP_TABLE_INIT;

	(void)state;
	assert_int_equal(mp_table_parse(TABLE, &table), 0);
	assert_int_equal(mp_table_active_group(&table), 0);
	assert_int_equal(
		mp_table_parse_status("2 0 17 1 alua 2 2 E 0 2 2 8:16 A 0 0 1 8:32 F 12 0 1 "
				      "A 0 1 2 8:48 A 3 5 1 ",
				      &table),
		0);
	assert_int_equal(table.queued, 17);
	assert_int_equal(table.start_group, 2);
	assert_int_equal(mp_table_active_group(&table), 2);
	assert_int_equal(table.groups[0].state, MP_GROUP_ENABLED);
	assert_int_equal(table.groups[1].state, MP_GROUP_ACTIVE);
	assert_int_equal(table.groups[0].paths[0].state, MP_DM_ACTIVE);
	assert_int_equal(table.groups[0].paths[1].state, MP_DM_FAILED);
	assert_int_equal(table.groups[0].paths[1].failures, 12);
	assert_int_equal(table.groups[1].paths[0].failures, 3);

	assert_int_equal(mp_table_parse_status(
				 "0 0 2 1 D 1 x 2 0 8:16 X 0 8:32 FF 0 X 0 1 0 8:48 A 0", &table),
			 0);
	assert_int_equal(table.queued, 0);
	assert_int_equal(table.groups[0].state, MP_GROUP_DISABLED);
	assert_int_equal(table.groups[1].state, MP_GROUP_UNDEF);
	assert_int_equal(table.groups[0].paths[0].state, MP_DM_UNDEF);
	assert_int_equal(table.groups[0].paths[1].state, MP_DM_UNDEF);
	assert_int_equal(mp_table_active_group(&table), 0);
}

static void the_next_io_changes_the_group_if_the_active_one_has_no_path(void **state)
{
	static const struct {
		const char *status;
		bool awaits;
	} rows[] = {
		{ "2 0 0 1 alua 2 1 E 0 2 2 8:16 A 0 0 1 8:32 A 0 0 1 E 0 1 2 8:48 A 0 0 1", true },
		{ "2 0 0 1 alua 2 1 A 0 2 2 8:16 A 0 0 1 8:32 A 0 0 1 E 0 1 2 8:48 A 0 0 1",
		  false },
		{ "2 0 0 1 alua 2 1 A 0 2 2 8:16 F 1 0 1 8:32 A 0 0 1 E 0 1 2 8:48 A 0 0 1",
		  false },
		{ "2 0 0 1 alua 2 1 A 0 2 2 8:16 F 1 0 1 8:32 F 1 0 1 E 0 1 2 8:48 A 0 0 1", true },
		{ "2 0 0 1 alua 2 1 A 0 2 2 8:16 F 1 0 1 8:32 F 1 0 1 E 0 1 2 8:48 F 1 0 1",
		  false },
	};
	_cleanup_(mp_table_fini) struct mp_table table = MP_TABLE_INIT;
	_cleanup_(mp_table_fini) struct mp_table empty = MP_TABLE_INIT;

	(void)state;
	assert_int_equal(mp_table_parse(TABLE, &table), 0);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_int_equal(mp_table_parse_status(rows[i].status, &table), 0);
		if (mp_table_awaits_io(&table) != rows[i].awaits)
			fail_msg("row %zu", i);
	}
	assert_int_equal(mp_table_parse("0 0 0 0", &empty), 0);
	assert_false(mp_table_awaits_io(&empty));
}

static void the_status_of_a_map_without_groups_is_read(void **state)
{
	_cleanup_(mp_table_fini) struct mp_table table = MP_TABLE_INIT;

	(void)state;
	assert_int_equal(mp_table_parse("0 0 0 0", &table), 0);
	assert_int_equal(mp_table_parse_status("2 0 0 0 0 0 ", &table), 0);
}

static void a_status_that_does_not_fit_is_refused(void **state)
{
	/* clang-format off */
	static const char *const rows[] = {
		"", "2", "2 0", "2 0 x 0 2 1", "2 0 0", "2 0 0 0", "2 0 0 0 2", "9 0",
		"2 0 0 0 1 1 E 0 2 0 8:16 A 0 8:32 A 0",
		"2 0 0 0 3 1 E 0 2 0 8:16 A 0 8:32 A 0 E 0 1 0 8:48 A 0 E 0 0 0",
		"2 0 0 0 2 3 E 0 2 0 8:16 A 0 8:32 A 0 E 0 1 0 8:48 A 0",
		"2 0 0 0 2 0 E 0 2 0 8:16 A 0 8:32 A 0 E 0 1 0 8:48 A 0",
		"2 0 0 0 2 1 E 0 1 0 8:16 A 0 E 0 1 0 8:48 A 0",
		"2 0 0 0 2 1 E 0 2 0 8:16 A 0 8:64 A 0 E 0 1 0 8:48 A 0",
		"2 0 0 0 2 1 E 0 2 0 8:16 A 0 8:32 A 0 E 0 1 0 8:48 A",
		"2 0 0 0 2 1 E 0 2 0 8:16 A 0 8:32 A 0 E 0 1 1 8:48 A 0",
		"2 0 0 0 2 1 E 0 2 0 8:16 A 0 8:32 A 0 E 0 1 0 8:48 A 0 more",
		"2 0 0 0 2 1 E 0 2 0 8:16 A 0 8:32 A 0",
	};
	/* clang-format on */
	_cleanup_(mp_table_fini) struct mp_table table = MP_TABLE_INIT;

	(void)state;
	assert_int_equal(mp_table_parse(TABLE, &table), 0);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (mp_table_parse_status(rows[i], &table) != -EBADMSG)
			fail_msg("accepted: %s", rows[i]);
}

static void a_path_is_found_by_its_device(void **state)
{
	_cleanup_(mp_table_fini) struct mp_table table = MP_TABLE_INIT;

	(void)state;
	assert_int_equal(mp_table_parse(TABLE, &table), 0);
	assert_ptr_equal(mp_table_find(&table, makedev(8, 48)), &table.groups[1].paths[0]);
	assert_null(mp_table_find(&table, makedev(8, 64)));
}

static void features_are_found_as_whole_words(void **state)
{
	_cleanup_(mp_table_fini) struct mp_table table = MP_TABLE_INIT;

	(void)state;
	assert_false(mp_table_has_feature(&table, "queue_if_no_path"));
	assert_int_equal(mp_table_parse("3 queue_if_no_path queue_mode bio 0 0 0", &table), 0);
	assert_true(mp_table_has_feature(&table, "queue_if_no_path"));
	assert_true(mp_table_has_feature(&table, "bio"));
	assert_false(mp_table_has_feature(&table, "queue_if_no"));
	assert_false(mp_table_has_feature(&table, "3"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_table_line_is_read_and_written_back),
		cmocka_unit_test(only_paths_of_the_other_table_too_are_kept),
		cmocka_unit_test(more_arguments_than_the_first_are_skipped),
		cmocka_unit_test(paths_may_have_no_arguments),
		cmocka_unit_test(a_malformed_table_is_refused),
		cmocka_unit_test(a_status_line_gives_states_counts_and_the_group_in_use),
		cmocka_unit_test(the_next_io_changes_the_group_if_the_active_one_has_no_path),
		cmocka_unit_test(the_status_of_a_map_without_groups_is_read),
		cmocka_unit_test(a_status_that_does_not_fit_is_refused),
		cmocka_unit_test(a_path_is_found_by_its_device),
		cmocka_unit_test(features_are_found_as_whole_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
