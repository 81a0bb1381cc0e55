/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gmultipath/geomlist.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cleanup.h"

static const struct mp_geom foo = {
	.name = "FOO",
	.wwid = "GEOM-d3cd8ba2-9a3d-11df-a7de-001c23d1ff3f",
	.size_sectors = 16383,
	.paths = { { .name = "sda" }, { .name = "sdc", .failed = true } },
	.count = 2,
};

static const struct mp_geom long_name = {
	.name = "LONGER",
	.wwid = "GEOM.manual-x",
	.mode = MP_GEOM_ACTIVE_READ,
	.paths = { { .name = "sdd" }, { .name = "sde" } },
	.count = 2,
	.active = 1,
};

static void a_list_is_as_geom_prints_it(void **state)
{
	static const struct geomlist_disk map = { .media_bytes = 16383 * 512,
						  .sector_bytes = 512,
						  .open_count = 1 };
	static const struct geomlist_disk disks[] = {
		{ .media_bytes = 8388608, .sector_bytes = 512 },
		{ .media_bytes = 3992977408, .sector_bytes = 512 }
	};
	_cleanup_strbuf_ struct mp_strbuf out = MP_STRBUF_INIT;

	(void)state;
	geomlist_list(&foo, &map, disks, &out);
	assert_string_equal(mp_strbuf_text(&out), "Geom name: FOO\n"
						  "Type: AUTOMATIC\n"
						  "Mode: Active/Passive\n"
						  "UUID: d3cd8ba2-9a3d-11df-a7de-001c23d1ff3f\n"
						  "State: DEGRADED\n"
						  "Providers:\n"
						  "1. Name: multipath/FOO\n"
						  "   Mediasize: 8388096 (8.0M)\n"
						  "   Sectorsize: 512\n"
						  "   Mode: r1w1e0\n"
						  "   State: DEGRADED\n"
						  "Consumers:\n"
						  "1. Name: sda\n"
						  "   Mediasize: 8388608 (8.0M)\n"
						  "   Sectorsize: 512\n"
						  "   Mode: r1w1e1\n"
						  "   State: ACTIVE\n"
						  "2. Name: sdc\n"
						  "   Mediasize: 3992977408 (3.7G)\n"
						  "   Sectorsize: 512\n"
						  "   Mode: r1w1e1\n"
						  "   State: FAIL\n"
						  "\n");
}

static void a_status_is_a_table(void **state)
{
	const struct mp_geom *const geoms[] = { &foo, &long_name };
	static const struct geomlist_options plain, geom_names = { .geoms = true },
						    script = { .script = true };
	_cleanup_strbuf_ struct mp_strbuf out = MP_STRBUF_INIT;

	(void)state;
	geomlist_status(geoms, 2, &plain, &out);
	assert_string_equal(mp_strbuf_text(&out), "            Name    Status  Components\n"
						  "   multipath/FOO  DEGRADED  sda (ACTIVE)\n"
						  "                            sdc (FAIL)\n"
						  "multipath/LONGER   OPTIMAL  sdd (READ)\n"
						  "                            sde (ACTIVE)\n");
	mp_strbuf_clear(&out);
	geomlist_status(geoms, 2, &geom_names, &out);
	assert_string_equal(mp_strbuf_text(&out), "  Name    Status  Components\n"
						  "   FOO  DEGRADED  sda (ACTIVE)\n"
						  "                  sdc (FAIL)\n"
						  "LONGER   OPTIMAL  sdd (READ)\n"
						  "                  sde (ACTIVE)\n");
	mp_strbuf_clear(&out);
	geomlist_status(geoms, 1, &script, &out);
	assert_string_equal(mp_strbuf_text(&out), "multipath/FOO  DEGRADED  sda (ACTIVE)\n"
						  "multipath/FOO  DEGRADED  sdc (FAIL)\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_list_is_as_geom_prints_it),
		cmocka_unit_test(a_status_is_a_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
