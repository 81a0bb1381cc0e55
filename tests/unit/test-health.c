/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/cleanup.h"
#include "model/health.h"
#include "model/settings.h"

/* One life of a path, told in events. */
struct row {
	double sec;
	enum mp_health_event event;
	enum mp_path_state old;
	bool needed;
	unsigned ios, errors;
	/* expected */
	bool held, start, stop, check;
	enum mp_health_phase phase;
	unsigned failures;
};

static const struct mp_map_settings counting = {
	.san_path_err_threshold = 2,
	.san_path_err_forget_rate = 3,
	.san_path_err_recovery_sec = 10,
};

static const struct mp_map_settings sampling = {
	.san_path_err_threshold = 1, /* of no effect */
	.san_path_err_forget_rate = 1,
	.san_path_err_recovery_sec = 1,
	.marginal_double_failed_sec = 60,
	.marginal_sample_sec = 120,
	.marginal_rate_threshold = 10,
	.marginal_recheck_gap_sec = 300,
};

static void live(const struct mp_map_settings *settings, const struct row *rows, size_t count)
{
	struct mp_health health = { 0 };

	for (size_t i = 0; i < count; i++) {
		const struct row *row = &rows[i];
		const struct mp_health_input input = {
			.event = row->event,
			.settings = settings,
			.old = row->old,
			.needed = row->needed,
			.ios = row->ios,
			.errors = row->errors,
			.now_usec = 1000000000 + row->sec * 1000000,
		};
		struct mp_health_verdict verdict = mp_health_step(&health, &input);

		if (health.held != row->held || verdict.start_sampling != row->start ||
		    verdict.stop_sampling != row->stop || verdict.check != row->check ||
		    health.phase != row->phase || health.failures != row->failures)
			fail_msg(
				"row %zu: held %d, start %d, stop %d, check %d, phase %d, failures %u (%s)",
				i, health.held, verdict.start_sampling, verdict.stop_sampling,
				verdict.check, health.phase, health.failures,
				verdict.reason ? verdict.reason : "no reason");
	}
}

#define LIVE(settings, ...) \
	do { \
		static const struct row rows[] = { __VA_ARGS__ }; \
		live(settings, rows, ARRAY_SIZE(rows)); \
	} while (0)

#define GOOD_AFTER(state) .event = MP_HEALTH_GOOD, .old = (state)
#define UP GOOD_AFTER(MP_PATH_UP)
#define AGAIN GOOD_AFTER(MP_PATH_DOWN)
#define WAITS GOOD_AFTER(MP_PATH_DELAYED)
#define FAILS .event = MP_HEALTH_FAILED, .old = MP_PATH_UP
#define ENDS .event = MP_HEALTH_MEASURED, .old = MP_PATH_DELAYED

static void a_method_is_in_use_when_all_its_settings_are(void **state)
{
	struct mp_map_settings settings;

	(void)state;
	assert_int_equal(mp_health_method(&counting), MP_HEALTH_COUNT);
	assert_int_equal(mp_health_method(&sampling), MP_HEALTH_SAMPLE);
	settings = counting, settings.san_path_err_threshold = 0;
	assert_int_equal(mp_health_method(&settings), MP_HEALTH_TRUST);
	settings = counting, settings.san_path_err_forget_rate = 0;
	assert_int_equal(mp_health_method(&settings), MP_HEALTH_TRUST);
	settings = counting, settings.san_path_err_recovery_sec = 0;
	assert_int_equal(mp_health_method(&settings), MP_HEALTH_TRUST);
	settings = sampling, settings.marginal_double_failed_sec = 0;
	assert_int_equal(mp_health_method(&settings), MP_HEALTH_COUNT);
	settings = sampling, settings.marginal_sample_sec = 0;
	assert_int_equal(mp_health_method(&settings), MP_HEALTH_COUNT);
	settings = sampling, settings.marginal_rate_threshold = 0;
	assert_int_equal(mp_health_method(&settings), MP_HEALTH_COUNT);
	settings = sampling, settings.marginal_recheck_gap_sec = 0;
	assert_int_equal(mp_health_method(&settings), MP_HEALTH_COUNT);
	settings = sampling, settings.marginal_groups = MP_MARGINAL_ON;
	assert_int_equal(mp_health_method(&settings), MP_HEALTH_SAMPLE);
	settings.marginal_groups = MP_MARGINAL_FPIN;
	assert_int_equal(mp_health_method(&settings), MP_HEALTH_TRUST);
}

