/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/steps.h"

#include <errno.h>

#include "jobs-recorded.h"
#include "model/plan.h"

#define ONE_PATH "0 0 1 1 round-robin 0 1 1 8:0 1"
#define TWO_PATHS "0 0 1 1 round-robin 0 2 1 8:0 1 8:16 1"
#define NO_PATHS "0 0 0 0"

/* Replaces that of the C library: there is no memory while the test says so. */
static bool memory_is_used_up;

void *calloc(size_t count, size_t size)
{
	/* otherwise the compiler makes it a call of this */
	static void *(*volatile fill)(void *, int, size_t) = memset;
	void *memory = memory_is_used_up ? NULL : malloc(count * size);

	return memory ? fill(memory, 0, count * size) : NULL;
}

/* A map of sda and sdb, and a plan for it. */
struct world {
	struct made made;
	struct daemon_map *map;
	struct daemon_path *paths[2];
	struct mp_plan plan;
};

/* @table: in the kernel; NULL: it is not there */
static void world_init(struct world *world, const char *table)
{
	recorded_init(&world->made, "");
	world->map = made_map(&world->made, "w");
	for (size_t i = 0; i < ARRAY_SIZE(world->paths); i++)
		world->paths[i] = recorded_path(&world->made, 'a' + i, world->map);
	if (table)
		recorded_table(world->map, "mpatha", table);
	world->plan = (struct mp_plan)MP_PLAN_INIT;
}

static void world_fini(struct world *world)
{
	mp_plan_fini(&world->plan);
	recorded_fini(&world->made);
}

#define _cleanup_world_ _cleanup_(world_fini)

/* @kinds ends with STOP; failures are of sdb, groups the second. */
#define STOP -1

static void world_plan(struct world *world, const int *kinds, const char *table)
{
	for (; *kinds != STOP; kinds++) {
		const struct mp_step step = {
			.kind = *kinds,
			.reason = "why",
			.devt = makedev(8, 16),
			.group = 2,
		};

		assert_int_equal(mp_plan_add(&world->plan, step), 0);
	}
	assert_int_equal(mp_table_parse(table, &world->plan.table), 0);
	world->plan.table.size_sectors = 2048;
}

