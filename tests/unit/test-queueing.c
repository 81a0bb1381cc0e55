/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/cleanup.h"
#include "model/queueing.h"
#include "model/settings.h"

/* One life of a map: the kernel's mode follows what each step decides. */
struct story {
	struct mp_queueing queueing;
	struct mp_queueing_input input;
};

static struct mp_queueing_effect tell(struct story *story, double sec, unsigned active,
				      unsigned pending)
{
	struct mp_queueing_effect effect;

	story->input.now_usec = 1000000000 + sec * 1000000;
	story->input.active = active;
	story->input.pending = pending;
	effect = mp_queueing_step(&story->queueing, &story->input);
	if (effect.change)
		story->input.kernel_queues = effect.change == MP_QUEUEING_ON;
	assert_int_equal(mp_queueing_wanted(&story->queueing, active, story->input.kernel_queues),
			 story->input.kernel_queues);
	return effect;
}

static unsigned left(const struct story *story, double sec)
{
	return mp_queueing_left_sec(&story->queueing, 1000000000 + sec * 1000000);
}

static void the_kernel_is_brought_to_the_configured_mode(void **state)
{
	static const struct {
		int policy;
		unsigned active;
		bool kernel_queues;
		enum mp_queueing_change change;
		bool gave_up, entered_recovery;
	} rows[] = {
		{ MP_RETRY_UNSET, 1, false, MP_QUEUEING_KEEP, false, false },
		{ MP_RETRY_UNSET, 1, true, MP_QUEUEING_KEEP, false, false },
		{ MP_RETRY_UNSET, 0, true, MP_QUEUEING_KEEP, false, false },
		{ MP_RETRY_UNSET, 0, false, MP_QUEUEING_KEEP, true, false },
		{ MP_RETRY_FAIL, 1, false, MP_QUEUEING_KEEP, false, false },
		{ MP_RETRY_FAIL, 1, true, MP_QUEUEING_OFF, false, false },
		{ MP_RETRY_FAIL, 0, false, MP_QUEUEING_KEEP, true, false },
		{ MP_RETRY_FAIL, 0, true, MP_QUEUEING_OFF, true, false },
		{ MP_RETRY_QUEUE, 1, false, MP_QUEUEING_ON, false, false },
		{ MP_RETRY_QUEUE, 1, true, MP_QUEUEING_KEEP, false, false },
		{ MP_RETRY_QUEUE, 0, false, MP_QUEUEING_ON, false, false },
		{ MP_RETRY_QUEUE, 0, true, MP_QUEUEING_KEEP, false, false },
		{ 5, 1, false, MP_QUEUEING_ON, false, false },
		{ 5, 1, true, MP_QUEUEING_KEEP, false, false },
		{ 5, 0, false, MP_QUEUEING_ON, false, true },
		{ 5, 0, true, MP_QUEUEING_KEEP, false, true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct story story = { .input = { .policy = rows[i].policy,
						  .polling_interval_sec = 5,
						  .kernel_queues = rows[i].kernel_queues } };
		struct mp_queueing_effect effect = tell(&story, 0, rows[i].active, 0);

		assert_int_equal(effect.change, rows[i].change);
		assert_int_equal(effect.gave_up, rows[i].gave_up);
		assert_int_equal(effect.entered_recovery, rows[i].entered_recovery);
		assert_int_equal(!effect.reason,
				 !effect.change && !effect.gave_up && !effect.entered_recovery);
		/* once is enough */
		effect = tell(&story, 0, rows[i].active, 0);
		assert_int_equal(effect.change, MP_QUEUEING_KEEP);
		assert_false(effect.gave_up);
		assert_false(effect.entered_recovery);
		assert_null(effect.reason);
	}
}

static void retries_last_their_number_of_intervals_and_a_second(void **state)
{
	static const struct {
		int policy;
		unsigned polling_interval_sec, seconds;
	} rows[] = { { 1, 1, 2 }, { 4, 2, 9 }, { 12, 5, 61 }, { INT32_MAX, 1, 2147483648u } };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct story story = { .input = { .policy = rows[i].policy,
						  .kernel_queues = true,
						  .polling_interval_sec =
							  rows[i].polling_interval_sec } };
		struct mp_queueing_effect effect;

		tell(&story, 0, 1, 0);
		assert_int_equal(left(&story, 0), 0);
		effect = tell(&story, 10, 0, 0);
		assert_true(effect.entered_recovery);
		assert_int_equal(left(&story, 10), rows[i].seconds);
		assert_int_equal(left(&story, 10.5), rows[i].seconds);
		assert_int_equal(left(&story, 11), rows[i].seconds - 1);
		effect = tell(&story, 10 + rows[i].seconds - 0.5, 0, 0);
		assert_int_equal(effect.change, MP_QUEUEING_KEEP);
		assert_true(story.queueing.recovering);
		assert_int_equal(left(&story, 10 + rows[i].seconds - 0.5), 1);

		effect = tell(&story, 10 + rows[i].seconds, 0, 0);
		assert_int_equal(effect.change, MP_QUEUEING_OFF);
		assert_true(effect.gave_up);
		assert_int_equal(effect.queued_sec, rows[i].seconds);
		assert_false(story.queueing.recovering);
		assert_true(story.queueing.expired);
		assert_int_equal(left(&story, 10 + rows[i].seconds), 0);

		effect = tell(&story, 20 + rows[i].seconds, 0, 0);
		assert_int_equal(effect.change, MP_QUEUEING_KEEP);
		assert_false(effect.gave_up);
		assert_false(effect.entered_recovery);

		effect = tell(&story, 30 + rows[i].seconds, 1, 0);
		assert_int_equal(effect.change, MP_QUEUEING_ON);
		assert_int_equal(effect.queued_sec, 0);
		assert_false(story.queueing.expired);
		/* and all begins again */
		effect = tell(&story, 40 + rows[i].seconds, 0, 0);
		assert_true(effect.entered_recovery);
	}
}

