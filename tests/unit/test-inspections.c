/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/inspections.h"

#include <sys/sysmacros.h>

#include "jobs-recorded.h"
#include "kernel/reading.h"

#define DEVT(minor) makedev(8, minor)

/* A daemon whose disks are read by workers that the test plays. */
static struct world {
	struct made made;
	struct mp_roots roots; /* there is nothing */
	struct inspections *inspections;
	bool ignored; /* prepare() finds that nothing needs to be read */
	unsigned waited; /* calls of on_taken() */
} world;

static bool prepare(struct daemon *daemon, struct mp_reading *reading, unsigned reasons)
{
	(void)daemon;
	record("read %u %s for %u%s%s\n", minor(reading->devt), reading->name, reasons,
	       reading->has_props ? " with " : "",
	       reading->has_props ? mp_props_get(&reading->props, "EVENT") : "");
	return !world.ignored;
}

static int take(struct daemon *daemon, struct mp_reading *reading, unsigned reasons)
{
	(void)daemon;
	record("take %u %s for %u\n", minor(reading->devt), reading->name, reasons);
	return 0;
}

static const struct inspections_callbacks callbacks = { prepare, take };

static void on_taken(struct daemon *daemon)
{
	assert_ptr_equal(daemon, &world.made.daemon);
	world.waited++;
}

