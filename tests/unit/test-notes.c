/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pool-recorded.h"

#include "inventory-made.h"

#include "multipathd/control/records.h"
#include "multipathd/jobs/notes.h"
#include "multipathd/state/lanes.h"

static struct notes_job job;
static unsigned ended;

static void on_ended(struct notes_job *which)
{
	assert_ptr_equal(which, &job);
	ended++;
}

static void notes_are_read_in_a_lane_of_their_own(void **state)
{
	_cleanup_made_ struct made made;
	struct daemon *daemon = &made.daemon;

	(void)state;
	ended = 0;
	made_init(&made, "");
	assert_int_equal(files_new(made.loaded.dir, &records_takers, &daemon->files), 0);

	notes_start(daemon, &job, on_ended);
	assert_int_equal(submitted.works[0]->lane, LANE_GEOM_NOTES);
	assert_true(submitted.works[0]->exclusive); /* answers in order */
	loaded_write(&made.loaded, "geom", "known u\n", 8);
	submitted_run();
	assert_int_equal(ended, 1);
	assert_int_equal(job.error, 0);
	assert_string_equal(mp_strbuf_text(&job.notes), "known u\n");
	notes_job_fini(&job);

	notes_start(daemon, &job, on_ended);
	submitted_skip();
	assert_int_equal(ended, 2);
	assert_true(job.work.skipped);
	assert_string_equal(mp_strbuf_text(&job.notes), "");
	daemon->files = files_free(daemon->files);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(notes_are_read_in_a_lane_of_their_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
