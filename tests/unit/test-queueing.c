/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/queueing.h"

#include "base/cleanup.h"
#include "jobs-recorded.h"
#include "model/queueing.h"
#include "model/settings.h"

/* The life of one map: the kernel's mode follows each decision. */
struct story {
	struct mp_queueing queueing;
	struct mp_queueing_input input;
};

static struct mp_queueing_effect tell(struct story *story, double sec, unsigned active,
				      unsigned pending)
{
	struct mp_queueing_effect effect;

	story->input.now_usec = 1000000000 + sec * 1000000;
	story->input.active = active;
	story->input.pending = pending;
	effect = mp_queueing_step(&story->queueing, &story->input);
	if (effect.change)
		story->input.kernel_queues = effect.change == MP_QUEUEING_ON;
	assert_int_equal(mp_queueing_wanted(&story->queueing, active, story->input.kernel_queues),
			 story->input.kernel_queues);
	return effect;
}

static unsigned left(const struct story *story, double sec)
{
	return mp_queueing_left_sec(&story->queueing, 1000000000 + sec * 1000000);
}

static void the_kernel_is_brought_to_the_configured_mode(void **state)
{
	static const struct {
		int policy;
		unsigned active;
		bool kernel_queues;
		enum mp_queueing_change change;
		bool gave_up, entered_recovery;
	} rows[] = {
		{ MP_RETRY_UNSET, 1, false, MP_QUEUEING_KEEP, false, false },
		{ MP_RETRY_UNSET, 1, true, MP_QUEUEING_KEEP, false, false },
		{ MP_RETRY_UNSET, 0, true, MP_QUEUEING_KEEP, false, false },
		{ MP_RETRY_UNSET, 0, false, MP_QUEUEING_KEEP, true, false },
		{ MP_RETRY_FAIL, 1, false, MP_QUEUEING_KEEP, false, false },
		{ MP_RETRY_FAIL, 1, true, MP_QUEUEING_OFF, false, false },
		{ MP_RETRY_FAIL, 0, false, MP_QUEUEING_KEEP, true, false },
		{ MP_RETRY_FAIL, 0, true, MP_QUEUEING_OFF, true, false },
		{ MP_RETRY_QUEUE, 1, false, MP_QUEUEING_ON, false, false },
		{ MP_RETRY_QUEUE, 1, true, MP_QUEUEING_KEEP, false, false },
		{ MP_RETRY_QUEUE, 0, false, MP_QUEUEING_ON, false, false },
		{ MP_RETRY_QUEUE, 0, true, MP_QUEUEING_KEEP, false, false },
		{ 5, 1, false, MP_QUEUEING_ON, false, false },
		{ 5, 1, true, MP_QUEUEING_KEEP, false, false },
		{ 5, 0, false, MP_QUEUEING_ON, false, true },
		{ 5, 0, true, MP_QUEUEING_KEEP, false, true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct story story = { .input = { .policy = rows[i].policy,
						  .polling_interval_sec = 5,
						  .kernel_queues = rows[i].kernel_queues } };
		struct mp_queueing_effect effect = tell(&story, 0, rows[i].active, 0);

		assert_int_equal(effect.change, rows[i].change);
		assert_int_equal(effect.gave_up, rows[i].gave_up);
		assert_int_equal(effect.entered_recovery, rows[i].entered_recovery);
		assert_int_equal(!effect.reason,
				 !effect.change && !effect.gave_up && !effect.entered_recovery);
		/* once is enough */
		effect = tell(&story, 0, rows[i].active, 0);
		assert_int_equal(effect.change, MP_QUEUEING_KEEP);
		assert_false(effect.gave_up);
		assert_false(effect.entered_recovery);
		assert_null(effect.reason);
	}
}

static void retries_last_their_number_of_intervals_and_a_second(void **state)
{
	static const struct {
		int policy;
		unsigned polling_interval_sec, seconds;
	} rows[] = { { 1, 1, 2 }, { 4, 2, 9 }, { 12, 5, 61 }, { INT32_MAX, 1, 2147483648u } };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct story story = { .input = { .policy = rows[i].policy,
						  .kernel_queues = true,
						  .polling_interval_sec =
							  rows[i].polling_interval_sec } };
		struct mp_queueing_effect effect;

		tell(&story, 0, 1, 0);
		assert_int_equal(left(&story, 0), 0);
		effect = tell(&story, 10, 0, 0);
		assert_true(effect.entered_recovery);
		assert_int_equal(left(&story, 10), rows[i].seconds);
		assert_int_equal(left(&story, 10.5), rows[i].seconds);
		assert_int_equal(left(&story, 11), rows[i].seconds - 1);
		effect = tell(&story, 10 + rows[i].seconds - 0.5, 0, 0);
		assert_int_equal(effect.change, MP_QUEUEING_KEEP);
		assert_true(story.queueing.recovering);
		assert_int_equal(left(&story, 10 + rows[i].seconds - 0.5), 1);

		effect = tell(&story, 10 + rows[i].seconds, 0, 0);
		assert_int_equal(effect.change, MP_QUEUEING_OFF);
		assert_true(effect.gave_up);
		assert_int_equal(effect.queued_sec, rows[i].seconds);
		assert_false(story.queueing.recovering);
		assert_true(story.queueing.expired);
		assert_int_equal(left(&story, 10 + rows[i].seconds), 0);

		effect = tell(&story, 20 + rows[i].seconds, 0, 0);
		assert_int_equal(effect.change, MP_QUEUEING_KEEP);
		assert_false(effect.gave_up);
		assert_false(effect.entered_recovery);

		effect = tell(&story, 30 + rows[i].seconds, 1, 0);
		assert_int_equal(effect.change, MP_QUEUEING_ON);
		assert_int_equal(effect.queued_sec, 0);
		assert_false(story.queueing.expired);
		/* and everything starts again */
		effect = tell(&story, 40 + rows[i].seconds, 0, 0);
		assert_true(effect.entered_recovery);
	}
}

