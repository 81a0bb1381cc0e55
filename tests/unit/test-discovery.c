/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/discovery.h"

#include <errno.h>

#include "base/props.h"
#include "jobs-recorded.h"
#include "kernel/reading.h"
#include "multipathd/control/inspections.h"

#define WWID "3600a0b80000f1234000000000000abcd"
#define ONE_PATH "0 0 1 1 round-robin 0 1 1 8:0 1"

/* sda as it is found; there is a map "w" of sda and sdb. */
struct world {
	struct made made;
	struct daemon_map *map;
	struct daemon_path *path;
	struct mp_identity identity;
	struct discovered found;
};

static void world_init(struct world *world, const char *config)
{
	recorded_init(&world->made, config);
	world->map = made_map(&world->made, "w");
	world->path = recorded_path(&world->made, 'a', world->map);
	recorded_path(&world->made, 'b', world->map);
	recorded_table(world->map, "mpatha", ONE_PATH);
	world->identity = world->path->path.identity;
	world->found = (struct discovered){ .identity = &world->identity, .dir = "" };
}

static void world_fini(struct world *world)
{
	recorded_fini(&world->made);
}

#define _cleanup_world_ _cleanup_(world_fini)

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

/* "i" identity, "c" changes, "p" properties, "u" uevent, "d" details, "w" page, "r" ro */
static void parts_format(const struct mp_reading *reading, char *text, size_t size)
{
	static const char letters[] = "icpudwr";
	size_t used = 0;

	for (size_t i = 0; letters[i]; i++)
		if (reading->parts & 1u << i)
			text[used++] = letters[i];
	snprintf(text + used, size - used, "%s%s%s%s", reading->known[0] ? " unless " : "",
		 reading->known, reading->expected[0] ? ", is it " : "", reading->expected);
}

