/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/cleanup.h"
#include "model/failback.h"
#include "model/settings.h"

static void expect(struct mp_failback_input input, enum mp_failback_verdict verdict, size_t row)
{
	struct mp_failback_decision decision = mp_failback_decide(&input);

	if (decision.verdict != verdict)
		fail_msg("row %zu: verdict %d, not %d (%s)", row, decision.verdict, verdict,
			 decision.reason);
	assert_non_null(decision.reason);
}

/* What there is to do, with each policy that does it at once. */
static void immediate_failback_does_what_is_needed(void **state)
{
	static const struct {
		struct mp_failback_input input;
		enum mp_failback_verdict verdict;
	} rows[] = {
		{ { .groups = 2, .best = 1, .current = 1 }, MP_FAILBACK_NONE },
		{ { .groups = 2, .best = 1, .current = 2 }, MP_FAILBACK_SWITCH },
		{ { .groups = 2, .best = 2, .current = 1 }, MP_FAILBACK_SWITCH },
		{ { .groups = 1, .best = 1, .current = 1 }, MP_FAILBACK_NONE },
		{ { .groups = 0 }, MP_FAILBACK_NONE },
		{ { .groups = 2, .best = 1, .current = 0 }, MP_FAILBACK_NONE },
		{ { .groups = 2, .best = 1, .current = 1, .out_of_order = true },
		  MP_FAILBACK_NONE },
		{ { .groups = 2, .best = 2, .current = 1, .out_of_order = true },
		  MP_FAILBACK_RELOAD },
		{ { .groups = 2, .best = 1, .current = 1, .regroup = true }, MP_FAILBACK_RELOAD },
		/* a single group may fall apart */
		{ { .groups = 1, .best = 1, .current = 1, .regroup = true }, MP_FAILBACK_RELOAD },
		{ { .groups = 1, .best = 1, .current = 1, .out_of_order = true },
		  MP_FAILBACK_NONE },
		{ { .groups = 2, .best = 1, .current = 2, .awaits_udev = true }, MP_FAILBACK_NONE },
		{ { .groups = 2, .best = 1, .current = 2, .path_failed = true },
		  MP_FAILBACK_SWITCH },
		/* left over from another policy */
		{ { .groups = 2, .best = 1, .current = 2, .timer_running = true },
		  MP_FAILBACK_CANCEL_TIMER },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct mp_failback_input input = rows[i].input;

		input.policy = MP_FAILBACK_IMMEDIATE;
		expect(input, rows[i].verdict, i);
		/* a path of the best group led the way back: the same */
		input.policy = MP_FAILBACK_FOLLOWOVER;
		input.followover = true;
		expect(input, rows[i].verdict, i);
		/* any other path does not */
		input.followover = false;
		expect(input, input.timer_running ? MP_FAILBACK_CANCEL_TIMER : MP_FAILBACK_NONE, i);
		/* the operator does it, or nobody */
		input.policy = MP_FAILBACK_MANUAL;
		expect(input, input.timer_running ? MP_FAILBACK_CANCEL_TIMER : MP_FAILBACK_NONE, i);
	}
}

static void deferred_failback_waits_for_its_timer(void **state)
{
	static const struct {
		struct mp_failback_input input;
		enum mp_failback_verdict verdict;
	} rows[] = {
		{ { .best = 1, .current = 1 }, MP_FAILBACK_NONE },
		{ { .best = 1, .current = 2 }, MP_FAILBACK_START_TIMER },
		{ { .best = 1, .current = 1, .regroup = true }, MP_FAILBACK_START_TIMER },
		{ { .best = 2, .current = 1, .out_of_order = true }, MP_FAILBACK_START_TIMER },
		{ { .best = 1, .current = 2, .timer_running = true }, MP_FAILBACK_NONE },
		/* a path that came up starts it again */
		{ { .best = 1, .current = 2, .timer_running = true, .path_came_up = true },
		  MP_FAILBACK_START_TIMER },
		/* no need any more */
		{ { .best = 1, .current = 1, .timer_running = true }, MP_FAILBACK_CANCEL_TIMER },
		{ { .best = 1, .current = 1, .timer_running = true, .path_came_up = true },
		  MP_FAILBACK_CANCEL_TIMER },
		/* a path that failed ends it */
		{ { .best = 1, .current = 2, .timer_running = true, .path_failed = true },
		  MP_FAILBACK_CANCEL_TIMER },
		{ { .best = 1,
		    .current = 2,
		    .timer_running = true,
		    .timer_expired = true,
		    .path_failed = true },
		  MP_FAILBACK_CANCEL_TIMER },
		{ { .best = 1, .current = 2, .path_failed = true }, MP_FAILBACK_NONE },
		{ { .best = 1, .current = 2, .path_failed = true, .path_came_up = true },
		  MP_FAILBACK_NONE },
		/* time is up: is the need still there? */
		{ { .best = 1, .current = 2, .timer_expired = true }, MP_FAILBACK_SWITCH },
		{ { .best = 1, .current = 2, .timer_running = true, .timer_expired = true },
		  MP_FAILBACK_SWITCH },
		{ { .best = 1, .current = 1, .timer_expired = true }, MP_FAILBACK_NONE },
		{ { .best = 2, .current = 1, .timer_expired = true, .out_of_order = true },
		  MP_FAILBACK_RELOAD },
		{ { .best = 1, .current = 1, .timer_expired = true, .regroup = true },
		  MP_FAILBACK_RELOAD },
		{ { .best = 1, .current = 2, .timer_expired = true, .awaits_udev = true },
		  MP_FAILBACK_NONE },
		{ { .best = 1, .current = 2, .awaits_udev = true }, MP_FAILBACK_NONE },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct mp_failback_input input = rows[i].input;

		input.groups = 2;
		input.policy = 10;
		expect(input, rows[i].verdict, i);
		input.policy = 1;
		expect(input, rows[i].verdict, i);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(immediate_failback_does_what_is_needed),
		cmocka_unit_test(deferred_failback_waits_for_its_timer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
