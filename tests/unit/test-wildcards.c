/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "show/wildcards.h"

#include "san.h"

static void the_list_has_maps_and_paths_in_order(void **state)
{
	_cleanup_strbuf_ struct mp_strbuf out = MP_STRBUF_INIT;

	(void)state;
	mp_show_wildcards(&out);
	assert_string_equal(mp_strbuf_text(&out), "multipath format wildcards:\n"
						  "%n  name\n"
						  "%w  uuid\n"
						  "%d  sysfs\n"
						  "%F  failback\n"
						  "%Q  queueing\n"
						  "%N  paths\n"
						  "%r  write_prot\n"
						  "%t  dm-st\n"
						  "%S  size\n"
						  "%f  features\n"
						  "%x  failures\n"
						  "%h  hwhandler\n"
						  "%A  action\n"
						  "%0  path_faults\n"
						  "%1  switch_grp\n"
						  "%2  map_loads\n"
						  "%3  total_q_time\n"
						  "%4  q_timeouts\n"
						  "%s  vend/prod\n"
						  "%v  vend\n"
						  "%p  prod\n"
						  "%e  rev\n"
						  "%G  foreign\n"
						  "%g  vpd page data\n"
						  "%k  max_sectors_kb\n"
						  "\n"
						  "path format wildcards:\n"
						  "%w  uuid\n"
						  "%i  hcil\n"
						  "%d  dev\n"
						  "%D  dev_t\n"
						  "%t  dm_st\n"
						  "%o  dev_st\n"
						  "%T  chk_st\n"
						  "%s  vend/prod/rev\n"
						  "%c  checker\n"
						  "%C  next_check\n"
						  "%p  pri\n"
						  "%S  size\n"
						  "%z  serial\n"
						  "%M  marginal_st\n"
						  "%m  multipath\n"
						  "%N  host WWNN\n"
						  "%n  target WWNN\n"
						  "%R  host WWPN\n"
						  "%r  target WWPN\n"
						  "%a  host adapter\n"
						  "%G  foreign\n"
						  "%g  vpd page data\n"
						  "%0  failures\n"
						  "%P  protocol\n"
						  "%I  init_st\n"
						  "%L  LUN hex\n"
						  "%A  TPG\n"
						  "%k  max_sectors_kb\n");
}

static void assert_map(struct san *san, char letter, const struct mp_map *map, const char *expected)
{
	mp_wildcard_find_map(letter)->render(&san->context, map, &san->out);
	assert_rendered(san, expected);
}

static void assert_path(struct san *san, char letter, const struct mp_path *path,
			const char *expected)
{
	mp_wildcard_find_path(letter)->render(&san->context, path, &san->out);
	assert_rendered(san, expected);
}

static void an_unknown_letter_has_no_row(void **state)
{
	(void)state;
	assert_null(mp_wildcard_find_map('z'));
	assert_null(mp_wildcard_find_map('\0'));
	assert_null(mp_wildcard_find_path('%'));
	assert_null(mp_wildcard_find_group('n'));
}

static void a_new_map_has_the_undefined_renderings(void **state)
{
	static const struct {
		char letter;
		const char *text;
	} cases[] = {
		{ 'd', "undef" }, { 'F', "undef" }, { 'Q', "-" },	{ 'N', "0" },
		{ 'r', "undef" }, { 't', "undef" }, { 'S', "0.0K" },	{ 'f', "" },
		{ 'x', "0" },	  { 'h', "" },	    { 'A', "" },	{ '0', "0" },
		{ '4', "0" },	  { 's', "##,##" }, { 'v', "##" },	{ 'p', "##" },
		{ 'e', "##" },	  { 'G', "--" },    { 'g', "[undef]" }, { 'k', "n/a" },
	};
	_cleanup_(heap_map_freep) struct mp_map *map = NULL;
	_cleanup_san_ struct san san = SAN_INIT;

	(void)state;
	assert_int_equal(heap_map_new("w", "name", &map), 0);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_map(&san, cases[i].letter, map, cases[i].text);
}