static void a_path_that_returns_in_time_ends_the_recovery(void **state)
{
	struct story story = {
		.input = { .policy = 4, .polling_interval_sec = 2, .kernel_queues = true }
	};
	struct mp_queueing_effect effect;

	(void)state;
	tell(&story, 0, 2, 0);
	tell(&story, 1, 1, 0);
	assert_false(story.queueing.recovering);
	tell(&story, 2, 0, 0);
	effect = tell(&story, 5.9, 1, 0);
	assert_int_equal(effect.change, MP_QUEUEING_KEEP);
	assert_int_equal(effect.queued_sec, 3);
	assert_non_null(effect.reason);
	assert_false(effect.gave_up);
	assert_false(story.queueing.recovering);
}

static void nothing_is_given_up_while_a_check_is_pending(void **state)
{
	struct story retries = {
		.input = { .policy = 4, .polling_interval_sec = 2, .kernel_queues = true }
	};
	struct story fails = { .input = { .policy = MP_RETRY_FAIL, .polling_interval_sec = 2 } };

	(void)state;
	assert_false(tell(&retries, 0, 0, 1).entered_recovery);
	assert_false(retries.queueing.recovering);
	assert_true(tell(&retries, 1, 0, 0).entered_recovery);
	/* pending checks do not stop a recovery that runs */
	assert_true(tell(&retries, 10, 0, 1).change == MP_QUEUEING_OFF);

	assert_false(tell(&fails, 0, 0, 1).gave_up);
	assert_true(tell(&fails, 1, 0, 0).gave_up);
	assert_false(tell(&fails, 2, 0, 1).gave_up);
	assert_false(tell(&fails, 3, 0, 0).gave_up);
	assert_false(tell(&fails, 4, 1, 0).gave_up);
	assert_true(tell(&fails, 5, 0, 0).gave_up);
}

