/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "inventory-made.h"

#include <time.h>

#include "base/cleanup.h"
#include "multipathd/jobs/looks.h"
#include "multipathd/loop/pool.h"
#include "multipathd/loop/timers.h"

enum { SLOW_USEC = 10000, REST_MAX_USEC = 100000 };

struct fixture {
	struct made made;
	struct look_waiter waiter;
	unsigned begun, ended, answered;
};

/* In the pool's place. */
static struct work *submitted;
static struct fixture *fixture;

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
	struct timespec pause = { .tv_nsec = after_usec * 1000L };

	assert_non_null(work);
	nanosleep(&pause, NULL);
	submitted = NULL;
	work->done(work);
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
	uint64_t before;

	looks_want(daemon);
	look_ends(SLOW_USEC);
	before = timers_now_usec();
	for (unsigned i = 0; i < 100; i++)
		looks_want(daemon);
	assert_int_equal(fixture->begun, 1);
	assert_true(daemon->looks_pending);
	while (fixture->begun < 2)
		assert_true(sd_event_run(daemon->event, UINT64_MAX) >= 0);
	assert_true(timers_now_usec() >= before + SLOW_USEC);
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
	assert_int_equal(fixture->begun, 1);
	assert_true(daemon->looks_pending);
	while (fixture->begun < 2)
		assert_true(sd_event_run(daemon->event, UINT64_MAX) >= 0);
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
	uint64_t rest;

	looks_want(daemon);
	look_ends(2 * REST_MAX_USEC);
	rest = timers_now_usec();
	looks_want(daemon);
	while (fixture->begun < 2)
		assert_true(sd_event_run(daemon->event, UINT64_MAX) >= 0);
	rest = timers_now_usec() - rest;
	assert_true(rest < 4 * REST_MAX_USEC); /* eight times that much without the limit */
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
		cmocka_unit_test_setup_teardown(a_look_that_somebody_waits_for_takes_no_rest, setup,
						teardown),
		cmocka_unit_test_setup_teardown(who_waits_during_a_look_gets_one_of_its_own_at_once,
						setup, teardown),
		cmocka_unit_test_setup_teardown(no_rest_is_longer_than_a_tenth_of_a_second, setup,
						teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
