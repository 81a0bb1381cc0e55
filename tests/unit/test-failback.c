/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/failback.h"

#include <errno.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "jobs-recorded.h"
#include "model/failback.h"
#include "model/settings.h"
#include "multipathd/control/claims.h"
#include "multipathd/state/duties.h"

static void expect(struct mp_failback_input input, enum mp_failback_verdict verdict, size_t row)
{
	struct mp_failback_decision decision = mp_failback_decide(&input);

	if (decision.verdict != verdict)
		fail_msg("row %zu: verdict %d, not %d (%s)", row, decision.verdict, verdict,
			 decision.reason);
	assert_non_null(decision.reason);
}

/* What there is to do, with each policy that does it immediately. */
static void immediate_failback_switches_or_reloads(void **state)
{
	static const struct {
		struct mp_failback_input input;
		enum mp_failback_verdict verdict;
	} rows[] = {
		{ { .groups = 2, .best = 1, .current = 1 }, MP_FAILBACK_NONE },
		{ { .groups = 2, .best = 1, .current = 2 }, MP_FAILBACK_SWITCH },
		{ { .groups = 2, .best = 2, .current = 1 }, MP_FAILBACK_SWITCH },
		{ { .groups = 1, .best = 1, .current = 1 }, MP_FAILBACK_NONE },
		{ { .groups = 0 }, MP_FAILBACK_NONE },
		{ { .groups = 2, .best = 1, .current = 0 }, MP_FAILBACK_NONE },
		{ { .groups = 2, .best = 1, .current = 1, .out_of_order = true },
		  MP_FAILBACK_NONE },
		{ { .groups = 2, .best = 2, .current = 1, .out_of_order = true },
		  MP_FAILBACK_RELOAD },
		{ { .groups = 2, .best = 1, .current = 1, .regroup = true }, MP_FAILBACK_RELOAD },
		/* a single group may be split */
		{ { .groups = 1, .best = 1, .current = 1, .regroup = true }, MP_FAILBACK_RELOAD },
		{ { .groups = 1, .best = 1, .current = 1, .out_of_order = true },
		  MP_FAILBACK_NONE },
		{ { .groups = 2, .best = 1, .current = 2, .awaits_udev = true }, MP_FAILBACK_NONE },
		{ { .groups = 2, .best = 1, .current = 2, .path_failed = true },
		  MP_FAILBACK_SWITCH },
		/* left over from another policy */
		{ { .groups = 2, .best = 1, .current = 2, .timer_running = true },
		  MP_FAILBACK_CANCEL_TIMER },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct mp_failback_input input = rows[i].input;

		input.policy = MP_FAILBACK_IMMEDIATE;
		expect(input, rows[i].verdict, i);
		/* a path of the best group came up: the same */
		input.policy = MP_FAILBACK_FOLLOWOVER;
		input.followover = true;
		expect(input, rows[i].verdict, i);
		/* any other path makes no difference */
		input.followover = false;
		expect(input, input.timer_running ? MP_FAILBACK_CANCEL_TIMER : MP_FAILBACK_NONE, i);
		/* only the operator does it */
		input.policy = MP_FAILBACK_MANUAL;
		expect(input, input.timer_running ? MP_FAILBACK_CANCEL_TIMER : MP_FAILBACK_NONE, i);
	}
}

