/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/reassign.h"

#include <errno.h>

#include "jobs-recorded.h"

static void devices_are_moved_from_the_paths_of_the_maps_own_lun(void **state)
{
	_cleanup_recorded_ struct made made;
	struct daemon_map *map;

	(void)state;
	recorded_init(&made, "");
	map = made_map(&made, "w");
	made_path(&made, 'a', map);
	made_path(&made, 'b', map)->path.wrong_wwid = true;
	made_path(&made, 'c', map);
	made_path(&made, 'd', NULL);
	assert_int_equal(reassign_start(map, 7), 0);
	recorded_expect("reassign to w: 8:0 8:32 for request 7\n");
}

static void the_client_is_answered_when_it_is_done(void **state)
{
	static const struct {
		uint64_t request;
		int error;
		const char *requests;
	} rows[] = {
		{ 7, 0, "reply 7: ok\n" },
		{ 7, -EBUSY, "reply 7: fail\n" },
		{ 0, -EBUSY, "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_recorded_ struct made made;

		recorded_init(&made, "");
		assert_int_equal(reassign_start(made_map(&made, "w"), rows[i].request), 0);
		recorded_forget();
		recorded.reassign->error = rows[i].error;
		recorded.reassign->ended(recorded.reassign);
		recorded_expect(rows[i].requests);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(devices_are_moved_from_the_paths_of_the_maps_own_lun),
		cmocka_unit_test(the_client_is_answered_when_it_is_done),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
