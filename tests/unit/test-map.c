/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "base/cleanup.h"
#include "heap.h"

static struct mp_path *add_path(struct mp_map *map, unsigned number_major, unsigned number_minor,
				enum mp_path_state state, int priority)
{
	struct mp_identity identity = { .devt = makedev(number_major, number_minor) };
	struct mp_path *path;

	assert_int_equal(heap_path_new(number_minor, &identity, &path), 0);
	path->state = state;
	path->priority = priority;
	mp_map_add_path(map, path);
	return path;
}

static struct mp_map *new_map(void)
{
	struct mp_map *map;

	assert_int_equal(heap_map_new("w", "m", &map), 0);
	return map;
}

static void free_all(struct mp_map *map)
{
	while (!cds_list_empty(&map->paths))
		heap_path_free(cds_list_first_entry(&map->paths, struct mp_path, in_map));
	heap_map_free(map);
}

static void load(struct mp_map *map, const char *table, const char *status)
{
	mp_table_fini(&map->kernel.table);
	map->kernel.exists = true;
	assert_int_equal(mp_table_parse(table, &map->kernel.table), 0);
	assert_int_equal(mp_table_parse_status(status, &map->kernel.table), 0);
	assert_int_equal(mp_map_update_groups(map), 0);
}

static void a_new_map_has_nothing_but_its_names(void **state)
{
	_cleanup_(heap_map_freep) struct mp_map *map = NULL;
	char wwid[MP_WWID_SIZE + 1];

	(void)state;
	assert_int_equal(heap_map_new("w", "m", &map), 0);
	assert_string_equal(map->wwid, "w");
	assert_string_equal(map->name, "m");
	assert_true(cds_list_empty(&map->paths));
	assert_false(map->kernel.exists);
	assert_null(mp_map_first_path(map));
	assert_int_equal(mp_map_active_paths(map), 0);
	assert_int_equal(mp_map_update_groups(map), 0);
	assert_int_equal(map->group_count, 0);
	assert_int_equal(map->best_group, 0);
	assert_int_equal(mp_map_set_name(map, "other"), 0);
	assert_string_equal(map->name, "other");

	memset(wwid, 'x', sizeof(wwid));
	wwid[MP_WWID_SIZE] = '\0';
	map = heap_map_free(map);
	assert_int_equal(heap_map_new(wwid, "m", &map), -ENAMETOOLONG);
	wwid[MP_WWID_SIZE - 1] = '\0';
	assert_int_equal(heap_map_new(wwid, "m", &map), 0);
}

static void paths_are_kept_by_device_number(void **state)
{
	static const unsigned devices[][2] = { { 65, 0 },  { 8, 16 },  { 8, 0 },
					       { 259, 1 }, { 8, 300 }, { 8, 32 } };
	static const unsigned order[][2] = { { 8, 0 },	 { 8, 16 }, { 8, 32 },
					     { 8, 300 }, { 65, 0 }, { 259, 1 } };
	struct mp_map *map = new_map();
	struct mp_path *path;
	unsigned i = 0;

	(void)state;
	for (size_t n = 0; n < ARRAY_SIZE(devices); n++)
		add_path(map, devices[n][0], devices[n][1], MP_PATH_UP, 1);
	cds_list_for_each_entry(path, &map->paths, in_map) {
		assert_int_equal(path->identity.devt, makedev(order[i][0], order[i][1]));
		i++;
	}
	assert_int_equal(i, ARRAY_SIZE(order));
	free_all(map);
}

static void a_path_is_in_one_map(void **state)
{
	struct mp_map *a = new_map(), *b = new_map();
	struct mp_path *path = add_path(a, 8, 0, MP_PATH_UP, 1);

	(void)state;
	mp_map_add_path(b, path);
	assert_true(cds_list_empty(&a->paths));
	assert_ptr_equal(path->map, b);
	mp_map_remove_path(path);
	assert_null(path->map);
	assert_true(cds_list_empty(&b->paths));
	mp_map_remove_path(path);
	mp_map_add_path(b, path);
	heap_map_free(b);
	assert_null(path->map);
	heap_path_free(path);
	heap_map_free(a);
}

