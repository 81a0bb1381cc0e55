/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/cleanup.h"
#include "config-loaded.h"

static const struct mp_identity fc_disk = {
	.name = "sda",
	.wwid = "w",
	.vendor = "V",
	.product = "P",
	.revision = "1",
	.protocol = MP_PROTOCOL_SCSI_FCP,
};

static struct mp_map_settings map_of(struct loaded *loaded, const char *text)
{
	struct mp_map_settings settings;

	assert_int_equal(loaded_text(loaded, text), 0);
	mp_config_map_settings(loaded->config, "w", &fc_disk, &settings);
	return settings;
}

static struct mp_path_settings path_of(struct loaded *loaded, const char *text)
{
	struct mp_path_settings settings;

	assert_int_equal(loaded_text(loaded, text), 0);
	mp_config_path_settings(loaded->config, &fc_disk, &settings);
	return settings;
}

#define DEFAULTS(text) "defaults {\n" text "\n}\n"
#define DEVICE(text) "devices {\ndevice {\nvendor V\nproduct P\n" text "\n}\n}\n"
#define OVERRIDES(text) "overrides {\n" text "\n}\n"
#define PROTOCOL(text) OVERRIDES("protocol {\ntype \"scsi:fcp\"\n" text "\n}")
#define MULTIPATH(text) "multipaths {\nmultipath {\nwwid w\n" text "\n}\n}\n"

static void more_specific_sections_take_precedence(void **state)
{
	static const struct {
		const char *text;
		int no_path_retry;
	} rows[] = {
		{ "", MP_RETRY_UNSET },
		{ DEFAULTS("no_path_retry 1"), 1 },
		{ DEFAULTS("no_path_retry 1") DEVICE("no_path_retry 2"), 2 },
		{ DEFAULTS("no_path_retry 1") OVERRIDES("no_path_retry 3")
			  DEVICE("no_path_retry 2"),
		  3 },
		{ DEFAULTS("no_path_retry 1") OVERRIDES("no_path_retry 3")
			  MULTIPATH("no_path_retry 4") DEVICE("no_path_retry 2"),
		  4 },
		{ DEFAULTS("no_path_retry queue") DEVICE("no_path_retry fail"), MP_RETRY_FAIL },
	};
	_cleanup_loaded_ struct loaded loaded;

	(void)state;
	loaded_init(&loaded);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_int_equal(map_of(&loaded, rows[i].text).no_path_retry,
				 rows[i].no_path_retry);
}

static void a_map_without_a_reference_path_has_no_hardware_entry(void **state)
{
	_cleanup_loaded_ struct loaded loaded;
	struct mp_map_settings settings;

	(void)state;
	loaded_init(&loaded);
	assert_int_equal(loaded_text(&loaded, DEVICE("no_path_retry 2")), 0);
	mp_config_map_settings(loaded.config, "w", NULL, &settings);
	assert_int_equal(settings.no_path_retry, MP_RETRY_UNSET);
	mp_config_map_settings(loaded.config, NULL, &fc_disk, &settings);
	assert_int_equal(settings.no_path_retry, 2);
}

static void zero_means_inherit_for_settings_without_a_zero(void **state)
{
	_cleanup_loaded_ struct loaded loaded;

	(void)state;
	loaded_init(&loaded);
	assert_int_equal(map_of(&loaded, DEFAULTS("rr_min_io_rq 7") DEVICE("rr_min_io_rq 0")).minio,
			 7);
	assert_int_equal(map_of(&loaded, DEFAULTS("rr_min_io_rq 7\nrr_min_io_rq 0")).minio, 1);
	assert_int_equal(map_of(&loaded, DEFAULTS("failback 10") OVERRIDES("failback 0")).failback,
			 10);
	assert_int_equal(map_of(&loaded, DEFAULTS("max_sectors_kb 8") MULTIPATH("max_sectors_kb 0"))
				 .max_sectors_kb,
			 8);
	assert_int_equal(path_of(&loaded, DEFAULTS("dev_loss_tmo 60") OVERRIDES("dev_loss_tmo 0"))
				 .dev_loss_sec,
			 60);
	/* here it is a value */
	assert_int_equal(
		map_of(&loaded, DEFAULTS("ghost_delay 7") DEVICE("ghost_delay 0")).ghost_delay_sec,
		0);
	assert_int_equal(path_of(&loaded, OVERRIDES("fast_io_fail_tmo 0")).fast_io_fail_sec, 0);
}

