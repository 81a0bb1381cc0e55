/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kernel/nvme_id.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const char uuid_text[] = "uuid.00000001-1111-4222-8333-444444444444";
static const char nguid_text[] = "eui.6001405000000000aabbccddeeff0011";
static const char eui64_text[] = "eui.0025385171b0a1c2";

/* EUI-64, then NGUID, an unknown kind, UUID; followed by zeros. */
static const uint8_t list[] = {
	1,    8,    0,	  0,	0x00, 0x25, 0x38, 0x51, 0x71, 0xb0, 0xa1, 0xc2, 2,    16,   0,
	0,    0x60, 0x01, 0x40, 0x50, 0,    0,	  0,	0,    0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff,
	0x00, 0x11, 4,	  1,	0,    0,    0,	  3,	16,   0,    0,	  0,	0,    0,    1,
	0x11, 0x11, 0x42, 0x22, 0x83, 0x33, 0x44, 0x44, 0x44, 0x44, 0x44, 0x44,
};

static void told(const struct mp_nvme_names *names, const char *known, const char *wanted)
{
	char wwid[128];

	assert_int_equal(mp_nvme_wwid(names, known, wwid, sizeof(wwid)), 0);
	assert_string_equal(wwid, wanted);
}

static void the_known_name_is_chosen_or_the_best(void **state)
{
	struct mp_nvme_names names = { 0 };
	uint8_t data[MP_NVME_IDENTIFY_SIZE] = { 0 };

	(void)state;
	memcpy(data, list, sizeof(list));
	mp_nvme_take_descriptors(data, sizeof(data), &names);
	told(&names, "", uuid_text);
	told(&names, uuid_text, uuid_text);
	told(&names, nguid_text, nguid_text);
	told(&names, eui64_text, eui64_text);
	told(&names, "eui.0025385171b0a1c3", uuid_text);
}

static void old_controllers_have_no_list(void **state)
{
	struct mp_nvme_names names = { 0 };
	uint8_t data[MP_NVME_IDENTIFY_SIZE] = { 0 };
	char wwid[128];

	(void)state;
	mp_nvme_take_namespace(data, sizeof(data), &names);
	assert_int_equal(mp_nvme_wwid(&names, uuid_text, wwid, sizeof(wwid)), -ENOENT);
	memcpy(data + 120, list + 4, 8);
	mp_nvme_take_namespace(data, sizeof(data), &names);
	told(&names, nguid_text, eui64_text);
	memcpy(data + 104, list + 16, 16);
	mp_nvme_take_namespace(data, sizeof(data), &names);
	told(&names, "", nguid_text);
	/* what the list said takes precedence */
	memset(data + 104, 0x55, 24);
	mp_nvme_take_namespace(data, sizeof(data), &names);
	told(&names, eui64_text, eui64_text);
	told(&names, "", nguid_text);
}

static void a_list_may_be_cut_short(void **state)
{
	(void)state;
	for (size_t size = 0; size <= sizeof(list); size++) {
		struct mp_nvme_names names = { 0 };
		char wwid[128];

		mp_nvme_take_descriptors(list, size, &names);
		if (mp_nvme_wwid(&names, uuid_text, wwid, sizeof(wwid)) == 0)
			assert_true(size == sizeof(list) || strcmp(wwid, uuid_text));
		else
			assert_true(size < 12);
	}
}

static void a_name_made_up_by_the_kernel_is_not_asked_for(void **state)
{
	static const char made[] = "nvme.1b36-31323334-51454d55-00000001";
	char wwid[128];

	(void)state;
	assert_true(mp_nvme_is_name(uuid_text) && mp_nvme_is_name(eui64_text) &&
		    !mp_nvme_is_name(made));
	assert_int_equal(mp_nvme_identify(-1, made, wwid, sizeof(wwid), 1000), 0);
	assert_string_equal(wwid, made);
	assert_int_equal(mp_nvme_identify(-1, uuid_text, wwid, sizeof(wwid), 1000), -EBADF);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_known_name_is_chosen_or_the_best),
		cmocka_unit_test(old_controllers_have_no_list),
		cmocka_unit_test(a_list_may_be_cut_short),
		cmocka_unit_test(a_name_made_up_by_the_kernel_is_not_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