static void groups_are_the_kernels_with_the_models_priorities(void **state)
{
	struct mp_map *map = new_map();
	struct mp_path *a = add_path(map, 8, 0, MP_PATH_UP, 50),
		       *b = add_path(map, 8, 16, MP_PATH_UP, 41);
	struct mp_path *c = add_path(map, 8, 32, MP_PATH_DOWN, 10),
		       *d = add_path(map, 8, 48, MP_PATH_UP, 1);

	(void)state;
	load(map, "0 0 2 1 service-time 0 1 1 8:32 1 round-robin 0 3 1 8:16 1 8:0 1 8:99 1",
	     "2 0 0 0 2 2 D 0 1 0 8:32 F 3 A 0 3 0 8:16 A 0 8:0 A 1 8:99 A 0");
	assert_int_equal(map->group_count, 2);
	assert_string_equal(map->groups[0].selector, "service-time 0");
	assert_int_equal(map->groups[0].state, MP_GROUP_DISABLED);
	assert_int_equal(map->groups[0].priority, 0);
	assert_int_equal(map->groups[0].path_count, 1);
	assert_ptr_equal(map->groups[0].paths[0], c);
	assert_string_equal(map->groups[1].selector, "round-robin 0");
	assert_int_equal(map->groups[1].state, MP_GROUP_ACTIVE);
	assert_int_equal(map->groups[1].priority, 45);
	assert_int_equal(map->groups[1].path_count, 2);
	assert_ptr_equal(map->groups[1].paths[0], b);
	assert_ptr_equal(map->groups[1].paths[1], a);
	assert_int_equal(map->best_group, 2);

	assert_int_equal(a->dm_state, MP_DM_ACTIVE);
	assert_int_equal(a->dm_failures, 1);
	assert_int_equal(c->dm_state, MP_DM_FAILED);
	assert_int_equal(c->dm_failures, 3);
	assert_int_equal(d->dm_state, MP_DM_UNDEF);
	assert_int_equal(mp_map_active_paths(map), 2);

	/* a path that is not in the next table is no longer in the kernel */
	load(map, "0 0 1 1 service-time 0 1 1 8:0 1", "2 0 0 0 1 1 E 0 1 0 8:0 A 0");
	assert_int_equal(c->dm_state, MP_DM_UNDEF);
	assert_int_equal(c->dm_failures, 0);
	assert_int_equal(map->group_count, 1);
	assert_int_equal(map->best_group, 1);
	free_all(map);
}

static void a_path_that_leaves_is_in_no_group(void **state)
{
	struct mp_map *map = new_map();
	struct mp_path *a = add_path(map, 8, 0, MP_PATH_UP, 1),
		       *b = add_path(map, 8, 16, MP_PATH_UP, 1);

	(void)state;
	load(map, "0 0 1 1 service-time 0 2 1 8:0 1 8:16 1",
	     "2 0 0 0 1 1 A 0 2 0 8:0 A 0 8:16 A 0");
	heap_path_free(a);
	assert_int_equal(map->groups[0].path_count, 1);
	assert_ptr_equal(map->groups[0].paths[0], b);
	free_all(map);
}

static void marginal_groups_come_last_if_configured(void **state)
{
	struct mp_map *map = new_map();

	(void)state;
	add_path(map, 8, 0, MP_PATH_UP, 50)->marginal = true;
	add_path(map, 8, 16, MP_PATH_UP, 10);
	load(map, "0 0 2 1 service-time 0 1 1 8:0 1 service-time 0 1 1 8:16 1",
	     "2 0 0 0 2 1 A 0 1 0 8:0 A 0 E 0 1 0 8:16 A 0");
	assert_int_equal(map->best_group, 1);
	assert_false(map->groups[0].marginal);
	map->settings.marginal_groups = MP_MARGINAL_ON;
	assert_int_equal(mp_map_update_groups(map), 0);
	assert_int_equal(map->best_group, 2);
	assert_true(map->groups[0].marginal);
	assert_false(map->groups[1].marginal);
	free_all(map);
}