static void a_path_that_returns_in_time_ends_the_recovery(void **state)
{
	struct story story = {
		.input = { .policy = 4, .polling_interval_sec = 2, .kernel_queues = true }
	};
	struct mp_queueing_effect effect;

	(void)state;
	tell(&story, 0, 2, 0);
	tell(&story, 1, 1, 0);
	assert_false(story.queueing.recovering);
	tell(&story, 2, 0, 0);
	effect = tell(&story, 5.9, 1, 0);
	assert_int_equal(effect.change, MP_QUEUEING_KEEP);
	assert_int_equal(effect.queued_sec, 3);
	assert_non_null(effect.reason);
	assert_false(effect.gave_up);
	assert_false(story.queueing.recovering);
}

static void nothing_is_given_up_while_a_check_is_pending(void **state)
{
	struct story retries = {
		.input = { .policy = 4, .polling_interval_sec = 2, .kernel_queues = true }
	};
	struct story fails = { .input = { .policy = MP_RETRY_FAIL, .polling_interval_sec = 2 } };

	(void)state;
	assert_false(tell(&retries, 0, 0, 1).entered_recovery);
	assert_false(retries.queueing.recovering);
	assert_true(tell(&retries, 1, 0, 0).entered_recovery);
	/* pending checks do not stop a recovery in progress */
	assert_true(tell(&retries, 10, 0, 1).change == MP_QUEUEING_OFF);

	assert_false(tell(&fails, 0, 0, 1).gave_up);
	assert_true(tell(&fails, 1, 0, 0).gave_up);
	assert_false(tell(&fails, 2, 0, 1).gave_up);
	assert_false(tell(&fails, 3, 0, 0).gave_up);
	assert_false(tell(&fails, 4, 1, 0).gave_up);
	assert_true(tell(&fails, 5, 0, 0).gave_up);
}

