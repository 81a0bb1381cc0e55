/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/schedule.h"

#include "base/cleanup.h"
#include "jobs-recorded.h"
#include "prioritizers/prioritizer.h"

#define CHECK(sdx) "check /dev/" sdx " for at most 30 s\n" sdx " is due in 1 s\n"

/* A map of sda and sdb, which were proven ten seconds ago. */
struct world {
	struct made made;
	struct daemon_map *map;
	struct daemon_path *a, *b;
};

static void world_init(struct world *world)
{
	struct daemon_path **paths[] = { &world->a, &world->b };

	recorded_init(&world->made, "");
	world->map = made_map(&world->made, "w");
	for (unsigned i = 0; i < ARRAY_SIZE(paths); i++) {
		struct daemon_path *path = recorded_path(&world->made, 'a' + i, world->map);

		path->proven_usec = recorded.now_usec - 10000000;
		path->path.identity.tpg = 1;
		path->settings.prio_args = "";
		*paths[i] = path;
	}
}

static void world_fini(struct world *world)
{
	recorded_fini(&world->made);
}

#define _cleanup_world_ _cleanup_(world_fini)

enum {
	DOUBTED = 1 << 0,
	NEVER_PROVEN = 1 << 1,
	LONG_AGO = 1 << 2, /* a minute */
	RECHECK = 1 << 3, /* recheck_wwid yes */
	KEY = 1 << 4, /* the map has a reservation key */
	REGISTERED = 1 << 5, /* and it is known that the path is registered */
	NVME = 1 << 6,
	DETECT = 1 << 7, /* detect_checker and detect_prio yes */
	KNOWN = 1 << 8, /* what detection asks for */
	AGAIN = 1 << 9, /* what is known is in doubt */
	ARRAY_RDAC = 1 << 10, /* checker of the hardware entry */
	ARRAY_TUR = 1 << 11,
	VENDOR = 1 << 12, /* vpd_vendor_id is set */
	ALUA = 1 << 13, /* prio: one answer for all */
	WEIGHTED = 1 << 14, /* prio: each path for itself */
	NO_TPG = 1 << 15,
	ITSELF = 1 << 16, /* no other path's answer has its group */
	ASKED = 1 << 17, /* another path is asked at the moment */
	RECENT = 1 << 18, /* was asked a second ago */
	DOWN = 1 << 19,
	NO_PRIORITY = 1 << 20, /* so far */
	NO_MAP = 1 << 21,
};

static void world_set(struct world *world, unsigned facts)
{
	struct daemon_path *path = world->a;
	struct mp_identity *identity = &path->path.identity;
	struct reservation *reservation = &world->map->reservation;

	if (facts & DOUBTED)
		mp_path_doubt(&path->path);
	if (facts & (NEVER_PROVEN | LONG_AGO))
		path->proven_usec = facts & LONG_AGO ? recorded.now_usec - 60000000 : 0;
	path->settings.recheck_wwid = facts & RECHECK;
	if (facts & (KEY | REGISTERED)) {
		reservation->key.key = 7;
		reservation->registered = facts & REGISTERED ? RESERVATION_SET :
							       RESERVATION_UNKNOWN;
		path->registered_key = facts & REGISTERED ? 7 : 0;
	}
	if (facts & NVME)
		identity->protocol = MP_PROTOCOL_NVME_TCP;
	path->settings.detect_checker = path->settings.detect_prio = facts & DETECT;
	if (facts & KNOWN) {
		identity->rdac = identity->ana = MP_TOLD_NO;
		identity->vpd_data = "volume";
	}
	path->ask_again = facts & AGAIN;
	path->settings.hardware_checker = facts & ARRAY_RDAC ? "rdac" :
					  facts & ARRAY_TUR  ? "tur" :
							       NULL;
	path->settings.vpd_vendor = facts & VENDOR ? "hp3par" : NULL;
	path->prioritizer = facts & ALUA     ? mp_prioritizer_find("alua") :
			    facts & WEIGHTED ? mp_prioritizer_find("weightedpath") :
					       NULL;
	if (facts & NO_TPG)
		identity->tpg = -1;
	path->asks_itself = facts & ITSELF;
	world->map->prio_asking = facts & ASKED ? world->b->path.id : 0;
	world->map->prio_asked_usec = facts & RECENT ? recorded.now_usec - 1000000 : 0;
	if (facts & DOWN)
		path->answered_state = MP_PATH_DOWN;
	path->path.priority = facts & NO_PRIORITY ? MP_PRIORITY_UNDEF : 50;
	if (facts & NO_MAP)
		mp_map_remove_path(&path->path);
}

