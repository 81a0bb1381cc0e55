/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>
#include <cmocka.h>

#include "multipathd/loop/slices.h"

static struct {
	sd_event *event;
	struct slices *slices;
	unsigned left; /* steps */
	unsigned taken;
	unsigned step_usec; /* that each step takes */
	unsigned others; /* calls of the loop's other work */
	sd_event_source *other;
} fixture;

static uint64_t now_usec(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * UINT64_C(1000000) + now.tv_nsec / 1000;
}

static bool on_step(void *userdata)
{
	uint64_t end = now_usec() + fixture.step_usec;

	assert_ptr_equal(userdata, &fixture);
	while (fixture.step_usec && now_usec() < end)
		continue;
	fixture.taken++;
	return --fixture.left > 0;
}

static int setup(void **state)
{
	(void)state;
	fixture = (typeof(fixture)){ 0 };
	return sd_event_new(&fixture.event) < 0 ||
	       slices_new(fixture.event, on_step, &fixture, &fixture.slices) < 0;
}

static int teardown(void **state)
{
	(void)state;
	sd_event_source_disable_unref(fixture.other);
	slices_free(fixture.slices);
	sd_event_unref(fixture.event);
	return 0;
}

/* Return: steps taken in the next turn of the loop. */
static unsigned turn(void)
{
	unsigned before = fixture.taken;

	assert_true(sd_event_run(fixture.event, 0) >= 0);
	return fixture.taken - before;
}

static int on_other(sd_event_source *source, void *userdata)
{
	(void)source;
	(void)userdata;
	fixture.others++;
	return 0;
}

static void small_work_is_done_at_once(void **state)
{
	(void)state;
	fixture.left = 1;
	slices_run(fixture.slices);
	assert_int_equal(fixture.taken, 1);
	assert_false(slices_go_on(fixture.slices));
	assert_int_equal(turn(), 0);
}

static void a_turn_takes_a_limited_number_of_steps(void **state)
{
	const unsigned steps = 3 * SLICE_STEPS + 1;

	(void)state;
	fixture.left = steps;
	slices_run(fixture.slices);
	assert_in_range(fixture.taken, 1, SLICE_STEPS);
	while (slices_go_on(fixture.slices))
		assert_in_range(turn(), 1, SLICE_STEPS);
	assert_int_equal(fixture.taken, steps);
	assert_int_equal(turn(), 0);
}

static void a_turn_ends_when_its_time_is_up(void **state)
{
	(void)state;
	fixture.left = 3;
	fixture.step_usec = SLICE_USEC + 1;
	slices_run(fixture.slices);
	assert_int_equal(fixture.taken, 1);
	assert_int_equal(turn(), 1);
	assert_int_equal(turn(), 1);
	assert_false(slices_go_on(fixture.slices));
}

static void other_work_of_the_loop_has_priority(void **state)
{
	uint64_t begun;

	(void)state;
	fixture.left = 3 * SLICE_STEPS;
	assert_true(sd_event_add_defer(fixture.event, &fixture.other, on_other, NULL) >= 0);
	begun = now_usec();
	slices_run(fixture.slices);
	/* Unless this process had to wait for the CPU that long. */
	if (turn() > 0)
		assert_true(now_usec() - begun >= SLICE_PAUSE_USEC);
	else
		assert_int_equal(fixture.others, 1);
	assert_in_range(turn() + fixture.others, 1, SLICE_STEPS + 1);
}

static void slices_progress_however_busy_the_loop_is(void **state)
{
	(void)state;
	fixture.left = 2 * SLICE_STEPS + 1;
	assert_true(sd_event_add_defer(fixture.event, &fixture.other, on_other, NULL) >= 0);
	assert_true(sd_event_source_set_enabled(fixture.other, SD_EVENT_ON) >= 0);
	slices_run(fixture.slices);
	while (slices_go_on(fixture.slices))
		turn();
	assert_int_equal(fixture.left, 0);
	assert_true(fixture.others > 0);
}

static void running_slices_are_not_started_again(void **state)
{
	(void)state;
	fixture.left = SLICE_STEPS + 2;
	slices_run(fixture.slices);
	if (slices_go_on(fixture.slices)) {
		unsigned before = fixture.taken;

		slices_run(fixture.slices);
		assert_int_equal(fixture.taken, before);
	}
	while (slices_go_on(fixture.slices))
		turn();
	fixture.left = 1;
	slices_run(fixture.slices);
	assert_int_equal(fixture.taken, SLICE_STEPS + 3);
}

static void slices_that_are_freed_take_no_further_step(void **state)
{
	unsigned before;

	(void)state;
	fixture.left = 2 * SLICE_STEPS;
	slices_run(fixture.slices);
	before = fixture.taken;
	fixture.slices = slices_free(fixture.slices);
	assert_int_equal(turn(), 0);
	assert_int_equal(fixture.taken, before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(small_work_is_done_at_once, setup, teardown),
		cmocka_unit_test_setup_teardown(a_turn_takes_a_limited_number_of_steps, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_turn_ends_when_its_time_is_up, setup, teardown),
		cmocka_unit_test_setup_teardown(other_work_of_the_loop_has_priority, setup,
						teardown),
		cmocka_unit_test_setup_teardown(slices_progress_however_busy_the_loop_is, setup,
						teardown),
		cmocka_unit_test_setup_teardown(running_slices_are_not_started_again, setup,
						teardown),
		cmocka_unit_test_setup_teardown(slices_that_are_freed_take_no_further_step, setup,
						teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
