/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pool-recorded.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/sysmacros.h>

#include "gmultipath/engine.h"
#include "model/table.h"
#include "multipathd/jobs/reaches.h"

static struct work then; /* the work that needs the disks */
static struct reaches reaches;
static dev_t opened; /* the last disk that was opened */

/* Replaces that of gmultipath/engine.c: the disk does not open. */
int engine_provider_open(dev_t devt, const char *name, int flags)
{
	(void)name;
	(void)flags;
	opened = devt;
	return -ENXIO;
}

static int setup(void **state)
{
	(void)state;
	submitted.count = 0;
	reaches_init(&reaches, (struct pool *)&submitted, &then);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	reaches_fini(&reaches);
	return 0;
}

static void without_disks_the_work_starts_at_once(void **state)
{
	(void)state;
	reaches_start(&reaches);
	assert_int_equal(submitted.count, 1);
	assert_ptr_equal(submitted_take(), &then);
}

static void the_work_starts_when_all_disks_have_answered(void **state)
{
	(void)state;
	reaches_add(&reaches, makedev(8, 0));
	reaches_add(&reaches, makedev(8, 16));
	assert_true(submitted.works[0]->lane != submitted.works[1]->lane);
	assert_true(submitted.works[0]->timeout_usec > 0);
	reaches_start(&reaches);
	assert_int_equal(submitted.count, 2);
	submitted_run();
	assert_int_equal(opened, makedev(8, 0));
	assert_int_equal(submitted.count, 1);
	submitted_run();
	assert_int_equal(opened, makedev(8, 16));
	assert_ptr_equal(submitted_take(), &then);
	assert_int_equal(reaches.silent_count, 0);
}

static void the_work_starts_without_a_disk_that_does_not_answer_in_time(void **state)
{
	struct work *late;

	(void)state;
	reaches_add(&reaches, makedev(8, 0));
	reaches_add_on(&reaches, makedev(8, 16), 77);
	reaches_start(&reaches);
	late = submitted_take();
	assert_int_equal(submitted.works[0]->lane, 77);
	submitted_run();
	assert_int_equal(submitted.count, 0);
	late->expired(late);
	assert_ptr_equal(submitted_take(), &then);
	assert_int_equal(reaches.silent_count, 1);
	assert_int_equal(reaches.silent[0], makedev(8, 0));

	/* It may return long after the work has ended, and starts it no second time. */
	late->run(late);
	late->done(late);
	assert_int_equal(submitted.count, 0);
	assert_int_equal(reaches.pending, 0);
}

static void only_failed_paths_of_a_table_are_probed(void **state)
{
	struct mp_table table = MP_TABLE_INIT;

	(void)state;
	assert_int_equal(mp_table_parse("0 0 2 1 round-robin 0 2 1 8:0 1 8:16 1 "
					"round-robin 0 1 1 8:32 1",
					&table),
			 0);
	table.groups[0].paths[0].state = MP_DM_ACTIVE;
	table.groups[0].paths[1].state = MP_DM_FAILED;
	table.groups[1].paths[0].state = MP_DM_FAILED;
	reaches_add_failed(&reaches, &table);
	assert_int_equal(submitted.count, 2);
	submitted_run();
	assert_int_equal(opened, makedev(8, 16));
	submitted_run();
	assert_int_equal(opened, makedev(8, 32));
	submitted_take();
	mp_table_fini(&table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(without_disks_the_work_starts_at_once, setup,
						teardown),
		cmocka_unit_test_setup_teardown(the_work_starts_when_all_disks_have_answered, setup,
						teardown),
		cmocka_unit_test_setup_teardown(
			the_work_starts_without_a_disk_that_does_not_answer_in_time, setup,
			teardown),
		cmocka_unit_test_setup_teardown(only_failed_paths_of_a_table_are_probed, setup,
						teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
