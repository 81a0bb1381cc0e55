/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/jobs/files.h"

#include "inventory-made.h"

#include "base/cleanup.h"
#include "multipathd/control/records.h"
#include "multipathd/loop/pool.h"
#include "multipathd/state/daemon.h"

/* In the pool's place: what was submitted, and begins when the test says so. */
static struct work *submitted[4];
static size_t submitted_count;

void pool_submit(struct pool *pool, struct work *work)
{
	(void)pool;
	assert_true(submitted_count < ARRAY_SIZE(submitted));
	submitted[submitted_count++] = work;
}

static struct world {
	struct made made;
	struct daemon *daemon;
	struct daemon_map *map;
} world;

static int setup(void **state)
{
	(void)state;
	submitted_count = 0;
	made_init(&world.made, "");
	world.daemon = &world.made.daemon;
	world.made.inventory.daemon = world.daemon;
	assert_int_equal(files_new(world.made.loaded.dir, &records_takers, &world.daemon->files),
			 0);
	world.map = made_map(&world.made, "w");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	world.daemon->files = files_free(world.daemon->files);
	made_fini(&world.made);
	return 0;
}

/* Workers return what was submitted, in order, and so on with what that submits. */
static void finish(void)
{
	for (size_t i = 0; i < submitted_count; i++) {
		submitted[i]->run(submitted[i]);
		submitted[i]->done(submitted[i]);
	}
	submitted_count = 0;
}

/* The daemon ends before their turn has come. */
static void end_daemon(void)
{
	for (size_t i = 0; i < submitted_count; i++) {
		submitted[i]->skipped = true;
		submitted[i]->done(submitted[i]);
	}
	submitted_count = 0;
}

static void put_file(const char *name, const char *text)
{
	loaded_write(&world.made.loaded, name, text, strlen(text));
}

static bool file_has_wwid(const char *wwid)
{
	return mp_wwids_file_has(world.made.loaded.dir, wwid) == 1;
}

static const char *bound(const char *alias)
{
	return mp_bindings_wwid(world.made.inventory.bindings, alias);
}

/* As names_choose() does: the map waits for its name. */
static void choose_name(void)
{
	const struct mp_alias_request request = { .wwid = "w",
						  .user_friendly = true,
						  .prefix = "mpath" };
	_cleanup_free_ char *name = NULL;
	bool changed = false;

	assert_int_equal(mp_bindings_choose(world.made.inventory.bindings, &request, &name,
					    &changed),
			 0);
	assert_true(changed);
	maps_rename(world.map, name);
	world.map->naming = true;
	world.made.inventory.bindings_dirty = true;
}

static void a_write_that_was_never_begun_settles_no_name(void **state)
{
	(void)state;
	choose_name();
	files_write(world.daemon);
	assert_true(files_is_writing(world.daemon));
	end_daemon();
	assert_false(files_is_writing(world.daemon));
	assert_true(world.map->naming);
	assert_false(world.made.inventory.bindings_broken);
	assert_int_equal(world.daemon->operations, 0);
}

