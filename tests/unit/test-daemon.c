/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "jobs-recorded.h"

#include "base/cleanup.h"

static void the_daemon_is_busy_while_anything_is_outstanding(void **state)
{
	_cleanup_recorded_ struct made made;
	struct daemon *daemon = &made.daemon;
	struct daemon_map *map;

	(void)state;
	recorded_init(&made, "");
	map = made_map(&made, "3600a");
	assert_false(daemon_is_busy(daemon));
	daemon->gathering = true;
	assert_true(daemon_is_busy(daemon));
	daemon->gathering = false;
	daemon->inventory.unanswered = 1;
	assert_true(daemon_is_busy(daemon));
	daemon->inventory.unanswered = 0;
	daemon->operations = 1;
	assert_true(daemon_is_busy(daemon));
	daemon->operations = 0;
	maps_touch(map, "test");
	assert_true(daemon_is_busy(daemon));
	/* the pass has taken it, and is not through */
	cds_list_del(&map->in_dirty);
	cds_list_add(&map->in_dirty, &daemon->inventory.reconciling);
	assert_true(daemon_is_busy(daemon));
	cds_list_del(&map->in_dirty);
	map->dirty = false;
	assert_false(daemon_is_busy(daemon));
}

static void each_request_that_waits_for_a_map_is_answered_once(void **state)
{
	_cleanup_recorded_ struct made made;
	struct daemon_map *map, *other;

	(void)state;
	recorded_init(&made, "");
	map = made_map(&made, "3600a");
	other = made_map(&made, "3600b");
	assert_int_equal(maps_wait(map, 7, false), 0);
	assert_int_equal(maps_wait(other, 8, false), 0);
	assert_int_equal(maps_wait(map, 9, true), 0);
	daemon_answer(map, "ok\n");
	recorded_expect("reply 7: ok\nreply 9: ok\n");
	daemon_answer(map, "ok\n");
	recorded_expect("");
	daemon_answer(other, "fail\n");
	recorded_expect("reply 8: fail\n");
}

static void without_a_client_or_a_server_there_is_no_reply(void **state)
{
	_cleanup_recorded_ struct made made;

	(void)state;
	recorded_init(&made, "");
	daemon_reply(&made.daemon, 0, "ok\n");
	recorded_expect("");
	made.daemon.server = NULL; /* multipath(8) */
	daemon_reply(&made.daemon, 7, "ok\n");
	recorded_expect("");
}

static void each_state_has_the_name_that_show_daemon_prints(void **state)
{
	static const char *const names[] = {
		[DAEMON_INIT] = "init",		  [DAEMON_STARTUP] = "startup",
		[DAEMON_CONFIGURE] = "configure", [DAEMON_IDLE] = "idle",
		[DAEMON_RUNNING] = "running",	  [DAEMON_SHUTDOWN] = "shutdown",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		assert_string_equal(daemon_state_name(i), names[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_daemon_is_busy_while_anything_is_outstanding),
		cmocka_unit_test(each_request_that_waits_for_a_map_is_answered_once),
		cmocka_unit_test(without_a_client_or_a_server_there_is_no_reply),
		cmocka_unit_test(each_state_has_the_name_that_show_daemon_prints),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