static void without_a_method_every_path_is_trusted(void **state)
{
	static const struct mp_map_settings none;

	(void)state;
	LIVE(&none, { 0, FAILS }, { 1, AGAIN }, { 2, FAILS }, { 3, AGAIN }, { 4, FAILS },
	     { 5, AGAIN }, { 6, UP }, { 7, ENDS, .ios = 10, .errors = 10 });
}

static void a_path_that_fails_more_often_than_the_threshold_is_held(void **state)
{
	(void)state;
	LIVE(&counting, { 0, GOOD_AFTER(MP_PATH_UNCHECKED) }, { 1, AGAIN, .failures = 1 },
	     { 2, AGAIN, .failures = 2 }, { 3, AGAIN, .failures = 3, .held = true },
	     { 4, WAITS, .failures = 3, .held = true });
	LIVE(&counting, { 1, GOOD_AFTER(MP_PATH_SHAKY), .failures = 1 },
	     { 2, GOOD_AFTER(MP_PATH_TIMEOUT), .failures = 2 },
	     { 3, GOOD_AFTER(MP_PATH_DOWN), .failures = 3, .held = true });
}

static void failures_are_forgotten_by_good_checks(void **state)
{
	(void)state;
	LIVE(&counting, { 0, AGAIN, .failures = 1 }, { 1, UP, .failures = 1 },
	     { 2, AGAIN, .failures = 2 }, { 3, UP, .failures = 2 },
	     { 4, GOOD_AFTER(MP_PATH_GHOST), .failures = 1 }, { 5, UP, .failures = 1 },
	     { 6, UP, .failures = 1 }, { 7, UP }, { 8, UP }, { 9, AGAIN, .failures = 1 });
}

static void a_held_path_recovers_when_it_was_good_long_enough(void **state)
{
	(void)state;
	LIVE(&counting, { 0, AGAIN, .failures = 1 }, { 1, AGAIN, .failures = 2 },
	     { 2, AGAIN, .failures = 3, .held = true }, { 12, WAITS, .failures = 3, .held = true },
	     { 12.1, WAITS }, { 13, UP });
}

static void a_held_path_that_fails_again_waits_from_the_start(void **state)
{
	(void)state;
	LIVE(&counting, { 0, AGAIN, .failures = 1 }, { 1, AGAIN, .failures = 2 },
	     { 2, AGAIN, .failures = 3, .held = true }, { 11, AGAIN, .failures = 3, .held = true },
	     { 20, WAITS, .failures = 3, .held = true }, { 21.1, WAITS });
}

static void a_counted_path_is_taken_when_it_is_the_last_one(void **state)
{
	(void)state;
	LIVE(&counting, { 0, AGAIN, .failures = 1 }, { 1, AGAIN, .failures = 2 },
	     { 2, AGAIN, .failures = 3, .held = true }, { 3, WAITS, .needed = true },
	     { 4, AGAIN, .failures = 1 });
	/* ... and not even held then. */
	LIVE(&counting, { 0, AGAIN, .needed = true, .failures = 1 },
	     { 1, AGAIN, .needed = true, .failures = 2 }, { 2, AGAIN, .needed = true });
}

static void two_failures_in_a_short_time_cause_sampling(void **state)
{
	(void)state;
	LIVE(&sampling, { 0, FAILS, .phase = MP_HEALTH_WATCHED },
	     { 5, AGAIN, .phase = MP_HEALTH_WATCHED },
	     { 60, FAILS, .held = true, .phase = MP_HEALTH_QUEUED },
	     { 61, FAILS, .held = true, .phase = MP_HEALTH_QUEUED },
	     { 65, AGAIN, .start = true, .held = true, .phase = MP_HEALTH_SAMPLED },
	     { 66, WAITS, .held = true, .phase = MP_HEALTH_SAMPLED },
	     { 185, ENDS, .ios = 1000, .errors = 10, .check = true }, { 186, WAITS });
}

static void failures_far_apart_are_no_pair(void **state)
{
	(void)state;
	LIVE(&sampling, { 0, FAILS, .phase = MP_HEALTH_WATCHED },
	     { 60.1, FAILS, .phase = MP_HEALTH_WATCHED },
	     { 121, FAILS, .phase = MP_HEALTH_WATCHED },
	     { 122, FAILS, .held = true, .phase = MP_HEALTH_QUEUED });
}