static void the_steps_of_a_plan_become_operations_and_messages_in_order(void **state)
{
	static const struct {
		const char *kernel; /* table; NULL: the map does not exist */
		int kinds[6];
		const char *table;
		int result;
		const char *requests;
	} rows[] = {
		{ TWO_PATHS, { STOP }, TWO_PATHS, 0, "" },
		{ NULL, { MP_STEP_CREATE, STOP }, TWO_PATHS, 1, "create w: 2048 " TWO_PATHS "\n" },
		/* A load makes every path active: one that has failed must be failed again. */
		{ NULL,
		  { MP_STEP_CREATE, MP_STEP_FAIL_PATH, STOP },
		  TWO_PATHS,
		  1,
		  "create w: 2048 " TWO_PATHS ", not using 8:16\n" },
		{ ONE_PATH,
		  { MP_STEP_RELOAD, MP_STEP_FAIL_PATH, STOP },
		  TWO_PATHS,
		  1,
		  "load mpatha: 2048 " TWO_PATHS ", not using 8:16\n" },
		/* A path that is failed before the load is not in the new table. */
		{ TWO_PATHS,
		  { MP_STEP_FAIL_PATH, MP_STEP_RELOAD, STOP },
		  ONE_PATH,
		  1,
		  "message w: fail_path 8:16\n"
		  "load mpatha: 2048 " ONE_PATH "\n" },
		{ TWO_PATHS, { MP_STEP_RENAME, STOP }, TWO_PATHS, 1, "rename mpatha\n" },
		{ ONE_PATH,
		  { MP_STEP_RENAME, MP_STEP_RELOAD, STOP },
		  TWO_PATHS,
		  1,
		  "rename load mpatha: 2048 " TWO_PATHS "\n" },
		{ TWO_PATHS,
		  { MP_STEP_RESIZE, STOP },
		  TWO_PATHS,
		  1,
		  "resize load mpatha: 2048 " TWO_PATHS "\n" },
		{ TWO_PATHS,
		  { MP_STEP_KEEP, MP_STEP_FAIL_PATH, MP_STEP_REINSTATE_PATH, STOP },
		  TWO_PATHS,
		  0,
		  "message w: cancel the deferred removal\n"
		  "message w: fail_path 8:16\n"
		  "message w: reinstate_path 8:16\n" },
		{ TWO_PATHS,
		  { MP_STEP_QUEUE, MP_STEP_ENABLE_GROUP, STOP },
		  TWO_PATHS,
		  0,
		  "message w: queue_if_no_path\n"
		  "message w: enable_group 2\n" },
		{ TWO_PATHS,
		  { MP_STEP_NO_QUEUE, STOP },
		  TWO_PATHS,
		  0,
		  "message w: fail_if_no_path\n" },
		/* Left to failback. */
		{ TWO_PATHS, { MP_STEP_SWITCH_GROUP, STOP }, TWO_PATHS, 0, "" },
		/* A path to another LUN is failed even if nothing else can be done. */
		{ TWO_PATHS,
		  { MP_STEP_FAIL_PATH, MP_STEP_REJECT, STOP },
		  TWO_PATHS,
		  -EINVAL,
		  "message w: fail_path 8:16\n" },
		{ TWO_PATHS, { MP_STEP_REMOVE, STOP }, NO_PATHS, 1, "remove w\n" },
		{ TWO_PATHS,
		  { MP_STEP_NO_QUEUE, MP_STEP_REMOVE, STOP },
		  NO_PATHS,
		  1,
		  "message w: fail_if_no_path\n"
		  "remove w\n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_world_ struct world world;

		world_init(&world, rows[i].kernel);
		world_plan(&world, rows[i].kinds, rows[i].table);
		assert_int_equal(steps_apply(world.map, &world.plan), rows[i].result);
		recorded_expect(rows[i].requests);
		assert_int_equal(world.map->busy, rows[i].result == 1);
		assert_int_equal(world.made.daemon.operations, rows[i].result == 1);
		assert_int_equal(world.map->loading != NULL,
				 recorded.table != NULL && recorded.table->load);
	}
}

static void a_group_is_switched_by_a_plan_only_at_startup_and_reconfigure(void **state)
{
	static const int kinds[] = { MP_STEP_SWITCH_GROUP, STOP };
	_cleanup_world_ struct world world;

	(void)state;
	world_init(&world, TWO_PATHS);
	world.made.daemon.state = DAEMON_CONFIGURE;
	world_plan(&world, kinds, TWO_PATHS);
	assert_int_equal(steps_apply(world.map, &world.plan), 0);
	recorded_expect("message w: switch_group 2\n");
	assert_int_equal(world.map->map.stats.switches, 1);
}

static void a_job_carries_copies_of_settings_and_plan(void **state)
{
	static const int create[] = { MP_STEP_CREATE, STOP }, reload[] = { MP_STEP_RELOAD, STOP },
			 resize[] = { MP_STEP_RESIZE, STOP };
	static const struct {
		const int *kinds;
		bool force_udev;
		bool quiet; /* udev need not look at the content */
		size_t locks;
	} rows[] = {
		{ create, false, false, 1 },
		{ reload, false, true, 0 },
		{ reload, true, false, 0 },
		{ resize, false, false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct world world;
		struct table_job *job;

		world_init(&world, NULL);
		world.map->map.settings.has_mode = true;
		world.map->map.settings.mode = 0640;
		world.map->map.settings.skip_kpartx = true;
		world.paths[1]->fd = 5; /* the other one is not open */
		world.plan.force_udev = rows[i].force_udev;
		world.plan.no_active_path = world.plan.read_only = true;
		world.plan.name = strdup("data");
		world_plan(&world, rows[i].kinds, TWO_PATHS);
		assert_int_equal(steps_make_job(world.map, &world.plan, &job), 0);
		recorded_expect("");
		assert_string_equal(job->name, "data");
		assert_string_equal(job->wwid, "w");
		assert_true(job->flags.has_mode && job->flags.mode == 0640);
		assert_true(job->flags.skip_kpartx && job->flags.no_paths && job->flags.read_only);
		assert_int_equal(job->flags.reload, rows[i].quiet);
		assert_int_equal(job->lock_count, rows[i].locks);
		if (job->lock_count)
			assert_int_equal(job->locks[0], 5);
		assert_false(job->patient || job->whole); /* the daemon is neither */
		assert_int_equal(world.map->busy, 0);
		table_job_free(job);
		world.paths[1]->fd = -1;
		world_fini(&world);
	}
}

static void a_table_that_the_kernel_shows_differently_is_not_loaded_again(void **state)
{
	static const struct {
		const char *loaded, *loaded_as; /* NULL: nothing was */
		bool forced, regroup;
		int result;
		bool dirty;
	} rows[] = {
		{ NULL, NULL, false, false, 1, false },
		{ TWO_PATHS, ONE_PATH, false, false, 0, false },
		/* The kernel's table is no longer what it was right after that load. */
		{ TWO_PATHS, NO_PATHS, false, false, 1, false },
		{ ONE_PATH, ONE_PATH, false, false, 1, false },
		{ TWO_PATHS, ONE_PATH, true, false, 1, false },
		/* The failback is dropped, and the map is planned again for other reasons. */
		{ TWO_PATHS, ONE_PATH, false, true, 0, true },
	};
	static const int kinds[] = { MP_STEP_RELOAD, STOP };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_world_ struct world world;

		world_init(&world, ONE_PATH);
		world_plan(&world, kinds, TWO_PATHS);
		if (rows[i].loaded) {
			world.map->loaded = strdup(rows[i].loaded);
			world.map->loaded_as = strdup(rows[i].loaded_as);
		}
		world.map->force_reload = rows[i].forced;
		world.map->regroup = rows[i].regroup;
		assert_int_equal(steps_apply(world.map, &world.plan), rows[i].result);
		recorded_expect(rows[i].result ? "load mpatha: 2048 " TWO_PATHS "\n" : "");
		assert_int_equal(world.map->futile, !rows[i].result);
		assert_int_equal(world.map->dirty, rows[i].dirty);
		assert_false(!rows[i].result && world.map->regroup);
	}
}

static void a_map_in_use_is_emptied_and_removed_later(void **state)
{
	static const int kinds[] = { MP_STEP_REMOVE, STOP };
	_cleanup_world_ struct world world;

	(void)state;
	world_init(&world, ONE_PATH);
	world_plan(&world, kinds, NO_PATHS);
	world.map->removal_tried = true;
	assert_int_equal(steps_apply(world.map, &world.plan), 1);
	recorded_expect("timer in 1 s\n"
			"load mpatha: 2048 " NO_PATHS "\n");
	assert_true(recorded.table->no_queue);

	/* Once it is empty, attempts become less frequent. */
	mp_table_fini(&world.map->map.kernel.table);
	assert_int_equal(steps_apply(world.map, &world.plan), 0);
	recorded_expect("timer in 2 s\n");
}

static void a_removal_waits_for_the_last_user_if_that_is_configured(void **state)
{
	static const struct {
		bool configured, only_unused;
		const char *requests;
	} rows[] = {
		{ false, false, "remove w\n" },
		{ true, false, "remove w, deferred\n" },
		{ true, true, "remove w\n" },
	};
	static const int kinds[] = { MP_STEP_REMOVE, STOP };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_world_ struct world world;

		world_init(&world, ONE_PATH);
		world_plan(&world, kinds, NO_PATHS);
		world.plan.only_unused = rows[i].only_unused;
		world.map->map.settings.deferred_remove = rows[i].configured;
		assert_int_equal(steps_apply(world.map, &world.plan), 1);
		recorded_expect(rows[i].requests);
		assert_true(world.map->removing);
		assert_false(world.map->keep_uncreated);
		assert_int_equal(recorded.device->removal.only_unused,
				 !recorded.device->removal.deferred);
		/* it is tried again at the next event */
		assert_false(recorded.device->removal.awaits_udev);
	}
}

