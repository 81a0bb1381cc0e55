/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/reconcile.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "jobs-recorded.h"
#include "model/plan.h"
#include "model/reconcile.h"
#include "multipathd/control/claims.h"
#include "multipathd/control/queueing.h"
#include "multipathd/control/settings.h"
#include "multipathd/state/duties.h"

enum { PATHS_MAX = 20, SIZE = 16384 };

/* Paths are 8:0, 8:16, ... in order; each test changes what matters to it. */
struct world {
	struct mp_path paths[PATHS_MAX];
	const struct mp_path *pointers[PATHS_MAX];
	struct mp_map_settings settings;
	struct mp_kernel_map kernel;
	struct mp_queueing queueing;
	struct mp_observation seen;
};

static enum mp_path_state parse_state(const char *name, size_t length)
{
	for (int state = 0; state < MP_PATH_STATES; state++)
		if (strlen(mp_path_state_name(state)) == length &&
		    !strncmp(name, mp_path_state_name(state), length))
			return state;
	fail_msg("no such state: %s", name);
	return 0;
}

/* @paths: "up/50 down/10 ghost", state and priority of each */
static void world_init(struct world *world, const char *paths)
{
	memset(world, 0, sizeof(*world));
	world->settings = (struct mp_map_settings){
		.grouping = MP_GROUPING_MULTIBUS,
		.selector = "service-time 0",
		.features = "0",
		.handler = "0",
		.minio = 1,
		.failback = MP_FAILBACK_MANUAL,
		.retain_handler = true,
	};
	world->seen = (struct mp_observation){
		.wwid = "wwid",
		.name = "m",
		.allowed = true,
		.paths = world->pointers,
		.settings = &world->settings,
	};
	while (*paths) {
		size_t n = world->seen.path_count++, length = strcspn(paths, "/ ");
		struct mp_path *path = &world->paths[n];

		path->id = n + 1;
		mp_path_identity_forget_texts(&path->identity);
		path->identity.devt = makedev(8, 16 * n);
		path->identity.size_sectors = SIZE;
		path->identity.tpg = -1;
		path->init = MP_INIT_OK;
		path->state = parse_state(paths, length);
		path->priority = paths[length] == '/' ? atoi(paths + length + 1) : 1;
		path->prioritizer = "const";
		world->pointers[n] = path;
		paths += strcspn(paths, " ");
		paths += strspn(paths, " ");
	}
}

/* @failed: devices that the kernel has failed, "8:0 8:16" */
static void world_set_kernel(struct world *world, const char *table, const char *failed)
{
	world->kernel.exists = true;
	strcpy(world->kernel.name, "m");
	mp_table_fini(&world->kernel.table);
	assert_int_equal(mp_table_parse(table, &world->kernel.table), 0);
	world->kernel.table.size_sectors = SIZE;
	for (size_t i = 0; i < world->kernel.table.group_count; i++) {
		struct mp_table_group *group = &world->kernel.table.groups[i];

		group->state = MP_GROUP_ENABLED;
		for (size_t j = 0; j < group->path_count; j++) {
			char devt[32];

			snprintf(devt, sizeof(devt), "%u:%u", major(group->paths[j].devt),
				 minor(group->paths[j].devt));
			group->paths[j].state = strstr(failed, devt) ? MP_DM_FAILED : MP_DM_ACTIVE;
		}
	}
	world->seen.kernel = &world->kernel;
}

static void world_fini(struct world *world)
{
	mp_table_fini(&world->kernel.table);
}

/* @table: NULL if it does not matter. @steps: a line each, without the map's name. */
static void expect_of(struct world *world, const char *table, const char *steps,
		      struct mp_plan *plan)
{
	_cleanup_strbuf_ struct mp_strbuf buf = MP_STRBUF_INIT;

	assert_int_equal(mp_reconcile(&world->seen, plan), 0);
	mp_plan_format(plan, "", &buf);
	assert_string_equal(mp_strbuf_text(&buf), steps);
	if (table) {
		mp_strbuf_clear(&buf);
		mp_table_format(&plan->table, &buf);
		assert_string_equal(mp_strbuf_text(&buf), table);
	}
}

static void expect(struct world *world, const char *table, const char *steps)
{
	_cleanup_(mp_plan_fini) struct mp_plan plan = MP_PLAN_INIT;

	expect_of(world, table, steps, &plan);
}

#define CREATE ": create: the kernel has no map with this WWID\n"
#define ADDED ": reload: a path is not in the kernel's table\n"
#define GONE ": reload: the kernel's table has a path that must not be used\n"
#define GROUPED ": reload: paths are grouped differently\n"
#define FEATURES ": reload: features differ\n"
#define HANDLER ": reload: hardware handler differs\n"
#define SELECTOR ": reload: path selector differs\n"
#define MINIO ": reload: repeat count differs\n"
#define RENAME ": rename to m: configured name differs\n"
#define RESIZE ": resize: size of the paths differs\n"
#define FAIL_NEW(devt) ": fail path " devt ": path is not up, but a new table uses it\n"
#define FAIL(devt) ": fail path " devt ": path is not up, but the kernel uses it\n"
#define FAIL_WRONG(devt) ": fail path " devt ": path leads to another LUN\n"
#define REINSTATE(devt) ": reinstate path " devt ": path is up, but the kernel does not use it\n"
#define QUEUE ": queue if no path: no_path_retry asks for queueing\n"
#define NO_QUEUE ": fail if no path: I/O must not wait for paths\n"
#define SWITCH(group) ": switch to group " group ": another group is the best\n"
#define ONE_PATH "0 0 1 1 service-time 0 1 1 8:0 1"
#define ONE_GROUP "0 0 1 1 service-time 0 2 1 8:0 1 8:16 1"
#define TWO_GROUPS "0 0 2 1 service-time 0 1 1 8:0 1 service-time 0 1 1 8:16 1"
#define NO_GROUPS "0 0 0 0"
#define QUEUES "1 queue_if_no_path 0 1 1 service-time 0 2 1 8:0 1 8:16 1"

static void a_map_is_created_from_paths_of_any_state(void **state)
{
	static const struct {
		const char *paths, *table;
		bool no_active_path;
		const char *fails;
	} rows[] = {
		{ "up", ONE_PATH, false, "" },
		{ "up up", ONE_GROUP, false, "" },
		{ "down up", ONE_GROUP, false, FAIL_NEW("8:0") },
		{ "down down", ONE_GROUP, true, FAIL_NEW("8:0") FAIL_NEW("8:16") },
		{ "ghost down", ONE_GROUP, false, FAIL_NEW("8:16") },
		{ "pending down", ONE_GROUP, false, FAIL_NEW("8:16") },
		{ "unchecked unchecked", ONE_GROUP, true, "" },
		{ "wild shaky", ONE_GROUP, true, FAIL_NEW("8:16") },
		{ "timeout delayed", ONE_GROUP, true, FAIL_NEW("8:0") FAIL_NEW("8:16") },
		{ "removed disconnected", ONE_GROUP, true, "" },
		{ "up up up up up up up up",
		  "0 0 1 1 service-time 0 8 1 8:0 1 8:16 1 8:32 1 8:48 1 8:64 1 8:80 1 8:96 1 8:112 1",
		  false, "" },
	};
	char steps[256];
	struct world world;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_(mp_plan_fini) struct mp_plan plan = MP_PLAN_INIT;

		world_init(&world, rows[i].paths);
		snprintf(steps, sizeof(steps), CREATE "%s", rows[i].fails);
		expect_of(&world, rows[i].table, steps, &plan);
		assert_int_equal(plan.table.size_sectors, SIZE);
		assert_string_equal(plan.name, "m");
		assert_int_equal(plan.no_active_path, rows[i].no_active_path);
		assert_false(plan.read_only);
		assert_false(plan.force_udev);
	}
}

static void a_map_without_paths_is_not_created(void **state)
{
	struct world world;

	(void)state;
	world_init(&world, "");
	expect(&world, NO_GROUPS, "");
	world_init(&world, "up up");
	world.paths[0].wrong_wwid = true;
	world.paths[1].init = MP_INIT_REMOVED;
	expect(&world, NO_GROUPS, "");
}

static void a_map_with_the_wanted_table_needs_nothing(void **state)
{
	struct world world;

	(void)state;
	world_init(&world, "up up");
	world_set_kernel(&world, ONE_GROUP, "");
	expect(&world, ONE_GROUP, "");
	/* order of paths and of groups does not count */
	world_set_kernel(&world, "0 0 1 1 service-time 0 2 1 8:16 1 8:0 1", "");
	expect(&world, ONE_GROUP, "");
	world.settings.grouping = MP_GROUPING_FAILOVER;
	world_set_kernel(&world, "0 0 2 2 service-time 0 1 1 8:16 1 service-time 0 1 1 8:0 1", "");
	expect(&world, TWO_GROUPS, "");
	world_fini(&world);
}

static void paths_that_are_added_or_removed_cause_a_reload(void **state)
{
	struct world world;

	(void)state;
	world_init(&world, "up up");
	world_set_kernel(&world, ONE_PATH, "");
	expect(&world, ONE_GROUP, ADDED);
	world_set_kernel(&world, "0 0 1 1 service-time 0 3 1 8:0 1 8:16 1 8:32 1", "");
	expect(&world, ONE_GROUP, GONE);
	world_set_kernel(&world, "0 0 1 1 service-time 0 2 1 8:0 1 8:32 1", "");
	expect(&world, ONE_GROUP, ADDED);
	world_set_kernel(&world, ONE_GROUP, "");
	world.paths[1].init = MP_INIT_REMOVED;
	expect(&world, ONE_PATH, GONE);
	world_fini(&world);
}

static void an_empty_map_is_filled(void **state)
{
	struct world world;

	(void)state;
	world_init(&world, "up up");
	world_set_kernel(&world, NO_GROUPS, "");
	expect(&world, ONE_GROUP, ADDED);
	/* a device without any table */
	mp_table_fini(&world.kernel.table);
	expect(&world, ONE_GROUP, ADDED);
	world_fini(&world);
}