static void a_policy_that_changes_counts_at_once(void **state)
{
	static const struct {
		int policy;
		enum mp_queueing_change change;
		bool recovering, gave_up;
	} rows[] = {
		{ MP_RETRY_UNSET, MP_QUEUEING_KEEP, false, false },
		{ MP_RETRY_FAIL, MP_QUEUEING_OFF, false, true },
		{ MP_RETRY_QUEUE, MP_QUEUEING_KEEP, false, false },
		{ 100, MP_QUEUEING_KEEP, true, false },
		{ 1, MP_QUEUEING_OFF, false, true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct story story = {
			.input = { .policy = 10, .polling_interval_sec = 5, .kernel_queues = true }
		};
		struct mp_queueing_effect effect;

		tell(&story, 0, 0, 0);
		assert_int_equal(left(&story, 0), 51);
		story.input.policy = rows[i].policy;
		effect = tell(&story, 20, 0, 0);
		assert_int_equal(effect.change, rows[i].change);
		assert_int_equal(effect.gave_up, rows[i].gave_up);
		assert_int_equal(story.queueing.recovering, rows[i].recovering);
		assert_int_equal(effect.queued_sec, rows[i].recovering ? 0 : 20);
		assert_int_equal(left(&story, 20), rows[i].recovering ? 481 : 0);
	}
}

static void queueing_that_expired_returns_with_a_policy_that_queues(void **state)
{
	struct story story = {
		.input = { .policy = 1, .polling_interval_sec = 1, .kernel_queues = true }
	};

	(void)state;
	tell(&story, 0, 0, 0);
	assert_int_equal(tell(&story, 5, 0, 0).change, MP_QUEUEING_OFF);
	story.input.policy = MP_RETRY_QUEUE;
	assert_int_equal(tell(&story, 6, 0, 0).change, MP_QUEUEING_ON);
}

static void the_operator_can_disable_queueing_until_it_is_restored(void **state)
{
	static const struct {
		int policy;
		enum mp_queueing_change disabled, restored;
	} rows[] = {
		{ MP_RETRY_UNSET, MP_QUEUEING_OFF, MP_QUEUEING_KEEP },
		{ MP_RETRY_FAIL, MP_QUEUEING_OFF, MP_QUEUEING_KEEP },
		{ MP_RETRY_QUEUE, MP_QUEUEING_OFF, MP_QUEUEING_ON },
		{ 5, MP_QUEUEING_OFF, MP_QUEUEING_ON },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct story story = { .input = { .policy = rows[i].policy,
						  .polling_interval_sec = 5,
						  .kernel_queues = true } };

		mp_queueing_disable(&story.queueing);
		assert_false(mp_queueing_wanted(&story.queueing, 1, true));
		assert_int_equal(tell(&story, 0, 1, 0).change, rows[i].disabled);
		assert_true(tell(&story, 1, 0, 0).gave_up);
		assert_false(story.queueing.recovering);
		tell(&story, 2, 1, 0);
		mp_queueing_restore(&story.queueing);
		assert_int_equal(tell(&story, 3, 1, 0).change, rows[i].restored);
	}
}

static void disabling_ends_a_recovery(void **state)
{
	struct story story = {
		.input = { .policy = 10, .polling_interval_sec = 5, .kernel_queues = true }
	};
	struct mp_queueing_effect effect;

	(void)state;
	tell(&story, 0, 0, 0);
	mp_queueing_disable(&story.queueing);
	assert_int_equal(left(&story, 7), 0);
	effect = tell(&story, 7, 0, 0);
	assert_int_equal(effect.change, MP_QUEUEING_OFF);
	assert_int_equal(effect.queued_sec, 7);
	assert_true(effect.gave_up);
	/* without a path, restored retries begin anew */
	mp_queueing_restore(&story.queueing);
	effect = tell(&story, 8, 0, 0);
	assert_true(effect.entered_recovery);
	assert_int_equal(effect.change, MP_QUEUEING_ON);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_kernel_is_brought_to_the_configured_mode),
		cmocka_unit_test(retries_last_their_number_of_intervals_and_a_second),
		cmocka_unit_test(a_path_that_returns_in_time_ends_the_recovery),
		cmocka_unit_test(nothing_is_given_up_while_a_check_is_pending),
		cmocka_unit_test(a_policy_that_changes_counts_at_once),
		cmocka_unit_test(queueing_that_expired_returns_with_a_policy_that_queues),
		cmocka_unit_test(the_operator_can_disable_queueing_until_it_is_restored),
		cmocka_unit_test(disabling_ends_a_recovery),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
