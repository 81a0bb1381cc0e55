/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/orders.h"

#include <errno.h>

#include "jobs-recorded.h"

static void an_order_is_a_message_to_its_map(void **state)
{
	_cleanup_recorded_ struct made made;
	struct daemon_map *map;

	(void)state;
	recorded_init(&made, "");
	map = made_map(&made, "w");
	assert_int_equal(orders_send(map, mp_order_switch_group(2), 0), 0);
	assert_int_equal(orders_send(map, mp_order_fail_path(makedev(65, 160)), 7), 0);
	recorded_expect("message w: switch_group 2\n"
			"message w: fail_path 65:160 for request 7\n");
}

static void the_client_is_answered_when_the_kernel_has_the_message(void **state)
{
	const struct {
		struct mp_order message;
		uint64_t request;
		int error;
		const char *requests;
		bool read_again;
	} rows[] = {
		{ mp_order_fail_path(makedev(8, 0)), 7, 0, "reply 7: ok\n", false },
		{ mp_order_fail_path(makedev(8, 0)), 7, -EINVAL, "reply 7: fail\n", false },
		{ mp_order_fail_path(makedev(8, 0)), 0, -EINVAL, "", false },
		/* No event announces that its features have changed. */
		{ mp_order_queue(true), 0, 0, "look\n", true },
		{ mp_order_queue(false), 7, 0, "look\nreply 7: ok\n", true },
		{ mp_order_queue(false), 7, -ENXIO, "reply 7: fail\n", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_recorded_ struct made made;
		struct daemon_map *map;

		recorded_init(&made, "");
		map = made_map(&made, "w");
		made_exists(map, "mpatha");
		assert_int_equal(orders_send(map, rows[i].message, rows[i].request), 0);
		recorded_forget();
		recorded.message.error = rows[i].error;
		recorded.message.ended(&recorded.message);
		recorded_expect(rows[i].requests);
		assert_int_equal(map->read_again, rows[i].read_again);
	}
}

static void the_client_is_answered_when_the_map_is_gone(void **state)
{
	_cleanup_recorded_ struct made made;
	struct daemon_map *map;

	(void)state;
	recorded_init(&made, "");
	map = made_map(&made, "w");
	assert_int_equal(orders_send(map, mp_order_queue(true), 7), 0);
	maps_free(map);
	recorded_forget();
	recorded.message.ended(&recorded.message);
	recorded_expect("reply 7: ok\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_order_is_a_message_to_its_map),
		cmocka_unit_test(the_client_is_answered_when_the_kernel_has_the_message),
		cmocka_unit_test(the_client_is_answered_when_the_map_is_gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
