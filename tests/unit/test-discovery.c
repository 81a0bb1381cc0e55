/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/discovery.h"

#include <errno.h>

#include "base/props.h"
#include "disk-found.h"

enum { NEW = 1 << 0, EVENT = 1 << 1, OPERATOR = 1 << 2, FALLBACK = 1 << 3, IS_DOWN = 1 << 4 };

static void discovery_format(const struct discovery *discovery, char *text, size_t size)
{
	static const char *const fates[] = {
		[DISCOVERY_NEW] = "new",
		[DISCOVERY_SAME] = "same",
		[DISCOVERY_RENUMBERED] = "renumbered",
		[DISCOVERY_OTHER_WWID] = "other WWID",
	};
	static const char *const checks[] = {
		[DISCOVERY_CHECK_NONE] = "",	     [DISCOVERY_CHECK_FIRST] = ", first check",
		[DISCOVERY_CHECK_DOUBT] = ", doubt", [DISCOVERY_CHECK_ALL] = ", ask all",
		[DISCOVERY_CHECK_SOON] = ", soon",
	};

	snprintf(text, size, "%s%s%s%s%s", fates[discovery->fate],
		 discovery->joins ? ", joins" : "", discovery->init ? ", " : "",
		 discovery->init ? mp_init_state_name(discovery->init) : "",
		 checks[discovery->check]);
}