static void a_changed_policy_takes_effect_at_once(void **state)
{
	static const struct {
		int policy;
		enum mp_queueing_change change;
		bool recovering, gave_up;
	} rows[] = {
		{ MP_RETRY_UNSET, MP_QUEUEING_KEEP, false, false },
		{ MP_RETRY_FAIL, MP_QUEUEING_OFF, false, true },
		{ MP_RETRY_QUEUE, MP_QUEUEING_KEEP, false, false },
		{ 100, MP_QUEUEING_KEEP, true, false },
		{ 1, MP_QUEUEING_OFF, false, true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct story story = {
			.input = { .policy = 10, .polling_interval_sec = 5, .kernel_queues = true }
		};
		struct mp_queueing_effect effect;

		tell(&story, 0, 0, 0);
		assert_int_equal(left(&story, 0), 51);
		story.input.policy = rows[i].policy;
		effect = tell(&story, 20, 0, 0);
		assert_int_equal(effect.change, rows[i].change);
		assert_int_equal(effect.gave_up, rows[i].gave_up);
		assert_int_equal(story.queueing.recovering, rows[i].recovering);
		assert_int_equal(effect.queued_sec, rows[i].recovering ? 0 : 20);
		assert_int_equal(left(&story, 20), rows[i].recovering ? 481 : 0);
	}
}

static void expired_queueing_returns_with_a_policy_that_queues(void **state)
{
	struct story story = {
		.input = { .policy = 1, .polling_interval_sec = 1, .kernel_queues = true }
	};

	(void)state;
	tell(&story, 0, 0, 0);
	assert_int_equal(tell(&story, 5, 0, 0).change, MP_QUEUEING_OFF);
	story.input.policy = MP_RETRY_QUEUE;
	assert_int_equal(tell(&story, 6, 0, 0).change, MP_QUEUEING_ON);
}

static void the_operator_can_disable_queueing_until_it_is_restored(void **state)
{
	static const struct {
		int policy;
		enum mp_queueing_change disabled, restored;
	} rows[] = {
		{ MP_RETRY_UNSET, MP_QUEUEING_OFF, MP_QUEUEING_KEEP },
		{ MP_RETRY_FAIL, MP_QUEUEING_OFF, MP_QUEUEING_KEEP },
		{ MP_RETRY_QUEUE, MP_QUEUEING_OFF, MP_QUEUEING_ON },
		{ 5, MP_QUEUEING_OFF, MP_QUEUEING_ON },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct story story = { .input = { .policy = rows[i].policy,
						  .polling_interval_sec = 5,
						  .kernel_queues = true } };

		mp_queueing_disable(&story.queueing);
		assert_false(mp_queueing_wanted(&story.queueing, 1, true));
		assert_int_equal(tell(&story, 0, 1, 0).change, rows[i].disabled);
		assert_true(tell(&story, 1, 0, 0).gave_up);
		assert_false(story.queueing.recovering);
		tell(&story, 2, 1, 0);
		mp_queueing_restore(&story.queueing);
		assert_int_equal(tell(&story, 3, 1, 0).change, rows[i].restored);
	}
}

static void disabling_ends_a_recovery(void **state)
{
	struct story story = {
		.input = { .policy = 10, .polling_interval_sec = 5, .kernel_queues = true }
	};
	struct mp_queueing_effect effect;

	(void)state;
	tell(&story, 0, 0, 0);
	mp_queueing_disable(&story.queueing);
	assert_int_equal(left(&story, 7), 0);
	effect = tell(&story, 7, 0, 0);
	assert_int_equal(effect.change, MP_QUEUEING_OFF);
	assert_int_equal(effect.queued_sec, 7);
	assert_true(effect.gave_up);
	/* without a path, restored retries start from the beginning */
	mp_queueing_restore(&story.queueing);
	effect = tell(&story, 8, 0, 0);
	assert_true(effect.entered_recovery);
	assert_int_equal(effect.change, MP_QUEUEING_ON);
}

static void a_limit_ends_queueing_whatever_the_policy(void **state)
{
	static const struct {
		int policy;
		double lost, limited; /* when the last path was lost, and when the limit began */
		unsigned ends; /* 0: never */
	} rows[] = {
		{ MP_RETRY_QUEUE, 10, 5, 40 },
		{ MP_RETRY_QUEUE, 5, 10, 40 },
		{ MP_RETRY_QUEUE, 5, 1000, 1030 },
		{ MP_RETRY_UNSET, 10, 5, 40 },
		{ MP_RETRY_UNSET, 5, 10, 40 },
		/* retries that end earlier do so; later ones do not */
		{ 1, 10, 5, 16 },
		{ 12, 10, 5, 40 },
		{ 12, 5, 60, 66 },
		{ 100, 5, 60, 90 },
		/* without a limit */
		{ MP_RETRY_QUEUE, 10, 0, 0 },
		{ MP_RETRY_UNSET, 10, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct story story = { .input = { .policy = rows[i].policy,
						  .polling_interval_sec = 5,
						  .kernel_queues = true,
						  .limit_sec = 30 } };
		struct mp_queueing_effect effect;
		double later = rows[i].limited > rows[i].lost ? rows[i].limited : rows[i].lost;

		tell(&story, 0, 1, 0);
		for (double sec = 1; sec <= later; sec++) {
			if (rows[i].limited && sec == rows[i].limited)
				story.input.limited_usec = 1000000000 + sec * 1000000;
			effect = tell(&story, sec, sec < rows[i].lost, 0);
			assert_int_equal(effect.change, MP_QUEUEING_KEEP);
		}
		if (!rows[i].ends) {
			assert_false(story.queueing.recovering);
			assert_int_equal(tell(&story, 100000, 0, 0).change, MP_QUEUEING_KEEP);
			continue;
		}
		assert_int_equal(left(&story, later), rows[i].ends - (unsigned)later);
		assert_int_equal(tell(&story, rows[i].ends - 0.1, 0, 0).change, MP_QUEUEING_KEEP);
		effect = tell(&story, rows[i].ends, 0, 0);
		assert_int_equal(effect.change, MP_QUEUEING_OFF);
		assert_true(effect.gave_up);
		assert_int_equal(tell(&story, rows[i].ends + 100, 0, 0).change, MP_QUEUEING_KEEP);
	}
}

static void a_path_that_returns_within_the_limit_keeps_queueing(void **state)
{
	struct story story = { .input = { .policy = MP_RETRY_QUEUE,
					  .polling_interval_sec = 5,
					  .kernel_queues = true,
					  .limited_usec = 1000000000,
					  .limit_sec = 30 } };

	(void)state;
	/* a map with paths is left alone */
	assert_int_equal(tell(&story, 20, 1, 0).change, MP_QUEUEING_KEEP);
	tell(&story, 100, 0, 0);
	assert_int_equal(tell(&story, 120, 1, 0).change, MP_QUEUEING_KEEP);
	assert_false(story.queueing.recovering);
	/* each loss has its own */
	tell(&story, 125, 0, 0);
	assert_int_equal(left(&story, 125), 30);
	assert_int_equal(tell(&story, 155, 0, 0).change, MP_QUEUEING_OFF);
	/* too late for what has failed, but what comes queues again */
	assert_int_equal(tell(&story, 160, 1, 0).change, MP_QUEUEING_ON);
	/* the shutdown was none */
	tell(&story, 165, 0, 0);
	story.input.limited_usec = 0;
	tell(&story, 166, 0, 0);
	assert_false(story.queueing.recovering);
	assert_int_equal(tell(&story, 1000, 0, 0).change, MP_QUEUEING_KEEP);
}

/* The daemon's part: a map of sda and sdb. */
struct world {
	struct made made;
	struct daemon_map *map;
	struct daemon_path *a, *b;
};

enum {
	A_DOWN = 1 << 0,
	B_DOWN = 1 << 1,
	B_PENDING = 1 << 2,
	B_UNCHECKED = 1 << 3,
	B_WRONG = 1 << 4, /* leads to another LUN */
	TABLE_QUEUES = 1 << 5, /* as it was loaded */
	SENT_ON = 1 << 6, /* messages since */
	SENT_OFF = 1 << 7,
	ABSENT = 1 << 8,
	REMOVING = 1 << 9,
	IN_USE = 1 << 10, /* a removal was tried */
	UNMANAGED = 1 << 11,
	UNWANTED = 1 << 12,
	DISABLED = 1 << 13, /* by the operator */
	NONE_LEFT = A_DOWN | B_DOWN,
};

static void world_init(struct world *world, unsigned facts)
{
	struct mp_map *map;

	recorded_init(&world->made, facts & UNWANTED ? "blacklist {\nwwid w\n}\n" : "");
	world->map = made_map(&world->made, "w");
	map = &world->map->map;
	world->a = recorded_path(&world->made, 'a', world->map);
	world->b = recorded_path(&world->made, 'b', world->map);
	if (facts & A_DOWN)
		world->a->path.state = MP_PATH_DOWN;
	world->b->path.state = facts & B_DOWN	   ? MP_PATH_DOWN :
			       facts & B_PENDING   ? MP_PATH_PENDING :
			       facts & B_UNCHECKED ? MP_PATH_UNCHECKED :
						     MP_PATH_UP;
	world->b->path.wrong_wwid = facts & B_WRONG;
	recorded_table(world->map, "mpatha",
		       facts & TABLE_QUEUES ?
			       "1 queue_if_no_path 0 1 1 round-robin 0 2 1 8:0 1 8:16 1" :
			       "0 0 1 1 round-robin 0 2 1 8:0 1 8:16 1");
	world->map->queue_known = facts & (SENT_ON | SENT_OFF);
	world->map->queue_sent = facts & SENT_ON;
	map->kernel.exists = !(facts & ABSENT);
	world->map->removing = facts & REMOVING;
	world->map->removal_tried = facts & IN_USE;
	if (facts & UNMANAGED)
		world->map->kind = made_kinds.geom;
	if (facts & DISABLED)
		mp_queueing_disable(&map->queueing);
	recorded_forget();
}

static void world_fini(struct world *world)
{
	recorded_fini(&world->made);
}

#define _cleanup_world_ _cleanup_(world_fini)

static void the_state_of_a_map_decides_whether_it_queues(void **state)
{
	static const struct {
		int policy;
		unsigned facts;
		const char *expected;
	} rows[] = {
		{ MP_RETRY_FAIL, 0, "" },
		{ MP_RETRY_FAIL, TABLE_QUEUES, "off" },
		{ MP_RETRY_FAIL, SENT_ON, "off" },
		{ MP_RETRY_FAIL, TABLE_QUEUES | SENT_OFF, "" },
		{ MP_RETRY_QUEUE, 0, "on" },
		{ MP_RETRY_QUEUE, SENT_ON, "" },
		{ MP_RETRY_QUEUE, TABLE_QUEUES | SENT_OFF, "on" },
		{ MP_RETRY_UNSET, TABLE_QUEUES, "" },
		{ MP_RETRY_UNSET, 0, "" },

		/* one path is enough */
		{ 12, A_DOWN | TABLE_QUEUES, "" },
		{ 12, NONE_LEFT | TABLE_QUEUES, "recovers" },
		{ 12, NONE_LEFT, "on recovers" },
		{ 12, A_DOWN | B_WRONG | TABLE_QUEUES, "recovers" },
		{ MP_RETRY_FAIL, NONE_LEFT, "gave up" },
		{ MP_RETRY_QUEUE, NONE_LEFT | TABLE_QUEUES, "" },
		/* a check in progress may find one */
		{ MP_RETRY_FAIL, A_DOWN | B_PENDING, "" },
		{ MP_RETRY_FAIL, A_DOWN | B_UNCHECKED, "" },

		{ MP_RETRY_QUEUE, TABLE_QUEUES | DISABLED, "off" },
		{ 12, NONE_LEFT | TABLE_QUEUES | DISABLED, "off gave up" },

		/* not now, or not for the daemon to do */
		{ MP_RETRY_QUEUE, ABSENT, "left alone" },
		{ MP_RETRY_QUEUE, REMOVING, "left alone" },
		{ MP_RETRY_QUEUE, IN_USE, "left alone" },
		{ MP_RETRY_QUEUE, UNMANAGED, "left alone" },
		{ MP_RETRY_QUEUE, UNWANTED, "left alone" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_world_ struct world world;
		struct queueing_verdict verdict;
		char text[64];

		world_init(&world, rows[i].facts);
		world.map->map.settings.no_path_retry = rows[i].policy;
		verdict = queueing_judge(world.map, recorded.now_usec);
		snprintf(text, sizeof(text), "%s%s%s",
			 !verdict.applies			  ? " left alone" :
			 verdict.effect.change == MP_QUEUEING_ON  ? " on" :
			 verdict.effect.change == MP_QUEUEING_OFF ? " off" :
								    "",
			 verdict.effect.entered_recovery ? " recovers" : "",
			 verdict.effect.gave_up ? " gave up" : "");
		if (strcmp(*text ? text + 1 : "", rows[i].expected))
			fail_msg("row %zu:%s, not \"%s\"", i, text, rows[i].expected);
		recorded_expect("");
	}
}

static void retries_are_a_timer_and_then_a_message(void **state)
{
	_cleanup_world_ struct world world;
	struct mp_map *map;

	(void)state;
	world_init(&world, TABLE_QUEUES);
	map = &world.map->map;
	map->settings.no_path_retry = 12;
	queueing_step(world.map);
	recorded_expect("");
	world.a->path.state = world.b->path.state = MP_PATH_DOWN;
	queueing_step(world.map);
	recorded_expect("timer in 61 s\n"); /* polling_interval 5 */
	assert_int_equal(map->stats.queue_timeouts, 1);
	recorded_fire(world.map->queue_timer);
	recorded_expect("message w: fail_if_no_path\n");
	assert_int_equal(map->stats.failures, 1);
	assert_int_equal(map->stats.queue_sec, 61);
	assert_null(world.map->queue_timer);
	world.b->path.state = MP_PATH_UP;
	queueing_step(world.map);
	recorded_expect("message w: queue_if_no_path\n");
}

static void a_path_that_is_up_again_stops_the_timer(void **state)
{
	_cleanup_world_ struct world world;

	(void)state;
	world_init(&world, TABLE_QUEUES | NONE_LEFT);
	world.map->map.settings.no_path_retry = 12;
	queueing_step(world.map);
	recorded_forget();
	recorded_advance(20);
	world.a->path.state = MP_PATH_UP;
	queueing_step(world.map);
	recorded_expect("");
	assert_null(world.map->queue_timer);
	assert_int_equal(world.map->map.stats.queue_sec, 20);
	assert_int_equal(world.map->map.stats.failures, 0);
}

static void the_operator_ends_queueing_and_restores_it(void **state)
{
	_cleanup_world_ struct world world;

	(void)state;
	world_init(&world, TABLE_QUEUES);
	world.map->map.settings.no_path_retry = MP_RETRY_QUEUE;
	queueing_disable(world.map);
	recorded_expect("message w: fail_if_no_path\n");
	queueing_step(world.map);
	recorded_expect("");
	queueing_restore(world.map);
	recorded_expect("message w: queue_if_no_path\n");
}

static void at_shutdown_a_map_without_paths_queues_for_half_a_minute(void **state)
{
	_cleanup_world_ struct world world;
	struct daemon *daemon;

	(void)state;
	world_init(&world, TABLE_QUEUES);
	daemon = world.map->inventory->daemon;
	world.map->map.settings.no_path_retry = MP_RETRY_QUEUE;
	queueing_shutdown(daemon, true);
	recorded_expect("");
	assert_false(queueing_awaits_paths(daemon));
	world.a->path.state = world.b->path.state = MP_PATH_DOWN;
	queueing_step(world.map);
	recorded_expect("timer in 30 s\n");
	assert_true(queueing_awaits_paths(daemon));
	recorded_advance(10);
	queueing_shutdown(daemon, true);
	recorded_expect("");
	recorded_fire(world.map->queue_timer);
	recorded_expect("message w: fail_if_no_path\n");
	assert_false(queueing_awaits_paths(daemon));
	queueing_shutdown(daemon, false);
	recorded_expect("message w: queue_if_no_path\n");
}

static void only_a_check_that_ends_puts_off_the_limit(void **state)
{
	static const struct {
		unsigned facts;
		bool was_active, limited;
	} rows[] = {
		{ A_DOWN | B_PENDING, true, false }, /* until its timeout */
		{ A_DOWN | B_UNCHECKED, false, false },
		{ A_DOWN | B_PENDING, false, true }, /* blocked since the daemon started */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_world_ struct world world;

		world_init(&world, rows[i].facts | TABLE_QUEUES);
		world.map->map.settings.no_path_retry = MP_RETRY_QUEUE;
		world.b->path.was_active = rows[i].was_active;
		queueing_shutdown(&world.made.daemon, true);
		assert_int_equal(world.map->map.queueing.recovering, rows[i].limited);
		recorded_forget();
	}
}

static void the_daemon_waits_for_a_map_until_its_deadline(void **state)
{
	_cleanup_world_ struct world world;

	(void)state;
	world_init(&world, NONE_LEFT | TABLE_QUEUES);
	world.map->map.settings.no_path_retry = MP_RETRY_QUEUE;
	assert_false(queueing_awaits_paths(&world.made.daemon));
	queueing_shutdown(&world.made.daemon, true);
	assert_true(queueing_awaits_paths(&world.made.daemon));
	/* It is not wanted any more, but in use. */
	world.map->removal_tried = true;
	recorded_advance(29);
	assert_true(queueing_awaits_paths(&world.made.daemon));
	recorded_advance(1);
	queueing_step(world.map);
	assert_false(queueing_awaits_paths(&world.made.daemon));
	recorded_forget();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_kernel_is_brought_to_the_configured_mode),
		cmocka_unit_test(retries_last_their_number_of_intervals_and_a_second),
		cmocka_unit_test(a_path_that_returns_in_time_ends_the_recovery),
		cmocka_unit_test(nothing_is_given_up_while_a_check_is_pending),
		cmocka_unit_test(a_changed_policy_takes_effect_at_once),
		cmocka_unit_test(expired_queueing_returns_with_a_policy_that_queues),
		cmocka_unit_test(the_operator_can_disable_queueing_until_it_is_restored),
		cmocka_unit_test(disabling_ends_a_recovery),
		cmocka_unit_test(a_limit_ends_queueing_whatever_the_policy),
		cmocka_unit_test(a_path_that_returns_within_the_limit_keeps_queueing),
		cmocka_unit_test(the_state_of_a_map_decides_whether_it_queues),
		cmocka_unit_test(retries_are_a_timer_and_then_a_message),
		cmocka_unit_test(a_path_that_is_up_again_stops_the_timer),
		cmocka_unit_test(the_operator_ends_queueing_and_restores_it),
		cmocka_unit_test(at_shutdown_a_map_without_paths_queues_for_half_a_minute),
		cmocka_unit_test(only_a_check_that_ends_puts_off_the_limit),
		cmocka_unit_test(the_daemon_waits_for_a_map_until_its_deadline),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
