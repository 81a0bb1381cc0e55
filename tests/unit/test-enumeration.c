/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/enumeration.h"

#include <unistd.h>

#include "jobs-recorded.h"
#include "kernel/probe.h"

#define DIR_OF_A "devices/no/such/block/sda"
#define ONE_PATH "0 0 1 1 round-robin 0 1 1 8:0 1"

/* A machine in a folder; the daemon has sda, a path of map "w". */
static struct world {
	struct made made;
	struct mp_roots roots;
	struct daemon_map *map;
	struct daemon_path *path;
	unsigned ended, others; /* calls of on_ended(), on_other_ended() */
} world;

static void run(const char *format, const char *dir)
{
	char command[512];

	snprintf(command, sizeof(command), format, world.made.loaded.dir, dir,
		 world.made.loaded.dir, dir);
	assert_int_equal(system(command), 0);
}

/* sda is there, with the number 8:0. */
static void add_disk(const char *dir)
{
	run("cd %s && mkdir -p dev/block class/block %s && cd %s/%s && echo 8:0 > dev", dir);
	run("ln -s ../../%2$s %1$s/dev/block/8:0; ln -s ../../%2$s %1$s/class/block/sda", dir);
}

static int setup(void **state)
{
	struct daemon *daemon = &world.made.daemon;

	(void)state;
	memset(&world, 0, sizeof(world));
	recorded_init(&world.made, "");
	world.roots = mp_roots_system;
	world.roots.sys = world.made.loaded.dir;
	assert_int_equal(enumeration_new(daemon, &world.roots, &daemon->enumeration), 0);
	world.map = made_map(&world.made, "w");
	world.path = recorded_path(&world.made, 'a', world.map);
	free(world.path->dir);
	world.path->dir = strdup(DIR_OF_A);
	recorded_table(world.map, "mpatha", ONE_PATH);
	recorded_forget();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	world.made.daemon.enumeration = enumeration_free(world.made.daemon.enumeration);
	recorded_fini(&world.made);
	return 0;
}

static void on_other_ended(struct daemon *daemon)
{
	assert_false(daemon->enumerating);
	world.others++;
}

/* Another one is asked for while this one is in progress. */
static void on_ended(struct daemon *daemon)
{
	if (!world.ended++) {
		enumeration_find(daemon, on_other_ended);
		enumeration_find(daemon, on_other_ended);
		assert_int_equal(world.others, 0);
	}
}

static void a_disk_is_known_if_its_path_is_ready_and_has_its_name(void **state)
{
	static const struct {
		unsigned minor;
		const char *name;
		enum mp_init_state init;
		bool knows;
	} rows[] = {
		{ 0, "sda", MP_INIT_OK, true },
		{ 0, "sdx", MP_INIT_OK, false }, /* another disk has the number */
		{ 0, "sda", MP_INIT_MISSING_UDEV, false },
		{ 0, "sda", MP_INIT_FAILED, false },
		{ 16, "sdb", MP_INIT_OK, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		world.path->path.init = rows[i].init;
		assert_int_equal(enumeration_knows(&world.made.inventory, makedev(8, rows[i].minor),
						   rows[i].name),
				 rows[i].knows);
	}
}

static void enumerations_asked_for_meanwhile_are_done_as_one(void **state)
{
	(void)state;
	add_disk(DIR_OF_A);
	enumeration_find(&world.made.daemon, on_ended);
	assert_int_equal(world.ended, 1);
	assert_int_equal(world.others, 1);
	recorded_expect("");
}

static void an_enumeration_ends_even_if_the_disks_cannot_be_listed(void **state)
{
	(void)state;
	enumeration_find(&world.made.daemon, on_other_ended);
	assert_int_equal(world.others, 1);
	assert_ptr_equal(paths_find_name(&world.made.inventory, "sda"), world.path);
}

static void a_path_is_checked_again_unless_its_device_is_gone_or_another_one(void **state)
{
	static const struct {
		const char *dir; /* of sda in the machine; NULL: it is gone */
		bool checked;
	} rows[] = {
		{ DIR_OF_A, true },
		{ "devices/no/such/other/block/sda", false },
		{ NULL, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		teardown(state);
		setup(state);
		if (rows[i].dir)
			add_disk(rows[i].dir);
		enumeration_find(&world.made.daemon, NULL);
		assert_non_null(paths_find_name(&world.made.inventory, "sda"));
		assert_null(strstr(mp_strbuf_text(&recorded.text), "check /dev/sda"));
		enumeration_examine(&world.made.daemon);
		assert_int_equal(strstr(mp_strbuf_text(&recorded.text), "check /dev/sda") != NULL,
				 rows[i].checked);
		/* Nothing in the machine's own sysfs says what it is. */
		assert_null(paths_find_name(&world.made.inventory, "sda"));
		recorded_forget();
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_disk_is_known_if_its_path_is_ready_and_has_its_name),
		TEST(enumerations_asked_for_meanwhile_are_done_as_one),
		TEST(an_enumeration_ends_even_if_the_disks_cannot_be_listed),
		TEST(a_path_is_checked_again_unless_its_device_is_gone_or_another_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
