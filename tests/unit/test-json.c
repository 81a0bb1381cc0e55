/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "show/json.h"

#include "san.h"

static void no_maps_are_an_empty_array(void **state)
{
	_cleanup_san_ struct san san = SAN_INIT;

	(void)state;
	mp_show_maps_json(&san.context, NULL, 0, &san.out);
	assert_rendered(&san, "{\n"
			      "   \"major_version\": 0,\n"
			      "   \"minor_version\": 1,\n"
			      "   \"maps\": []\n"
			      "}\n");
}

/* clang-format off */
#define PATH_FIELDS(name, devt, priority) \
	"            \"dev\" : \"" name "\",\n" \
	"            \"dev_t\" : \"" devt "\",\n" \
	"            \"dm_st\" : \"active\",\n" \
	"            \"dev_st\" : \"running\",\n" \
	"            \"chk_st\" : \"ready\",\n" \
	"            \"checker\" : \"tur\",\n" \
	"            \"pri\" : " priority ",\n" \
	"            \"host_wwnn\" : \"[undef]\",\n" \
	"            \"target_wwnn\" : \"[undef]\",\n" \
	"            \"host_wwpn\" : \"[undef]\",\n" \
	"            \"target_wwpn\" : \"[undef]\",\n" \
	"            \"host_adapter\" : \"[undef]\",\n" \
	"            \"lun_hex\" : \"0x0000000000000000\",\n" \
	"            \"marginal_st\" : \"normal\"\n"

#define MAP_FIELDS \
	"      \"name\" : \"mpatha\",\n" \
	"      \"uuid\" : \"1Linux_scsi_debug_2000\",\n" \
	"      \"sysfs\" : \"dm-0\",\n" \
	"      \"failback\" : \"manual\",\n" \
	"      \"queueing\" : \"5 chk\",\n" \
	"      \"paths\" : 2,\n" \
	"      \"write_prot\" : \"rw\",\n" \
	"      \"dm_st\" : \"active\",\n" \
	"      \"features\" : \"1 queue_if_no_path\",\n" \
	"      \"hwhandler\" : \"1 alua\",\n" \
	"      \"action\" : \"\",\n" \
	"      \"path_faults\" : 0,\n" \
	"      \"vend\" : \"Linux\",\n" \
	"      \"prod\" : \"scsi_debug\",\n" \
	"      \"rev\" : \"0191\",\n" \
	"      \"switch_grp\" : 0,\n" \
	"      \"map_loads\" : 1,\n" \
	"      \"total_q_time\" : 0,\n" \
	"      \"q_timeouts\" : 0,\n" \
	"      \"path_groups\": [{\n" \
	"         \"selector\" : \"service-time 0\",\n" \
	"         \"pri\" : 50,\n" \
	"         \"dm_st\" : \"active\",\n" \
	"         \"marginal_st\" : \"normal\",\n" \
	"         \"group\" : 1,\n" \
	"         \"paths\": [{\n" \
	PATH_FIELDS("sda", "8:0", "50") \
	"         }]\n" \
	"      },{\n" \
	"         \"selector\" : \"service-time 0\",\n" \
	"         \"pri\" : 10,\n" \
	"         \"dm_st\" : \"enabled\",\n" \
	"         \"marginal_st\" : \"normal\",\n" \
	"         \"group\" : 2,\n" \
	"         \"paths\": [{\n" \
	PATH_FIELDS("sdc", "8:32", "10") \
	"         }]\n" \
	"      }]\n"
/* clang-format on */

static struct mp_map *add_map(struct san *san)
{
	struct mp_map *map = san_add_alua_map(san);

	map->settings.no_path_retry = 5;
	map->stats.loads = 1;
	return map;
}

static void one_map_is_under_the_key_map(void **state)
{
	_cleanup_san_ struct san san = SAN_INIT;

	(void)state;
	mp_show_map_json(&san.context, add_map(&san), &san.out);
	assert_rendered(&san, "{\n"
			      "   \"major_version\": 0,\n"
			      "   \"minor_version\": 1,\n"
			      "   \"map\":{\n" MAP_FIELDS "   }\n"
			      "}\n");
}

