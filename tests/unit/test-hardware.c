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

static const struct mp_setting *setting_of(unsigned row, enum mp_key key)
{
	const struct mp_setting *setting = mp_hardware[row];

	while (setting->key != MP_KEY_NONE && setting->key != key)
		setting++;
	return setting->key == key ? setting : NULL;
}

static void each_row_is_a_valid_device_section(void **state)
{
	(void)state;
	for (unsigned i = 0; i < mp_hardware_count; i++) {
		unsigned count = 0;

		assert_non_null(setting_of(i, MP_KEY_VENDOR));
		assert_non_null(setting_of(i, MP_KEY_PRODUCT));
		for (; mp_hardware[i][count].key != MP_KEY_NONE; count++)
			assert_int_equal(
				mp_keyword_find(MP_SCOPE_DEVICE,
						mp_keywords[mp_hardware[i][count].key].name),
				mp_hardware[i][count].key);
		assert_true(count < MP_HARDWARE_SETTINGS);
	}
}

static void each_pattern_is_an_expression(void **state)
{
	static const enum mp_key keys[] = { MP_KEY_VENDOR, MP_KEY_PRODUCT,
					    MP_KEY_PRODUCT_BLACKLIST };

	(void)state;
	for (unsigned i = 0; i < mp_hardware_count; i++) {
		for (size_t k = 0; k < ARRAY_SIZE(keys); k++) {
			const struct mp_setting *setting = setting_of(i, keys[k]);
			_cleanup_(mp_pattern_fini) struct mp_pattern pattern = { 0 };

			if (setting)
				assert_int_equal(mp_pattern_init(&pattern, setting->text), 0);
		}
	}
}

static void no_two_rows_are_of_the_same_device(void **state)
{
	(void)state;
	for (unsigned i = 0; i < mp_hardware_count; i++)
		for (unsigned k = 0; k < i; k++)
			assert_true(strcmp(setting_of(i, MP_KEY_VENDOR)->text,
					   setting_of(k, MP_KEY_VENDOR)->text) != 0 ||
				    strcmp(setting_of(i, MP_KEY_PRODUCT)->text,
					   setting_of(k, MP_KEY_PRODUCT)->text) != 0);
}

static void an_empty_configuration_compiles_no_expression(void **state)
{
	_cleanup_loaded_ struct loaded loaded;

	(void)state;
	loaded_init(&loaded);
	assert_int_equal(loaded_load(&loaded), 0);
	for (enum mp_list list = 0; list < MP_LISTS; list++) {
		for (enum mp_criterion criterion = 0; criterion <= MP_CRITERION_WWID; criterion++) {
			const struct mp_rule_list *rules = &loaded.config->rules[list][criterion];

			for (size_t i = 0; i < rules->count; i++) {
				assert_null(rules->items[i].pattern.compiled);
				assert_null(rules->items[i].product.compiled);
			}
		}
	}
}

static void arrays_get_the_settings_of_their_vendors(void **state)
{
	static const struct {
		const char *vendor, *product;
		enum mp_protocol protocol;
		const char *checker, *prioritizer, *uid_attribute;
		enum mp_grouping grouping;
		int no_path_retry, failback;
	} rows[] = {
		{ "LIO-ORG", "disk", 0, "directio", "alua", "ID_SERIAL", MP_GROUPING_BY_PRIO, 12,
		  MP_FAILBACK_IMMEDIATE },
		{ "NETAPP", "LUN C-Mode", 0, "tur", "ontap", "ID_SERIAL", MP_GROUPING_BY_PRIO,
		  MP_RETRY_QUEUE, MP_FAILBACK_IMMEDIATE },
		{ "IBM", "1815 FAStT", 0, "rdac", "rdac", "ID_SERIAL", MP_GROUPING_BY_PRIO, 30,
		  MP_FAILBACK_IMMEDIATE },
		{ "IBM", "2810XIV", 0, "tur", "const", "ID_SERIAL", MP_GROUPING_BY_PRIO,
		  MP_RETRY_QUEUE, 15 },
		{ "IBM", "S/390 DASD ECKD", MP_PROTOCOL_CCW, "directio", "const", "ID_UID",
		  MP_GROUPING_MULTIBUS, MP_RETRY_QUEUE, MP_FAILBACK_MANUAL },
		{ "NVME", "FlashSystem 9", MP_PROTOCOL_NVME_FC, "none", "const", "ID_WWN",
		  MP_GROUPING_BY_PRIO, MP_RETRY_FAIL, MP_FAILBACK_IMMEDIATE },
		{ "Linux", "scsi_debug", 0, "tur", "const", "ID_SERIAL", MP_GROUPING_FAILOVER,
		  MP_RETRY_UNSET, MP_FAILBACK_MANUAL },
	};
	_cleanup_loaded_ struct loaded loaded;

	(void)state;
	loaded_init(&loaded);
	assert_int_equal(loaded_load(&loaded), 0);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct mp_identity identity = { .name = "sda", .protocol = rows[i].protocol };
		struct mp_path_settings path;
		struct mp_map_settings map;

		strcpy(identity.vendor, rows[i].vendor);
		strcpy(identity.product, rows[i].product);
		mp_config_path_settings(loaded.config, &identity, &path);
		mp_config_map_settings(loaded.config, "w", &identity, &map);
		assert_string_equal(path.checker, rows[i].checker);
		assert_string_equal(path.prioritizer, rows[i].prioritizer);
		assert_string_equal(path.uid_attribute, rows[i].uid_attribute);
		assert_int_equal(map.grouping, rows[i].grouping);
		assert_int_equal(map.no_path_retry, rows[i].no_path_retry);
		assert_int_equal(map.failback, rows[i].failback);
	}
}

static void the_limit_of_a_flasharray_is_in_force(void **state)
{
	struct mp_identity identity = { .vendor = "PURE", .product = "FlashArray" };
	_cleanup_loaded_ struct loaded loaded;
	struct mp_map_settings map;

	(void)state;
	loaded_init(&loaded);
	assert_int_equal(loaded_load(&loaded), 0);
	mp_config_map_settings(loaded.config, "w", &identity, &map);
	assert_int_equal(map.max_sectors_kb, 4096);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_row_is_a_valid_device_section),
		cmocka_unit_test(each_pattern_is_an_expression),
		cmocka_unit_test(no_two_rows_are_of_the_same_device),
		cmocka_unit_test(an_empty_configuration_compiles_no_expression),
		cmocka_unit_test(arrays_get_the_settings_of_their_vendors),
		cmocka_unit_test(the_limit_of_a_flasharray_is_in_force),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
