/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "dm-recorded.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

#include "multipathd/jobs/tables.h"
#include "multipathd/state/daemon.h"
#include "multipathd/state/lanes.h"

#define TABLE "0 0 1 1 service-time 0 2 1 8:0 1 8:16 1"

static struct daemon daemon_of_tests;
static struct table_job *ended;

static void on_ended(struct table_job *job)
{
	ended = job;
}

static struct table_job *job_new(void)
{
	struct table_job *job = calloc(1, sizeof(*job));

	assert_non_null(job);
	job->daemon = &daemon_of_tests;
	job->ended = on_ended;
	strcpy(job->wwid, "3600a");
	job->name = strdup("mpatha");
	job->delimiter = strdup("-part");
	assert_int_equal(mp_table_parse(TABLE, &job->table), 0);
	return job;
}

static void add_bad(struct table_job *job, dev_t devt)
{
	job->bad = calloc(1, sizeof(*job->bad));
	assert_non_null(job->bad);
	job->bad[job->bad_count++] = devt;
}

/* Return: the error that the job ends with. */
static int run(struct table_job *job, const char *expected)
{
	int error;

	ended = NULL;
	tables_start(job);
	submitted_run();
	assert_ptr_equal(ended, job);
	dm_expect(expected);
	error = job->error;
	table_job_free(job);
	return error;
}

enum { RENAME = 1, CREATE = 2, LOAD = 4, RESIZE = 8, NO_QUEUE = 16, BAD = 32 };

static void operations_come_in_order_and_the_result_is_read_back(void **state)
{
	static const struct {
		unsigned kinds;
		const char *fails;
		int error;
		const char *expected;
		int result;
	} rows[] = {
		{ CREATE, NULL, 0,
		  "create mpatha 3600a: " TABLE "\n"
		  "note that 3600a has not failed\nread 3600a\n",
		  0 },
		{ CREATE | BAD, "create", -EINVAL,
		  "create mpatha 3600a: " TABLE "\n"
		  "note that 3600a has failed\nmessage 3600a: fail_path 8:16\nread 3600a\n",
		  -EINVAL },
		{ LOAD | BAD, NULL, 0,
		  "reload 3600a: " TABLE "\n"
		  "note that 3600a is not suspended\nmessage 3600a: fail_path 8:16\nread 3600a\n",
		  0 },
		{ LOAD | RESIZE, NULL, 0,
		  "resize 3600a: " TABLE "\nnote that 3600a is not suspended\nread 3600a\n", 0 },
		{ LOAD | NO_QUEUE, NULL, 0,
		  "reload 3600a: " TABLE "\nnote that 3600a is not suspended\n"
		  "message 3600a: fail_if_no_path\nread 3600a\n",
		  0 },
		{ RENAME | LOAD, NULL, 0,
		  "rename 3600a mpatha, delimiter -part\nreload 3600a: " TABLE "\n"
		  "note that 3600a is not suspended\nread 3600a\n",
		  0 },
		/* a failure ends the operations, but not the reading */
		{ RENAME | LOAD, "rename", -EBUSY,
		  "rename 3600a mpatha, delimiter -part\nread 3600a\n", -EBUSY },
		{ RENAME, "read", -EIO, "rename 3600a mpatha, delimiter -part\nread 3600a\n",
		  -EIO },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct table_job *job = job_new();

		job->rename = rows[i].kinds & RENAME;
		job->create = rows[i].kinds & CREATE;
		job->load = rows[i].kinds & LOAD;
		job->resize = rows[i].kinds & RESIZE;
		job->no_queue = rows[i].kinds & NO_QUEUE;
		if (rows[i].kinds & BAD)
			add_bad(job, makedev(8, 16));
		dm.fails = rows[i].fails;
		dm.error = rows[i].error;
		assert_int_equal(run(job, rows[i].expected), rows[i].result);
	}
}

static void only_a_load_that_may_be_canceled_looks_at_called_off(void **state)
{
	(void)state;
	for (int whole = 0; whole < 2; whole++) {
		struct table_job *job = job_new();

		job->load = true;
		job->whole = whole;
		tables_start(job);
		tables_call_off(job);
		submitted_run();
		if (whole) {
			assert_null(dm.called_off);
		} else {
			assert_ptr_equal(dm.called_off, &job->called_off);
			assert_true(job->called_off);
		}
		table_job_free(job);
	}
}

static void a_half_made_map_counts_as_none(void **state)
{
	struct table_job *job = job_new();

	(void)state;
	job->rename = true;
	dm.half_made = true;
	tables_start(job);
	submitted_run();
	assert_int_equal(job->error, 0);
	assert_false(job->kernel.exists);
	table_job_free(job);
}

static void nothing_is_created_over_a_path_that_another_program_has_locked(void **state)
{
	char names[2][32] = { "/tmp/test-tables-XXXXXX", "/tmp/test-tables-XXXXXX" };
	struct table_job *job;
	int fds[2], others;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
		fds[i] = mkstemp(names[i]);
	others = open(names[1], O_RDWR | O_CLOEXEC);
	assert_int_equal(flock(others, LOCK_EX), 0);

	job = job_new();
	job->create = true;
	job->locks = calloc(2, sizeof(*job->locks));
	memcpy(job->locks, fds, sizeof(fds));
	job->lock_count = 2;
	/* nor are its messages sent, and the map is not read */
	add_bad(job, makedev(8, 16));
	assert_int_equal(run(job, ""), -EWOULDBLOCK);

	/* The first one was unlocked again. */
	close(others);
	others = open(names[0], O_RDWR | O_CLOEXEC);
	assert_int_equal(flock(others, LOCK_EX | LOCK_NB), 0);
	close(others);
	for (size_t i = 0; i < ARRAY_SIZE(fds); i++) {
		close(fds[i]);
		unlink(names[i]);
	}
}

static void a_map_has_a_lane_unless_all_maps_share_one(void **state)
{
	(void)state;
	for (int shared = 0; shared < 2; shared++) {
		struct table_job *job = job_new();

		daemon_of_tests.inventory.options.one_lane = shared;
		tables_start(job);
		assert_true(submitted.works[0]->lane ==
			    (shared ? LANE_TABLES : lane_of_table("3600a")));
		assert_true(submitted.works[0]->exclusive);
		submitted_skip();
		assert_ptr_equal(ended, job);
		table_job_free(job);
	}
	daemon_of_tests.inventory.options.one_lane = false;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			operations_come_in_order_and_the_result_is_read_back, dm_setup,
			dm_teardown),
		cmocka_unit_test_setup_teardown(
			only_a_load_that_may_be_canceled_looks_at_called_off, dm_setup,
			dm_teardown),
		cmocka_unit_test_setup_teardown(a_half_made_map_counts_as_none, dm_setup,
						dm_teardown),
		cmocka_unit_test_setup_teardown(
			nothing_is_created_over_a_path_that_another_program_has_locked, dm_setup,
			dm_teardown),
		cmocka_unit_test_setup_teardown(a_map_has_a_lane_unless_all_maps_share_one,
						dm_setup, dm_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