static void a_deferred_removal_is_canceled_when_there_are_paths(void **state)
{
	_cleanup_(mp_plan_fini) struct mp_plan plan = MP_PLAN_INIT;
	struct world world;

	(void)state;
	world_init(&world, "up up");
	world_set_kernel(&world, ONE_PATH, "");
	world.kernel.removal_deferred = true;
	expect_of(&world, ONE_GROUP, ": keep: it has paths again\n" ADDED, &plan);
	assert_true(plan.force_udev);
	world_fini(&world);

	world_init(&world, "");
	world_set_kernel(&world, ONE_PATH, "");
	world.kernel.removal_deferred = true;
	expect(&world, NULL, ": remove: the last path is gone\n");
	world_fini(&world);
}

static void paths_that_are_not_up_are_failed_in_a_new_table(void **state)
{
	struct world world;

	(void)state;
	world_init(&world, "up down shaky timeout delayed pending unchecked ghost");
	world_set_kernel(&world, ONE_PATH, "");
	expect(&world, NULL,
	       ADDED FAIL_NEW("8:16") FAIL_NEW("8:32") FAIL_NEW("8:48") FAIL_NEW("8:64"));
	world.seen.ghost_delay_runs = true;
	expect(&world, NULL, ADDED);
	world_fini(&world);
}

static void the_kernel_gets_the_states_found_by_checkers(void **state)
{
	static const struct {
		const char *path, *failed, *steps;
	} rows[] = {
		{ "up", "", "" },
		{ "up", "8:0", REINSTATE("8:0") },
		{ "ghost", "8:0", REINSTATE("8:0") },
		{ "down", "", FAIL("8:0") },
		{ "down", "8:0", "" },
		{ "shaky", "", FAIL("8:0") },
		{ "timeout", "", FAIL("8:0") },
		{ "pending", "", "" },
		{ "pending", "8:0", "" },
		{ "unchecked", "", "" },
		{ "unchecked", "8:0", "" },
		{ "wild", "", "" },
		{ "delayed", "8:0", "" },
		{ "removed", "", "" },
	};
	struct world world;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		world_init(&world, rows[i].path);
		world_set_kernel(&world, ONE_PATH, rows[i].failed);
		expect(&world, NULL, rows[i].steps);
		world.seen.ghost_delay_runs = true;
		expect(&world, NULL, "");
		world_fini(&world);
	}
}

static void a_lone_ghost_of_an_implicit_alua_array_stays_failed(void **state)
{
	struct world world;

	(void)state;
	world_init(&world, "ghost down");
	world.settings.handler = "1 rdac";
	world.paths[0].identity.tpgs = MP_TPGS_IMPLICIT;
	world_set_kernel(&world, "0 1 rdac 1 1 service-time 0 2 1 8:0 1 8:16 1", "8:0 8:16");
	expect(&world, NULL, "");
	world.paths[0].identity.tpgs = MP_TPGS_BOTH;
	expect(&world, NULL, REINSTATE("8:0"));
	world.paths[0].identity.tpgs = MP_TPGS_IMPLICIT;
	world.paths[1].state = MP_PATH_UP;
	expect(&world, NULL, REINSTATE("8:0") REINSTATE("8:16"));
	world_fini(&world);
}

static void a_disabled_group_with_a_path_that_is_up_is_enabled(void **state)
{
	struct world world;

	(void)state;
	world_init(&world, "up ghost");
	world.settings.grouping = MP_GROUPING_FAILOVER;
	world_set_kernel(&world, TWO_GROUPS, "");
	world.kernel.table.groups[0].state = MP_GROUP_DISABLED;
	world.kernel.table.groups[1].state = MP_GROUP_DISABLED;
	expect(&world, NULL, ": enable group 1: group is disabled, but has a path that is up\n");
	world_fini(&world);
}

static void doubt(struct world *world, unsigned path)
{
	mp_path_doubt(&world->paths[path]);
}

static void an_unproven_path_is_not_loaded(void **state)
{
	struct world world;

	(void)state;
	/* of a new map */
	world_init(&world, "up up");
	doubt(&world, 1);
	expect(&world, ONE_PATH, CREATE);
	/* but a path that is down is included */
	world.paths[1].state = MP_PATH_DOWN;
	expect(&world, ONE_GROUP, CREATE FAIL_NEW("8:16"));
	/* unless it is up and only does not report its WWID */
	world.paths[1].silent = true;
	expect(&world, ONE_PATH, CREATE);
	world.paths[1].silent = false;
	world.paths[1].state = MP_PATH_PENDING;
	expect(&world, ONE_PATH, CREATE);
	/* into a map that exists */
	world.paths[1].state = MP_PATH_UP;
	world_set_kernel(&world, ONE_PATH, "");
	expect(&world, ONE_PATH, "");
	world.paths[1].state = MP_PATH_DOWN;
	expect(&world, ONE_PATH, "");
	world.paths[1].proven_epoch = world.paths[1].epoch;
	world.paths[1].state = MP_PATH_UP;
	expect(&world, ONE_GROUP, ADDED);
	world_fini(&world);
}

static void an_unproven_path_leaves_with_the_next_load_and_not_before(void **state)
{
	struct world world;

	(void)state;
	world_init(&world, "up down up");
	doubt(&world, 1);
	world_set_kernel(&world, "0 0 1 1 service-time 0 3 1 8:0 1 8:16 1 8:32 1", "8:16");
	expect(&world, NULL, "");
	/* a load would activate it */
	world.seen.force_reload = true;
	expect(&world, "0 0 1 1 service-time 0 2 1 8:0 1 8:32 1", ": reload: reload requested\n");
	world.seen.force_reload = false;
	world_set_kernel(&world, "0 0 1 1 service-time 0 2 1 8:0 1 8:32 1", "");
	expect(&world, NULL, "");
	/* another load brings it back */
	world.paths[1].state = MP_PATH_UP;
	world.paths[1].proven_epoch = world.paths[1].epoch;
	expect(&world, "0 0 1 1 service-time 0 3 1 8:0 1 8:16 1 8:32 1", ADDED);
	world_fini(&world);
}

static void no_table_is_loaded_before_a_path_is_proven(void **state)
{
	_cleanup_(mp_plan_fini) struct mp_plan plan = MP_PLAN_INIT;
	struct world world;

	(void)state;
	world_init(&world, "up up");
	doubt(&world, 0);
	doubt(&world, 1);
	expect_of(&world, NO_GROUPS, "", &plan);
	assert_true(plan.awaits_proof);
	mp_plan_fini(&plan);

	/* Waiting I/O would go wherever they lead. Paths in use stay in use. */
	world_set_kernel(&world, "0 0 1 1 service-time 0 3 1 8:0 1 8:16 1 8:32 1", "");
	world.seen.force_reload = true;
	plan = (struct mp_plan)MP_PLAN_INIT;
	expect_of(&world, NULL, "", &plan);
	assert_true(plan.awaits_proof);
	mp_plan_fini(&plan);

	/* One proven path is enough. */
	world.paths[0].proven_epoch = world.paths[0].epoch;
	plan = (struct mp_plan)MP_PLAN_INIT;
	expect_of(&world, ONE_PATH, ": reload: reload requested\n", &plan);
	assert_false(plan.awaits_proof);
	world_fini(&world);
}

static void an_unproven_path_is_not_reinstated(void **state)
{
	struct world world;

	(void)state;
	world_init(&world, "up up");
	doubt(&world, 1);
	world_set_kernel(&world, ONE_GROUP, "8:16");
	expect(&world, NULL, "");
	world.paths[1].proven_epoch = world.paths[1].epoch;
	expect(&world, NULL, REINSTATE("8:16"));
	world_fini(&world);
}

static void a_path_is_in_one_map(void **state)
{
	bool elsewhere[] = { true, true };
	struct world world;

	(void)state;
	world_init(&world, "up up");
	world.seen.elsewhere = elsewhere;
	expect(&world, NO_GROUPS, "");
	elsewhere[0] = false;
	expect(&world, ONE_PATH, CREATE);
	world_set_kernel(&world, ONE_PATH, "");
	expect(&world, NULL, "");
	elsewhere[1] = false;
	expect(&world, ONE_GROUP, ADDED);
	world_fini(&world);
}

static void a_path_to_another_lun_gets_no_io(void **state)
{
	struct world world;

	(void)state;
	world_init(&world, "up up");
	world.paths[1].wrong_wwid = true;
	world_set_kernel(&world, ONE_GROUP, "");
	expect(&world, ONE_PATH, FAIL_WRONG("8:16") GONE);
	/* failed already: never reinstated */
	world_set_kernel(&world, ONE_GROUP, "8:16");
	expect(&world, NULL, GONE);
	/* even while no table may be loaded */
	world_set_kernel(&world, ONE_GROUP, "");
	world.seen.awaits_udev = true;
	expect(&world, NULL, FAIL_WRONG("8:16"));
	/* and it is never added to the table */
	world_set_kernel(&world, ONE_PATH, "");
	expect(&world, NULL, "");
	world_fini(&world);
}

static void priorities_order_groups(void **state)
{
	static const struct {
		const char *paths, *table, *steps;
	} rows[] = {
		{ "up/50 up/50 up/10 up/10",
		  "0 0 2 1 service-time 0 2 1 8:0 1 8:16 1 service-time 0 2 1 8:32 1 8:48 1",
		  CREATE },
		{ "up/10 up/10 up/50 up/50",
		  "0 0 2 1 service-time 0 2 1 8:32 1 8:48 1 service-time 0 2 1 8:0 1 8:16 1",
		  CREATE },
		{ "up/10 up/50 up/10 up/50",
		  "0 0 2 1 service-time 0 2 1 8:16 1 8:48 1 service-time 0 2 1 8:0 1 8:32 1",
		  CREATE },
		/* a group without usable path has priority 0, and is not the first to be used */
		{ "down/50 down/50 up/10 up/10",
		  "0 0 2 1 service-time 0 2 1 8:32 1 8:48 1 service-time 0 2 1 8:0 1 8:16 1",
		  CREATE FAIL_NEW("8:0") FAIL_NEW("8:16") },
		{ "up/-1 up/1", "0 0 2 1 service-time 0 1 1 8:16 1 service-time 0 1 1 8:0 1",
		  CREATE },
		{ "down/1 down/2", TWO_GROUPS, CREATE FAIL_NEW("8:0") FAIL_NEW("8:16") },
		{ "down/1 up/-1", "0 0 2 2 service-time 0 1 1 8:0 1 service-time 0 1 1 8:16 1",
		  CREATE FAIL_NEW("8:0") },
	};
	struct world world;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		world_init(&world, rows[i].paths);
		world.settings.grouping = MP_GROUPING_BY_PRIO;
		expect(&world, rows[i].table, rows[i].steps);
	}
}

