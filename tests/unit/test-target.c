/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "multipath/target.h"

static void an_argument_is_a_number_or_a_name(void **state)
{
	static const struct {
		const char *text;
		struct target target;
	} cases[] = {
		{ NULL, { .kind = TARGET_NONE } },
		{ "8:16", { TARGET_NUMBER, 8, 16, NULL } },
		{ "8:16x", { TARGET_NUMBER, 8, 16, NULL } },
		{ "8:", { TARGET_NAME, 0, 0, "8:" } },
		{ "mpatha", { TARGET_NAME, 0, 0, "mpatha" } },
		{ "dm-0", { TARGET_NAME, 0, 0, "dm-0" } },
		{ "/dev/nothing", { .kind = TARGET_INVALID } },
		{ "", { .kind = TARGET_INVALID } },
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct target target = target_parse(cases[i].text);

		assert_int_equal(target.kind, cases[i].target.kind);
		if (target.kind == TARGET_NUMBER) {
			assert_int_equal(target.major, cases[i].target.major);
			assert_int_equal(target.minor, cases[i].target.minor);
		} else if (target.kind == TARGET_NAME) {
			assert_string_equal(target.name, cases[i].target.name);
		}
	}
	(void)state;
}

/* Any block device of this machine; NULL without one. */
static const char *any_block_device(char *name, size_t size)
{
	DIR *dir = opendir("/sys/class/block");
	struct dirent *entry;
	const char *found = NULL;

	while (dir && !found && (entry = readdir(dir)))
		if (entry->d_name[0] != '.' &&
		    snprintf(name, size, "%s", entry->d_name) < (int)size)
			found = name;
	if (dir)
		closedir(dir);
	return found;
}

static void the_kernels_name_has_the_devices_number(void **state)
{
	char name[64], file[96], text[32] = "";
	struct target target;
	FILE *dev;

	assert_non_null(any_block_device(name, sizeof(name)));
	target = target_resolve(name);
	assert_int_equal(target.kind, TARGET_NAME);
	assert_string_equal(target.name, name);
	assert_true(target_has_number(&target));
	snprintf(file, sizeof(file), "/sys/class/block/%s/dev", name);
	dev = fopen(file, "r");
	assert_non_null(dev);
	assert_non_null(fgets(text, sizeof(text), dev));
	fclose(dev);
	snprintf(file, sizeof(file), "%u:%u\n", target.major, target.minor);
	assert_string_equal(file, text);
	(void)state;
}

static void an_argument_that_is_not_a_device_has_no_number(void **state)
{
	static const char *const texts[] = { "mpatha",	     "..", ".", "no such device",
					     "/dev/nothing", "",   NULL };

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct target target = target_resolve(texts[i]);

		assert_false(target_has_number(&target));
		assert_false(target_is_dm(&target));
	}
	(void)state;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_argument_is_a_number_or_a_name),
		cmocka_unit_test(the_kernels_name_has_the_devices_number),
		cmocka_unit_test(an_argument_that_is_not_a_device_has_no_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
