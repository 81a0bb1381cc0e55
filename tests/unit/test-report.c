/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <json-c/json.h>
#include <string.h>

#include "base/strbuf.h"
#include "config/report.h"
#include "show/report_json.h"

static void messages_are_sorted_by_place(void **state)
{
	struct mp_report report = MP_REPORT_INIT;
	struct mp_strbuf text = MP_STRBUF_INIT;

	(void)state;
	mp_report_add(&report, MP_SEVERITY_WARNING, "b", 3, 1, "third");
	mp_report_add(&report, MP_SEVERITY_ERROR, "a", 0, 0, "fourth");
	mp_report_add(&report, MP_SEVERITY_WARNING, "b", 2, 9, "second");
	mp_report_add(&report, MP_SEVERITY_DAMAGE, "b", 2, 1, "first");
	mp_report_sort(&report);
	mp_report_format(&report, &text);
	mp_report_summary(&report, &text);
	assert_string_equal(text.text,
			    "b:2:1: error: first\nb:2:9: warning: second\nb:3:1: warning: third\n"
			    "a: error: fourth\n2 errors, 2 warnings\n");
	mp_strbuf_fini(&text);
	mp_report_fini(&report);
}

static void the_status_is_that_of_the_worst(void **state)
{
	struct mp_report report = MP_REPORT_INIT;

	(void)state;
	assert_int_equal(mp_report_status(&report), 0);
	mp_report_add(&report, MP_SEVERITY_WARNING, "b", 3, 1, "odd");
	assert_int_equal(mp_report_status(&report), 1);
	mp_report_add(&report, MP_SEVERITY_DAMAGE, "b", 3, 1, "broken");
	mp_report_add(&report, MP_SEVERITY_WARNING, "b", 3, 1, "odd");
	assert_int_equal(mp_report_status(&report), 2);
	mp_report_fini(&report);
}

static void json_has_every_part(void **state)
{
	struct mp_report report = MP_REPORT_INIT;
	struct mp_strbuf text = MP_STRBUF_INIT;
	struct json_object *root, *messages, *first, *value;

	(void)state;
	mp_report_add(&report, MP_SEVERITY_WARNING, "a.conf", 3, 7, "value \"\xe9\\\" is odd");
	mp_report_add(&report, MP_SEVERITY_ERROR, "b.conf", 0, 0, "cannot be read");
	assert_int_equal(mp_show_report_json(&report, &text), 0);
	root = json_tokener_parse(text.text);
	assert_non_null(root);
	assert_true(json_object_object_get_ex(root, "errors", &value));
	assert_int_equal(json_object_get_int(value), 1);
	assert_true(json_object_object_get_ex(root, "warnings", &value));
	assert_int_equal(json_object_get_int(value), 1);
	assert_true(json_object_object_get_ex(root, "messages", &messages));
	assert_int_equal(json_object_array_length(messages), 2);
	first = json_object_array_get_idx(messages, 0);
	assert_true(json_object_object_get_ex(first, "file", &value));
	assert_string_equal(json_object_get_string(value), "a.conf");
	assert_true(json_object_object_get_ex(first, "line", &value));
	assert_int_equal(json_object_get_int(value), 3);
	assert_true(json_object_object_get_ex(first, "column", &value));
	assert_int_equal(json_object_get_int(value), 7);
	assert_true(json_object_object_get_ex(first, "severity", &value));
	assert_string_equal(json_object_get_string(value), "warning");
	assert_true(json_object_object_get_ex(first, "text", &value));
	assert_string_equal(json_object_get_string(value), "value \"\xc3\xa9\\\" is odd");
	assert_false(
		json_object_object_get_ex(json_object_array_get_idx(messages, 1), "line", &value));
	json_object_put(root);
	mp_strbuf_fini(&text);
	mp_report_fini(&report);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages_are_sorted_by_place),
		cmocka_unit_test(the_status_is_that_of_the_worst),
		cmocka_unit_test(json_has_every_part),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
