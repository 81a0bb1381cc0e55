/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "model/reconcile.h"

static void two_paths_make_a_map(void **state)
{
	struct mp_path a = { .identity = { .devt = makedev(8, 0), .size_sectors = 16384, .tpgs = MP_TPGS_IMPLICIT }, .state = MP_PATH_UP, .priority = 50 };
	struct mp_path b = { .identity = { .devt = makedev(8, 16), .size_sectors = 16384, .tpgs = MP_TPGS_IMPLICIT }, .state = MP_PATH_UP, .priority = 10 };
	const struct mp_path *paths[] = { &a, &b };
	struct mp_map_settings settings = { .selector = "service-time 0", .features = "0", .handler = "0", .minio = 1 };
	struct mp_observation o = { .wwid = "w", .name = "mpatha", .allowed = true, .paths = paths, .path_count = 2, .settings = &settings };
	struct mp_plan plan = MP_PLAN_INIT;
	_cleanup_strbuf_ struct mp_strbuf buf = MP_STRBUF_INIT;
	(void)state;
	assert_int_equal(mp_reconcile(&o, &plan), 0);
	mp_table_format(&plan.table, &buf);
	mp_strbuf_putc(&buf, '\n');
	mp_plan_format(&plan, "mpatha", &buf);
	assert_string_equal(mp_strbuf_text(&buf), "0 1 alua 2 1 service-time 0 1 1 8:0 1 service-time 0 1 1 8:16 1\nmpatha: create: the kernel has no map of this WWID\n");
	mp_plan_fini(&plan);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(two_paths_make_a_map) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
