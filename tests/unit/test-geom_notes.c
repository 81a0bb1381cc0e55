/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config/geom_notes.h"

#include <errno.h>
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

static void a_known_label_claims_the_disk_it_is_on(void **state)
{
	_cleanup_strbuf_ struct mp_strbuf notes = MP_STRBUF_INIT;
	char text[8];

	(void)state;
	mp_strbuf_puts(&notes, "known u1 FOO 3600a # a disk\n  known\tu2  BAR\nknown u3\nknown u4 BAZ 3600b\n# known u5 X 3600c\n");
	assert_true(mp_geom_notes_claim(&notes, "3600a"));
	assert_true(mp_geom_notes_claim(&notes, "3600b"));
	assert_false(mp_geom_notes_claim(&notes, "3600c"));
	assert_false(mp_geom_notes_claim(&notes, "3600"));
	assert_false(mp_geom_notes_claim(&notes, ""));
	assert_int_equal(mp_geom_notes_wwid(&notes, "u1", text, sizeof(text)), 0);
	assert_string_equal(text, "3600a");
	assert_int_equal(mp_geom_notes_wwid(&notes, "u2", text, sizeof(text)), 0);
	assert_string_equal(text, "");
	assert_int_equal(mp_geom_notes_wwid(&notes, "u", text, sizeof(text)), -ENOENT);
	assert_int_equal(mp_geom_notes_wwid(&notes, "u1", text, 5), -ENAMETOOLONG);
	assert_int_equal(mp_geom_notes_uuid(&notes, "3600b", text, sizeof(text)), 0);
	assert_string_equal(text, "u4");
	assert_int_equal(mp_geom_notes_uuid(&notes, "", text, sizeof(text)), -ENOENT);
	assert_int_equal(mp_geom_notes_next(&notes, "known u2", text, sizeof(text)), 0);
	assert_string_equal(text, "BAR");
	assert_int_equal(mp_geom_notes_next(&notes, "known u3", text, sizeof(text)), -ENOENT);
	assert_int_equal(mp_geom_notes_next(&notes, "known u9", text, sizeof(text)), -ENOENT);
	mp_geom_notes_add(&notes, "load no");
	assert_false(mp_geom_notes_claim(&notes, "3600a"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_is_found_by_its_first_words),
		cmocka_unit_test(lines_come_once_and_go_all),
		cmocka_unit_test(a_known_label_claims_the_disk_it_is_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