static void a_new_path_has_the_undefined_renderings(void **state)
{
	static const struct {
		char letter;
		const char *text;
	} cases[] = {
		{ 'w', "" },	     { 'i', "#:#:#:#" },
		{ 'd', "" },	     { 'D', "#:#" },
		{ 't', "undef" },    { 'o', "unknown" },
		{ 'T', "undef" },    { 's', "##,##,##" },
		{ 'c', "(null)" },   { 'C', "orphan" },
		{ 'p', "-1" },	     { 'S', "0.0K" },
		{ 'z', "" },	     { 'M', "normal" },
		{ 'm', "[orphan]" }, { 'N', "[undef]" },
		{ 'n', "[undef]" },  { 'R', "[undef]" },
		{ 'r', "[undef]" },  { 'a', "[undef]" },
		{ 'G', "--" },	     { 'g', "[undef]" },
		{ '0', "0" },	     { 'P', "undef" },
		{ 'I', "new" },	     { 'L', "0xffffffffffffffff" },
		{ 'A', "[undef]" },  { 'k', "n/a" },
	};
	const struct mp_identity identity = { .address = { .host = -1 }, .tpg = -1 };
	_cleanup_(heap_path_freep) struct mp_path *path = NULL;
	_cleanup_san_ struct san san = SAN_INIT;

	(void)state;
	assert_int_equal(heap_path_new(1, &identity, &path), 0);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_path(&san, cases[i].letter, path, cases[i].text);
}

static void failback_shows_policy_or_progress(void **state)
{
	static const struct {
		int policy;
		uint64_t due_usec;
		const char *text;
	} cases[] = {
		{ MP_FAILBACK_IMMEDIATE, 0, "immediate" },
		{ MP_FAILBACK_FOLLOWOVER, 0, "followover" },
		{ MP_FAILBACK_MANUAL, 0, "manual" },
		{ 0, 0, "undef" },
		{ 20, 0, "deferred:20" },
		{ 20, 120000000, "XXXXXXXXXX 20/20" },
		{ 20, 118000001, "XXXXXXXXX. 19/20" },
		{ 20, 103000000, "X......... 3/20" },
		{ 20, 100000001, ".......... 1/20" },
		{ 20, 99000000, ".......... 0/20" },
		{ 20, 500000000, "XXXXXXXXXX 20/20" },
	};
	_cleanup_san_ struct san san = SAN_INIT;
	struct mp_map *map = san_add_alua_map(&san);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		map->settings.failback = cases[i].policy;
		map->failback_usec = cases[i].due_usec;
		map->failback_sec = cases[i].policy > 0 ? cases[i].policy : 0;
		assert_map(&san, 'F', map, cases[i].text);
	}
}

static void queueing_shows_what_happens_without_paths(void **state)
{
	static const struct {
		int policy;
		struct mp_queueing queueing;
		bool path_is_down;
		const char *text;
	} cases[] = {
		{ MP_RETRY_UNSET, { 0 }, false, "-" },
		{ MP_RETRY_FAIL, { 0 }, false, "off" },
		{ MP_RETRY_QUEUE, { 0 }, false, "on" },
		{ MP_RETRY_QUEUE, { 0 }, true, "on" },
		{ MP_RETRY_QUEUE, { .disabled = true }, false, "off" },
		{ 4, { 0 }, false, "4 chk" },
		{ 4, { 0 }, true, "off" },
		{ 4, { .recovering = true, .deadline_usec = 108000000 }, true, "8 sec" },
		{ 4, { .recovering = true, .deadline_usec = 100000001 }, true, "1 sec" },
		{ 4, { .expired = true }, true, "off" },
		{ 4, { .disabled = true }, false, "off" },
	};
	_cleanup_san_ struct san san = SAN_INIT;
	struct mp_map *map = san_add_map(&san, "m", "w", "0 0 1 1 service-time 0 1 1 8:0 1");
	struct mp_path *path = san_add_path(&san, map, "sda", 0, 0, 0, 1);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		map->settings.no_path_retry = cases[i].policy;
		map->queueing = cases[i].queueing;
		path->state = cases[i].path_is_down ? MP_PATH_DOWN : MP_PATH_UP;
		assert_map(&san, 'Q', map, cases[i].text);
	}
}