static void a_priority_change_that_moves_paths_is_a_reload(void **state)
{
	struct world world;

	(void)state;
	world_init(&world, "up/50 up/10");
	world.settings.grouping = MP_GROUPING_BY_PRIO;
	world_set_kernel(&world, TWO_GROUPS, "");
	expect(&world, TWO_GROUPS, "");
	world.paths[1].priority = 50;
	expect(&world, ONE_GROUP, GROUPED);
	/* changed, but no path moves */
	world.paths[1].priority = 60;
	expect(&world, "0 0 2 1 service-time 0 1 1 8:16 1 service-time 0 1 1 8:0 1", "");
	world_fini(&world);
}

static void paths_stay_in_their_groups_until_a_new_prioritizer_has_answered(void **state)
{
	struct world world;

	(void)state;
	world_init(&world, "up/-1 up/-1");
	world.settings.grouping = MP_GROUPING_BY_PRIO;
	world_set_kernel(&world, TWO_GROUPS, "");
	expect(&world, ONE_GROUP, GROUPED); /* neither has a priority */
	world.paths[1].priority_awaited = true;
	expect(&world, NULL, "");
	world.settings.features = "2 pg_init_retries 5"; /* another reason to load */
	expect(&world, NULL, FEATURES);
	world.settings.features = "0";
	world.paths[1].state = MP_PATH_DOWN; /* it will not be asked */
	expect(&world, NULL, GROUPED FAIL_NEW("8:16"));
	world.settings.grouping = MP_GROUPING_MULTIBUS; /* which needs no priorities */
	world.paths[1].state = MP_PATH_UP;
	expect(&world, ONE_GROUP, GROUPED);
	world_fini(&world);
}

static void every_grouping_policy_can_be_configured(void **state)
{
	static const char each[] = "0 0 4 1 service-time 0 1 1 8:0 1 service-time 0 1 1 8:16 1 "
				   "service-time 0 1 1 8:32 1 service-time 0 1 1 8:48 1";
	static const struct {
		enum mp_grouping grouping;
		const char *paths, *table;
	} rows[] = {
		{ MP_GROUPING_FAILOVER, "up up up up", each },
		{ MP_GROUPING_MULTIBUS, "up up up up",
		  "0 0 1 1 service-time 0 4 1 8:0 1 8:16 1 8:32 1 8:48 1" },
		{ MP_GROUPING_BY_SERIAL, "up up up up",
		  "0 0 2 1 service-time 0 3 1 8:0 1 8:16 1 8:32 1 service-time 0 1 1 8:48 1" },
		{ MP_GROUPING_BY_PRIO, "up/3 up/2 up/2 up/3",
		  "0 0 2 1 service-time 0 2 1 8:0 1 8:48 1 service-time 0 2 1 8:16 1 8:32 1" },
		{ MP_GROUPING_BY_NODE_NAME, "up up up up",
		  "0 0 2 1 service-time 0 2 1 8:0 1 8:32 1 service-time 0 2 1 8:16 1 8:48 1" },
		/* the target port groups are unknown: one group per path */
		{ MP_GROUPING_BY_TPG, "up up up up", each },
	};
	struct world world;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		world_init(&world, rows[i].paths);
		for (int j = 0; j < 4; j++) {
			world.paths[j].identity.serial = j < 3 ? "S1" : "S2";
			world.paths[j].identity.target_wwnn = j % 2 ? "0xb" : "0xa";
		}
		world.settings.grouping = rows[i].grouping;
		expect(&world, rows[i].table, CREATE);
	}
}

static void prioritizers_that_distinguish_groups_choose_the_grouping(void **state)
{
	static const struct {
		const char *prioritizers[2];
		bool detect, by_tpg;
		enum mp_grouping configured;
		const char *table;
	} rows[] = {
		{ { "alua", "alua" }, true, false, MP_GROUPING_MULTIBUS, TWO_GROUPS },
		{ { "sysfs", "alua" }, true, false, MP_GROUPING_MULTIBUS, TWO_GROUPS },
		{ { "sysfs", NULL }, true, false, MP_GROUPING_MULTIBUS, TWO_GROUPS },
		{ { NULL, NULL }, true, false, MP_GROUPING_MULTIBUS, ONE_GROUP },
		{ { "alua", "const" }, true, false, MP_GROUPING_MULTIBUS, ONE_GROUP },
		{ { "alua", "alua" }, false, false, MP_GROUPING_MULTIBUS, ONE_GROUP },
		/* both paths are of one target port group */
		{ { "alua", "alua" }, true, true, MP_GROUPING_FAILOVER, ONE_GROUP },
		{ { "alua", "alua" }, false, true, MP_GROUPING_BY_TPG, ONE_GROUP },
		{ { "alua", "const" }, true, true, MP_GROUPING_BY_TPG, TWO_GROUPS },
		{ { NULL, NULL }, false, false, MP_GROUPING_BY_TPG, TWO_GROUPS },
	};
	struct world world;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		world_init(&world, "up/50 up/10");
		world.paths[0].identity.tpg = world.paths[1].identity.tpg = 1;
		world.paths[0].prioritizer = rows[i].prioritizers[0];
		world.paths[1].prioritizer = rows[i].prioritizers[1];
		world.seen.detect_grouping = rows[i].detect;
		world.seen.detect_grouping_by_tpg = rows[i].by_tpg;
		world.settings.grouping = rows[i].configured;
		expect(&world, rows[i].table, CREATE);
	}
}

static void marginal_paths_get_groups_of_their_own_if_configured(void **state)
{
	struct world world;

	(void)state;
	world_init(&world, "up up up");
	world.paths[0].marginal = true;
	expect(&world, "0 0 1 1 service-time 0 3 1 8:0 1 8:16 1 8:32 1", CREATE);
	world.settings.marginal_groups = MP_MARGINAL_ON;
	expect(&world, "0 0 2 1 service-time 0 2 1 8:16 1 8:32 1 service-time 0 1 1 8:0 1", CREATE);
	world.settings.marginal_groups = MP_MARGINAL_FPIN;
	world_set_kernel(&world, "0 0 1 1 service-time 0 3 1 8:0 1 8:16 1 8:32 1", "");
	expect(&world, NULL, GROUPED);
	world_fini(&world);
}

static void a_map_is_renamed_if_the_name_is_free(void **state)
{
	_cleanup_(mp_plan_fini) struct mp_plan plan = MP_PLAN_INIT;
	struct world world;

	(void)state;
	world_init(&world, "up up");
	world_set_kernel(&world, ONE_GROUP, "");
	strcpy(world.kernel.name, "old");
	expect(&world, NULL, RENAME);
	/* together with whatever else is needed */
	world.settings.grouping = MP_GROUPING_FAILOVER;
	expect(&world, NULL, RENAME GROUPED);
	world.seen.name_taken = true;
	expect_of(&world, NULL, GROUPED, &plan);
	assert_string_equal(plan.name, "old");
	world_fini(&world);
}

static void a_new_map_whose_name_is_taken_is_named_by_its_wwid(void **state)
{
	_cleanup_(mp_plan_fini) struct mp_plan plan = MP_PLAN_INIT;
	struct world world;

	(void)state;
	world_init(&world, "up up");
	world.seen.name_taken = true;
	expect_of(&world, ONE_GROUP, CREATE, &plan);
	assert_string_equal(plan.name, "wwid");
	world.seen.name = "wwid";
	expect(&world, NULL, ": reject: another device has its name\n");
}

static void a_map_without_wwid_is_rejected(void **state)
{
	struct world world;

	(void)state;
	world_init(&world, "up");
	world.seen.wwid = "";
	expect(&world, NULL, ": reject: there is no WWID\n");
}

static void a_map_with_another_target_is_left_alone(void **state)
{
	static const char rejected[] = ": reject: a device with that UUID is not a multipath map\n";
	struct world world;

	(void)state;
	world_init(&world, "up up");
	world_set_kernel(&world, NO_GROUPS, "");
	world.kernel.other_target = true;
	expect(&world, NULL, rejected);
	world.seen.force_reload = true;
	world.seen.allowed = false;
	expect(&world, NULL, rejected);
	world_fini(&world);
}

static void a_map_that_is_not_wanted_is_removed(void **state)
{
	struct world world;

	(void)state;
	world_init(&world, "up up");
	world.seen.allowed = false;
	expect(&world, NULL, "");
	world_set_kernel(&world, ONE_GROUP, "8:0");
	strcpy(world.kernel.name, "old");
	/* udev has it open, and would prevent its removal */
	world.seen.awaits_udev = true;
	expect(&world, ONE_GROUP, "");
	world.seen.awaits_udev = false;
	expect(&world, ONE_GROUP, ": remove: the configuration excludes it\n");
	world_fini(&world);
}

static void an_excluded_map_in_use_keeps_its_paths(void **state)
{
	static const struct {
		bool allowed, disowned;
		const char *kernel, *table;
	} rows[] = {
		{ true, true, ONE_GROUP, ONE_GROUP },
		{ true, true, QUEUES, QUEUES },
		{ false, true, QUEUES, QUEUES },
		{ false, true, ONE_GROUP, ONE_GROUP },
		/* the devices are gone: I/O that waits for them continues to wait */
		{ false, false, QUEUES, QUEUES },
	};
	struct world world;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		world_init(&world, "");
		world_set_kernel(&world, rows[i].kernel, "");
		world.seen.allowed = rows[i].allowed;
		world.seen.disowned = rows[i].disowned;
		expect(&world, rows[i].table, ": remove: the configuration excludes it\n");
		world_fini(&world);
	}
}

static void expected_paths_are_awaited(void **state)
{
	struct world world;

	(void)state;
	world_init(&world, "");
	world_set_kernel(&world, ONE_GROUP, "");
	world.seen.awaits_paths = true;
	expect(&world, ONE_GROUP, "");
	world_fini(&world);
}