static void unset_values_are_distinguished_from_zero(void **state)
{
	_cleanup_loaded_ struct loaded loaded;
	struct mp_path_settings path;
	struct mp_map_settings map;

	(void)state;
	loaded_init(&loaded);
	path = path_of(&loaded, "");
	assert_true(path.has_fast_io_fail);
	assert_int_equal(path.fast_io_fail_sec, 5);
	assert_false(path.has_dev_loss || path.has_eh_deadline || path.has_max_retries);
	path = path_of(&loaded, DEFAULTS("eh_deadline 0\nmax_retries off\ndev_loss_tmo infinity"));
	assert_true(path.has_dev_loss && path.has_eh_deadline && path.has_max_retries);
	assert_int_equal(path.eh_deadline_sec, 0);
	assert_int_equal(path.max_retries, -1);
	assert_int_equal(path.dev_loss_sec, UINT_MAX);
	map = map_of(&loaded, MULTIPATH("uid 0\nmode 0600"));
	assert_true(map.has_uid && map.has_mode && !map.has_gid);
	assert_int_equal(map.mode, 0600);
}

static void protocol_sections_take_precedence_over_overrides(void **state)
{
	struct mp_identity iscsi = fc_disk;
	_cleanup_loaded_ struct loaded loaded;
	struct mp_path_settings path;

	(void)state;
	loaded_init(&loaded);
	path = path_of(&loaded,
		       OVERRIDES("dev_loss_tmo 10\neh_deadline 11") PROTOCOL("dev_loss_tmo 20")
			       PROTOCOL("fast_io_fail_tmo off") PROTOCOL("dev_loss_tmo 30"));
	assert_int_equal(path.dev_loss_sec, 30);
	assert_int_equal(path.fast_io_fail_sec, -1);
	assert_int_equal(path.eh_deadline_sec, 11);
	iscsi.protocol = MP_PROTOCOL_SCSI_ISCSI;
	mp_config_path_settings(loaded.config, &iscsi, &path);
	assert_int_equal(path.dev_loss_sec, 10);
}

static void arguments_come_with_their_prioritizer(void **state)
{
	static const struct {
		const char *text, *prioritizer, *args;
	} rows[] = {
		{ "", "const", "" },
		{ DEFAULTS("prio_args a"), "const", "" },
		{ DEFAULTS("prio alua\nprio_args a"), "alua", "a" },
		{ DEFAULTS("prio alua\nprio_args a") OVERRIDES("prio_args b"), "alua", "a" },
		{ DEFAULTS("prio alua\nprio_args a") OVERRIDES("prio rdac"), "rdac", "" },
		{ OVERRIDES("prio rdac\nprio_args b") MULTIPATH("prio hds\nprio_args c"), "hds",
		  "c" },
		{ OVERRIDES("prio rdac\nprio_args b") MULTIPATH("prio_args c"), "rdac", "b" },
		{ "devices {\ndevice {\nvendor V\nproduct .*\nprio emc\nprio_args d\n}\ndevice {\nvendor V\nproduct P\nprio_args "
		  "e\n}\n}\n",
		  "emc", "e" },
	};
	_cleanup_loaded_ struct loaded loaded;

	(void)state;
	loaded_init(&loaded);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct mp_path_settings path = path_of(&loaded, rows[i].text);

		assert_string_equal(path.prioritizer, rows[i].prioritizer);
		assert_string_equal(path.prio_args, rows[i].args);
	}
}

