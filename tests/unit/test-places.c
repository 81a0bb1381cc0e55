/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/cleanup.h"
#include "multipathd/loop/places.h"

static void take_many(struct places *places, enum work_class class, unsigned count,
		      unsigned hanging)
{
	for (unsigned i = 0; i < count; i++)
		places_take(places, class);
	for (unsigned i = 0; i < hanging; i++)
		places_hang(places, class);
}

/* What each class may start beside what runs: rows of (class, running, of which hanging). */
static void each_class_keeps_its_places_whatever_runs_in_others(void **state)
{
	static const struct {
		struct {
			enum work_class class;
			unsigned running, hanging;
		} busy[WORK_CLASSES];
		unsigned room[WORK_CLASSES];
	} rows[] = {
#define ROOM(messages, house, tables, checks, questions) \
	{ [WORK_MESSAGES] = messages, \
	  [WORK_HOUSE] = house, \
	  [WORK_TABLES] = tables, \
	  [WORK_CHECKS] = checks, \
	  [WORK_QUESTIONS] = questions }
		/* 14 places, of which 7 are kept: 2, 2, 1, 1, 1 */
		{ { { WORK_CHECKS, 0, 0 } }, ROOM(8, 9, 8, 8, 8) },
		{ { { WORK_CHECKS, 1, 0 } }, ROOM(8, 9, 8, 7, 8) },
		{ { { WORK_CHECKS, 8, 0 } }, ROOM(2, 2, 1, 0, 1) },
		{ { { WORK_CHECKS, 8, 8 } }, ROOM(8, 9, 8, 8, 8) }, /* what hangs has no place */
		{ { { WORK_CHECKS, 20, 16 } }, ROOM(6, 6, 5, 4, 5) },
		{ { { WORK_CHECKS, 24, 24 } }, ROOM(8, 9, 8, 0, 8) }, /* as many as may hang */
		{ { { WORK_TABLES, 48, 48 }, { WORK_QUESTIONS, 8, 0 } }, ROOM(2, 2, 0, 1, 0) },
		{ { { WORK_MESSAGES, 8, 8 },
		    { WORK_HOUSE, 16, 16 },
		    { WORK_TABLES, 48, 48 },
		    { WORK_CHECKS, 24, 24 },
		    { WORK_QUESTIONS, 16, 16 } },
		  ROOM(0, 0, 0, 0, 0) },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct places places = { 0 };

		for (size_t j = 0; j < WORK_CLASSES; j++)
			take_many(&places, rows[i].busy[j].class, rows[i].busy[j].running,
				  rows[i].busy[j].hanging);
		for (int class = 0; class < WORK_CLASSES; class ++)
			assert_int_equal(places_room(&places, class), rows[i].room[class]);
	}
}

static void every_class_is_served_and_messages_first(void **state)
{
	bool served[WORK_CLASSES] = { false };

	(void)state;
	assert_int_equal(places_served(0), WORK_MESSAGES);
	for (unsigned i = 0; i < WORK_CLASSES; i++)
		served[places_served(i)] = true;
	for (unsigned i = 0; i < WORK_CLASSES; i++)
		assert_true(served[i]);
}

static void threads_are_as_many_as_places_and_one_more_for_each_that_hangs(void **state)
{
	struct places places = { 0 };

	(void)state;
	assert_int_equal(places_threads_max(&places), PLACES);
	take_many(&places, WORK_TABLES, 10, 7);
	assert_int_equal(places_threads_max(&places), PLACES + 7);
	places_leave(&places, WORK_TABLES, true);
	places_leave(&places, WORK_TABLES, false);
	assert_int_equal(places_threads_max(&places), PLACES + 6);
	assert_int_equal(places.running, 8);
	take_many(&places, WORK_TABLES, 40, 40);
	take_many(&places, WORK_CHECKS, 24, 24);
	take_many(&places, WORK_QUESTIONS, 16, 16);
	take_many(&places, WORK_HOUSE, 16, 16);
	assert_int_equal(places_threads_max(&places), PLACES_THREADS_MAX);
}

static void a_class_with_eight_hanging_pieces_is_short_of_places(void **state)
{
	struct places places = { 0 };

	(void)state;
	take_many(&places, WORK_CHECKS, 8, 7);
	assert_false(places_are_scarce(&places, WORK_CHECKS));
	places_hang(&places, WORK_CHECKS);
	assert_true(places_are_scarce(&places, WORK_CHECKS));
	assert_false(places_are_scarce(&places, WORK_TABLES));
	places_leave(&places, WORK_CHECKS, true);
	assert_false(places_are_scarce(&places, WORK_CHECKS));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_class_keeps_its_places_whatever_runs_in_others),
		cmocka_unit_test(every_class_is_served_and_messages_first),
		cmocka_unit_test(threads_are_as_many_as_places_and_one_more_for_each_that_hangs),
		cmocka_unit_test(a_class_with_eight_hanging_pieces_is_short_of_places),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