static void the_first_path_with_a_size_gives_a_new_map_its_size(void **state)
{
	_cleanup_(mp_plan_fini) struct mp_plan plan = MP_PLAN_INIT;
	struct world world;

	(void)state;
	world_init(&world, "ghost up up up");
	world.paths[0].identity.size_sectors = 0;
	world.paths[1].identity.size_sectors = 100;
	world.paths[2].identity.size_sectors = 200;
	world.paths[3].identity.size_sectors = 100;
	expect_of(&world, "0 0 1 1 service-time 0 3 1 8:0 1 8:16 1 8:48 1", CREATE, &plan);
	assert_int_equal(plan.table.size_sectors, 100);
	for (int i = 0; i < 4; i++)
		world.paths[i].identity.size_sectors = 0;
	expect(&world, NULL, ": reject: no path has a known size\n");
}

static void a_map_keeps_its_size_unless_it_may_change(void **state)
{
	static const char other[] = "0 0 1 1 service-time 0 1 1 8:32 1";
	static const char rejected[] = ": reject: no path has the size of the map\n";
	static const struct {
		const char *kernel;
		uint64_t sizes[2];
		enum mp_auto_resize auto_resize;
		enum mp_auto_resize asked;
		const char *table, *steps;
	} rows[] = {
		/* members that grew stay, and the map with them */
		{ ONE_GROUP, { 2 * SIZE, SIZE }, MP_RESIZE_NEVER, MP_RESIZE_NEVER, ONE_GROUP, "" },
		{ ONE_GROUP,
		  { 2 * SIZE, 2 * SIZE },
		  MP_RESIZE_NEVER,
		  MP_RESIZE_NEVER,
		  ONE_GROUP,
		  "" },
		{ ONE_GROUP,
		  { 2 * SIZE, 2 * SIZE },
		  MP_RESIZE_NEVER,
		  MP_RESIZE_GROW_SHRINK,
		  ONE_GROUP,
		  RESIZE },
		{ ONE_GROUP,
		  { 2 * SIZE, 2 * SIZE },
		  MP_RESIZE_NEVER,
		  MP_RESIZE_GROW_ONLY,
		  ONE_GROUP,
		  RESIZE },
		{ ONE_GROUP,
		  { 2 * SIZE, SIZE },
		  MP_RESIZE_NEVER,
		  MP_RESIZE_GROW_ONLY,
		  ONE_GROUP,
		  "" },
		{ ONE_GROUP,
		  { SIZE / 2, SIZE / 2 },
		  MP_RESIZE_NEVER,
		  MP_RESIZE_GROW_ONLY,
		  ONE_GROUP,
		  rejected },
		{ ONE_GROUP,
		  { 2 * SIZE, 2 * SIZE },
		  MP_RESIZE_GROW_ONLY,
		  MP_RESIZE_NEVER,
		  ONE_GROUP,
		  RESIZE },
		{ ONE_GROUP,
		  { 2 * SIZE, 2 * SIZE },
		  MP_RESIZE_GROW_SHRINK,
		  MP_RESIZE_NEVER,
		  ONE_GROUP,
		  RESIZE },
		{ ONE_GROUP,
		  { 2 * SIZE, 0 },
		  MP_RESIZE_GROW_ONLY,
		  MP_RESIZE_NEVER,
		  ONE_GROUP,
		  RESIZE },
		/* paths that disagree move nothing */
		{ ONE_GROUP,
		  { 2 * SIZE, SIZE },
		  MP_RESIZE_GROW_SHRINK,
		  MP_RESIZE_GROW_SHRINK,
		  ONE_GROUP,
		  "" },
		/* a member that shrank is too small for the table */
		{ ONE_GROUP, { SIZE, SIZE / 2 }, MP_RESIZE_NEVER, MP_RESIZE_NEVER, ONE_PATH, GONE },
		{ ONE_GROUP,
		  { SIZE / 2, SIZE / 2 },
		  MP_RESIZE_NEVER,
		  MP_RESIZE_NEVER,
		  ONE_GROUP,
		  rejected },
		{ ONE_GROUP,
		  { SIZE / 2, SIZE / 2 },
		  MP_RESIZE_GROW_ONLY,
		  MP_RESIZE_NEVER,
		  ONE_GROUP,
		  rejected },
		{ ONE_GROUP,
		  { SIZE / 2, SIZE / 2 },
		  MP_RESIZE_GROW_SHRINK,
		  MP_RESIZE_NEVER,
		  ONE_GROUP,
		  RESIZE },
		{ ONE_GROUP,
		  { SIZE / 2, SIZE / 2 },
		  MP_RESIZE_NEVER,
		  MP_RESIZE_GROW_SHRINK,
		  ONE_GROUP,
		  RESIZE },
		/* a new path of another size stays outside */
		{ ONE_PATH, { SIZE, 2 * SIZE }, MP_RESIZE_NEVER, MP_RESIZE_NEVER, ONE_PATH, "" },
		{ ONE_PATH, { SIZE, SIZE / 2 }, MP_RESIZE_NEVER, MP_RESIZE_NEVER, ONE_PATH, "" },
		{ ONE_PATH, { SIZE, 0 }, MP_RESIZE_NEVER, MP_RESIZE_NEVER, ONE_GROUP, ADDED },
		{ other,
		  { 2 * SIZE, 2 * SIZE },
		  MP_RESIZE_NEVER,
		  MP_RESIZE_NEVER,
		  other,
		  rejected },
	};
	struct world world;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_(mp_plan_fini) struct mp_plan plan = MP_PLAN_INIT;
		bool resized = !strcmp(rows[i].steps, RESIZE);

		world_init(&world, "up up");
		world_set_kernel(&world, rows[i].kernel, "");
		world.paths[0].identity.size_sectors = rows[i].sizes[0];
		world.paths[1].identity.size_sectors = rows[i].sizes[1];
		world.settings.auto_resize = rows[i].auto_resize;
		world.seen.resize = rows[i].asked;
		expect_of(&world, rows[i].table, rows[i].steps, &plan);
		assert_int_equal(plan.table.size_sectors, resized ? rows[i].sizes[0] : SIZE);
		assert_int_equal(plan.force_udev, resized);
		world_fini(&world);
	}
}

static void an_offline_path_joins_when_it_can_be_opened(void **state)
{
	struct world world;

	(void)state;
	world_init(&world, "up down");
	world.paths[1].identity.offline = true;
	expect(&world, ONE_PATH, CREATE);
	world_set_kernel(&world, ONE_PATH, "");
	expect(&world, ONE_PATH, "");
	world.paths[1].state = MP_PATH_UP;
	expect(&world, ONE_GROUP, ADDED);
	/* a member that goes offline stays */
	world.paths[1].state = MP_PATH_DOWN;
	world_set_kernel(&world, ONE_GROUP, "8:16");
	expect(&world, ONE_GROUP, "");
	world.paths[0].identity.offline = true;
	world.paths[0].state = MP_PATH_DOWN;
	world.seen.kernel = NULL;
	expect(&world, NULL, ": reject: every path is offline\n");
	world_fini(&world);
}

static void features_follow_configuration_queueing_and_mode(void **state)
{
	static const struct {
		const char *configured;
		int no_path_retry;
		enum mp_protocol protocol;
		const char *features;
	} rows[] = {
		{ "0", MP_RETRY_UNSET, MP_PROTOCOL_SCSI_FCP, "0" },
		{ "0", MP_RETRY_FAIL, MP_PROTOCOL_SCSI_FCP, "0" },
		{ "0", MP_RETRY_QUEUE, MP_PROTOCOL_SCSI_FCP, "1 queue_if_no_path" },
		{ "0", 12, MP_PROTOCOL_SCSI_FCP, "1 queue_if_no_path" },
		{ "1 queue_if_no_path", MP_RETRY_FAIL, MP_PROTOCOL_SCSI_FCP, "0" },
		{ "2 pg_init_retries 50", MP_RETRY_QUEUE, MP_PROTOCOL_SCSI_FCP,
		  "3 pg_init_retries 50 queue_if_no_path" },
		{ "1 retain_attached_hw_handler", MP_RETRY_UNSET, MP_PROTOCOL_SCSI_FCP, "0" },
		{ "2 queue_mode bio", MP_RETRY_UNSET, MP_PROTOCOL_SCSI_FCP, "2 queue_mode bio" },
		{ "2 queue_mode mq", MP_RETRY_UNSET, MP_PROTOCOL_SCSI_FCP, "2 queue_mode mq" },
		{ "2 queue_mode often", MP_RETRY_UNSET, MP_PROTOCOL_SCSI_FCP, "0" },
		{ "0", MP_RETRY_QUEUE, MP_PROTOCOL_NVME_TCP, "3 queue_mode bio queue_if_no_path" },
		{ "2 queue_mode mq", MP_RETRY_UNSET, MP_PROTOCOL_NVME_TCP, "2 queue_mode bio" },
		{ "2 queue_mode bio", MP_RETRY_UNSET, MP_PROTOCOL_NVME_TCP, "2 queue_mode bio" },
	};
	struct world world;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_(mp_plan_fini) struct mp_plan plan = MP_PLAN_INIT;

		world_init(&world, "up up");
		world.paths[1].identity.protocol = rows[i].protocol;
		world.settings.features = rows[i].configured;
		world.settings.no_path_retry = rows[i].no_path_retry;
		expect_of(&world, NULL, CREATE, &plan);
		assert_string_equal(plan.table.features, rows[i].features);
	}
}

static void features_differ_by_meaning_not_by_text(void **state)
{
	static const struct {
		const char *configured, *kernel, *steps;
	} rows[] = {
		{ "2 pg_init_retries 50", "2 pg_init_retries 50", "" },
		{ "2 pg_init_retries 50", "0", FEATURES },
		{ "0", "2 pg_init_retries 50", FEATURES },
		{ "2 pg_init_retries 50", "2 pg_init_retries 5", FEATURES },
		{ "2 pg_init_retries 0", "0", "" },
		{ "4 pg_init_delay_msecs 10 pg_init_retries 50",
		  "4 pg_init_retries 50 pg_init_delay_msecs 10", "" },
		{ "2 queue_mode mq", "0", "" },
		{ "0", "1 retain_attached_hw_handler", "" },
		/* a map keeps its mode */
		{ "0", "2 queue_mode bio", "" },
		{ "2 queue_mode bio", "0", "" },
		{ "2 queue_mode bio", "2 queue_mode bio", "" },
	};
	struct world world;
	char table[256];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		world_init(&world, "up up");
		world.settings.features = rows[i].configured;
		snprintf(table, sizeof(table), "%s 0 1 1 service-time 0 2 1 8:0 1 8:16 1",
			 rows[i].kernel);
		world_set_kernel(&world, table, "");
		expect(&world, NULL, rows[i].steps);
		world_fini(&world);
	}
}

