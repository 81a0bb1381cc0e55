/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/survey.h"

#include <errno.h>

#include "base/cleanup.h"
#include "jobs-recorded.h"
#include "kernel/dm.h"
#include "kernel/dm_list.h"
#include "multipathd/control/leftovers.h"
#include "multipathd/control/orders.h"

/* A daemon with the map "mpatha" of sda, and a look that found its device. */
struct world {
	struct made made;
	struct daemon_map *map;
	struct look_map found;
	struct look_map *maps[1];
	struct look_job job;
};

static void world_init(struct world *world)
{
	struct mp_kernel_map *kernel = &world->found.kernel;

	*world = (struct world){ .maps = { &world->found } };
	recorded_init(&world->made, "");
	world->map = made_map(&world->made, "w");
	recorded_path(&world->made, 'a', world->map);
	recorded_table(world->map, "mpatha", "0 0 1 1 round-robin 0 1 1 8:0 1");
	recorded_forget();
	world->found =
		(struct look_map){ .wwid = "w", .known = true, .present = true, .read = true };
	kernel->exists = true;
	strcpy(kernel->name, "mpatha");
	assert_int_equal(mp_table_copy(&world->map->map.kernel.table, &kernel->table), 0);
	world->job =
		(struct look_job){ .daemon = &world->made.daemon, .maps = world->maps, .count = 1 };
}

static void world_fini(struct world *world)
{
	mp_dm_map_fini(&world->found.kernel);
	mp_dm_list_free(world->made.inventory.listed, world->made.inventory.listed_count);
	world->made.inventory.listed = NULL;
	recorded_fini(&world->made);
}

#define _cleanup_world_ _cleanup_(world_fini)

static void a_look_is_judged_by_what_has_happened_since(void **state)
{
	enum {
		NEW = 1 << 0, /* the daemon knows no such map */
		ABSENT = 1 << 1, /* the daemon knows it as one that the kernel does not have */
		BUSY = 1 << 2, /* an operation runs now */
		WAS_BUSY = 1 << 3, /* one ran when the look began */
		CHANGED = 1 << 4, /* one began and ended meanwhile */
		GONE = 1 << 5, /* from the kernel */
		UNREAD = 1 << 6, /* its event number is the one before */
		ORDERED = 1 << 7, /* a message is under way */
	};
	static const struct {
		unsigned facts;
		enum survey_verdict verdict;
	} rows[] = {
		{ 0, SURVEY_READ },
		{ UNREAD, SURVEY_NOTHING },
		{ GONE | UNREAD, SURVEY_GONE },
		{ NEW, SURVEY_FOUND },
		{ NEW | UNREAD, SURVEY_NOTHING }, /* a device without a table */
		{ ABSENT, SURVEY_FOUND },
		{ ABSENT | GONE | UNREAD, SURVEY_NOTHING },
		{ ABSENT | CHANGED, SURVEY_FOUND },
		{ CHANGED, SURVEY_OUTDATED },
		{ CHANGED | GONE | UNREAD, SURVEY_OUTDATED },
		{ BUSY, SURVEY_BUSY },
		{ WAS_BUSY, SURVEY_BUSY },
		{ ORDERED, SURVEY_BUSY },
		{ ORDERED | GONE | UNREAD, SURVEY_BUSY },
		{ BUSY | GONE | UNREAD, SURVEY_BUSY },
		{ ABSENT | BUSY, SURVEY_BUSY }, /* being created */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const unsigned facts = rows[i].facts;
		_cleanup_world_ struct world world;
		enum survey_verdict verdict;

		world_init(&world);
		world.map->map.kernel.exists = !(facts & ABSENT);
		world.map->busy = facts & BUSY ? 1 : 0;
		world.map->ordered = facts & ORDERED ? 1 : 0;
		world.map->generation = facts & CHANGED ? 1 : 0;
		world.found.known = !(facts & (NEW | ABSENT));
		world.found.busy = facts & WAS_BUSY;
		world.found.present = !(facts & GONE);
		world.found.read = !(facts & UNREAD);
		verdict = survey_judge(facts & NEW ? NULL : world.map, &world.found);
		if (verdict != rows[i].verdict)
			fail_msg("row %zu: verdict %d, not %d", i, verdict, rows[i].verdict);
		recorded_expect("");
	}
}

/* As struct looks does, in one slice. */
static void take(struct look_job *job)
{
	survey_takers.begin(job);
	for (size_t i = 0; job->error >= 0 && i < job->count; i++)
		survey_takers.take(job, job->maps[i]);
	survey_takers.end(job);
}

