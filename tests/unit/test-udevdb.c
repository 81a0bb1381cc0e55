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

static void assert_value(const struct mp_props *props, const char *name, const char *value)
{
	const char *found = mp_props_get(props, name);

	if (value)
		assert_string_equal(found, value);
	else
		assert_null(found);
}

static void properties_are_the_lines_that_begin_with_e(void **state)
{
	_cleanup_(mp_props_fini) struct mp_props props = MP_PROPS_INIT;
	char text[] = "W:3\nL:100\nE:ID_SERIAL=1Linux_2000\nE:EMPTY=\n\nE:ODD\nE:A=B=C\nV:1\n"
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
	char empty[] = "", others[] = "V:1\nS\nI\n:\n";

	(void)state;
	assert_int_equal(mp_udevdb_parse(empty, &props), 0);
	assert_int_equal(mp_udevdb_parse(others, &props), 0);
	assert_int_equal(props.count, 0);
}

static void links_tags_and_time_are_properties_too(void **state)
{
	static const struct {
		const char *record, *links, *tags, *current, *usec;
	} rows[] = {
		{ "S:disk/by-id/wwn-0x1\nS:lab/sda\nI:8436707\nG:systemd\nG:seat\nQ:systemd\nV:1\n",
		  "/dev/disk/by-id/wwn-0x1 /dev/lab/sda",
		  ":systemd:seat:", ":systemd:", "8436707" },
		{ "G:systemd\nV:1\n", NULL, ":systemd:", NULL, NULL },
		{ "I:1\nV:1\n", NULL, NULL, NULL, "1" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_(mp_props_fini) struct mp_props props = MP_PROPS_INIT;
		_cleanup_free_ char *text = strdup(rows[i].record);

		assert_int_equal(mp_udevdb_parse(text, &props), 0);
		assert_value(&props, "DEVLINKS", rows[i].links);
		assert_value(&props, "TAGS", rows[i].tags);
		assert_value(&props, "CURRENT_TAGS", rows[i].current);
		assert_value(&props, "USEC_INITIALIZED", rows[i].usec);
	}
}

static void some_properties_come_from_the_kernel(void **state)
{
	_cleanup_(mp_props_fini) struct mp_props props = MP_PROPS_INIT;
	char text[] = "MAJOR=104\nMINOR=0\nDEVNAME=cciss/c0d0\nDEVTYPE=disk\nODD\nDISKSEQ=17";

	(void)state;
	assert_int_equal(mp_udevdb_parse_uevent(text, &props), 0);
	assert_int_equal(props.count, 5);
	assert_value(&props, "MAJOR", "104");
	assert_value(&props, "DEVNAME", "/dev/cciss/c0d0");
	assert_value(&props, "DEVTYPE", "disk");
	assert_value(&props, "DISKSEQ", "17");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(properties_are_the_lines_that_begin_with_e),
		cmocka_unit_test(a_file_without_properties_has_none),
		cmocka_unit_test(links_tags_and_time_are_properties_too),
		cmocka_unit_test(some_properties_come_from_the_kernel),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
