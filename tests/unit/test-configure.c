/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/configure.h"

#include <errno.h>

#include "jobs-recorded.h"
#include "multipathd/control/completion.h"
#include "multipathd/control/enumeration.h"
#include "multipathd/control/geom_sweeps.h"
#include "multipathd/control/intake.h"
#include "multipathd/state/notify.h"

#define GOOD "defaults {\n\tpolling_interval 7\n}\n"
#define BROKEN "defaults {\n\tpolling_interval 7\n" /* a brace is missing */

/* A daemon with map "w" in the kernel. */
static struct world {
	struct made made;
	struct daemon_map *map;
	void (*enumerated)(struct daemon *daemon);
	unsigned configured; /* calls of on_configured() */
	int follows; /* configure_done() of the last one */
} world;

void enumeration_find(struct daemon *daemon, void (*done)(struct daemon *daemon))
{
	(void)daemon;
	world.enumerated = done;
	record("enumerate\n");
}

void enumeration_resolve(struct daemon *daemon, void (*done)(struct daemon *daemon))
{
	record("read paths again, ");
	enumeration_find(daemon, done);
}

void geom_sweeps_start(struct daemon *daemon)
{
	(void)daemon;
	record("sweep\n");
}

void notify_state(const struct daemon *daemon, const char *more)
{
	record("notify %s%s%s\n", daemon_state_name(daemon->state), more ? " " : "",
	       more ? more : "");
}

static void on_configured(struct daemon *daemon)
{
	world.configured++;
	world.follows = configure_done(daemon);
}

static void set_config(const char *text)
{
	loaded_write(&world.made.loaded, "multipath.conf", text, strlen(text));
}

static int setup(void **state)
{
	struct daemon *daemon = &world.made.daemon;

	(void)state;
	memset(&world, 0, sizeof(world));
	recorded_init(&world.made, "");
	assert_int_equal(intake_new(&daemon->intake), 0);
	assert_int_equal(configure_new(daemon, &daemon->configure), 0);
	daemon->on_configured = on_configured;
	/*
	 * Bindings that are not on disk yet are newer than the file on this machine, so it is not
	 * read.
	 */
	world.made.inventory.bindings_dirty = true;
	world.map = made_map(&world.made, "w");
	made_exists(world.map, "mpatha");
	world.map->named = true;
	set_config(GOOD);
	return 0;
}

static int teardown(void **state)
{
	struct daemon *daemon = &world.made.daemon;

	(void)state;
	recorded_drop_looks(); /* it may wait for one */
	daemon->configure = configure_free(daemon->configure);
	daemon->intake = intake_free(daemon->intake);
	daemon->configure_timer = sd_event_source_disable_unref(daemon->configure_timer);
	free(daemon->inventory.prkeys);
	mp_strbuf_fini(&daemon->inventory.geom_notes);
	/* The configuration that was loaded first is freed when another one takes effect. */
	world.made.loaded.config = daemon->inventory.config;
	recorded_fini(&world.made);
	return 0;
}

static void look(void)
{
	struct look_waiter *waiter =
		cds_list_first_entry(&recorded.look_waiters, struct look_waiter, in_waiters);

	assert_false(cds_list_empty(&recorded.look_waiters));
	cds_list_del(&waiter->in_waiters);
	waiter->looked(waiter);
}

/* At startup, and after a reconfigure. */
#define FINDS "enumerate\n"
#define READS "read paths again, enumerate\n"

/* Looks and enumerates; then the pass reconciles every map. */
static void enumerate(const char *what)
{
	look();
	recorded_expect(what);
	world.enumerated(&world.made.daemon);
}

static void reconcile(void)
{
	struct inventory *inventory = &world.made.inventory;

	world.map->dirty = false;
	CDS_INIT_LIST_HEAD(&inventory->dirty);
	completion_check(&world.made.daemon);
}

static unsigned interval(void)
{
	return mp_config_process(world.made.inventory.config)->polling_interval_sec;
}

#define STARTS \
	"notify configure RELOADING=1\n" \
	"sweep\n" \
	"look, and wait\n"

