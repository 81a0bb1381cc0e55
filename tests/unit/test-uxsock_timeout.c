/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include <stdio.h>
#include <unistd.h>

#include "client/uxsock_timeout.h"

static char dir[] = "/tmp/test-uxsock_timeout-XXXXXX";

static const char *file_write(const char *name, const char *text)
{
	static char file[64];
	FILE *stream;

	snprintf(file, sizeof(file), "%s/%s", dir, name);
	if (!text) {
		unlink(file);
		return file;
	}
	stream = fopen(file, "w");
	fputs(text, stream);
	fclose(stream);
	return file;
}

static void only_a_line_that_sets_it_applies(void **state)
{
	static const struct {
		const char *text;
		unsigned int msec;
	} cases[] = {
		{ "defaults {\n\tuxsock_timeout 7000\n}\n", 7000 },
		{ "uxsock_timeout \"7000\"", 7000 },
		{ " uxsock_timeout\t\t\"7000\"\n", 7000 },
		{ "uxsock_timeout 100\n", 4000 },
		{ "# uxsock_timeout 7000\n", 4000 },
		{ "uxsock_timeouts 7000\n", 4000 },
		{ "uxsock_timeout7000\n", 4000 },
		{ "uxsock_timeout never\n", 4000 },
		{ "uxsock_timeout -1\n", 4000 },
		{ "uxsock_timeout", 4000 },
		{ "uxsock_timeout 5000\nuxsock_timeout 9000\nuxsock_timeout 6000\n", 9000 },
		{ "", 4000 },
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(uxsock_timeout_read(file_write("main", cases[i].text),
						     "/nonexistent"),
				 cases[i].msec);
	assert_in_range(uxsock_timeout_read(file_write("main",
						       "uxsock_timeout 99999999999999999999\n"),
					    "/nonexistent"),
			1000000, INT32_MAX);
	file_write("main", NULL);
	(void)state;
}

static void drop_ins_count_too(void **state)
{
	file_write("10-a.conf", "uxsock_timeout 5000\n");
	file_write("20-b.conf", "uxsock_timeout 8000\n");
	file_write("30-c.conf~", "uxsock_timeout 20000\n");
	assert_int_equal(uxsock_timeout_read("/nonexistent", dir), 8000);
	file_write("10-a.conf", NULL);
	file_write("20-b.conf", NULL);
	file_write("30-c.conf~", NULL);
	(void)state;
}

static void no_configuration_is_the_default(void **state)
{
	assert_int_equal(uxsock_timeout_read("/nonexistent", "/nonexistent"),
			 UXSOCK_TIMEOUT_DEFAULT_MSEC);
	(void)state;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_a_line_that_sets_it_applies),
		cmocka_unit_test(drop_ins_count_too),
		cmocka_unit_test(no_configuration_is_the_default),
	};
	int r;

	if (!mkdtemp(dir))
		return 1;
	r = cmocka_run_group_tests(tests, NULL, NULL);
	rmdir(dir);
	return r;
}