static void a_change_of_queueing_alone_is_a_message(void **state)
{
	static const struct {
		int policy;
		const char *paths, *kernel, *steps;
		bool expired, disabled;
	} rows[] = {
		{ MP_RETRY_UNSET, "up up", ONE_GROUP, "", false, false },
		{ MP_RETRY_UNSET, "up up", QUEUES, "", false, false },
		{ MP_RETRY_UNSET, "up up", QUEUES, NO_QUEUE, false, true },
		{ MP_RETRY_FAIL, "up up", ONE_GROUP, "", false, false },
		{ MP_RETRY_FAIL, "up up", QUEUES, NO_QUEUE, false, false },
		{ MP_RETRY_QUEUE, "up up", ONE_GROUP, QUEUE, false, false },
		{ MP_RETRY_QUEUE, "up up", QUEUES, "", false, false },
		{ MP_RETRY_QUEUE, "up up", QUEUES, NO_QUEUE, false, true },
		{ MP_RETRY_QUEUE, "wild wild", QUEUES, "", false, false },
		{ 5, "up up", ONE_GROUP, QUEUE, false, false },
		{ 5, "wild wild", ONE_GROUP, QUEUE, false, false },
		{ 5, "wild wild", QUEUES, NO_QUEUE, true, false },
		{ 5, "wild wild", ONE_GROUP, "", true, false },
		{ 5, "wild up", ONE_GROUP, QUEUE, true, false },
	};
	struct world world;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		world_init(&world, rows[i].paths);
		world_set_kernel(&world, rows[i].kernel, "");
		world.settings.no_path_retry = rows[i].policy;
		world.queueing.expired = rows[i].expired;
		world.queueing.disabled = rows[i].disabled;
		world.seen.queueing = &world.queueing;
		expect(&world, NULL, rows[i].steps);
		world_fini(&world);
	}
}

static void a_table_loaded_for_another_reason_sets_the_queueing(void **state)
{
	struct world world;

	(void)state;
	world_init(&world, "up up");
	world.settings.no_path_retry = MP_RETRY_QUEUE;
	world_set_kernel(&world, ONE_PATH, "");
	expect(&world, QUEUES, ADDED);
	/* without a policy the map's own mode is kept */
	world.settings.no_path_retry = MP_RETRY_UNSET;
	world_set_kernel(&world, "1 queue_if_no_path 0 1 1 service-time 0 1 1 8:0 1", "");
	expect(&world, QUEUES, ADDED);
	world_fini(&world);
}

static void the_handler_is_one_that_the_devices_support(void **state)
{
	static const struct {
		const char *configured, *attached;
		bool retain;
		enum mp_tpgs tpgs[2];
		const char *features, *handler;
	} rows[] = {
		{ "0", "", true, { MP_TPGS_NONE, MP_TPGS_NONE }, "0", "0" },
		{ "0", "", true, { MP_TPGS_IMPLICIT, MP_TPGS_EXPLICIT }, "0", "1 alua" },
		{ "0", "", true, { MP_TPGS_BOTH, MP_TPGS_UNKNOWN }, "0", "1 alua" },
		{ "0", "", true, { MP_TPGS_UNKNOWN, MP_TPGS_UNKNOWN }, "0", "0" },
		{ "0", "", true, { MP_TPGS_IMPLICIT, MP_TPGS_NONE }, "0", "0" },
		{ "1 alua", "", true, { MP_TPGS_IMPLICIT, MP_TPGS_IMPLICIT }, "0", "1 alua" },
		{ "1 alua", "", true, { MP_TPGS_IMPLICIT, MP_TPGS_NONE }, "0", "0" },
		{ "1 alua", "", true, { MP_TPGS_NONE, MP_TPGS_NONE }, "0", "0" },
		{ "1 rdac", "", true, { MP_TPGS_IMPLICIT, MP_TPGS_IMPLICIT }, "0", "1 rdac" },
		{ "2 hp_sw x", "", true, { MP_TPGS_NONE, MP_TPGS_NONE }, "0", "2 hp_sw x" },
		{ "0", "rdac", true, { MP_TPGS_NONE, MP_TPGS_NONE }, "0", "1 rdac" },
		{ "1 alua", "emc", true, { MP_TPGS_BOTH, MP_TPGS_BOTH }, "0", "1 emc" },
		{ "1 rdac", "emc", false, { MP_TPGS_NONE, MP_TPGS_NONE }, "0", "1 rdac" },
		{ "0", "alua", true, { MP_TPGS_IMPLICIT, MP_TPGS_IMPLICIT }, "0", "1 alua" },
		/* bio-based maps have none */
		{ "1 alua", "alua", true, { MP_TPGS_BOTH, MP_TPGS_BOTH }, "2 queue_mode bio", "0" },
	};
	struct world world;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_(mp_plan_fini) struct mp_plan plan = MP_PLAN_INIT;

		world_init(&world, "up up");
		world.settings.handler = rows[i].configured;
		world.settings.features = rows[i].features;
		world.settings.retain_handler = rows[i].retain;
		strcpy(world.paths[1].identity.handler, rows[i].attached);
		world.paths[0].identity.tpgs = rows[i].tpgs[0];
		world.paths[1].identity.tpgs = rows[i].tpgs[1];
		expect_of(&world, NULL, CREATE, &plan);
		assert_string_equal(plan.table.handler, rows[i].handler);
	}
}

static void a_retained_handler_is_no_difference(void **state)
{
	static const struct {
		const char *configured, *kernel;
		bool retain;
		const char *steps;
	} rows[] = {
		{ "0", "0", true, "" },
		{ "1 rdac", "1 rdac", true, "" },
		{ "1 rdac", "0", true, HANDLER },
		{ "0", "1 rdac", true, "" },
		{ "1 emc", "1 rdac", true, "" },
		{ "0", "1 rdac", false, HANDLER },
		{ "1 emc", "1 rdac", false, HANDLER },
		{ "2 rdac x", "1 rdac", false, "" }, /* the kernel shows no arguments */
	};
	struct world world;
	char table[256];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		world_init(&world, "up up");
		world.settings.handler = rows[i].configured;
		world.settings.retain_handler = rows[i].retain;
		snprintf(table, sizeof(table), "0 %s 1 1 service-time 0 2 1 8:0 1 8:16 1",
			 rows[i].kernel);
		world_set_kernel(&world, table, "");
		expect(&world, NULL, rows[i].steps);
		world_fini(&world);
	}
}

static void selectors_are_compared_with_the_arguments_that_were_given(void **state)
{
	static const struct {
		const char *configured, *kernel, *steps;
	} rows[] = {
		{ "service-time 0", "service-time 0", "" },
		{ "service-time", "service-time 0", "" },
		{ "round-robin 0", "service-time 0", SELECTOR },
		{ "queue-length 0", "queue-length 0", "" },
		{ "historical-service-time 0", "historical-service-time 2 1024 1", "" },
		{ "historical-service-time 1 1024", "historical-service-time 2 1024 1", "" },
		{ "historical-service-time 2 512 1", "historical-service-time 2 1024 1", SELECTOR },
		{ "historical-service-time 2 1024 2", "historical-service-time 2 1024 1",
		  SELECTOR },
		{ "historical-service-time 2 1024 1", "historical-service-time 0", SELECTOR },
	};
	struct world world;
	char table[256];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_(mp_plan_fini) struct mp_plan plan = MP_PLAN_INIT;

		world_init(&world, "up up");
		world.settings.selector = rows[i].configured;
		snprintf(table, sizeof(table), "0 0 1 1 %s 2 1 8:0 1 8:16 1", rows[i].kernel);
		world_set_kernel(&world, table, "");
		expect_of(&world, NULL, rows[i].steps, &plan);
		assert_string_equal(plan.table.groups[0].selector, rows[i].configured);
		world_fini(&world);
	}
}

static void repeat_counts_differ_only_where_the_kernel_keeps_them(void **state)
{
	static const struct {
		const char *selector;
		unsigned minio;
		const char *kernel_minio, *steps;
	} rows[] = {
		{ "round-robin 0", 1, "1", "" },
		{ "round-robin 0", 100, "100", "" },
		{ "round-robin 0", 100, "1", "" }, /* what every kernel since 4.6 shows */
		{ "round-robin 0", 100, "1000", MINIO },
		{ "service-time 0", 1, "1000", MINIO },
		{ "queue-length 0", 1, "2", MINIO },
		{ "historical-service-time 0", 1, "0", "" },
		{ "io-affinity 0", 1, "3", "" },
		{ "service-time 0", 0, "1", "" },
	};
	struct world world;
	char table[256];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		world_init(&world, "up up");
		world.settings.selector = rows[i].selector;
		world.settings.minio = rows[i].minio;
		snprintf(table, sizeof(table), "0 0 1 1 %s 2 1 8:0 %s 8:16 %s", rows[i].selector,
			 rows[i].kernel_minio, rows[i].kernel_minio);
		world_set_kernel(&world, table, "");
		expect(&world, NULL, rows[i].steps);
		world_fini(&world);
	}
}

static void priorities_multiply_the_repeat_count(void **state)
{
	struct world world;

	(void)state;
	world_init(&world, "up/50 up/0 up/-1 up/2000000000");
	world.settings.minio = 10;
	world.settings.weigh_by_priority = true;
	expect(&world, "0 0 1 1 service-time 0 4 1 8:0 500 8:16 10 8:32 10 8:48 4294967295",
	       CREATE);
}

static void write_protection_follows_the_paths(void **state)
{
	static const char differs[] = ": reload: write protection differs\n";
	_cleanup_(mp_plan_fini) struct mp_plan create = MP_PLAN_INIT, reload = MP_PLAN_INIT;
	struct world world;

	(void)state;
	world_init(&world, "up up");
	world.paths[1].identity.read_only = true;
	expect_of(&world, NULL, CREATE, &create);
	assert_true(create.read_only);
	world_set_kernel(&world, ONE_GROUP, "");
	expect_of(&world, NULL, differs, &reload);
	assert_true(reload.read_only);
	world.kernel.read_only = true;
	expect(&world, NULL, "");
	world.paths[1].identity.read_only = false;
	expect(&world, NULL, differs);
	world_fini(&world);
}

