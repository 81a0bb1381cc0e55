/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/enumeration.h"

#include <sys/sysmacros.h>
#include <unistd.h>

#include "jobs-recorded.h"
#include "kernel/probe.h"
#include "multipathd/control/admission.h"
#include "multipathd/control/discovery.h"
#include "multipathd/control/inspections.h"
#include "multipathd/control/inspections.h"

#define DIR_OF_A "devices/p/host0/target0:0:0/0:0:0:0/block/sda"
#define OTHER_DIR "devices/p/host1/target1:0:0/1:0:0:0/block/sda"
#define ONE_PATH "0 0 1 1 round-robin 0 1 1 8:0 1"

/* A machine in a directory; the daemon has sda, a path of map "w". */
static struct world {
	struct made made;
	struct mp_roots roots;
	struct daemon_map *map;
	struct daemon_path *path;
	unsigned ended, others; /* calls of on_ended(), on_other_ended() */
} world;

static void run(const char *format, const char *dir)
{
	char command[1024];

	snprintf(command, sizeof(command), format, world.made.loaded.dir, dir,
		 world.made.loaded.dir, dir);
	assert_int_equal(system(command), 0);
}

/* sda is there, with the number 8:0; it leads to LUN w. */
static void add_disk(const char *dir)
{
	run("cd %s && mkdir -p dev/block class/block data %s && cd %s/%s && echo 8:0 > dev && "
	    "echo 2048 > size && cd ../.. && echo V > vendor && echo P > model && echo 1 > rev",
	    dir);
	run("ln -sf ../../%2$s %1$s/dev/block/8:0; ln -sf ../../%2$s %1$s/class/block/sda; "
	    "printf 'E:ID_SERIAL=w\\nE:ID_WWN=w\\n' > %1$s/data/b8:0",
	    dir);
}

/* Other things that have numbers, none of which can be a path. */
static void add_others(unsigned count)
{
	char command[1024];

	snprintf(command, sizeof(command),
		 "cd %s && mkdir -p dev/block && for i in $(seq %u); do "
		 "mkdir -p devices/virtual/block/loop$i; "
		 "ln -s ../../devices/virtual/block/loop$i dev/block/7:$i; done",
		 world.made.loaded.dir, count);
	assert_int_equal(system(command), 0);
}

static int setup(void **state)
{
	struct daemon *daemon = &world.made.daemon;

	(void)state;
	memset(&world, 0, sizeof(world));
	recorded_init(&world.made, "");
	world.roots = mp_roots_system;
	world.roots.sys = world.roots.run_udev = world.made.loaded.dir;
	assert_int_equal(enumeration_new(daemon, &world.roots, &daemon->enumeration), 0);
	assert_int_equal(inspections_new(daemon, &world.roots, &admission_inspects,
					 &daemon->inspections),
			 0);
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
	struct daemon *daemon = &world.made.daemon;

	(void)state;
	recorded_return_works();
	daemon->enumeration = enumeration_free(daemon->enumeration);
	daemon->inspections = inspections_free(daemon->inspections);
	recorded_fini(&world.made);
	return 0;
}

