/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config/geom_notes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cleanup.h"

static void a_line_is_found_by_its_first_words(void **state)
{
	_cleanup_strbuf_ struct mp_strbuf notes = MP_STRBUF_INIT;

	(void)state;
	mp_strbuf_puts(&notes, "# known none\nload yes # always\n\tknown  a-b \tFOO\nknown c");
	assert_true(mp_geom_notes_has(&notes, "load yes"));
	assert_false(mp_geom_notes_has(&notes, "load no"));
	assert_true(mp_geom_notes_has(&notes, "known a-b"));
	assert_true(mp_geom_notes_has(&notes, "known c"));
	assert_false(mp_geom_notes_has(&notes, "known a"));
	assert_false(mp_geom_notes_has(&notes, "known none"));
}

static void lines_come_once_and_go_all(void **state)
{
	_cleanup_strbuf_ struct mp_strbuf notes = MP_STRBUF_INIT;

	(void)state;
	mp_strbuf_puts(&notes, "# kept\nload yes");
	assert_true(mp_geom_notes_add(&notes, "failed GEOM-a 8:0"));
	assert_false(mp_geom_notes_add(&notes, "failed GEOM-a 8:0"));
	assert_true(mp_geom_notes_add(&notes, "failed GEOM-a 8:16"));
	assert_true(mp_geom_notes_add(&notes, "failed GEOM-b 8:16"));
	assert_true(mp_geom_notes_remove(&notes, "failed GEOM-a"));
	assert_false(mp_geom_notes_remove(&notes, "failed GEOM-a"));
	assert_string_equal(mp_strbuf_text(&notes), "# kept\nload yes\nfailed GEOM-b 8:16\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_is_found_by_its_first_words),
		cmocka_unit_test(lines_come_once_and_go_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
