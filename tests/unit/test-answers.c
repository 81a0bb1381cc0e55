/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/answers.h"

#include <errno.h>

#include "jobs-recorded.h"
#include "multipathd/control/questions.h"

#define TWO_PATHS "0 0 1 1 round-robin 0 2 1 8:0 1 8:16 1"
#define OTHER_PATH "0 0 1 1 round-robin 0 1 1 8:16 1"

/* One map of two good paths, and the answer of the first one, sda. */
struct world {
	struct made made;
	struct daemon_map *map;
	struct daemon_path *path, *other;
	struct check_job *job;
};

static void world_init(struct world *world, const char *table)
{
	recorded_init(&world->made, "");
	world->map = made_map(&world->made, "w");
	world->path = recorded_path(&world->made, 'a', world->map);
	world->other = recorded_path(&world->made, 'b', world->map);
	recorded_table(world->map, "mpatha", table);
	world->job = calloc(1, sizeof(*world->job));
	assert_non_null(world->job);
	world->job->daemon = &world->made.daemon;
	world->job->path_id = world->path->path.id;
	world->job->epoch = world->path->path.epoch;
	world->job->begun_usec = recorded.now_usec;
	world->job->checker = world->path->checker;
	world->job->check.fd = world->job->knock_fd = -1;
	world->job->check.state = MP_PATH_UP;
	world->job->rdac = world->job->ana = world->job->tpg = -1;
	world->job->known = strdup("w");
	world->job->certain = true;
	world->path->job = world->job;
}

static void world_fini(struct world *world)
{
	recorded_fini(&world->made);
}

#define _cleanup_world_ _cleanup_(world_fini)

static void world_unprove(struct daemon_path *path)
{
	path->path.proven_epoch = 0;
	path->told_wwid = false;
}

static void answer_format(const struct answer *answer, char *text, size_t size)
{
	static const char *const uses[] = {
		[ANSWER_COUNTS] = "counts",
		[ANSWER_UNASKED] = "unasked",
		[ANSWER_UNWANTED] = "unwanted",
		[ANSWER_OUTDATED] = "outdated",
	};
	static const char *const luns[] = {
		[ANSWER_LUN_UNSAID] = "",
		[ANSWER_LUN_SAME] = ", same LUN",
		[ANSWER_LUN_OTHER] = ", other LUN",
	};
	static const char *const faults[] = {
		[ANSWER_NO_FAULT] = "",
		[ANSWER_ASTRAY] = ", astray",
		[ANSWER_SILENT] = ", silent",
	};

	snprintf(text, size, "%s: %s%s%s%s%s", uses[answer->use], mp_path_state_name(answer->state),
		 luns[answer->lun], faults[answer->fault], answer->doubt ? ", doubt" : "",
		 answer->stays ? ", stays" : "");
}

/* Facts of the path and of its check. */
enum {
	SKIPPED = 1 << 0,
	DISABLED = 1 << 1,
	DOUBTED = 1 << 2, /* since the check began */
	UNPROVEN = 1 << 3, /* was before it */
	WRONG = 1 << 4, /* led to another LUN before this answer */
	CHANGED = 1 << 5, /* unit attention */
	OFFLINE = 1 << 6,
	OTHER_UNPROVEN = 1 << 7,
	UNCERTAIN = 1 << 8, /* the WWID is udev's own spelling */
	WAS_BAD = 1 << 9,
	FAILED_IN_KERNEL = 1 << 10,
};

static void world_set(struct world *world, unsigned facts)
{
	struct mp_path *path = &world->path->path;

	if (facts & UNPROVEN)
		world_unprove(world->path);
	if (facts & OTHER_UNPROVEN)
		world_unprove(world->other);
	if (facts & WAS_BAD)
		world->path->answered_state = path->state = MP_PATH_DOWN;
	if (facts & FAILED_IN_KERNEL) {
		world->map->map.kernel.table.groups[0].paths[0].state = MP_DM_FAILED;
		mp_map_update_groups(&world->map->map);
	}
	path->checker_disabled = facts & DISABLED;
	path->wrong_wwid = facts & WRONG;
	world->job->work.skipped = facts & SKIPPED;
	world->job->check.identity_changed = facts & CHANGED;
	world->job->offline = facts & OFFLINE;
	world->job->certain = !(facts & UNCERTAIN);
	if (facts & DOUBTED)
		mp_path_doubt(path);
}

