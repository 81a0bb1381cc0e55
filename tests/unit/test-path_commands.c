/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include "commands-asked.h"

#define FAIL "reply 7: fail\n"
#define NOT_FOUND "reply 7: fail\ndevice not found\n"

static void a_failed_path_is_down_and_not_checked_until_it_is_reinstated(void **state)
{
	(void)state;
	ask("fail path sda", "message w: fail_path 8:0 for request 7\n");
	assert_true(asked.path->path.checker_disabled);
	assert_int_equal(asked.path->path.state, MP_PATH_DOWN);
	assert_int_equal(asked.map->map.stats.path_faults, 1);
	/* it must report its WWID first */
	ask("reinstate path sda", "check /dev/sda for at most 30 s\n"
				  "sda is due in 1 s\n");
	assert_false(asked.path->path.checker_disabled);
}

static void a_path_is_refused_in_the_words_of_each_command(void **state)
{
	static const struct asked_row rows[] = {
		{ "fail path sdz", NOT_FOUND },
		{ "reinstate path sdz", NOT_FOUND },
		{ "setmarginal path sdz", NOT_FOUND },
		{ "unsetmarginal path sdz", NOT_FOUND },
		{ "remove path sdz", NOT_FOUND },
		/* in no map */
		{ "fail path sdc", FAIL },
		{ "reinstate path sdc", FAIL },
		{ "setmarginal path sdc", FAIL },
		{ "unsetmarginal path sdc", FAIL },
	};

	(void)state;
	ASK_ROWS(rows);
	asked.map->map.kernel.exists = false; /* in one that does not exist in the kernel */
	ask("fail path sda", FAIL);
	ask("reinstate path sda", FAIL);
	ask("setmarginal path sda", FAIL);
}

static void a_path_that_leads_to_another_lun_is_not_reinstated(void **state)
{
	(void)state;
	asked.path->path.wrong_wwid = true;
	ask("reinstate path sda", FAIL);
}

static void a_marginal_mark_is_set_and_unset_with_a_reload(void **state)
{
	(void)state;
	ask_and_await("setmarginal path sda", "");
	assert_true(asked.path->path.marginal);
	assert_true(asked.map->force_reload);
	asked.map->force_reload = false;
	ask_and_await("unsetmarginal path sda", "");
	assert_false(asked.path->path.marginal);
	assert_true(asked.map->force_reload);
}

static void a_device_that_cannot_be_a_path_is_not_added(void **state)
{
	static const struct asked_row rows[] = {
		{ "add path ram0", "reply 7: blacklisted\n" },
		{ "add path /dev/ram0", "reply 7: blacklisted\n" },
		{ "add path sda", "reply 7: ok\n" }, /* it is in its map */
		{ "add path sdc", "read sdc for request 7\n" },
	};
	struct disk_reading reading = { .disk = { .name = "sdc", .error = -ENODEV },
					.path_epoch = asked.orphan->path.epoch };
	const struct request request = { .id = 7, .is_root = true, .text = "add path sdc" };

	(void)state;
	ASK_ROWS(rows);
	/* That disk does not exist. */
	asked.then(&asked.made.daemon, &request,
		   &(struct details){ .readings = &reading, .reading_count = 1 });
	recorded_expect(FAIL);
	/* An event came after it was read: it is read again. */
	asked.orphan->path.epoch++;
	asked.then(&asked.made.daemon, &request,
		   &(struct details){ .readings = &reading, .reading_count = 1 });
	recorded_expect("read sdc for request 7\n");
}

static void a_path_is_removed_when_its_map_has_dropped_it(void **state)
{
	(void)state;
	ask_and_await("remove path sda", "");
	assert_true(asked.map->emptied);
	assert_null(paths_find_name(&asked.made.inventory, "sda"));
	ask("remove path sdc", "reply 7: ok\n");
	assert_null(paths_find_name(&asked.made.inventory, "sdc"));
}

static void a_removed_path_is_not_brought_back_by_an_earlier_event(void **state)
{
	struct inspections *inspections = asked.made.daemon.inspections;

	(void)state;
	assert_int_equal(admission_ask(asked.orphan, INSPECT_EVENT), 0);
	ask("remove path sdc", "reply 7: ok\n");
	inspections_go(inspections);
	recorded_expect("");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ASKED_TEST(a_failed_path_is_down_and_not_checked_until_it_is_reinstated),
		ASKED_TEST(a_path_is_refused_in_the_words_of_each_command),
		ASKED_TEST(a_path_that_leads_to_another_lun_is_not_reinstated),
		ASKED_TEST(a_marginal_mark_is_set_and_unset_with_a_reload),
		ASKED_TEST(a_device_that_cannot_be_a_path_is_not_added),
		ASKED_TEST(a_path_is_removed_when_its_map_has_dropped_it),
		ASKED_TEST(a_removed_path_is_not_brought_back_by_an_earlier_event),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
