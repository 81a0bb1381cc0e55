/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/cleanup.h"
#include "model/transition.h"

static const enum mp_path_state goods[] = { MP_PATH_UP, MP_PATH_GHOST };
static const enum mp_path_state bads[] = { MP_PATH_DOWN, MP_PATH_SHAKY, MP_PATH_TIMEOUT };
static const enum mp_path_state news[] = { MP_PATH_UNCHECKED, MP_PATH_WILD, MP_PATH_PENDING };
static const enum mp_dm_state dms[] = { MP_DM_UNDEF, MP_DM_FAILED, MP_DM_ACTIVE };

static void expect(enum mp_path_state old, enum mp_path_state answer, enum mp_dm_state dm,
		   bool in_map, struct mp_transition expected)
{
	struct mp_transition t = mp_transition_make(old, answer, dm, in_map, true);

#define SAME(field) \
	if (t.field != expected.field) \
	fail_msg("%s -> %s, dm %s%s: " #field " is %d", mp_path_state_name(old), \
		 mp_path_state_name(answer), mp_dm_state_name(dm), in_map ? "" : ", no map", \
		 t.field)
	SAME(state);
	SAME(changed);
	SAME(fail);
	SAME(reinstate);
	SAME(count_failure);
	SAME(came_up);
	SAME(went_down);
	SAME(check_soon);
	SAME(check_later);
	SAME(retry_at_once);
#undef SAME
}

static void no_answer_changes_nothing(void **state)
{
	(void)state;
	for (int old = 0; old < MP_PATH_STATES; old++)
		for (size_t d = 0; d < ARRAY_SIZE(dms); d++) {
			expect(old, MP_PATH_WILD, dms[d], true,
			       (struct mp_transition){ .state = old });
			expect(old, MP_PATH_UNCHECKED, dms[d], true,
			       (struct mp_transition){ .state = old });
		}
}

static void a_pending_answer_is_asked_for_again(void **state)
{
	(void)state;
	for (int old = 0; old < MP_PATH_STATES; old++)
		expect(old, MP_PATH_PENDING, MP_DM_ACTIVE, true,
		       (struct mp_transition){ .state = old == MP_PATH_UNCHECKED ? MP_PATH_PENDING :
										   old,
					       .retry_at_once = true });
}

static void a_path_that_is_held_back_is_failed_in_the_kernel(void **state)
{
	(void)state;
	for (int old = 0; old < MP_PATH_STATES; old++)
		for (size_t d = 0; d < ARRAY_SIZE(dms); d++)
			for (int in_map = 0; in_map < 2; in_map++)
				expect(old, MP_PATH_DELAYED, dms[d], in_map,
				       (struct mp_transition){
					       .state = MP_PATH_DELAYED,
					       .changed = old != MP_PATH_DELAYED,
					       .fail = in_map && dms[d] != MP_DM_FAILED,
					       .went_down = mp_path_state_is_active(old),
					       .check_soon = true });
}

static void a_path_that_stays_up_is_checked_later(void **state)
{
	(void)state;
	for (size_t g = 0; g < ARRAY_SIZE(goods); g++) {
		expect(goods[g], goods[g], MP_DM_ACTIVE, true,
		       (struct mp_transition){ .state = goods[g], .check_later = true });
		expect(goods[g], goods[g], MP_DM_UNDEF, false,
		       (struct mp_transition){ .state = goods[g], .check_later = true });
	}
}

static void a_path_that_is_up_but_failed_in_the_kernel_is_reinstated(void **state)
{
	(void)state;
	for (size_t g = 0; g < ARRAY_SIZE(goods); g++) {
		expect(goods[g], goods[g], MP_DM_FAILED, true,
		       (struct mp_transition){ .state = goods[g], .reinstate = true });
		expect(goods[g], goods[g], MP_DM_UNDEF, true,
		       (struct mp_transition){ .state = goods[g], .reinstate = true });
	}
}

static void without_proof_nothing_is_reinstated(void **state)
{
	(void)state;
	for (int old = 0; old < MP_PATH_STATES; old++)
		for (int answer = 0; answer < MP_PATH_STATES; answer++)
			for (size_t d = 0; d < ARRAY_SIZE(dms); d++) {
				struct mp_transition with =
					mp_transition_make(old, answer, dms[d], true, true);
				struct mp_transition without =
					mp_transition_make(old, answer, dms[d], true, false);

				assert_false(without.reinstate);
				assert_int_equal(without.state, with.state);
				assert_int_equal(without.fail, with.fail);
			}
}

static void up_and_ghost_are_a_change_and_reinstate(void **state)
{
	(void)state;
	for (size_t g = 0; g < 2; g++)
		for (int in_map = 0; in_map < 2; in_map++)
			expect(goods[g], goods[1 - g], MP_DM_ACTIVE, in_map,
			       (struct mp_transition){ .state = goods[1 - g],
						       .changed = true,
						       .reinstate = in_map,
						       .check_soon = true });
}

