/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "base/cleanup.h"
#include "config/detect.h"
#include "config/trace.h"

static void checker_and_prioritizer_are_detected_unless_it_is_disabled(void **state)
{
	static const struct {
		struct mp_path_settings settings;
		struct mp_identity identity;
		const char *checker, *prioritizer;
	} rows[] = {
		{ { .detect_checker = true, .detect_prio = true },
		  { .protocol = MP_PROTOCOL_SCSI_FCP, .tpgs = MP_TPGS_IMPLICIT },
		  "tur",
		  "alua" },
		{ { .detect_checker = true, .detect_prio = true },
		  { .protocol = MP_PROTOCOL_SCSI_FCP, .tpgs = MP_TPGS_EXPLICIT, .handler = "alua" },
		  "tur",
		  "sysfs" },
		{ { .detect_checker = true, .detect_prio = true },
		  { .protocol = MP_PROTOCOL_SCSI_FCP, .tpgs = MP_TPGS_NONE },
		  "directio",
		  "emc" },
		{ { .detect_checker = true, .detect_prio = true },
		  { .protocol = MP_PROTOCOL_NVME_TCP, .tpgs = MP_TPGS_IMPLICIT },
		  "directio",
		  "emc" },
		{ { .detect_checker = true, .detect_prio = true },
		  { .protocol = MP_PROTOCOL_SCSI_FCP, .tpgs = MP_TPGS_IMPLICIT, .handler = "alua" },
		  "tur",
		  "sysfs" },
		{ { .detect_checker = true, .detect_prio = true },
		  { .protocol = MP_PROTOCOL_SCSI_FCP, .tpgs = MP_TPGS_NONE, .rdac = MP_TOLD_YES },
		  "rdac",
		  "emc" },
		{ { .detect_checker = true, .detect_prio = true },
		  { .protocol = MP_PROTOCOL_SCSI_FCP,
		    .tpgs = MP_TPGS_IMPLICIT,
		    .handler = "rdac",
		    .rdac = MP_TOLD_YES },
		  "rdac",
		  "alua" },
		{ { .detect_checker = true, .detect_prio = true },
		  { .protocol = MP_PROTOCOL_SCSI_FCP,
		    .tpgs = MP_TPGS_EXPLICIT,
		    .handler = "alua",
		    .rdac = MP_TOLD_YES },
		  "rdac",
		  "sysfs" },
		{ { .detect_checker = true, .detect_prio = true },
		  { .protocol = MP_PROTOCOL_NVME_TCP, .ana = MP_TOLD_YES },
		  "directio",
		  "ana" },
		{ { .detect_checker = true, .detect_prio = true },
		  { .protocol = MP_PROTOCOL_NVME_TCP, .ana = MP_TOLD_NO },
		  "directio",
		  "emc" },
		{ { 0 },
		  { .protocol = MP_PROTOCOL_NVME_TCP, .ana = MP_TOLD_YES },
		  "directio",
		  "emc" },
		{ { 0 },
		  { .protocol = MP_PROTOCOL_SCSI_FCP, .rdac = MP_TOLD_YES },
		  "directio",
		  "emc" },
		{ { 0 },
		  { .protocol = MP_PROTOCOL_SCSI_FCP, .tpgs = MP_TPGS_IMPLICIT },
		  "directio",
		  "emc" },
		{ { .prioritizer = "alua" },
		  { .protocol = MP_PROTOCOL_SCSI_FCP, .tpgs = MP_TPGS_NONE },
		  "directio",
		  "const" },
		{ { .prioritizer = "alua" },
		  { .protocol = MP_PROTOCOL_SCSI_FCP, .tpgs = MP_TPGS_IMPLICIT },
		  "directio",
		  "alua" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_(mp_trace_fini) struct mp_trace trace = MP_TRACE_INIT;
		struct mp_path_settings settings = rows[i].settings;
		const char *configured;

		settings.checker = "directio";
		if (!settings.prioritizer)
			settings.prioritizer = "emc";
		configured = settings.prioritizer;
		mp_trace_origin(&trace, mp_trace_add(&trace, "prio", false, "\"%s\"", configured),
				"f", 7, "defaults");
		assert_string_equal(mp_detect_checker(&settings, &rows[i].identity, NULL),
				    rows[i].checker);
		assert_string_equal(mp_detect_prioritizer(&settings, &rows[i].identity, &trace),
				    rows[i].prioritizer);
		/* the explanation names what is used, and that it was detected */
		assert_non_null(strstr(trace.rows[0].text, rows[i].prioritizer));
		if (strcmp(rows[i].prioritizer, configured)) {
			assert_non_null(strstr(trace.rows[0].section, "detected: "));
			assert_non_null(strstr(trace.rows[0].section, "; f:7 has \""));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(checker_and_prioritizer_are_detected_unless_it_is_disabled),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
