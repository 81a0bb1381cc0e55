/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/strbuf.h"

static void text_is_built_piece_by_piece(void **state)
{
	_cleanup_strbuf_ struct mp_strbuf buf = MP_STRBUF_INIT;

	(void)state;
	assert_string_equal(mp_strbuf_text(&buf), "");
	mp_strbuf_puts(&buf, "ab");
	mp_strbuf_putc(&buf, 'c');
	mp_strbuf_add(&buf, "defg", 2);
	mp_strbuf_fill(&buf, '.', 3);
	mp_strbuf_fill(&buf, '!', 0);
	mp_strbuf_printf(&buf, "%d-%s", 7, "x");
	assert_string_equal(mp_strbuf_text(&buf), "abcde...7-x");
	assert_int_equal(buf.length, strlen("abcde...7-x"));
	assert_int_equal(buf.error, 0);
}

static void text_may_contain_a_nul(void **state)
{
	_cleanup_strbuf_ struct mp_strbuf buf = MP_STRBUF_INIT;

	(void)state;
	mp_strbuf_add(&buf, "a\0b", 3);
	assert_int_equal(buf.length, 3);
	assert_memory_equal(buf.text, "a\0b", 4);
}

static void text_grows_as_needed(void **state)
{
	_cleanup_strbuf_ struct mp_strbuf buf = MP_STRBUF_INIT;

	(void)state;
	for (unsigned i = 0; i < 100000; i++)
		mp_strbuf_printf(&buf, "%c", 'a' + i % 26);
	assert_int_equal(buf.length, 100000);
	for (unsigned i = 0; i < 100000; i++)
		assert_int_equal(buf.text[i], 'a' + i % 26);
	assert_int_equal(buf.text[100000], '\0');
}

static void every_length_fits_with_its_nul(void **state)
{
	(void)state;
	for (int length = 0; length < 600; length++) {
		_cleanup_strbuf_ struct mp_strbuf printed = MP_STRBUF_INIT, filled = MP_STRBUF_INIT;

		mp_strbuf_printf(&printed, "%*s", length, "");
		mp_strbuf_fill(&filled, ' ', length);
		assert_int_equal(strlen(mp_strbuf_text(&printed)), length);
		assert_string_equal(mp_strbuf_text(&printed), mp_strbuf_text(&filled));
	}
}

static void a_cleared_buffer_starts_again(void **state)
{
	_cleanup_strbuf_ struct mp_strbuf buf = MP_STRBUF_INIT;

	(void)state;
	mp_strbuf_clear(&buf);
	mp_strbuf_puts(&buf, "old");
	mp_strbuf_clear(&buf);
	assert_string_equal(mp_strbuf_text(&buf), "");
	mp_strbuf_puts(&buf, "new");
	assert_string_equal(mp_strbuf_text(&buf), "new");
	mp_strbuf_fini(&buf);
	mp_strbuf_puts(&buf, "again");
	assert_string_equal(mp_strbuf_text(&buf), "again");
}

static void text_is_handed_over(void **state)
{
	struct mp_strbuf buf = MP_STRBUF_INIT;
	_cleanup_free_ char *text = NULL, *empty = NULL;

	(void)state;
	assert_int_equal(mp_strbuf_take(&buf, &empty), 0);
	assert_string_equal(empty, "");
	mp_strbuf_puts(&buf, "x");
	assert_int_equal(mp_strbuf_take(&buf, &text), 0);
	assert_string_equal(text, "x");
	assert_null(buf.text);
}

static void an_error_is_remembered(void **state)
{
	struct mp_strbuf buf = MP_STRBUF_INIT;
	char *text = NULL;

	(void)state;
	mp_strbuf_puts(&buf, "x");
	buf.error = -ENOMEM;
	mp_strbuf_puts(&buf, "y");
	mp_strbuf_printf(&buf, "%d", 1);
	assert_string_equal(mp_strbuf_text(&buf), "x");
	assert_int_equal(mp_strbuf_take(&buf, &text), -ENOMEM);
	assert_null(text);
	assert_null(buf.text);
	assert_int_equal(buf.error, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_built_piece_by_piece),
		cmocka_unit_test(text_may_contain_a_nul),
		cmocka_unit_test(text_grows_as_needed),
		cmocka_unit_test(every_length_fits_with_its_nul),
		cmocka_unit_test(a_cleared_buffer_starts_again),
		cmocka_unit_test(text_is_handed_over),
		cmocka_unit_test(an_error_is_remembered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