static void a_planned_table_shows_groups_without_states(void **state)
{
	struct mp_map *map = new_map();
	struct mp_path *a = add_path(map, 8, 0, MP_PATH_UP, 5);

	(void)state;
	assert_int_equal(mp_table_parse("0 0 1 1 service-time 0 1 1 8:0 1", &map->kernel.table), 0);
	assert_int_equal(mp_map_update_groups(map), 0);
	assert_int_equal(map->group_count, 1);
	assert_int_equal(map->groups[0].state, MP_GROUP_UNDEF);
	assert_int_equal(map->groups[0].priority, 5);
	assert_int_equal(a->dm_state, MP_DM_UNDEF);
	free_all(map);
}

static void without_a_kernel_map_every_active_path_counts(void **state)
{
	struct mp_map *map = new_map();

	(void)state;
	add_path(map, 8, 0, MP_PATH_UP, 1);
	add_path(map, 8, 16, MP_PATH_GHOST, 1);
	add_path(map, 8, 32, MP_PATH_DOWN, 1);
	add_path(map, 8, 48, MP_PATH_UP, 1)->wrong_wwid = true;
	assert_int_equal(mp_map_active_paths(map), 2);
	free_all(map);
}

static void the_first_path_with_vendor_and_product_gives_those_of_the_map(void **state)
{
	struct mp_map *map = new_map();
	struct mp_path *a = add_path(map, 8, 0, MP_PATH_UP, 1),
		       *b = add_path(map, 8, 16, MP_PATH_UP, 1);

	(void)state;
	assert_ptr_equal(mp_map_first_path(map), a);
	strcpy(a->identity.vendor, "V");
	strcpy(b->identity.vendor, "V");
	strcpy(b->identity.product, "P");
	assert_ptr_equal(mp_map_first_path(map), b);
	free_all(map);
}

static void a_table_device_that_is_not_a_path_of_the_map_is_a_stranger(void **state)
{
	_cleanup_(heap_map_freep) struct mp_map *map = new_map();
	struct mp_path *path;

	(void)state;
	assert_false(mp_map_has_strangers(map));
	assert_false(mp_map_holds(map, makedev(8, 0)));
	path = add_path(map, 8, 0, MP_PATH_UP, 1);
	load(map, "0 0 1 1 service-time 0 1 2 8:0 1 1", "2 0 0 0 1 1 A 0 1 2 8:0 A 0 0 1");
	assert_true(mp_map_holds(map, makedev(8, 0)));
	assert_false(mp_map_holds(map, makedev(8, 16)));
	assert_false(mp_map_has_strangers(map));
	path = heap_path_free(path);
	assert_true(mp_map_has_strangers(map));
	assert_true(mp_map_holds(map, makedev(8, 0)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_new_map_has_nothing_but_its_names),
		cmocka_unit_test(paths_are_kept_by_device_number),
		cmocka_unit_test(a_path_is_in_one_map),
		cmocka_unit_test(groups_are_the_kernels_with_the_models_priorities),
		cmocka_unit_test(a_path_that_leaves_is_in_no_group),
		cmocka_unit_test(marginal_groups_come_last_if_configured),
		cmocka_unit_test(a_planned_table_shows_groups_without_states),
		cmocka_unit_test(without_a_kernel_map_every_active_path_counts),
		cmocka_unit_test(the_first_path_with_vendor_and_product_gives_those_of_the_map),
		cmocka_unit_test(a_table_device_that_is_not_a_path_of_the_map_is_a_stranger),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
