/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/cleanup.h"
#include "config-loaded.h"
#include "config/hardware.h"
#include "config/sections.h"

static void equal_devices_become_one_at_the_later_place(void **state)
{
	_cleanup_loaded_ struct loaded loaded;
	const struct mp_section *devices;

	(void)state;
	loaded_init(&loaded);
	assert_int_equal(
		loaded_text(
			&loaded,
			"devices {\n"
			"device {\nvendor V\nproduct P\nno_path_retry 1\nfailback 2\nuid_attribute \"\"\n}\n"
			"device {\nvendor V\nproduct Q\n}\n"
			"device {\nvendor V\nproduct P\nno_path_retry 3\n}\n"
			"device {\nvendor V\nproduct P\nrevision 1\n}\n}\n"),
		0);
	assert_int_equal(loaded.config->devices.count, mp_hardware_count + 3);
	devices = &loaded.config->devices.items[mp_hardware_count];
	assert_string_equal(mp_section_text(&devices[0], MP_KEY_PRODUCT), "Q");
	assert_int_equal(mp_section_find(&devices[1], MP_KEY_NO_PATH_RETRY)->number, 3);
	assert_int_equal(mp_section_find(&devices[1], MP_KEY_FAILBACK)->number, 2);
	assert_null(mp_section_find(&devices[1],
				    MP_KEY_UID_ATTRIBUTE)); /* an empty text is not passed on */
	assert_non_null(mp_section_find(&devices[2], MP_KEY_REVISION));
	assert_non_null(
		strstr(loaded_told(&loaded),
		       "1 multipath.conf:13:1: warning: device \"V\" \"P\" is already defined"));
}

static void a_device_like_a_built_in_one_inherits_from_it(void **state)
{
	_cleanup_loaded_ struct loaded loaded;
	const struct mp_section *device;

	(void)state;
	loaded_init(&loaded);
	assert_int_equal(
		loaded_text(
			&loaded,
			"devices {\ndevice {\nvendor HP\nproduct A6189A\nno_path_retry 3\n}\n}\n"),
		0);
	assert_int_equal(loaded.config->devices.count, mp_hardware_count);
	device = &loaded.config->devices.items[mp_hardware_count - 1];
	assert_string_equal(mp_section_text(device, MP_KEY_PRODUCT), "A6189A");
	assert_int_equal(mp_section_find(device, MP_KEY_NO_PATH_RETRY)->number, 3);
	assert_int_equal(mp_section_find(device, MP_KEY_PATH_GROUPING_POLICY)->number,
			 MP_GROUPING_MULTIBUS);
	assert_string_equal(
		loaded_told(&loaded),
		"3 multipath.conf:2:1: warning: device \"HP\" \"A6189A\" is already defined "
		"(built-in:0): both are merged\n");
}

static void sections_of_one_wwid_become_one_and_all_are_sorted(void **state)
{
	_cleanup_loaded_ struct loaded loaded;
	const struct mp_section *maps;

	(void)state;
	loaded_init(&loaded);
	assert_int_equal(loaded_text(&loaded, "multipaths {\n"
					      "multipath {\nwwid b\nalias b1\nno_path_retry 1\n}\n"
					      "multipath {\nwwid a\n}\n"
					      "multipath {\nwwid b\nalias b2\nfailback 2\n}\n"
					      "multipath {\nwwid b\nfailback 3\n}\n}\n"),
			 0);
	assert_int_equal(loaded.config->maps.count, 2);
	maps = loaded.config->maps.items;
	assert_string_equal(mp_section_text(&maps[0], MP_KEY_WWID), "a");
	assert_string_equal(mp_section_text(&maps[1], MP_KEY_ALIAS), "b2");
	assert_int_equal(mp_section_find(&maps[1], MP_KEY_NO_PATH_RETRY)->number, 1);
	assert_int_equal(mp_section_find(&maps[1], MP_KEY_FAILBACK)->number, 3);
	assert_string_equal(mp_config_wwid_of_alias(loaded.config, "b2"), "b");
	assert_null(mp_config_wwid_of_alias(loaded.config, "b1"));
}

static void an_alias_belongs_to_the_first_section_with_it(void **state)
{
	_cleanup_loaded_ struct loaded loaded;

	(void)state;
	loaded_init(&loaded);
	assert_int_equal(
		loaded_text(
			&loaded,
			"multipaths {\nmultipath {\nwwid z\nalias x\n}\nmultipath {\nwwid a\nalias x\n"
			"failback 3\n}\n}\n"),
		0);
	assert_string_equal(mp_config_wwid_of_alias(loaded.config, "x"), "z");
	assert_null(mp_config_alias(loaded.config, "a"));
	assert_int_equal(
		mp_section_find(mp_config_map_section(loaded.config, "a"), MP_KEY_FAILBACK)->number,
		3);
}