static int setup(void **state)
{
	(void)state;
	memset(&world, 0, sizeof(world));
	recorded_init(&world.made, "");
	world.roots = mp_roots_system;
	world.roots.sys = world.roots.run_udev = world.made.loaded.dir;
	assert_int_equal(inspections_new(&world.made.daemon, &world.roots, &callbacks,
					 &world.inspections),
			 0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	recorded_return_works();
	inspections_free(world.inspections);
	recorded_fini(&world.made);
	return 0;
}

static void ask(unsigned minor, unsigned reasons, const char *name, const char *event)
{
	struct mp_props props = MP_PROPS_INIT;
	const struct inspection_ask ask = { .devt = DEVT(minor),
					    .reasons = reasons,
					    .name = name,
					    .dir = name,
					    .props = event ? &props : NULL };

	if (event)
		assert_int_equal(mp_props_add(&props, "EVENT", event), 0);
	assert_int_equal(inspections_ask(world.inspections, &ask), 0);
	assert_int_equal(props.count, 0);
}

static void finish_at(size_t i)
{
	struct work *work = recorded.works[i];

	assert_true(i < recorded.work_count);
	recorded.work_count--;
	memmove(recorded.works + i, recorded.works + i + 1,
		(recorded.work_count - i) * sizeof(work));
	work->run(work);
	work->done(work);
}

/* The worker has done the first piece of work that is under way. */
static void finish(void)
{
	finish_at(0);
}

static void all_that_is_asked_of_a_disk_that_waits_is_one_reading(void **state)
{
	(void)state;
	ask(0, INSPECT_LISTED, NULL, NULL);
	ask(0, INSPECT_TOUCHED, "sda", "first");
	ask(0, INSPECT_EVENT, "sdz", "second");
	recorded_expect("");
	inspections_go(world.inspections);
	recorded_expect("read 0 sdz for 49 with second\nwork\n");
	finish();
	recorded_expect("take 0 sdz for 49\n");
	inspections_go(world.inspections);
	recorded_expect("");
}

static void a_disk_that_is_asked_for_while_it_is_read_is_read_again_afterwards(void **state)
{
	(void)state;
	ask(0, INSPECT_EVENT, "sda", "first");
	inspections_go(world.inspections);
	recorded_forget();
	ask(0, INSPECT_EVENT, "sda", "second");
	ask(0, INSPECT_LISTED, NULL, NULL);
	inspections_go(world.inspections);
	recorded_expect("");
	finish();
	recorded_expect("take 0 sda for 32\nread 0 sda for 33 with second\nwork\n");
	finish();
	recorded_expect("take 0 sda for 33\n");
}

static void a_disk_that_was_removed_meanwhile_is_not_taken(void **state)
{
	static const struct {
		const char *removed;
		const char *added; /* after that; NULL: none */
		const char *text;
	} rows[] = {
		{ "sda", NULL, "" },
		{ "sdz", NULL, "take 0 sda for 32\n" }, /* that had the number before */
		{ "sda", "sdb", "read 0 sdb for 32 with new\nwork\ntake 0 sdb for 32\n" },
		{ "sda", "sda", "read 0 sda for 32 with new\nwork\ntake 0 sda for 32\n" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		teardown(state);
		setup(state);
		ask(0, INSPECT_EVENT, "sda", "old");
		inspections_go(world.inspections);
		if (!strcmp(rows[i].removed, "sda"))
			ask(0, INSPECT_EVENT, "sda", "lost");
		inspections_forget(world.inspections, DEVT(0), rows[i].removed);
		if (rows[i].added)
			ask(0, INSPECT_EVENT, rows[i].added, "new");
		recorded_forget();
		finish();
		if (recorded.work_count)
			finish();
		recorded_expect(rows[i].text);
	}
}

static void
what_is_asked_by_number_is_read_again_when_a_disk_of_that_number_is_removed(void **state)
{
	(void)state;
	ask(0, INSPECT_LISTED, NULL, NULL);
	inspections_go(world.inspections);
	recorded_forget();
	inspections_forget(world.inspections, DEVT(0), "sda");
	inspections_forget(world.inspections, DEVT(0), "sdb");
	finish();
	recorded_expect("read 0  for 1\nwork\n");
	finish();
	recorded_expect("take 0  for 1\n");
}

static void
what_is_asked_by_number_is_read_though_the_disk_of_a_later_event_is_removed(void **state)
{
	(void)state;
	ask(0, INSPECT_EXAMINED, NULL, NULL);
	ask(0, INSPECT_EVENT, "sdb", "new");
	inspections_forget(world.inspections, DEVT(0), "sdb");
	inspections_go(world.inspections);
	recorded_expect("read 0  for 2\nwork\n");
}

static void when_events_are_lost_all_that_is_not_taken_is_read_again_by_number(void **state)
{
	(void)state;
	ask(0, INSPECT_EVENT, "sda", "old");
	ask(1, INSPECT_RESOLVED, "sdb", NULL);
	inspections_go(world.inspections);
	ask(1, INSPECT_TOUCHED, "sdb", "old");
	ask(2, INSPECT_EVENT, "sdc", "old");
	recorded_forget();
	inspections_doubt(world.inspections);
	assert_true(inspections_await(world.inspections, on_taken));
	finish();
	recorded_expect("read 2  for 2\nwork\nread 0  for 2\nread 1  for 6\nwork\n");
	finish();
	recorded_expect("take 2  for 2\n");
	assert_int_equal(world.waited, 0);
	finish();
	recorded_expect("take 0  for 2\ntake 1  for 6\n");
	assert_int_equal(world.waited, 1);
}

static void a_path_is_being_read_until_the_result_is_taken(void **state)
{
	(void)state;
	assert_false(inspections_reads(world.inspections, DEVT(0)));
	ask(0, INSPECT_TOUCHED, "sda", "first");
	assert_false(inspections_reads(world.inspections, DEVT(0)));
	inspections_go(world.inspections);
	ask(0, INSPECT_EVENT, "sda", "second");
	assert_true(inspections_reads(world.inspections, DEVT(0)));
	finish();
	assert_true(inspections_reads(world.inspections, DEVT(0)));
	finish();
	assert_false(inspections_reads(world.inspections, DEVT(0)));
	recorded_forget();
}

static void a_removed_disk_that_waits_is_not_read(void **state)
{
	(void)state;
	ask(0, INSPECT_EVENT, "sda", "first");
	ask(16, INSPECT_EVENT, "sdb", "first");
	inspections_forget(world.inspections, DEVT(0), "sda");
	inspections_forget(world.inspections, DEVT(16), "sda");
	inspections_go(world.inspections);
	recorded_expect("read 16 sdb for 32 with first\nwork\n");
}

static void disks_are_read_in_the_order_of_asking_a_bounded_number_at_a_time(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 5 * 64; i++)
		ask(i, INSPECT_LISTED, NULL, NULL);
	inspections_go(world.inspections);
	assert_int_equal(recorded.work_count, 4);
	recorded_forget();
	finish();
	assert_int_equal(recorded.work_count, 4);
	for (unsigned i = 0; i < 2 * 64; i++) {
		char line[64];

		snprintf(line, sizeof(line), i < 64 ? "read %u  for 1\n" : "take %u  for 1\n",
			 i < 64 ? 4 * 64 + i : i - 64);
		assert_non_null(strstr(mp_strbuf_text(&recorded.text), line));
	}
	recorded_forget();
}

static void whoever_waits_is_told_when_all_asked_before_are_taken(void **state)
{
	(void)state;
	assert_false(inspections_await(world.inspections, on_taken));
	ask(0, INSPECT_LISTED, NULL, NULL);
	ask(1, INSPECT_LISTED, NULL, NULL);
	assert_true(inspections_await(world.inspections, on_taken));
	inspections_go(world.inspections);
	ask(1, INSPECT_EVENT, "sdb", "later");
	ask(2, INSPECT_EVENT, "sdc", "later");
	assert_int_equal(world.waited, 0);
	finish();
	assert_int_equal(world.waited, 1);
	finish();
	assert_int_equal(world.waited, 1);
	recorded_forget();
}

static void whoever_waits_also_waits_for_what_is_asked_of_a_disk_while_it_is_read(void **state)
{
	(void)state;
	ask(0, INSPECT_EVENT, "sda", "first");
	ask(1, INSPECT_EVENT, "sdb", "first");
	inspections_go(world.inspections);
	ask(1, INSPECT_RESOLVED, "sdb", NULL);
	ask(2, INSPECT_RESOLVED, "sdc", NULL);
	assert_true(inspections_await(world.inspections, on_taken));
	inspections_go(world.inspections);
	ask(0, INSPECT_EVENT, "sda", "later");
	finish();
	finish();
	assert_int_equal(world.waited, 0);
	while (recorded.work_count && !world.waited)
		finish();
	assert_int_equal(world.waited, 1);
	recorded_forget();
}

static void whoever_waits_is_told_even_if_none_needs_to_be_read(void **state)
{
	(void)state;
	world.ignored = true;
	ask(0, INSPECT_LISTED, NULL, NULL);
	assert_true(inspections_await(world.inspections, on_taken));
	inspections_go(world.inspections);
	assert_int_equal(world.waited, 1);
	recorded_expect("read 0  for 1\n");
}

static void disks_whose_reading_hangs_hold_up_nobody(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		struct work *work;

		ask(i, INSPECT_LISTED, NULL, NULL);
		assert_true(inspections_await(world.inspections, on_taken));
		inspections_go(world.inspections);
		work = recorded.works[i];
		work->expired(work);
		assert_int_equal(world.waited, i + 1);
	}
	ask(0, INSPECT_LISTED, NULL, NULL); /* it cannot be read twice */
	assert_false(inspections_await(world.inspections, on_taken));
	ask(4, INSPECT_LISTED, NULL, NULL);
	assert_true(inspections_await(world.inspections, on_taken));
	inspections_go(world.inspections);
	assert_int_equal(recorded.work_count, 5);
	recorded_forget();
	finish();
	recorded_expect("take 0  for 1\nread 0  for 1\nwork\n");
	finish_at(3);
	assert_int_equal(world.waited, 4);
	finish_at(3); /* it does not hang any more */
	assert_int_equal(world.waited, 5);
	assert_non_null(strstr(mp_strbuf_text(&recorded.text), "take 4  for 1\n"));
	recorded_forget();
}

