/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "kernel/sysfs.h"

static int folder_new(void **state)
{
	char *root = strdup("/tmp/test-sysfs.XXXXXX");

	*state = root;
	return mkdtemp(root) ? 0 : -1;
}

static int folder_free(void **state)
{
	char file[64];

	snprintf(file, sizeof(file), "%s/a", (char *)*state);
	unlink(file);
	rmdir(*state);
	free(*state);
	return 0;
}

static void put(const char *root, const char *text)
{
	char name[64];
	FILE *file;

	snprintf(name, sizeof(name), "%s/a", root);
	file = fopen(name, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static void a_text_has_no_blanks_at_its_end(void **state)
{
	static const struct {
		const char *file, *text;
	} cases[] = {
		{ "running\n", "running" },
		{ "VENDOR  \n", "VENDOR" },
		{ " a b\n", " a b" },
		{ "\n", "" },
		{ "", "" },
		{ "0123456789", "0123456" },
	};
	const char *root = *state;
	char text[8];

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		put(root, cases[i].file);
		assert_int_equal(mp_sysfs_read(root, "", "a", text, sizeof(text)),
				 strlen(cases[i].text));
		assert_string_equal(text, cases[i].text);
	}
	assert_int_equal(mp_sysfs_read(root, "", "none", text, sizeof(text)), -ENOENT);
	assert_int_equal(mp_sysfs_read(root, "a", "none", text, sizeof(text)), -ENOTDIR);
}

static void a_number_has_only_digits(void **state)
{
	const char *root = *state;
	uint64_t number = 0;

	put(root, "18446744073709551615\n");
	assert_int_equal(mp_sysfs_read_number(root, "", "a", &number), 0);
	assert_true(number == UINT64_MAX);
	put(root, "12 34\n");
	assert_int_equal(mp_sysfs_read_number(root, "", "a", &number), -EBADMSG);
	put(root, "\n");
	assert_int_equal(mp_sysfs_read_number(root, "", "a", &number), -EBADMSG);
	/* strtoull() would accept these as numbers. */
	put(root, "-1\n");
	assert_int_equal(mp_sysfs_read_number(root, "", "a", &number), -EBADMSG);
	put(root, "+5\n");
	assert_int_equal(mp_sysfs_read_number(root, "", "a", &number), -EBADMSG);
	put(root, " 7\n");
	assert_int_equal(mp_sysfs_read_number(root, "", "a", &number), -EBADMSG);
	put(root, "0000000000000000000000000000000000000001\n");
	assert_int_equal(mp_sysfs_read_number(root, "", "a", &number), -EBADMSG);
	put(root, "18446744073709551616\n");
	assert_int_equal(mp_sysfs_read_number(root, "", "a", &number), -EBADMSG);
	assert_true(number == UINT64_MAX);
	assert_int_equal(mp_sysfs_read_number(root, "", "none", &number), -ENOENT);
}

static void bytes_are_read_as_they_are(void **state)
{
	const char *root = *state;
	char data[4];

	put(root, "ab\n");
	assert_int_equal(mp_sysfs_read_bytes(root, "", "a", data, sizeof(data)), 3);
	assert_memory_equal(data, "ab\n", 3);
	assert_int_equal(mp_sysfs_read_bytes(root, "", "a", data, 2), 2);
}

static void a_value_is_written_with_a_newline(void **state)
{
	const char *root = *state;
	char data[16], huge[200];

	put(root, "");
	assert_int_equal(mp_sysfs_write(root, "", "a", "offline"), 0);
	assert_int_equal(mp_sysfs_read_bytes(root, "", "a", data, sizeof(data)), 8);
	assert_memory_equal(data, "offline\n", 8);
	memset(huge, 'x', sizeof(huge) - 1);
	huge[sizeof(huge) - 1] = '\0';
	assert_int_equal(mp_sysfs_write(root, "", "a", huge), -EINVAL);
	assert_int_equal(mp_sysfs_write(root, "", "none", "x"), -ENOENT);
}

static void a_name_that_is_too_long_is_refused(void **state)
{
	char dir[2000], text[8];

	memset(dir, 'd', sizeof(dir) - 1);
	dir[sizeof(dir) - 1] = '\0';
	assert_int_equal(mp_sysfs_read(*state, dir, "a", text, sizeof(text)), -ENAMETOOLONG);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, folder_new, folder_free)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_text_has_no_blanks_at_its_end),	  TEST(a_number_has_only_digits),
		TEST(bytes_are_read_as_they_are),	  TEST(a_value_is_written_with_a_newline),
		TEST(a_name_that_is_too_long_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
