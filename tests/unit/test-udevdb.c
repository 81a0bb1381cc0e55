/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "kernel/udevdb.h"

static void properties_are_the_lines_that_begin_with_e(void **state)
{
	_cleanup_(mp_props_fini) struct mp_props props = MP_PROPS_INIT;
	char text[] = "S:disk/by-id/wwn-0x1\nI:8436707\nE:ID_SERIAL=1Linux_2000\nE:EMPTY=\n\nE:ODD\nE:A=B=C\nG:systemd\n"
		      "E:ID_SERIAL=again\nE:LAST=without newline";

	(void)state;
	assert_int_equal(mp_udevdb_parse(text, &props), 0);
	assert_int_equal(props.count, 4);
	assert_string_equal(mp_props_get(&props, "ID_SERIAL"), "again");
	assert_string_equal(mp_props_get(&props, "EMPTY"), "");
	assert_string_equal(mp_props_get(&props, "A"), "B=C");
	assert_string_equal(mp_props_get(&props, "LAST"), "without newline");
}

static void a_file_without_properties_has_none(void **state)
{
	_cleanup_(mp_props_fini) struct mp_props props = MP_PROPS_INIT;
	char empty[] = "", others[] = "I:1\nV:1\n";

	(void)state;
	assert_int_equal(mp_udevdb_parse(empty, &props), 0);
	assert_int_equal(mp_udevdb_parse(others, &props), 0);
	assert_int_equal(props.count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(properties_are_the_lines_that_begin_with_e),
		cmocka_unit_test(a_file_without_properties_has_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
