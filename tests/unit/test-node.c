/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/node.h"

static void a_name_is_what_follows_one_directory_of_devices(void **state)
{
	(void)state;
	assert_string_equal(mp_node_name("/dev/mapper/mpatha"), "mpatha");
	assert_string_equal(mp_node_name("/dev/dm-3"), "dm-3");
	assert_string_equal(mp_node_name("mpatha"), "mpatha");
	assert_string_equal(mp_node_name("/dev/mapper/dev/x"), "dev/x");
	assert_string_equal(mp_node_name("/dev/mapper/"), "");
	assert_string_equal(mp_node_name("dev/mapper/x"), "dev/mapper/x");
	assert_string_equal(mp_node_name(""), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_is_what_follows_one_directory_of_devices),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
