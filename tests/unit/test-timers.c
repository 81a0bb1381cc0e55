/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>

#include "base/cleanup.h"
#include "multipathd/loop/timers.h"

static sd_event *event;
static unsigned expired, deferred;
static int result; /* of the handlers */

static int on_expired(sd_event_source *source, uint64_t usec, void *userdata)
{
	(void)source;
	(void)usec;
	assert_ptr_equal(userdata, &expired);
	expired++;
	return result;
}

static int on_deferred(sd_event_source *source, void *userdata)
{
	(void)source;
	(void)userdata;
	deferred++;
	return result;
}

static int setup(void **state)
{
	(void)state;
	expired = deferred = 0;
	result = 0;
	return sd_event_new(&event) >= 0 ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	event = sd_event_unref(event);
	return 0;
}

/* Turns of the loop until nothing happens within @usec. */
static void run(uint64_t usec)
{
	while (sd_event_run(event, usec) > 0)
		;
}

static void a_timer_expires_once(void **state)
{
	sd_event_source *source = NULL;

	(void)state;
	assert_true(timers_set(event, &source, timers_now_usec(), on_expired, &expired) >= 0);
	run(200000);
	assert_int_equal(expired, 1);
	run(0);
	assert_int_equal(expired, 1);
	sd_event_source_disable_unref(source);
}

static void a_timer_that_is_set_again_expires_at_the_last_time(void **state)
{
	sd_event_source *source = NULL, *first;
	uint64_t usec;

	(void)state;
	assert_true(timers_set(event, &source, timers_now_usec() + 3600 * 1000000ull, on_expired,
			       &expired) >= 0);
	first = source;
	assert_true(timers_set(event, &source, 1, on_expired, &expired) >= 0);
	assert_ptr_equal(source, first); /* no second one */
	assert_true(sd_event_source_get_time(source, &usec) >= 0);
	assert_int_equal(usec, 1);
	run(200000);
	assert_int_equal(expired, 1);
	assert_true(timers_set(event, &source, 1, on_expired, &expired) >= 0);
	run(200000);
	assert_int_equal(expired, 2);
	sd_event_source_disable_unref(source);
}

static void an_added_timer_is_off_until_it_is_armed(void **state)
{
	sd_event_source *source = NULL;

	(void)state;
	assert_true(timers_add(event, &source, 1000, on_expired, &expired) >= 0);
	run(0);
	assert_int_equal(expired, 0);
	assert_true(timers_arm(source, 1) >= 0);
	assert_true(timers_arm(source, 0) >= 0); /* disarmed */
	run(0);
	assert_int_equal(expired, 0);
	assert_true(timers_arm(source, 1) >= 0);
	run(200000);
	assert_int_equal(expired, 1);
	sd_event_source_disable_unref(source);
}

static void a_deferred_call_comes_once_each_time_it_is_enabled(void **state)
{
	sd_event_source *source = NULL;
	int64_t priority;

	(void)state;
	assert_true(timers_add_defer(event, &source, 7, on_deferred, NULL) >= 0);
	assert_true(sd_event_source_get_priority(source, &priority) >= 0);
	assert_int_equal(priority, 7);
	run(0);
	assert_int_equal(deferred, 0);
	for (unsigned i = 1; i <= 2; i++) {
		assert_true(sd_event_source_set_enabled(source, SD_EVENT_ONESHOT) >= 0);
		run(0);
		run(0);
		assert_int_equal(deferred, i);
	}
	sd_event_source_disable_unref(source);
}

static void a_handler_that_fails_ends_the_loop(void **state)
{
	sd_event_source *source = NULL;

	(void)state;
	result = -EIO;
	assert_true(timers_set(event, &source, 1, on_expired, &expired) >= 0);
	assert_int_equal(sd_event_loop(event), -EIO);
	assert_int_equal(expired, 1);
	sd_event_source_disable_unref(source);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_timer_expires_once, setup, teardown),
		cmocka_unit_test_setup_teardown(a_timer_that_is_set_again_expires_at_the_last_time,
						setup, teardown),
		cmocka_unit_test_setup_teardown(an_added_timer_is_off_until_it_is_armed, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_deferred_call_comes_once_each_time_it_is_enabled,
						setup, teardown),
		cmocka_unit_test_setup_teardown(a_handler_that_fails_ends_the_loop, setup,
						teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