static void sizes_have_a_decimal_below_ten(void **state)
{
	static const struct {
		uint64_t sectors;
		const char *text;
	} cases[] = {
		{ 0, "0.0K" },		{ 1, "0.5K" },		{ 3, "1.5K" },
		{ 20, "10K" },		{ 2046, "1023K" },	{ 2048, "1.0M" },
		{ 16384, "8.0M" },	{ 32768, "16M" },	{ 4194304, "2.0G" },
		{ 1ULL << 31, "1.0T" }, { 1ULL << 41, "1.0P" }, { 1ULL << 51, "1024P" },
	};
	_cleanup_san_ struct san san = SAN_INIT;
	struct mp_map *map = san_add_map(&san, "m", "w", "0 0 0 0");

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		map->kernel.table.size_sectors = cases[i].sectors;
		assert_map(&san, 'S', map, cases[i].text);
	}
}

static void vendor_and_product_come_from_the_first_path_that_has_them(void **state)
{
	_cleanup_san_ struct san san = SAN_INIT;
	struct mp_map *map = san_add_alua_map(&san);

	(void)state;
	*san.paths[0]->identity.vendor = '\0';
	*san.paths[0]->identity.revision = '\0';
	strcpy(san.paths[1]->identity.vendor, "OTHER");
	strcpy(san.paths[1]->identity.product, "array");
	san.paths[1]->identity.vpd_data = "data";
	assert_map(&san, 's', map, "OTHER,array");
	assert_map(&san, 'v', map, "OTHER");
	assert_map(&san, 'p', map, "scsi_debug");
	assert_map(&san, 'e', map, "0191");
	assert_map(&san, 'g', map, "data");
}

static void kernel_facts_of_a_map_are_shown(void **state)
{
	_cleanup_san_ struct san san = SAN_INIT;
	struct mp_map *map = san_add_alua_map(&san);

	(void)state;
	map->kernel.minor = 42;
	map->kernel.read_only = true;
	map->kernel.suspended = true;
	map->kernel.max_sectors_kb = 1280;
	map->stats = (struct mp_map_stats){ 1, 2, 3, 4, 5, 4294967295 };
	assert_map(&san, 'd', map, "dm-42");
	assert_map(&san, 'r', map, "ro");
	assert_map(&san, 't', map, "suspend");
	assert_map(&san, 'f', map, "1 queue_if_no_path");
	assert_map(&san, 'h', map, "1 alua");
	assert_map(&san, 'k', map, "1280");
	assert_map(&san, '0', map, "1");
	assert_map(&san, '1', map, "2");
	assert_map(&san, '2', map, "3");
	assert_map(&san, '3', map, "4");
	assert_map(&san, '4', map, "5");
	assert_map(&san, 'x', map, "4294967295");
}

