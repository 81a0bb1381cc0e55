/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "show/status.h"

#include "san.h"

static void states_without_paths_are_left_out(void **state)
{
	struct mp_status_counts counts = { .paths = { [MP_PATH_UP] = 4, [MP_PATH_DOWN] = 1 },
					   .monitored = 5 };
	_cleanup_strbuf_ struct mp_strbuf out = MP_STRBUF_INIT;

	(void)state;
	mp_show_status(&counts, &out);
	assert_string_equal(mp_strbuf_text(&out), "path checker states:\n"
						  "down                1\n"
						  "up                  4\n"
						  "\n"
						  "paths: 5\n"
						  "busy: False\n");
}

static void every_state_is_counted_in_its_place(void **state)
{
	struct mp_status_counts counts = { .busy = true };
	_cleanup_strbuf_ struct mp_strbuf out = MP_STRBUF_INIT;

	(void)state;
	for (unsigned i = 0; i < MP_PATH_STATES; i++)
		counts.paths[i] = i + 1;
	mp_show_status(&counts, &out);
	assert_string_equal(mp_strbuf_text(&out), "path checker states:\n"
						  "wild                1\n"
						  "unchecked           2\n"
						  "down                3\n"
						  "up                  4\n"
						  "shaky               5\n"
						  "ghost               6\n"
						  "pending             7\n"
						  "timeout             8\n"
						  "removed             9\n"
						  "delayed             10\n"
						  "disconnected        11\n"
						  "\n"
						  "paths: 0\n"
						  "busy: True\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(states_without_paths_are_left_out),
		cmocka_unit_test(every_state_is_counted_in_its_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