static void deferred_failback_waits_for_its_timer(void **state)
{
	static const struct {
		struct mp_failback_input input;
		enum mp_failback_verdict verdict;
	} rows[] = {
		{ { .best = 1, .current = 1 }, MP_FAILBACK_NONE },
		{ { .best = 1, .current = 2 }, MP_FAILBACK_START_TIMER },
		{ { .best = 1, .current = 1, .regroup = true }, MP_FAILBACK_START_TIMER },
		{ { .best = 2, .current = 1, .out_of_order = true }, MP_FAILBACK_START_TIMER },
		{ { .best = 1, .current = 2, .timer_running = true }, MP_FAILBACK_NONE },
		/* a path that came up starts it again */
		{ { .best = 1, .current = 2, .timer_running = true, .path_came_up = true },
		  MP_FAILBACK_START_TIMER },
		/* no longer needed */
		{ { .best = 1, .current = 1, .timer_running = true }, MP_FAILBACK_CANCEL_TIMER },
		{ { .best = 1, .current = 1, .timer_running = true, .path_came_up = true },
		  MP_FAILBACK_CANCEL_TIMER },
		/* a path that failed ends it */
		{ { .best = 1, .current = 2, .timer_running = true, .path_failed = true },
		  MP_FAILBACK_CANCEL_TIMER },
		{ { .best = 1,
		    .current = 2,
		    .timer_running = true,
		    .timer_expired = true,
		    .path_failed = true },
		  MP_FAILBACK_CANCEL_TIMER },
		{ { .best = 1, .current = 2, .path_failed = true }, MP_FAILBACK_NONE },
		{ { .best = 1, .current = 2, .path_failed = true, .path_came_up = true },
		  MP_FAILBACK_NONE },
		/* the timer has expired: is it still needed? */
		{ { .best = 1, .current = 2, .timer_expired = true }, MP_FAILBACK_SWITCH },
		{ { .best = 1, .current = 2, .timer_running = true, .timer_expired = true },
		  MP_FAILBACK_SWITCH },
		{ { .best = 1, .current = 1, .timer_expired = true }, MP_FAILBACK_NONE },
		{ { .best = 2, .current = 1, .timer_expired = true, .out_of_order = true },
		  MP_FAILBACK_RELOAD },
		{ { .best = 1, .current = 1, .timer_expired = true, .regroup = true },
		  MP_FAILBACK_RELOAD },
		{ { .best = 1, .current = 2, .timer_expired = true, .awaits_udev = true },
		  MP_FAILBACK_NONE },
		{ { .best = 1, .current = 2, .awaits_udev = true }, MP_FAILBACK_NONE },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct mp_failback_input input = rows[i].input;

		input.groups = 2;
		input.policy = 10;
		expect(input, rows[i].verdict, i);
		input.policy = 1;
		expect(input, rows[i].verdict, i);
	}
}

/* The daemon's part: a map of sda and sdb, priority 50, and of sdc, priority 10, in two groups. */
struct world {
	struct made made;
	struct daemon_map *map;
	struct daemon_path *a, *b, *c;
};

enum {
	SECOND = 1 << 0, /* the kernel uses the second group */
	A_DOWN = 1 << 1,
	B_DOWN = 1 << 2,
	C_DOWN = 1 << 3,
	B_LOWER = 1 << 4, /* its priority is that of sdc now */
	C_HIGHER = 1 << 5, /* its priority is the highest now */
	BY_PRIO = 1 << 6, /* path_grouping_policy group_by_prio */
	TIMER = 1 << 7, /* a deferred failback runs */
	BUSY = 1 << 8,
	REMOVING = 1 << 9,
	ABSENT = 1 << 10, /* from the kernel */
	UNREADY = 1 << 11, /* for udev */
	UNMANAGED = 1 << 12, /* of gmultipath */
	UNWANTED = 1 << 13, /* blacklisted */
	NO_GROUPS = 1 << 14,
	A_READING = 1 << 15, /* its priority is being read again */
	A_REFUSED = 1 << 16, /* I/O failed on it, but no check did */
};

static void world_init(struct world *world, unsigned facts)
{
	struct mp_map *map;

	recorded_init(&world->made, facts & UNWANTED ? "blacklist {\nwwid w\n}\n" : "");
	world->map = made_map(&world->made, "w");
	map = &world->map->map;
	world->a = recorded_path(&world->made, 'a', world->map);
	world->b = recorded_path(&world->made, 'b', world->map);
	world->c = recorded_path(&world->made, 'c', world->map);
	world->a->path.priority = 50;
	world->b->path.priority = facts & B_LOWER ? 10 : 50;
	world->c->path.priority = facts & C_HIGHER ? 90 : 10;
	world->a->path.state = facts & A_DOWN ? MP_PATH_DOWN : MP_PATH_UP;
	world->b->path.state = facts & B_DOWN ? MP_PATH_DOWN : MP_PATH_UP;
	world->c->path.state = facts & C_DOWN ? MP_PATH_DOWN : MP_PATH_UP;
	recorded_table(world->map, "mpatha",
		       facts & NO_GROUPS ? "0 0 0 0" :
					   "0 0 2 1 round-robin 0 2 1 8:0 1 8:16 1 "
					   "round-robin 0 1 1 8:32 1");
	if (!(facts & NO_GROUPS))
		map->kernel.table.groups[facts & SECOND ? 1 : 0].state = MP_GROUP_ACTIVE;
	world->a->only_io_failed = facts & A_REFUSED;
	world->a->answered = !(facts & A_READING);
	world->b->answered = world->c->answered = true;
	world->map->groups_by_prio = facts & BY_PRIO;
	world->map->busy = facts & BUSY ? 1 : 0;
	world->map->removing = facts & REMOVING;
	map->kernel.exists = !(facts & ABSENT);
	map->ready = !(facts & UNREADY);
	map->failback_usec = facts & TIMER ? 1 : 0;
	if (facts & UNMANAGED)
		world->map->kind = made_kinds.geom;
	assert_int_equal(mp_map_update_groups(map), 0);
	recorded_forget();
}

