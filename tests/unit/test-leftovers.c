/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/leftovers.h"

#include <errno.h>

#include "jobs-recorded.h"

#define ONE_PATH "0 0 1 1 round-robin 0 1 1 8:0 1"
#define TWO_PATHS "0 0 1 1 round-robin 0 2 1 8:0 1 8:16 1"

enum {
	EXISTS = 1 << 0,
	SUSPENDED = 1 << 1,
	VERIFIED = 1 << 2, /* its path has reported its WWID */
	WRONG = 1 << 3, /* or another one */
	ASKED = 1 << 4,
	BY_OPERATOR = 1 << 5,
	AWAITED = 1 << 6,
	UNKNOWN = 1 << 7, /* there is no such map */
	REMOVED_BY_HAND = 1 << 8,
	GEOM = 1 << 9,
	PENDING = 1 << 10, /* its path has not answered yet */
	OTHER_PATH = 1 << 11, /* its table has a path that is not known yet */
	LAST = 1 << 12,
};

/* A map of one path. */
static struct daemon_map *left_init(struct made *made, unsigned facts)
{
	struct daemon_path *path;
	struct daemon_map *map;

	recorded_init(made, "defaults {\nfind_multipaths greedy\n}\n");
	map = made_map(made, facts & GEOM ? "GEOM-d3cd8ba2" : "w");
	path = recorded_path(made, 'a', map);
	if (!(facts & VERIFIED))
		path->path.proven_epoch = 0;
	path->path.wrong_wwid = facts & WRONG;
	if (facts & PENDING)
		path->path.state = MP_PATH_PENDING;
	if (facts & EXISTS)
		recorded_table(map, "mpatha", facts & OTHER_PATH ? TWO_PATHS : ONE_PATH);
	map->map.kernel.suspended = facts & SUSPENDED;
	map->keep_uncreated = facts & REMOVED_BY_HAND;
	made->inventory.options.awaits_leftovers = facts & AWAITED;
	return map;
}

static void a_leftover_is_reloaded_created_repaired_or_forgotten(void **state)
{
	static const struct {
		enum leftover_kind kind;
		unsigned facts;
		enum leftover_step step;
	} rows[] = {
		/* A wanted map is completed, any other device without a table is removed. */
		{ LEFTOVER_HALF_MADE, UNKNOWN, LEFTOVER_STEP_REPAIR },
		{ LEFTOVER_HALF_MADE, 0, LEFTOVER_STEP_CREATE },
		{ LEFTOVER_HALF_MADE, REMOVED_BY_HAND, LEFTOVER_STEP_REPAIR },
		{ LEFTOVER_HALF_MADE, EXISTS, LEFTOVER_STEP_FORGET },

		/* Waiting I/O goes only to verified paths, if there are any. */
		{ LEFTOVER_SUSPENDED, EXISTS | SUSPENDED, LEFTOVER_STEP_RELOAD },
		{ LEFTOVER_SUSPENDED, EXISTS | SUSPENDED | ASKED | PENDING, LEFTOVER_STEP_WAIT },
		{ LEFTOVER_SUSPENDED, EXISTS | SUSPENDED | ASKED | OTHER_PATH, LEFTOVER_STEP_WAIT },
		{ LEFTOVER_SUSPENDED, EXISTS | SUSPENDED | ASKED | PENDING | LAST,
		  LEFTOVER_STEP_EMPTY },
		{ LEFTOVER_SUSPENDED, EXISTS | SUSPENDED | ASKED, LEFTOVER_STEP_EMPTY },
		{ LEFTOVER_SUSPENDED, EXISTS | SUSPENDED | ASKED | VERIFIED, LEFTOVER_STEP_RELOAD },
		{ LEFTOVER_SUSPENDED, EXISTS | SUSPENDED | ASKED | WRONG, LEFTOVER_STEP_RELOAD },
		{ LEFTOVER_LOADING, EXISTS | SUSPENDED, LEFTOVER_STEP_RELOAD },
		{ LEFTOVER_LOADING, EXISTS | SUSPENDED | ASKED, LEFTOVER_STEP_EMPTY },
		/* It is not suspended: its inactive table is dropped. */
		{ LEFTOVER_SUSPENDED, EXISTS, LEFTOVER_STEP_REPAIR },
		{ LEFTOVER_SUSPENDED, EXISTS | VERIFIED, LEFTOVER_STEP_REPAIR },
		{ LEFTOVER_SUSPENDED, UNKNOWN, LEFTOVER_STEP_REPAIR },
		/* The worker reads the map again, and leaves it suspended. */
		{ LEFTOVER_SUSPENDED, EXISTS | SUSPENDED | BY_OPERATOR, LEFTOVER_STEP_REPAIR },
		{ LEFTOVER_SUSPENDED, EXISTS | SUSPENDED | GEOM, LEFTOVER_STEP_REPAIR },

		/* A program that exits afterwards tries once. */
		{ LEFTOVER_SUSPENDED, EXISTS | SUSPENDED | AWAITED, LEFTOVER_STEP_RELOAD },
		{ LEFTOVER_SUSPENDED, EXISTS | SUSPENDED | AWAITED | ASKED | VERIFIED,
		  LEFTOVER_STEP_FORGET },
		{ LEFTOVER_SUSPENDED, EXISTS | SUSPENDED | AWAITED | ASKED | PENDING,
		  LEFTOVER_STEP_FORGET },
		{ LEFTOVER_SUSPENDED, EXISTS | SUSPENDED | AWAITED | ASKED, LEFTOVER_STEP_EMPTY },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		unsigned facts = rows[i].facts;
		_cleanup_recorded_ struct made made;
		struct daemon_map *map = left_init(&made, facts);
		const struct leftover_case leftover = {
			.kind = rows[i].kind,
			.map = facts & UNKNOWN ? NULL : map,
			.reload_asked = facts & ASKED,
			.by_operator = facts & BY_OPERATOR,
			.awaited = facts & AWAITED,
			.last = facts & LAST,
		};
		enum leftover_step step = leftovers_judge(&leftover);

		if (step != rows[i].step)
			fail_msg("row %zu: step %d, not %d", i, step, rows[i].step);
		recorded_expect("");
		made.inventory.options.awaits_leftovers = false;
	}
}

