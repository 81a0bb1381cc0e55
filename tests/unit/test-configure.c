/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/configure.h"

#include <errno.h>

#include "jobs-recorded.h"
#include "multipathd/control/completion.h"
#include "multipathd/control/enumeration.h"
#include "multipathd/control/geom_sweeps.h"
#include "multipathd/control/intake.h"
#include "multipathd/state/lanes.h"
#include "multipathd/state/notify.h"

#define GOOD "defaults {\n\tpolling_interval 7\n}\n"
#define BROKEN "defaults {\n\tpolling_interval 7\n" /* a brace is missing */

/* A daemon with map "w" in the kernel. */
static struct world {
	struct made made;
	struct daemon_map *map;
	void (*enumerated)(struct daemon *daemon);
	unsigned configured; /* calls of on_configured() */
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
	configure_done(daemon);
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

/* Workers read the configuration, then the state files. */
static void read_part(uint64_t lane)
{
	struct work *work = recorded.work;

	assert_int_equal(recorded.work_count, 1);
	assert_int_equal(recorded.lane, lane);
	recorded.work_count = 0;
	work->run(work);
	work->done(work);
}

static void read_files(void)
{
	recorded_expect("work\n");
	read_part(LANE_CONFIG);
	recorded_expect("work\n");
	read_part(LANE_FILES);
}

/* Rejected ones: the state files are not read. */
static void read_broken_files(void)
{
	recorded_expect("work\n");
	read_part(LANE_CONFIG);
}

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
	assert_int_equal(configure_again(daemon, false, 7), 0);
	assert_int_not_equal(interval(), 7); /* not on the loop */
	assert_int_equal(daemon->state, DAEMON_RUNNING);
	assert_false(daemon->gathering || daemon_is_busy(daemon));
	read_files();
	recorded_expect(STARTS "reply 7: ok\n");
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
	assert_int_equal(daemon->state, DAEMON_IDLE);
}