static void world_fini(struct world *world)
{
	recorded_fini(&world->made);
}

#define _cleanup_world_ _cleanup_(world_fini)

static void the_state_of_a_map_decides_whether_it_fails_back(void **state)
{
	enum news { CHANGED, A_UP, A_FAILED, SOME_UP, EXPIRED };
	static const struct {
		int policy;
		enum news news;
		unsigned facts;
		enum mp_failback_verdict verdict;
	} rows[] = {
		{ MP_FAILBACK_IMMEDIATE, CHANGED, 0, MP_FAILBACK_NONE },
		{ MP_FAILBACK_IMMEDIATE, CHANGED, SECOND, MP_FAILBACK_SWITCH },
		{ MP_FAILBACK_IMMEDIATE, A_FAILED, SECOND, MP_FAILBACK_SWITCH },
		{ MP_FAILBACK_MANUAL, A_UP, SECOND, MP_FAILBACK_NONE },
		/* the group with the highest priority among those that have a path */
		{ MP_FAILBACK_IMMEDIATE, CHANGED, SECOND | A_DOWN, MP_FAILBACK_SWITCH },
		{ MP_FAILBACK_IMMEDIATE, CHANGED, SECOND | A_DOWN | B_DOWN, MP_FAILBACK_NONE },
		{ MP_FAILBACK_IMMEDIATE, CHANGED, A_DOWN | B_DOWN, MP_FAILBACK_SWITCH },
		{ MP_FAILBACK_IMMEDIATE, CHANGED, C_HIGHER, MP_FAILBACK_SWITCH },
		{ MP_FAILBACK_IMMEDIATE, CHANGED, C_HIGHER | C_DOWN, MP_FAILBACK_NONE },
		{ MP_FAILBACK_IMMEDIATE, CHANGED, NO_GROUPS, MP_FAILBACK_NONE },

		/* groups by priority: their order, and their members, are a matter of the table */
		{ MP_FAILBACK_IMMEDIATE, CHANGED, BY_PRIO, MP_FAILBACK_NONE },
		{ MP_FAILBACK_IMMEDIATE, CHANGED, BY_PRIO | C_HIGHER, MP_FAILBACK_RELOAD },
		{ MP_FAILBACK_IMMEDIATE, CHANGED, BY_PRIO | B_LOWER, MP_FAILBACK_RELOAD },
		{ MP_FAILBACK_IMMEDIATE, CHANGED, B_LOWER, MP_FAILBACK_NONE },
		{ MP_FAILBACK_MANUAL, CHANGED, BY_PRIO | B_LOWER, MP_FAILBACK_NONE },

		/* followover: the path that came up is the only one of the best group */
		{ MP_FAILBACK_FOLLOWOVER, A_UP, SECOND | B_DOWN, MP_FAILBACK_SWITCH },
		{ MP_FAILBACK_FOLLOWOVER, A_UP, SECOND, MP_FAILBACK_NONE },
		{ MP_FAILBACK_FOLLOWOVER, A_UP, SECOND | B_DOWN | A_REFUSED, MP_FAILBACK_NONE },
		{ MP_FAILBACK_IMMEDIATE, A_UP, SECOND | B_DOWN | A_REFUSED, MP_FAILBACK_SWITCH },
		{ MP_FAILBACK_FOLLOWOVER, A_UP, C_HIGHER | B_DOWN, MP_FAILBACK_NONE },
		{ MP_FAILBACK_FOLLOWOVER, SOME_UP, SECOND | B_DOWN, MP_FAILBACK_NONE },
		{ MP_FAILBACK_FOLLOWOVER, CHANGED, SECOND | B_DOWN, MP_FAILBACK_NONE },

		/* deferred */
		{ 10, CHANGED, SECOND, MP_FAILBACK_START_TIMER },
		{ 10, CHANGED, SECOND | TIMER, MP_FAILBACK_NONE },
		{ 10, A_UP, SECOND | TIMER, MP_FAILBACK_START_TIMER },
		{ 10, A_FAILED, SECOND | TIMER, MP_FAILBACK_CANCEL_TIMER },
		{ 10, CHANGED, TIMER, MP_FAILBACK_CANCEL_TIMER },
		{ 10, EXPIRED, SECOND | TIMER, MP_FAILBACK_SWITCH },
		{ 10, EXPIRED, TIMER, MP_FAILBACK_NONE },
		{ 10, EXPIRED, BY_PRIO | C_HIGHER | TIMER, MP_FAILBACK_RELOAD },
		{ MP_FAILBACK_MANUAL, CHANGED, SECOND | TIMER, MP_FAILBACK_CANCEL_TIMER },

		/* not now, or not for the daemon to do */
		{ MP_FAILBACK_IMMEDIATE, CHANGED, SECOND | BUSY, MP_FAILBACK_NONE },
		{ MP_FAILBACK_IMMEDIATE, CHANGED, SECOND | REMOVING, MP_FAILBACK_NONE },
		{ MP_FAILBACK_IMMEDIATE, CHANGED, SECOND | ABSENT, MP_FAILBACK_NONE },
		{ MP_FAILBACK_IMMEDIATE, CHANGED, SECOND | UNREADY, MP_FAILBACK_NONE },
		{ MP_FAILBACK_IMMEDIATE, CHANGED, SECOND | UNMANAGED, MP_FAILBACK_NONE },
		{ MP_FAILBACK_IMMEDIATE, CHANGED, SECOND | UNWANTED, MP_FAILBACK_NONE },
		{ 10, EXPIRED, SECOND | TIMER | BUSY, MP_FAILBACK_NONE },

		/* not while priorities are read, except those of paths that are down anyway */
		{ MP_FAILBACK_IMMEDIATE, CHANGED, SECOND | A_READING, MP_FAILBACK_NONE },
		{ MP_FAILBACK_IMMEDIATE, CHANGED, BY_PRIO | C_HIGHER | A_READING,
		  MP_FAILBACK_NONE },
		{ MP_FAILBACK_IMMEDIATE, CHANGED, SECOND | A_READING | A_DOWN, MP_FAILBACK_SWITCH },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_world_ struct world world;
		struct mp_failback_decision decision;
		struct path_news news[] = {
			[CHANGED] = { 0 },
			[SOME_UP] = { .came_up = true },
		};

		world_init(&world, rows[i].facts);
		world.map->map.settings.failback = rows[i].policy;
		decision =
			failback_judge(world.map, rows[i].news == EXPIRED ?
							  NULL :
						  rows[i].news == A_UP ?
							  &(struct path_news){ .came_up = true,
									       .which = world.a } :
						  rows[i].news == A_FAILED ?
							  &(struct path_news){ .failed = true,
									       .which = world.a } :
							  &news[rows[i].news]);
		if (decision.verdict != rows[i].verdict)
			fail_msg("row %zu: verdict %d, not %d (%s)", i, decision.verdict,
				 rows[i].verdict, decision.reason);
		recorded_expect("");
	}
}

