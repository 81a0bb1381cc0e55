/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>

#include "model/protocol.h"

static void every_protocol_is_found_by_its_name(void **state)
{
	(void)state;
	for (unsigned i = 0; i < MP_PROTOCOLS; i++) {
		enum mp_protocol found;

		assert_int_equal(mp_protocol_parse(mp_protocol_name(i), &found), 0);
		assert_int_equal(found, i);
	}
	assert_string_equal(mp_protocol_name(MP_PROTOCOLS), "undef");
}

static void names_are_those_of_the_configuration(void **state)
{
	(void)state;
	assert_string_equal(mp_protocol_name(MP_PROTOCOL_UNDEF), "undef");
	assert_string_equal(mp_protocol_name(MP_PROTOCOL_SCSI_FCP), "scsi:fcp");
	assert_string_equal(mp_protocol_name(MP_PROTOCOL_SCSI_UNSPEC), "scsi:unspec");
	assert_string_equal(mp_protocol_name(MP_PROTOCOL_NVME_TCP), "nvme:tcp");
	assert_string_equal(mp_protocol_name(MP_PROTOCOL_NVME_APPLE), "nvme:apple-nvme");
}

static void only_the_exact_name_matches(void **state)
{
	enum mp_protocol found = MP_PROTOCOL_CCW;

	(void)state;
	assert_int_equal(mp_protocol_parse("scsi", &found), -EINVAL);
	assert_int_equal(mp_protocol_parse("scsi:fc", &found), -EINVAL);
	assert_int_equal(mp_protocol_parse("", &found), -EINVAL);
	assert_int_equal(found, MP_PROTOCOL_CCW);
}

static void scsi_and_nvme_are_distinguished(void **state)
{
	(void)state;
	assert_true(mp_protocol_is_scsi(MP_PROTOCOL_SCSI_FCP));
	assert_true(mp_protocol_is_scsi(MP_PROTOCOL_SCSI_UNSPEC));
	assert_false(mp_protocol_is_scsi(MP_PROTOCOL_CCISS));
	assert_false(mp_protocol_is_scsi(MP_PROTOCOL_NVME_PCIE));
	assert_true(mp_protocol_is_nvme(MP_PROTOCOL_NVME_PCIE));
	assert_true(mp_protocol_is_nvme(MP_PROTOCOL_NVME_UNSPEC));
	assert_false(mp_protocol_is_nvme(MP_PROTOCOL_SCSI_UNSPEC));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_protocol_is_found_by_its_name),
		cmocka_unit_test(names_are_those_of_the_configuration),
		cmocka_unit_test(only_the_exact_name_matches),
		cmocka_unit_test(scsi_and_nvme_are_distinguished),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