static void several_maps_are_in_an_array(void **state)
{
	_cleanup_san_ struct san san = SAN_INIT;
	const struct mp_map *map = add_map(&san);
	const struct mp_map *const maps[] = { map, map };

	(void)state;
	mp_show_maps_json(&san.context, maps, 2, &san.out);
	assert_rendered(&san, "{\n"
			      "   \"major_version\": 0,\n"
			      "   \"minor_version\": 1,\n"
			      "   \"maps\": [{\n" MAP_FIELDS "   },{\n" MAP_FIELDS "   }]\n"
			      "}\n");
}

static void groups_and_paths_may_be_missing(void **state)
{
	_cleanup_san_ struct san san = SAN_INIT;
	struct mp_map *map = san_add_map(&san, "w", "w", "0 0 1 1 round-robin 0 1 1 8:0 1");

	(void)state;
	mp_show_map_json(&san.context, map, &san.out);
	assert_non_null(strstr(mp_strbuf_text(&san.out), "      \"path_groups\": []\n   }\n}\n"));
	mp_strbuf_clear(&san.out);
	assert_int_equal(mp_map_update_groups(map), 0);
	mp_show_map_json(&san.context, map, &san.out);
	assert_non_null(
		strstr(mp_strbuf_text(&san.out), "         \"paths\": []\n      }]\n   }\n}\n"));
}

static void paths_that_are_down_and_not_in_the_table_are_a_last_group(void **state)
{
	_cleanup_san_ struct san san = SAN_INIT;
	struct mp_map *map = add_map(&san);

	(void)state;
	san_add_path(&san, map, "sde", 64, 2, 0, 10)->state = MP_PATH_DOWN;
	mp_show_map_json(&san.context, map, &san.out);
	assert_non_null(strstr(mp_strbuf_text(&san.out),
			       "      },{\n"
			       "         \"selector\" : \"service-time 0\",\n"
			       "         \"pri\" : 0,\n"
			       "         \"dm_st\" : \"undef\",\n"
			       "         \"marginal_st\" : \"normal\",\n"
			       "         \"group\" : 3,\n"
			       "         \"paths\": [{\n"
			       "            \"dev\" : \"sde\",\n"
			       "            \"dev_t\" : \"8:64\",\n"
			       "            \"dm_st\" : \"failed\",\n"
			       "            \"dev_st\" : \"running\",\n"
			       "            \"chk_st\" : \"faulty\",\n"));
}

static void characters_that_would_break_json_are_escaped(void **state)
{
	static const struct {
		const char *name, *rendered;
	} cases[] = {
		{ "say \"hello\"", "\"name\" : \"say \\\"hello\\\"\"," },
		{ "back\\slash", "\"name\" : \"back\\\\slash\"," },
		{ "line\nbreak\x01\x1f\x7f", "\"name\" : \"line\\u000abreak\\u0001\\u001f\x7f\"," },
		{ "gr\xc3\xbc\xc3\x9f", "\"name\" : \"gr\xc3\xbc\xc3\x9f\"," },
		{ "\xe2\x82\xac\xf0\x9f\x98\x80", "\"name\" : \"\xe2\x82\xac\xf0\x9f\x98\x80\"," },
		{ "latin \xfc", "\"name\" : \"latin \\u00fc\"," },
		{ "cut \xe2\x82", "\"name\" : \"cut \\u00e2\\u0082\"," },
		{ "overlong \xc0\x80", "\"name\" : \"overlong \\u00c0\\u0080\"," },
		{ "surrogate \xed\xa0\x80", "\"name\" : \"surrogate \\u00ed\\u00a0\\u0080\"," },
		{ "beyond \xf4\x90\x80\x80",
		  "\"name\" : \"beyond \\u00f4\\u0090\\u0080\\u0080\"," },
	};
	_cleanup_san_ struct san san = SAN_INIT;
	struct mp_map *map = san_add_map(&san, "w", "w", "0 0 0 0");

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(mp_map_set_name(map, cases[i].name), 0);
		mp_show_map_json(&san.context, map, &san.out);
		if (!strstr(mp_strbuf_text(&san.out), cases[i].rendered))
			fail_msg("%s is not in %s", cases[i].rendered, mp_strbuf_text(&san.out));
		mp_strbuf_clear(&san.out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_maps_are_an_empty_array),
		cmocka_unit_test(one_map_is_under_the_key_map),
		cmocka_unit_test(several_maps_are_in_an_array),
		cmocka_unit_test(groups_and_paths_may_be_missing),
		cmocka_unit_test(paths_that_are_down_and_not_in_the_table_are_a_last_group),
		cmocka_unit_test(characters_that_would_break_json_are_escaped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
