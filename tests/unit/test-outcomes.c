/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/outcomes.h"

#include <errno.h>

#include "jobs-recorded.h"

#define ONE_PATH "0 0 1 1 round-robin 0 1 1 8:0 1"
#define TWO_PATHS "0 0 1 1 round-robin 0 2 1 8:0 1 8:16 1"

enum { CREATE = 1 << 0, LOAD = 1 << 1, RENAME = 1 << 2, RESIZE = 1 << 3 };

static void outcome_format(const struct table_outcome *outcome, char *text, size_t size)
{
	static const char *const faults[] = {
		[OUTCOME_NO_FAULT] = "done",
		[OUTCOME_CALLED_OFF] = "called off",
		[OUTCOME_LOCKED] = "locked",
		[OUTCOME_FAILED] = "failed",
	};
	static const char *const retries[] = {
		[OUTCOME_RETRY_NONE] = "",
		[OUTCOME_RETRY_SOON] = ", retry soon",
		[OUTCOME_RETRY_LATER] = ", retry later",
	};
	static const char *const actions[] = {
		[MP_ACTION_NONE] = "",
		[MP_ACTION_RENAME] = ", rename",
		[MP_ACTION_RELOAD] = ", reload",
		[MP_ACTION_CREATE] = ", create",
	};

	snprintf(text, size, "%s%s%s%s%s%s%s%s", faults[outcome->fault], actions[outcome->action],
		 outcome->loaded ? ", loaded" : "", outcome->gone ? ", gone" : "",
		 retries[outcome->retry], outcome->mark ? ", mark" : "",
		 outcome->reply ? ", reply " : "", outcome->reply ? outcome->reply : "");
}

