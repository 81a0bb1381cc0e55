/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/hash.h"
#include "multipathd/loop/places.h"
#include "multipathd/loop/pool.h"
#include "multipathd/loop/slices.h"

enum {
	HEALTHY_LANE = 1000,
	LATE_USEC = 300000, /* tolerance for a busy machine */
};

struct fixture {
	sd_event *event;
	struct pool *pool;
	int gate[2]; /* work hangs until something can be read from it */
};

struct job {
	struct work work;
	struct fixture *fixture;
	int serial;
	unsigned run_msec;
	int started_at; /* values of the counters below at that time */
	int done_at;
	int expired;
	int others; /* running at the same time */
	pthread_t thread;
	uint64_t expired_usec;
};

static int submitted, started, returned, done, running;

static uint64_t now_usec(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void job_run(struct work *work)
{
	struct job *job = caa_container_of(work, struct job, work);
	struct timespec pause = { .tv_nsec = job->run_msec * 1000000L };

	job->started_at = __atomic_add_fetch(&started, 1, __ATOMIC_SEQ_CST);
	job->thread = pthread_self();
	job->others = __atomic_fetch_add(&running, 1, __ATOMIC_SEQ_CST);
	if (job->run_msec)
		nanosleep(&pause, NULL);
	__atomic_sub_fetch(&running, 1, __ATOMIC_SEQ_CST);
}

static void job_hang(struct work *work)
{
	struct job *job = caa_container_of(work, struct job, work);
	struct pollfd gate = { .fd = job->fixture->gate[0], .events = POLLIN };

	__atomic_add_fetch(&running, 1, __ATOMIC_SEQ_CST);
	job->started_at = __atomic_add_fetch(&started, 1, __ATOMIC_SEQ_CST);
	poll(&gate, 1, -1);
	__atomic_add_fetch(&returned, 1, __ATOMIC_SEQ_CST);
	__atomic_sub_fetch(&running, 1, __ATOMIC_SEQ_CST);
}

static void job_done(struct work *work)
{
	caa_container_of(work, struct job, work)->done_at = ++done;
}

static void job_expired(struct work *work)
{
	struct job *job = caa_container_of(work, struct job, work);

	job->expired++;
	job->expired_usec = now_usec();
}

static void job_submit(struct fixture *fixture, struct job *job, uint64_t lane,
		       void (*run)(struct work *work))
{
	job->fixture = fixture;
	job->work.run = run;
	job->work.done = job_done;
	job->work.expired = job_expired;
	job->work.lane = lane;
	submitted++;
	pool_submit(fixture->pool, &job->work);
}

static void turn(struct fixture *fixture, unsigned msec)
{
	uint64_t end = now_usec() + msec * 1000, now;

	while ((now = now_usec()) < end)
		assert_true(sd_event_run(fixture->event, end - now) >= 0);
}

static void turn_until_done(struct fixture *fixture, int count)
{
	uint64_t end = now_usec() + 10000000;

	while (done < count) {
		assert_true(sd_event_run(fixture->event, 1000000) >= 0);
		assert_true(now_usec() < end);
	}
}

static int count_running(void)
{
	return __atomic_load_n(&running, __ATOMIC_SEQ_CST);
}

static int count_waiting(void)
{
	return submitted - __atomic_load_n(&started, __ATOMIC_SEQ_CST);
}

/* Workers that exist, as the kernel counts them. */
static int count_threads(void)
{
	DIR *stream = opendir("/proc/self/task");
	char file[300], name[20];
	struct dirent *entry;
	int count = 0;
	FILE *comm;

	assert_non_null(stream);
	while ((entry = readdir(stream))) {
		snprintf(file, sizeof(file), "/proc/self/task/%s/comm", entry->d_name);
		comm = fopen(file, "re");
		if (!comm)
			continue;
		if (fgets(name, sizeof(name), comm) && strcmp(name, "multipathd/pool\n") == 0)
			count++;
		fclose(comm);
	}
	closedir(stream);
	return count;
}

static void open_gate(struct fixture *fixture)
{
	assert_int_equal(write(fixture->gate[1], "", 1), 1);
}

/* Until the number is in that range. */
static void turn_until(struct fixture *fixture, int (*count)(void), int min, int max)
{
	uint64_t end = now_usec() + 10000000;

	while (count() < min || count() > max) {
		assert_true(sd_event_run(fixture->event, 10000) >= 0);
		assert_true(now_usec() < end);
	}
}

static int set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	submitted = started = returned = done = running = 0;
	assert_int_equal(sd_event_new(&fixture->event), 0);
	assert_int_equal(pool_new(fixture->event, &fixture->pool), 0);
	assert_int_equal(pipe(fixture->gate), 0);
	*state = fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	fixture->pool = pool_free(fixture->pool);
	sd_event_unref(fixture->event);
	close(fixture->gate[0]);
	close(fixture->gate[1]);
	free(fixture);
	return 0;
}

