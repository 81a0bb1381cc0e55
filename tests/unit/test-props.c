/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>

#include "base/props.h"

static void properties_keep_their_order(void **state)
{
	struct mp_props props = MP_PROPS_INIT;

	(void)state;
	assert_int_equal(mp_props_add(&props, "B", "1"), 0);
	assert_int_equal(mp_props_add(&props, "A", "2"), 0);
	assert_int_equal(mp_props_add(&props, "C", ""), 0);
	assert_int_equal(props.count, 3);
	assert_string_equal(props.items[0].name, "B");
	assert_string_equal(props.items[1].name, "A");
	assert_string_equal(props.items[2].value, "");
	mp_props_fini(&props);
	assert_int_equal(props.count, 0);
	assert_null(mp_props_get(&props, "A"));
}

static void a_name_has_its_last_value(void **state)
{
	struct mp_props props = MP_PROPS_INIT;

	(void)state;
	mp_props_add(&props, "A", "1");
	mp_props_add(&props, "B", "2");
	mp_props_add(&props, "A", "a longer value than before");
	assert_int_equal(props.count, 2);
	assert_string_equal(mp_props_get(&props, "A"), "a longer value than before");
	assert_string_equal(props.items[0].name, "A");
	assert_null(mp_props_get(&props, "a"));
	assert_null(mp_props_get(&props, "AB"));
	mp_props_fini(&props);
}

static void many_properties_are_all_found(void **state)
{
	struct mp_props props = MP_PROPS_INIT;
	char name[16], value[16];

	(void)state;
	for (int i = 0; i < 300; i++) {
		snprintf(name, sizeof(name), "N%d", i);
		snprintf(value, sizeof(value), "%d", i);
		assert_int_equal(mp_props_add(&props, name, value), 0);
	}
	for (int i = 0; i < 300; i++) {
		snprintf(name, sizeof(name), "N%d", i);
		snprintf(value, sizeof(value), "%d", i);
		assert_string_equal(mp_props_get(&props, name), value);
	}
	mp_props_fini(&props);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(properties_keep_their_order),
		cmocka_unit_test(a_name_has_its_last_value),
		cmocka_unit_test(many_properties_are_all_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
