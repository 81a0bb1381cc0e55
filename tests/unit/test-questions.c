/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/questions.h"

#include "base/cleanup.h"
#include "pair-proven.h"
#include "prioritizers/prioritizer.h"

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
	FPIN = 1 << 22, /* marginal_pathgroups fpin */
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
	if (facts & FPIN) {
		struct mp_identity connected = *identity;

		connected.address.host = 3;
		assert_int_equal(paths_set_identity(path, &connected), 0);
		world->process = *world->made.inventory.process;
		world->process.marginal_pathgroups = MP_MARGINAL_FPIN;
		world->made.inventory.process = &world->process;
	}
	if (facts & NO_MAP)
		mp_map_remove_path(&path->path);
}

static void a_check_asks_for_facts_that_are_unknown_or_outdated(void **state)
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
		{ WEIGHTED | DOWN, "priority" },
		{ WEIGHTED | DOWN | NO_PRIORITY, "priority" },
		{ WEIGHTED | NO_MAP, "" },
		{ ALUA, "priorities" },
		{ ALUA | RECENT, "" },
		{ ALUA | RECENT | DOWN, "priorities" },
		{ ALUA | ASKED | DOWN, "priorities" },
		{ ALUA | ASKED, "" },
		{ ALUA | ASKED | NO_PRIORITY, "priorities" },
		{ ALUA | ASKED | RECENT | ITSELF, "priority" },
		{ ALUA | RECENT | NO_TPG, "priorities" },

		{ FPIN, "port" },
		{ FPIN | NO_MAP, "port" },
		{ FPIN | NVME, "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_world_ struct world world;
		struct questions questions;
		char text[128];

		world_init(&world);
		world_set(&world, rows[i].facts);
		questions = questions_ask(world.a, recorded.now_usec);
		snprintf(text, sizeof(text), "%s%s%s%s%s%s%s", questions.proof ? ", proof" : "",
			 questions.reservation.wanted ? ", key" : "",
			 !questions.rdac	  ? "" :
			 questions.rdac_if_listed ? ", rdac if listed" :
						    ", rdac",
			 questions.ana ? ", ana" : "", questions.vpd_vendor ? ", page" : "",
			 questions.priority_of_all ? ", priorities" :
			 questions.priority	   ? ", priority" :
						     "",
			 questions.port ? ", port" : "");
		if (strcmp(*text ? text + 2 : "", rows[i].expected))
			fail_msg("row %zu%s, not \"%s\"", i, text, rows[i].expected);
		recorded_expect("");
	}
}

#define NAA "360a98000abcdef0123456789abcdef01"
#define EUI "eui.0123456789abcdef"

static void the_device_is_expected_to_report_its_best_known_name(void **state)
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
		struct questions questions;

		world_init(&world);
		world.a->told_wwid = rows[i].told && !strcmp(rows[i].told, rows[i].wwid);
		if (rows[i].told && !world.a->told_wwid)
			world.a->proof = strdup(rows[i].told);
		if (rows[i].named)
			world.a->named = strdup(rows[i].named);
		strcpy(world.a->path.identity.wwid, rows[i].wwid);
		if (rows[i].nvme)
			world.a->path.identity.protocol = MP_PROTOCOL_NVME_TCP;
		questions = questions_ask(world.a, recorded.now_usec);
		assert_string_equal(questions.known, rows[i].known);
		if (questions.certain != rows[i].certain)
			fail_msg("row %zu", i);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_check_asks_for_facts_that_are_unknown_or_outdated),
		cmocka_unit_test(the_device_is_expected_to_report_its_best_known_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