static void an_exclusive_lane_keeps_its_order(void **state)
{
	struct fixture *fixture = *state;
	static struct job jobs[100];

	for (int i = 0; i < 100; i++) {
		jobs[i] = (struct job){ .work.exclusive = true, .run_msec = i % 10 == 0 };
		job_submit(fixture, &jobs[i], 1, job_run);
	}
	turn_until_done(fixture, 100);
	for (int i = 0; i < 100; i++) {
		assert_int_equal(jobs[i].started_at, i + 1);
		assert_int_equal(jobs[i].done_at, i + 1);
		assert_int_equal(jobs[i].others, 0);
	}
	assert_true(pool_is_idle(fixture->pool));
}

static void exclusive_work_is_alone_among_other_work_of_its_lane(void **state)
{
	struct fixture *fixture = *state;
	static struct job jobs[60];

	for (int i = 0; i < 60; i++) {
		jobs[i] = (struct job){ .work.exclusive = i % 20 == 10, .run_msec = 4 };
		job_submit(fixture, &jobs[i], 1, job_run);
	}
	turn_until_done(fixture, 60);
	for (int i = 0; i < 60; i++) {
		if (!jobs[i].work.exclusive)
			continue;
		assert_int_equal(jobs[i].others, 0);
		assert_int_equal(jobs[i].started_at, i + 1);
	}
}

static void slow_calls_get_more_threads(void **state)
{
	struct fixture *fixture = *state;
	static struct job jobs[240];
	uint64_t begin = now_usec();

	for (int i = 0; i < 240; i++) {
		jobs[i] = (struct job){ .run_msec = 10 };
		job_submit(fixture, &jobs[i], i % 4, job_run);
	}
	turn_until_done(fixture, 240);
	assert_in_range(now_usec() - begin, 200000, 1200000); /* one thread: 2.4 s */
	assert_in_range(count_threads(), 8, PLACES);
	assert_int_equal(count_running(), 0);
	assert_int_equal(count_waiting(), 0);
}

/* Calls are not quick while other processes have the CPU: one of several attempts must succeed. */
static void quick_calls_stay_on_one_thread(void **state)
{
	unsigned threads = UINT_MAX;

	for (int try = 0; try < 20 && threads > 2; try++) {
		static struct job jobs[64];
		struct fixture *fixture;

		tear_down(state);
		set_up(state);
		fixture = *state;
		for (int i = 0; i < 64; i++) {
			jobs[i] = (struct job){ 0 };
			job_submit(fixture, &jobs[i], i % 4, job_run);
		}
		turn_until_done(fixture, 64);
		threads = count_threads();
	}
	assert_in_range(threads, 1, 2);
}

static void a_lane_that_hangs_delays_no_other(void **state)
{
	struct fixture *fixture = *state;
	static struct job hung[40], healthy[100], last;
	uint64_t begin;

	for (int i = 0; i < 40; i++) {
		hung[i] = (struct job){ 0 };
		job_submit(fixture, &hung[i], 1, job_hang);
	}
	turn(fixture, 500);
	assert_int_equal(count_running(), 2);
	assert_int_equal(count_waiting(), 38);
	assert_false(pool_awaits_turn(fixture->pool, &hung[39].work)); /* some hangs */

	begin = now_usec();
	for (int i = 0; i < 100; i++) {
		healthy[i] = (struct job){ 0 };
		job_submit(fixture, &healthy[i], HEALTHY_LANE + i % 5, job_run);
	}
	turn_until_done(fixture, 100);
	assert_in_range(now_usec() - begin, 0, LATE_USEC);
	assert_int_equal(hung[0].done_at, 0);

	open_gate(fixture);
	turn_until_done(fixture, 140);
	last = (struct job){ 0 };
	job_submit(fixture, &last, 1, job_run);
	assert_true(pool_awaits_turn(fixture->pool, &last.work)); /* none hangs */
	turn_until_done(fixture, 141);
}

