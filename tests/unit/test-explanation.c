/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <json-c/json.h>
#include <string.h>

#include "base/cleanup.h"
#include "show/explanation.h"

static void fill(struct mp_explanation *explanation)
{
	struct mp_explained *section;

	mp_strbuf_puts(&explanation->subject, "sda");
	mp_strbuf_puts(&explanation->summary, "no path");
	section = mp_explanation_add(explanation, "filter");
	mp_strbuf_puts(&section->answer, "blacklisted by wwid");
	mp_trace_add(&section->trace, "usb", false, "it is not a USB device");
	mp_trace_origin(&section->trace,
			mp_trace_add(&section->trace, "wwid", true, "rule \"3\" matches"), "/f", 12,
			"blacklist");
	mp_strbuf_puts(&section->change, "first\nsecond\n");
	section = mp_explanation_add(explanation, "settings");
	mp_trace_origin(&section->trace, mp_trace_add(&section->trace, "failback", false, "7"),
			NULL, 0, "built in");
	section->trace.rows[0].key = 1;
	mp_trace_add(&section->trace, "mode", false, "unset");
}

static void text_has_aligned_lines(void **state)
{
	_cleanup_(mp_explanation_fini) struct mp_explanation explanation = MP_EXPLANATION_INIT;
	_cleanup_strbuf_ struct mp_strbuf out = MP_STRBUF_INIT;

	(void)state;
	fill(&explanation);
	mp_explanation_format(&explanation, false, &out);
	assert_string_equal(mp_strbuf_text(&out),
			    "sda: no path\n"
			    "\n"
			    "filter: blacklisted by wwid\n"
			    "  usb   it is not a USB device\n"
			    "* wwid  rule \"3\" matches        /f:12 blacklist\n"
			    "  to change it: first\n"
			    "                second\n"
			    "\n"
			    "settings\n"
			    "  failback  7      built in\n"
			    "  mode      unset\n");
}

static const char *text_of(struct json_object *object, const char *key)
{
	return json_object_get_string(json_object_object_get(object, key));
}

static void json_has_every_row(void **state)
{
	_cleanup_(mp_explanation_fini) struct mp_explanation explanation = MP_EXPLANATION_INIT;
	_cleanup_strbuf_ struct mp_strbuf out = MP_STRBUF_INIT;
	struct json_object *all, *section, *row, *origin;

	(void)state;
	fill(&explanation);
	mp_explanation_format(&explanation, true, &out);
	all = json_tokener_parse(mp_strbuf_text(&out));
	assert_non_null(all);
	assert_string_equal(text_of(all, "subject"), "sda");
	section = json_object_array_get_idx(json_object_object_get(all, "sections"), 0);
	assert_string_equal(text_of(section, "answer"), "blacklisted by wwid");
	assert_int_equal(json_object_array_length(json_object_object_get(section, "changes")), 2);
	row = json_object_array_get_idx(json_object_object_get(section, "rows"), 1);
	assert_string_equal(text_of(row, "text"), "rule \"3\" matches");
	assert_true(json_object_get_boolean(json_object_object_get(row, "decides")));
	origin = json_object_object_get(row, "origin");
	assert_string_equal(text_of(origin, "file"), "/f");
	assert_int_equal(json_object_get_int(json_object_object_get(origin, "line")), 12);
	section = json_object_array_get_idx(json_object_object_get(all, "sections"), 1);
	row = json_object_array_get_idx(json_object_object_get(section, "rows"), 0);
	assert_string_equal(text_of(row, "value"), "7");
	assert_null(json_object_object_get(row, "decides"));
	json_object_put(all);
}

static void invalid_bytes_become_valid_utf8(void **state)
{
	_cleanup_(mp_explanation_fini) struct mp_explanation explanation = MP_EXPLANATION_INIT;
	_cleanup_strbuf_ struct mp_strbuf out = MP_STRBUF_INIT;

	(void)state;
	mp_strbuf_puts(&explanation.subject, "a\xff\"\x01\xc3\xa4");
	mp_explanation_format(&explanation, true, &out);
	assert_non_null(strstr(mp_strbuf_text(&out), "a\xc3\xbf\\\"\\u0001\xc3\xa4"));
}

static void an_incomplete_explanation_is_an_error(void **state)
{
	_cleanup_(mp_explanation_fini) struct mp_explanation explanation = MP_EXPLANATION_INIT;
	_cleanup_strbuf_ struct mp_strbuf out = MP_STRBUF_INIT;

	(void)state;
	fill(&explanation);
	explanation.sections[1].trace.error = -ENOMEM;
	mp_explanation_format(&explanation, false, &out);
	assert_int_equal(out.error, -ENOMEM);
	assert_string_equal(mp_strbuf_text(&out), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_has_aligned_lines),
		cmocka_unit_test(json_has_every_row),
		cmocka_unit_test(invalid_bytes_become_valid_utf8),
		cmocka_unit_test(an_incomplete_explanation_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