static void each_property_is_of_the_newest_entry_that_sets_it(void **state)
{
	_cleanup_loaded_ struct loaded loaded;
	struct mp_map_settings map;

	(void)state;
	loaded_init(&loaded);
	map = map_of(
		&loaded,
		"devices {\n"
		"device {\nvendor \"^V$\"\nproduct \".*\"\nno_path_retry 1\nfailback 2\nrr_min_io_rq 3\n}\n"
		"device {\nvendor \"(V|W)\"\nproduct P\nfailback 4\n}\n"
		"device {\nvendor V\nproduct P\nrevision 2\nno_path_retry 5\n}\n"
		"device {\nvendor \"(\"\nproduct P\nno_path_retry 6\n}\n"
		"device {\nvendor \"!X\"\nproduct P\nno_path_retry 7\n}\n}\n");
	assert_int_equal(map.no_path_retry, 1);
	assert_int_equal(map.failback, 4);
	assert_int_equal(map.minio, 3);
	assert_true(mp_config_knows_hardware(loaded.config, &fc_disk));
}

static void an_unknown_revision_matches(void **state)
{
	struct mp_identity nvme = fc_disk, unknown = fc_disk;
	_cleanup_loaded_ struct loaded loaded;

	(void)state;
	loaded_init(&loaded);
	assert_int_equal(
		loaded_text(&loaded,
			    "devices {\ndevice {\nvendor V\nproduct P\nrevision 2\n}\n}\n"),
		0);
	assert_false(mp_config_knows_hardware(loaded.config, &fc_disk));
	nvme.protocol = MP_PROTOCOL_NVME_TCP;
	assert_true(mp_config_knows_hardware(loaded.config, &nvme));
	unknown.revision[0] = '\0';
	assert_true(mp_config_knows_hardware(loaded.config, &unknown));
	assert_false(mp_config_knows_hardware(loaded.config, &fc_disk));
}

static void queueing_in_features_applies_without_no_path_retry(void **state)
{
	static const struct {
		const char *text, *features;
		int no_path_retry;
	} rows[] = {
		{ "", "0", MP_RETRY_UNSET },
		{ DEFAULTS("features \"1 queue_if_no_path\""), "0", MP_RETRY_QUEUE },
		{ DEFAULTS("features \"1 queue_if_no_path\"") DEVICE("no_path_retry 3"), "0", 3 },
		{ DEFAULTS("features \"1 queue_if_no_path\"")
			  MULTIPATH("features \"2 pg_init_retries 5\""),
		  "2 pg_init_retries 5", MP_RETRY_UNSET },
		{ OVERRIDES("features \"3 pg_init_retries 5 queue_if_no_path\""),
		  "2 pg_init_retries 5", MP_RETRY_QUEUE },
		{ OVERRIDES("features \"1 queue_if_no_path\"\nno_path_retry fail"), "0",
		  MP_RETRY_FAIL },
		/* entries that are merged determine it among themselves */
		{ "devices {\ndevice {\nvendor V\nproduct \".*\"\nno_path_retry 4\n}\ndevice {\nvendor V\nproduct P\nfeatures \"1 "
		  "queue_if_no_path\"\n}\ndevice {\nvendor V\nproduct P\nfailback 7\n}\n}\n",
		  "0", MP_RETRY_QUEUE },
	};
	_cleanup_loaded_ struct loaded loaded;

	(void)state;
	loaded_init(&loaded);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct mp_map_settings map = map_of(&loaded, rows[i].text);

		assert_string_equal(map.features, rows[i].features);
		assert_int_equal(map.no_path_retry, rows[i].no_path_retry);
	}
}

static void uid_attrs_takes_precedence_over_uid_attribute(void **state)
{
	static const struct {
		const char *name, *attribute;
	} rows[] = { { "sda", "ID_A" }, { "dasda", "ID_C" }, { "nvme0n1", "ID_O" } };
	struct mp_identity identity = fc_disk;
	_cleanup_loaded_ struct loaded loaded;

	(void)state;
	loaded_init(&loaded);
	assert_int_equal(loaded_text(&loaded,
				     DEFAULTS("uid_attrs \"sd:ID_A dasd:x:ID_B dasd:ID_C sd:ID_D\"")
					     DEVICE("") OVERRIDES("uid_attribute ID_O")),
			 0);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct mp_path_settings path;

		strcpy(identity.name, rows[i].name);
		mp_config_path_settings(loaded.config, &identity, &path);
		assert_string_equal(path.uid_attribute, rows[i].attribute);
	}
}

