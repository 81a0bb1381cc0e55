/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "inventory-made.h"

#include "base/cleanup.h"
#include "multipathd/jobs/looks.h"
#include "multipathd/loop/pool.h"
#include "multipathd/loop/timers.h"

enum { BEGIN_USEC = 1000000, QUICK_USEC = 1000, SLOW_USEC = 10000, REST_MAX_USEC = 100000 };

struct fixture {
	struct made made;
	struct look_waiter waiter;
	unsigned begun, ended, answered;

	/* the clock, and the timer that was created last: that of looks */
	uint64_t now_usec, armed_usec;
	sd_event_time_handler_t on_timer;
	void *userdata;
};

static struct fixture *fixture;

/* In the place of timers.c. */
uint64_t timers_now_usec(void)
{
	return fixture->now_usec;
}

int timers_add(sd_event *event, sd_event_source **ret, uint64_t accuracy,
	       sd_event_time_handler_t handler, void *userdata)
{
	fixture->on_timer = handler;
	fixture->userdata = userdata;
	return sd_event_add_time(event, ret, CLOCK_MONOTONIC, UINT64_MAX, accuracy, handler,
				 userdata);
}

int timers_set(sd_event *event, sd_event_source **source, uint64_t usec,
	       sd_event_time_handler_t handler, void *userdata)
{
	(void)event;
	(void)source;
	(void)usec;
	(void)handler;
	(void)userdata;
	return 0;
}

int timers_arm(sd_event_source *source, uint64_t usec)
{
	assert_non_null(source);
	fixture->armed_usec = usec;
	return 0;
}

int timers_add_defer(sd_event *event, sd_event_source **ret, int64_t priority,
		     sd_event_handler_t handler, void *userdata)
{
	(void)priority;
	return sd_event_add_defer(event, ret, handler, userdata);
}

/* In the pool's place. */
static struct work *submitted;

void pool_submit(struct pool *pool, struct work *work)
{
	(void)pool;
	assert_null(submitted);
	submitted = work;
	fixture->begun++;
}

static void on_begin(struct look_job *job)
{
	(void)job;
}

static void on_take(struct look_job *job, struct look_map *look)
{
	(void)job;
	(void)look;
}

static void on_end(struct look_job *job)
{
	(void)job;
	fixture->ended++;
}

static const struct look_takers takers = { .begin = on_begin, .take = on_take, .end = on_end };

static void on_looked(struct look_waiter *waiter)
{
	CDS_INIT_LIST_HEAD(&waiter->in_waiters);
	fixture->answered++;
}

static int setup(void **state)
{
	struct daemon *daemon;

	fixture = calloc(1, sizeof(*fixture));
	fixture->now_usec = BEGIN_USEC;
	made_init(&fixture->made, "");
	daemon = &fixture->made.daemon;
	daemon->inventory.daemon = daemon;
	fixture->waiter.looked = on_looked;
	submitted = NULL;
	*state = daemon;
	return sd_event_new(&daemon->event) < 0 || looks_new(daemon, &takers, &daemon->looks) < 0;
}

static int teardown(void **state)
{
	struct daemon *daemon = *state;

	daemon->looks = looks_free(daemon->looks);
	sd_event_unref(daemon->event);
	made_fini(&fixture->made);
	free(fixture);
	return 0;
}

/* The look that is in progress ends, after so long. */
static void look_ends(unsigned after_usec)
{
	struct work *work = submitted;

	assert_non_null(work);
	fixture->now_usec += after_usec;
	submitted = NULL;
	work->done(work);
}

static void time_passes(unsigned usec)
{
	fixture->now_usec += usec;
	if (!fixture->armed_usec || fixture->armed_usec > fixture->now_usec)
		return;
	fixture->armed_usec = 0;
	assert_int_equal(fixture->on_timer(NULL, fixture->now_usec, fixture->userdata), 0);
}