static void a_device_is_compared_with_the_path_of_its_number(void **state)
{
	static const struct {
		unsigned facts;
		const char *was, *name, *wwid; /* was: the path's WWID */
		enum mp_init_state init;
		const char *expected;
	} rows[] = {
		{ NEW | EVENT, "", "sda", "w", 0, "new, joins, first check" },
		{ NEW, "", "sda", "w", 0, "new, joins, first check" },
		/* udev may not have processed it yet */
		{ NEW, "", "sda", "", 0, "new, udev-missing, first check" },
		{ NEW | FALLBACK, "", "sda", "", 0, "new, failed, first check" },

		{ 0, "w", "sda", "w", MP_INIT_OK, "same" },
		{ IS_DOWN, "w", "sda", "w", MP_INIT_OK, "same, soon" },
		{ EVENT, "w", "sda", "w", MP_INIT_OK, "same, doubt" },
		{ EVENT | IS_DOWN, "w", "sda", "w", MP_INIT_OK, "same, doubt" },
		{ OPERATOR, "w", "sda", "w", MP_INIT_OK, "same, joins, ask all" },
		/* What was known of it stays, unless a new value is known. */
		{ EVENT, "w", "sda", "", MP_INIT_OK, "same, doubt" },

		{ EVENT, "", "sda", "w", MP_INIT_MISSING_UDEV, "same, joins, doubt" },
		{ 0, "", "sda", "w", MP_INIT_FAILED, "same, joins" },
		{ EVENT, "", "sda", "", MP_INIT_REQUESTED_UDEV, "same, udev-missing, doubt" },
		{ EVENT | FALLBACK, "", "sda", "", MP_INIT_REQUESTED_UDEV, "same, failed, doubt" },

		{ EVENT, "w", "sda", "other", MP_INIT_OK, "other WWID, joins, first check" },
		{ OPERATOR, "w", "sda", "other", MP_INIT_OK, "other WWID, joins, first check" },
		{ EVENT, "w", "sdx", "w", MP_INIT_OK, "renumbered, joins, first check" },
		/* the name takes precedence: it is another device */
		{ EVENT, "w", "sdx", "other", MP_INIT_OK, "renumbered, joins, first check" },
		{ EVENT, "w", "sdx", "", MP_INIT_OK, "renumbered, udev-missing, first check" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_world_ struct world world;
		struct discovery discovery;
		char text[128];

		world_init(&world, "");
		strcpy(world.path->path.identity.wwid, rows[i].was);
		world.path->path.init = rows[i].init;
		if (rows[i].facts & IS_DOWN)
			world.path->path.state = MP_PATH_DOWN;
		strcpy(world.identity.name, rows[i].name);
		strcpy(world.identity.wwid, rows[i].wwid);
		world.found.event = rows[i].facts & EVENT;
		world.found.by_operator = rows[i].facts & OPERATOR;
		world.found.fallback = rows[i].facts & FALLBACK;
		discovery = discovery_judge(rows[i].facts & NEW ? NULL : world.path, &world.found);
		discovery_format(&discovery, text, sizeof(text));
		if (strcmp(text, rows[i].expected))
			fail_msg("row %zu: \"%s\", not \"%s\"", i, text, rows[i].expected);
		recorded_expect("");
	}
}

static void a_new_device_joins_its_map_and_is_checked(void **state)
{
	_cleanup_world_ struct world world;
	struct daemon_path *path;

	(void)state;
	world_init(&world, "");
	strcpy(world.identity.name, "sdc");
	world.identity.devt = makedev(8, 32);
	assert_int_equal(discovery_apply(&world.made.daemon, NULL, &world.found), 1);
	recorded_expect("sdc is due in 1 s\n"
			"check /dev/sdc for at most 30 s\n"
			"sdc is due in 1 s\n");
	path = paths_find_name(&world.made.inventory, "sdc");
	assert_ptr_equal(path->path.map, &world.map->map);
	assert_string_equal(path->path.checker, "tur");
	assert_int_equal(world.made.inventory.unanswered, 1);
	assert_false(world.map->dirty); /* its table waits for the answer */
}

static void udev_is_asked_later_about_a_device_without_wwid(void **state)
{
	_cleanup_world_ struct world world;
	struct daemon_path *path;

	(void)state;
	world_init(&world, "");
	strcpy(world.identity.name, "sdc");
	world.identity.devt = makedev(8, 32);
	world.identity.wwid[0] = '\0';
	assert_int_equal(discovery_apply(&world.made.daemon, NULL, &world.found), 1);
	recorded_expect("sdc is due in 10 s\n");
	path = paths_find_name(&world.made.inventory, "sdc");
	assert_int_equal(path->path.init, MP_INIT_MISSING_UDEV);
	assert_null(path->path.map);
	assert_int_equal(world.made.inventory.unanswered, 0);
}

static void a_device_that_leads_to_another_lun_leaves_its_map(void **state)
{
	_cleanup_world_ struct world world;
	struct daemon_path *path;
	uint64_t id;

	(void)state;
	world_init(&world, "");
	id = world.path->path.id;
	strcpy(world.identity.wwid, "other");
	world.found.event = true;
	world.path->geom_wwid = strdup("t10");
	assert_int_equal(discovery_apply(&world.made.daemon, world.path, &world.found), 1);
	recorded_expect("sda is due in 1 s\n"
			"check /dev/sda for at most 30 s\n"
			"sda is due in 1 s\n");
	path = paths_find_name(&world.made.inventory, "sda");
	assert_true(path->path.id != id); /* no answer for the old one reaches it */
	assert_string_equal(path->path.map->wwid, "other");
	assert_string_equal(path->geom_wwid, "t10"); /* gmultipath's map had taken this disk */
	assert_true(world.map->dirty);
	assert_int_equal(world.map->map.stats.path_faults, 1);
}

static void an_event_doubts_a_path_and_marks_its_map_for_each_change(void **state)
{
	static const struct {
		uint64_t size_sectors;
		bool read_only;
		const char *handler;
		bool dirty, reload;
	} rows[] = {
		{ 0, false, "", false, false },
		{ 100, false, "", true, false },
		{ 0, true, "", true, true },
		{ 0, false, "alua", true, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_world_ struct world world;

		world_init(&world, "");
		world.identity.size_sectors = rows[i].size_sectors;
		world.identity.read_only = rows[i].read_only;
		strcpy(world.identity.handler, rows[i].handler);
		world.found.event = true;
		assert_int_equal(discovery_apply(&world.made.daemon, world.path, &world.found), 1);
		recorded_expect("check /dev/sda for at most 30 s\n"
				"sda is due in 1 s\n");
		assert_true(recorded.check->want_proof);
		assert_false(mp_path_is_proven(&world.path->path));
		assert_int_equal(world.map->dirty, rows[i].dirty);
		assert_int_equal(world.map->force_reload, rows[i].reload);
	}
}

static void a_dropped_path_is_removed_from_a_load_and_counted(void **state)
{
	_cleanup_world_ struct world world;
	struct table_job *job = calloc(1, sizeof(*job));

	(void)state;
	world_init(&world, "");
	assert_int_equal(mp_table_parse(ONE_PATH, &job->table), 0);
	strcpy(job->wwid, "w");
	world.map->loading = job;
	world.path->fd = 5;
	discovery_drop(world.path, "its device is gone");
	recorded_expect("close 5\n"
			"call off the load of w\n");
	assert_true(job->called_off);
	assert_null(paths_find_name(&world.made.inventory, "sda"));
	assert_int_equal(world.map->map.stats.path_faults, 1);
	assert_true(world.map->dirty);
	world.map->loading = NULL;
	table_job_free(job);
}

static void udevs_name_for_page_0x83_is_compared_with_the_one_before(void **state)
{
	static const struct {
		const char *before, *now; /* NULL: none */
		bool renamed;
	} rows[] = {
		{ NULL, "3600b", false },
		{ "3600b", "3600b", false },
		{ "3600b", "3600c", true },
		{ "3600b", NULL, true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_(mp_props_fini) struct mp_props props = MP_PROPS_INIT;
		_cleanup_world_ struct world world;

		world_init(&world, "");
		if (rows[i].before)
			world.path->named = strdup(rows[i].before);
		if (rows[i].now)
			assert_int_equal(mp_props_add(&props, "ID_SERIAL", rows[i].now), 0);
		assert_int_equal(discovery_is_renamed(world.path, &props), rows[i].renamed);
	}
}

static void an_event_that_the_daemon_has_asked_for_has_no_news_but_its_properties(void **state)
{
	_cleanup_(mp_props_fini) struct mp_props props = MP_PROPS_INIT;
	_cleanup_world_ struct world world;

	(void)state;
	world_init(&world, "");
	assert_int_equal(mp_props_add(&props, "DM_MULTIPATH_DEVICE_PATH", "1"), 0);
	world.path->claim_asked = true;
	assert_false(discovery_note_props(world.path, &props));
	assert_true(world.path->path.identity.claimed);
	assert_true(discovery_note_props(world.path, &props)); /* the next one */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_device_is_compared_with_the_path_of_its_number),
		cmocka_unit_test(a_new_device_joins_its_map_and_is_checked),
		cmocka_unit_test(udev_is_asked_later_about_a_device_without_wwid),
		cmocka_unit_test(a_device_that_leads_to_another_lun_leaves_its_map),
		cmocka_unit_test(an_event_doubts_a_path_and_marks_its_map_for_each_change),
		cmocka_unit_test(a_dropped_path_is_removed_from_a_load_and_counted),
		cmocka_unit_test(udevs_name_for_page_0x83_is_compared_with_the_one_before),
		cmocka_unit_test(
			an_event_that_the_daemon_has_asked_for_has_no_news_but_its_properties),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
