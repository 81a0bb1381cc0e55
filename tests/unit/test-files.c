/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "inventory-made.h"

#include "base/cleanup.h"
#include "multipathd/jobs/files.h"
#include "multipathd/loop/pool.h"
#include "multipathd/state/daemon.h"

/* Replaces the pool: records what was submitted, and never begins it. */
static struct work *submitted;

void pool_submit(struct pool *pool, struct work *work)
{
	(void)pool;
	submitted = work;
}

static void a_write_that_was_never_begun_settles_no_name(void **state)
{
	_cleanup_made_ struct made made;
	struct daemon_map *map;

	(void)state;
	made_init(&made, "");
	made.inventory.daemon = &made.daemon;
	assert_int_equal(files_new(&made.daemon.files), 0);
	map = made_map(&made, "w");
	map->naming = true;
	made.inventory.bindings_dirty = true;
	files_write(&made.daemon);
	assert_true(files_is_writing(&made.daemon));

	submitted->skipped = true;
	submitted->done(submitted);
	assert_false(files_is_writing(&made.daemon));
	assert_true(map->naming);
	assert_false(made.inventory.bindings_broken);
	assert_int_equal(made.daemon.operations, 0);
	files_free(made.daemon.files);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_write_that_was_never_begun_settles_no_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
