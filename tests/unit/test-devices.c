/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "dm-recorded.h"

#include <errno.h>
#include <stdlib.h>

#include "gmultipath/changes.h"
#include "multipathd/jobs/devices.h"
#include "multipathd/state/daemon.h"
#include "multipathd/state/lanes.h"

static struct device_job ended; /* a copy of the last one */
static int reassigned; /* error of the last reassignment; 1: none has ended */
static unsigned ended_count;

int changes_remove_any(const char *wwid, const struct mp_dm_removal *removal)
{
	mp_strbuf_printf(&dm.text, "remove %s%s\n", wwid, removal->deferred ? ", deferred" : "");
	return dm_result("remove");
}

static void on_ended(struct device_job *job)
{
	ended = *job;
	ended_count++;
}

static void on_reassigned(struct reassign_job *job)
{
	reassigned = job->error;
}

static struct daemon daemon_of_tests; /* only its pool is passed on */

static struct device_job *job_new(enum device_verb verb)
{
	struct device_job *job = calloc(1, sizeof(*job));

	assert_non_null(job);
	job->daemon = &daemon_of_tests;
	job->ended = on_ended;
	job->verb = verb;
	strcpy(job->wwid, "3600a");
	return job;
}

static void each_verb_is_done_and_noted_for_the_next_daemon(void **state)
{
	static const struct {
		enum device_verb verb;
		const char *fails;
		int error;
		const char *expected;
	} rows[] = {
		{ DEVICE_REMOVE, NULL, 0, "remove 3600a, deferred\n" },
		{ DEVICE_REMOVE, "remove", -EBUSY, "remove 3600a, deferred\n" },
		/* the note first: a daemon that starts now must not resume it */
		{ DEVICE_SUSPEND, NULL, 0, "note that 3600a is suspended\nsuspend 3600a\n" },
		{ DEVICE_RESUME, NULL, 0, "resume 3600a\nnote that 3600a is not suspended\n" },
		{ DEVICE_RESUME, "resume", -EIO,
		  "resume 3600a\nnote that 3600a is not suspended\n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct device_job *job = job_new(rows[i].verb);

		job->removal.deferred = true;
		dm.fails = rows[i].fails;
		dm.error = rows[i].error;
		devices_start(job);
		assert_true(submitted.works[0]->lane == lane_of_table("3600a"));
		assert_true(submitted.works[0]->exclusive);
		submitted_run();
		dm_expect(rows[i].expected);
		assert_int_equal(ended_count, i + 1);
		assert_int_equal(ended.error, rows[i].error);
		assert_int_equal(ended.verb, rows[i].verb);
	}
}

static struct reassign_job *reassign_job_new(void)
{
	struct reassign_job *job = calloc(1, sizeof(*job) + 2 * sizeof(*job->paths));

	assert_non_null(job);
	job->daemon = &daemon_of_tests;
	job->ended = on_reassigned;
	strcpy(job->wwid, "3600a");
	job->paths[job->count++] = makedev(8, 0);
	job->paths[job->count++] = makedev(8, 16);
	return job;
}

static void devices_are_reassigned_in_the_lane_of_the_table(void **state)
{
	(void)state;
	dm.fails = "reassign";
	dm.error = -EIO;
	devices_reassign(reassign_job_new());
	assert_true(submitted.works[0]->lane == lane_of_table("3600a"));
	assert_true(submitted.works[0]->exclusive);
	submitted_run();
	dm_expect("reassign to 3600a: 8:0 8:16\n");
	assert_int_equal(reassigned, -EIO);
}

static void a_job_that_was_never_begun_has_no_result(void **state)
{
	(void)state;
	devices_start(job_new(DEVICE_REMOVE));
	devices_reassign(reassign_job_new());
	submitted_skip();
	submitted_skip();
	dm_expect("");
	assert_int_equal(ended_count, 0);
	assert_int_equal(reassigned, 1);
}

static int setup(void **state)
{
	ended_count = 0;
	reassigned = 1;
	return dm_setup(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(each_verb_is_done_and_noted_for_the_next_daemon,
						setup, dm_teardown),
		cmocka_unit_test_setup_teardown(devices_are_reassigned_in_the_lane_of_the_table,
						setup, dm_teardown),
		cmocka_unit_test_setup_teardown(a_job_that_was_never_begun_has_no_result, setup,
						dm_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