static void a_path_that_goes_down_is_failed_and_counted(void **state)
{
	(void)state;
	for (size_t g = 0; g < ARRAY_SIZE(goods); g++)
		for (size_t b = 0; b < ARRAY_SIZE(bads); b++)
			for (size_t d = 0; d < ARRAY_SIZE(dms); d++)
				for (int in_map = 0; in_map < 2; in_map++)
					expect(goods[g], bads[b], dms[d], in_map,
					       (struct mp_transition){ .state = bads[b],
								       .changed = true,
								       .fail = in_map,
								       .count_failure = true,
								       .went_down = true,
								       .check_soon = true });
}

static void a_path_that_stays_down_is_failed_only_if_the_kernel_uses_it(void **state)
{
	(void)state;
	for (size_t b = 0; b < ARRAY_SIZE(bads); b++)
		for (size_t d = 0; d < ARRAY_SIZE(dms); d++)
			for (int in_map = 0; in_map < 2; in_map++)
				expect(bads[b], bads[b], dms[d], in_map,
				       (struct mp_transition){ .state = bads[b],
							       .check_soon = true,
							       .fail = in_map &&
								       dms[d] != MP_DM_FAILED });
}

static void a_change_between_bad_states_counts_as_a_failure(void **state)
{
	(void)state;
	for (size_t a = 0; a < ARRAY_SIZE(bads); a++)
		for (size_t b = 0; b < ARRAY_SIZE(bads); b++)
			if (a != b)
				expect(bads[a], bads[b], MP_DM_FAILED, true,
				       (struct mp_transition){ .state = bads[b],
							       .changed = true,
							       .fail = true,
							       .count_failure = true,
							       .check_soon = true });
}

static void a_path_that_comes_up_is_reported_and_reinstated(void **state)
{
	(void)state;
	for (size_t b = 0; b < ARRAY_SIZE(bads); b++)
		for (size_t g = 0; g < ARRAY_SIZE(goods); g++)
			for (size_t d = 0; d < ARRAY_SIZE(dms); d++)
				for (int in_map = 0; in_map < 2; in_map++)
					expect(bads[b], goods[g], dms[d], in_map,
					       (struct mp_transition){ .state = goods[g],
								       .changed = true,
								       .came_up = true,
								       .reinstate = in_map,
								       .check_soon = true });
}

static void a_delayed_path_goes_down_without_a_message(void **state)
{
	(void)state;
	for (size_t b = 0; b < ARRAY_SIZE(bads); b++)
		for (size_t d = 0; d < ARRAY_SIZE(dms); d++)
			expect(MP_PATH_DELAYED, bads[b], dms[d], true,
			       (struct mp_transition){
				       .state = bads[b], .changed = true, .check_soon = true });
}

static void a_delayed_path_with_a_good_answer_is_judged_again(void **state)
{
	(void)state;
	for (size_t g = 0; g < ARRAY_SIZE(goods); g++)
		expect(MP_PATH_DELAYED, goods[g], MP_DM_FAILED, true,
		       (struct mp_transition){ .state = goods[g],
					       .changed = true,
					       .came_up = true,
					       .reinstate = true,
					       .check_soon = true });
}

static void the_first_answer_of_a_new_path_counts(void **state)
{
	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(news); n++)
		for (size_t d = 0; d < ARRAY_SIZE(dms); d++) {
			for (size_t g = 0; g < ARRAY_SIZE(goods); g++)
				expect(news[n], goods[g], dms[d], true,
				       (struct mp_transition){ .state = goods[g],
							       .changed = true,
							       .came_up = true,
							       .reinstate = true,
							       .check_soon = true });
			for (size_t b = 0; b < ARRAY_SIZE(bads); b++)
				expect(news[n], bads[b], dms[d], true,
				       (struct mp_transition){ .state = bads[b],
							       .changed = true,
							       .check_soon = true,
							       .fail = dms[d] != MP_DM_FAILED });
		}
}

static void a_device_that_is_gone_is_down_until_its_event_comes(void **state)
{
	(void)state;
	expect(MP_PATH_UP, MP_PATH_REMOVED, MP_DM_ACTIVE, true,
	       (struct mp_transition){ .state = MP_PATH_DOWN,
				       .changed = true,
				       .fail = true,
				       .count_failure = true,
				       .went_down = true,
				       .check_soon = true });
	expect(MP_PATH_DOWN, MP_PATH_DISCONNECTED, MP_DM_FAILED, true,
	       (struct mp_transition){ .state = MP_PATH_DOWN, .check_soon = true });
}