static void reconfigure_all_reloads_all_maps_that_exist(void **state)
{
	struct daemon_map *missing = made_map(&world.made, "x");

	(void)state;
	assert_int_equal(configure_again(&world.made.daemon, true, 0), 0);
	read_files();
	assert_true(world.map->force_reload);
	assert_false(missing->force_reload);
	assert_int_equal(world.map->resize, MP_RESIZE_GROW_ONLY);
	assert_int_equal(missing->resize, MP_RESIZE_NEVER);
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
		assert_int_equal(configure_again(daemon, false, 0), 0);
		read_files();
		recorded_expect(STARTS);
		set_config("defaults {\n\tpolling_interval 8\n}\n");
		for (size_t j = 0; j < 2; j++)
			assert_int_equal(configure_again(daemon, rows[i].all[j], 8), 0);
		recorded_expect("reply 8: ok\nreply 8: ok\n");
		assert_true(configure_is_pending(daemon));
		assert_int_equal(interval(), 7);
		enumerate(READS);
		recorded_forget();
		reconcile();
		/* Clients are served, even if the files can never be read. */
		assert_int_equal(world.configured, 1);
		assert_int_equal(daemon->state, DAEMON_IDLE);
		assert_true(configure_is_pending(daemon));
		assert_int_equal(interval(), 7);
		completion_check(daemon);
		assert_int_equal(world.configured, 1);
		read_files();
		recorded_expect(STARTS);
		assert_false(configure_is_pending(daemon));
		assert_int_equal(interval(), 8);
		assert_int_equal(world.map->force_reload, rows[i].reloads);
		enumerate(READS);
		recorded_forget();
		reconcile();
		assert_int_equal(world.configured, 2); /* both were done as one */
		assert_false(configure_is_pending(daemon));
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

/* The only request: it begins, has and ends with these. */
static void expect_reply(uint64_t request, const char *begin, const char *has, const char *end)
{
	const char *text = mp_strbuf_text(&recorded.text), *at;
	char first[64];

	snprintf(first, sizeof(first), "reply %llu: %s", (unsigned long long)request, begin);
	at = strstr(text, end);
	if (strncmp(text, first, strlen(first)) || !strstr(text, has) || !at || strcmp(at, end))
		fail_msg("%s", text);
	recorded_forget();
}

static void damaged_files_keep_the_configuration_until_they_are_repaired(void **state)
{
	struct daemon *daemon = &world.made.daemon;
	const struct mp_config *config = daemon->inventory.config;

	(void)state;
	expect_state("config: in force since ", "");
	set_config(BROKEN);
	assert_int_equal(configure_again(daemon, true, 7), 0);
	read_broken_files();
	expect_reply(7, "fail\n",
		     "/multipath.conf:", "configuration rejected, keeping the current one\n");
	assert_ptr_equal(daemon->inventory.config, config);
	assert_int_equal(daemon->state, DAEMON_RUNNING);
	assert_true(world.map->named);
	assert_false(world.map->force_reload);
	assert_false(daemon->inventory.config_incomplete);
	expect_state("config: stale since ", "multipath.conf");
	assert_int_equal(world.configured, 0);
	set_config(GOOD);
	assert_int_equal(configure_again(daemon, false, 8), 0);
	read_files();
	recorded_expect(STARTS "reply 8: ok\n");
	expect_state("config: in force since ", "");
}

static void a_reconfigure_that_waited_ends_when_files_are_damaged(void **state)
{
	struct daemon *daemon = &world.made.daemon;

	(void)state;
	assert_int_equal(configure_again(daemon, false, 0), 0);
	read_files();
	assert_int_equal(configure_again(daemon, false, 0), 0);
	recorded_forget();
	set_config(BROKEN);
	enumerate(READS);
	recorded_forget();
	reconcile();
	assert_int_equal(daemon->state, DAEMON_IDLE);
	assert_true(configure_is_pending(daemon));
	read_broken_files();
	recorded_expect("");
	assert_int_equal(world.configured, 1);
	assert_int_equal(daemon->state, DAEMON_IDLE);
	assert_false(configure_is_pending(daemon));
	expect_state("config: stale since ", "multipath.conf");
}

/* Files may have been repaired since they were read. */
static void a_request_during_the_reading_is_answered_by_a_later_reading(void **state)
{
	struct daemon *daemon = &world.made.daemon;

	(void)state;
	set_config(BROKEN);
	assert_int_equal(configure_again(daemon, false, 7), 0);
	recorded_expect("work\n");
	assert_int_equal(configure_again(daemon, true, 8), 0);
	assert_int_equal(configure_again(daemon, false, 9), 0);
	recorded_expect("");
	read_part(LANE_CONFIG);
	assert_non_null(strstr(mp_strbuf_text(&recorded.text), "reply 7: fail\n"));
	assert_null(strstr(mp_strbuf_text(&recorded.text), "reply 8"));
	set_config(GOOD);
	recorded_forget();
	read_part(LANE_CONFIG);
	assert_int_equal(configure_again(daemon, false, 10), 0);
	recorded_expect("work\n");
	read_part(LANE_FILES);
	/* The last request is pending, as if it were made now. */
	recorded_expect(STARTS "reply 8: ok\nreply 9: ok\nreply 10: ok\n");
	assert_true(world.map->force_reload);
	assert_true(configure_is_pending(daemon));
	enumerate(READS);
	recorded_forget();
	reconcile();
	read_files();
	recorded_expect(STARTS);
	assert_false(configure_is_pending(daemon));
}

static void the_daemon_may_end_while_files_are_read(void **state)
{
	struct daemon *daemon = &world.made.daemon;

	for (size_t parts = 0; parts < 2; parts++)
		for (int skipped = 0; skipped < 2; skipped++) {
			struct work *work;

			teardown(state);
			setup(state);
			assert_int_equal(configure_again(daemon, false, 7), 0);
			if (parts)
				read_part(LANE_CONFIG);
			recorded_forget();
			work = recorded.work;
			daemon->state = DAEMON_SHUTDOWN;
			work->skipped = skipped;
			if (!skipped)
				work->run(work);
			work->done(work);
			recorded_expect("");
			assert_int_not_equal(interval(), 7);
		}
}

static void changes_in_memory_survive_the_reading_of_files(void **state)
{
	struct inventory *inventory = &world.made.inventory;
	struct daemon *daemon = &world.made.daemon;
	struct mp_strbuf notes = MP_STRBUF_INIT;
	struct work *work;

	(void)state;
	loaded_write(&world.made.loaded, "bindings", "old w\n", 6);
	loaded_write(&world.made.loaded, "geom", "known old\n", 10);
	loaded_write(&world.made.loaded, "prkeys", "# empty\n", 8);
	assert_int_equal(configure_again(daemon, false, 0), 0);
	read_part(LANE_CONFIG);
	work = recorded.work;
	work->run(work);
	/* A name is chosen, and a verb changes its notes. */
	mp_bindings_parse(inventory->bindings, "", "new w\n", 6, NULL, NULL, NULL);
	inventory->bindings_dirty = true;
	mp_strbuf_puts(&notes, "known new\n");
	geoms_take_notes(daemon, &notes, 0);
	work->done(work);
	recorded_forget();
	assert_non_null(mp_bindings_wwid(inventory->bindings, "new"));
	assert_null(mp_bindings_wwid(inventory->bindings, "old"));
	assert_true(inventory->bindings_dirty);
	assert_string_equal(mp_strbuf_text(&inventory->geom_notes), "known new\n");
	assert_string_equal(inventory->prkeys, "# empty\n");
}

static void state_files_replace_what_has_not_changed_in_memory(void **state)
{
	struct inventory *inventory = &world.made.inventory;

	(void)state;
	loaded_write(&world.made.loaded, "bindings", "old w\n", 6);
	loaded_write(&world.made.loaded, "geom", "known old\n", 10);
	loaded_write(&world.made.loaded, "wwids", "/w/\n", 4);
	inventory->bindings_broken = true;
	assert_int_equal(configure_again(&world.made.daemon, false, 0), 0);
	read_files();
	recorded_forget();
	assert_false(inventory->bindings_broken);
	assert_non_null(mp_bindings_wwid(inventory->bindings, "old"));
	assert_string_equal(mp_strbuf_text(&inventory->geom_notes), "known old\n");
	assert_true(mp_wwids_has(inventory->wwids, "w"));
}

static void startup_uses_what_can_be_read_of_damaged_files(void **state)
{
	struct daemon *daemon = &world.made.daemon;
	struct mp_config *first = daemon->inventory.config;

	(void)state;
	daemon->inventory.config = NULL;
	set_config(BROKEN);
	assert_int_equal(intake_load(daemon), 0);
	assert_int_equal(interval(), 7);
	assert_true(daemon->inventory.config_incomplete);
	expect_state("config: incomplete since ", "multipath.conf");
	set_config(GOOD);
	assert_int_equal(intake_load(daemon), 0);
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
	intake_load(daemon);
	intake_print_notes(daemon, 0, &quiet);
	intake_print_notes(daemon, 1, &all);
	assert_null(strstr(mp_strbuf_text(&quiet), "devcies"));
	assert_non_null(strstr(mp_strbuf_text(&all), "devcies"));
	assert_true(quiet.length > 0);
	set_config(GOOD);
	mp_strbuf_clear(&all);
	intake_load(daemon);
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
		TEST(a_request_during_the_reading_is_answered_by_a_later_reading),
		TEST(the_daemon_may_end_while_files_are_read),
		TEST(changes_in_memory_survive_the_reading_of_files),
		TEST(state_files_replace_what_has_not_changed_in_memory),
		TEST(startup_uses_what_can_be_read_of_damaged_files),
		TEST(notes_are_those_of_the_last_load_up_to_the_verbosity),
		TEST(startup_waits_as_long_as_paths_answer),
		TEST(startup_continues_without_operations_that_hang),
		TEST(a_program_without_time_limit_waits_for_its_operations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
