/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/membership.h"

#include "jobs-recorded.h"
#include "multipathd/control/claims.h"

#define ITS_TABLE "0 0 1 1 round-robin 0 1 1 8:0 1"
#define OTHER_TABLE "0 0 1 1 round-robin 0 1 1 8:16 1"

/* What a worker has read of sda, which both tables may have. */
static void sda_was_read(struct daemon_map *map, bool leads)
{
	struct map_disk *disk = calloc(1, sizeof(*disk));

	assert_non_null(disk);
	*disk = (struct map_disk){ .devt = makedev(8, 0), .leads = leads };
	maps_set_disks(map, disk, 1);
}

static void a_path_joins_the_map_of_its_wwid_unless_another_one_is_using_it(void **state)
{
	static const struct {
		const char *own; /* table of the map of its WWID; "": it is not in the kernel */
		const char *other_wwid, *other; /* another map and its table */
		int open_count;
		bool removal_tried;
		enum claim claim; /* of sda to the other map */
		enum membership_rule rule;
		const char *map; /* NULL: there is none */
	} rows[] = {
		{ NULL, NULL, NULL, 0, false, CLAIM_LOST, MEMBERSHIP_BY_WWID, NULL },
		{ "", NULL, NULL, 0, false, CLAIM_LOST, MEMBERSHIP_BY_WWID, "w" },
		{ ITS_TABLE, "x", OTHER_TABLE, 1, false, CLAIM_DISOWNED, MEMBERSHIP_BY_WWID, "w" },

		/* The map of the same LUN by another name is in use. */
		{ NULL, "x", ITS_TABLE, 1, false, CLAIM_DISOWNED, MEMBERSHIP_BY_USERS, "x" },
		{ "", "x", ITS_TABLE, 1, false, CLAIM_DISOWNED, MEMBERSHIP_BY_USERS, "x" },
		{ OTHER_TABLE, "x", ITS_TABLE, 1, false, CLAIM_DISOWNED, MEMBERSHIP_BY_USERS, "x" },
		/* its partitions are */
		{ NULL, "x", ITS_TABLE, 0, true, CLAIM_DISOWNED, MEMBERSHIP_BY_USERS, "x" },
		{ NULL, "x", ITS_TABLE, 0, false, CLAIM_DISOWNED, MEMBERSHIP_BY_WWID, NULL },
		/* It is another LUN. */
		{ "", "x", ITS_TABLE, 1, false, CLAIM_LOST, MEMBERSHIP_BY_WWID, "w" },

		/* Perhaps: it does not go there unless it is, which is read. */
		{ "", "x", ITS_TABLE, 1, false, CLAIM_UNREAD, MEMBERSHIP_BY_WWID, "w" },

		/* gmultipath's map takes the paths in its table, whatever their WWID. */
		{ "", "GEOM-d3cd8ba2", ITS_TABLE, 0, false, CLAIM_LOST, MEMBERSHIP_BY_TABLE,
		  "GEOM-d3cd8ba2" },
		{ "", "GEOM-d3cd8ba2", OTHER_TABLE, 0, false, CLAIM_LOST, MEMBERSHIP_BY_WWID, "w" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_recorded_ struct made made;
		struct daemon_map *own = NULL, *other = NULL;
		struct daemon_path *path;
		struct membership membership;

		recorded_init(&made, "");
		path = recorded_path(&made, 'a', NULL);
		paths_set_wwid(path, "w");
		if (rows[i].own) {
			own = made_map(&made, "w");
			if (*rows[i].own)
				recorded_table(own, "mpatha", rows[i].own);
		}
		if (rows[i].other) {
			other = made_map(&made, rows[i].other_wwid);
			recorded_table(other, "mpathb", rows[i].other);
			other->map.kernel.open_count = rows[i].open_count;
			other->removal_tried = rows[i].removal_tried;
			other->by_table = other->kind->paths_by_table;
			made.inventory.by_table_count += other->by_table;
			if (rows[i].claim != CLAIM_UNREAD)
				sda_was_read(other, rows[i].claim != CLAIM_LOST);
		}
		membership = membership_choose(path);
		if (membership.rule != rows[i].rule)
			fail_msg("row %zu: rule %d", i, membership.rule);
		if (rows[i].map)
			assert_string_equal(membership.map->map.wwid, rows[i].map);
		else
			assert_null(membership.map);
		assert_null(path->path.map);

		assert_ptr_equal(membership.unread, rows[i].claim == CLAIM_UNREAD ? other : NULL);
		assert_int_equal(membership_join(path, false), 0);
		assert_string_equal(path->path.map->wwid, rows[i].map ? rows[i].map : "w");
		recorded_expect(rows[i].rule == MEMBERSHIP_BY_TABLE ? "look\n" : "");
		if (rows[i].claim == CLAIM_UNREAD)
			assert_true(other->dirty && claims_are_unread(other));
	}
}

static void a_path_that_joins_marks_its_map_when_it_has_answered(void **state)
{
	(void)state;
	for (int answered = 0; answered < 2; answered++) {
		_cleanup_recorded_ struct made made;
		struct daemon_path *path;
		struct daemon_map *map;

		recorded_init(&made, "");
		path = recorded_path(&made, 'a', NULL);
		paths_set_wwid(path, "w");
		path->answered = answered;
		assert_int_equal(membership_join(path, false), 0);
		map = maps_find_wwid(&made.inventory, "w");
		assert_int_equal(map->dirty, answered);
	}
}

static void only_the_operator_brings_back_a_map_that_was_removed(void **state)
{
	(void)state;
	for (int by_operator = 0; by_operator < 2; by_operator++) {
		_cleanup_recorded_ struct made made;
		struct daemon_path *path;
		struct daemon_map *map;

		recorded_init(&made, "");
		map = made_map(&made, "w");
		map->keep_uncreated = map->emptied = true;
		path = recorded_path(&made, 'a', NULL);
		paths_set_wwid(path, "w");
		assert_int_equal(membership_join(path, by_operator), 0);
		assert_int_equal(map->keep_uncreated, !by_operator);
		assert_false(map->emptied);
	}
}

/* While the daemon configures, each of them joins by itself. */
static void a_new_map_takes_what_a_removed_one_left_when_the_daemon_is_idle(void **state)
{
	static const enum daemon_state states[] = { DAEMON_CONFIGURE, DAEMON_IDLE };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(states); i++) {
		_cleanup_recorded_ struct made made;
		struct daemon_path *path, *orphan, *unknown;

		recorded_init(&made, "");
		made.daemon.state = states[i];
		path = recorded_path(&made, 'a', NULL);
		orphan = recorded_path(&made, 'b', NULL);
		unknown = recorded_path(&made, 'c', NULL);
		paths_set_wwid(path, "w");
		paths_set_wwid(orphan, "w");
		paths_set_wwid(unknown, "w");
		unknown->path.init = MP_INIT_MISSING_UDEV;
		assert_int_equal(membership_join(path, false), 0);
		assert_int_equal(orphan->path.map != NULL, states[i] == DAEMON_IDLE);
		assert_null(unknown->path.map);
	}
}

