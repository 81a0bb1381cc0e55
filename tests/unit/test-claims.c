/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/claims.h"

#include <errno.h>
#include <stdlib.h>

#include "inventory-made.h"
#include "multipathd/control/settings.h"
#include "multipathd/jobs/holdings.h"

#define BY_SERIAL "defaults {\npath_grouping_policy group_by_serial\n}\n"
#define FIND(mode) "defaults {\nfind_multipaths " mode "\n}\n"

static void a_map_is_wanted_by_mode_paths_wwids_file_and_operator(void **state)
{
	static const struct {
		const char *config;
		unsigned paths;
		bool exists, known, forced, allowed; /* known: its WWID is in the file */
	} rows[] = {
		{ FIND("strict"), 2, false, false, false, false },
		{ FIND("strict"), 1, false, true, false, true },
		{ FIND("yes"), 1, false, false, false, false },
		{ FIND("yes"), 2, false, false, false, true },
		{ FIND("yes"), 1, false, true, false, true },
		{ FIND("no"), 1, false, false, false, true },
		{ FIND("greedy"), 1, false, false, false, true },
		{ FIND("smart"), 1, false, false, false, false },
		{ FIND("smart"), 2, false, false, false, true },
		{ FIND("strict"), 1, true, false, false, true }, /* it exists */
		{ FIND("strict"), 1, false, false, true, true }, /* the operator named it */
		{ FIND("greedy") "blacklist {\nwwid w\n}\n", 2, true, true, true, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_made_ struct made made;
		struct daemon_map *map;
		const char *why = NULL;

		made_init(&made, rows[i].config);
		map = made_map(&made, "w");
		for (unsigned n = 0; n < rows[i].paths; n++)
			made_path(&made, 'a' + n, map);
		if (rows[i].exists)
			made_exists(map, "mpatha");
		if (rows[i].known)
			assert_int_equal(mp_wwids_remember(made.inventory.wwids, "w"), 1);
		map->forced = rows[i].forced;
		assert_int_equal(claims_allow(map, &why, NULL), rows[i].allowed);
		assert_true(rows[i].allowed || why);
		assert_int_equal(claims_is_coming(map), rows[i].allowed && !rows[i].exists);
	}
}

static void a_map_that_the_operator_removed_is_not_created_again(void **state)
{
	_cleanup_made_ struct made made;
	struct daemon_map *map;

	(void)state;
	made_init(&made, FIND("greedy"));
	map = made_map(&made, "w");
	assert_false(claims_is_coming(map)); /* it has no path */
	made_path(&made, 'a', map);
	assert_true(claims_is_coming(map));
	map->keep_uncreated = true;
	assert_false(claims_is_coming(map));
}

#define TABLE "0 0 1 1 service-time 0 2 1 8:0 1 8:16 1"

/* An answer of the worker: of each disk of the table, whether it leads to the LUN "3600a". */
static void answer(struct daemon_map *map, uint64_t number, const char *const values[2],
		   const char *name)
{
	struct holdings_job *job = calloc(1, sizeof(*job) + 2 * sizeof(*job->holdings));

	assert_non_null(job);
	job->number = number;
	job->count = 2;
	for (size_t i = 0; i < job->count; i++) {
		struct holding *holding = &job->holdings[i];
		struct mp_reading *reading = &holding->reading;

		holding->devt = makedev(8, 16 * i);
		holding->named = -ENOENT;
		reading->error = values[i] ? 0 : -ENODEV;
		if (!values[i])
			continue;
		snprintf(reading->name, sizeof(reading->name), "%s%c", name, 'a' + (int)i);
		snprintf(reading->identity.name, sizeof(reading->identity.name), "%s",
			 reading->name);
		mp_path_identity_forget_texts(&reading->identity);
		reading->devt = holding->devt;
		reading->has_props = true;
		assert_int_equal(mp_props_add(&reading->props, "ID_SERIAL", values[i]), 0);
		assert_int_equal(mp_props_add(&reading->props, "ID_WWN", "0x5000"), 0);
	}
	claims_take(map, job);
	for (size_t i = 0; i < job->count; i++)
		mp_reading_fini(&job->holdings[i].reading);
	free(job);
}

static struct daemon_map *pathless(struct made *made, const char *config)
{
	struct daemon_map *map;

	made_init(made, config);
	map = made_map(made, "3600a");
	made_exists(map, "mpatha");
	assert_int_equal(mp_table_parse(TABLE, &map->map.kernel.table), 0);
	return map;
}

static void
a_map_without_paths_is_left_alone_until_its_disks_are_read_and_while_they_lead_to_it(void **state)
{
	static const struct {
		const char *config;
		const char *values[2]; /* of udev; NULL: the disk is gone */
		const char *name; /* of the disks */
		bool known; /* sda is a path, of another map */
		enum claim claim;
	} rows[] = {
		{ "", { NULL, NULL }, "sd", false, CLAIM_LOST },
		{ "", { "3600b", NULL }, "sd", false, CLAIM_LOST },
		{ "", { NULL, "3600a" }, "sd", false, CLAIM_AWAITED },
		{ "", { "3600a", NULL }, "sd", true, CLAIM_DISOWNED },
		{ "", { "3600a", "3600a" }, "sd", true, CLAIM_AWAITED },
		{ "blacklist {\ndevnode \"^sd\"\n}\n",
		  { "3600a", "3600b" },
		  "sd",
		  false,
		  CLAIM_DISOWNED },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_made_ struct made made;
		struct daemon_map *map = pathless(&made, rows[i].config);

		if (rows[i].known)
			made_path(&made, 'a', NULL);
		assert_int_equal(claims_of_map(map), CLAIM_UNREAD);
		assert_true(claims_are_unread(map));
		assert_true(claims_leave_alone(map));
		claims_begin(map);
		answer(map, map->disks.number, rows[i].values, rows[i].name);
		if (claims_of_map(map) != rows[i].claim)
			fail_msg("row %zu: %d", i, claims_of_map(map));
		assert_false(claims_are_unread(map) || map->disks.asked);
		assert_int_equal(claims_leave_alone(map), rows[i].claim != CLAIM_LOST);
	}
}

static void what_was_read_counts_until_an_event_another_table_or_configuration(void **state)
{
	static const char *const gone[2];
	_cleanup_made_ struct made made;
	struct daemon_map *map = pathless(&made, "");
	uint64_t number;

	(void)state;
	/* An event comes while they are read. */
	claims_begin(map);
	number = map->disks.number;
	claims_forget_disk(&made.inventory, makedev(8, 16));
	answer(map, number, gone, "sd");
	assert_int_equal(claims_of_map(map), CLAIM_UNREAD);
	assert_false(map->disks.asked);

	claims_begin(map);
	answer(map, map->disks.number, gone, "sd");
	assert_int_equal(claims_of_map(map), CLAIM_LOST);
	claims_forget_disk(&made.inventory, makedev(8, 32)); /* another map's */
	assert_int_equal(claims_of_map(map), CLAIM_LOST);
	claims_forget_disk(&made.inventory, makedev(8, 0));
	assert_int_equal(claims_of_map(map), CLAIM_UNREAD);

	claims_begin(map);
	answer(map, map->disks.number, gone, "sd");
	claims_forget_all(&made.inventory);
	assert_int_equal(claims_of_map(map), CLAIM_UNREAD);

	claims_begin(map);
	answer(map, map->disks.number, gone, "sd");
	mp_table_fini(&map->map.kernel.table);
	assert_int_equal(mp_table_parse("0 0 1 1 service-time 0 1 1 8:48 1",
					&map->map.kernel.table),
			 0);
	assert_int_equal(claims_of_map(map), CLAIM_UNREAD);
}

static void a_new_map_waits_for_labels_and_a_map_by_serial_for_serials(void **state)
{
	static const struct {
		const char *config, *notes;
		bool exists, read, has_serial, awaits, without;
	} rows[] = {
		{ "", "", false, false, false, false, true },
		{ "", "known U L w\n", false, false, false, true, false },
		{ "", "known U L w\n", false, false, true, true, false },
		{ "", "known U L w\n", false, true, false, false, false },
		{ "", "known U L w\n", true, false, false, false, true },
		{ BY_SERIAL, "", true, false, false, true, true },
		{ BY_SERIAL, "", false, false, true, false, true },
		{ BY_SERIAL, "", true, true, false, false, true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_made_ struct made made;
		struct daemon_path *path;
		struct daemon_map *map;

		made_init(&made, rows[i].config);
		map = made_map(&made, "w");
		path = made_path(&made, 'a', map);
		path->was_read = rows[i].read;
		if (rows[i].has_serial)
			paths_told_listed(path, "S1", 0);
		if (rows[i].exists)
			made_exists(map, "mpatha");
		settings_resolve(map);
		mp_strbuf_puts(&made.inventory.geom_notes, rows[i].notes);
		if (claims_await_paths(map) != rows[i].awaits)
			fail_msg("row %zu", i);
		assert_int_equal(claims_may_go_without(map), rows[i].without);
		/* An event of the path: what was read is older. */
		claims_forget_disk(&made.inventory, makedev(8, 0));
		assert_false(path->was_read);
		assert_int_equal(path->reading_number, 1);
		mp_strbuf_fini(&made.inventory.geom_notes);
	}
}

static void a_disk_with_a_known_label_is_left_to_gmultipath(void **state)
{
	_cleanup_made_ struct made made;
	struct daemon_path *path;
	struct daemon_map *map;
	const char *why = NULL;

	(void)state;
	made_init(&made, FIND("greedy"));
	map = made_map(&made, "w");
	path = made_path(&made, 'a', map);
	mp_strbuf_puts(&made.inventory.geom_notes, "known U L 3600d\n");
	path->scanned = strdup("3600c");
	assert_true(claims_allow(map, &why, NULL));
	free(path->scanned);
	path->scanned = strdup("3600d");
	assert_false(claims_allow(map, &why, NULL));
	mp_strbuf_fini(&made.inventory.geom_notes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_map_is_wanted_by_mode_paths_wwids_file_and_operator),
		cmocka_unit_test(a_map_that_the_operator_removed_is_not_created_again),
		cmocka_unit_test(
			a_map_without_paths_is_left_alone_until_its_disks_are_read_and_while_they_lead_to_it),
		cmocka_unit_test(
			what_was_read_counts_until_an_event_another_table_or_configuration),
		cmocka_unit_test(a_new_map_waits_for_labels_and_a_map_by_serial_for_serials),
		cmocka_unit_test(a_disk_with_a_known_label_is_left_to_gmultipath),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
