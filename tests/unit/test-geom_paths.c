/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "commands-asked.h"

#include "model/geom.h"
#include "model/geom_facts.h"
#include "multipathd/control/geom_paths.h"

#define MANUAL "w" /* its paths are named by hand */
#define LABEL "1b5a1f5e-1111-2222-3333-444455556666"
#define AUTOMATIC MP_GEOM_WWID_AUTOMATIC LABEL

static void a_path_has_the_wwid_that_was_noted_or_else_is_reported(void **state)
{
	static const struct {
		const char *map, *known; /* known: from an earlier judgement; NULL: none */
		const char *run, *lasting, *told, *wwid;
		bool wrong_lun;
	} rows[] = {
		{ MANUAL, NULL, "", "", "lun0", "lun0", false },
		{ MANUAL, NULL, "", "", "", "", false },
		{ MANUAL, NULL, "lun w 8:0 lun0\n", "", "lun0", "lun0", false },
		{ MANUAL, NULL, "lun w 8:0 lun0\n", "", "lun1", "lun0", true },
		/* what it leads to now is not known */
		{ MANUAL, NULL, "lun w 8:0 lun0\n", "", "", "lun0", false },
		{ MANUAL, NULL, "foreign w 8:0 lun0\n", "", "lun1", "lun0", true },
		{ MANUAL, NULL, "lun w 8:0 lun2\nforeign w 8:0 lun0\n", "", "lun1", "lun0", true },
		/* of another path, of another map */
		{ MANUAL, NULL, "lun w 8:16 lun0\n", "", "lun1", "lun1", false },
		{ MANUAL, NULL, "lun v 8:0 lun0\n", "", "lun1", "lun1", false },
		/* a serial number cannot be compared with sysfs */
		{ MANUAL, NULL, "lun w 8:0 serial\\x200815\n", "", "lun1", "lun1", false },
		/* once known, it stays: the notes may be about another path by now */
		{ MANUAL, "lun0", "lun w 8:0 lun1\n", "", "lun1", "lun0", true },
		{ MANUAL, "", "lun w 8:0 lun0\n", "", "lun1", "", false },

		{ AUTOMATIC, NULL, "", "known " LABEL " name lun0\n", "lun1", "lun0", true },
		{ AUTOMATIC, NULL, "", "known " LABEL " name lun0\n", "lun0", "lun0", false },
		{ AUTOMATIC, NULL, "", "known " LABEL " name\n", "lun1", "lun1", false },
		{ AUTOMATIC, NULL, "", "", "lun1", "lun1", false },
		{ AUTOMATIC, NULL, "lun " AUTOMATIC " 8:0 lun2\n", "known " LABEL " name lun0\n",
		  "lun1", "lun2", true },
		/* such a map has no label */
		{ MANUAL, NULL, "", "known w name lun0\n", "lun1", "lun1", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct mp_geom_facts *facts = mp_geom_facts_new(1);
		struct geom_path_verdict verdict;

		assert_non_null(facts);
		mp_strbuf_puts(&facts->run, rows[i].run);
		mp_strbuf_puts(&facts->lasting, rows[i].lasting);
		facts->disks[0].devt = asked.path->path.identity.devt;
		strcpy(facts->disks[0].wwid, rows[i].told);
		free(asked.path->geom_wwid);
		asked.path->geom_wwid = rows[i].known ? strdup(rows[i].known) : NULL;
		geom_paths_judge(asked.path, rows[i].map, facts, &verdict);
		mp_geom_facts_free(facts);
		if (strcmp(verdict.wwid, rows[i].wwid) || verdict.wrong_lun != rows[i].wrong_lun)
			fail_msg("row %zu: \"%s\"%s", i, verdict.wwid,
				 verdict.wrong_lun ? ", wrong LUN" : "");
	}
}

static void take(const char *run)
{
	struct mp_geom_facts **facts = &asked.map->map.kernel.geom;

	mp_geom_facts_free(*facts);
	*facts = mp_geom_facts_new(1);
	assert_non_null(*facts);
	mp_strbuf_puts(&(*facts)->run, run);
	(*facts)->disks[0].devt = asked.path->path.identity.devt;
	strcpy((*facts)->disks[0].wwid, "lun0");
	geom_paths_take(asked.map);
}

static void a_path_failed_by_hand_is_not_checked_until_it_is_restored(void **state)
{
	(void)state;
	asked.path->geom_wwid = strdup("lun0");
	asked.other->geom_wwid = strdup("lun0");
	take("failed w 8:16\n");
	recorded_expect("");
	assert_false(asked.path->path.checker_disabled);
	assert_true(asked.other->path.checker_disabled);
	take("failed w 8:16\n");
	recorded_expect("");
	take("failed v 8:16\nfailed w 8:0\n");
	recorded_expect("check /dev/sdb for at most 30 s\n"
			"sdb is due in 1 s\n");
	assert_true(asked.path->path.checker_disabled);
	assert_false(asked.other->path.checker_disabled);
}

static void a_path_that_joins_is_judged_by_a_look_that_begins_after_that(void **state)
{
	const uint64_t generation = asked.map->generation;

	(void)state;
	asked.path->geom_wwid = strdup("lun1"); /* from before its disk led to another LUN */
	geom_paths_join(asked.map, asked.path);
	recorded_expect("look\n");
	assert_true(asked.path->geom_unjudged);
	assert_true(asked.map->read_again);
	assert_true(asked.map->generation != generation); /* no look in progress counts */
	geom_paths_take(asked.map); /* only states were read */
	assert_true(asked.path->geom_unjudged);
	take("");
	recorded_expect("check /dev/sda for at most 30 s\n"
			"sda is due in 1 s\n");
	assert_false(asked.path->geom_unjudged);
	assert_true(asked.path->geom_wrong_lun);
}

static void a_path_that_leaves_is_in_the_map_of_its_wwid(void **state)
{
	(void)state;
	asked.orphan->path.identity.wwid[0] = 'x';
	mp_map_add_path(&asked.map->map, &asked.orphan->path);
	asked.orphan->path.checker_disabled = true;
	asked.orphan->geom_wwid = strdup("lun0");
	asked.orphan->geom_wrong_lun = true;
	geom_paths_leave(&asked.orphan->path);
	assert_non_null(asked.orphan->path.map);
	assert_string_equal(asked.orphan->path.map->wwid, "x");
	assert_true(daemon_map_of(asked.orphan->path.map)->keep_uncreated);
	assert_null(asked.orphan->geom_wwid);
	assert_false(asked.orphan->geom_wrong_lun);
	assert_false(asked.orphan->path.checker_disabled);
}

static void a_path_without_wwid_that_leaves_is_in_no_map(void **state)
{
	(void)state;
	asked.path->path.init = MP_INIT_MISSING_UDEV;
	geom_paths_leave(&asked.path->path);
	recorded_expect("");
	assert_null(asked.path->path.map);
}

static void a_wrong_lun_is_found_by_the_check_or_by_the_reported_wwid(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		asked.path->path.wrong_wwid = i & 1;
		asked.path->geom_wrong_lun = i & 2;
		assert_int_equal(geom_paths_has_wrong_lun(asked.path), i != 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ASKED_TEST(a_path_has_the_wwid_that_was_noted_or_else_is_reported),
		ASKED_TEST(a_path_failed_by_hand_is_not_checked_until_it_is_restored),
		ASKED_TEST(a_path_that_joins_is_judged_by_a_look_that_begins_after_that),
		ASKED_TEST(a_path_that_leaves_is_in_the_map_of_its_wwid),
		ASKED_TEST(a_path_without_wwid_that_leaves_is_in_no_map),
		ASKED_TEST(a_wrong_lun_is_found_by_the_check_or_by_the_reported_wwid),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
