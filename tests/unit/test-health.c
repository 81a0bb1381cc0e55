/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/health.h"

#include <string.h>

#include "base/cleanup.h"
#include "jobs-recorded.h"
#include "model/health.h"
#include "model/settings.h"

/* The life of one path, as a list of events. */
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

static void a_counted_path_is_used_when_it_is_the_last_one(void **state)
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

static void failures_far_apart_cause_no_sampling(void **state)
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

static void a_sampled_path_is_used_when_it_is_the_last_one(void **state)
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

/* The daemon's part: a map of sda, which is judged, and of sdb. */
struct world {
	struct made made;
	struct daemon_map *map;
	struct daemon_path *path, *other;
};

enum {
	GROUPS = 1 << 0, /* marginal_pathgroups on */
	HELD = 1 << 1,
	MARGINAL = 1 << 2,
	WAS_DOWN = 1 << 3,
	OTHER_DOWN = 1 << 4,
	OTHER_LATE = 1 << 5, /* its check, it was up before */
	OTHER_WRONG = 1 << 6, /* it leads to another LUN */
	OTHER_OUTSIDE = 1 << 7, /* of the kernel's table */
	ABSENT = 1 << 8, /* from the kernel: the map */
	LOADING = 1 << 9, /* the map is to be regrouped */
	LOAD_FAILED = 1 << 10,
};

static void world_init(struct world *world, unsigned facts, const struct mp_map_settings *settings)
{
	recorded_init(&world->made, "");
	world->map = made_map(&world->made, "w");
	world->path = recorded_path(&world->made, 'a', world->map);
	world->other = recorded_path(&world->made, 'b', world->map);
	recorded_table(world->map, "mpatha",
		       facts & OTHER_OUTSIDE ? "0 0 1 1 round-robin 0 1 1 8:0 1" :
					       "0 0 1 1 round-robin 0 2 1 8:0 1 8:16 1");
	if (settings)
		world->map->map.settings = *settings;
	world->map->map.settings.marginal_groups = facts & GROUPS ? MP_MARGINAL_ON :
								    MP_MARGINAL_OFF;
	world->map->map.kernel.exists = !(facts & ABSENT);
	world->map->regroup = facts & LOADING;
	world->map->load_failures = facts & LOAD_FAILED ? 1 : 0;
	world->path->health.held = facts & HELD;
	world->path->health.held_since_usec = recorded.now_usec;
	world->path->path.marginal = facts & MARGINAL;
	world->path->answered_state = facts & WAS_DOWN			? MP_PATH_DOWN :
				      facts & HELD && !(facts & GROUPS) ? MP_PATH_DELAYED :
									  MP_PATH_UP;
	if (facts & OTHER_DOWN)
		world->other->answered_state = world->other->path.state = MP_PATH_DOWN;
	if (facts & OTHER_LATE)
		world->other->path.state = MP_PATH_PENDING;
	world->other->path.wrong_wwid = facts & OTHER_WRONG;
	recorded_forget();
}

static void world_fini(struct world *world)
{
	recorded_fini(&world->made);
}

#define _cleanup_world_ _cleanup_(world_fini)

static void a_path_is_held_back_while_another_path_is_usable(void **state)
{
	static const struct {
		unsigned facts;
		bool held, marginal;
	} rows[] = {
		{ HELD, true, false },
		{ HELD | OTHER_LATE, true, false },
		{ HELD | OTHER_DOWN, false, false },
		{ HELD | OTHER_WRONG, false, false },
		{ HELD | OTHER_OUTSIDE, false, false },
		{ HELD | OTHER_OUTSIDE | ABSENT, true, false },
		/* in a group of its own it carries I/O itself, once the table is loaded */
		{ HELD | GROUPS, true, true },
		{ HELD | GROUPS | MARGINAL, true, true },
		{ HELD | GROUPS | MARGINAL | OTHER_DOWN, true, true },
		{ HELD | GROUPS | MARGINAL | OTHER_DOWN | WAS_DOWN, false, false },
		{ HELD | GROUPS | OTHER_DOWN, false, false },
		{ 0, false, false },
		{ GROUPS, false, false },
		{ GROUPS | MARGINAL, false, true }, /* marked by the operator */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_world_ struct world world;
		struct health_effects effects;

		world_init(&world, rows[i].facts, &counting);
		effects = health_judge(world.path, &(struct health_news){ .event = MP_HEALTH_GOOD },
				       recorded.now_usec + 1000000);
		if (effects.health.held != rows[i].held || effects.marginal != rows[i].marginal)
			fail_msg("row %zu: held %d, marginal %d", i, effects.health.held,
				 effects.marginal);
		recorded_expect("");
	}
}