static void equal_rules_are_kept_once_except_protocols(void **state)
{
	_cleanup_loaded_ struct loaded loaded;
	const struct mp_rule_list *rules;

	(void)state;
	loaded_init(&loaded);
	assert_int_equal(loaded_text(&loaded,
				     "blacklist {\nwwid b\nwwid a\nwwid b\nprotocol p\nprotocol p\n"
				     "device {\nvendor SGI\nproduct \"Universal Xport\"\n}\n"
				     "device {\nvendor SGI\n}\n}\n"),
			 0);
	rules = loaded.config->rules[MP_LIST_BLACKLIST];
	assert_int_equal(rules[MP_CRITERION_WWID].count, 2);
	assert_string_equal(rules[MP_CRITERION_WWID].items[0].text, "b");
	assert_int_equal(rules[MP_CRITERION_PROTOCOL].count, 2);
	assert_string_equal(rules[MP_CRITERION_DEVICE].items[0].text, "SGI:Universal Xport");
	assert_string_equal(rules[MP_CRITERION_DEVICE].items[1].text, "SGI:");
	for (size_t i = 2; i < rules[MP_CRITERION_DEVICE].count; i++) {
		assert_string_not_equal(rules[MP_CRITERION_DEVICE].items[i].text,
					"SGI:Universal Xport");
		assert_int_equal(rules[MP_CRITERION_DEVICE].items[i].file, MP_ORIGIN_BUILTIN);
	}
}

static void a_rule_without_an_expression_is_left_out(void **state)
{
	_cleanup_loaded_ struct loaded loaded;

	(void)state;
	loaded_init(&loaded);
	assert_int_equal(loaded_text(&loaded, "devices {\ndevice {\nvendor \"(\"\nproduct P\n"
					      "product_blacklist Q\n}\n}\n"),
			 0);
	assert_string_equal(
		loaded_told(&loaded),
		"0 multipath.conf:2:1: warning: product_blacklist is ignored: expected a vendor "
		"that is an extended regular expression\n");
}

static void many_sections_and_rules_are_merged_quickly(void **state)
{
	enum { COUNT = 20000 };
	_cleanup_strbuf_ struct mp_strbuf text = MP_STRBUF_INIT;
	_cleanup_loaded_ struct loaded loaded;

	(void)state;
	loaded_init(&loaded);
	mp_strbuf_puts(&text, "devices {\n");
	for (int i = 0; i < COUNT; i++)
		mp_strbuf_printf(&text, "device {\nvendor V%d\nproduct P[0-9]+\n}\n",
				 i % (COUNT / 2));
	mp_strbuf_puts(&text, "}\nblacklist {\n");
	for (int i = 0; i < COUNT; i++)
		mp_strbuf_printf(&text, "wwid %d\n", i % (COUNT / 2));
	mp_strbuf_puts(&text, "}\nmultipaths {\n");
	for (int i = 0; i < COUNT; i++)
		mp_strbuf_printf(&text, "multipath {\nwwid %d\nalias a%d\n}\n", i % (COUNT / 2), i);
	mp_strbuf_puts(&text, "}\n");
	loaded.source.diagnostic = NULL;
	assert_int_equal(loaded_text(&loaded, mp_strbuf_text(&text)), 0);
	assert_int_equal(loaded.config->devices.count, mp_hardware_count + COUNT / 2);
	assert_int_equal(loaded.config->rules[MP_LIST_BLACKLIST][MP_CRITERION_WWID].count,
			 COUNT / 2);
	assert_int_equal(loaded.config->maps.count, COUNT / 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equal_devices_become_one_at_the_later_place),
		cmocka_unit_test(a_device_like_a_built_in_one_inherits_from_it),
		cmocka_unit_test(sections_of_one_wwid_become_one_and_all_are_sorted),
		cmocka_unit_test(an_alias_belongs_to_the_first_section_with_it),
		cmocka_unit_test(equal_rules_are_kept_once_except_protocols),
		cmocka_unit_test(a_rule_without_an_expression_is_left_out),
		cmocka_unit_test(many_sections_and_rules_are_merged_quickly),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
