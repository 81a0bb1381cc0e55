/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/cleanup.h"
#include "config/trace.h"

static void rows_keep_their_order_texts_and_origins(void **state)
{
	_cleanup_(mp_trace_fini) struct mp_trace trace = MP_TRACE_INIT;
	struct mp_trace_row *row;

	(void)state;
	for (int i = 0; i < 100; i++) {
		row = mp_trace_add(&trace, i % 2 ? "odd" : "even", i == 99, "%d", i);
		assert_non_null(row);
		if (i == 50)
			mp_trace_origin(&trace, row, "file", 7, "section %s", "x");
	}
	assert_int_equal(trace.count, 100);
	assert_int_equal(trace.error, 0);
	assert_string_equal(trace.rows[50].text, "50");
	assert_string_equal(trace.rows[50].file, "file");
	assert_int_equal(trace.rows[50].line, 7);
	assert_string_equal(trace.rows[50].section, "section x");
	assert_null(trace.rows[51].section);
	assert_false(trace.rows[98].decides);
	assert_true(trace.rows[99].decides);
	assert_ptr_equal(mp_trace_find(&trace, "odd"), &trace.rows[1]);
	assert_null(mp_trace_find(&trace, "none"));

	mp_trace_replace(&trace, &trace.rows[50], "%s", "other");
	mp_trace_origin(&trace, &trace.rows[50], NULL, 0, "elsewhere");
	assert_string_equal(trace.rows[50].text, "other");
	assert_string_equal(trace.rows[50].section, "elsewhere");
	assert_null(trace.rows[50].file);
}

static void an_event_without_listener_is_harmless(void **state)
{
	(void)state;
	assert_null(mp_trace_add(NULL, "x", true, "text"));
	mp_trace_origin(NULL, NULL, "file", 1, "section");
	mp_trace_replace(NULL, NULL, "text");
	assert_null(mp_trace_find(NULL, "x"));
	mp_trace_sort(NULL);
}

static void values_are_sorted_by_keyword(void **state)
{
	static const int keys[] = { 5, 1, 9, 3 };
	_cleanup_(mp_trace_fini) struct mp_trace trace = MP_TRACE_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		mp_trace_add(&trace, "x", false, "%d", keys[i])->key = keys[i];
	mp_trace_sort(&trace);
	for (size_t i = 1; i < trace.count; i++)
		assert_true(trace.rows[i - 1].key < trace.rows[i].key);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_keep_their_order_texts_and_origins),
		cmocka_unit_test(an_event_without_listener_is_harmless),
		cmocka_unit_test(values_are_sorted_by_keyword),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
