/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "show/listing.h"

#include <errno.h>
#include <stdio.h>
#include <time.h>

#include "san.h"

static void paths_have_a_header_and_padded_columns(void **state)
{
	_cleanup_san_ struct san san = SAN_INIT;
	struct mp_map *map = san_add_map(&san, "mpatha", "w", "0 0 1 1 service-time 0 1 1 8:0 1");

	(void)state;
	san_add_path(&san, map, "sda", 0, 0, 0, 50)->state = MP_PATH_DOWN;
	san.paths[0]->dm_state = MP_DM_FAILED;
	san_add_path(&san, NULL, "sdb", 16, 0, 1, 50);
	mp_show_paths(&san.context, san_paths(&san), 2, MP_FORMAT_PATHS, false, &san.out);
	assert_rendered(&san, "hcil    dev dev_t pri dm_st  chk_st dev_st  next_check     \n"
			      "0:0:0:0 sda 8:0   50  failed faulty running XXXXX..... 5/10\n"
			      "0:0:0:1 sdb 8:16  50  undef  undef  unknown orphan         \n");
}

static void maps_have_a_header_and_padded_columns(void **state)
{
	_cleanup_san_ struct san san = SAN_INIT;

	(void)state;
	san_add_map(&san, "mpatha", "1Linux_scsi_debug_2000", "0 0 0 0");
	mp_show_maps(&san.context, san_maps(&san), 1, MP_FORMAT_MAPS, false, &san.out);
	assert_rendered(&san, "name   sysfs uuid                  \n"
			      "mpatha dm-0  1Linux_scsi_debug_2000\n");
}

static void the_status_of_maps_shows_failback_and_queueing(void **state)
{
	_cleanup_san_ struct san san = SAN_INIT;
	struct mp_map *a =
		san_add_map(&san, "mpatha", "a", "0 0 1 1 service-time 0 2 1 8:0 1 8:16 1");
	struct mp_map *b =
		san_add_map(&san, "mpathb", "b", "0 0 1 1 service-time 0 2 1 8:32 1 8:48 1");

	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		char name[] = "sda";

		name[2] += i;
		san_add_path(&san, i < 2 ? a : b, name, 16 * i, 0, i, 1);
	}
	a->settings.failback = a->failback_sec = 10;
	a->failback_usec = 110000000;
	a->settings.no_path_retry = MP_RETRY_FAIL;
	b->settings.no_path_retry = 3;
	mp_show_maps(&san.context, san_maps(&san), 2, MP_FORMAT_MAPS_STATUS, false, &san.out);
	assert_rendered(&san, "name   failback         queueing paths dm-st  write_prot\n"
			      "mpatha XXXXXXXXXX 10/10 off      2     active rw        \n"
			      "mpathb manual           3 chk    2     active rw        \n");
}

static void the_statistics_of_maps_are_counters(void **state)
{
	_cleanup_san_ struct san san = SAN_INIT;

	(void)state;
	san_add_map(&san, "mpatha", "a", "0 0 0 0")->stats =
		(struct mp_map_stats){ .path_faults = 1, .loads = 1 };
	mp_show_maps(&san.context, san_maps(&san), 1, MP_FORMAT_MAPS_STATS, false, &san.out);
	assert_rendered(&san, "name   path_faults switch_grp map_loads total_q_time q_timeouts\n"
			      "mpatha 1           0          1         0            0         \n");
}

static void the_list_of_paths_has_a_banner(void **state)
{
	_cleanup_san_ struct san san = SAN_INIT;

	(void)state;
	strcpy(san_add_path(&san, NULL, "sda", 0, 0, 0, 50)->identity.wwid,
	       "1Linux_scsi_debug_2000");
	mp_show_path_list(&san.context, san_paths(&san), 1, &san.out);
	assert_rendered(
		&san,
		"===== paths list =====\n"
		"uuid                   hcil    dev dev_t pri dm_st chk_st vend/prod/rev         dev_st \n"
		"1Linux_scsi_debug_2000 0:0:0:0 sda 8:0   50  undef undef  Linux,scsi_debug,0191 unknown\n");
	mp_show_path_list(&san.context, NULL, 0, &san.out);
	assert_rendered(&san, "===== no paths =====\n");
}

static void an_empty_list_has_no_header(void **state)
{
	_cleanup_san_ struct san san = SAN_INIT;

	(void)state;
	mp_show_paths(&san.context, NULL, 0, MP_FORMAT_PATHS, false, &san.out);
	mp_show_maps(&san.context, NULL, 0, MP_FORMAT_MAPS, false, &san.out);
	assert_rendered(&san, "");
}

static void formats_are_literal_except_for_known_letters(void **state)
{
	static const struct {
		const char *format, *padded, *raw;
	} cases[] = {
		{ "%n", "name\nm   \n", "m\n" },
		{ "%n|%n", "name|name\nm   |m   \n", "m|m\n" },
		{ "%d%n.", "sysfsname.\ndm-0 m   .\n", "dm-0m.\n" },
		{ "a%zb%nc", "abnamec\nabm   c\n", "abmc\n" },
		{ "%%|%\xc3\xa9|", "|\xa9|\n|\xa9|\n", "|\xa9|\n" },
		{ "x%", "x\nx\n", "x\n" },
		{ "%", "\n\n", "\n" },
		{ "", "\n\n", "\n" },
		{ "no wildcard", "no wildcard\nno wildcard\n", "no wildcard\n" },
	};
	_cleanup_san_ struct san san = SAN_INIT;

	(void)state;
	san_add_map(&san, "m", "w", "0 0 0 0");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		mp_show_maps(&san.context, san_maps(&san), 1, cases[i].format, false, &san.out);
		assert_rendered(&san, cases[i].padded);
		mp_show_maps(&san.context, san_maps(&san), 1, cases[i].format, true, &san.out);
		assert_rendered(&san, cases[i].raw);
	}
}

