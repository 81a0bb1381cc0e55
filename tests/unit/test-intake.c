/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/intake.h"

#include <errno.h>

#include "jobs-recorded.h"
#include "multipathd/jobs/snapshots.h"

#define GOOD "defaults {\n\tpolling_interval 7\n}\n"
#define ODD "defaults {\n\tpolling_interval 7\n\tno_such_keyword 1\n}\n" /* a warning */
#define DAMAGED "defaults {\n\tpolling_interval 7\n" /* a brace is missing */

static struct world {
	struct made made;
	struct snapshot *snapshot; /* of the files */
} world;

static int setup(void **state)
{
	(void)state;
	memset(&world, 0, sizeof(world));
	recorded_init(&world.made, "");
	assert_int_equal(intake_new(&world.made.daemon.intake), 0);
	return 0;
}

static int teardown(void **state)
{
	struct daemon *daemon = &world.made.daemon;

	(void)state;
	snapshot_free(world.snapshot);
	daemon->intake = intake_free(daemon->intake);
	free(daemon->inventory.prkeys);
	mp_strbuf_fini(&daemon->inventory.geom_notes);
	/* The configuration that was loaded first is freed when another one takes effect. */
	world.made.loaded.config = daemon->inventory.config;
	recorded_fini(&world.made);
	return 0;
}

static void read_files(const char *config)
{
	loaded_write(&world.made.loaded, "multipath.conf", config, strlen(config));
	world.snapshot = snapshot_free(world.snapshot);
	assert_int_equal(snapshot_new(&world.made.daemon, &world.snapshot), 0);
	snapshot_read_config(world.snapshot);
	snapshot_read_state(world.snapshot);
}

static bool state_begins(const char *begin)
{
	_cleanup_strbuf_ struct mp_strbuf out = MP_STRBUF_INIT;

	intake_print_state(&world.made.daemon, &out);
	return !strncmp(mp_strbuf_text(&out), begin, strlen(begin));
}

static void damaged_files_are_rejected_unless_no_configuration_is_in_force(void **state)
{
	static const struct {
		bool starts; /* none is in force */
		const char *config;
		int result;
		const char *errors; /* begins with; NULL: none */
		bool incomplete; /* once adopted */
	} rows[] = {
		{ false, GOOD, 0, NULL, false },	 { false, ODD, 0, NULL, false },
		{ false, DAMAGED, -EINVAL, "/", false }, { true, GOOD, 0, NULL, false },
		{ true, DAMAGED, 0, "/", true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct daemon *daemon = &world.made.daemon;
		struct mp_config *first;

		teardown(state);
		setup(state);
		first = daemon->inventory.config;
		if (rows[i].starts)
			daemon->inventory.config = NULL;
		read_files(rows[i].config);
		assert_int_equal(intake_judge(daemon, world.snapshot), rows[i].result);
		assert_int_equal(*intake_errors(daemon) != '\0', rows[i].errors != NULL);
		if (rows[i].errors)
			assert_memory_equal(intake_errors(daemon), rows[i].errors,
					    strlen(rows[i].errors));
		if (rows[i].result == 0)
			intake_adopt(daemon, world.snapshot);
		else
			intake_note_stale(daemon);
		assert_int_equal(daemon->inventory.process->polling_interval_sec == 7,
				 rows[i].result == 0);
		assert_int_equal(daemon->inventory.config_incomplete, rows[i].incomplete);
		assert_true(state_begins(rows[i].incomplete ? "config: incomplete since " :
					 rows[i].errors	    ? "config: stale since " :
							      "config: in force since "));
		intake_drop_old(daemon);
		if (rows[i].starts)
			mp_config_free(first);
	}
}

static void notes_have_what_was_wrong_with_the_files_that_were_read_last(void **state)
{
	static const struct {
		const char *config;
		bool error, warning;
	} rows[] = {
		{ ODD, false, true },
		{ GOOD "}\n", true, false },
		{ GOOD, false, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_strbuf_ struct mp_strbuf errors = MP_STRBUF_INIT, all = MP_STRBUF_INIT;
		struct daemon *daemon = &world.made.daemon;

		read_files(rows[i].config);
		intake_judge(daemon, world.snapshot);
		intake_print_notes(daemon, 0, &errors);
		intake_print_notes(daemon, 4, &all);
		assert_int_equal(errors.length > 0, rows[i].error);
		assert_int_equal(all.length > 0, rows[i].error || rows[i].warning);
	}
}

static void what_a_verb_has_noted_since_the_reading_stays(void **state)
{
	static const struct {
		unsigned changes; /* in memory since the reading was asked for */
		const char *notes;
	} rows[] = { { 0, "of the file\n" }, { 1, "of the verb\n" } };

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct inventory *inventory = &world.made.inventory;

		teardown(state);
		setup(state);
		mp_strbuf_puts(&inventory->geom_notes, "of the verb\n");
		read_files(GOOD);
		mp_strbuf_clear(&world.snapshot->geom_notes);
		mp_strbuf_puts(&world.snapshot->geom_notes, "of the file\n");
		world.snapshot->geom_notes_error = 0;
		world.snapshot->geom_notes_version = inventory->geom_notes_version;
		inventory->geom_notes_version += rows[i].changes;
		assert_int_equal(intake_judge(&world.made.daemon, world.snapshot), 0);
		intake_adopt(&world.made.daemon, world.snapshot);
		assert_string_equal(mp_strbuf_text(&inventory->geom_notes), rows[i].notes);
	}
}

static void fpin_takes_effect_with_a_restart_alone(void **state)
{
	static const struct {
		const char *running, *wanted;
		enum mp_marginal_groups groups;
	} rows[] = {
		{ "off", "on", MP_MARGINAL_ON },      { "on", "off", MP_MARGINAL_OFF },
		{ "off", "fpin", MP_MARGINAL_OFF },   { "on", "fpin", MP_MARGINAL_ON },
		{ "fpin", "on", MP_MARGINAL_FPIN },   { "fpin", "off", MP_MARGINAL_FPIN },
		{ "fpin", "fpin", MP_MARGINAL_FPIN },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct daemon *daemon = &world.made.daemon;
		const char *const values[] = { rows[i].running, rows[i].wanted };
		struct mp_config *first;
		struct mp_map_settings settings;
		char text[64];

		teardown(state);
		setup(state);
		first = TAKE_PTR(daemon->inventory.config);
		for (size_t j = 0; j < ARRAY_SIZE(values); j++) {
			snprintf(text, sizeof(text), "defaults {\n\tmarginal_pathgroups %s\n}\n",
				 values[j]);
			read_files(text);
			assert_int_equal(intake_judge(daemon, world.snapshot), 0);
			intake_adopt(daemon, world.snapshot);
			intake_drop_old(daemon);
		}
		mp_config_free(first);
		assert_int_equal(daemon->inventory.process->marginal_pathgroups, rows[i].groups);
		mp_config_map_settings(daemon->inventory.config, "w", NULL, &settings);
		assert_int_equal(settings.marginal_groups, rows[i].groups);
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(damaged_files_are_rejected_unless_no_configuration_is_in_force),
		TEST(notes_have_what_was_wrong_with_the_files_that_were_read_last),
		TEST(what_a_verb_has_noted_since_the_reading_stays),
		TEST(fpin_takes_effect_with_a_restart_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
