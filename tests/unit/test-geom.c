/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/geom.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/sysmacros.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "model/map.h"

/* Paths 8:0, 8:1 ...; '+' good, 'F' failed, 'H' failed by hand, 'L' lost. */
static struct mp_geom make(enum mp_geom_mode mode, const char *paths, size_t active)
{
	struct mp_geom geom = { .wwid = "GEOM-u",
				.mode = mode,
				.count = strlen(paths),
				.active = active,
				.size_sectors = 100 };

	for (size_t i = 0; i < geom.count; i++) {
		geom.paths[i].devt = makedev(8, i);
		geom.paths[i].failed = strchr("FH", paths[i]) != NULL;
		geom.paths[i].by_hand = paths[i] == 'H';
		geom.paths[i].lost = paths[i] == 'L';
	}
	return geom;
}

static void states_are_those_of_freebsd(void **state)
{
	static const struct {
		const char *paths;
		enum mp_geom_state want;
	} cases[] = {
		{ "++", MP_GEOM_OPTIMAL },  { "+++", MP_GEOM_OPTIMAL },	 { "+", MP_GEOM_DEGRADED },
		{ "+F", MP_GEOM_DEGRADED }, { "+L+", MP_GEOM_DEGRADED }, { "FH", MP_GEOM_BROKEN },
		{ "L", MP_GEOM_BROKEN },    { "++H", MP_GEOM_DEGRADED },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct mp_geom geom = make(MP_GEOM_ACTIVE_PASSIVE, cases[i].paths, 0);

		if (mp_geom_state(&geom) != cases[i].want)
			fail_msg("%s", cases[i].paths);
	}
}

static void path_states_follow_the_mode(void **state)
{
	static const struct {
		enum mp_geom_mode mode;
		const char *want[4];
	} cases[] = {
		{ MP_GEOM_ACTIVE_PASSIVE, { "PASSIVE", "ACTIVE", "FAIL", "LOST" } },
		{ MP_GEOM_ACTIVE_ACTIVE, { "ACTIVE", "ACTIVE", "FAIL", "LOST" } },
		{ MP_GEOM_ACTIVE_READ, { "READ", "ACTIVE", "FAIL", "LOST" } },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct mp_geom geom = make(cases[i].mode, "++FL", 1);

		for (size_t p = 0; p < 4; p++)
			assert_string_equal(mp_geom_path_state(&geom, p), cases[i].want[p]);
		geom.paths[0].joining = geom.paths[2].joining = true;
		assert_string_equal(mp_geom_path_state(&geom, 0), "NEW");
		assert_string_equal(mp_geom_path_state(&geom, 2), "FAIL");
	}
}

static void rotating_skips_bad_paths_and_wraps_around(void **state)
{
	struct mp_geom geom = make(MP_GEOM_ACTIVE_PASSIVE, "+F+L+", 0);

	(void)state;
	assert_int_equal(mp_geom_next(&geom, 0), 2);
	assert_int_equal(mp_geom_next(&geom, 2), 4);
	assert_int_equal(mp_geom_next(&geom, 4), 0);
	geom = make(MP_GEOM_ACTIVE_PASSIVE, "+F", 0);
	assert_int_equal(mp_geom_next(&geom, 0), 0);
	geom = make(MP_GEOM_ACTIVE_PASSIVE, "HF", 0);
	assert_int_equal(mp_geom_next(&geom, 0), 2);
}