static void only_immediate_failback_switches_groups_in_a_plan(void **state)
{
	static const struct {
		int failback;
		const char *paths;
		unsigned current;
		const char *steps;
	} rows[] = {
		{ MP_FAILBACK_IMMEDIATE, "up/50 up/10", 2, SWITCH("1") },
		{ MP_FAILBACK_IMMEDIATE, "up/50 up/10", 1, "" },
		{ MP_FAILBACK_IMMEDIATE, "up/10 up/50", 1, SWITCH("2") },
		{ MP_FAILBACK_IMMEDIATE, "wild/50 up/10", 2, "" },
		{ MP_FAILBACK_IMMEDIATE, "wild/50 up/10", 1, SWITCH("2") },
		{ MP_FAILBACK_IMMEDIATE, "wild/50 wild/10", 2, "" },
		{ MP_FAILBACK_IMMEDIATE, "up/1 up/1", 2, SWITCH("1") },
		{ MP_FAILBACK_MANUAL, "up/50 up/10", 2, "" },
		{ MP_FAILBACK_FOLLOWOVER, "up/50 up/10", 2, "" },
		{ 10, "up/50 up/10", 2, "" },
	};
	struct world world;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		world_init(&world, rows[i].paths);
		world.settings.grouping = MP_GROUPING_FAILOVER;
		world.settings.failback = rows[i].failback;
		world_set_kernel(&world, TWO_GROUPS, "");
		world.kernel.table.start_group = rows[i].current;
		expect(&world, NULL, rows[i].steps);
		world.seen.awaits_udev = true;
		expect(&world, NULL, "");
		world_fini(&world);
	}
}

static void equal_groups_are_chosen_in_the_kernels_order(void **state)
{
	struct world world;

	(void)state;
	world_init(&world, "up up");
	world.settings.grouping = MP_GROUPING_FAILOVER;
	world.settings.failback = MP_FAILBACK_IMMEDIATE;
	world_set_kernel(&world, "0 0 2 1 service-time 0 1 1 8:16 1 service-time 0 1 1 8:0 1", "");
	expect(&world, NULL, "");
	world_fini(&world);
}

static void a_reload_can_be_forced(void **state)
{
	_cleanup_(mp_plan_fini) struct mp_plan forced = MP_PLAN_INIT, unready = MP_PLAN_INIT;
	struct world world;

	(void)state;
	world_init(&world, "up up");
	world_set_kernel(&world, ONE_GROUP, "");
	world.seen.force_reload = true;
	expect_of(&world, NULL, ": reload: reload requested\n", &forced);
	assert_true(forced.force_udev);
	world.seen.force_reload = false;
	world.seen.not_ready_in_udev = true;
	expect_of(&world, NULL, ": reload: udev considers the map unusable, but paths are active\n",
		  &unready);
	assert_true(unready.force_udev);
	world.paths[0].state = world.paths[1].state = MP_PATH_WILD;
	expect(&world, NULL, "");
	world_fini(&world);
}

static void nothing_is_loaded_while_udev_reads_a_usable_map(void **state)
{
	struct world world;

	(void)state;
	world_init(&world, "up down up");
	world_set_kernel(&world, ONE_GROUP, "");
	strcpy(world.kernel.name, "old");
	world.settings.no_path_retry = MP_RETRY_QUEUE;
	world.seen.awaits_udev = true;
	world.seen.force_reload = true;
	expect(&world, NULL, FAIL("8:16") QUEUE);
	world.seen.force_reload = false;
	/* udev would hang on an unusable map: it gets its path */
	world.paths[0].state = MP_PATH_DOWN;
	expect(&world, NULL, ADDED FAIL_NEW("8:0") FAIL_NEW("8:16"));
	world_set_kernel(&world, ONE_GROUP, "8:0");
	world.paths[0].state = MP_PATH_UP;
	expect(&world, NULL, ADDED FAIL_NEW("8:16"));
	world_fini(&world);
}

static void losing_the_last_path_removes_the_map_if_configured(void **state)
{
	static const char removed[] = ": remove: the last path is gone\n";
	static const char stopped[] = ": fail if no path: the last path is gone\n"
				      ": remove: the last path is gone\n";
	static const char waits[] = ": reload: the last path is gone, I/O waits for another one\n";
	static const char waiting[] = "1 queue_if_no_path 0 0 0";
	static const struct {
		enum mp_flush flush;
		const char *kernel;
		bool in_use;
		const char *table, *steps;
	} rows[] = {
		{ MP_FLUSH_NEVER, QUEUES, true, waiting, waits },
		{ MP_FLUSH_NEVER, QUEUES, false, waiting, waits },
		{ MP_FLUSH_NEVER, ONE_GROUP, true, NO_GROUPS, removed },
		{ MP_FLUSH_NEVER, ONE_GROUP, false, NO_GROUPS, removed },
		{ MP_FLUSH_UNUSED, QUEUES, true, waiting, waits },
		/* not known yet: I/O continues to wait */
		{ MP_FLUSH_UNUSED, QUEUES, false, waiting, removed },
		{ MP_FLUSH_UNUSED, ONE_GROUP, true, NO_GROUPS, removed },
		{ MP_FLUSH_UNUSED, ONE_GROUP, false, NO_GROUPS, removed },
		{ MP_FLUSH_ALWAYS, QUEUES, true, waiting, stopped },
		{ MP_FLUSH_ALWAYS, QUEUES, false, waiting, stopped },
		{ MP_FLUSH_ALWAYS, ONE_GROUP, true, NO_GROUPS, removed },
		/* waiting already */
		{ MP_FLUSH_NEVER, waiting, false, waiting, "" },
		{ MP_FLUSH_UNUSED, waiting, true, waiting, "" },
	};
	struct world world;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		world_init(&world, "");
		world_set_kernel(&world, rows[i].kernel, "");
		world.seen.in_use = rows[i].in_use;
		world.settings.flush_on_last_del = rows[i].flush;
		expect(&world, rows[i].table, rows[i].steps);
		world_fini(&world);
	}
}

static void paths_to_other_luns_do_not_keep_a_map(void **state)
{
	struct world world;

	(void)state;
	world_init(&world, "up");
	world.paths[0].wrong_wwid = true;
	world_set_kernel(&world, ONE_PATH, "");
	expect(&world, NO_GROUPS, FAIL_WRONG("8:0") ": remove: the last path is gone\n");
	world_fini(&world);
}

static void a_map_whose_ghosts_are_awaited_is_unusable_for_udev(void **state)
{
	_cleanup_(mp_plan_fini) struct mp_plan plan = MP_PLAN_INIT;
	struct world world;

	(void)state;
	world_init(&world, "ghost ghost");
	world.seen.ghost_delay_runs = true;
	expect_of(&world, ONE_GROUP, CREATE, &plan);
	assert_true(plan.no_active_path);
}

static void a_kernel_map_that_does_not_exist_is_not_found(void **state)
{
	struct world world;

	(void)state;
	world_init(&world, "up up");
	world.seen.kernel = &world.kernel;
	expect(&world, ONE_GROUP, CREATE);
}

/* A plan that was applied leaves nothing for the next run. */
static void a_plan_that_was_applied_leaves_nothing_to_do(void **state)
{
	static const char *const worlds[] = { "up/50 up/10", "up down", "down down",
					      "up/1 up/2 up/3 up/1 down/3", "ghost up" };
	static const char *const features[] = { "0", "2 queue_mode bio", "2 pg_init_retries 3",
						"2 queue_mode rq" };
	static const int policies[] = { MP_RETRY_UNSET, MP_RETRY_FAIL, MP_RETRY_QUEUE, 3 };
	const unsigned groupings = MP_GROUPING_BY_TPG + 1;

	(void)state;
	for (unsigned n = 0;
	     n < ARRAY_SIZE(worlds) * ARRAY_SIZE(features) * ARRAY_SIZE(policies) * groupings;
	     n++) {
		_cleanup_(mp_plan_fini) struct mp_plan plan = MP_PLAN_INIT;
		_cleanup_strbuf_ struct mp_strbuf buf = MP_STRBUF_INIT;
		struct world world;
		char failed[64] = "";
		unsigned rest = n;

		world_init(&world, worlds[rest % ARRAY_SIZE(worlds)]);
		rest /= ARRAY_SIZE(worlds);
		world.settings.features = features[rest % ARRAY_SIZE(features)];
		rest /= ARRAY_SIZE(features);
		world.settings.no_path_retry = policies[rest % ARRAY_SIZE(policies)];
		world.settings.grouping = rest / ARRAY_SIZE(policies);
		world.settings.failback = MP_FAILBACK_IMMEDIATE;
		assert_int_equal(mp_reconcile(&world.seen, &plan), 0);
		assert_non_null(mp_plan_find(&plan, MP_STEP_CREATE));
		mp_table_format(&plan.table, &buf);
		for (size_t i = 0; i < world.seen.path_count; i++)
			if (world.paths[i].state == MP_PATH_DOWN)
				sprintf(failed + strlen(failed), "8:%zu ", 16 * i);
		world_set_kernel(&world, mp_strbuf_text(&buf), failed);
		expect(&world, mp_strbuf_text(&buf), "");
		world_fini(&world);
	}
}

/* The daemon: from its maps to plans, and from plans to jobs. */

#define FIND(mode) "defaults {\nfind_multipaths " mode "\n}\n"
#define REJECTED "blacklist {\nwwid w\n}\n"
#define FRIENDLY "defaults {\nfind_multipaths greedy\nuser_friendly_names yes\n}\n"

enum {
	EXISTS = 1 << 0,
	NO_PATH = 1 << 1,
	REMOVED_BY_HAND = 1 << 2,
	FORCED = 1 << 3, /* the operator named it */
	WWIDS_READ = 1 << 4,
	FORCE_RELOAD = 1 << 5,
	/* of multipath(8) */
	KEEPS_EXISTING = 1 << 6,
	ONLY_ANOTHER = 1 << 7,
	CREATES_NONE = 1 << 8,
	NO_DAEMON = 1 << 9,
};

static const struct duties no_duties;

/* A map of one good path; not marked, and request 7 waits for it. */
static struct daemon_map *marked_init(struct made *made, const char *config, unsigned facts)
{
	struct daemon_map *map;