static void facts_of_a_path_are_shown(void **state)
{
	_cleanup_san_ struct san san = SAN_INIT;
	struct mp_map *map = san_add_alua_map(&san);
	struct mp_path *path = san.paths[0];

	(void)state;
	path->identity.address =
		(struct mp_address){ .host = 12, .channel = 3, .target = 45, .lun = 67 };
	path->identity.devt = makedev(259, 1048575);
	path->identity.protocol = MP_PROTOCOL_SCSI_FCP;
	path->identity.tpg = 0x1a;
	path->identity.max_sectors_kb = 512;
	path->marginal = true;
	path->dm_failures = 7;
	path->identity.serial = "S N";
	path->identity.target_wwpn = "0x5000";
	path->identity.adapter = "0000:3b:00.0";
	assert_path(&san, 'i', path, "12:3:45:67");
	assert_path(&san, 'D', path, "259:1048575");
	assert_path(&san, 't', path, "active");
	assert_path(&san, 'o', path, "running");
	assert_path(&san, 'P', path, "scsi:fcp");
	assert_path(&san, 'N', path, "[unknown]");
	assert_path(&san, 'R', path, "[unknown]");
	assert_path(&san, 'n', path, "[undef]");
	assert_path(&san, 'r', path, "0x5000");
	assert_path(&san, 'a', path, "0000:3b:00.0");
	assert_path(&san, 'A', path, "0x001a");
	assert_path(&san, 'k', path, "512");
	assert_path(&san, 'M', path, "marginal");
	assert_path(&san, 'm', path, "mpatha");
	assert_path(&san, 'z', path, "S N");
	assert_path(&san, '0', path, "7");
	assert_path(&san, 'I', path, "ok");
	assert_path(&san, 'c', path, "tur");
	assert_path(&san, 's', path, "Linux,scsi_debug,0191");

	path->identity.offline = true;
	assert_path(&san, 'o', path, "offline");
	assert_path(&san, 'm', path, "mpatha");
	mp_map_remove_path(path);
	assert_path(&san, 'o', path, "unknown");
	assert_path(&san, 'T', path, "undef");
	assert_path(&san, 'm', path, "[offline]");
	assert_ptr_equal(map, san.maps[0]);
}

static void the_next_check_counts_down(void **state)
{
	static const struct {
		uint64_t due_usec;
		unsigned interval_sec;
		const char *text;
	} cases[] = {
		{ 110000000, 10, "XXXXXXXXXX 10/10" },
		{ 104000000, 10, "XXXX...... 4/10" },
		{ 103000001, 10, "XXXX...... 4/10" },
		{ 100000000, 10, ".......... 0/10" },
		{ 0, 5, ".......... 0/5" },
		{ 104000000, 5, "XXXXXXXX.. 4/5" },
		{ 104000000, 0, ".......... 0/0" },
	};
	_cleanup_san_ struct san san = SAN_INIT;
	struct mp_path *path;

	(void)state;
	san_add_alua_map(&san);
	path = san.paths[0];
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		path->next_check_usec = cases[i].due_usec;
		path->interval_sec = cases[i].interval_sec;
		assert_path(&san, 'C', path, cases[i].text);
	}
}

static void luns_are_in_the_order_of_sam(void **state)
{
	static const struct {
		uint64_t lun;
		const char *text;
	} cases[] = {
		{ 0, "0x0000000000000000" },
		{ 1, "0x0001000000000000" },
		{ 0x4001, "0x4001000000000000" },
		{ 0x0004000300020001, "0x0001000200030004" },
	};
	_cleanup_san_ struct san san = SAN_INIT;
	struct mp_path *path = san_add_path(&san, NULL, "sda", 0, 0, 0, 1);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		path->identity.address.lun = cases[i].lun;
		assert_path(&san, 'L', path, cases[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_list_has_maps_and_paths_in_order),
		cmocka_unit_test(an_unknown_letter_has_no_row),
		cmocka_unit_test(a_new_map_has_the_undefined_renderings),
		cmocka_unit_test(a_new_path_has_the_undefined_renderings),
		cmocka_unit_test(failback_shows_policy_or_progress),
		cmocka_unit_test(queueing_shows_what_happens_without_paths),
		cmocka_unit_test(sizes_have_a_decimal_below_ten),
		cmocka_unit_test(vendor_and_product_come_from_the_first_path_that_has_them),
		cmocka_unit_test(kernel_facts_of_a_map_are_shown),
		cmocka_unit_test(facts_of_a_path_are_shown),
		cmocka_unit_test(the_next_check_counts_down),
		cmocka_unit_test(luns_are_in_the_order_of_sam),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
