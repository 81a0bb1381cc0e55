/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "commands-asked.h"

static void commands_that_show_groups_wait_for_a_look_at_unused_maps(void **state)
{
	static const struct {
		const char *text;
		bool waits;
	} rows[] = {
		{ "show maps topology", true },
		{ "show topology", true },
		{ "show map mpatha topology", true },
		{ "show maps json", true },
		{ "list multipath mpatha json", true },
		{ "@list l 2 0", true },
		/* words may be abbreviated; arguments may be any text */
		{ "show maps js", true },
		{ "show maps to", true },
		{ "show\tmap mpatha\ttopology", true },
		{ "show maps format \" json\"", false },
		{ "show path \" topology\"", false },
		{ "show maps", false },
		{ "show paths", false },
		{ "fail path sdc", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct request request = { .id = 7, .is_root = true, .text = rows[i].text };

		for (int has_unused = 0; has_unused < 2; has_unused++) {
			recorded.has_unused = has_unused;
			commands_serve(&asked.made.daemon, &request);
			assert_int_equal(cds_list_empty(&recorded.look_waiters),
					 !(has_unused && rows[i].waits));
			recorded_drop_looks();
			recorded.timer_count = 0;
			recorded_forget();
		}
	}
}

static void a_parked_request_is_served_after_the_look_or_a_short_time(void **state)
{
	struct look_waiter *waiter;

	(void)state;
	recorded.has_unused = true;
	ask("show map mpathz topology", "timer in 0 s\nlook at unused maps, and wait\n");
	waiter = cds_list_first_entry(&recorded.look_waiters, struct look_waiter, in_waiters);
	cds_list_del_init(&waiter->in_waiters);
	waiter->looked(waiter);
	recorded_expect("reply 7: fail\ndevice not found\n");

	recorded.timer_count = 0;
	ask("show map mpathz topology", "timer in 0 s\nlook at unused maps, and wait\n");
	recorded_fire(recorded.timers[0].source);
	recorded_expect("reply 7: fail\ndevice not found\n");
	assert_true(cds_list_empty(&recorded.look_waiters));
}

static void a_postponed_request_is_served_by_the_retry_unless_its_client_is_gone(void **state)
{
	struct daemon *daemon = &asked.made.daemon;

	(void)state;
	asked.map->busy = true;
	ask("suspend map mpatha", "");
	waiting_retry(daemon);
	recorded_expect("");

	asked.map->busy = false;
	waiting_retry(daemon);
	recorded_expect("suspend w for request 7\n");
	assert_int_equal(asked_drop_postponed(), 0);

	asked.map->busy = true;
	ask("resume map mpatha", "");
	asked.map->busy = false;
	asked.client_is_gone = true;
	waiting_retry(daemon);
	recorded_expect("");
	assert_int_equal(asked_drop_postponed(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ASKED_TEST(commands_that_show_groups_wait_for_a_look_at_unused_maps),
		ASKED_TEST(a_parked_request_is_served_after_the_look_or_a_short_time),
		ASKED_TEST(a_postponed_request_is_served_by_the_retry_unless_its_client_is_gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
