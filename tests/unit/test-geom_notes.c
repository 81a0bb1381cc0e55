/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config/geom_notes.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "hostile.h"

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

static void a_line_is_added_once_and_all_that_match_are_removed(void **state)
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
	mp_strbuf_puts(
		&notes,
		"known u1 FOO 3600a # a disk\n  known\tu2  BAR\nknown u3\nknown u4 BAZ 3600b\n# known u5 X 3600c\n");
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

static void notes_are_read_back_as_written(void **state)
{
	_cleanup_strbuf_ struct mp_strbuf notes = MP_STRBUF_INIT;
	char text[200], wanted[32];

	(void)state;
	mp_strbuf_add(&notes, "load yes\n\0torn\n", 15);
	mp_geom_notes_clean(&notes);
	for (size_t i = 0; i < ARRAY_SIZE(hostile_words); i++) {
		_cleanup_strbuf_ struct mp_strbuf line = MP_STRBUF_INIT;

		mp_strbuf_printf(&line, "known u%zu ", i);
		mp_geom_notes_put_word(&line, hostile_words[i]);
		mp_strbuf_putc(&line, ' ');
		mp_geom_notes_put_word(&line, hostile_words[i]);
		assert_true(mp_geom_notes_add(&notes, mp_strbuf_text(&line)));
		assert_false(mp_geom_notes_add(&notes, mp_strbuf_text(&line)));
	}
	for (size_t i = 0; i < ARRAY_SIZE(hostile_words); i++) {
		snprintf(wanted, sizeof(wanted), "u%zu", i);
		assert_int_equal(mp_geom_notes_uuid(&notes, hostile_words[i], text, sizeof(text)),
				 0);
		assert_string_equal(text, wanted);
		assert_int_equal(mp_geom_notes_wwid(&notes, wanted, text, sizeof(text)), 0);
		assert_string_equal(text, hostile_words[i]);
		snprintf(wanted, sizeof(wanted), "known u%zu", i);
		assert_int_equal(mp_geom_notes_next(&notes, wanted, text, sizeof(text)), 0);
		assert_string_equal(text, hostile_words[i]);
		assert_true(mp_geom_notes_remove(&notes, wanted));
	}
	assert_string_equal(mp_strbuf_text(&notes), "load yes\n?torn\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_is_found_by_its_first_words),
		cmocka_unit_test(a_line_is_added_once_and_all_that_match_are_removed),
		cmocka_unit_test(a_known_label_claims_the_disk_it_is_on),
		cmocka_unit_test(notes_are_read_back_as_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