/* Workers do all that is asked of them, and what follows from that. Return: how much that was. */
static unsigned work(void)
{
	unsigned count = 0;

	for (; recorded.work_count; count++) {
		struct work *first = recorded.works[0];

		recorded.work_count--;
		memmove(recorded.works, recorded.works + 1, recorded.work_count * sizeof(first));
		first->run(first);
		first->done(first);
	}
	return count;
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

static const struct daemon_path *sda(void)
{
	return paths_find_name(&world.made.inventory, "sda");
}

static bool is_recorded(const char *text)
{
	return strstr(mp_strbuf_text(&recorded.text), text);
}

static void a_disk_that_is_a_path_is_not_read_again_unless_it_is_not_ready(void **state)
{
	static const struct {
		const char *name; /* of the path */
		enum mp_init_state init;
		bool has_size; /* it was read */
	} rows[] = {
		{ "sda", MP_INIT_OK, false },
		{ "sdx", MP_INIT_OK, true }, /* another disk has the number */
		{ "sda", MP_INIT_MISSING_UDEV, true },
		{ "sda", MP_INIT_FAILED, true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		teardown(state);
		setup(state);
		add_disk(DIR_OF_A);
		strcpy(world.path->path.identity.name, rows[i].name);
		world.path->path.init = rows[i].init;
		enumeration_find(&world.made.daemon, on_other_ended);
		work();
		assert_int_equal(world.others, 1);
		assert_int_equal(paths_find_devt(&world.made.inventory, makedev(8, 0))
					 ->path.identity.size_sectors,
				 rows[i].has_size ? 2048 : 0);
	}
}

static void a_disk_that_is_no_path_becomes_one_and_is_checked_when_all_are_known(void **state)
{
	(void)state;
	add_disk(DIR_OF_A);
	add_others(130);
	discovery_drop(world.path, "test");
	recorded_forget();
	enumeration_find(&world.made.daemon, on_other_ended);
	assert_null(sda()); /* nothing is read in this call */
	assert_true(work() >= 1 + 3);
	assert_non_null(sda());
	assert_ptr_equal(sda()->path.map, &world.map->map);
	assert_true(is_recorded("check /dev/sda"));
	assert_int_equal(world.others, 1);
}

static void enumerations_asked_for_meanwhile_are_done_as_one(void **state)
{
	(void)state;
	add_disk(DIR_OF_A);
	enumeration_find(&world.made.daemon, on_ended);
	work();
	assert_int_equal(world.ended, 1);
	assert_int_equal(world.others, 1);
	assert_false(is_recorded("check"));
}

static void an_enumeration_ends_even_if_the_disks_cannot_be_listed(void **state)
{
	(void)state;
	enumeration_find(&world.made.daemon, on_other_ended);
	work();
	assert_int_equal(world.others, 1);
	assert_ptr_equal(sda(), world.path);
}

static void after_a_reconfigure_every_path_is_read_once(void **state)
{
	(void)state;
	add_disk(DIR_OF_A);
	enumeration_resolve(&world.made.daemon, on_other_ended);
	assert_int_equal(work(), 3); /* the path, the list, and whose name that number has */
	assert_int_equal(world.others, 1);
	assert_ptr_equal(sda(), world.path);
	assert_int_equal(world.path->path.identity.size_sectors, 2048);
}

static void a_path_is_checked_again_unless_its_device_is_gone_or_another_one(void **state)
{
	static const struct {
		const char *dir; /* of sda in the machine; NULL: it is gone */
		bool stays, is;
	} rows[] = {
		{ DIR_OF_A, true, true },
		{ OTHER_DIR, false, true },
		{ NULL, false, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		uint64_t id;

		teardown(state);
		setup(state);
		id = world.path->path.id;
		if (rows[i].dir)
			add_disk(rows[i].dir);
		enumeration_examine(&world.made.daemon);
		work();
		assert_int_equal(sda() != NULL, rows[i].is);
		assert_int_equal(is_recorded("check /dev/sda"), rows[i].is);
		if (sda())
			assert_int_equal(sda()->path.id == id, rows[i].stays);
		recorded_forget();
	}
}

/* What had been read of it is of the disk that is gone, and so is the event. */
static void a_disk_that_was_being_read_when_events_were_lost_is_read_again(void **state)
{
	struct mp_props props = MP_PROPS_INIT;
	struct inspections *inspections = world.made.daemon.inspections;
	const struct inspection_ask ask = { .devt = makedev(8, 0),
					    .reasons = INSPECT_EVENT,
					    .name = "sda",
					    .dir = DIR_OF_A,
					    .props = &props };

	(void)state;
	add_disk(OTHER_DIR);
	discovery_drop(world.path, "test");
	assert_int_equal(mp_props_add(&props, "ID_SERIAL", "old"), 0);
	assert_int_equal(mp_props_add(&props, "ID_WWN", "old"), 0);
	assert_int_equal(inspections_ask(inspections, &ask), 0);
	add_disk(DIR_OF_A);
	inspections_go(inspections);
	recorded.works[0]->run(recorded.works[0]);
	add_disk(OTHER_DIR);
	enumeration_examine(&world.made.daemon);
	work();
	assert_non_null(sda());
	assert_string_equal(sda()->path.identity.wwid, "w");
	assert_string_equal(sda()->dir, OTHER_DIR);
	recorded_forget();
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_disk_that_is_a_path_is_not_read_again_unless_it_is_not_ready),
		TEST(a_disk_that_is_no_path_becomes_one_and_is_checked_when_all_are_known),
		TEST(enumerations_asked_for_meanwhile_are_done_as_one),
		TEST(an_enumeration_ends_even_if_the_disks_cannot_be_listed),
		TEST(after_a_reconfigure_every_path_is_read_once),
		TEST(a_path_is_checked_again_unless_its_device_is_gone_or_another_one),
		TEST(a_disk_that_was_being_read_when_events_were_lost_is_read_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