static void a_name_is_settled_when_it_is_written(void **state)
{
	static const struct {
		const char *file; /* what another program has written meanwhile */
		bool named;
	} rows[] = {
		{ "", true },
		{ "mpatha other\n", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		teardown(state);
		setup(state);
		choose_name();
		files_write(world.daemon);
		put_file("bindings", rows[i].file);
		finish();
		assert_false(world.map->naming);
		assert_int_equal(world.map->named, rows[i].named);
		assert_true(world.map->dirty);
		assert_string_equal(bound("mpatha"), rows[i].named ? "w" : "other");
	}
}

static void names_that_cannot_be_written_are_forgotten(void **state)
{
	char dir[128];

	(void)state;
	put_file("bindings", "mpathb other\n");
	choose_name();
	files_write(world.daemon);
	snprintf(dir, sizeof(dir), "%s/bindings.new", world.made.loaded.dir); /* in the way */
	assert_int_equal(mkdir(dir, 0700), 0);
	finish();
	assert_true(world.made.inventory.bindings_broken);
	assert_false(world.map->naming || world.map->named);
	assert_null(bound("mpatha"));
	assert_string_equal(bound("mpathb"), "other"); /* the file counts */
}

static void bindings_of_other_programs_are_read_unless_memory_is_newer(void **state)
{
	static const struct {
		bool dirty, writes; /* when the file has been read */
		bool adopted;
	} rows[] = {
		{ false, false, true },
		{ true, false, false },
		{ true, true, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		teardown(state);
		setup(state);
		put_file("bindings", "mpathq other\n");
		files_read_bindings(world.daemon);
		assert_null(bound("mpathq")); /* not on the loop */
		if (rows[i].dirty)
			choose_name();
		if (rows[i].writes)
			files_write(world.daemon);
		submitted[0]->run(submitted[0]);
		submitted[0]->done(submitted[0]);
		assert_int_equal(bound("mpathq") != NULL, rows[i].adopted);
		assert_int_equal(bound("mpatha") != NULL, rows[i].dirty);
		/* Nothing is lost: the write has both. */
		submitted[0] = submitted[--submitted_count];
		files_write(world.daemon);
		finish();
		assert_non_null(bound("mpathq"));
		assert_int_equal(bound("mpatha") != NULL, rows[i].dirty);
	}
}

static void a_file_that_changes_while_it_is_read_is_read_once_more(void **state)
{
	(void)state;
	put_file("bindings", "mpathq other\n");
	files_read_bindings(world.daemon);
	submitted[0]->run(submitted[0]);
	put_file("bindings", "mpathr other\n");
	files_read_bindings(world.daemon);
	files_read_bindings(world.daemon);
	assert_int_equal(submitted_count, 1);
	submitted[0]->done(submitted[0]);
	assert_int_equal(submitted_count, 2);
	submitted[0] = submitted[--submitted_count];
	finish();
	assert_null(bound("mpathq"));
	assert_non_null(bound("mpathr"));
}

static void a_file_that_is_read_keeps_its_configuration(void **state)
{
	struct mp_config *config = world.made.loaded.config;

	(void)state;
	files_read_bindings(world.daemon);
	mp_config_free(config); /* a reconfigure drops it */
	assert_int_equal(mp_config_process(config)->verbosity, 2);
	world.made.loaded.config = NULL;
	finish();
}

static void wwids_of_a_file_that_was_read_count_with_those_that_are_not_written_yet(void **state)
{
	(void)state;
	put_file("wwids", "/other/\n");
	files_await_wwids(world.map);
	assert_true(files_wwid_created(world.daemon, "v"));
	files_write(world.daemon);
	assert_true(files_wwid_created(world.daemon, "u"));
	submitted[0]->run(submitted[0]);
	submitted[0]->done(submitted[0]);
	assert_true(mp_wwids_has(world.made.inventory.wwids, "other"));
	assert_true(mp_wwids_has(world.made.inventory.wwids, "v")); /* being written */
	assert_true(mp_wwids_has(world.made.inventory.wwids, "u")); /* to be written */
	assert_true(world.map->wwids_read);
	submitted[0] = submitted[--submitted_count];
	finish();
}

static void wwids_that_are_not_written_when_the_daemon_ends_are_written_then(void **state)
{
	(void)state;
	assert_true(files_wwid_created(world.daemon, "v"));
	files_write(world.daemon);
	assert_true(files_wwid_created(world.daemon, "u"));
	assert_false(file_has_wwid("v"));
	end_daemon();
	world.daemon->files = files_free(world.daemon->files);
	assert_true(file_has_wwid("v") && file_has_wwid("u"));
}

static void the_end_does_not_touch_files_whose_access_hangs(void **state)
{
	(void)state;
	files_enter(world.daemon); /* and it does not come back */
	assert_true(files_wwid_created(world.daemon, "v"));
	files_write(world.daemon);
	end_daemon();
	world.daemon->files = files_free(world.daemon->files);
	assert_false(file_has_wwid("v"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_write_that_was_never_begun_settles_no_name),
		TEST(a_name_is_settled_when_it_is_written),
		TEST(names_that_cannot_be_written_are_forgotten),
		TEST(bindings_of_other_programs_are_read_unless_memory_is_newer),
		TEST(a_file_that_changes_while_it_is_read_is_read_once_more),
		TEST(a_file_that_is_read_keeps_its_configuration),
		TEST(wwids_of_a_file_that_was_read_count_with_those_that_are_not_written_yet),
		TEST(wwids_that_are_not_written_when_the_daemon_ends_are_written_then),
		TEST(the_end_does_not_touch_files_whose_access_hangs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
