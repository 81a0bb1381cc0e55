/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/cleanup.h"
#include "multipathd/state/warnings.h"

static void a_warning_is_logged_the_first_time_only(void **state)
{
	_cleanup_(warnings_fini) struct warnings warnings = { 0 };

	(void)state;
	assert_true(warnings_is_first(&warnings, 1));
	assert_false(warnings_is_first(&warnings, 1));
	assert_true(warnings_is_first(&warnings, 0));
	assert_true(warnings_is_first(&warnings, UINT64_MAX));
	assert_false(warnings_is_first(&warnings, 0));
	assert_false(warnings_is_first(&warnings, 1));
}

static void a_warning_is_logged_again_after_the_set_was_emptied(void **state)
{
	struct warnings warnings = { 0 };

	(void)state;
	assert_true(warnings_is_first(&warnings, 7));
	warnings_fini(&warnings);
	assert_true(warnings_is_first(&warnings, 7));
	warnings_fini(&warnings);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_warning_is_logged_the_first_time_only),
		cmocka_unit_test(a_warning_is_logged_again_after_the_set_was_emptied),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
