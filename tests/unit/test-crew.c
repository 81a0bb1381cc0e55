/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <dirent.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "multipathd/loop/crew.h"
#include "multipathd/loop/lane.h"
#include "multipathd/loop/timers.h"

enum { LANE = 3, LONG_MSEC = 10000 };

static unsigned alone; /* threads of this process without a crew */

struct job {
	struct work work;
	int gate; /* run() returns when something can be read from it; -1: at once */
	pthread_t thread; /* that ran it */
	unsigned runs;
};

static void job_run(struct work *work)
{
	struct job *job = caa_container_of(work, struct job, work);
	char byte;

	job->thread = pthread_self();
	__atomic_fetch_add(&job->runs, 1, __ATOMIC_SEQ_CST);
	if (job->gate >= 0)
		assert_int_equal(read(job->gate, &byte, 1), 1);
}

static unsigned job_runs(const struct job *job)
{
	return __atomic_load_n(&job->runs, __ATOMIC_SEQ_CST);
}

static unsigned threads(void)
{
	DIR *dir = opendir("/proc/self/task");
	unsigned count = 0;
	struct dirent *entry;

	assert_non_null(dir);
	while ((entry = readdir(dir)))
		count += entry->d_name[0] != '.';
	closedir(dir);
	return count;
}

static void submit(struct crew *crew, struct lane *lane, struct job *job)
{
	job->work.run = job_run;
	job->work.lane = lane->number;
	job->work.in_lane = lane;
	if (works_add(&lane->works, &job->work))
		crew_review(crew, lane);
	while (crew_drive(crew) && crew_look(crew, timers_now_usec()))
		;
}

/* Return: the next answer, NULL if none comes in time. */
static struct work *answer(struct crew *crew, struct works *answers)
{
	struct pollfd ready = { .fd = crew_answered_fd(crew), .events = POLLIN };
	uint64_t end_usec = timers_now_usec() + LONG_MSEC * 1000ull;

	while (!works_first(answers) && timers_now_usec() < end_usec) {
		poll(&ready, 1, 10);
		crew_look(crew, timers_now_usec());
		crew_collect(crew, answers);
	}
	return works_take(answers);
}

static void work_runs_on_a_thread_that_is_started_for_it(void **state)
{
	struct job job = { .gate = -1 };
	struct works answers;
	struct crew *crew;
	struct lane lane;

	(void)state;
	works_init(&answers);
	lane_init(&lane, LANE);
	assert_int_equal(crew_new(&crew), 0);
	assert_int_equal(threads(), alone); /* none before there is work */
	submit(crew, &lane, &job);
	assert_ptr_equal(answer(crew, &answers), &job.work);
	assert_int_equal(job_runs(&job), 1);
	assert_false(pthread_equal(job.thread, pthread_self()));
	crew_end(crew);
	crew_leave(crew);
}

static void exclusive_work_of_a_lane_is_answered_in_order(void **state)
{
	struct job jobs[20] = { 0 };
	struct works answers;
	struct crew *crew;
	struct lane lane;

	(void)state;
	works_init(&answers);
	lane_init(&lane, LANE);
	assert_int_equal(crew_new(&crew), 0);
	for (size_t i = 0; i < ARRAY_SIZE(jobs); i++) {
		jobs[i].gate = -1;
		jobs[i].work.exclusive = true;
		submit(crew, &lane, &jobs[i]);
	}
	for (size_t i = 0; i < ARRAY_SIZE(jobs); i++)
		assert_ptr_equal(answer(crew, &answers), &jobs[i].work);
	crew_end(crew);
	crew_leave(crew);
}

static void no_work_starts_after_the_end_and_what_runs_gets_a_moment(void **state)
{
	struct job running = { 0 }, waiting = { .gate = -1 };
	struct crew *crew;
	struct lane lane;
	uint64_t begun;
	int gate[2];

	(void)state;
	assert_int_equal(pipe(gate), 0);
	running.gate = gate[0];
	running.work.exclusive = waiting.work.exclusive = true;
	lane_init(&lane, LANE);
	assert_int_equal(crew_new(&crew), 0);
	submit(crew, &lane, &running);
	while (!job_runs(&running))
		sched_yield();
	submit(crew, &lane, &waiting);
	begun = timers_now_usec();
	crew_end(crew);
	assert_true(timers_now_usec() - begun >= 200000);
	assert_true(timers_now_usec() - begun < 5000000);
	assert_int_equal(write(gate[1], "x", 1), 1);
	crew_leave(crew); /* the thread frees it when the call returns */
	while (threads() > alone)
		sched_yield();
	assert_int_equal(job_runs(&waiting), 0);
	close(gate[0]);
	close(gate[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(work_runs_on_a_thread_that_is_started_for_it),
		cmocka_unit_test(exclusive_work_of_a_lane_is_answered_in_order),
		cmocka_unit_test(no_work_starts_after_the_end_and_what_runs_gets_a_moment),
	};

	alone = threads();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
