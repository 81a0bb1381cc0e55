/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "multipathd/loop/agenda.h"
#include "multipathd/loop/slices.h"

enum { MANY = 3 * SLICE_STEPS };

static const uint64_t usec_per_sec = 1000000;

static struct {
	sd_event *event;
	struct agenda *agenda;
	unsigned turns; /* of the loop */
	struct agenda_entry *called[MANY];
	unsigned turn_of[MANY];
	size_t calls;
	struct agenda_entry *clears, *sets; /* what the first call does to other entries */
} fixture;

static uint64_t now_usec(void)
{
	uint64_t now;

	assert_true(sd_event_now(fixture.event, CLOCK_MONOTONIC, &now) >= 0);
	return now;
}

static void on_due(struct agenda_entry *entry)
{
	fixture.called[fixture.calls] = entry;
	fixture.turn_of[fixture.calls++] = fixture.turns;
	if (fixture.clears)
		agenda_clear(fixture.clears);
	if (fixture.sets)
		agenda_set(fixture.agenda, fixture.sets, 0);
	fixture.clears = fixture.sets = NULL;
}

static int setup(void **state)
{
	(void)state;
	fixture = (typeof(fixture)){ 0 };
	return sd_event_new(&fixture.event) < 0 ||
	       agenda_new(fixture.event, on_due, &fixture.agenda) < 0;
}

static int teardown(void **state)
{
	(void)state;
	agenda_free(fixture.agenda);
	sd_event_unref(fixture.event);
	return 0;
}

/* Runs the loop until there were that many calls, or nothing has happened for a while. */
static void run_until(size_t calls, uint64_t patience_usec)
{
	while (fixture.calls < calls) {
		fixture.turns++;
		if (sd_event_run(fixture.event, patience_usec) == 0)
			return;
	}
}

static void entries_due_in_one_second_are_called_in_order_in_one_turn(void **state)
{
	struct agenda_entry entries[3];
	uint64_t second = (now_usec() / usec_per_sec + 1) * usec_per_sec;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		agenda_init(&entries[i]);
		assert_true(agenda_set(fixture.agenda, &entries[i], second + i * 100000) >= 0);
	}
	run_until(3, 3 * usec_per_sec);
	assert_int_equal(fixture.calls, 3);
	assert_true(now_usec() >= second);
	for (size_t i = 0; i < 3; i++) {
		assert_ptr_equal(fixture.called[i], &entries[i]);
		assert_int_equal(fixture.turn_of[i], fixture.turn_of[0]);
	}
}

static void a_turn_calls_a_limited_number_of_due_entries(void **state)
{
	static struct agenda_entry entries[MANY];
	uint64_t second = (now_usec() / usec_per_sec + 1) * usec_per_sec;
	unsigned in_turn = 0;

	(void)state;
	for (size_t i = 0; i < MANY; i++) {
		agenda_init(&entries[i]);
		assert_true(agenda_set(fixture.agenda, &entries[i], second) >= 0);
	}
	run_until(MANY, 3 * usec_per_sec);
	assert_int_equal(fixture.calls, MANY);
	for (size_t i = 0; i < MANY; i++) {
		assert_ptr_equal(fixture.called[i], &entries[i]);
		in_turn = i && fixture.turn_of[i] == fixture.turn_of[i - 1] ? in_turn + 1 : 1;
		assert_in_range(in_turn, 1, SLICE_STEPS);
	}
}

static void an_entry_that_waits_for_its_call_can_be_cleared(void **state)
{
	static struct agenda_entry entries[MANY];

	(void)state;
	for (size_t i = 0; i < MANY; i++) {
		agenda_init(&entries[i]);
		assert_true(agenda_set(fixture.agenda, &entries[i], 0) >= 0);
	}
	fixture.clears = &entries[MANY - 1];
	run_until(MANY, 3 * usec_per_sec / 2);
	assert_int_equal(fixture.calls, MANY - 1);
}

static void a_cleared_entry_is_not_called(void **state)
{
	struct agenda_entry entries[3];

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		agenda_init(&entries[i]);
		agenda_set(fixture.agenda, &entries[i], 0);
	}
	agenda_clear(&entries[0]);
	agenda_clear(&entries[0]);
	fixture.clears = &entries[2]; /* due in the same second */
	run_until(3, 3 * usec_per_sec / 2);
	assert_int_equal(fixture.calls, 1);
	assert_ptr_equal(fixture.called[0], &entries[1]);
}

static void an_entry_set_again_is_called_once_at_the_last_time(void **state)
{
	struct agenda_entry entry, other;
	uint64_t now = now_usec();

	(void)state;
	agenda_init(&entry);
	agenda_init(&other);
	agenda_set(fixture.agenda, &entry, now + 3600 * usec_per_sec);
	agenda_set(fixture.agenda, &entry, now);
	agenda_set(fixture.agenda, &other, now);
	agenda_set(fixture.agenda, &other, now + 3600 * usec_per_sec);
	run_until(2, 3 * usec_per_sec / 2);
	assert_int_equal(fixture.calls, 1);
	assert_ptr_equal(fixture.called[0], &entry);
	agenda_clear(&other);
}

static void an_entry_that_sets_itself_waits_for_the_next_second(void **state)
{
	struct agenda_entry entry;

	(void)state;
	agenda_init(&entry);
	agenda_set(fixture.agenda, &entry, 0);
	fixture.sets = &entry;
	run_until(2, 3 * usec_per_sec);
	assert_int_equal(fixture.calls, 2);
	assert_int_not_equal(fixture.turn_of[0], fixture.turn_of[1]);
}

static void an_entry_due_a_round_later_is_not_called(void **state)
{
	struct agenda_entry soon, far[2];
	uint64_t now = now_usec();

	(void)state;
	agenda_init(&soon);
	agenda_set(fixture.agenda, &soon, now + usec_per_sec);
	/* 128 seconds are a round. */
	for (size_t i = 0; i < 2; i++) {
		agenda_init(&far[i]);
		agenda_set(fixture.agenda, &far[i], now + (129 + 128 * i) * usec_per_sec);
	}
	run_until(2, 3 * usec_per_sec / 2);
	assert_int_equal(fixture.calls, 1);
	assert_ptr_equal(fixture.called[0], &soon);
	agenda_clear(&far[0]);
	agenda_clear(&far[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			entries_due_in_one_second_are_called_in_order_in_one_turn, setup, teardown),
		cmocka_unit_test_setup_teardown(a_turn_calls_a_limited_number_of_due_entries, setup,
						teardown),
		cmocka_unit_test_setup_teardown(an_entry_that_waits_for_its_call_can_be_cleared,
						setup, teardown),
		cmocka_unit_test_setup_teardown(a_cleared_entry_is_not_called, setup, teardown),
		cmocka_unit_test_setup_teardown(an_entry_set_again_is_called_once_at_the_last_time,
						setup, teardown),
		cmocka_unit_test_setup_teardown(an_entry_that_sets_itself_waits_for_the_next_second,
						setup, teardown),
		cmocka_unit_test_setup_teardown(an_entry_due_a_round_later_is_not_called, setup,
						teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