static void one_map_is_as_wide_as_all_and_has_no_header(void **state)
{
	_cleanup_san_ struct san san = SAN_INIT;

	(void)state;
	san_add_map(&san, "a", "w1", "0 0 0 0");
	san_add_map(&san, "long_name", "w2", "0 0 0 0");
	mp_show_map(&san.context, san_maps(&san), 2, 0, "%n|%w|", &san.out);
	assert_rendered(&san, "a        |w1  |\n");
	mp_show_map(&san.context, san_maps(&san), 2, 1, "%n|%w|", &san.out);
	assert_rendered(&san, "long_name|w2  |\n");
}

static void an_overlong_value_is_printed_whole_and_widens_to_255(void **state)
{
	_cleanup_san_ struct san san = SAN_INIT;
	char name[301], *line;

	(void)state;
	memset(name, 'n', 300);
	name[300] = '\0';
	assert_int_equal(mp_map_set_name(san_add_map(&san, "a", "w1", "0 0 0 0"), name), 0);
	san_add_map(&san, "b", "w2", "0 0 0 0");
	mp_show_maps(&san.context, san_maps(&san), 2, "%n|", false, &san.out);
	line = san.out.text;
	assert_int_equal(strcspn(line, "\n"), 255 + 1);
	line += 255 + 2;
	assert_int_equal(strcspn(line, "\n"), 300 + 1);
	line += 300 + 2;
	assert_int_equal(strcspn(line, "\n"), 255 + 1);
}

static void a_hostile_format_is_refused_before_it_fills_the_memory(void **state)
{
	_cleanup_san_ struct san san = SAN_INIT;
	_cleanup_free_ const struct mp_path **paths = calloc(10000, sizeof(*paths));
	_cleanup_free_ char *format = malloc(60001);

	(void)state;
	for (size_t i = 0; i < 60000; i += 2)
		memcpy(format + i, "%L", 2);
	format[60000] = '\0';
	paths[0] = san_add_path(&san, NULL, "sda", 0, 0, 0, 1);
	for (size_t i = 1; i < 10000; i++)
		paths[i] = paths[0];
	mp_show_paths(&san.context, paths, 10000, format, false, &san.out);
	assert_int_equal(san.out.error, -EMSGSIZE);
	assert_true(san.out.size <= 64 << 20);
	mp_strbuf_fini(&san.out);
	san.context.text_max = 1 << 20; /* a user's */
	mp_show_paths(&san.context, paths, 10000, format, false, &san.out);
	assert_int_equal(san.out.error, -EMSGSIZE);
	assert_true(san.out.size <= 2 << 20);
}

static double msec_for(size_t count)
{
	_cleanup_san_ struct san san = SAN_INIT;
	_cleanup_free_ const struct mp_path **paths = calloc(count, sizeof(*paths));
	struct mp_map *map = san_add_map(&san, "mpatha", "w", "0 0 1 1 service-time 0 1 1 8:0 1");
	struct mp_path *path = san_add_path(&san, map, "sda", 0, 0, 0, 50);
	double best = 1e9;

	for (size_t i = 0; i < count; i++)
		paths[i] = path;
	for (unsigned round = 0; round < 5; round++) {
		struct timespec start, end;
		double msec;

		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &start);
		mp_show_paths(&san.context, paths, count, MP_FORMAT_PATHS, false, &san.out);
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
		assert_int_equal(san.out.error, 0);
		mp_strbuf_fini(&san.out);
		msec = (end.tv_sec - start.tv_sec) * 1e3 + (end.tv_nsec - start.tv_nsec) / 1e6;
		best = msec < best ? msec : best;
	}
	return best;
}

static void time_grows_with_the_number_of_paths_not_its_square(void **state)
{
	double some = msec_for(1024), many = msec_for(10240);

	(void)state;
	print_message("1024 paths: %.2f ms, 10240: %.2f ms\n", some, many);
	assert_true(many < 30 * some);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths_have_a_header_and_padded_columns),
		cmocka_unit_test(maps_have_a_header_and_padded_columns),
		cmocka_unit_test(the_status_of_maps_shows_failback_and_queueing),
		cmocka_unit_test(the_statistics_of_maps_are_counters),
		cmocka_unit_test(the_list_of_paths_has_a_banner),
		cmocka_unit_test(an_empty_list_has_no_header),
		cmocka_unit_test(formats_are_literal_except_for_known_letters),
		cmocka_unit_test(one_map_is_as_wide_as_all_and_has_no_header),
		cmocka_unit_test(an_overlong_value_is_printed_whole_and_widens_to_255),
		cmocka_unit_test(a_hostile_format_is_refused_before_it_fills_the_memory),
		cmocka_unit_test(time_grows_with_the_number_of_paths_not_its_square),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