static void at_the_end_nothing_is_taken(void **state)
{
	(void)state;
	ask(0, INSPECT_EVENT, "sda", "first");
	inspections_go(world.inspections);
	ask(0, INSPECT_EVENT, "sda", "second");
	ask(16, INSPECT_EVENT, "sdb", "first");
	assert_true(inspections_await(world.inspections, on_taken));
	recorded_forget();
	recorded_return_works();
	recorded_expect("");
	assert_int_equal(world.waited, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(all_that_is_asked_of_a_disk_that_waits_is_one_reading),
		TEST(a_disk_that_is_asked_for_while_it_is_read_is_read_again_afterwards),
		TEST(a_disk_that_was_removed_meanwhile_is_not_taken),
		TEST(what_is_asked_by_number_is_read_again_when_a_disk_of_that_number_is_removed),
		TEST(what_is_asked_by_number_is_read_though_the_disk_of_a_later_event_is_removed),
		TEST(when_events_are_lost_all_that_is_not_taken_is_read_again_by_number),
		TEST(a_path_is_being_read_until_the_result_is_taken),
		TEST(a_removed_disk_that_waits_is_not_read),
		TEST(disks_are_read_in_the_order_of_asking_a_bounded_number_at_a_time),
		TEST(whoever_waits_is_told_when_all_asked_before_are_taken),
		TEST(whoever_waits_also_waits_for_what_is_asked_of_a_disk_while_it_is_read),
		TEST(whoever_waits_is_told_even_if_none_needs_to_be_read),
		TEST(disks_whose_reading_hangs_hold_up_nobody),
		TEST(at_the_end_nothing_is_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