	recorded_init(made, config);
	map = made_map(made, "w");
	if (!(facts & NO_PATH))
		recorded_path(made, 'a', map);
	if (facts & EXISTS)
		recorded_table(map, "w", ONE_PATH);
	map->keep_uncreated = facts & REMOVED_BY_HAND;
	map->forced = facts & FORCED;
	map->wwids_read = facts & WWIDS_READ;
	map->force_reload = facts & FORCE_RELOAD;
	made->inventory.options.keeps_existing = facts & KEEPS_EXISTING;
	made->inventory.options.only_wwid = facts & ONLY_ANOTHER ? "another" : NULL;
	made->inventory.options.create = !(facts & CREATES_NONE);
	if (facts & NO_DAEMON)
		made->inventory.duties = &no_duties;
	settings_resolve(map);
	assert_int_equal(maps_wait(map, 7, false), 0);
	return map;
}

static void a_marked_map_is_planned_left_forgotten_or_waits_for_the_wwids_file(void **state)
{
	static const struct {
		const char *config;
		unsigned facts;
		enum reconcile_verdict verdict;
	} rows[] = {
		{ FIND("greedy"), 0, RECONCILE_ALLOWED },
		{ FIND("greedy"), EXISTS, RECONCILE_ALLOWED },
		{ FIND("greedy"), EXISTS | NO_PATH, RECONCILE_ALLOWED },
		{ FIND("greedy"), NO_PATH, RECONCILE_FORGET },
		{ FIND("greedy"), REMOVED_BY_HAND, RECONCILE_LEAVE },
		{ FIND("greedy"), REMOVED_BY_HAND | EXISTS, RECONCILE_ALLOWED },
		{ REJECTED, FORCED, RECONCILE_UNWANTED },
		{ REJECTED, EXISTS, RECONCILE_REJECTED },

		/* The file is read once. */
		{ FIND("strict"), 0, RECONCILE_AWAIT_WWIDS },
		{ FIND("strict"), WWIDS_READ, RECONCILE_UNWANTED },
		{ FIND("strict"), FORCED, RECONCILE_ALLOWED },
		{ FIND("strict"), EXISTS, RECONCILE_ALLOWED },
		{ FIND("yes"), 0, RECONCILE_AWAIT_WWIDS },
		{ FIND("smart"), 0, RECONCILE_AWAIT_WWIDS },
		{ FIND("no"), 0, RECONCILE_ALLOWED },
		{ FIND("strict"), NO_DAEMON, RECONCILE_UNWANTED }, /* it has just read the file */

		{ FIND("greedy"), EXISTS | KEEPS_EXISTING, RECONCILE_LEAVE },
		{ FIND("greedy"), EXISTS | KEEPS_EXISTING | FORCE_RELOAD, RECONCILE_ALLOWED },
		{ FIND("greedy"), KEEPS_EXISTING, RECONCILE_ALLOWED },
		{ FIND("greedy"), ONLY_ANOTHER, RECONCILE_LEAVE },
		{ FIND("greedy"), CREATES_NONE, RECONCILE_LEAVE },
		{ FIND("greedy"), CREATES_NONE | EXISTS, RECONCILE_ALLOWED },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_recorded_ struct made made;
		struct daemon_map *map = marked_init(&made, rows[i].config, rows[i].facts);
		const char *why = NULL;
		enum reconcile_verdict verdict = reconcile_judge(map, &why);

		if (verdict != rows[i].verdict)
			fail_msg("row %zu: verdict %d, not %d", i, verdict, rows[i].verdict);
		assert_true((verdict != RECONCILE_UNWANTED && verdict != RECONCILE_REJECTED) ||
			    why);
		recorded_expect("");
	}
}