static void a_reconfigure_resolves_looks_enumerates_and_has_the_maps_reconciled(void **state)
{
	struct daemon *daemon = &world.made.daemon;

	(void)state;
	assert_int_not_equal(interval(), 7);
	assert_int_equal(configure_again(daemon, false, NULL), 0);
	recorded_expect(STARTS);
	assert_int_equal(interval(), 7);
	assert_int_equal(daemon->state, DAEMON_CONFIGURE);
	assert_true(daemon->gathering && daemon_is_busy(daemon));
	assert_false(world.map->named);
	assert_false(world.map->force_reload);
	reconcile();
	assert_int_equal(world.configured, 0); /* not before all paths are known */
	enumerate(READS);
	recorded_expect("timer in 3 s\n"
			"timer in 3 s\n");
	assert_false(daemon->gathering);
	assert_true(world.map->dirty);
	completion_check(daemon);
	assert_int_equal(world.configured, 0);
	reconcile();
	assert_int_equal(world.configured, 1);
	assert_int_equal(world.follows, 0);
	assert_int_equal(daemon->state, DAEMON_IDLE);
}

static void reconfigure_all_reloads_all_maps_that_exist(void **state)
{
	struct daemon_map *missing = made_map(&world.made, "x");

	(void)state;
	assert_int_equal(configure_again(&world.made.daemon, true, NULL), 0);
	assert_true(world.map->force_reload);
	assert_false(missing->force_reload);
	recorded_forget();
}

