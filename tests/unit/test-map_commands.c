/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include "commands-asked.h"

#define FAIL "reply 7: fail\n"
#define NOT_FOUND "reply 7: fail\ndevice not found\n"

static void a_command_that_changes_the_kernel_is_answered_by_its_job(void **state)
{
	static const struct asked_row rows[] = {
		{ "switch map mpatha group 2", "message w: switch_group 2 for request 7\n" },
		{ "switchgroup multipath dm-0 group 1",
		  "message w: switch_group 1 for request 7\n" },
		{ "remove map mpatha", "remove w for request 7\n" },
		{ "suspend map mpatha", "suspend w for request 7\n" },
		{ "resume map mpatha", "resume w for request 7\n" },
		{ "reset map mpatha", "reassign to w: 8:0 8:16 for request 7\n" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		asked_teardown(state); /* each for a map that has not been changed by another */
		asked_setup(state);
		ask(rows[i].text, rows[i].expected);
	}
}

static void a_command_that_changes_what_is_wanted_is_answered_by_the_reconciliation(void **state)
{
	(void)state;
	ask_and_await("reload map mpatha", "");
	assert_true(asked.map->force_reload);

	asked.map->force_reload = false;
	asked.path->path.marginal = asked.other->path.marginal = true;
	ask_and_await("unsetmarginal map mpatha", "");
	assert_true(asked.map->force_reload);
	assert_false(asked.path->path.marginal || asked.other->path.marginal);
}

static void an_unknown_map_is_refused_in_the_words_of_each_command(void **state)
{
	static const struct asked_row rows[] = {
		{ "reload map mpathz", NOT_FOUND },
		{ "resize map mpathz", NOT_FOUND },
		{ "remove map mpathz", NOT_FOUND },
		{ "unsetmarginal map mpathz", NOT_FOUND },
		{ "disablequeueing map mpathz", NOT_FOUND },
		{ "restorequeueing map mpathz", NOT_FOUND },
		{ "reset map mpathz stats", NOT_FOUND },
		{ "add map mpathz", NOT_FOUND },
		{ "switch map mpathz group 1", FAIL },
		{ "suspend map mpathz", FAIL },
		{ "resume map mpathz", FAIL },
		{ "reset map mpathz", FAIL },
	};

	(void)state;
	ASK_ROWS(rows);
}

static void some_commands_take_a_map_by_its_name_alone(void **state)
{
	static const struct asked_row rows[] = {
		{ "suspend map w", FAIL },
		{ "resume map dm-0", FAIL },
		{ "reset map w", FAIL },
		{ "suspend map /dev/mapper/mpatha", "suspend w for request 7\n" },
	};

	(void)state;
	ASK_ROWS(rows);
}

static void a_group_that_is_not_in_the_table_is_refused(void **state)
{
	static const struct asked_row rows[] = {
		{ "switch map mpatha group 0", FAIL },	{ "switch map mpatha group 3", FAIL },
		{ "switch map mpatha group 1x", FAIL }, { "switch map mpatha group x", FAIL },
		{ "switch map mpatha group -1", FAIL },
	};

	(void)state;
	ASK_ROWS(rows);
	assert_int_equal(asked.map->map.stats.switches, 0);
	ask("switch map mpatha group 2", "message w: switch_group 2 for request 7\n");
	assert_int_equal(asked.map->map.stats.switches, 1);
}

/* Postponed requests are served when the map is no longer busy; they are kept in the daemon. */
static void a_map_that_is_busy_postpones_the_request(void **state)
{
	static const char *const texts[] = { "suspend map mpatha", "resume map mpatha",
					     "reset map mpatha", "resize map mpatha" };

	(void)state;
	asked.map->busy = true;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		ask(texts[i], "");
		assert_int_equal(asked_drop_postponed(), 1);
	}
	asked.map->busy = false;
	asked.map->map.ready = false;
	ask("resize map mpatha", "");
	assert_int_equal(asked_drop_postponed(), 1);
}

static void a_map_of_gmultipath_is_not_resized(void **state)
{
	(void)state;
	asked.map->kind = made_kinds.geom;
	ask("resize map mpatha",
	    "reply 7: fail\nmanaged by gmultipath: stop and recreate it there\n");
	asked.map->kind = made_kinds.reconciled;
}

