/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "dm-recorded.h"

#include <errno.h>

#include "multipathd/jobs/messages.h"
#include "multipathd/state/daemon.h"
#include "multipathd/state/lanes.h"

static struct message_job ended; /* a copy of the last one */
static unsigned ended_count;

static void on_ended(struct message_job *job)
{
	ended = *job;
	ended_count++;
}

static int setup(void **state)
{
	memset(&ended, 0, sizeof(ended));
	ended_count = 0;
	return dm_setup(state);
}

static void a_message_is_copied_sent_and_its_result_returned(void **state)
{
	char wwid[] = "3600a", text[] = "fail_path 8:0";
	struct daemon daemon = { 0 };

	(void)state;
	assert_int_equal(messages_send(&daemon, wwid, text, 7, on_ended), 0);
	assert_true(submitted.works[0]->lane == lane_of_messages("3600a"));
	assert_true(submitted.works[0]->exclusive); /* in order */
	wwid[0] = text[0] = '\0';
	dm.fails = "message";
	dm.error = -EINVAL;
	submitted_run();
	dm_expect("message 3600a: fail_path 8:0\n");
	assert_int_equal(ended_count, 1);
	assert_ptr_equal(ended.daemon, &daemon);
	assert_string_equal(ended.wwid, "3600a");
	assert_int_equal(ended.request, 7);
	assert_int_equal(ended.error, -EINVAL);
}

static void a_canceled_removal_is_no_message(void **state)
{
	struct daemon daemon = { 0 };

	(void)state;
	assert_int_equal(messages_send(&daemon, "3600a", messages_cancel_removal, 0, on_ended), 0);
	submitted_run();
	dm_expect("cancel the removal of 3600a\n");
	assert_int_equal(ended.error, 0);
}

static void a_message_that_was_never_begun_has_no_result(void **state)
{
	struct daemon daemon = { 0 };

	(void)state;
	assert_int_equal(messages_send(&daemon, "3600a", "fail_path 8:0", 7, on_ended), 0);
	submitted_skip();
	dm_expect("");
	assert_int_equal(ended_count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_message_is_copied_sent_and_its_result_returned,
						setup, dm_teardown),
		cmocka_unit_test_setup_teardown(a_canceled_removal_is_no_message, setup,
						dm_teardown),
		cmocka_unit_test_setup_teardown(a_message_that_was_never_begun_has_no_result, setup,
						dm_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