static void several_waiting_reconfigures_are_done_as_one(void **state)
{
	static const struct {
		bool all[2]; /* of the two that wait */
		bool reloads;
	} rows[] = {
		{ { false, false }, false },
		{ { true, false }, true },
		{ { false, true }, true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct daemon *daemon = &world.made.daemon;

		teardown(state);
		setup(state);
		assert_int_equal(configure_again(daemon, false, NULL), 0);
		recorded_expect(STARTS);
		set_config("defaults {\n\tpolling_interval 8\n}\n");
		for (size_t j = 0; j < 2; j++)
			assert_int_equal(configure_again(daemon, rows[i].all[j], NULL), 0);
		recorded_expect("");
		assert_true(configure_is_pending(daemon));
		assert_int_equal(interval(), 7);
		enumerate(READS);
		recorded_forget();
		reconcile();
		assert_int_equal(world.follows, 1);
		recorded_expect(STARTS);
		assert_false(configure_is_pending(daemon));
		assert_int_equal(interval(), 8);
		assert_int_equal(world.map->force_reload, rows[i].reloads);
		enumerate(READS);
		recorded_forget();
		reconcile();
		assert_int_equal(world.configured, 2);
		assert_int_equal(world.follows, 0); /* both were done as one */
	}
}

static void expect_state(const char *begin, const char *end)
{
	_cleanup_strbuf_ struct mp_strbuf out = MP_STRBUF_INIT;
	const char *text;

	intake_print_state(&world.made.daemon, &out);
	text = mp_strbuf_text(&out);
	if (strncmp(text, begin, strlen(begin)) || !strstr(text, end))
		fail_msg("%s", text);
}

static void damaged_files_keep_the_configuration_until_they_are_repaired(void **state)
{
	_cleanup_strbuf_ struct mp_strbuf errors = MP_STRBUF_INIT;
	struct daemon *daemon = &world.made.daemon;
	const struct mp_config *config = daemon->inventory.config;

	(void)state;
	expect_state("config: in force since ", "");
	set_config(BROKEN);
	assert_int_equal(configure_again(daemon, true, &errors), -EINVAL);
	recorded_expect("");
	assert_non_null(strstr(mp_strbuf_text(&errors), "multipath.conf"));
	assert_ptr_equal(daemon->inventory.config, config);
	assert_int_equal(daemon->state, DAEMON_RUNNING);
	assert_true(world.map->named);
	assert_false(world.map->force_reload);
	assert_false(daemon->inventory.config_incomplete);
	expect_state("config: stale since ", "multipath.conf");
	set_config(GOOD);
	assert_int_equal(configure_again(daemon, false, NULL), 0);
	expect_state("config: in force since ", "");
	recorded_forget();
}

static void a_reconfigure_that_waited_ends_when_files_are_damaged(void **state)
{
	struct daemon *daemon = &world.made.daemon;

	(void)state;
	assert_int_equal(configure_again(daemon, false, NULL), 0);
	assert_int_equal(configure_again(daemon, false, NULL), 0);
	recorded_forget();
	set_config(BROKEN);
	enumerate(READS);
	recorded_forget();
	reconcile();
	recorded_expect("");
	assert_int_equal(world.follows, 0);
	assert_int_equal(daemon->state, DAEMON_IDLE);
	assert_false(configure_is_pending(daemon));
	expect_state("config: stale since ", "multipath.conf");
}

static void startup_uses_what_can_be_read_of_damaged_files(void **state)
{
	struct daemon *daemon = &world.made.daemon;
	struct mp_config *first = daemon->inventory.config;

	(void)state;
	daemon->inventory.config = NULL;
	set_config(BROKEN);
	assert_int_equal(intake_load(daemon, NULL), 0);
	assert_int_equal(interval(), 7);
	assert_true(daemon->inventory.config_incomplete);
	expect_state("config: incomplete since ", "multipath.conf");
	set_config(GOOD);
	assert_int_equal(intake_load(daemon, NULL), 0);
	assert_false(daemon->inventory.config_incomplete);
	expect_state("config: in force since ", "");
	mp_config_free(first);
}

static void notes_are_those_of_the_last_load_up_to_the_verbosity(void **state)
{
	_cleanup_strbuf_ struct mp_strbuf quiet = MP_STRBUF_INIT, all = MP_STRBUF_INIT;
	struct daemon *daemon = &world.made.daemon;

	(void)state;
	set_config("devcies {\n}\n{\n");
	intake_load(daemon, NULL);
	intake_print_notes(daemon, 0, &quiet);
	intake_print_notes(daemon, 1, &all);
	assert_null(strstr(mp_strbuf_text(&quiet), "devcies"));
	assert_non_null(strstr(mp_strbuf_text(&all), "devcies"));
	assert_true(quiet.length > 0);
	set_config(GOOD);
	mp_strbuf_clear(&all);
	intake_load(daemon, NULL);
	intake_print_notes(daemon, 4, &all);
	assert_string_equal(mp_strbuf_text(&all), "");
}

static void startup_waits_as_long_as_paths_answer(void **state)
{
	struct daemon *daemon = &world.made.daemon;
	struct daemon_path *path = recorded_path(&world.made, 'a', world.map);

	(void)state;
	path->answered = false;
	daemon->inventory.unanswered = 3;
	assert_int_equal(configure_start(daemon), 0);
	recorded_expect("look, and wait\n");
	enumerate(FINDS);
	recorded_forget();
	daemon->inventory.unanswered = 1;
	recorded_fire(daemon->configure_timer);
	recorded_expect("timer in 3 s\n");
	assert_false(path->answered);
	recorded_fire(daemon->configure_timer);
	recorded_expect("");
	assert_null(daemon->configure_timer);
	assert_true(path->answered); /* its map continues without it */
	assert_int_equal(daemon->inventory.unanswered, 0);
}

/* The second timer that is set. */
static void settle(void)
{
	assert_int_equal(recorded.timer_count, 2);
	recorded_fire(recorded.timers[1].source);
}

static void startup_continues_without_operations_that_hang(void **state)
{
	struct daemon *daemon = &world.made.daemon;

	(void)state;
	configure_start(daemon);
	recorded_forget();
	enumerate(FINDS);
	recorded_forget();
	daemon->operations = 3;
	settle();
	recorded_expect("timer in 3 s\n"); /* the first one counts them */
	daemon->operations = 2;
	settle();
	recorded_expect("timer in 3 s\n"); /* one of them has ended */
	daemon->inventory.unanswered = 1;
	settle();
	recorded_expect("timer in 3 s\n"); /* the other timer ends that wait */
	daemon->inventory.unanswered = 0;
	settle();
	recorded_expect("");
	assert_int_equal(world.configured, 1);
	assert_int_equal(daemon->state, DAEMON_IDLE);
	settle();
	recorded_expect("");
	assert_int_equal(world.configured, 1);
}

static void a_program_without_time_limit_waits_for_its_operations(void **state)
{
	(void)state;
	world.made.inventory.options.waits_for_ever = true;
	configure_start(&world.made.daemon);
	recorded_forget();
	enumerate(FINDS);
	recorded_expect("timer in 3 s\n");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_reconfigure_resolves_looks_enumerates_and_has_the_maps_reconciled),
		TEST(reconfigure_all_reloads_all_maps_that_exist),
		TEST(several_waiting_reconfigures_are_done_as_one),
		TEST(damaged_files_keep_the_configuration_until_they_are_repaired),
		TEST(a_reconfigure_that_waited_ends_when_files_are_damaged),
		TEST(startup_uses_what_can_be_read_of_damaged_files),
		TEST(notes_are_those_of_the_last_load_up_to_the_verbosity),
		TEST(startup_waits_as_long_as_paths_answer),
		TEST(startup_continues_without_operations_that_hang),
		TEST(a_program_without_time_limit_waits_for_its_operations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
