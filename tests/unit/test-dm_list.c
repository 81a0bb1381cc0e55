/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <linux/dm-ioctl.h>
#include <string.h>

#include "kernel/dm_list.h"

/* Length of what the kernel writes: nothing, or one whole entry. */
static void a_list_without_devices_is_empty(void **state)
{
	static const uint64_t zeros[8];
	static const size_t sizes[] = { 0, offsetof(struct dm_name_list, name), sizeof(zeros) };

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		struct mp_dm_listed *list = NULL;
		size_t count = 1;

		assert_int_equal(mp_dm_list_parse(zeros, sizes[i], true, &list, &count), 0);
		assert_int_equal(count, 0);
		mp_dm_list_free(list, count);
	}
}

static void a_list_that_is_cut_is_an_error(void **state)
{
	uint64_t bytes[8] = { 0 };
	struct dm_name_list *entry = (struct dm_name_list *)bytes;
	struct mp_dm_listed *list = NULL;
	size_t count = 0, header = offsetof(struct dm_name_list, name);

	(void)state;
	entry->dev = 0xfe01;
	strcpy(entry->name, "map");
	assert_int_equal(mp_dm_list_parse(bytes, header + 4, false, &list, &count), 0);
	assert_int_equal(count, 1);
	assert_string_equal(list[0].name, "map");
	mp_dm_list_free(list, count);
	for (size_t size = 1; size < header + 4; size++)
		assert_int_equal(mp_dm_list_parse(bytes, size, false, &list, &count), -EBADMSG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_list_without_devices_is_empty),
		cmocka_unit_test(a_list_that_is_cut_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
