/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/records.h"

#include <errno.h>

#include "jobs-recorded.h"

/* A daemon whose map "w" has chosen the name mpatha, and waits until that is written. */
static struct world {
	struct made made;
	struct daemon_map *map;
} world;

static int setup(void **state)
{
	(void)state;
	memset(&world, 0, sizeof(world));
	recorded_init(&world.made, "");
	world.map = made_map(&world.made, "w");
	maps_rename(world.map, "mpatha");
	world.map->naming = true;
	assert_true(mp_bindings_parse(world.made.inventory.bindings, "test", "mpatha w\n", 9,
				      world.made.inventory.config, NULL, NULL) >= 0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	recorded_fini(&world.made);
	return 0;
}

static struct mp_bindings *bindings_of(const char *text)
{
	struct mp_bindings *bindings;

	if (!text)
		return NULL;
	assert_int_equal(mp_bindings_new(&bindings), 0);
	assert_true(mp_bindings_parse(bindings, "test", text, strlen(text),
				      world.made.inventory.config, NULL, NULL) >= 0);
	return bindings;
}

static struct mp_wwids *wwids_of(const char *text)
{
	struct mp_wwids *wwids;

	assert_int_equal(mp_wwids_new(&wwids), 0);
	assert_int_equal(mp_wwids_parse(wwids, text, strlen(text)), 0);
	return wwids;
}

static void a_map_has_its_name_if_the_file_gives_it_to_that_map(void **state)
{
	static const struct {
		int error;
		const char *file; /* what it has now; after an error, what can be read of it */
		bool dirty; /* another name was chosen meanwhile */
		bool waits, named, broken;
	} rows[] = {
		{ 0, "mpatha w\n", false, false, true, false },
		/* another program was first */
		{ 0, "mpatha other\n", false, false, false, false },
		{ 0, "mpatha w\n", true, true, false, false },
		/* would be written again and again */
		{ 0, "mpathb other\n", false, false, false, true },
		{ -ENOSPC, "mpathb other\n", false, false, false, true },
		{ -ENOSPC, "mpatha w\n", false, false, true, true },
		{ -EIO, NULL, false, false, true, true }, /* as far as is known */
		{ -ENOSPC, "mpathb other\n", true, false, false, true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct inventory *inventory = &world.made.inventory;
		struct diagnostics none = { 0 };
		struct files_written written = { .error = rows[i].error,
						 .bindings = "mpatha w\n",
						 .diagnostics = &none };

		teardown(state);
		setup(state);
		inventory->bindings_dirty = rows[i].dirty;
		if (rows[i].error)
			written.fallback = bindings_of(rows[i].file);
		else
			written.text = rows[i].file;
		written.on_disk = rows[i].error ? NULL : bindings_of(rows[i].file);
		records_takers.written(&world.made.daemon, &written);
		assert_null(written.fallback);
		mp_bindings_free(written.on_disk);
		if (world.map->naming != rows[i].waits || world.map->named != rows[i].named ||
		    inventory->bindings_broken != rows[i].broken)
			fail_msg("row %zu: %s%s%s", i, world.map->naming ? "waits " : "",
				 world.map->named ? "named " : "",
				 inventory->bindings_broken ? "broken" : "");
		assert_int_equal(world.map->dirty, !rows[i].waits);
	}
}

static void bindings_that_are_read_replace_those_in_memory_unless_these_are_newer(void **state)
{
	static const struct {
		int error;
		bool dirty, adopted;
	} rows[] = {
		{ 0, false, true },
		{ 0, true, false },
		{ -EIO, false, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct inventory *inventory = &world.made.inventory;
		struct diagnostics none = { 0 };
		struct files_read read = { .error = rows[i].error, .diagnostics = &none };

		teardown(state);
		setup(state);
		inventory->bindings_dirty = rows[i].dirty;
		read.bindings = rows[i].error ? NULL : bindings_of("mpathq w\n");
		records_takers.read_bindings(&world.made.daemon, &read);
		mp_bindings_free(read.bindings);
		assert_string_equal(mp_bindings_alias(inventory->bindings, "w"),
				    rows[i].adopted ? "mpathq" : "mpatha");
	}
}

static void a_wwid_that_was_removed_from_the_file_is_noted_for_maps_that_exist(void **state)
{
	static const struct {
		const char *memory, *file;
		bool exists, was_removed, is_removed;
	} rows[] = {
		{ "/w/\n", "/w/\n", true, false, false },
		{ "/w/\n", "", true, false, true },
		{ "/w/\n", "", false, false, false },
		{ "", "", true, false, false }, /* it never was in the file */
		{ "", "", true, true, true },
		{ "", "/w/\n", true, true, false }, /* it is back */
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct inventory *inventory = &world.made.inventory;

		teardown(state);
		setup(state);
		assert_int_equal(mp_wwids_parse(inventory->wwids, rows[i].memory,
						strlen(rows[i].memory)),
				 0);
		world.map->map.kernel.exists = rows[i].exists;
		world.map->wwid_removed = rows[i].was_removed;
		assert_int_equal(records_adopt_wwids(&world.made.daemon, wwids_of(rows[i].file)),
				 0);
		assert_int_equal(world.map->wwid_removed, rows[i].is_removed);
		assert_int_equal(mp_wwids_has(inventory->wwids, "w"), *rows[i].file != '\0');
	}
}

static void a_map_waits_for_a_reading_that_began_after_it_asked(void **state)
{
	static const struct {
		uint64_t awaited, number;
		int error;
		bool is_read;
	} rows[] = {
		{ 2, 1, 0, false },   { 2, 2, 0, true },
		{ 2, 3, 0, true },    { 0, 3, 0, false }, /* it did not ask */
		{ 2, 2, -EIO, true }, /* better than waiting for ever */
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct files_read read = { .error = rows[i].error, .number = rows[i].number };

		teardown(state);
		setup(state);
		world.map->wwids_awaited = rows[i].awaited;
		read.wwids = rows[i].error ? NULL : wwids_of("/other/\n");
		records_takers.read_wwids(&world.made.daemon, &read);
		assert_null(read.wwids);
		assert_int_equal(world.map->wwids_read, rows[i].is_read);
		assert_int_equal(world.map->dirty, rows[i].is_read);
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_map_has_its_name_if_the_file_gives_it_to_that_map),
		TEST(bindings_that_are_read_replace_those_in_memory_unless_these_are_newer),
		TEST(a_wwid_that_was_removed_from_the_file_is_noted_for_maps_that_exist),
		TEST(a_map_waits_for_a_reading_that_began_after_it_asked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