static void the_first_look_begins_at_once(void **state)
{
	struct daemon *daemon = *state;

	looks_want(daemon);
	assert_int_equal(fixture->begun, 1);
	assert_true(daemon->looks_pending);
	look_ends(0);
	assert_int_equal(fixture->ended, 1);
	assert_false(daemon->looks_pending);
}

static void many_events_after_a_look_cause_one_more_after_a_rest(void **state)
{
	struct daemon *daemon = *state;

	looks_want(daemon);
	look_ends(SLOW_USEC);
	for (unsigned i = 0; i < 100; i++)
		looks_want(daemon);
	assert_true(daemon->looks_pending);
	time_passes(4 * SLOW_USEC - 1);
	assert_int_equal(fixture->begun, 1);
	time_passes(1);
	assert_int_equal(fixture->begun, 2);
	look_ends(0);
	assert_false(daemon->looks_pending);
}

static void events_during_a_look_cause_one_more_after_a_rest(void **state)
{
	struct daemon *daemon = *state;

	looks_want(daemon);
	for (unsigned i = 0; i < 100; i++)
		looks_want(daemon);
	look_ends(SLOW_USEC);
	assert_true(daemon->looks_pending);
	time_passes(4 * SLOW_USEC - 1);
	assert_int_equal(fixture->begun, 1);
	time_passes(1);
	assert_int_equal(fixture->begun, 2);
	look_ends(0);
}

static void an_event_long_after_a_look_causes_the_next_one_at_once(void **state)
{
	struct daemon *daemon = *state;

	looks_want(daemon);
	look_ends(QUICK_USEC);
	time_passes(4 * QUICK_USEC);
	looks_want(daemon);
	assert_int_equal(fixture->begun, 2);
	look_ends(0);
}

static void a_look_that_somebody_waits_for_takes_no_rest(void **state)
{
	struct daemon *daemon = *state;

	looks_want(daemon);
	look_ends(SLOW_USEC);
	looks_want(daemon);
	looks_await(daemon, &fixture->waiter);
	assert_int_equal(fixture->begun, 2);
	look_ends(0);
	assert_int_equal(fixture->answered, 1);
	/* what was wanted before is done, too */
	assert_false(daemon->looks_pending);
	time_passes(REST_MAX_USEC);
	assert_int_equal(fixture->begun, 2);
}

static void who_waits_during_a_look_gets_one_of_its_own_at_once(void **state)
{
	struct daemon *daemon = *state;

	looks_want(daemon);
	looks_await(daemon, &fixture->waiter);
	look_ends(SLOW_USEC);
	assert_int_equal(fixture->answered, 0);
	assert_int_equal(fixture->begun, 2);
	look_ends(0);
	assert_int_equal(fixture->answered, 1);
}

static void no_rest_is_longer_than_a_tenth_of_a_second(void **state)
{
	struct daemon *daemon = *state;

	looks_want(daemon);
	look_ends(2 * REST_MAX_USEC);
	looks_want(daemon);
	assert_int_equal(fixture->begun, 1);
	time_passes(REST_MAX_USEC);
	assert_int_equal(fixture->begun, 2);
	look_ends(0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_first_look_begins_at_once, setup, teardown),
		cmocka_unit_test_setup_teardown(
			many_events_after_a_look_cause_one_more_after_a_rest, setup, teardown),
		cmocka_unit_test_setup_teardown(events_during_a_look_cause_one_more_after_a_rest,
						setup, teardown),
		cmocka_unit_test_setup_teardown(
			an_event_long_after_a_look_causes_the_next_one_at_once, setup, teardown),
		cmocka_unit_test_setup_teardown(a_look_that_somebody_waits_for_takes_no_rest, setup,
						teardown),
		cmocka_unit_test_setup_teardown(who_waits_during_a_look_gets_one_of_its_own_at_once,
						setup, teardown),
		cmocka_unit_test_setup_teardown(no_rest_is_longer_than_a_tenth_of_a_second, setup,
						teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
