/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "commands-asked.h"

#include <errno.h>

#include "multipathd/control/tastings.h"
#include "multipathd/state/duties.h"
#include "multipathd/state/lanes.h"

#define KNOWN "known 1b5a1f5e-1111-2222-3333-444455556666 name lun0\n"

static void note(const char *text)
{
	struct mp_strbuf *notes = &asked.made.inventory.geom_notes;

	mp_strbuf_clear(notes);
	mp_strbuf_puts(notes, text);
}

static int tastings_teardown(void **state)
{
	mp_strbuf_fini(&asked.made.inventory.geom_notes);
	return asked_teardown(state);
}

static void a_label_is_looked_for_where_it_may_make_a_map(void **state)
{
	static const struct {
		const char *notes;
		bool incomplete; /* notes that could not be read */
		bool in_map, exists;
		bool needed;
	} rows[] = {
		{ KNOWN, false, false, false, true },
		{ "load yes\n" KNOWN, false, false, false, true },
		{ "load no\n" KNOWN, false, false, false, false },
		{ "", false, false, false, false }, /* no label is known: there is none to find */
		{ "load yes\n", false, false, false, false },
		{ KNOWN, true, false, false, false },
		{ KNOWN, false, true, true, false },
		{ KNOWN, false, true, false, true }, /* of its WWID, and not created */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct daemon_path *path = rows[i].in_map ? asked.path : asked.orphan;

		note(rows[i].notes);
		asked.made.inventory.geom_notes_incomplete = rows[i].incomplete;
		asked.map->map.kernel.exists = rows[i].exists;
		if (tastings_needed(path) != rows[i].needed)
			fail_msg("row %zu", i);
	}
	asked.map->map.kernel.exists = true;
}

static void a_disk_is_read_in_its_own_lane(void **state)
{
	(void)state;
	note(KNOWN);
	tastings_on_up(asked.orphan);
	recorded_expect("work\n");
	assert_int_equal(recorded.lane, lane_of_path(&asked.orphan->path.identity));
	assert_false(recorded.work->exclusive); /* it may hang */
	recorded_return_works(); /* without a label the engine is not called */
	recorded_expect("");
	tastings_on_up(asked.path);
	recorded_expect("");
}

static void only_the_daemon_adds_disks(void **state)
{
	static const struct duties none = { 0 };

	(void)state;
	note(KNOWN);
	asked.made.inventory.duties = &none;
	tastings_on_up(asked.orphan);
	recorded_expect("");
}

static void the_engine_is_called_again_if_it_was_busy(void **state)
{
	static const struct {
		int result;
		enum tasting_verdict verdict;
	} rows[] = {
		{ 1, TASTING_ADDED },	   { 0, TASTING_LEFT },		  { -EIO, TASTING_LEFT },
		{ -ENODEV, TASTING_LEFT }, { -ETIMEDOUT, TASTING_AGAIN },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_int_equal(tastings_judge(rows[i].result), rows[i].verdict);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, asked_setup, tastings_teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_label_is_looked_for_where_it_may_make_a_map),
		TEST(a_disk_is_read_in_its_own_lane),
		TEST(only_the_daemon_adds_disks),
		TEST(the_engine_is_called_again_if_it_was_busy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