static void a_marked_map_is_planned_and_the_plan_is_applied(void **state)
{
	static const struct {
		const char *config;
		unsigned facts;
		const char *requests;
	} rows[] = {
		{ FIND("greedy"), 0, "create w: 2048 " ONE_PATH "\n" },
		{ FRIENDLY, 0, "" }, /* its binding is written first */
		{ FIND("strict"), 0, "read the WWIDs for w\n" },
		{ FIND("strict"), WWIDS_READ, "reply 7: fail\n" },
		{ FIND("greedy"), NO_PATH, "reply 7: fail\n" },
		{ FIND("greedy"), EXISTS, "WWID w is known from now on\nclaim sda\nreply 7: ok\n" },
		{ FIND("greedy"), EXISTS | NO_DAEMON, "reply 7: ok\n" },
		{ FIND("greedy"), EXISTS | FORCE_RELOAD,
		  "WWID w is known from now on\n"
		  "claim sda\n"
		  "load w: 2048 " ONE_PATH "\n" },
		{ REJECTED, EXISTS, "remove w\n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_recorded_ struct made made;
		struct daemon_map *map = marked_init(&made, rows[i].config, rows[i].facts);
		struct mp_path *path;

		cds_list_for_each_entry(path, &map->map.paths, in_map)
			path->identity.size_sectors = 2048;
		map->kind->on_touched(map);
		recorded_expect(rows[i].requests);
	}
}

static void no_map_is_planned_while_its_paths_are_tuned(void **state)
{
	_cleanup_recorded_ struct made made;
	struct daemon_map *map = marked_init(&made, FIND("greedy"), 0);

	(void)state;
	recorded.tunes = true;
	map->kind->on_touched(map);
	recorded_expect("tune w\n");
	assert_int_equal(map->busy, 0);
	made.marks = 0;
	recorded.tuning_ended(&made.daemon, NULL); /* another path is still being tuned */
	assert_int_equal(made.marks, 0);
	recorded.tuning_ended(&made.daemon, map);
	assert_int_equal(made.marks, 1);
}

static void add_path_succeeds_without_a_map(void **state)
{
	_cleanup_recorded_ struct made made;
	struct daemon_map *map = marked_init(&made, FIND("strict"), WWIDS_READ);

	(void)state;
	assert_int_equal(maps_wait(map, 8, true), 0);
	map->kind->on_touched(map);
	recorded_expect("reply 8: ok\n"
			"reply 7: fail\n");
	assert_false(map->wwids_read);
}

static void a_new_map_of_ghosts_alone_begins_its_delay(void **state)
{
	_cleanup_recorded_ struct made made;
	struct daemon_map *map =
		marked_init(&made, "defaults {\nfind_multipaths greedy\nghost_delay 20\n}\n", 0);
	struct daemon_path *path = paths_find_name(&made.inventory, "sda");

	(void)state;
	path->path.state = path->answered_state = MP_PATH_GHOST;
	path->path.identity.size_sectors = 2048;
	map->kind->on_touched(map);
	recorded_expect("timer in 20 s\n"
			"create w: 2048 " ONE_PATH "\n");
	assert_true(recorded.table->flags.no_paths);
}

static void a_plan_leaves_out_paths_and_names_of_other_maps(void **state)
{
	_cleanup_(mp_plan_fini) struct mp_plan plan = MP_PLAN_INIT;
	_cleanup_recorded_ struct made made;
	struct daemon_map *map = marked_init(&made, FIND("greedy"), 0), *other;
	struct daemon_path *path = paths_find_name(&made.inventory, "sda");

	(void)state;
	path->path.identity.size_sectors = 2048;
	other = made_map(&made, "x");
	recorded_table(other, "data", ONE_PATH);
	assert_int_equal(reconcile_plan(map, true, &plan), 0);
	assert_null(mp_plan_find(&plan, MP_STEP_CREATE));
	/* A plan changes nothing: the path is not waited for yet. */
	assert_false(path->elsewhere || made.inventory.has_elsewhere);
	map->kind->on_touched(map);
	assert_true(path->elsewhere && made.inventory.has_elsewhere);
	recorded_expect("reply 7: ok\n");

	/* That map drops the path, and keeps the name. */
	mp_table_fini(&other->map.kernel.table);
	paths_let_go(&made.inventory);
	assert_true(map->dirty);
	maps_rename(map, "data");
	mp_plan_fini(&plan);
	plan = (struct mp_plan)MP_PLAN_INIT;
	assert_int_equal(reconcile_plan(map, true, &plan), 0);
	assert_non_null(mp_plan_find(&plan, MP_STEP_CREATE));
	assert_string_equal(plan.name, "w");
}

/* One turn of the loop, in which only the pass runs. */
static void many_marks_cause_one_pass_that_leaves_out_busy_maps(void **state)
{
	_cleanup_recorded_ struct made made;
	struct daemon_map *map = marked_init(&made, FIND("greedy"), 0), *busy, *unanswered;
	struct mp_path *path;

	(void)state;
	busy = made_map(&made, "b");
	recorded_path(&made, 'b', busy);
	busy->busy = 1;
	unanswered = made_map(&made, "u");
	recorded_path(&made, 'c', unanswered)->answered = false;
	cds_list_for_each_entry(path, &made.inventory.paths, in_all)
		path->identity.size_sectors = 2048;
	assert_int_equal(reconcile_new(&made.daemon, &made.daemon.reconcile), 0);
	made.inventory.on_marked = reconcile_later;
	maps_touch(map, "once");
	maps_touch(busy, "why");
	maps_touch(unanswered, "why");
	maps_touch(map, "twice");
	recorded_expect("");
	assert_true(sd_event_run(made.daemon.event, 0) > 0);
	recorded_expect("create w: 2048 " ONE_PATH "\n");
	assert_false(map->dirty);
	assert_true(busy->dirty && unanswered->dirty);
	assert_int_equal(sd_event_run(made.daemon.event, 0), 0);

	busy->busy = 0;
	inventory_wake(&made.inventory);
	assert_true(sd_event_run(made.daemon.event, 0) > 0);
	recorded_expect("create b: 2048 0 0 1 1 service-time 0 1 1 8:16 1\n");
	reconcile_free(made.daemon.reconcile);
}

/* The worker's answer: the disk of the table is gone. */
static void answer_gone(struct daemon_map *map)
{
	struct holdings_job *job = calloc(1, sizeof(*job) + sizeof(*job->holdings));

	assert_non_null(job);
	job->daemon = map->inventory->daemon;
	strcpy(job->wwid, map->map.wwid);
	job->number = recorded.holdings_number;
	job->count = 1;
	job->holdings[0] = (struct holding){ .devt = makedev(8, 0), .reading.error = -ENODEV };
	recorded.holdings_ended(job);
	free(job);
}

static void a_map_without_paths_is_decided_when_its_disks_have_been_read(void **state)
{
	_cleanup_recorded_ struct made made;
	struct daemon_map *map = marked_init(&made, FIND("greedy"), EXISTS | NO_PATH), *other;

	(void)state;
	other = made_map(&made, "x");
	recorded_path(&made, 'b', other)->path.identity.size_sectors = 2048;
	assert_int_equal(reconcile_new(&made.daemon, &made.daemon.reconcile), 0);
	made.inventory.on_marked = reconcile_later;
	maps_touch(map, "why");
	maps_touch(other, "why");
	assert_true(sd_event_run(made.daemon.event, 0) > 0);
	/* The other map does not wait for it. */
	recorded_expect("read the disks of w\n"
			"create x: 2048 0 0 1 1 service-time 0 1 1 8:16 1\n");
	queueing_step(map);
	maps_touch(map, "why");
	assert_true(sd_event_run(made.daemon.event, 0) > 0);
	recorded_expect("");
	assert_true(map->dirty);

	/* An event comes meanwhile: they are read again. */
	claims_forget_disk(&made.inventory, makedev(8, 0));
	answer_gone(map);
	assert_true(sd_event_run(made.daemon.event, 0) > 0);
	recorded_expect("read the disks of w\n");
	answer_gone(map);
	recorded_forget();
	assert_true(sd_event_run(made.daemon.event, 0) > 0);
	recorded_expect("remove w\n");
	reconcile_free(made.daemon.reconcile);
}

static void a_map_waits_while_another_one_may_need_its_path(void **state)
{
	_cleanup_recorded_ struct made made;
	struct daemon_map *map = marked_init(&made, FIND("greedy"), 0), *user;

	(void)state;
	user = made_map(&made, "x");
	recorded_table(user, "data", ONE_PATH);
	user->map.kernel.open_count = 1;
	assert_int_equal(reconcile_new(&made.daemon, &made.daemon.reconcile), 0);
	made.inventory.on_marked = reconcile_later;
	maps_touch(map, "why");
	user->disks.wanted = true;
	maps_touch(user, "why");
	assert_true(sd_event_run(made.daemon.event, 0) > 0);
	recorded_expect("read the disks of x\n");
	assert_true(map->dirty && !map->map.kernel.exists);

	/* It leads to another LUN. */
	answer_gone(user);
	recorded_forget();
	assert_false(user->disks.wanted);
	assert_true(sd_event_run(made.daemon.event, 0) > 0);
	assert_false(map->dirty);
	reconcile_free(made.daemon.reconcile);
}

static void paths_are_grouped_by_serial_when_the_serials_have_been_read(void **state)
{
	_cleanup_recorded_ struct made made;
	struct daemon_map *map = marked_init(
		&made,
		"defaults {\nfind_multipaths greedy\npath_grouping_policy group_by_serial\n}\n", 0);
	struct daemon_path *path = paths_find_name(&made.inventory, "sda");

	(void)state;
	path->path.identity.size_sectors = 2048;
	map->kind->on_touched(map);
	recorded_expect("read the paths of w, or go on without\n");
	path->was_read = true; /* it has none */
	map->kind->on_touched(map);
	recorded_expect("create w: 2048 " ONE_PATH "\n");
}

static void a_map_is_created_when_its_disks_have_been_compared_with_labels(void **state)
{
	_cleanup_recorded_ struct made made;
	struct daemon_map *map = marked_init(&made, FIND("greedy"), 0);
	struct daemon_path *path = paths_find_name(&made.inventory, "sda");

	(void)state;
	path->path.identity.size_sectors = 2048;
	mp_strbuf_puts(&made.inventory.geom_notes, "known U L w\n");
	map->kind->on_touched(map);
	recorded_expect("read the paths of w\n");
	path->was_read = true;
	path->scanned = strdup("w");
	map->kind->on_touched(map);
	recorded_expect("reply 7: fail\n"); /* gmultipath has a label on it */
	free(path->scanned);
	path->scanned = strdup("another");
	map->kind->on_touched(map);
	recorded_expect("create w: 2048 " ONE_PATH "\n");
	mp_strbuf_fini(&made.inventory.geom_notes);
}

static void nothing_is_reconciled_while_paths_are_gathered(void **state)
{
	_cleanup_recorded_ struct made made;
	struct daemon_map *map = marked_init(&made, FIND("greedy"), 0);

	(void)state;
	paths_find_name(&made.inventory, "sda")->path.identity.size_sectors = 2048;
	assert_int_equal(reconcile_new(&made.daemon, &made.daemon.reconcile), 0);
	made.inventory.on_marked = reconcile_later;
	made.daemon.gathering = true;
	maps_touch(map, "why");
	assert_true(sd_event_run(made.daemon.event, 0) > 0);
	recorded_expect("");
	assert_true(map->dirty);
	assert_true(daemon_is_busy(&made.daemon));

	made.daemon.gathering = false;
	inventory_wake(&made.inventory);
	assert_true(sd_event_run(made.daemon.event, 0) > 0);
	recorded_expect("create w: 2048 " ONE_PATH "\n");
	assert_false(map->dirty);
	reconcile_free(made.daemon.reconcile);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_map_is_created_from_paths_of_any_state),
		cmocka_unit_test(a_map_without_paths_is_not_created),
		cmocka_unit_test(a_map_with_the_wanted_table_needs_nothing),
		cmocka_unit_test(paths_that_are_added_or_removed_cause_a_reload),
		cmocka_unit_test(an_empty_map_is_filled),
		cmocka_unit_test(a_deferred_removal_is_canceled_when_there_are_paths),
		cmocka_unit_test(paths_that_are_not_up_are_failed_in_a_new_table),
		cmocka_unit_test(the_kernel_gets_the_states_found_by_checkers),
		cmocka_unit_test(a_lone_ghost_of_an_implicit_alua_array_stays_failed),
		cmocka_unit_test(a_disabled_group_with_a_path_that_is_up_is_enabled),
		cmocka_unit_test(an_unproven_path_is_not_loaded),
		cmocka_unit_test(an_unproven_path_leaves_with_the_next_load_and_not_before),
		cmocka_unit_test(no_table_is_loaded_before_a_path_is_proven),
		cmocka_unit_test(an_unproven_path_is_not_reinstated),
		cmocka_unit_test(a_path_is_in_one_map),
		cmocka_unit_test(a_path_to_another_lun_gets_no_io),
		cmocka_unit_test(priorities_order_groups),
		cmocka_unit_test(a_priority_change_that_moves_paths_is_a_reload),
		cmocka_unit_test(paths_stay_in_their_groups_until_a_new_prioritizer_has_answered),
		cmocka_unit_test(every_grouping_policy_can_be_configured),
		cmocka_unit_test(prioritizers_that_distinguish_groups_choose_the_grouping),
		cmocka_unit_test(marginal_paths_get_groups_of_their_own_if_configured),
		cmocka_unit_test(a_map_is_renamed_if_the_name_is_free),
		cmocka_unit_test(a_new_map_whose_name_is_taken_is_named_by_its_wwid),
		cmocka_unit_test(a_map_without_wwid_is_rejected),
		cmocka_unit_test(a_map_with_another_target_is_left_alone),
		cmocka_unit_test(a_map_that_is_not_wanted_is_removed),
		cmocka_unit_test(an_excluded_map_in_use_keeps_its_paths),
		cmocka_unit_test(expected_paths_are_awaited),
		cmocka_unit_test(the_first_path_with_a_size_gives_a_new_map_its_size),
		cmocka_unit_test(a_map_keeps_its_size_unless_it_may_change),
		cmocka_unit_test(an_offline_path_joins_when_it_can_be_opened),
		cmocka_unit_test(features_follow_configuration_queueing_and_mode),
		cmocka_unit_test(features_differ_by_meaning_not_by_text),
		cmocka_unit_test(a_change_of_queueing_alone_is_a_message),
		cmocka_unit_test(a_table_loaded_for_another_reason_sets_the_queueing),
		cmocka_unit_test(the_handler_is_one_that_the_devices_support),
		cmocka_unit_test(a_retained_handler_is_no_difference),
		cmocka_unit_test(selectors_are_compared_with_the_arguments_that_were_given),
		cmocka_unit_test(repeat_counts_differ_only_where_the_kernel_keeps_them),
		cmocka_unit_test(priorities_multiply_the_repeat_count),
		cmocka_unit_test(write_protection_follows_the_paths),
		cmocka_unit_test(only_immediate_failback_switches_groups_in_a_plan),
		cmocka_unit_test(equal_groups_are_chosen_in_the_kernels_order),
		cmocka_unit_test(a_reload_can_be_forced),
		cmocka_unit_test(nothing_is_loaded_while_udev_reads_a_usable_map),
		cmocka_unit_test(losing_the_last_path_removes_the_map_if_configured),
		cmocka_unit_test(paths_to_other_luns_do_not_keep_a_map),
		cmocka_unit_test(a_map_whose_ghosts_are_awaited_is_unusable_for_udev),
		cmocka_unit_test(a_kernel_map_that_does_not_exist_is_not_found),
		cmocka_unit_test(a_plan_that_was_applied_leaves_nothing_to_do),
		cmocka_unit_test(
			a_marked_map_is_planned_left_forgotten_or_waits_for_the_wwids_file),
		cmocka_unit_test(a_marked_map_is_planned_and_the_plan_is_applied),
		cmocka_unit_test(no_map_is_planned_while_its_paths_are_tuned),
		cmocka_unit_test(add_path_succeeds_without_a_map),
		cmocka_unit_test(a_new_map_of_ghosts_alone_begins_its_delay),
		cmocka_unit_test(a_map_is_created_when_its_disks_have_been_compared_with_labels),
		cmocka_unit_test(a_map_waits_while_another_one_may_need_its_path),
		cmocka_unit_test(paths_are_grouped_by_serial_when_the_serials_have_been_read),
		cmocka_unit_test(a_map_without_paths_is_decided_when_its_disks_have_been_read),
		cmocka_unit_test(a_plan_leaves_out_paths_and_names_of_other_maps),
		cmocka_unit_test(many_marks_cause_one_pass_that_leaves_out_busy_maps),
		cmocka_unit_test(nothing_is_reconciled_while_paths_are_gathered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