static void a_removal_without_memory_is_not_started(void **state)
{
	static const int kinds[] = { MP_STEP_REMOVE, STOP };
	_cleanup_world_ struct world world;
	int r;

	(void)state;
	world_init(&world, ONE_PATH);
	world_plan(&world, kinds, NO_PATHS);
	memory_is_used_up = true;
	r = steps_apply(world.map, &world.plan);
	memory_is_used_up = false;
	assert_int_equal(r, -ENOMEM);
	recorded_expect("");
	assert_false(world.map->removing);
	assert_int_equal(world.map->busy, 0);
}

static void the_operator_removes_suspends_and_resumes_and_is_answered(void **state)
{
	_cleanup_world_ struct world world;

	(void)state;
	world_init(&world, ONE_PATH);
	assert_int_equal(steps_remove(world.map, false, true, 9), 0);
	assert_true(world.map->keep_uncreated); /* it is not created again by itself */
	assert_true(recorded.device->removal.only_unused && recorded.device->removal.awaits_udev);
	assert_int_equal(steps_suspend(world.map, false, 10), 0);
	assert_int_equal(steps_suspend(world.map, true, 11), 0);
	recorded_expect("remove w for request 9\n"
			"suspend w for request 10\n"
			"resume w for request 11\n");
	assert_int_equal(world.map->busy, 3);
}

static void a_dry_run_changes_the_map_only_in_memory(void **state)
{
	static const int kinds[] = { MP_STEP_FAIL_PATH, MP_STEP_RELOAD, STOP };
	_cleanup_world_ struct world world;

	(void)state;
	world_init(&world, ONE_PATH);
	world.made.inventory.options.dry_run = true;
	world_plan(&world, kinds, TWO_PATHS);
	assert_int_equal(steps_apply(world.map, &world.plan), 0);
	recorded_expect("");
	assert_int_equal(world.map->map.action, MP_ACTION_DRY_RUN);
	assert_true(mp_map_holds(&world.map->map, makedev(8, 16)));
	assert_int_equal(world.paths[0]->path.dm_state, MP_DM_ACTIVE); /* as before */
	assert_int_equal(world.paths[1]->path.dm_state, MP_DM_UNDEF);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_steps_of_a_plan_become_operations_and_messages_in_order),
		cmocka_unit_test(a_group_is_switched_by_a_plan_only_at_startup_and_reconfigure),
		cmocka_unit_test(a_job_carries_copies_of_settings_and_plan),
		cmocka_unit_test(a_table_that_the_kernel_shows_differently_is_not_loaded_again),
		cmocka_unit_test(a_map_in_use_is_emptied_and_removed_later),
		cmocka_unit_test(a_removal_waits_for_the_last_user_if_that_is_configured),
		cmocka_unit_test(a_removal_without_memory_is_not_started),
		cmocka_unit_test(the_operator_removes_suspends_and_resumes_and_is_answered),
		cmocka_unit_test(a_dry_run_changes_the_map_only_in_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
