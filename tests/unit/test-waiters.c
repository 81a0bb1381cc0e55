/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/waiters.h"

#include "base/cleanup.h"
#include "pair-proven.h"

static void all_clients_get_the_reply_once(void **state)
{
	_cleanup_world_ struct world world;

	(void)state;
	world_init(&world);
	assert_int_equal(waiters_add(world.a, 7), 0);
	assert_int_equal(waiters_add(world.a, 8), 0);
	assert_int_equal(waiters_add(world.b, 9), 0);
	waiters_answer(world.a, "fail\n");
	recorded_expect("reply 7: fail\nreply 8: fail\n");
	waiters_answer(world.a, "fail\n");
	recorded_expect("");
	waiters_answer(world.b, "ok\n");
	recorded_expect("reply 9: ok\n");
}

static void each_client_gets_the_result_of_a_message_of_its_own(void **state)
{
	_cleanup_world_ struct world world;

	(void)state;
	world_init(&world);
	assert_int_equal(waiters_add(world.a, 7), 0);
	assert_int_equal(waiters_add(world.a, 8), 0);
	waiters_reinstate(world.a);
	recorded_expect("message w: reinstate_path 8:0 for request 7\n"
			"message w: reinstate_path 8:0 for request 8\n");
	waiters_reinstate(world.a);
	waiters_answer(world.a, "ok\n");
	recorded_expect("");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_clients_get_the_reply_once),
		cmocka_unit_test(each_client_gets_the_result_of_a_message_of_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