static void recheck_wwid_needs_a_wwid_from_the_device_itself(void **state)
{
	_cleanup_loaded_ struct loaded loaded;

	(void)state;
	loaded_init(&loaded);
	assert_false(path_of(&loaded, "").recheck_wwid);
	assert_true(path_of(&loaded, DEFAULTS("recheck_wwid yes")).recheck_wwid);
	assert_true(
		path_of(&loaded, DEFAULTS("recheck_wwid yes\nuid_attribute \"\"")).recheck_wwid);
	assert_false(
		path_of(&loaded, DEFAULTS("recheck_wwid yes\nuid_attribute ID_X")).recheck_wwid);
}

static void only_one_method_for_unreliable_paths_is_used(void **state)
{
	_cleanup_loaded_ struct loaded loaded;
	struct mp_map_settings map;

	(void)state;
	loaded_init(&loaded);
	map = map_of(&loaded,
		     DEFAULTS(
			     "delay_watch_checks 3\ndelay_wait_checks 4\nmax_polling_interval 20"));
	assert_int_equal(map.san_path_err_threshold, 1);
	assert_int_equal(map.san_path_err_forget_rate, 3);
	assert_int_equal(map.san_path_err_recovery_sec, 80);
	map = map_of(&loaded, DEFAULTS("delay_watch_checks 3\nsan_path_err_threshold 5"));
	assert_int_equal(map.san_path_err_threshold, 5);
	assert_int_equal(map.san_path_err_forget_rate, 0);
	map = map_of(
		&loaded,
		DEFAULTS(
			"san_path_err_threshold 5\nmarginal_path_err_sample_time 60\n"
			"marginal_path_err_rate_threshold 1\nmarginal_path_err_recheck_gap_time 2\n"
			"marginal_path_double_failed_time 3"));
	assert_int_equal(map.san_path_err_threshold, 0);
	assert_int_equal(map.marginal_sample_sec, 120);
	map = map_of(
		&loaded,
		DEFAULTS(
			"san_path_err_threshold 5\nmarginal_path_err_sample_time 160\nmarginal_pathgroups fpin"));
	assert_int_equal(map.san_path_err_threshold, 0);
	assert_int_equal(map.marginal_sample_sec, 0);
}

static void a_reservation_key_is_configured_or_in_the_file(void **state)
{
	static const struct {
		const char *text;
		enum mp_reservation_source source;
		uint64_t key;
		bool aptpl, all_target_ports;
	} rows[] = {
		{ DEFAULTS(""), MP_RESERVATION_NONE, 0, false, false },
		{ DEFAULTS("reservation_key 0x123abc"), MP_RESERVATION_CONFIGURED, 0x123abc, false,
		  false },
		{ DEFAULTS("reservation_key 12:aptpl\nall_tg_pt yes"), MP_RESERVATION_CONFIGURED,
		  0x12, true, true },
		{ DEFAULTS("reservation_key ffffffffffffffff"), MP_RESERVATION_CONFIGURED,
		  UINT64_MAX, false, false },
		{ DEFAULTS("reservation_key file"), MP_RESERVATION_PRKEYS, 0, false, false },
		{ DEFAULTS("reservation_key 0"), MP_RESERVATION_NONE, 0, false, false },
	};
	_cleanup_loaded_ struct loaded loaded;

	(void)state;
	loaded_init(&loaded);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct mp_map_settings map = map_of(&loaded, rows[i].text);

		assert_int_equal(map.reservation_source, rows[i].source);
		assert_true(map.reservation_key == rows[i].key);
		assert_int_equal(map.reservation_aptpl, rows[i].aptpl);
		assert_int_equal(map.all_target_ports, rows[i].all_target_ports);
	}
}