static uint64_t lane_of(enum work_class class, int number)
{
	return work_lane_number(class, mp_hash_number(number));
}

/*
 * @run:	a scenario, in a new fixture. Return: true if what must not wait was done in time
 *
 * A busy machine may delay one run. A fault delays each.
 */
static void assert_in_time(void **state, bool (*run)(struct fixture *fixture))
{
	for (int attempt = 0; attempt < 10; attempt++) {
		if (attempt) {
			tear_down(state);
			set_up(state);
		}
		if (run(*state))
			return;
	}
	fail_msg("late in each of ten runs");
}

/* One piece of work of each class after @hanging. Return: true if they were done in time. */
static bool healthy_are_done(struct fixture *fixture, int hanging, int *count)
{
	static struct job healthy[WORK_CLASSES];
	uint64_t begin = now_usec();

	for (int class = hanging + 1; class < WORK_CLASSES; class ++) {
		healthy[class] = (struct job){ 0 };
		job_submit(fixture, &healthy[class], lane_of(class, HEALTHY_LANE), job_run);
		++*count;
	}
	turn_until_done(fixture, *count);
	return now_usec() - begin <= LATE_USEC / 2;
}

static bool healthy_classes_are_served(struct fixture *fixture)
{
	static struct job hung[WORK_CLASSES][400];
	bool in_time = true;
	int count = 0;

	for (int hanging = 0; hanging < WORK_CLASSES; hanging++) {
		for (int i = 0; i < 400; i++) {
			hung[hanging][i] = (struct job){ 0 };
			job_submit(fixture, &hung[hanging][i], lane_of(hanging, i), job_hang);
		}
		turn(fixture, 10);
		/*
		 * At first none is known to hang, and its class has taken all that is not reserved
		 * for others.
		 */
		in_time &= healthy_are_done(fixture, hanging, &count);
		turn(fixture, 1000);
		in_time &= healthy_are_done(fixture, hanging, &count);
	}
	turn_until(fixture, count_running, PLACES_THREADS_MAX, PLACES_THREADS_MAX);
	turn(fixture, 100);
	assert_int_equal(count_threads(), PLACES_THREADS_MAX);
	assert_int_equal(count_running(), PLACES_THREADS_MAX);

	open_gate(fixture);
	turn_until_done(fixture, count + 400 * WORK_CLASSES);
	turn_until(fixture, count_threads, 1, PLACES);
	return in_time;
}

static void no_class_waits_for_one_that_hangs_in_hundreds_of_lanes(void **state)
{
	assert_in_time(state, healthy_classes_are_served);
}

/* Like a check that first probes whether its device answers. */
static void job_hang_unless_sparing(struct work *work)
{
	if (work->sparing)
		job_run(work);
	else
		job_hang(work);
}

static bool sparing_work_is_done(struct fixture *fixture)
{
	static struct job jobs[500], healthy[100];
	uint64_t begin;
	bool in_time;

	for (int i = 0; i < 500; i++) {
		jobs[i] = (struct job){ 0 };
		job_submit(fixture, &jobs[i], lane_of(WORK_CHECKS, i), job_hang_unless_sparing);
	}
	turn(fixture, 1000);
	begin = now_usec();
	for (int i = 0; i < 100; i++) {
		healthy[i] = (struct job){ 0 };
		job_submit(fixture, &healthy[i], lane_of(WORK_CHECKS, HEALTHY_LANE + i), job_run);
	}
	while (!healthy[99].done_at)
		assert_true(sd_event_run(fixture->event, 1000000) >= 0);
	in_time = now_usec() - begin <= LATE_USEC;
	turn_until(fixture, count_waiting, 0, 0);
	turn_until(fixture, count_running, 8, PLACES);

	open_gate(fixture);
	turn_until_done(fixture, 600);
	return in_time;
}

static void a_class_continues_when_its_work_is_sparing(void **state)
{
	assert_in_time(state, sparing_work_is_done);
}