static void a_check_asks_for_what_is_not_known_or_too_old(void **state)
{
	static const struct {
		unsigned facts;
		const char *expected;
	} rows[] = {
		{ 0, "" },
		{ DOUBTED, "proof" },
		{ NEVER_PROVEN, "proof" },
		{ LONG_AGO, "proof" },
		{ RECHECK, "proof" },

		/* whose key it is depends on the LUN */
		{ KEY, "proof, key" },
		{ REGISTERED, "" },
		{ KEY | NO_MAP, "" },
		{ KEY | NVME, "" },

		{ DETECT, "rdac if listed" },
		{ DETECT | ARRAY_RDAC, "rdac" },
		{ DETECT | ARRAY_TUR, "" },
		{ DETECT | KNOWN, "" },
		{ DETECT | KNOWN | AGAIN, "rdac if listed" },
		{ DETECT | NVME, "ana" },
		{ DETECT | NVME | KNOWN, "" },
		{ DETECT | NVME | KNOWN | AGAIN, "ana" },
		{ NVME | AGAIN, "" },

		{ VENDOR, "page" },
		{ VENDOR | KNOWN, "" },
		{ VENDOR | KNOWN | AGAIN, "page" },
		{ VENDOR | NVME, "" },

		{ WEIGHTED, "priority" },
		{ WEIGHTED | RECENT, "priority" },
		{ WEIGHTED | DOWN, "" },
		{ WEIGHTED | DOWN | NO_PRIORITY, "priority" },
		{ WEIGHTED | NO_MAP, "" },
		{ ALUA, "priorities" },
		{ ALUA | RECENT, "" },
		{ ALUA | ASKED, "" },
		{ ALUA | ASKED | NO_PRIORITY, "priorities" },
		{ ALUA | ASKED | RECENT | ITSELF, "priority" },
		{ ALUA | RECENT | NO_TPG, "priorities" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_world_ struct world world;
		struct schedule_questions questions;
		char text[128];

		world_init(&world);
		world_set(&world, rows[i].facts);
		questions = schedule_ask(world.a, recorded.now_usec);
		snprintf(text, sizeof(text), "%s%s%s%s%s%s", questions.proof ? ", proof" : "",
			 questions.reservation.wanted ? ", key" : "",
			 !questions.rdac	  ? "" :
			 questions.rdac_if_listed ? ", rdac if listed" :
						    ", rdac",
			 questions.ana ? ", ana" : "", questions.vpd_vendor ? ", page" : "",
			 questions.priority_of_all ? ", priorities" :
			 questions.priority	   ? ", priority" :
						     "");
		if (strcmp(*text ? text + 2 : "", rows[i].expected))
			fail_msg("row %zu%s, not \"%s\"", i, text, rows[i].expected);
		recorded_expect("");
	}
}

#define NAA "360a98000abcdef0123456789abcdef01"
#define EUI "eui.0123456789abcdef"

static void the_name_that_a_device_should_report_is_the_best_known_one(void **state)
{
	static const struct {
		const char *wwid; /* by udev */
		const char *told, *named; /* by the device; by udev, from page 0x83 */
		bool nvme;
		const char *known;
		bool certain;
	} rows[] = {
		{ NAA, NULL, NULL, false, NAA, true },
		{ NAA, NAA, NULL, false, NAA, true },
		{ "of_a_script", NULL, NULL, false, "of_a_script", false },
		{ "of_a_script", NULL, NAA, false, NAA, true },
		{ "of_a_script", NAA, NULL, false, NAA, true },
		{ EUI, NULL, NULL, true, EUI, true },
		{ "of_a_script", NULL, NULL, true, "of_a_script", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_world_ struct world world;
		struct schedule_questions questions;

		world_init(&world);
		world.a->told_wwid = rows[i].told && !strcmp(rows[i].told, rows[i].wwid);
		if (rows[i].told && !world.a->told_wwid)
			world.a->proof = strdup(rows[i].told);
		if (rows[i].named)
			world.a->named = strdup(rows[i].named);
		strcpy(world.a->path.identity.wwid, rows[i].wwid);
		if (rows[i].nvme)
			world.a->path.identity.protocol = MP_PROTOCOL_NVME_TCP;
		questions = schedule_ask(world.a, recorded.now_usec);
		assert_string_equal(questions.known, rows[i].known);
		if (questions.certain != rows[i].certain)
			fail_msg("row %zu", i);
	}
}

static void at_the_longest_interval_the_paths_of_a_map_are_checked_together(void **state)
{
	_cleanup_world_ struct world world;
	uint64_t now = 1000 * 1000000ull;

	(void)state;
	world_init(&world);
	world.a->path.interval_sec = 10; /* of at most 20 */
	assert_true(schedule_next_usec(world.a, now + 300000) == now + 10000000);
	world.a->path.interval_sec = world.b->path.interval_sec = 20;
	for (unsigned sec = 0; sec < 40; sec++) {
		uint64_t next = schedule_next_usec(world.a, now + sec * 1000000);

		assert_true(next % 1000000 == 0 && next / 1000000 % 5 == 0);
		assert_true(next > now + sec * 1000000 && next <= now + (sec + 20) * 1000000);
		assert_true(next == schedule_next_usec(world.b, now + sec * 1000000 + 999999));
	}
	mp_map_remove_path(&world.a->path);
	assert_true(schedule_next_usec(world.a, now) == now + 20000000);
}

static void a_check_under_way_is_followed_by_the_one_asked_for(void **state)
{
	_cleanup_world_ struct world world;

	(void)state;
	world_init(&world);
	schedule_check(world.a);
	recorded_expect(CHECK("sda"));
	assert_false(world.a->check_now);
	schedule_check(world.a);
	recorded_expect("");
	assert_true(world.a->check_now);
}

static void a_path_whose_checker_is_disabled_is_not_checked(void **state)
{
	_cleanup_world_ struct world world;

	(void)state;
	world_init(&world);
	world.a->path.checker_disabled = true;
	schedule_check(world.a);
	world.b->checker = NULL;
	schedule_check(world.b);
	recorded_expect("");
	assert_false(world.a->check_now);
}

static void one_path_asks_for_the_priorities_of_all(void **state)
{
	_cleanup_world_ struct world world;

	(void)state;
	world_init(&world);
	world.a->prioritizer = world.b->prioritizer = mp_prioritizer_find("alua");
	world.a->path.priority = world.b->path.priority = 50;
	schedule_check(world.a);
	assert_ptr_equal(recorded.check->prioritizer, world.a->prioritizer);
	assert_int_equal(world.map->prio_asking, world.a->path.id);
	schedule_check(world.b);
	assert_null(recorded.check->prioritizer);
	schedule_end_round(world.b); /* it is not the one */
	assert_int_equal(world.map->prio_asking, world.a->path.id);
	schedule_end_round(world.a);
	assert_int_equal(world.map->prio_asking, 0);
}

static void a_new_path_is_checked_at_once_unless_others_are_still_to_be_found(void **state)
{
	static const struct {
		enum mp_init_state init;
		bool checks, enumerating;
		const char *asked;
		unsigned unanswered;
	} rows[] = {
		{ MP_INIT_OK, true, false, "sda is due in 1 s\n" CHECK("sda"), 1 },
		{ MP_INIT_OK, true, true, "sda is due in 1 s\n", 1 },
		{ MP_INIT_OK, false, false, "sda is due in 1 s\n", 0 },
		/* udev is asked first */
		{ MP_INIT_MISSING_UDEV, true, false, "sda is due in 10 s\n", 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_world_ struct world world;

		world_init(&world);
		world.a->answered = false;
		world.a->path.init = rows[i].init;
		world.made.inventory.options.check = rows[i].checks;
		world.made.daemon.enumerating = rows[i].enumerating;
		schedule_start(world.a);
		recorded_expect(rows[i].asked);
		assert_int_equal(world.made.inventory.unanswered, rows[i].unanswered);
		assert_int_equal(world.a->answered_state, MP_PATH_UNCHECKED);
		if (!rows[i].enumerating)
			continue;
		schedule_start_late(world.b);
		schedule_start_late(world.a);
		recorded_expect(CHECK("sda")); /* sdb has answered */
	}
}

static void a_map_waits_for_the_answer_of_a_path_in_doubt(void **state)
{
	static const struct {
		enum mp_path_state before;
		bool under_way, disabled;
		bool waits, asked_before;
		const char *asked;
	} rows[] = {
		{ MP_PATH_UP, false, false, true, false, CHECK("sda") },
		{ MP_PATH_UP, true, false, true, true, "" }, /* what runs may be too old */
		{ MP_PATH_DOWN, false, false, false, false, CHECK("sda") },
		{ MP_PATH_UP, false, true, false, false, "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_world_ struct world world;

		world_init(&world);
		if (rows[i].under_way)
			schedule_check(world.a);
		recorded_forget();
		world.a->answered_state = rows[i].before;
		world.a->path.checker_disabled = rows[i].disabled;
		schedule_doubt(world.a);
		recorded_expect(rows[i].asked);
		assert_false(mp_path_is_proven(&world.a->path));
		assert_int_equal(world.a->answered, !rows[i].waits);
		assert_int_equal(world.made.inventory.unanswered, rows[i].waits);
		assert_int_equal(world.a->asked_before, rows[i].asked_before);

		/* An answer to what was asked before does not end that. */
		schedule_note_answer(world.a);
		assert_int_equal(world.a->answered, !rows[i].asked_before);
		assert_int_equal(world.map->dirty, rows[i].waits && !rows[i].asked_before);
	}
}

static void a_map_waits_for_the_priority_of_another_prioritizer(void **state)
{
	_cleanup_world_ struct world world;

	(void)state;
	world_init(&world);
	world.a->path.priority = world.b->path.priority = 50;
	world.b->answered_state = MP_PATH_DOWN;
	schedule_await_priority(world.a);
	schedule_await_priority(world.b);
	recorded_expect("");
	assert_int_equal(world.made.inventory.unanswered, 1);
	assert_int_equal(world.a->path.priority, MP_PRIORITY_UNDEF);
	assert_int_equal(world.b->path.priority, 50);
	schedule_give_up_all(&world.made.daemon);
	assert_int_equal(world.made.inventory.unanswered, 0);
	assert_true(world.map->dirty);
}

static void a_path_that_goes_takes_its_check_and_its_waiters_along(void **state)
{
	_cleanup_world_ struct world world;
	struct waiter *waiter = calloc(1, sizeof(*waiter));

	(void)state;
	world_init(&world);
	assert_non_null(waiter);
	waiter->request = 9;
	cds_list_add_tail(&waiter->in_waiters, &world.a->waiters);
	schedule_check(world.a);
	schedule_doubt(world.a);
	recorded_forget();
	schedule_stop(world.a);
	recorded_expect("reply 9: fail\nsda is not due\nabandon the check of /dev/sda\n");
	assert_int_equal(world.made.inventory.unanswered, 0);
	world.b->fd = 5;
	schedule_stop(world.b);
	recorded_expect("close 5\n");
	assert_int_equal(world.b->fd, -1);
}

static void a_device_that_may_be_another_one_is_opened_again(void **state)
{
	_cleanup_world_ struct world world;

	(void)state;
	world_init(&world);
	world.a->fd = 5;
	schedule_reopen(world.a);
	recorded_expect("close 5\n");
	world.b->fd = 6;
	schedule_check(world.b);
	recorded_forget();
	schedule_reopen(world.b); /* the check has it */
	recorded_expect("");
	assert_int_equal(world.b->fd, 6);
	world.b->fd = -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_check_asks_for_what_is_not_known_or_too_old),
		cmocka_unit_test(the_name_that_a_device_should_report_is_the_best_known_one),
		cmocka_unit_test(at_the_longest_interval_the_paths_of_a_map_are_checked_together),
		cmocka_unit_test(a_check_under_way_is_followed_by_the_one_asked_for),
		cmocka_unit_test(a_path_whose_checker_is_disabled_is_not_checked),
		cmocka_unit_test(one_path_asks_for_the_priorities_of_all),
		cmocka_unit_test(a_new_path_is_checked_at_once_unless_others_are_still_to_be_found),
		cmocka_unit_test(a_map_waits_for_the_answer_of_a_path_in_doubt),
		cmocka_unit_test(a_map_waits_for_the_priority_of_another_prioritizer),
		cmocka_unit_test(a_path_that_goes_takes_its_check_and_its_waiters_along),
		cmocka_unit_test(a_device_that_may_be_another_one_is_opened_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