static void a_good_answer_of_a_path_that_is_held_back_is_delayed(void **state)
{
	static const struct {
		unsigned facts;
		const struct mp_map_settings *settings;
		enum mp_path_state answer, result;
		bool dirty;
	} rows[] = {
		{ 0, &counting, MP_PATH_UP, MP_PATH_UP, false },
		{ HELD, &counting, MP_PATH_UP, MP_PATH_DELAYED, false },
		{ HELD, &counting, MP_PATH_GHOST, MP_PATH_DELAYED, false },
		{ HELD, &counting, MP_PATH_DOWN, MP_PATH_DOWN, false },
		{ HELD | OTHER_DOWN, &counting, MP_PATH_UP, MP_PATH_UP, false },
		{ HELD, NULL, MP_PATH_UP, MP_PATH_UP, false }, /* not configured any more */
		{ HELD | GROUPS, &counting, MP_PATH_UP, MP_PATH_UP, true },
		{ HELD | GROUPS | MARGINAL, &counting, MP_PATH_UP, MP_PATH_UP, false },
		{ HELD | GROUPS | MARGINAL, NULL, MP_PATH_UP, MP_PATH_UP, true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_world_ struct world world;

		world_init(&world, rows[i].facts, rows[i].settings);
		if (health_on_good(world.path, rows[i].answer) != rows[i].result ||
		    world.map->dirty != rows[i].dirty || world.map->regroup != rows[i].dirty)
			fail_msg("row %zu: dirty %d", i, world.map->dirty);
	}
}

static void a_path_without_a_map_is_not_judged(void **state)
{
	_cleanup_world_ struct world world;

	(void)state;
	world_init(&world, HELD, &counting);
	mp_map_remove_path(&world.path->path);
	assert_int_equal(health_on_good(world.path, MP_PATH_UP), MP_PATH_UP);
	health_on_failed(world.path);
	assert_int_equal(world.path->health.failures, 0);
	recorded_expect("");
}

static void a_path_that_returns_too_often_is_held_back(void **state)
{
	_cleanup_world_ struct world world;

	(void)state;
	world_init(&world, WAS_DOWN, &counting);
	for (unsigned i = 0; i < counting.san_path_err_threshold; i++)
		assert_int_equal(health_on_good(world.path, MP_PATH_UP), MP_PATH_UP);
	assert_int_equal(health_on_good(world.path, MP_PATH_UP), MP_PATH_DELAYED);
	assert_true(world.path->health.held);
	recorded_expect("");
}

static void a_path_is_sampled_and_judged_by_its_errors(void **state)
{
	static const struct {
		unsigned errors; /* of 1000 */
		bool held;
		const char *asked;
	} rows[] = {
		{ 9, false, "check /dev/sda for at most 30 s\nsda is due in 1 s\n" },
		{ 11, true, "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_world_ struct world world;

		world_init(&world, 0, &sampling);
		health_on_failed(world.path);
		health_on_failed(world.path);
		recorded_expect("");
		assert_int_equal(health_on_good(world.path, MP_PATH_UP), MP_PATH_DELAYED);
		recorded_expect("sample sda for 120 s\n");
		recorded_advance(120);
		world.path->sampling = NULL;
		recorded.samples_ended(world.path, 1000, rows[i].errors);
		assert_int_equal(world.path->health.held, rows[i].held);
		recorded_expect(rows[i].asked);
	}
}

static void a_marginal_path_waits_for_the_table_that_has_it_apart(void **state)
{
	static const struct {
		unsigned facts;
		bool waits;
	} rows[] = {
		{ LOADING | MARGINAL, true },
		{ LOADING, false },
		{ MARGINAL, false },
		{ LOADING | MARGINAL | LOAD_FAILED, false },
		{ LOADING | MARGINAL | OTHER_DOWN, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_world_ struct world world;

		world_init(&world, rows[i].facts, &counting);
		if (health_awaits_table(world.path) != rows[i].waits)
			fail_msg("row %zu", i);
	}
}

static void delayed_paths_are_checked_when_the_last_other_path_is_lost(void **state)
{
	_cleanup_world_ struct world world;

	(void)state;
	world_init(&world, HELD | OTHER_DOWN, &counting);
	health_paths_lost(world.map);
	assert_non_null(world.path->job);
	assert_null(world.other->job);
}

static void the_operator_ends_sampling(void **state)
{
	_cleanup_world_ struct world world;

	(void)state;
	world_init(&world, 0, &sampling);
	health_on_failed(world.path);
	health_on_failed(world.path);
	health_on_good(world.path, MP_PATH_UP);
	recorded_forget();
	health_forgive(world.path);
	recorded_expect("stop sampling sda\n");
	assert_false(world.path->health.held);
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
		cmocka_unit_test(a_counted_path_is_used_when_it_is_the_last_one),
		cmocka_unit_test(two_failures_in_a_short_time_cause_sampling),
		cmocka_unit_test(failures_far_apart_cause_no_sampling),
		cmocka_unit_test(a_bad_sample_is_repeated_after_a_rest),
		cmocka_unit_test(a_sampled_path_is_used_when_it_is_the_last_one),
		cmocka_unit_test(a_change_of_the_configuration_frees_a_held_path),
		cmocka_unit_test(the_operator_may_forgive),
		cmocka_unit_test(a_path_is_held_back_while_another_path_is_usable),
		cmocka_unit_test(a_good_answer_of_a_path_that_is_held_back_is_delayed),
		cmocka_unit_test(a_path_without_a_map_is_not_judged),
		cmocka_unit_test(a_path_that_returns_too_often_is_held_back),
		cmocka_unit_test(a_path_is_sampled_and_judged_by_its_errors),
		cmocka_unit_test(a_marginal_path_waits_for_the_table_that_has_it_apart),
		cmocka_unit_test(delayed_paths_are_checked_when_the_last_other_path_is_lost),
		cmocka_unit_test(the_operator_ends_sampling),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