static void a_map_is_resized_to_the_size_that_all_its_paths_have(void **state)
{
	static const struct {
		uint64_t sizes[2];
		int error; /* of the second */
		bool outdated;
		const char *expected;
	} rows[] = {
		{ { 4096, 4096 }, 0, true, "read sda sdb for request 7\n" },
		{ { 4096, 2048 }, 0, false, FAIL },
		{ { 4096, 0 }, 0, false, FAIL },
		{ { 4096, 4096 }, -ENODEV, false, FAIL },
		{ { 4096, 4096 }, 0, false, "" },
	};
	const struct request request = { .id = 7, .is_root = true, .text = "resize map mpatha" };
	const struct daemon_path *paths[] = { asked.path, asked.other };

	(void)state;
	ask("resize map mpatha", "read sda sdb for request 7\n");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct disk_reading readings[2] = { 0 };

		for (size_t p = 0; p < 2; p++) {
			struct mp_reading *disk = &readings[p].disk;

			strcpy(disk->name, mp_path_name(&paths[p]->path));
			disk->devt = paths[p]->path.identity.devt;
			disk->identity.size_sectors = rows[i].sizes[p];
			disk->error = p ? rows[i].error : 0;
			readings[p].path_epoch = paths[p]->path.epoch - rows[i].outdated;
		}
		asked.then(&asked.made.daemon, &request,
			   &(struct details){ .readings = readings, .reading_count = 2 });
		recorded_expect(rows[i].expected);
	}
	assert_int_equal(asked.map->resize, MP_RESIZE_GROW_SHRINK);
	assert_int_equal(asked.path->path.identity.size_sectors, 4096);
	recorded_forget_waiters(&asked.map->waiters);
	CDS_INIT_LIST_HEAD(&asked.map->waiters);
}

static void a_map_is_added_if_it_may_be_and_has_paths(void **state)
{
	static const char config[] =
		"blacklist {\n\twwid bad\n}\n"
		"multipaths {\n\tmultipath {\n\t\twwid bad\n\t\talias evil\n\t}\n}\n";
	struct daemon_map *map;

	asked_setup_with(config);
	ask("add map mpatha", "reply 7: ok\n");
	ask("add map bad", "reply 7: blacklisted\n");
	ask("add map evil", "reply 7: blacklisted\n");
	paths_set_wwid(asked.orphan, "x");
	ask("add map x", "");
	map = maps_find_wwid(&asked.made.inventory, "x");
	assert_ptr_equal(asked.orphan->path.map, &map->map);
	assert_true(map->forced);
	assert_false(cds_list_empty(&map->waiters));
	asked_teardown(state);
}

static void queueing_is_disabled_and_restored_for_one_map_or_all(void **state)
{
	(void)state;
	ask("disablequeueing map mpatha", "reply 7: ok\n");
	assert_true(asked.map->map.queueing.disabled);
	ask("restorequeueing map mpatha", "reply 7: ok\n");
	assert_false(asked.map->map.queueing.disabled);
	ask("disablequeueing maps", "reply 7: ok\n");
	assert_true(asked.map->map.queueing.disabled);
	ask("restorequeueing maps", "reply 7: ok\n");
	assert_false(asked.map->map.queueing.disabled);
}

static void counters_are_reset_for_one_map_or_all(void **state)
{
	static const char *const texts[] = { "reset map mpatha stats", "reset maps stats" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		asked.map->map.stats.switches = 5;
		ask(texts[i], "reply 7: ok\n");
		assert_int_equal(asked.map->map.stats.switches, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ASKED_TEST(a_command_that_changes_the_kernel_is_answered_by_its_job),
		ASKED_TEST(a_command_that_changes_what_is_wanted_is_answered_by_the_reconciliation),
		ASKED_TEST(an_unknown_map_is_refused_in_the_words_of_each_command),
		ASKED_TEST(some_commands_take_a_map_by_its_name_alone),
		ASKED_TEST(a_group_that_is_not_in_the_table_is_refused),
		ASKED_TEST(a_map_that_is_busy_postpones_the_request),
		ASKED_TEST(a_map_of_gmultipath_is_not_resized),
		ASKED_TEST(a_map_is_resized_to_the_size_that_all_its_paths_have),
		cmocka_unit_test(a_map_is_added_if_it_may_be_and_has_paths),
		ASKED_TEST(queueing_is_disabled_and_restored_for_one_map_or_all),
		ASKED_TEST(counters_are_reset_for_one_map_or_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