static void the_outcome_follows_from_the_error_and_the_kernels_table(void **state)
{
	static const struct {
		unsigned steps;
		int error;
		bool exists;
		const char *expected; /* in multipath(8), which prints each change */
		const char *in_daemon; /* NULL: the same */
	} rows[] = {
		{ CREATE, 0, true, "done, create, loaded, mark", NULL },
		{ LOAD, 0, true, "done, reload, loaded, mark", "done, loaded, mark" },
		{ LOAD | RENAME, 0, true, "done, reload, loaded, mark", "done, loaded, mark" },
		{ LOAD | RESIZE, 0, true, "done, loaded, mark", NULL },
		{ RENAME, 0, true, "done, rename, mark", "done, mark" },
		/* Another program has removed it in the meantime. */
		{ LOAD, 0, false, "done, reload, loaded, gone, mark", "done, loaded, gone, mark" },
		{ RENAME, -ENXIO, false, "failed, gone, reply fail\n", NULL },

		{ LOAD, -ECANCELED, true, "called off, mark", NULL },
		{ CREATE, -EWOULDBLOCK, false, "locked, retry later, reply fail\n", NULL },
		{ CREATE, -EBUSY, false, "failed, retry soon, reply fail\n", NULL },
		{ LOAD, -EINVAL, true, "failed, retry soon, reply fail\n", NULL },
		/* the name may be free when it is marked for another reason */
		{ RENAME, -EBUSY, true, "failed, reply fail\n", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct table_job job = {
			.create = rows[i].steps & CREATE,
			.load = rows[i].steps & LOAD,
			.rename = rows[i].steps & RENAME,
			.resize = rows[i].steps & RESIZE,
			.error = rows[i].error,
			.kernel.exists = rows[i].exists,
		};

		for (int in_daemon = 0; in_daemon < 2; in_daemon++) {
			const struct table_outcome outcome = outcomes_judge_table(&job, !in_daemon);
			const char *expected = in_daemon && rows[i].in_daemon ? rows[i].in_daemon :
										rows[i].expected;
			char text[128];

			outcome_format(&outcome, text, sizeof(text));
			if (strcmp(text, expected))
				fail_msg("row %zu: \"%s\", not \"%s\"", i, text, expected);
		}
	}
}

/* A map of sda and sdb with an operation in progress. */
struct world {
	struct made made;
	struct daemon_map *map;
	struct table_job *job;
};

static void world_init(struct world *world, bool exists)
{
	recorded_init(&world->made, "defaults {\nfind_multipaths greedy\n}\n");
	world->map = made_map(&world->made, "w");
	recorded_path(&world->made, 'a', world->map);
	recorded_path(&world->made, 'b', world->map);
	if (exists)
		recorded_table(world->map, "mpatha", ONE_PATH);
	world->made.daemon.udev_reports = true;
	world->map->busy = 1;
	world->made.daemon.operations = 1;
	assert_int_equal(maps_wait(world->map, 7, false), 0);
	world->job = calloc(1, sizeof(*world->job));
	assert_non_null(world->job);
	world->job->daemon = &world->made.daemon;
	strcpy(world->job->wwid, "w");
}

static void world_fini(struct world *world)
{
	recorded_fini(&world->made);
}

#define _cleanup_world_ _cleanup_(world_fini)

/* The kernel has it, as it was read back. */
static void job_set_kernel(struct table_job *job, const char *table)
{
	job->kernel.exists = true;
	strcpy(job->kernel.name, "mpatha");
	assert_int_equal(mp_table_parse(table, &job->kernel.table), 0);
	job->kernel.table.size_sectors = 2048;
	for (size_t i = 0; i < job->kernel.table.groups[0].path_count; i++)
		job->kernel.table.groups[0].paths[i].state = MP_DM_ACTIVE;
}

static void a_map_that_was_created_is_known_claimed_and_awaited_from_udev(void **state)
{
	_cleanup_world_ struct world world;

	(void)state;
	world_init(&world, false);
	world.job->create = true;
	world.map->load_failures = 2;
	job_set_kernel(world.job, TWO_PATHS);
	outcomes_of_table(world.job);
	recorded_expect("timer in 30 s\n"
			"WWID w is known from now on\n"
			"claim sda\n"
			"claim sdb\n");
	assert_false(world.map->map.ready);
	assert_non_null(world.map->udev_timer);
	assert_true(world.map->map.kernel.exists);
	assert_int_equal(world.map->map.action, MP_ACTION_CREATE);
	assert_int_equal(world.map->map.stats.loads, 1);
	assert_string_equal(world.map->loaded_as, TWO_PATHS);
	assert_int_equal(world.map->load_failures, 0);
	assert_int_equal(world.map->busy, 0);
	assert_int_equal(world.made.daemon.operations, 0);
	assert_true(
		world.map->dirty); /* waiting requests are answered when nothing is left to do */
}

static void a_reload_ends_what_asked_for_it(void **state)
{
	_cleanup_world_ struct world world;

	(void)state;
	world_init(&world, true);
	world.job->load = true;
	world.map->loading = world.job;
	world.map->force_reload = world.map->regroup = true;
	world.map->resize = MP_RESIZE_GROW_SHRINK;
	world.map->not_ready_in_udev = true;
	world.map->queue_known = true;
	job_set_kernel(world.job, TWO_PATHS);
	outcomes_of_table(world.job);
	recorded_expect("claim sda\n"
			"claim sdb\n");
	assert_null(world.map->loading);
	assert_false(world.map->force_reload || world.map->regroup);
	assert_int_equal(world.map->resize, MP_RESIZE_NEVER);
	assert_false(world.map->not_ready_in_udev);
	assert_false(world.map->queue_known); /* the table carries the mode now */
	assert_true(mp_map_holds(&world.map->map, makedev(8, 16)));
	assert_int_equal(world.map->generation, 1);
}

static void failures_are_retried_and_waiting_requests_answered(void **state)
{
	static const struct {
		int error;
		bool create;
		const char *requests;
		bool dirty;
	} rows[] = {
		{ -EBUSY, true, "timer in 1 s\nreply 7: fail\n", false },
		{ -EWOULDBLOCK, true, "timer in 1 s\nreply 7: fail\n", false },
		{ -EINVAL, false, "timer in 1 s\nreply 7: fail\n", false },
		{ -ECANCELED, false, "", true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_world_ struct world world;

		world_init(&world, !rows[i].create);
		world.job->error = rows[i].error;
		world.job->create = rows[i].create;
		world.job->load = !rows[i].create;
		world.map->loaded = strdup(TWO_PATHS);
		if (!rows[i].create)
			job_set_kernel(world.job, ONE_PATH);
		world.map->dirty = false;
		outcomes_of_table(world.job);
		recorded_expect(rows[i].requests);
		assert_int_equal(world.map->dirty, rows[i].dirty);
		assert_null(world.map->loaded); /* the same table may be right the next time */
		assert_int_equal(world.map->map.kernel.exists, !rows[i].create);
	}
}

/* Its last user may have gone while a path appeared, or another program has removed it. */
static void
a_map_that_was_removed_during_a_reload_comes_again_if_its_removal_was_deferred(void **state)
{
	(void)state;
	for (int deferred = 0; deferred < 2; deferred++) {
		_cleanup_world_ struct world world;

		world_init(&world, true);
		world.map->map.settings.deferred_remove = deferred;
		world.job->load = true;
		world.job->error = -ENXIO;
		outcomes_of_table(world.job);
		recorded_expect("timer in 1 s\n"
				"reply 7: fail\n");
		world.map = maps_find_wwid(&world.made.inventory, "w");
		assert_int_equal(world.map != NULL, deferred);
		if (!world.map)
			continue;
		assert_false(world.map->map.kernel.exists);
		assert_false(cds_list_empty(&world.map->map.paths));
		assert_true(world.map->dirty);
	}
}

static void a_status_read_during_the_operation_is_read_again(void **state)
{
	_cleanup_world_ struct world world;

	(void)state;
	world_init(&world, true);
	world.job->rename = true;
	world.map->look_skipped = true;
	job_set_kernel(world.job, ONE_PATH);
	outcomes_of_table(world.job);
	recorded_expect("look\n");
	assert_false(world.map->look_skipped);
}

static void the_outcome_for_a_map_that_is_forgotten_is_dropped(void **state)
{
	_cleanup_world_ struct world world;

	(void)state;
	world_init(&world, false);
	strcpy(world.job->wwid, "other");
	world.job->lock_count = 1;
	recorded.locking = 1;
	outcomes_of_table(world.job);
	recorded_expect("");
	assert_int_equal(world.made.daemon.operations, 0);
	assert_int_equal(recorded.locking, 0);
}

/* Of a map that exists: only request @request waits. */
static void an_operation_that_was_never_begun_changes_nothing(void **state)
{
	_cleanup_world_ struct world world;

	(void)state;
	world_init(&world, true);
	world.job->load = true;
	world.map->loading = world.job;
	world.job->work.skipped = true;
	outcomes_of_table(world.job);
	recorded_expect("");
	assert_null(world.map->loading);
	assert_true(world.map->map.kernel.exists);
	assert_false(world.map->dirty);
	assert_int_equal(world.map->map.stats.loads, 0);
}

static void end_device(struct world *world, enum device_verb verb, int error, bool by_operator)
{
	struct device_job job = {
		.daemon = &world->made.daemon,
		.wwid = "w",
		.verb = verb,
		.error = error,
		.by_operator = by_operator,
		.request = 9,
	};

	world->map->removing = verb == DEVICE_REMOVE;
	outcomes_of_device(&job);
}

static void a_removal_succeeds_is_deferred_or_fails(void **state)
{
	static const struct {
		int error;
		bool by_operator;
		const char *requests;
		bool exists, deferred, tried;
	} rows[] = {
		{ 0, true, "reply 7: ok\nreply 9: ok\n", false, false, false },
		/* it was gone already */
		{ -ENODEV, true, "reply 7: ok\nreply 9: ok\n", false, false, false },
		{ -ENODEV, false, "reply 7: ok\nrelease w\nreply 9: ok\n", false, false, false },
		{ 0, false, "reply 7: ok\nrelease w\nreply 9: ok\n", false, false, false },
		{ 1, true, "reply 7: ok\nreply 9: ok\n", true, true, false },
		{ -EBUSY, true, "reply 7: fail\nreply 9: fail\nmap or partition in use\n", true,
		  false, false },
		/* not tried again while it is used */
		{ -EBUSY, false, "reply 7: fail\nreply 9: fail\nmap or partition in use\n", true,
		  false, true },
		{ -EIO, true, "reply 7: fail\nreply 9: fail\n", true, false, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_world_ struct world world;

		world_init(&world, true);
		table_job_free(world.job);
		end_device(&world, DEVICE_REMOVE, rows[i].error, rows[i].by_operator);
		recorded_expect(rows[i].requests);
		world.map = maps_find_wwid(&world.made.inventory, "w");
		/* Unless the operator removed it, its paths create it again if it is wanted. */
		assert_int_equal(world.map != NULL, rows[i].exists || !rows[i].by_operator);
		if (!world.map)
			continue;
		assert_int_equal(world.map->map.kernel.exists, rows[i].exists);
		assert_int_equal(world.map->map.kernel.removal_deferred, rows[i].deferred);
		assert_int_equal(world.map->removal_tried, rows[i].tried);
		assert_int_equal(world.map->dirty, rows[i].error <= 0);
		assert_false(world.map->removing);
	}
}

static void a_map_is_suspended_when_the_kernel_has_done_it(void **state)
{
	_cleanup_world_ struct world world;

	(void)state;
	world_init(&world, true);
	table_job_free(world.job);
	end_device(&world, DEVICE_SUSPEND, -EIO, true);
	recorded_expect("reply 9: fail\n");
	assert_false(world.map->map.kernel.suspended);
	end_device(&world, DEVICE_SUSPEND, -ENODEV, true);
	recorded_expect("reply 9: fail\n");
	end_device(&world, DEVICE_SUSPEND, 0, true);
	recorded_expect("reply 9: ok\n");
	assert_true(world.map->map.kernel.suspended);
	end_device(&world, DEVICE_RESUME, 0, true);
	recorded_expect("reply 9: ok\n");
	assert_false(world.map->map.kernel.suspended);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_outcome_follows_from_the_error_and_the_kernels_table),
		cmocka_unit_test(a_map_that_was_created_is_known_claimed_and_awaited_from_udev),
		cmocka_unit_test(a_reload_ends_what_asked_for_it),
		cmocka_unit_test(failures_are_retried_and_waiting_requests_answered),
		cmocka_unit_test(
			a_map_that_was_removed_during_a_reload_comes_again_if_its_removal_was_deferred),
		cmocka_unit_test(a_status_read_during_the_operation_is_read_again),
		cmocka_unit_test(the_outcome_for_a_map_that_is_forgotten_is_dropped),
		cmocka_unit_test(an_operation_that_was_never_begun_changes_nothing),
		cmocka_unit_test(a_removal_succeeds_is_deferred_or_fails),
		cmocka_unit_test(a_map_is_suspended_when_the_kernel_has_done_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
