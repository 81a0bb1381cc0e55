/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <pthread.h>
#include <sched.h>

#include "base/cleanup.h"
#include "multipathd/loop/work.h"
#include "multipathd/loop/works.h"

static void work_is_taken_in_the_order_in_which_it_was_added(void **state)
{
	struct work work[3] = { 0 };
	struct works works;

	(void)state;
	works_init(&works);
	assert_null(works_first(&works));
	assert_null(works_take(&works));
	assert_true(works_add(&works, &work[0])); /* it was empty */
	assert_false(works_add(&works, &work[1]));
	assert_ptr_equal(works_first(&works), &work[0]); /* which stays */
	assert_ptr_equal(works_take(&works), &work[0]);
	assert_false(works_add(&works, &work[2]));
	assert_ptr_equal(works_take(&works), &work[1]);
	assert_ptr_equal(works_take(&works), &work[2]);
	assert_null(works_take(&works));
	assert_true(works_add(&works, &work[0]));
}

static void a_queue_is_moved_to_the_end_of_another(void **state)
{
	struct work work[4] = { 0 };
	struct works from, to;

	(void)state;
	works_init(&from);
	works_init(&to);
	works_add(&to, &work[0]);
	works_move(&to, &from); /* nothing */
	works_add(&from, &work[1]);
	works_add(&from, &work[2]);
	works_move(&to, &from);
	assert_null(works_first(&from));
	assert_true(works_add(&from, &work[3]));
	for (size_t i = 0; i < 3; i++)
		assert_ptr_equal(works_take(&to), &work[i]);
	assert_null(works_take(&to));
}

enum { THREADS = 4, EACH = 5000 };

static struct works shared;

static void *add_many(void *userdata)
{
	struct work *work = userdata;

	for (size_t i = 0; i < EACH; i++)
		works_add(&shared, &work[i]);
	return NULL;
}

static void work_added_by_many_threads_arrives_once_and_in_the_order_of_each(void **state)
{
	static struct work work[THREADS][EACH];
	size_t next[THREADS] = { 0 };
	pthread_t threads[THREADS];

	(void)state;
	works_init(&shared);
	for (size_t i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, add_many, work[i]), 0);
	for (size_t taken = 0; taken < THREADS * EACH;) {
		struct work *one = works_take(&shared);
		size_t index, thread;

		if (!one) {
			sched_yield();
			continue;
		}
		index = one - &work[0][0];
		thread = index / EACH;
		assert_int_equal(index % EACH, next[thread]++);
		taken++;
	}
	for (size_t i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	assert_null(works_take(&shared));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(work_is_taken_in_the_order_in_which_it_was_added),
		cmocka_unit_test(a_queue_is_moved_to_the_end_of_another),
		cmocka_unit_test(work_added_by_many_threads_arrives_once_and_in_the_order_of_each),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