static const struct path_news changed;

/* Replaces that of the C library: a device is found by its link in sysfs. */
static unsigned links_read;

ssize_t readlinkat(int dir_fd, const char *link, char *target, size_t size)
{
	(void)dir_fd;
	(void)link;
	(void)target;
	(void)size;
	links_read++;
	errno = ENOENT;
	return -1;
}

static void no_decision_about_a_map_without_paths_reads_a_device(void **state)
{
	_cleanup_world_ struct world world;
	struct daemon_map *pathless;

	(void)state;
	world_init(&world, 0);
	pathless = made_map(&world.made, "v");
	recorded_table(pathless, "mpathb", "0 0 1 1 round-robin 0 2 1 8:48 1 8:64 1");
	pathless->map.kernel.exists = pathless->map.ready = true;
	pathless->map.settings.failback = MP_FAILBACK_IMMEDIATE;
	links_read = 0;
	failback_decide(pathless, &changed);
	assert_true(claims_leave_alone(pathless));
	assert_int_equal(links_read, 0);
}

static void an_immediate_failback_is_one_message(void **state)
{
	_cleanup_world_ struct world world;

	(void)state;
	world_init(&world, SECOND);
	world.map->map.settings.failback = MP_FAILBACK_IMMEDIATE;
	failback_decide(world.map, &changed);
	recorded_expect("message w: switch_group 1\n");
	assert_int_equal(world.map->map.stats.switches, 1);
	assert_false(world.map->dirty);
}