static void the_message_to_the_kernel_follows_from_the_state(void **state)
{
	static const struct {
		enum mp_path_state state;
		int failed, active;
	} rows[] = {
		{ MP_PATH_WILD, 0, 0 },		{ MP_PATH_UNCHECKED, 0, 0 },
		{ MP_PATH_DOWN, 0, -1 },	{ MP_PATH_UP, 1, 0 },
		{ MP_PATH_SHAKY, 0, -1 },	{ MP_PATH_GHOST, 1, 0 },
		{ MP_PATH_PENDING, 0, 0 },	{ MP_PATH_TIMEOUT, 0, -1 },
		{ MP_PATH_REMOVED, 0, 0 },	{ MP_PATH_DELAYED, 0, 0 },
		{ MP_PATH_DISCONNECTED, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_int_equal(mp_transition_sync(rows[i].state, true, MP_DM_FAILED),
				 rows[i].failed);
		assert_int_equal(mp_transition_sync(rows[i].state, true, MP_DM_ACTIVE),
				 rows[i].active);
		assert_int_equal(mp_transition_sync(rows[i].state, true, MP_DM_UNDEF), 0);
		assert_int_equal(mp_transition_sync(rows[i].state, false, MP_DM_FAILED), 0);
		assert_int_equal(mp_transition_sync(rows[i].state, false, MP_DM_ACTIVE),
				 rows[i].active);
	}
}

static void a_lone_implicit_ghost_is_not_reinstated(void **state)
{
	(void)state;
	assert_false(mp_transition_may_reinstate(MP_PATH_GHOST, MP_TPGS_IMPLICIT, 0));
	assert_true(mp_transition_may_reinstate(MP_PATH_GHOST, MP_TPGS_IMPLICIT, 1));
	assert_true(mp_transition_may_reinstate(MP_PATH_GHOST, MP_TPGS_BOTH, 0));
	assert_true(mp_transition_may_reinstate(MP_PATH_GHOST, MP_TPGS_EXPLICIT, 0));
	assert_true(mp_transition_may_reinstate(MP_PATH_GHOST, MP_TPGS_NONE, 0));
	assert_true(mp_transition_may_reinstate(MP_PATH_UP, MP_TPGS_IMPLICIT, 0));
}

static void the_interval_doubles_up_to_its_maximum(void **state)
{
	static const struct {
		unsigned current, min, max;
		struct mp_transition transition;
		unsigned next;
	} rows[] = {
		{ 0, 5, 20, { 0 }, 5 },
		{ 0, 5, 20, { .check_later = true }, 5 },
		{ 5, 5, 20, { .check_later = true }, 10 },
		{ 10, 5, 20, { .check_later = true }, 20 },
		{ 20, 5, 20, { .check_later = true }, 20 },
		{ 12, 5, 20, { .check_later = true }, 20 },
		{ 20, 5, 20, { .check_soon = true }, 5 },
		{ 10, 5, 20, { 0 }, 10 },
		{ 10, 5, 20, { .retry_at_once = true }, 10 },
		{ 100, 5, 20, { 0 }, 20 }, /* reconfigured */
		{ 2, 5, 20, { 0 }, 5 },
		{ 3000000000u, 1, 4000000000u, { .check_later = true }, 4000000000u },
		{ 7, 7, 7, { .check_later = true }, 7 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_int_equal(mp_transition_next_interval(rows[i].current, &rows[i].transition,
							     rows[i].min, rows[i].max),
				 rows[i].next);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_answer_changes_nothing),
		cmocka_unit_test(a_pending_answer_is_asked_for_again),
		cmocka_unit_test(a_path_that_is_held_back_is_failed_in_the_kernel),
		cmocka_unit_test(a_path_that_stays_up_is_checked_later),
		cmocka_unit_test(a_path_that_is_up_but_failed_in_the_kernel_is_reinstated),
		cmocka_unit_test(without_proof_nothing_is_reinstated),
		cmocka_unit_test(up_and_ghost_are_a_change_and_reinstate),
		cmocka_unit_test(a_path_that_goes_down_is_failed_and_counted),
		cmocka_unit_test(a_path_that_stays_down_is_failed_only_if_the_kernel_uses_it),
		cmocka_unit_test(a_change_between_bad_states_counts_as_a_failure),
		cmocka_unit_test(a_path_that_comes_up_is_reported_and_reinstated),
		cmocka_unit_test(a_delayed_path_goes_down_without_a_message),
		cmocka_unit_test(a_delayed_path_with_a_good_answer_is_judged_again),
		cmocka_unit_test(the_first_answer_of_a_new_path_counts),
		cmocka_unit_test(a_device_that_is_gone_is_down_until_its_event_comes),
		cmocka_unit_test(the_message_to_the_kernel_follows_from_the_state),
		cmocka_unit_test(a_lone_implicit_ghost_is_not_reinstated),
		cmocka_unit_test(the_interval_doubles_up_to_its_maximum),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
