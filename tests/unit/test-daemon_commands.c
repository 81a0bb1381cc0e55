/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "commands-asked.h"

#include <errno.h>

static void queueing_is_forced_and_restored(void **state)
{
	(void)state;
	ask("forcequeueing daemon", "reply 7: ok\n");
	assert_true(asked.made.daemon.queue_forced);
	ask("restorequeueing daemon", "reply 7: ok\n");
	assert_false(asked.made.daemon.queue_forced);
}

static void commands_that_read_files_are_answered_by_a_worker(void **state)
{
	static const char *const texts[] = {
		"check config",	    "check config json",	 "reconfigure --dry-run",
		"show config diff", "reconfigure all --dry-run", "reconfigure --dry-run json",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		recorded.work = NULL;
		ask(texts[i], "work\n");
		assert_non_null(recorded.work);
		assert_true(recorded.work->exclusive);
		recorded.work->run(recorded.work);
		recorded.work->done(recorded.work);
		assert_int_equal(strncmp(mp_strbuf_text(&recorded.text), "reply 7: ", 9), 0);
		recorded_forget();
	}
}

static void shutdown_ends_the_daemon(void **state)
{
	int code;

	(void)state;
	ask("quit", "reply 7: ok\n"); /* ends the client's shell */
	assert_int_equal(sd_event_get_exit_code(asked.made.daemon.event, &code), -ENODATA);
	ask("shutdown", "reply 7: ok\n");
	assert_int_equal(sd_event_get_exit_code(asked.made.daemon.event, &code), 0);
	assert_int_equal(code, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ASKED_TEST(queueing_is_forced_and_restored),
		ASKED_TEST(commands_that_read_files_are_answered_by_a_worker),
		ASKED_TEST(shutdown_ends_the_daemon),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