static void a_map_that_cannot_be_removed_takes_its_paths_back(void **state)
{
	_cleanup_recorded_ struct made made;
	struct daemon_map *map, *new;
	struct daemon_path *path;

	(void)state;
	recorded_init(&made, "");
	map = made_map(&made, "x");
	recorded_table(map, "mpatha", ITS_TABLE);
	map->map.kernel.open_count = 1;
	new = made_map(&made, "w");
	path = recorded_path(&made, 'a', new);
	membership_take_back(map); /* not known yet */
	assert_true(map->dirty && claims_are_unread(map));
	assert_ptr_equal(path->path.map, &new->map);
	sda_was_read(map, false);
	membership_take_back(map);
	assert_ptr_equal(path->path.map, &new->map);
	sda_was_read(map, true);
	membership_take_back(map);
	assert_ptr_equal(path->path.map, &map->map);
	assert_true(map->dirty);
	assert_true(new->dirty); /* it has no path any more */
}

static void a_map_found_in_the_kernel_has_its_name_there(void **state)
{
	static const struct {
		bool suspended, inactive, serving, not_ready;
		const char *requests;
		bool leftover;
	} rows[] = {
		{ false, false, false, false, "", false },
		{ false, false, false, true, "", false },
		/* Left over from a killed daemon: other programs have some seconds to finish. */
		{ true, false, false, false, "timer in 5 s\n", true },
		{ false, true, false, false, "timer in 5 s\n", true },
		{ true, true, false, false, "timer in 0 s\n", true },
		{ true, true, true, false, "", false }, /* another program is working on it */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct mp_kernel_map kernel = { .exists = true,
						.name = "mpathq",
						.minor = 5,
						.suspended = rows[i].suspended,
						.inactive_table = rows[i].inactive };
		_cleanup_recorded_ struct made made;
		struct daemon_map *map;

		recorded_init(&made, "");
		made.daemon.serving = rows[i].serving;
		assert_int_equal(mp_table_parse(ITS_TABLE, &kernel.table), 0);
		assert_int_equal(membership_adopt(&made.daemon, "w", &kernel, rows[i].not_ready),
				 0);
		recorded_expect(rows[i].requests);
		map = maps_find_name(&made.inventory, "mpathq");
		assert_string_equal(map->map.wwid, "w");
		assert_true(map->map.ready);
		assert_int_equal(map->not_ready_in_udev, rows[i].not_ready);
		assert_false(map->named); /* the configuration may give it another name */
		assert_true(map->dirty);
		assert_false(kernel.exists); /* the map's now */
		assert_int_equal(leftovers_has(&made.daemon, "w"), rows[i].leftover);
	}
}

static void a_map_that_is_gone_is_forgotten_once_no_operation_is_running(void **state)
{
	(void)state;
	for (unsigned busy = 0; busy < 2; busy++) {
		_cleanup_recorded_ struct made made;
		struct daemon_path *path;
		struct daemon_map *map;

		recorded_init(&made, "");
		map = made_map(&made, "w");
		path = recorded_path(&made, 'a', map);
		recorded_table(map, "mpatha", ITS_TABLE);
		assert_int_equal(maps_wait(map, 7, false), 0);
		map->busy = busy;
		membership_gone(map);
		recorded_expect(busy ? "" : "reply 7: fail\n");
		map = maps_find_wwid(&made.inventory, "w");
		assert_int_equal(map != NULL, busy);
		assert_int_equal(path->path.map != NULL, busy);
		if (!map)
			continue;
		assert_false(map->map.kernel.exists);
		assert_true(map->dirty);
		membership_gone(map); /* it is known already */
		recorded_expect("");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_path_joins_the_map_of_its_wwid_unless_another_one_is_using_it),
		cmocka_unit_test(a_path_that_joins_marks_its_map_when_it_has_answered),
		cmocka_unit_test(only_the_operator_brings_back_a_map_that_was_removed),
		cmocka_unit_test(a_new_map_takes_what_a_removed_one_left_when_the_daemon_is_idle),
		cmocka_unit_test(a_map_that_cannot_be_removed_takes_its_paths_back),
		cmocka_unit_test(a_map_found_in_the_kernel_has_its_name_there),
		cmocka_unit_test(a_map_that_is_gone_is_forgotten_once_no_operation_is_running),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