static void grouping_is_detected_unless_it_is_turned_off(void **state)
{
	_cleanup_loaded_ struct loaded loaded;
	bool use_tpg;

	(void)state;
	loaded_init(&loaded);
	assert_int_equal(loaded_text(&loaded, DEVICE("detect_pgpolicy_use_tpg yes")), 0);
	assert_true(mp_config_detects_grouping(loaded.config, &fc_disk, &use_tpg));
	assert_true(use_tpg);
	assert_true(mp_config_detects_grouping(loaded.config, NULL, &use_tpg));
	assert_false(use_tpg);
	assert_int_equal(loaded_text(&loaded, OVERRIDES("detect_pgpolicy no")), 0);
	assert_false(mp_config_detects_grouping(loaded.config, &fc_disk, &use_tpg));
}

static void aliases_are_found_both_ways(void **state)
{
	_cleanup_loaded_ struct loaded loaded;

	(void)state;
	loaded_init(&loaded);
	assert_int_equal(
		loaded_text(
			&loaded,
			"multipaths {\nmultipath {\nwwid w3\nalias c\n}\nmultipath {\nwwid w1\nalias b\n}\n"
			"multipath {\nwwid w2\n}\nmultipath {\nwwid w4\nalias a\n}\n}\n"),
		0);
	assert_string_equal(mp_config_alias(loaded.config, "w3"), "c");
	assert_string_equal(mp_config_alias(loaded.config, "w1"), "b");
	assert_null(mp_config_alias(loaded.config, "w2"));
	assert_null(mp_config_alias(loaded.config, "w5"));
	assert_string_equal(mp_config_wwid_of_alias(loaded.config, "a"), "w4");
	assert_string_equal(mp_config_wwid_of_alias(loaded.config, "c"), "w3");
	assert_null(mp_config_wwid_of_alias(loaded.config, "d"));
	assert_int_equal(loaded_text(&loaded, ""), 0);
	assert_null(mp_config_alias(loaded.config, "w3"));
	assert_null(mp_config_wwid_of_alias(loaded.config, "a"));
}

static void hardware_is_looked_up_once_per_model(void **state)
{
	struct mp_identity identity = fc_disk;
	_cleanup_loaded_ struct loaded loaded;
	struct mp_path_settings first, second;

	(void)state;
	loaded_init(&loaded);
	assert_int_equal(loaded_text(&loaded, DEVICE("path_checker directio")), 0);
	for (int i = 0; i < 300; i++) {
		snprintf(identity.revision, sizeof(identity.revision), "%d", i);
		mp_config_path_settings(loaded.config, &identity, &first);
		mp_config_path_settings(loaded.config, &identity, &second);
		assert_ptr_equal(first.checker, second.checker);
		assert_string_equal(first.checker, "directio");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(more_specific_sections_take_precedence),
		cmocka_unit_test(a_map_without_a_reference_path_has_no_hardware_entry),
		cmocka_unit_test(zero_means_inherit_for_settings_without_a_zero),
		cmocka_unit_test(unset_values_are_distinguished_from_zero),
		cmocka_unit_test(protocol_sections_take_precedence_over_overrides),
		cmocka_unit_test(arguments_come_with_their_prioritizer),
		cmocka_unit_test(each_property_is_of_the_newest_entry_that_sets_it),
		cmocka_unit_test(an_unknown_revision_matches),
		cmocka_unit_test(queueing_in_features_applies_without_no_path_retry),
		cmocka_unit_test(uid_attrs_takes_precedence_over_uid_attribute),
		cmocka_unit_test(recheck_wwid_needs_a_wwid_from_the_device_itself),
		cmocka_unit_test(only_one_method_for_unreliable_paths_is_used),
		cmocka_unit_test(a_reservation_key_is_configured_or_in_the_file),
		cmocka_unit_test(grouping_is_detected_unless_it_is_turned_off),
		cmocka_unit_test(aliases_are_found_both_ways),
		cmocka_unit_test(hardware_is_looked_up_once_per_model),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