static void the_active_path_stays_while_it_is_good(void **state)
{
	static const struct {
		const char *paths;
		size_t active, removed, want; /* removed: index, or count for none */
	} cases[] = {
		{ "+++", 1, 3, 1 }, { "+F+", 1, 3, 2 }, { "++F", 2, 3, 0 }, { "FF", 0, 2, 2 },
		{ "F+", 2, 2, 1 },  { "+++", 1, 0, 0 }, { "+++", 1, 2, 1 }, { "+++", 1, 1, 1 },
		{ "+++", 2, 2, 0 }, { "+F+", 0, 0, 1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct mp_geom geom = make(MP_GEOM_ACTIVE_PASSIVE, cases[i].paths, cases[i].active);

		if (cases[i].removed < geom.count)
			mp_geom_remove(&geom, cases[i].removed);
		else
			mp_geom_choose_active(&geom);
		if (geom.active != cases[i].want)
			fail_msg("case %zu: %zu", i, geom.active);
	}
}

static void when_the_last_good_path_fails_the_others_are_restored(void **state)
{
	struct mp_geom geom = make(MP_GEOM_ACTIVE_PASSIVE, "FHFL", 2);

	(void)state;
	assert_int_equal(mp_geom_restore_others(&geom, 2), 2);
	assert_true(mp_geom_is_good(&geom, 0) && mp_geom_is_good(&geom, 1));
	assert_false(geom.paths[1].by_hand);
	assert_true(geom.paths[2].failed);
	assert_int_equal(geom.active, 0);
	geom = make(MP_GEOM_ACTIVE_PASSIVE, "F", 0);
	assert_int_equal(mp_geom_restore_others(&geom, 0), 0);
}

static void the_only_good_path_cannot_be_failed(void **state)
{
	static const struct {
		const char *paths;
		size_t failed, good, active;
		bool stays_good;
	} cases[] = {
		{ "++", 0, 1, 1, false }, { "+F", 0, 1, 1, false },  { "+H", 0, 1, 1, false },
		{ "+", 0, 1, 0, true },	  { "+L", 0, 1, 0, true },   { "LL+", 2, 1, 2, true },
		{ "F", 0, 0, 1, false },  { "+LF", 2, 1, 0, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct mp_geom geom = make(MP_GEOM_ACTIVE_PASSIVE, cases[i].paths, cases[i].failed);

		if (mp_geom_fail(&geom, cases[i].failed) == cases[i].stays_good ||
		    geom.paths[cases[i].failed].by_hand == cases[i].stays_good ||
		    mp_geom_good_count(&geom) != cases[i].good || geom.active != cases[i].active)
			fail_msg("case %zu: %zu good, %zu active", i, mp_geom_good_count(&geom),
				 geom.active);
	}
}

static void a_loaded_table_is_read_back_as_the_same_map(void **state)
{
	static const struct {
		enum mp_geom_mode mode;
		bool queues, bio;
		size_t active;
		const char *table, *status;
	} cases[] = {
		{ MP_GEOM_ACTIVE_PASSIVE, false, false, 1,
		  "0 0 2 2 round-robin 0 1 1 8:0 1 round-robin 0 1 1 8:1 1",
		  "2 0 0 0 2 2 E 0 1 0 8:0 A 0 E 0 1 0 8:1 A 0" },
		{ MP_GEOM_ACTIVE_ACTIVE, true, false, 2,
		  "1 queue_if_no_path 0 1 1 service-time 0 2 1 8:0 1 8:1 1",
		  "2 0 0 0 1 1 E 0 2 2 8:0 A 0 0 1 8:1 A 0 0 1" },
		{ MP_GEOM_ACTIVE_READ, false, false, 0,
		  "0 0 2 1 round-robin 0 1 1 8:0 1 round-robin 0 1 1 8:1 1",
		  "2 0 0 0 2 1 A 0 1 0 8:0 A 0 E 0 1 0 8:1 A 0" },
		{ MP_GEOM_ACTIVE_READ, false, true, 0,
		  "2 queue_mode bio 0 2 1 round-robin 0 1 1 8:0 1 round-robin 0 1 1 8:1 1",
		  "2 0 0 0 2 1 A 0 1 0 8:0 A 0 E 0 1 0 8:1 A 0" },
		{ MP_GEOM_ACTIVE_ACTIVE, true, true, 2,
		  "3 queue_if_no_path queue_mode bio 0 1 1 service-time 0 2 1 8:0 1 8:1 1",
		  "2 0 0 0 1 1 E 0 2 2 8:0 A 0 0 1 8:1 A 0 0 1" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_strbuf_ struct mp_strbuf text = MP_STRBUF_INIT;
		_cleanup_(mp_table_fini) struct mp_table table = { 0 };
		struct mp_geom geom = make(cases[i].mode, "++", cases[i].active), again;
		struct mp_kernel_map kernel = { .exists = true,
						.stacked = true,
						.name = "FOO",
						.split = cases[i].mode == MP_GEOM_ACTIVE_READ };

		geom.queues = cases[i].queues;
		geom.bio = cases[i].bio;
		assert_int_equal(mp_geom_table(&geom, false, &table), 0);
		mp_table_format(&table, &text);
		assert_string_equal(mp_strbuf_text(&text), cases[i].table);
		assert_int_equal(mp_table_parse_status(cases[i].status, &table), 0);
		kernel.table = table;
		assert_int_equal(mp_geom_from_kernel("GEOM-u", &kernel, &again), 0);
		assert_int_equal(again.mode, geom.mode);
		assert_int_equal(again.active, geom.active);
		assert_int_equal(again.queues, geom.queues);
		assert_int_equal(again.bio, geom.bio);
		assert_string_equal(again.name, "FOO");
		assert_string_equal(mp_geom_uuid(&again), "u");
		assert_int_equal(mp_geom_from_kernel("3600", &kernel, &again), -EINVAL);
	}
}

static void the_wwid_shows_whether_gmultipath_manages_a_map(void **state)
{
	(void)state;
	assert_string_equal(mp_geom_wwid_label("GEOM-d3cd8ba2"), "d3cd8ba2");
	assert_null(mp_geom_wwid_label("GEOM.manual-x"));
	assert_true(mp_geom_is_wwid("GEOM-d3cd8ba2"));
	assert_true(mp_geom_is_wwid("GEOM.manual-x"));
	assert_false(mp_geom_is_wwid("GEOM"));
	assert_false(mp_geom_is_wwid("3600GEOM-"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(states_are_those_of_freebsd),
		cmocka_unit_test(path_states_follow_the_mode),
		cmocka_unit_test(rotating_skips_bad_paths_and_wraps_around),
		cmocka_unit_test(the_active_path_stays_while_it_is_good),
		cmocka_unit_test(when_the_last_good_path_fails_the_others_are_restored),
		cmocka_unit_test(the_only_good_path_cannot_be_failed),
		cmocka_unit_test(a_loaded_table_is_read_back_as_the_same_map),
		cmocka_unit_test(the_wwid_shows_whether_gmultipath_manages_a_map),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