static void a_map_that_is_read_again_gets_its_states(void **state)
{
	_cleanup_world_ struct world world;

	(void)state;
	world_init(&world);
	world.found.kernel.open_count = 3;
	take(&world.job);
	assert_int_equal(world.map->map.kernel.open_count, 3);
	assert_false(world.map->dirty);
}

static void a_status_of_a_busy_map_is_read_again_later(void **state)
{
	_cleanup_world_ struct world world;

	(void)state;
	world_init(&world);
	world.map->busy = 1;
	world.found.kernel.open_count = 3;
	take(&world.job);
	assert_int_equal(world.map->map.kernel.open_count, 0);
	assert_true(world.map->look_skipped);
}

/*
 * Otherwise a path that the daemon has just reinstated would be failed again, because of its state
 * before that.
 */
static void a_status_from_before_a_message_is_read_again(void **state)
{
	enum { WHEN_LOOKED, WHEN_READ, WHEN_TAKEN, NEVER };
	static const struct {
		unsigned sent, ended; /* the look begins, has read, and is taken */
		bool taken;
		const char *asked;
	} rows[] = {
		{ WHEN_LOOKED, WHEN_READ, false, "look\n" },
		{ WHEN_READ, WHEN_READ, false, "look\n" },
		{ WHEN_READ, WHEN_TAKEN, false, "" },
		{ WHEN_LOOKED, WHEN_TAKEN, false, "" },
		{ NEVER, NEVER, true, "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_world_ struct world world;

		world_init(&world);
		world.found.kernel.open_count = 3;
		if (rows[i].sent == WHEN_LOOKED)
			orders_send(world.map, mp_order_reinstate_path(makedev(8, 0)), 0);
		world.found.generation = world.map->generation;
		if (rows[i].sent == WHEN_READ)
			orders_send(world.map, mp_order_reinstate_path(makedev(8, 0)), 0);
		if (rows[i].ended == WHEN_READ)
			recorded.message.ended(&recorded.message);
		recorded_forget();
		take(&world.job);
		recorded_expect(rows[i].asked);
		assert_int_equal(world.map->map.kernel.open_count, rows[i].taken ? 3 : 0);
		assert_int_equal(world.map->read_again, !rows[i].taken);
		if (rows[i].ended != WHEN_TAKEN)
			continue;
		recorded.message.ended(&recorded.message);
		recorded_expect("look\n");
	}
}

static void a_map_of_another_program_is_adopted(void **state)
{
	_cleanup_world_ struct world world;
	struct daemon_map *map;

	(void)state;
	world_init(&world);
	strcpy(world.found.wwid, "other");
	strcpy(world.found.kernel.name, "mpathz");
	world.found.known = false;
	take(&world.job);
	map = maps_find_wwid(&world.made.inventory, "other");
	assert_non_null(map);
	assert_true(map->map.kernel.exists && map->dirty);
	assert_string_equal(map->map.name, "mpathz");
}

static void a_map_that_is_gone_is_forgotten(void **state)
{
	_cleanup_world_ struct world world;

	(void)state;
	world_init(&world);
	world.found.present = world.found.read = false;
	take(&world.job);
	assert_null(maps_find_wwid(&world.made.inventory, "w"));
	assert_null(paths_find_name(&world.made.inventory, "sda")->path.map);
}

static void a_device_without_a_table_is_a_leftover(void **state)
{
	_cleanup_world_ struct world world;

	(void)state;
	world_init(&world);
	strcpy(world.found.wwid, "other");
	world.found.known = world.found.read = false;
	world.found.half_made = true;
	take(&world.job);
	recorded_expect("timer in 5 s\n"); /* a table may be about to be loaded */
	assert_null(maps_find_wwid(&world.made.inventory, "other"));
	assert_true(leftovers_has(&world.made.daemon, "other"));
}

static void a_look_that_failed_changes_nothing(void **state)
{
	_cleanup_world_ struct world world;

	(void)state;
	world_init(&world);
	world.job.error = -ENOMEM;
	world.found.present = world.found.read = false;
	take(&world.job);
	assert_non_null(maps_find_wwid(&world.made.inventory, "w"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_look_is_judged_by_what_has_happened_since),
		cmocka_unit_test(a_map_that_is_read_again_gets_its_states),
		cmocka_unit_test(a_status_of_a_busy_map_is_read_again_later),
		cmocka_unit_test(a_status_from_before_a_message_is_read_again),
		cmocka_unit_test(a_map_of_another_program_is_adopted),
		cmocka_unit_test(a_map_that_is_gone_is_forgotten),
		cmocka_unit_test(a_device_without_a_table_is_a_leftover),
		cmocka_unit_test(a_look_that_failed_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
