/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/duties.h"

#include "base/cleanup.h"
#include "jobs-recorded.h"
#include "multipathd/control/settings.h"
#include "multipathd/control/states.h"
#include "multipathd/state/duties.h"

#define KEY "defaults {\nreservation_key 0x123abc\n}\n"

/* A map of sda, priority 50, and of sdb, priority 10, in two groups, that queues for 12 checks. */
struct world {
	struct made made;
	struct daemon_map *map;
	struct daemon_path *a, *b;
};

static void world_init(struct world *world)
{
	recorded_init(&world->made, "");
	world->map = made_map(&world->made, "w");
	world->a = recorded_path(&world->made, 'a', world->map);
	world->b = recorded_path(&world->made, 'b', world->map);
	world->a->path.priority = 50;
	world->b->path.priority = 10;
	world->map->map.settings.no_path_retry = 12;
	world->map->map.settings.failback = 10;
	recorded_table(world->map, "mpatha",
		       "1 queue_if_no_path 0 2 1 round-robin 0 1 1 8:0 1 round-robin 0 1 1 8:16 1");
	world->map->map.kernel.table.groups[0].state = MP_GROUP_ACTIVE;
	recorded_forget();
}

static void world_fini(struct world *world)
{
	recorded_fini(&world->made);
}

#define _cleanup_world_ _cleanup_(world_fini)

static void path_set(struct daemon_path *path, enum mp_path_state state)
{
	const bool active = mp_path_state_is_active(state);

	path->path.state = path->answered_state = state;
	states_changed(daemon_map_of(path->path.map),
		       &(struct path_news){ .came_up = active, .failed = !active, .which = path });
}

/* The kernel's table, with this group in use. */
static void look_shows(struct world *world, unsigned group)
{
	struct mp_kernel_map kernel = world->map->map.kernel;

	assert_int_equal(mp_table_copy(&world->map->map.kernel.table, &kernel.table), 0);
	for (unsigned i = 0; i < kernel.table.group_count; i++)
		kernel.table.groups[i].state = i + 1 == group ? MP_GROUP_ACTIVE : MP_GROUP_ENABLED;
	states_take(world->map, &kernel);
}

static void the_duties_of_the_daemon_maintain_a_map_over_time(void **state)
{
	_cleanup_world_ struct world world;

	(void)state;
	world_init(&world);
	path_set(world.a, MP_PATH_DOWN);
	look_shows(&world, 2);
	recorded_expect("");
	path_set(world.b, MP_PATH_DOWN);
	recorded_expect("timer in 61 s\n"); /* until I/O fails */
	recorded_fire(world.map->queue_timer);
	recorded_expect("message w: fail_if_no_path\n");
	path_set(world.b, MP_PATH_UP);
	recorded_expect("message w: queue_if_no_path\nlook\n");
	look_shows(&world, 2);
	recorded_expect("");
	path_set(world.a, MP_PATH_UP);
	recorded_expect("look\n");
	look_shows(&world, 2);
	recorded_expect("timer in 11 s\n"); /* until it fails back */
	recorded_fire(world.map->failback_timer);
	recorded_expect("message w: switch_group 1\n");
}

static void without_duties_a_map_is_left_as_it_is(void **state)
{
	static const struct duties none;
	_cleanup_world_ struct world world;

	(void)state;
	world_init(&world);
	world.made.inventory.duties = &none;
	path_set(world.a, MP_PATH_DOWN);
	path_set(world.b, MP_PATH_DOWN);
	recorded_expect("");
	path_set(world.a, MP_PATH_UP);
	recorded_expect("look\n");
	look_shows(&world, 2);
	recorded_expect("");
}

static void a_delayed_path_is_used_when_the_last_other_path_is_lost(void **state)
{
	_cleanup_world_ struct world world;

	(void)state;
	world_init(&world);
	world.b->path.state = world.b->answered_state = MP_PATH_DELAYED;
	path_set(world.a, MP_PATH_DOWN);
	recorded_expect("check /dev/sdb for at most 30 s\n"
			"sdb is due in 1 s\n"
			"timer in 61 s\n");
}

static void only_an_owner_with_duties_has_keys(void **state)
{
	static const struct duties none;
	static const struct {
		const struct duties *duties;
		uint64_t key;
	} rows[] = { { &duties_of_daemon, 0x123abc }, { &none, 0 } };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_recorded_ struct made made;
		struct daemon_map *map;

		recorded_init(&made, KEY);
		made.inventory.duties = rows[i].duties;
		map = made_map(&made, "w");
		made_path(&made, 'a', map);
		settings_resolve(map);
		assert_true(map->reservation.key.key == rows[i].key);
	}
}

static void an_inventory_without_an_owner_has_no_duties(void **state)
{
	static const struct duties none;
	_cleanup_made_ struct made made;

	(void)state;
	made_init(&made, "");
	assert_memory_equal(made.inventory.duties, &none, sizeof(none));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_duties_of_the_daemon_maintain_a_map_over_time),
		cmocka_unit_test(without_duties_a_map_is_left_as_it_is),
		cmocka_unit_test(a_delayed_path_is_used_when_the_last_other_path_is_lost),
		cmocka_unit_test(only_an_owner_with_duties_has_keys),
		cmocka_unit_test(an_inventory_without_an_owner_has_no_duties),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
