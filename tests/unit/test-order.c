/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <sys/sysmacros.h>

#include "base/cleanup.h"
#include "model/order.h"

static void messages_are_spelled_as_the_kernel_reads_them(void **state)
{
	const struct {
		struct mp_order message;
		const char *text;
		bool is_switch, is_queue;
	} rows[] = {
		{ mp_order_fail_path(makedev(8, 0)), "fail_path 8:0", false, false },
		{ mp_order_reinstate_path(makedev(65, 160)), "reinstate_path 65:160", false,
		  false },
		{ mp_order_fail_path(makedev(4095, 1048575)), "fail_path 4095:1048575", false,
		  false },
		{ mp_order_switch_group(2), "switch_group 2", true, false },
		{ mp_order_enable_group(1), "enable_group 1", false, false },
		{ mp_order_queue(true), "queue_if_no_path", false, true },
		{ mp_order_queue(false), "fail_if_no_path", false, true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_string_equal(rows[i].message.text, rows[i].text);
		assert_int_equal(mp_order_is_switch(rows[i].text), rows[i].is_switch);
		assert_int_equal(mp_order_is_queue(rows[i].text), rows[i].is_queue);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages_are_spelled_as_the_kernel_reads_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
