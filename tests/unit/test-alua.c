/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>

#include "base/cleanup.h"
#include "kernel/alua.h"

/* Two groups: 0x100 preferred and optimized with two ports, 0x101 in standby with one. */
static const uint8_t report[] = {
	0, 0, 0, 28, 0x80, 0x8f, 0x01, 0x00, 0, 0, 0, 2, 0, 0, 0, 1,
	0, 0, 0, 2,  0x02, 0x8f, 0x01, 0x01, 0, 0, 0, 1, 0, 0, 0, 3,
};

static void a_path_has_the_state_of_its_target_port_group(void **state)
{
	enum mp_alua_state got;
	bool preferred;

	(void)state;
	assert_int_equal(mp_alua_decode(report, sizeof(report), 0x100, &got, &preferred), 0);
	assert_int_equal(got, MP_ALUA_OPTIMIZED);
	assert_true(preferred);
	assert_int_equal(mp_alua_decode(report, sizeof(report), 0x101, &got, &preferred), 0);
	assert_int_equal(got, MP_ALUA_STANDBY);
	assert_false(preferred);
}

static void a_group_that_is_not_listed_is_reported(void **state)
{
	static const uint8_t empty[] = { 0, 0, 0, 0 };
	enum mp_alua_state got;
	bool preferred;

	(void)state;
	assert_int_equal(mp_alua_decode(report, sizeof(report), 0x102, &got, &preferred), -ENOENT);
	assert_int_equal(mp_alua_decode(empty, sizeof(empty), 0, &got, &preferred), -ENOENT);
}

static void a_report_may_be_cut_after_the_group(void **state)
{
	enum mp_alua_state got;
	bool preferred;

	(void)state;
	for (size_t size = 0; size < sizeof(report); size++) {
		int first = mp_alua_decode(report, size, 0x100, &got, &preferred);
		int second = mp_alua_decode(report, size, 0x101, &got, &preferred);

		assert_int_equal(first, size >= 12 ? 0 : size == 4 ? -ENOENT : -EBADMSG);
		assert_int_equal(second, size >= 28		 ? 0 :
					 size == 4 || size == 20 ? -ENOENT :
								   -EBADMSG);
	}
}

static void priorities_are_those_of_the_field(void **state)
{
	static const struct {
		enum mp_alua_state state;
		int plain, preferred, exclusive;
		/* clang-format off */
	} cases[] = {
		{ MP_ALUA_OPTIMIZED, 50, 50, 130 },
		{ MP_ALUA_NON_OPTIMIZED, 10, 90, 90 },
		{ MP_ALUA_LBA_DEPENDENT, 5, 85, 85 },
		{ MP_ALUA_STANDBY, 1, 81, 81 },
		{ MP_ALUA_UNAVAILABLE, 0, 80, 80 },
		{ MP_ALUA_OFFLINE, 0, 80, 80 },
		{ MP_ALUA_TRANSITIONING, 0, 80, 80 },
		{ 7, 0, 80, 80 },
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(mp_alua_priority(cases[i].state, false, false), cases[i].plain);
		assert_int_equal(mp_alua_priority(cases[i].state, true, false), cases[i].preferred);
		assert_int_equal(mp_alua_priority(cases[i].state, true, true), cases[i].exclusive);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_path_has_the_state_of_its_target_port_group),
		cmocka_unit_test(a_group_that_is_not_listed_is_reported),
		cmocka_unit_test(a_report_may_be_cut_after_the_group),
		cmocka_unit_test(priorities_are_those_of_the_field),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