static void only_work_in_lanes_that_do_not_hang_lacks_places(void **state)
{
	struct fixture *fixture = *state;
	static struct job hung[60], healthy, behind;

	for (int i = 0; i < 60; i++) {
		hung[i] = (struct job){ 0 };
		job_submit(fixture, &hung[i], lane_of(WORK_CHECKS, i), job_hang);
	}
	behind = (struct job){ .work.exclusive = true };
	job_submit(fixture, &behind, lane_of(WORK_CHECKS, 0), job_run);
	turn(fixture, 1500);
	healthy = (struct job){ 0 };
	job_submit(fixture, &healthy, lane_of(WORK_CHECKS, HEALTHY_LANE), job_run);
	turn(fixture, 50);
	assert_true(pool_lacks_places(fixture->pool, &healthy.work));
	assert_false(pool_lacks_places(fixture->pool, &behind.work));
	assert_false(pool_lacks_places(fixture->pool, &hung[0].work));
	open_gate(fixture);
	turn_until_done(fixture, 62);
}

static void work_awaits_its_turn_until_what_it_waits_for_hangs(void **state)
{
	struct fixture *fixture = *state;
	struct job first = { .work.exclusive = true }, second = { .work.exclusive = true };

	job_submit(fixture, &first, lane_of(WORK_CHECKS, 0), job_hang);
	job_submit(fixture, &second, lane_of(WORK_CHECKS, 0), job_run);
	assert_true(pool_awaits_turn(fixture->pool, &second.work));
	turn(fixture, 1500);
	assert_false(pool_awaits_turn(fixture->pool, &first.work));
	assert_false(pool_awaits_turn(fixture->pool, &second.work));
	open_gate(fixture);
	turn_until_done(fixture, 2);
}

static void work_that_hangs_expires_once_and_is_done_when_it_returns(void **state)
{
	struct fixture *fixture = *state;
	struct job job = { .work.timeout_usec = 100000 };
	uint64_t begin = now_usec();

	job_submit(fixture, &job, 1, job_hang);
	turn(fixture, 400);
	assert_int_equal(job.expired, 1);
	assert_in_range(job.expired_usec - begin, 100000, 100000 + LATE_USEC);
	assert_int_equal(job.done_at, 0);

	open_gate(fixture);
	turn_until_done(fixture, 1);
	assert_int_equal(job.expired, 1);
	assert_false(job.work.skipped);
}

static void work_that_expires_before_its_turn_is_never_run(void **state)
{
	struct fixture *fixture = *state;
	struct job first = { .work.exclusive = true };
	struct job second = { .work.exclusive = true, .work.timeout_usec = 50000 };
	struct job third = { .work.exclusive = true };

	job_submit(fixture, &first, 1, job_hang);
	job_submit(fixture, &second, 1, job_run);
	job_submit(fixture, &third, 1, job_run);
	turn(fixture, 200);
	assert_int_equal(second.expired, 1);
	assert_int_equal(second.done_at, 0);

	open_gate(fixture);
	turn_until_done(fixture, 3);
	assert_int_equal(second.done_at, 2);
	assert_true(second.work.skipped);
	assert_int_equal(second.started_at, 0);
	assert_false(third.work.skipped);
	assert_int_equal(third.started_at, 2);
}

static void each_deadline_passes_in_time_whatever_its_length(void **state)
{
	static const unsigned timeouts_msec[] = { 90, 30, 60, 40, 80, 50 };
	struct fixture *fixture = *state;
	struct job jobs[ARRAY_SIZE(timeouts_msec)] = { 0 };
	uint64_t begin = now_usec();

	for (size_t i = 0; i < ARRAY_SIZE(jobs); i++) {
		jobs[i].work.timeout_usec = timeouts_msec[i] * 1000;
		job_submit(fixture, &jobs[i], i, job_hang);
	}
	turn(fixture, 300);
	for (size_t i = 0; i < ARRAY_SIZE(jobs); i++) {
		assert_int_equal(jobs[i].expired, 1);
		assert_in_range(jobs[i].expired_usec - begin, timeouts_msec[i] * 1000,
				timeouts_msec[i] * 1000 + LATE_USEC);
	}
	open_gate(fixture);
	turn_until_done(fixture, ARRAY_SIZE(jobs));
}

static void ten_thousand_pieces_are_all_done(void **state)
{
	struct fixture *fixture = *state;
	static struct job jobs[10000];

	for (int i = 0; i < 10000; i++) {
		jobs[i] =
			(struct job){ .work.exclusive = i % 7 == 0, .work.timeout_usec = 60000000 };
		job_submit(fixture, &jobs[i], i % 97, job_run);
		if (i % 100 == 0)
			assert_true(sd_event_run(fixture->event, 0) >= 0);
	}
	turn_until_done(fixture, 10000);
	assert_int_equal(count_running(), 0);
	assert_int_equal(count_waiting(), 0);
	assert_int_equal(started, 10000);
	assert_true(pool_is_idle(fixture->pool));
	for (int i = 0; i < 10000; i++)
		assert_int_equal(jobs[i].expired, 0);
}

