/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "commands-asked.h"

static void maps_are_listed_by_a_worker_and_the_answer_comes_when_none_is_left(void **state)
{
	(void)state;
	ask("remove maps", "work\n");
	assert_true(asked.map->removing);
	assert_int_equal(asked.made.daemon.operations, 1);
	/* the worker has found none */
	recorded.work->done(recorded.work);
	recorded_expect("reply 7: ok\nlook\n");
	assert_false(asked.map->removing);
	assert_int_equal(asked.made.daemon.operations, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ASKED_TEST(maps_are_listed_by_a_worker_and_the_answer_comes_when_none_is_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