#define NOT_ASKED 1 /* of proof errors */

static void an_answer_is_judged_by_the_lun_it_reports_and_by_when_it_was_asked(void **state)
{
	static const struct {
		unsigned facts;
		enum mp_path_state told;
		int proof_error;
		const char *proof;
		const char *expected;
	} rows[] = {
		{ 0, MP_PATH_UP, 0, "w", "counts: up, same LUN" },
		{ 0, MP_PATH_GHOST, 0, "w", "counts: ghost, same LUN" },
		{ 0, MP_PATH_UP, NOT_ASKED, NULL, "counts: up" },
		{ 0, MP_PATH_DOWN, NOT_ASKED, NULL, "counts: down" },
		{ UNPROVEN, MP_PATH_UP, 0, "w", "counts: up, same LUN" },
		/* only a path that answers can report its LUN */
		{ 0, MP_PATH_DOWN, 0, "other", "counts: down" },

		{ SKIPPED, MP_PATH_UP, 0, "w", "unasked: up" },
		{ DISABLED, MP_PATH_UP, 0, "w", "unwanted: up" },
		{ DISABLED, MP_PATH_DOWN, NOT_ASKED, NULL, "unwanted: down" },
		{ SKIPPED | DISABLED, MP_PATH_UP, 0, "w", "unasked: up" },

		/* A good answer is as old as the check; a bad one counts in any case. */
		{ DOUBTED, MP_PATH_UP, 0, "w", "outdated: up, same LUN" },
		{ DOUBTED, MP_PATH_GHOST, NOT_ASKED, NULL, "outdated: ghost" },
		{ DOUBTED, MP_PATH_DOWN, NOT_ASKED, NULL, "counts: down" },
		{ DOUBTED, MP_PATH_TIMEOUT, NOT_ASKED, NULL, "counts: timeout" },

		{ 0, MP_PATH_UP, 0, "other", "counts: down, other LUN, astray" },
		{ DOUBTED, MP_PATH_UP, 0, "other", "counts: down, other LUN, astray" },
		{ 0, MP_PATH_UP, -ENOENT, NULL, "counts: down, other LUN, astray" },
		{ UNCERTAIN, MP_PATH_UP, -ENOENT, NULL, "counts: up, same LUN" },
		/* it keeps its map until it reports another LUN */
		{ WRONG, MP_PATH_UP, NOT_ASKED, NULL, "counts: down, astray" },
		{ WRONG, MP_PATH_UP, -EIO, NULL, "counts: down, astray" },
		{ WRONG, MP_PATH_UP, 0, "w", "counts: up, same LUN" },

		/* It does not report its LUN. */
		{ 0, MP_PATH_UP, -EIO, NULL, "counts: up" }, /* it did, since the last doubt */
		{ CHANGED, MP_PATH_UP, -EIO, NULL, "outdated: up, doubt" },
		{ CHANGED, MP_PATH_UP, 0, "w", "counts: up, same LUN" },
		{ UNPROVEN, MP_PATH_UP, -EIO, NULL, "counts: down, silent" },
		{ UNPROVEN, MP_PATH_GHOST, NOT_ASKED, NULL, "counts: down, silent" },
		{ UNPROVEN | OTHER_UNPROVEN, MP_PATH_UP, -EIO, NULL, "counts: up, stays" },
		{ UNPROVEN | OTHER_UNPROVEN | WAS_BAD, MP_PATH_UP, -EIO, NULL,
		  "counts: down, silent" },
		{ UNPROVEN | OTHER_UNPROVEN | FAILED_IN_KERNEL, MP_PATH_UP, -EIO, NULL,
		  "counts: down, silent" },

		/* Its connection is gone, and may come back as another one. */
		{ OFFLINE, MP_PATH_PENDING, NOT_ASKED, NULL, "counts: pending, doubt" },
		{ 0, MP_PATH_PENDING, NOT_ASKED, NULL, "counts: pending" },
		{ OFFLINE, MP_PATH_UP, NOT_ASKED, NULL, "counts: up" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_world_ struct world world;
		struct answer answer;
		char text[128];

		world_init(&world, TWO_PATHS);
		world_set(&world, rows[i].facts);
		world.job->check.state = rows[i].told;
		world.job->want_proof = rows[i].proof_error != NOT_ASKED;
		world.job->proof_error = rows[i].proof_error;
		if (rows[i].proof)
			world.job->proof = strdup(rows[i].proof);
		answer = answers_judge(world.path, world.job);
		answer_format(&answer, text, sizeof(text));
		if (strcmp(text, rows[i].expected))
			fail_msg("row %zu: \"%s\", not \"%s\"", i, text, rows[i].expected);
		recorded_expect("");
	}
}

static void a_wwid_made_by_udev_is_compared_with_other_paths_and_with_the_kernel(void **state)
{
	static const struct {
		const char *sibling, *page; /* NULL: none */
		const char *proof, *known;
		const char *expected; /* of the device, for the log */
		enum answer_lun lun;
	} rows[] = {
		{ NULL, NULL, "t10", "w", "w", ANSWER_LUN_SAME },
		{ "t10", NULL, "t10", "w", "t10", ANSWER_LUN_SAME },
		{ "t11", NULL, "t10", "w", "t11", ANSWER_LUN_OTHER },
		{ NULL, "t10", "t10", "w", "w", ANSWER_LUN_SAME },
		{ NULL, "t11", "t10", "w", "w", ANSWER_LUN_OTHER },
		{ "t11", "t11", "w", "w", "w", ANSWER_LUN_SAME },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_world_ struct world world;
		struct answer answer;

		world_init(&world, TWO_PATHS);
		world_unprove(world.path);
		world.other->told_wwid = false;
		if (rows[i].sibling)
			world.other->proof = strdup(rows[i].sibling);
		world.job->certain = false;
		world.job->want_proof = true;
		world.job->proof = strdup(rows[i].proof);
		if (rows[i].page)
			world.job->page = strdup(rows[i].page);
		answer = answers_judge(world.path, world.job);
		assert_int_equal(answer.lun, rows[i].lun);
		assert_string_equal(answer.expected, rows[i].expected);
	}
}

static void effects_format(const struct answer_effects *effects, char *text, size_t size)
{
	static const char *const reports[] = {
		[ANSWER_REPORT_NONE] = "",
		[ANSWER_REPORT_CHANGE] = ", log change",
		[ANSWER_REPORT_FAULT] = ", log fault",
		[ANSWER_REPORT_AGAIN] = ", log fault again",
	};
	static const char *const waiters[] = {
		[ANSWER_WAITERS_NONE] = "",
		[ANSWER_WAITERS_OK] = ", waiters ok",
		[ANSWER_WAITERS_ORDER] = ", waiters order",
	};
	const struct {
		bool is;
		const char *name;
	} flags[] = {
		{ effects->doubt, "doubt" },	     { effects->lost, "lost" },
		{ effects->count_failure, "count" }, { effects->taste, "taste" },
		{ effects->tune, "tune" },	     { effects->reconcile, "reconcile" },
		{ effects->regroup, "regroup" },     { effects->came_up, "came up" },
		{ effects->went_down, "went down" }, { effects->retry, "retry" },
	};
	size_t used;

	used = snprintf(text, size, "%s", mp_path_state_name(effects->state));
	if (effects->shown != effects->state)
		used += snprintf(text + used, size - used, " (%s)",
				 mp_path_state_name(effects->shown));
	used += snprintf(text + used, size - used, " %u s%s%s%s%s", effects->interval_sec,
			 effects->message ? ", " : "",
			 effects->message == mp_order_fail_path	     ? "fail_path" :
			 effects->message == mp_order_reinstate_path ? "reinstate_path" :
								       "",
			 waiters[effects->waiters], reports[effects->report]);
	for (size_t i = 0; i < ARRAY_SIZE(flags); i++)
		if (flags[i].is)
			used += snprintf(text + used, size - used, ", %s", flags[i].name);
}

/* More facts, of the path that answers. */
enum {
	NOT_IN_TABLE = 1 << 11,
	NO_MAP = 1 << 12,
	FIRST = 1 << 13, /* answer */
	NEWLY_PROVEN = 1 << 14,
	AWAITS_PROOF = 1 << 15, /* its map's table */
	PRIORITIES = 1 << 16, /* changed */
	REINSTATED_BY_HAND = 1 << 17,
	ONCE = 1 << 18, /* log_checker_err */
	GEOM_WRONG_LUN = 1 << 19,
	GEOM_UNJUDGED = 1 << 21,
	LISTED = 1 << 22, /* by a program that was started for a listing */
	MARGINAL = 1 << 20, /* the table that puts it in a group of its own is being loaded */
};

static void world_set_more(struct world *world, unsigned facts)
{
	struct daemon_path *path = world->path;

	if (facts & NO_MAP)
		mp_map_remove_path(&path->path);
	world->made.inventory.options.lists_faults = facts & LISTED;
	if (facts & FIRST) {
		path->answered = false;
		path->answered_state = path->path.state = MP_PATH_UNCHECKED;
	}
	if (facts & REINSTATED_BY_HAND) {
		struct waiter *waiter = calloc(1, sizeof(*waiter));

		assert_non_null(waiter);
		waiter->request = 7;
		cds_list_add_tail(&waiter->in_waiters, &path->waiters);
	}
	path->geom_wrong_lun = facts & GEOM_WRONG_LUN;
	path->geom_unjudged = facts & GEOM_UNJUDGED;
	path->path.marginal = world->map->regroup = facts & MARGINAL;
	world->map->awaits_proof = facts & AWAITS_PROOF;
}

static void effects_follow_from_old_state_answer_and_kernel(void **state)
{
	static const struct {
		unsigned facts;
		enum mp_path_state old, answer;
		const char *expected;
	} rows[] = {
		/* Nothing new: the next check is later. */
		{ 0, MP_PATH_UP, MP_PATH_UP, "up 10 s" },
		{ 0, MP_PATH_GHOST, MP_PATH_GHOST, "ghost 10 s" },
		{ PRIORITIES, MP_PATH_UP, MP_PATH_UP, "up 10 s, regroup" },
		{ NO_MAP, MP_PATH_UP, MP_PATH_UP, "up 10 s" },
		{ NO_MAP | PRIORITIES, MP_PATH_UP, MP_PATH_UP, "up 10 s" },

		/* It fails. */
		{ 0, MP_PATH_UP, MP_PATH_DOWN,
		  "down 5 s, fail_path, log change, doubt, lost, count, regroup, went down" },
		{ 0, MP_PATH_UP, MP_PATH_TIMEOUT,
		  "timeout 5 s, fail_path, log change, doubt, lost, count, regroup, went down" },
		{ 0, MP_PATH_UP, MP_PATH_DISCONNECTED,
		  "down 5 s, fail_path, log change, doubt, lost, count, regroup, went down" },
		{ FAILED_IN_KERNEL, MP_PATH_UP, MP_PATH_DOWN,
		  "down 5 s, fail_path, log change, doubt, count, regroup, went down" },
		{ NOT_IN_TABLE, MP_PATH_UP, MP_PATH_DOWN,
		  "down 5 s, log change, doubt, count, regroup, went down" },
		{ NO_MAP, MP_PATH_UP, MP_PATH_DOWN, "down 5 s, log change, doubt, went down" },
		/* It still fails. */
		{ FAILED_IN_KERNEL, MP_PATH_DOWN, MP_PATH_DOWN, "down 5 s, log fault, doubt" },
		{ FAILED_IN_KERNEL | ONCE, MP_PATH_DOWN, MP_PATH_DOWN,
		  "down 5 s, log fault again, doubt" },
		{ FAILED_IN_KERNEL, MP_PATH_SHAKY, MP_PATH_SHAKY, "shaky 5 s, doubt" },
		{ FAILED_IN_KERNEL | ONCE, MP_PATH_SHAKY, MP_PATH_SHAKY, "shaky 5 s, doubt" },
		{ FAILED_IN_KERNEL, MP_PATH_TIMEOUT, MP_PATH_TIMEOUT, "timeout 5 s, doubt" },
		{ FIRST, 0, MP_PATH_SHAKY,
		  "shaky 5 s, fail_path, log fault, doubt, lost, regroup" },
		/* another program had it reinstated */
		{ 0, MP_PATH_DOWN, MP_PATH_DOWN, "down 5 s, fail_path, log fault, doubt, lost" },

		/* It is held back: although the answer is good, it is failed. */
		{ 0, MP_PATH_UP, MP_PATH_DELAYED,
		  "delayed 5 s, fail_path, log change, regroup, went down" },
		{ FAILED_IN_KERNEL, MP_PATH_DELAYED, MP_PATH_DELAYED, "delayed 5 s" },

		/* It recovers. */
		{ FAILED_IN_KERNEL, MP_PATH_DOWN, MP_PATH_UP,
		  "up 5 s, reinstate_path, log change, taste, tune, regroup, came up" },
		{ FAILED_IN_KERNEL | UNPROVEN, MP_PATH_DOWN, MP_PATH_UP,
		  "up 5 s, log change, taste, tune, regroup, came up" },
		{ FAILED_IN_KERNEL | GEOM_WRONG_LUN, MP_PATH_DOWN, MP_PATH_UP,
		  "up 5 s, log change, taste, tune, regroup, came up" },
		{ FAILED_IN_KERNEL | GEOM_UNJUDGED, MP_PATH_DOWN, MP_PATH_UP,
		  "up 5 s, log change, taste, tune, regroup, came up" },
		{ FAILED_IN_KERNEL | MARGINAL, MP_PATH_DOWN, MP_PATH_UP,
		  "up 5 s, log change, taste, tune, regroup, came up" },
		{ FAILED_IN_KERNEL, MP_PATH_UP, MP_PATH_UP, "up 5 s, reinstate_path" },
		{ FAILED_IN_KERNEL | UNPROVEN, MP_PATH_UP, MP_PATH_UP, "up 5 s" },
		/* It is not in the kernel's table yet. */
		{ NOT_IN_TABLE, MP_PATH_DOWN, MP_PATH_UP,
		  "up 5 s, log change, taste, tune, reconcile, regroup, came up" },
		{ NOT_IN_TABLE | UNPROVEN, MP_PATH_DOWN, MP_PATH_UP,
		  "up 5 s, log change, taste, tune, regroup, came up" },
		{ NOT_IN_TABLE | NEWLY_PROVEN, MP_PATH_UP, MP_PATH_UP, "up 10 s, reconcile" },
		{ NEWLY_PROVEN, MP_PATH_UP, MP_PATH_UP, "up 10 s" },
		{ NEWLY_PROVEN | AWAITS_PROOF, MP_PATH_UP, MP_PATH_UP, "up 10 s, reconcile" },
		{ NEWLY_PROVEN | AWAITS_PROOF, MP_PATH_UP, MP_PATH_DOWN,
		  "down 5 s, fail_path, log change, doubt, lost, count, regroup, went down" },

		/* The first answer of a path. */
		{ FIRST, 0, MP_PATH_UP, "up 5 s, reinstate_path, taste, tune, regroup, came up" },
		{ FIRST | FAILED_IN_KERNEL, 0, MP_PATH_UP,
		  "up 5 s, reinstate_path, taste, tune, regroup, came up" },
		{ FIRST, 0, MP_PATH_DOWN, "down 5 s, fail_path, log fault, doubt, lost, regroup" },
		{ FIRST | ONCE, 0, MP_PATH_DOWN,
		  "down 5 s, fail_path, log fault, doubt, lost, regroup" },
		{ FIRST | LISTED, 0, MP_PATH_DOWN,
		  "down 5 s, fail_path, log fault again, doubt, lost, regroup" },
		{ FIRST | NO_MAP, 0, MP_PATH_UP, "up 5 s, taste, tune, came up" },
		{ FIRST, 0, MP_PATH_PENDING, "pending 5 s, regroup, retry" },

		/* No answer yet: it is not known to be bad. */
		{ 0, MP_PATH_UP, MP_PATH_PENDING, "up (pending) 5 s, retry" },
		{ FAILED_IN_KERNEL, MP_PATH_DOWN, MP_PATH_PENDING,
		  "down (pending) 5 s, doubt, retry" },
		/* The checker cannot be used. */
		{ 0, MP_PATH_UP, MP_PATH_WILD, "up 5 s" },

		/*
		 * Clients that wait for its reinstatement are answered by the message, or at once
		 * if none is needed.
		 */
		{ REINSTATED_BY_HAND | FAILED_IN_KERNEL, MP_PATH_UNCHECKED, MP_PATH_UP,
		  "up 5 s, reinstate_path, waiters order, log change, taste, tune, regroup, came up" },
		{ REINSTATED_BY_HAND, MP_PATH_UP, MP_PATH_UP, "up 10 s, waiters ok" },
		{ REINSTATED_BY_HAND, MP_PATH_UNCHECKED, MP_PATH_DOWN,
		  "down 5 s, fail_path, waiters ok, log change, doubt, lost, regroup" },
		{ REINSTATED_BY_HAND, MP_PATH_UNCHECKED, MP_PATH_PENDING, "pending 5 s, retry" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *config =
			rows[i].facts & ONCE ? "defaults {\nlog_checker_err once\n}\n" : "";
		_cleanup_world_ struct world world;
		struct answer_effects effects;
		char text[256];

		world_init(&world, rows[i].facts & NOT_IN_TABLE ? OTHER_PATH : TWO_PATHS);
		if (*config)
			assert_int_equal(loaded_text(&world.made.loaded, config), 0);
		world.made.inventory.process = mp_config_process(world.made.loaded.config);
		world.path->answered_state = world.path->path.state = rows[i].old;
		world_set(&world, rows[i].facts);
		world_set_more(&world, rows[i].facts);
		effects = answers_weigh(world.path, rows[i].answer, rows[i].facts & NEWLY_PROVEN,
					rows[i].facts & PRIORITIES);
		effects_format(&effects, text, sizeof(text));
		if (strcmp(text, rows[i].expected))
			fail_msg("row %zu: \"%s\", not \"%s\"", i, text, rows[i].expected);
		assert_int_equal(effects.answer, rows[i].answer);
		recorded_expect("");
	}
}

/* The job is freed. */
static void take(struct world *world, enum mp_path_state state)
{
	struct check_job *job = world->job;

	job->check.state = state;
	world->job = NULL;
	answers_take(job);
}

static void the_message_to_the_kernel_comes_before_all_other_effects(void **state)
{
	_cleanup_world_ struct world world;

	(void)state;
	world_init(&world, TWO_PATHS);
	world.path->registered_key = 7;
	take(&world, MP_PATH_DOWN);
	recorded_expect("message w: fail_path 8:0\n"
			"sda is due in 5 s\n");
	assert_int_equal(world.path->path.state, MP_PATH_DOWN);
	assert_int_equal(world.path->answered_state, MP_PATH_DOWN);
	assert_false(mp_path_is_proven(&world.path->path));
	assert_true(world.path->registered_key == 0); /* another host may preempt it */
	assert_int_equal(world.map->map.stats.path_faults, 1);
	assert_null(world.path->job);
	assert_false(world.map->dirty); /* its table stays as it is */
}

static void
a_path_whose_registration_may_have_been_removed_is_not_known_to_be_registered(void **state)
{
	(void)state;
	for (int asked = 0; asked < 2; asked++) {
		_cleanup_world_ struct world world;

		world_init(&world, TWO_PATHS);
		world.map->reservation.key.key = 7;
		world.map->reservation.registered = RESERVATION_SET;
		world.path->registered_key = 7;
		world.job->check.registration_removed = true;
		/* the same check has read the keys after that */
		world.job->reservation.told = world.job->reservation.registered = asked;
		world.job->reservation.key.key = 7;
		take(&world, MP_PATH_UP);
		assert_int_equal(world.path->path.state, MP_PATH_UP);
		assert_true(world.path->registered_key == (asked ? 7 : 0));
		assert_int_equal(world.map->reservation.registered, RESERVATION_SET);
	}
}

static void a_proven_path_that_is_up_again_is_reinstated(void **state)
{
	_cleanup_world_ struct world world;

	(void)state;
	world_init(&world, TWO_PATHS);
	world_set(&world, WAS_BAD | FAILED_IN_KERNEL | DOUBTED);
	world.job->epoch = world.path->path.epoch;
	world.job->want_proof = true;
	world.job->proof = strdup("w");
	world.path->tuning_refused = true; /* its port was gone */
	take(&world, MP_PATH_UP);
	recorded_expect("message w: reinstate_path 8:0\n"
			"tune sda again\n"
			"sda is due in 5 s\n");
	assert_true(world.map->dirty); /* what was not written then is written now */
	assert_true(mp_path_is_proven(&world.path->path));
	assert_int_equal(world.path->proven_usec, recorded.now_usec);
	assert_int_equal(world.path->path.state, MP_PATH_UP);
}

static void the_first_priority_of_a_new_prioritizer_has_the_map_planned_again(void **state)
{
	_cleanup_world_ struct world world;

	(void)state;
	world_init(&world, TWO_PATHS);
	world.path->prioritizer = world.job->prioritizer = mp_prioritizer_find("random");
	world.job->prio = calloc(1, sizeof(*world.job->prio));
	assert_non_null(world.job->prio);
	world.job->priority = 7;
	world.path->path.priority = 7; /* no change of which failback hears */
	world.path->path.priority_awaited = true;
	take(&world, MP_PATH_UP);
	recorded_expect("sda is due in 10 s\n");
	assert_false(world.path->path.priority_awaited);
	assert_true(world.map->dirty);
}

static void a_path_to_another_lun_is_failed_whatever_its_checker_says(void **state)
{
	_cleanup_world_ struct world world;

	(void)state;
	world_init(&world, TWO_PATHS);
	world.job->want_proof = true;
	world.job->proof = strdup("other");
	take(&world, MP_PATH_UP);
	recorded_expect("message w: fail_path 8:0\n"
			"rescan sda\n"
			"message w: fail_path 8:0\n"
			"sda is due in 5 s\n");
	assert_true(world.path->path.wrong_wwid);
	assert_int_equal(world.path->path.state, MP_PATH_DOWN);
	assert_true(world.map->dirty);
}

static void a_lun_refuses_io_until_the_path_that_owns_it_reports_otherwise(void **state)
{
	enum { REFUSED, READ, NOT_ASKED_LUN, SKIPPED_CHECK, TIMED_OUT, LEFT_MAP };
	static const struct {
		bool by_other; /* path than the one that was refused */
		int then;
		bool refuses;
	} rows[] = {
		{ false, REFUSED, true },	{ true, REFUSED, true },
		{ true, NOT_ASKED_LUN, true },	{ true, TIMED_OUT, true },
		{ false, SKIPPED_CHECK, true }, { false, READ, false },
		{ true, READ, false },		{ false, NOT_ASKED_LUN, false },
		{ false, TIMED_OUT, false },	{ false, LEFT_MAP, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_world_ struct world world;
		struct daemon_path *asked;
		struct questions questions;
		struct check_job *job;

		world_init(&world, TWO_PATHS);
		asked = rows[i].by_other ? world.path : world.other;
		world.map->refused_path = rows[i].by_other ? world.other->path.id :
							     world.path->path.id;
		if (rows[i].then == TIMED_OUT) {
			answers_time_out(world.path);
		} else if (rows[i].then == LEFT_MAP) {
			mp_map_remove_path(&world.path->path);
		} else {
			world.job->work.skipped = rows[i].then == SKIPPED_CHECK;
			world.job->check.lun_refused = rows[i].then == REFUSED;
			world.job->check.asked_lun = rows[i].then == REFUSED ||
						     rows[i].then == READ;
			take(&world, rows[i].then == READ ? MP_PATH_UP : MP_PATH_DOWN);
		}
		questions = questions_ask(asked, recorded.now_usec);
		job = questions_make_job(asked, &questions, recorded.now_usec);
		assert_non_null(job);
		if (job->check.lun_refuses != rows[i].refuses)
			fail_msg("row %zu", i);
		check_job_free(job);
		recorded_forget();
	}
}

static void an_answer_from_before_a_doubt_is_asked_for_again(void **state)
{
	_cleanup_world_ struct world world;

	(void)state;
	world_init(&world, TWO_PATHS);
	world_set(&world, WAS_BAD | FAILED_IN_KERNEL | DOUBTED);
	take(&world, MP_PATH_UP);
	recorded_expect("check /dev/sda for at most 30 s\n"
			"sda is due in 1 s\n");
	assert_true(recorded.check->want_proof);
	assert_int_equal(recorded.check->epoch, world.path->path.epoch);
	assert_int_equal(world.path->path.state, MP_PATH_DOWN);
}

static void an_answer_for_a_path_that_is_gone_is_dropped(void **state)
{
	_cleanup_world_ struct world world;

	(void)state;
	world_init(&world, TWO_PATHS);
	world.path->job = NULL;
	paths_free(world.path);
	take(&world, MP_PATH_DOWN);
	recorded_expect("");
}

static void a_path_that_the_operator_fails_stays_down_whatever_its_running_check_says(void **state)
{
	_cleanup_world_ struct world world;

	(void)state;
	world_init(&world, TWO_PATHS);
	assert_int_equal(answers_fail(world.path, 7), 0);
	recorded_expect("message w: fail_path 8:0 for request 7\n");
	assert_true(world.path->path.checker_disabled);
	assert_int_equal(world.map->map.stats.path_faults, 1);
	take(&world, MP_PATH_UP);
	recorded_expect("");
	assert_int_equal(world.path->path.state, MP_PATH_DOWN);
	assert_int_equal(world.path->answered_state, MP_PATH_DOWN);
	assert_int_equal(world.map->map.stats.path_faults, 1);
}

static void reinstate_path_is_answered_with_the_result_of_the_next_check(void **state)
{
	static const struct {
		const char *proof;
		enum mp_path_state told;
		const char *requests;
	} rows[] = {
		{ "w", MP_PATH_UP,
		  "message w: reinstate_path 8:0 for request 7\n"
		  "tune sda again\n"
		  "sda is due in 5 s\n" },
		{ "other", MP_PATH_UP,
		  "message w: fail_path 8:0\n"
		  "rescan sda\n"
		  "reply 7: fail\n"
		  "sda is due in 5 s\n" },
		{ NULL, MP_PATH_DOWN,
		  "reply 7: ok\n"
		  "sda is due in 5 s\n" },
		{ NULL, MP_PATH_PENDING, "sda is due in 1 s\n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_world_ struct world world;

		world_init(&world, TWO_PATHS);
		world_set(&world, WAS_BAD | FAILED_IN_KERNEL | DISABLED);
		world.path->job = NULL;
		assert_int_equal(answers_reinstate(world.path, 7), 0);
		recorded_expect("check /dev/sda for at most 30 s\n"
				"sda is due in 1 s\n");
		check_job_free(world.job);
		world.job = recorded.check;
		assert_true(world.job->want_proof);
		if (rows[i].proof)
			world.job->proof = strdup(rows[i].proof);
		take(&world, rows[i].told);
		recorded_expect(rows[i].requests);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			an_answer_is_judged_by_the_lun_it_reports_and_by_when_it_was_asked),
		cmocka_unit_test(
			a_wwid_made_by_udev_is_compared_with_other_paths_and_with_the_kernel),
		cmocka_unit_test(effects_follow_from_old_state_answer_and_kernel),
		cmocka_unit_test(the_message_to_the_kernel_comes_before_all_other_effects),
		cmocka_unit_test(
			a_path_whose_registration_may_have_been_removed_is_not_known_to_be_registered),
		cmocka_unit_test(a_proven_path_that_is_up_again_is_reinstated),
		cmocka_unit_test(the_first_priority_of_a_new_prioritizer_has_the_map_planned_again),
		cmocka_unit_test(a_path_to_another_lun_is_failed_whatever_its_checker_says),
		cmocka_unit_test(a_lun_refuses_io_until_the_path_that_owns_it_reports_otherwise),
		cmocka_unit_test(an_answer_from_before_a_doubt_is_asked_for_again),
		cmocka_unit_test(an_answer_for_a_path_that_is_gone_is_dropped),
		cmocka_unit_test(
			a_path_that_the_operator_fails_stays_down_whatever_its_running_check_says),
		cmocka_unit_test(reinstate_path_is_answered_with_the_result_of_the_next_check),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