static void a_turn_takes_a_limited_number_of_answers(void **state)
{
	enum { COUNT = 5 * SLICE_STEPS };
	struct fixture *fixture = *state;
	struct job *jobs = calloc(COUNT, sizeof(*jobs));
	uint64_t end = now_usec() + 10000000;

	for (int i = 0; i < COUNT; i++)
		job_submit(fixture, &jobs[i], i % 10, job_run);
	assert_true(sd_event_run(fixture->event, 0) >= 0);
	/* All of them finish before the loop looks again. */
	while (__atomic_load_n(&started, __ATOMIC_SEQ_CST) < COUNT && now_usec() < end)
		poll(NULL, 0, 1);
	while (done < COUNT) {
		int before = done;

		assert_true(sd_event_run(fixture->event, 1000000) >= 0);
		assert_in_range(done - before, 0, SLICE_STEPS);
		assert_true(now_usec() < end);
	}
	assert_true(pool_is_idle(fixture->pool));
	free(jobs);
}

static void freeing_lets_quick_work_return(void **state)
{
	struct fixture *fixture = *state;
	static struct job jobs[20];
	int skipped = 0;

	for (int i = 0; i < 20; i++) {
		jobs[i] = (struct job){ .run_msec = 30 };
		job_submit(fixture, &jobs[i], i, job_run);
	}
	turn(fixture, 40);
	fixture->pool = pool_free(fixture->pool);
	assert_int_equal(done, 20);
	for (int i = 0; i < 20; i++) {
		assert_int_equal(jobs[i].work.skipped, jobs[i].started_at == 0);
		skipped += jobs[i].work.skipped;
	}
	assert_int_equal(started, 20 - skipped);
}

static void freeing_abandons_hanging_work_and_returns_what_waits(void **state)
{
	struct fixture *fixture = *state;
	static struct job hung, waiting[10];
	uint64_t begin;

	hung = (struct job){ 0 };
	hung.work.exclusive = true;
	job_submit(fixture, &hung, 1, job_hang);
	for (int i = 0; i < 10; i++) {
		waiting[i] = (struct job){ .work.exclusive = true };
		job_submit(fixture, &waiting[i], 1, job_run);
	}
	turn_until(fixture, count_running, 1, 1);
	begin = now_usec();
	fixture->pool = pool_free(fixture->pool);
	assert_in_range(now_usec() - begin, 0, 250000 + LATE_USEC);
	assert_int_equal(hung.done_at, 0);
	for (int i = 0; i < 10; i++) {
		assert_true(waiting[i].done_at > 0);
		assert_true(waiting[i].work.skipped);
	}
	open_gate(fixture);
	while (__atomic_load_n(&returned, __ATOMIC_SEQ_CST) == 0)
		poll(NULL, 0, 1);
	poll(NULL, 0, 50); /* it ends by itself, and touches nothing */
	assert_int_equal(done, 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(an_exclusive_lane_keeps_its_order, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(
			exclusive_work_is_alone_among_other_work_of_its_lane, set_up, tear_down),
		cmocka_unit_test_setup_teardown(slow_calls_get_more_threads, set_up, tear_down),
		cmocka_unit_test_setup_teardown(quick_calls_stay_on_one_thread, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_lane_that_hangs_delays_no_other, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(
			no_class_waits_for_one_that_hangs_in_hundreds_of_lanes, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_class_continues_when_its_work_is_sparing, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(only_work_in_lanes_that_do_not_hang_lacks_places,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(work_awaits_its_turn_until_what_it_waits_for_hangs,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			work_that_hangs_expires_once_and_is_done_when_it_returns, set_up,
			tear_down),
		cmocka_unit_test_setup_teardown(work_that_expires_before_its_turn_is_never_run,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(each_deadline_passes_in_time_whatever_its_length,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(ten_thousand_pieces_are_all_done, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(a_turn_takes_a_limited_number_of_answers, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(freeing_lets_quick_work_return, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			freeing_abandons_hanging_work_and_returns_what_waits, set_up, tear_down),
	};
	int r;

	mp_hash_register_thread();
	r = cmocka_run_group_tests(tests, NULL, NULL);
	mp_hash_unregister_thread();
	return r;
}
