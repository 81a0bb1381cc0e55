/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/cleanup.h"
#include "multipathd/loop/deadlines.h"
#include "multipathd/loop/work.h"

static void the_first_deadline_is_known_and_each_expires_once(void **state)
{
	static const struct {
		uint64_t submitted_usec, timeout_usec;
	} rows[] = {
		{ 1000, 90 },
		{ 1000, 30 },
		{ 1001, 60 },
		{ 1002, 0 },
		{ 1003, 40 },
		{ 1004, 30 },
		{ 1004, UINT64_MAX / 2 },
		{ 1005, 31 },
		{ 1005, 1 },
	};
	struct work works[ARRAY_SIZE(rows)] = { 0 }, *work;
	struct deadlines deadlines;
	size_t expired = 0;

	(void)state;
	deadlines_init(&deadlines);
	assert_int_equal(deadlines_first(&deadlines), 0);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		works[i].timeout_usec = rows[i].timeout_usec;
		deadlines_add(&deadlines, &works[i], rows[i].submitted_usec);
	}
	for (uint64_t now = 1005; now < 1200; now++) {
		uint64_t first = UINT64_MAX;

		while ((work = deadlines_take(&deadlines, now))) {
			assert_true(work->deadline_usec <= now);
			work->timeout_usec = 0;
			expired++;
		}
		for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
			if (works[i].timeout_usec && works[i].deadline_usec < first)
				first = works[i].deadline_usec;
		assert_true(first > now);
		assert_int_equal(deadlines_first(&deadlines), first);
	}
	assert_int_equal(expired, ARRAY_SIZE(rows) - 2);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		deadlines_remove(&works[i]);
	assert_int_equal(deadlines_first(&deadlines), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_deadline_is_known_and_each_expires_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