static void other_programs_have_some_seconds_to_finish(void **state)
{
	static const struct {
		enum leftover_kind kind;
		unsigned facts;
		const char *requests;
	} rows[] = {
		{ LEFTOVER_SUSPENDED, EXISTS | SUSPENDED, "timer in 5 s\n" },
		{ LEFTOVER_HALF_MADE, 0, "timer in 5 s\n" },
		/* A daemon was killed in the middle of a load: I/O has waited long enough. */
		{ LEFTOVER_LOADING, EXISTS | SUSPENDED, "timer in 0 s\n" },
		{ LEFTOVER_SUSPENDED, EXISTS | SUSPENDED | AWAITED, "timer in 1 s\n" },
		{ LEFTOVER_HALF_MADE, AWAITED, "" }, /* such a program creates the map itself */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_recorded_ struct made made;

		left_init(&made, rows[i].facts);
		leftovers_found(&made.daemon, "w", rows[i].kind);
		leftovers_found(&made.daemon, "w", rows[i].kind); /* it is known already */
		recorded_expect(rows[i].requests);
		/* A program that exits when no operation is left waits for it. */
		assert_int_equal(made.daemon.operations,
				 rows[i].facts & AWAITED && *rows[i].requests);
	}
}

static void only_a_program_that_may_create_any_map_repairs_leftovers(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++) {
		_cleanup_recorded_ struct made made;

		left_init(&made, 0);
		made.inventory.options.create = i != 0;
		made.inventory.options.dry_run = i == 1;
		made.inventory.options.only_wwid = i == 2 ? "w" : NULL;
		leftovers_found(&made.daemon, "w", LEFTOVER_SUSPENDED);
		recorded_expect("");
	}
}

/* This one waits: its timer expires. */
static void left_fire(void)
{
	recorded_fire(recorded.timers[recorded.timer_count - 1].source);
}

static void a_suspended_map_is_reloaded_or_else_resumed(void **state)
{
	_cleanup_recorded_ struct made made;
	struct daemon_map *map = left_init(&made, EXISTS | SUSPENDED);

	(void)state;
	leftovers_found(&made.daemon, "w", LEFTOVER_SUSPENDED);
	recorded_forget();
	left_fire();
	recorded_expect("timer in 10 s\n");
	assert_true(map->force_reload && map->dirty);
	left_fire(); /* no path has answered: there is no better table than its own */
	recorded_expect("work\n");
	assert_int_equal(made.daemon.operations, 1);

	recorded.work->done(recorded.work);
	recorded_expect("look\n");
	assert_int_equal(made.daemon.operations, 0);
	assert_true(map->read_again);
	assert_false(leftovers_has(&made.daemon, "w"));
}

static void a_wanted_map_completes_its_device(void **state)
{
	_cleanup_recorded_ struct made made;
	struct daemon_map *map = left_init(&made, 0);

	(void)state;
	leftovers_found(&made.daemon, "w", LEFTOVER_HALF_MADE);
	recorded_forget();
	left_fire();
	recorded_expect("timer in 10 s\n");
	assert_true(map->dirty);
	recorded_table(map, "mpatha", ONE_PATH);
	left_fire();
	recorded_expect("");
	assert_false(leftovers_has(&made.daemon, "w"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_leftover_is_reloaded_created_repaired_or_forgotten),
		cmocka_unit_test(other_programs_have_some_seconds_to_finish),
		cmocka_unit_test(only_a_program_that_may_create_any_map_repairs_leftovers),
		cmocka_unit_test(a_suspended_map_is_reloaded_or_else_resumed),
		cmocka_unit_test(a_wanted_map_completes_its_device),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
