/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "base/cleanup.h"
#include "model/state.h"

static void every_path_state_has_a_name_and_a_label(void **state)
{
	static const struct {
		const char *name, *label;
		bool active, bad;
	} rows[MP_PATH_STATES] = {
		[MP_PATH_WILD] = { "wild", "undef", false, false },
		[MP_PATH_UNCHECKED] = { "unchecked", "undef", false, false },
		[MP_PATH_DOWN] = { "down", "faulty", false, true },
		[MP_PATH_UP] = { "up", "ready", true, false },
		[MP_PATH_SHAKY] = { "shaky", "shaky", false, true },
		[MP_PATH_GHOST] = { "ghost", "ghost", true, false },
		[MP_PATH_PENDING] = { "pending", "i/o pending", false, false },
		[MP_PATH_TIMEOUT] = { "timeout", "i/o timeout", false, true },
		[MP_PATH_REMOVED] = { "removed", "undef", false, true },
		[MP_PATH_DELAYED] = { "delayed", "delayed", false, false },
		[MP_PATH_DISCONNECTED] = { "disconnected", "disconnected", false, true },
	};

	(void)state;
	for (unsigned i = 0; i < MP_PATH_STATES; i++) {
		assert_string_equal(mp_path_state_name(i), rows[i].name);
		assert_string_equal(mp_path_state_label(i), rows[i].label);
		assert_int_equal(mp_path_state_is_active(i), rows[i].active);
		assert_int_equal(mp_path_state_is_bad(i), rows[i].bad);
	}
	assert_string_equal(mp_path_state_name(MP_PATH_STATES), "invalid");
	assert_string_equal(mp_path_state_label(-1), "invalid");
}

static void states_of_the_kernel_and_of_discovery_have_names(void **state)
{
	(void)state;
	assert_string_equal(mp_dm_state_name(MP_DM_UNDEF), "undef");
	assert_string_equal(mp_dm_state_name(MP_DM_FAILED), "failed");
	assert_string_equal(mp_dm_state_name(MP_DM_ACTIVE), "active");
	assert_string_equal(mp_dm_state_name(77), "undef");

	assert_string_equal(mp_group_state_name(MP_GROUP_UNDEF), "undef");
	assert_string_equal(mp_group_state_name(MP_GROUP_ENABLED), "enabled");
	assert_string_equal(mp_group_state_name(MP_GROUP_DISABLED), "disabled");
	assert_string_equal(mp_group_state_name(MP_GROUP_ACTIVE), "active");
	assert_string_equal(mp_group_state_name(77), "undef");

	assert_string_equal(mp_init_state_name(MP_INIT_NEW), "new");
	assert_string_equal(mp_init_state_name(MP_INIT_FAILED), "failed");
	assert_string_equal(mp_init_state_name(MP_INIT_MISSING_UDEV), "udev-missing");
	assert_string_equal(mp_init_state_name(MP_INIT_REQUESTED_UDEV), "udev-requested");
	assert_string_equal(mp_init_state_name(MP_INIT_OK), "ok");
	assert_string_equal(mp_init_state_name(MP_INIT_REMOVED), "removed");
	assert_string_equal(mp_init_state_name(MP_INIT_PARTIAL), "partial");
	assert_string_equal(mp_init_state_name(77), "undef");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_path_state_has_a_name_and_a_label),
		cmocka_unit_test(states_of_the_kernel_and_of_discovery_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