static void a_failback_that_needs_a_reload_marks_the_map(void **state)
{
	_cleanup_world_ struct world world;

	(void)state;
	world_init(&world, BY_PRIO | C_HIGHER);
	world.map->map.settings.failback = MP_FAILBACK_IMMEDIATE;
	failback_decide(world.map, &changed);
	recorded_expect("");
	assert_true(world.map->regroup && world.map->dirty);
	assert_int_equal(world.map->map.stats.switches, 1);
}

static void a_deferred_failback_is_a_timer_and_then_a_message(void **state)
{
	_cleanup_world_ struct world world;

	(void)state;
	world_init(&world, SECOND);
	world.map->map.settings.failback = 10;
	failback_decide(world.map, &changed);
	recorded_expect("timer in 11 s\n");
	assert_int_equal(world.map->map.failback_usec, recorded.now_usec + 11000000);
	recorded_advance(5);
	failback_decide(world.map, &changed);
	recorded_expect("");
	recorded_fire(world.map->failback_timer);
	recorded_expect("message w: switch_group 1\n");
	assert_int_equal(world.map->map.failback_usec, 0);
	assert_null(world.map->failback_timer);
}

static void a_path_that_fails_calls_a_deferred_failback_off(void **state)
{
	_cleanup_world_ struct world world;

	(void)state;
	world_init(&world, SECOND);
	world.map->map.settings.failback = 10;
	failback_decide(world.map, &changed);
	failback_decide(world.map, &(struct path_news){ .failed = true, .which = world.a });
	recorded_expect("timer in 11 s\n");
	assert_int_equal(world.map->map.failback_usec, 0);
	assert_null(world.map->failback_timer);
}

/* Otherwise it would never be started again: an expired timer would count as running. */
static void a_failback_that_was_due_during_a_reload_starts_again(void **state)
{
	_cleanup_world_ struct world world;

	(void)state;
	world_init(&world, SECOND);
	world.map->map.settings.failback = 10;
	failback_decide(world.map, &changed);
	world.map->busy = 1;
	recorded_fire(world.map->failback_timer);
	recorded_expect("timer in 11 s\n");
	assert_null(world.map->failback_timer);
	world.map->busy = 0;
	failback_decide(world.map, &changed);
	recorded_expect("timer in 11 s\n");
	recorded_fire(world.map->failback_timer);
	recorded_expect("message w: switch_group 1\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(immediate_failback_switches_or_reloads),
		cmocka_unit_test(deferred_failback_waits_for_its_timer),
		cmocka_unit_test(the_state_of_a_map_decides_whether_it_fails_back),
		cmocka_unit_test(no_decision_about_a_map_without_paths_reads_a_device),
		cmocka_unit_test(an_immediate_failback_is_one_message),
		cmocka_unit_test(a_failback_that_needs_a_reload_marks_the_map),
		cmocka_unit_test(a_deferred_failback_is_a_timer_and_then_a_message),
		cmocka_unit_test(a_path_that_fails_calls_a_deferred_failback_off),
		cmocka_unit_test(a_failback_that_was_due_during_a_reload_starts_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
