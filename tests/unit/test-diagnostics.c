/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/jobs/diagnostics.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>

#include "base/cleanup.h"

static void write_down(void *userdata, enum mp_severity severity, int level, const char *text)
{
	mp_strbuf_printf(userdata, "%d %d %s\n", severity, level, text);
}

static void messages_are_passed_on_as_they_came(void **state)
{
	struct diagnostics diagnostics = { MP_STRBUF_INIT };
	_cleanup_strbuf_ struct mp_strbuf out = MP_STRBUF_INIT;

	(void)state;
	assert_int_equal(diagnostics_replay(&diagnostics, write_down, &out), 0);
	assert_string_equal(mp_strbuf_text(&out), "");
	diagnostics_collect(&diagnostics, MP_SEVERITY_ERROR, 0, "f:1: error: a\nb");
	diagnostics_collect(&diagnostics, MP_SEVERITY_WARNING, 2, "");
	diagnostics_collect(&diagnostics, MP_SEVERITY_DAMAGE, 1, "c");
	assert_int_equal(diagnostics_replay(&diagnostics, write_down, &out), 0);
	assert_string_equal(mp_strbuf_text(&out), "2 0 f:1: error: a\nb\n"
						  "0 2 \n"
						  "1 1 c\n");
	diagnostics_fini(&diagnostics);
}

static void lost_messages_are_an_error(void **state)
{
	struct diagnostics diagnostics = { MP_STRBUF_INIT };
	_cleanup_strbuf_ struct mp_strbuf out = MP_STRBUF_INIT;

	(void)state;
	diagnostics_collect(&diagnostics, MP_SEVERITY_WARNING, 1, "a");
	diagnostics.messages.error = -ENOMEM;
	diagnostics_collect(&diagnostics, MP_SEVERITY_ERROR, 0, "b");
	assert_int_equal(diagnostics_replay(&diagnostics, write_down, &out), -ENOMEM);
	assert_string_equal(mp_strbuf_text(&out), "0 1 a\n");
	diagnostics_fini(&diagnostics);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages_are_passed_on_as_they_came),
		cmocka_unit_test(lost_messages_are_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