static void what_is_read_of_a_device_depends_on_why(void **state)
{
	static const struct {
		const char *config;
		unsigned reasons;
		char letter; /* 'a': the path; 'c': no path */
		bool has_event, fails; /* udev has been asked as often as it may be */
		const char *text; /* NULL: nothing is read */
	} rows[] = {
		{ "", INSPECT_LISTED, 'c', false, false, "ip" },
		{ "", INSPECT_LISTED, 'a', false, false, "ipr unless sda, is it " WWID },
		{ "", INSPECT_LISTED | INSPECT_EVENT, 'a', true, false, "ir, is it " WWID },
		{ "", INSPECT_EVENT, 'c', true, false, "i" },
		{ "", INSPECT_EXAMINED, 'a', false, false, "ipr, is it " WWID },
		{ "", INSPECT_RESOLVED, 'a', false, false, "ipdr, is it " WWID },
		{ "", INSPECT_LATE, 'a', false, true, "ipwr, is it " WWID },
		{ "", INSPECT_TOUCHED, 'a', true, false, "c" },
		{ "", INSPECT_TOUCHED, 'c', true, false, NULL },
		{ "", INSPECT_TOUCHED | INSPECT_EVENT, 'a', true, false, "ir, is it " WWID },
		{ "blacklist {\ndevnode \"^sd[ac]$\"\n}\n", INSPECT_EVENT, 'c', true, false, NULL },
		{ "blacklist {\nproperty DISKSEQ\n}\n", INSPECT_LISTED, 'c', false, false, "ipu" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_world_ struct world world;
		struct mp_reading reading = { .has_props = rows[i].has_event };
		char text[256];
		bool reads;

		world_init(&world, rows[i].config);
		strcpy(world.map->map.wwid, WWID);
		world.path->retriggers = rows[i].fails ? 3 : 0;
		reading.devt = makedev(8, 16 * (rows[i].letter - 'a'));
		snprintf(reading.name, sizeof(reading.name), "sd%c", rows[i].letter);
		reads = discovery_prepare(&world.made.daemon, &reading, rows[i].reasons);
		parts_format(&reading, text, sizeof(text));
		if (reads != !!rows[i].text || (reads && strcmp(text, rows[i].text)))
			fail_msg("row %zu: \"%s\"", i, reads ? text : "nothing");
	}
}

static void
a_path_that_leads_to_another_lun_gets_no_io_of_its_map_unless_that_is_one_of_its_names(void **state)
{
	static const struct {
		const char *expected;
		int named;
		bool fails;
	} rows[] = {
		{ WWID, 0, true },
		{ WWID, 1, false }, /* only which of its names is taken has changed */
		{ WWID, -ENOENT, false }, /* the device has no names of its own */
		{ "", 0, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_world_ struct world world;
		struct mp_reading reading = { .parts = MP_READ_IDENTITY | MP_READ_PROPS,
					      .named = rows[i].named,
					      .has_props = true };

		world_init(&world, "");
		reading.identity = world.identity;
		reading.devt = world.identity.devt;
		strcpy(reading.name, "sda");
		strcpy(reading.dir, "sda");
		strcpy(reading.expected, rows[i].expected);
		assert_int_equal(mp_props_add(&reading.props, "ID_SERIAL", "other"), 0);
		assert_int_equal(mp_props_add(&reading.props, "ID_WWN", "other"), 0);
		assert_int_equal(discovery_take(&world.made.daemon, &reading, INSPECT_EVENT), 1);
		assert_int_equal(strstr(mp_strbuf_text(&recorded.text), "fail_path") != NULL,
				 rows[i].fails);
		assert_string_equal(paths_find_name(&world.made.inventory, "sda")->path.map->wwid,
				    "other");
		mp_reading_fini(&reading);
	}
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

static void a_path_to_the_wrong_lun_is_failed_and_rescanned(void **state)
{
	_cleanup_world_ struct world world;

	(void)state;
	world_init(&world, "");
	discovery_wrong_wwid(world.path, "other", "w");
	recorded_expect("message w: fail_path 8:0\n"
			"rescan sda\n");
	assert_true(world.path->path.wrong_wwid);
	assert_false(mp_path_is_proven(&world.path->path));
	assert_string_equal(daemon_path_proof(world.path), "w"); /* news of the event */
	assert_true(world.map->dirty);

	world.path->path.wrong_wwid = false;
	mp_table_fini(&world.map->map.kernel.table);
	discovery_wrong_wwid(world.path, "other", "w");
	recorded_expect("rescan sda\n"); /* the kernel does not use it */
}

static void what_a_device_reports_chooses_checker_and_prioritizer(void **state)
{
	_cleanup_world_ struct world world;

	(void)state;
	world_init(&world, "");
	world.path->path.identity.tpgs = MP_TPGS_IMPLICIT;
	discovery_told_kind(world.path, 0, -1);
	assert_string_equal(world.path->path.checker, "tur"); /* nothing new */
	assert_null(world.path->path.prioritizer);
	discovery_told_kind(world.path, 1, -1);
	assert_string_equal(world.path->path.checker, "rdac");
	discovery_told_kind(world.path, 0, -1);
	assert_string_equal(world.path->path.checker, "tur");
	assert_string_equal(world.path->path.prioritizer, "alua");

	/* It announced ALUA but does not answer for it; reported only the first time. */
	world.path->path.priority = 50;
	discovery_told_priority(world.path, -EIO);
	assert_string_equal(world.path->path.prioritizer, "alua");
	world.path->path.priority = MP_PRIORITY_UNDEF;
	discovery_told_priority(world.path, -ETIMEDOUT);
	assert_string_equal(world.path->path.prioritizer, "alua");
	discovery_told_priority(world.path, -EIO);
	assert_string_equal(world.path->path.prioritizer, "const");
	assert_true(world.path->no_alua);
	recorded_expect("");
}

static void a_name_that_a_device_reports_is_stored_once(void **state)
{
	_cleanup_world_ struct world world;

	(void)state;
	world_init(&world, "");
	world.path->told_wwid = false;
	discovery_told_proof(world.path, "w");
	assert_null(world.path->proof);
	assert_string_equal(daemon_path_proof(world.path), "w");
	discovery_told_proof(world.path, "t10");
	assert_string_equal(daemon_path_proof(world.path), "t10");
}

static void
a_wwid_from_the_device_itself_gives_a_path_its_map_unless_it_is_blacklisted(void **state)
{
	static const struct {
		const char *config;
		const char *map; /* NULL: it is dropped */
	} rows[] = {
		{ "", "3600a" },
		{ "blacklist {\nwwid 3600a\n}\n", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_world_ struct world world;
		struct daemon_path *path;

		world_init(&world, rows[i].config);
		path = recorded_path(&world.made, 'c', NULL);
		path->path.init = MP_INIT_FAILED;
		discovery_told_wwid(path, "3600a");
		path = paths_find_name(&world.made.inventory, "sdc");
		assert_int_equal(path != NULL, rows[i].map != NULL);
		if (path)
			assert_string_equal(path->path.map->wwid, rows[i].map);
	}
}

static void udev_is_asked_a_limited_number_of_times(void **state)
{
	_cleanup_world_ struct world world;

	(void)state;
	world_init(&world, "defaults {\nretrigger_tries 2\n}\n");
	world.path->path.init = MP_INIT_MISSING_UDEV;
	discovery_on_missing_udev(world.path);
	discovery_on_missing_udev(world.path);
	recorded_expect("trigger change of \"\"\n"
			"trigger change of \"\"\n");
	assert_int_equal(world.path->path.init, MP_INIT_REQUESTED_UDEV);
	assert_int_equal(world.path->retriggers, 2);
}

static void a_disconnected_path_is_deleted_once_if_that_is_configured(void **state)
{
	(void)state;
	for (int purge = 0; purge < 2; purge++) {
		_cleanup_world_ struct world world;

		world_init(&world, "");
		world.map->map.settings.purge_disconnected = purge;
		discovery_disconnected(world.path);
		discovery_disconnected(world.path);
		recorded_expect(purge ? "delete sda\n" : "");
	}
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_device_is_compared_with_the_path_of_its_number),
		cmocka_unit_test(a_new_device_joins_its_map_and_is_checked),
		cmocka_unit_test(udev_is_asked_later_about_a_device_without_wwid),
		cmocka_unit_test(a_device_that_leads_to_another_lun_leaves_its_map),
		cmocka_unit_test(what_is_read_of_a_device_depends_on_why),
		cmocka_unit_test(
			a_path_that_leads_to_another_lun_gets_no_io_of_its_map_unless_that_is_one_of_its_names),
		cmocka_unit_test(an_event_doubts_a_path_and_marks_its_map_for_each_change),
		cmocka_unit_test(a_dropped_path_is_removed_from_a_load_and_counted),
		cmocka_unit_test(a_path_to_the_wrong_lun_is_failed_and_rescanned),
		cmocka_unit_test(what_a_device_reports_chooses_checker_and_prioritizer),
		cmocka_unit_test(a_name_that_a_device_reports_is_stored_once),
		cmocka_unit_test(
			a_wwid_from_the_device_itself_gives_a_path_its_map_unless_it_is_blacklisted),
		cmocka_unit_test(udev_is_asked_a_limited_number_of_times),
		cmocka_unit_test(a_disconnected_path_is_deleted_once_if_that_is_configured),
		cmocka_unit_test(udevs_name_for_page_0x83_is_compared_with_the_one_before),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
