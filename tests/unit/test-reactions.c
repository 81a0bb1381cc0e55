/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "commands-asked.h"

#include "multipathd/control/reactions.h"
#include "multipathd/state/duties.h"

#define QUEUES "1 queue_if_no_path 0 1 1 round-robin 0 2 1 8:0 1 8:16 1"
#define FAILS "0 0 1 1 round-robin 0 2 1 8:0 1 8:16 1"

enum { SDA = 1 << 0, SDB = 1 << 1 };

static const uint64_t now_usec = 1000000000;

/* Map "w" of sda and sdb, of gmultipath. @table: in the kernel. */
static void set_map(const char *table, unsigned failed, unsigned wrong_lun)
{
	struct daemon_path *paths[] = { asked.path, asked.other };

	recorded_table(asked.map, "mpatha", table);
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		if (failed & 1u << i)
			asked.map->map.kernel.table.groups[0].paths[i].state = MP_DM_FAILED;
		paths[i]->geom_wrong_lun = wrong_lun & 1u << i;
	}
}

static struct reaction_facts facts_of(unsigned departed, dev_t devts[2])
{
	struct reaction_facts facts = { .now_usec = now_usec, .departed = devts };

	for (unsigned i = 0; i < 2; i++)
		if (departed & 1u << i)
			devts[facts.departed_count++] = makedev(8, 16 * i);
	return facts;
}

static void other_paths_are_restored_when_the_last_good_one_failed_io(void **state)
{
	static const struct {
		unsigned failed, departed, wrong_lun;
		bool io_failed;
		double restored_before_sec; /* 0: never */
		enum taste_verdict paths;
	} rows[] = {
		{ 0, 0, 0, true, 0, TASTE_NO_VERDICT },
		{ SDA, 0, 0, true, 0, TASTE_NO_VERDICT },
		/* neither can be used */
		{ SDA | SDB, 0, 0, true, 0, TASTE_RESTORE },
		{ SDA, SDB, 0, true, 0, TASTE_RESTORE },
		{ SDA, 0, SDB, true, 0, TASTE_RESTORE },
		{ 0, SDA, SDB, true, 0, TASTE_RESTORE },
		{ 0, SDA | SDB, 0, true, 0, TASTE_RESTORE },
		/* as reported by the checkers, which restore them */
		{ SDA | SDB, 0, 0, false, 0, TASTE_FAIL },
		/* a request that has failed on all paths must end */
		{ SDA | SDB, 0, 0, true, 1, TASTE_FAIL },
		{ SDA | SDB, 0, 0, true, 10, TASTE_FAIL },
		{ SDA | SDB, 0, 0, true, 10.1, TASTE_RESTORE },
		{ SDA | SDB, 0, 0, false, 100, TASTE_FAIL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		double before_sec = rows[i].restored_before_sec;
		dev_t devts[2];
		const struct reaction_facts facts = facts_of(rows[i].departed, devts);

		set_map(QUEUES, rows[i].failed, rows[i].wrong_lun);
		asked.map->io_failed = rows[i].io_failed;
		asked.map->restored_usec =
			before_sec ? now_usec - (uint64_t)(before_sec * 1000000) : 0;
		if (reactions_judge(asked.map, &facts).paths != rows[i].paths)
			fail_msg("row %zu", i);
	}
}

static void failed_paths_are_asked_before_they_may_be_used_again(void **state)
{
	static const struct {
		unsigned failed, departed, wrong_lun;
		bool io_failed, asks_failed;
	} rows[] = {
		{ 0, 0, 0, false, false },
		{ SDA, 0, 0, true, false },
		{ SDA | SDB, 0, 0, false, false }, /* I/O fails: they are left alone */
		{ SDA | SDB, 0, 0, true, true }, /* they are restored */
		/* a table without that path is loaded, and a load restores all others */
		{ SDA, SDB, 0, false, true },
		{ SDA, 0, SDB, false, true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		dev_t devts[2];
		const struct reaction_facts facts = facts_of(rows[i].departed, devts);
		struct reaction_verdict verdict;

		set_map(QUEUES, rows[i].failed, rows[i].wrong_lun);
		asked.map->io_failed = rows[i].io_failed;
		verdict = reactions_judge(asked.map, &facts);
		assert_int_equal(verdict.asks_failed, rows[i].asks_failed);
		assert_int_equal(verdict.has_wrong_lun, rows[i].wrong_lun != 0);
	}
}

static void states_need_a_reaction_without_good_path_queueing_or_table(void **state)
{
	static const struct {
		const char *table;
		unsigned failed;
		bool split, needed;
	} rows[] = {
		{ QUEUES, 0, false, false },	    { QUEUES, SDA, false, false },
		{ QUEUES, SDA | SDB, false, true }, { FAILS, 0, false, true },
		{ QUEUES, 0, true, true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		set_map(rows[i].table, rows[i].failed, 0);
		asked.map->map.kernel.split = rows[i].split;
		assert_int_equal(reactions_needed_on_states(asked.map), rows[i].needed);
	}
}

static void a_path_of_another_lun_or_without_disk_needs_a_reaction(void **state)
{
	static const struct {
		unsigned departed, wrong_lun;
		bool had_wrong_lun, needed;
	} rows[] = {
		{ 0, 0, false, false },
		{ SDB, 0, false, true },
		{ 0, SDB, false, true },
		{ 0, 0, true, true }, /* it leads to the map's LUN again */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		dev_t devts[2];
		const struct reaction_facts facts = facts_of(rows[i].departed, devts);

		set_map(QUEUES, 0, rows[i].wrong_lun);
		asked.map->had_wrong_lun = rows[i].had_wrong_lun;
		assert_int_equal(reactions_needed_on_touched(asked.map, &facts), rows[i].needed);
	}
}

static void a_path_that_left_the_table_needs_no_reaction(void **state)
{
	dev_t devts[2];
	const struct reaction_facts facts = facts_of(0, devts);

	(void)state;
	set_map("1 queue_if_no_path 0 1 1 round-robin 0 1 1 8:0 1", 0, 0);
	asked.other->geom_wrong_lun = true;
	assert_false(reactions_needed_on_touched(asked.map, &facts));
	assert_false(reactions_judge(asked.map, &facts).has_wrong_lun);
}

/* The engine is one piece of work; failed paths are asked in lanes of their own before. */
static void a_reaction_records_what_it_reacted_to(void **state)
{
	(void)state;
	set_map(QUEUES, SDA | SDB, SDB);
	asked.map->io_failed = true;
	reactions_on_states(asked.map);
	assert_true(asked.map->reacting);
	assert_false(asked.map->io_failed);
	assert_true(asked.map->had_wrong_lun);
	assert_int_equal(recorded.work_count, 2);
	recorded_return_works();
	assert_false(asked.map->reacting);
}

static void only_the_daemon_reacts(void **state)
{
	static const struct duties none;

	(void)state;
	asked.made.inventory.duties = &none;
	set_map(QUEUES, SDA | SDB, 0);
	reactions_on_states(asked.map);
	recorded_expect("");
	assert_false(asked.map->reacting);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ASKED_TEST(other_paths_are_restored_when_the_last_good_one_failed_io),
		ASKED_TEST(failed_paths_are_asked_before_they_may_be_used_again),
		ASKED_TEST(states_need_a_reaction_without_good_path_queueing_or_table),
		ASKED_TEST(a_path_of_another_lun_or_without_disk_needs_a_reaction),
		ASKED_TEST(a_path_that_left_the_table_needs_no_reaction),
		ASKED_TEST(a_reaction_records_what_it_reacted_to),
		ASKED_TEST(only_the_daemon_reacts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