static void a_bad_sample_is_repeated_after_a_rest(void **state)
{
	(void)state;
	LIVE(&sampling, { 0, FAILS, .phase = MP_HEALTH_WATCHED },
	     { 1, FAILS, .held = true, .phase = MP_HEALTH_QUEUED },
	     { 2, AGAIN, .start = true, .held = true, .phase = MP_HEALTH_SAMPLED },
	     { 122, ENDS, .ios = 1000, .errors = 11, .held = true, .phase = MP_HEALTH_RESTS },
	     { 421, WAITS, .held = true, .phase = MP_HEALTH_RESTS },
	     { 422, WAITS, .start = true, .held = true, .phase = MP_HEALTH_SAMPLED },
	     { 542, ENDS, .ios = 0, .held = true, .phase = MP_HEALTH_RESTS },
	     { 842, AGAIN, .start = true, .held = true, .phase = MP_HEALTH_SAMPLED },
	     { 962, ENDS, .ios = 5000000, .errors = 5000000, .needed = true, .check = true });
}

static void a_sampled_path_is_taken_when_it_is_the_last_one(void **state)
{
	(void)state;
	LIVE(&sampling, { 0, FAILS, .phase = MP_HEALTH_WATCHED },
	     { 1, FAILS, .held = true, .phase = MP_HEALTH_QUEUED }, { 2, AGAIN, .needed = true });
	LIVE(&sampling, { 0, FAILS, .phase = MP_HEALTH_WATCHED },
	     { 1, FAILS, .held = true, .phase = MP_HEALTH_QUEUED },
	     { 2, AGAIN, .start = true, .held = true, .phase = MP_HEALTH_SAMPLED },
	     { 3, WAITS, .needed = true, .stop = true }, { 4, ENDS, .ios = 10, .errors = 10 });
}

static void a_change_of_the_configuration_frees_a_held_path(void **state)
{
	static const struct mp_map_settings none;
	const struct mp_map_settings *before[] = { &counting, &sampling, &counting, &sampling },
				     *after[] = { &none, &none, &sampling, &counting };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(before); i++) {
		struct mp_health health = {
			.held = true,
			.phase = before[i] == &sampling ? MP_HEALTH_SAMPLED : MP_HEALTH_NONE,
		};
		struct mp_health_input input = { .event = MP_HEALTH_GOOD,
						 .old = MP_PATH_DELAYED,
						 .settings = before[i] };

		mp_health_step(&health, &input);
		assert_true(health.held);
		input.settings = after[i];
		assert_int_equal(mp_health_step(&health, &input).stop_sampling,
				 before[i] == &sampling);
		assert_false(health.held);
	}
}

static void the_operator_may_forgive(void **state)
{
	struct mp_health health = { .held = true, .phase = MP_HEALTH_SAMPLED }, trusted = { 0 };

	(void)state;
	assert_true(mp_health_forgive(&health));
	assert_memory_equal(&health, &trusted, sizeof(health));
	health = (struct mp_health){ .held = true, .failures = 9 };
	assert_false(mp_health_forgive(&health));
	assert_false(health.held);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_method_is_in_use_when_all_its_settings_are),
		cmocka_unit_test(without_a_method_every_path_is_trusted),
		cmocka_unit_test(a_path_that_fails_more_often_than_the_threshold_is_held),
		cmocka_unit_test(failures_are_forgotten_by_good_checks),
		cmocka_unit_test(a_held_path_recovers_when_it_was_good_long_enough),
		cmocka_unit_test(a_held_path_that_fails_again_waits_from_the_start),
		cmocka_unit_test(a_counted_path_is_taken_when_it_is_the_last_one),
		cmocka_unit_test(two_failures_in_a_short_time_cause_sampling),
		cmocka_unit_test(failures_far_apart_are_no_pair),
		cmocka_unit_test(a_bad_sample_is_repeated_after_a_rest),
		cmocka_unit_test(a_sampled_path_is_taken_when_it_is_the_last_one),
		cmocka_unit_test(a_change_of_the_configuration_frees_a_held_path),
		cmocka_unit_test(the_operator_may_forgive),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
