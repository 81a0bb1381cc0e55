/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which section takes precedence, and whether that is reported: generated from the keyword table,
 * so that a new keyword is included. There is no precedence.c: precedence results from resolve.c
 * and merge.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/cleanup.h"
#include "config-loaded.h"
#include "config/keywords.h"
#include "config/trace.h"
#include "config/types.h"

static const struct mp_identity fc_disk = {
	.name = "sda",
	.wwid = "w",
	.vendor = "V",
	.product = "P",
	.revision = "1",
	.protocol = MP_PROTOCOL_SCSI_FCP,
};

/* Highest precedence first. */
static const struct {
	enum mp_scope scope;
	const char *before, *after; /* the keyword stands between them */
	const char *section;
} levels[] = {
	{ MP_SCOPE_MULTIPATH, "multipaths {\nmultipath {\nwwid w\n", "}\n}\n",
	  "multipaths/multipath" },
	{ MP_SCOPE_PROTOCOL, "overrides {\nprotocol {\ntype \"scsi:fcp\"\n", "}\n}\n",
	  "overrides/protocol" },
	{ MP_SCOPE_OVERRIDES, "overrides {\n", "}\n", "overrides" },
	{ MP_SCOPE_DEVICE, "devices {\ndevice {\nvendor V\nproduct P\n", "}\n}\n",
	  "devices/device \"V\"" },
	{ MP_SCOPE_DEFAULTS, "defaults {\n", "}\n", "defaults" },
};

/*
 * Two values that differ from the built-in one and from each other; NULL: it is not a value of a
 * path or map.
 */
static bool two_values(enum mp_key key, char values[2][32])
{
	static const struct {
		enum mp_key key;
		const char *values[2];
	} special[] = {
		{ MP_KEY_PATH_SELECTOR, { "\"round-robin 0\"", "\"queue-length 0\"" } },
		{ MP_KEY_FEATURES, { "\"2 pg_init_retries 5\"", "\"2 pg_init_retries 6\"" } },
		{ MP_KEY_HARDWARE_HANDLER, { "\"1 emc\"", "\"1 rdac\"" } },
		{ MP_KEY_MODE, { "0600", "0640" } },
		{ MP_KEY_DEV_LOSS_TMO, { "100", "200" } },
		{ MP_KEY_MARGINAL_PATH_ERR_SAMPLE_TIME, { "130", "140" } },
		{ MP_KEY_RESERVATION_KEY, { "0x1", "0x2" } },
		{ MP_KEY_UID, { "02", "03" } },
		{ MP_KEY_GID, { "02", "03" } },
		{ MP_KEY_VPD_VENDOR, { "hp3par", "hp3par" } },
	};
	const struct mp_keyword *keyword = &mp_keywords[key];
	unsigned count = 0;

	for (size_t i = 0; i < ARRAY_SIZE(special); i++)
		if (special[i].key == key) {
			strcpy(values[0], special[i].values[0]);
			strcpy(values[1], special[i].values[1]);
			return true;
		}
	if (keyword->type == &mp_type_text || keyword->type == &mp_type_name ||
	    keyword->type == &mp_type_alias || keyword->type == &mp_type_prio_args) {
		strcpy(values[0], "stronger");
		strcpy(values[1], "weaker");
		return true;
	}
	if (keyword->max > 3) {
		strcpy(values[0], "2");
		strcpy(values[1], "3");
		return true;
	}
	for (const struct mp_word *word = keyword->words; word && word->text && count < 2; word++)
		if (!count || word->number != keyword->words[0].number)
			strcpy(values[count++], word->text);
	return count == 2;
}

/*
 * Not looked up for a path or map: settings of the process, or descriptions of the section itself.
 */
static bool is_of_no_object(enum mp_key key)
{
	switch (key) {
	case MP_KEY_VENDOR:
	case MP_KEY_PRODUCT:
	case MP_KEY_REVISION:
	case MP_KEY_PRODUCT_BLACKLIST:
	case MP_KEY_WWID:
	case MP_KEY_TYPE:
	case MP_KEY_RR_MIN_IO: /* of kernels before 2.6.31 */
	case MP_KEY_RETAIN_ATTACHED_HW_HANDLER: /* of kernels before 4.3 */
		return true;
	default:
		break;
	}
	if (mp_keywords[key].flags & MP_KEYWORD_IGNORED || mp_keywords[key].alias_of)
		return true;
	for (size_t i = 0; i + 1 < ARRAY_SIZE(levels); i++)
		if (mp_keyword_in_scope(levels[i].scope, key))
			return false;
	return key != MP_KEY_CHECKER_TIMEOUT && key != MP_KEY_MAX_RETRIES;
}

static void trace_all(struct mp_config *config, struct mp_trace *path, struct mp_trace *map)
{
	struct mp_path_settings path_settings;
	struct mp_map_settings map_settings;

	mp_config_trace_path_settings(config, &fc_disk, &path_settings, path);
	mp_config_trace_map_settings(config, "w", &fc_disk, &map_settings, map);
	assert_int_equal(path->error, 0);
	assert_int_equal(map->error, 0);
}

static bool tells(const struct mp_trace_row *row, const char *value)
{
	size_t length = strlen(row->text);
	const char *text = row->text;

	/* as it is printed: perhaps in quotes */
	if (!strcmp(text, value))
		return true;
	return *text == '"' && length == strlen(value) + 2 && !strncmp(text + 1, value, length - 2);
}

static unsigned check_pair(struct loaded *loaded, enum mp_key key, size_t strong, size_t weak)
{
	_cleanup_(mp_trace_fini) struct mp_trace path = MP_TRACE_INIT, map = MP_TRACE_INIT;
	_cleanup_strbuf_ struct mp_strbuf text = MP_STRBUF_INIT;
	const char *name = mp_keywords[key].name, *before = levels[strong].before;
	/* they take effect where prio is set */
	const char *prio = key == MP_KEY_PRIO_ARGS ? "prio alua\n" : "";
	const struct mp_trace_row *row;
	char values[2][32];
	unsigned line = 1;

	if (!two_values(key, values))
		fail_msg("%s: no values known to try", name);
	mp_strbuf_printf(&text, "%s%s%s %s\n%s", before, prio, name, values[0],
			 levels[strong].after);
	if (weak < ARRAY_SIZE(levels))
		mp_strbuf_printf(&text, "%s%s%s %s\n%s", levels[weak].before, prio, name, values[1],
				 levels[weak].after);
	assert_int_equal(loaded_text(loaded, mp_strbuf_text(&text)), 0);
	trace_all(loaded->config, &path, &map);
	row = mp_trace_find(&map, name);
	/* A path's own: only prio is asked of a multipath section for it. */
	if (!row || (mp_trace_find(&path, name) && levels[strong].scope == MP_SCOPE_PROTOCOL))
		row = mp_trace_find(&path, name);
	if (!row)
		fail_msg("%s is told of no path or map", name);
	for (; *before; before++)
		line += *before == '\n';
	line += *prio != '\0';
	if (!tells(row, values[0]) || !row->section ||
	    strcmp(row->section, levels[strong].section) || !row->file || row->line != line)
		fail_msg("%s: %s wins over %s, but told: %s, %s:%u %s", name,
			 levels[strong].section,
			 weak < ARRAY_SIZE(levels) ? levels[weak].section : "built in", row->text,
			 row->file ? row->file : "-", row->line, row->section ? row->section : "-");
	return 1;
}

static void the_section_with_precedence_applies_and_is_reported(void **state)
{
	_cleanup_loaded_ struct loaded loaded;
	unsigned pairs = 0;

	(void)state;
	loaded_init(&loaded);
	for (enum mp_key key = MP_KEY_NONE + 1; key < MP_KEYS; key++) {
		if (is_of_no_object(key))
			continue;
		for (size_t strong = 0; strong < ARRAY_SIZE(levels); strong++) {
			if (!mp_keyword_in_scope(levels[strong].scope, key))
				continue;
			pairs += check_pair(&loaded, key, strong, ARRAY_SIZE(levels));
			for (size_t weak = strong + 1; weak < ARRAY_SIZE(levels); weak++)
				if (mp_keyword_in_scope(levels[weak].scope, key))
					pairs += check_pair(&loaded, key, strong, weak);
		}
	}
	assert_true(pairs > 200);
}

/* An array of the table, with values in defaults, and then in a section of the same name. */
static void the_hardware_table_ranks_between_devices_and_defaults(void **state)
{
	static const struct mp_identity array = { .name = "sda",
						  .wwid = "w",
						  .vendor = "3PARdata",
						  .product = "VV",
						  .protocol = MP_PROTOCOL_SCSI_FCP };
	static const char defaults[] =
		"defaults {\nfailback 7\nno_path_retry 8\nfast_io_fail_tmo 9\n}\n";
	static const struct {
		const char *device, *name, *value, *section;
		unsigned line;
	} rows[] = {
		{ "", "failback", "\"immediate\"", "hardware table 3PARdata/VV", 0 },
		{ "", "no_path_retry", "18", "hardware table 3PARdata/VV", 0 },
		{ "", "rr_weight", "\"uniform\"", "built in", 0 },
		{ "devices {\ndevice {\nvendor 3PARdata\nproduct VV\nfailback 3\n}\n}\n",
		  "failback", "3", "devices/device \"3PARdata\"", 10 },
		/*
		 * what the section does not set keeps the table's value, if the names are the same
		 * or others that match
		 */
		{ "devices {\ndevice {\nvendor 3PARdata\nproduct VV\nfailback 3\n}\n}\n",
		  "no_path_retry", "18", "hardware table 3PARdata/VV", 0 },
		{ "devices {\ndevice {\nvendor 3PAR.*\nproduct V\nfailback 3\n}\n}\n",
		  "no_path_retry", "18", "hardware table 3PARdata/VV", 0 },
		{ "devices {\ndevice {\nvendor 3PAR.*\nproduct V\nfailback 3\n}\n}\n", "failback",
		  "3", "devices/device \"3PAR.*\"", 10 },
	};
	_cleanup_loaded_ struct loaded loaded;

	(void)state;
	loaded_init(&loaded);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_(mp_trace_fini) struct mp_trace trace = MP_TRACE_INIT;
		_cleanup_strbuf_ struct mp_strbuf text = MP_STRBUF_INIT;
		const struct mp_trace_row *row;
		struct mp_map_settings settings;

		mp_strbuf_printf(&text, "%s%s", defaults, rows[i].device);
		assert_int_equal(loaded_text(&loaded, mp_strbuf_text(&text)), 0);
		mp_config_trace_map_settings(loaded.config, "w", &array, &settings, &trace);
		row = mp_trace_find(&trace, rows[i].name);
		assert_non_null(row);
		assert_string_equal(row->text, rows[i].value);
		assert_string_equal(row->section, rows[i].section);
		assert_int_equal(row->line, rows[i].line);
	}
}

static void a_derived_value_names_its_source(void **state)
{
	static const struct {
		const char *text, *name, *value, *section;
	} rows[] = {
		{ "defaults {\nfeatures \"1 queue_if_no_path\"\n}\n", "no_path_retry", "\"queue\"",
		  "derived: features has queue_if_no_path" },
		{ "defaults {\ndelay_watch_checks 3\ndelay_wait_checks 4\nmax_polling_interval 20\n}\n",
		  "san_path_err_recovery_time", "80",
		  "derived: delay_watch_checks and delay_wait_checks are set" },
		{ "defaults {\nuid_attrs \"sd:ID_A\"\n}\n", "uid_attribute", "\"ID_A\"",
		  "defaults, uid_attrs" },
		{ "defaults {\nrecheck_wwid yes\nuid_attribute ID_X\n}\n", "recheck_wwid", "\"no\"",
		  "derived: this WWID cannot be read from the device" },
		{ "", "dev_loss_tmo", "unset", NULL },
		{ "defaults {\npolling_interval 6\n}\n", "polling_interval", "6", "defaults" },
		{ "defaults {\npolling_interval 6\n}\n", "max_polling_interval", "24", "derived" },
	};
	_cleanup_loaded_ struct loaded loaded;

	(void)state;
	loaded_init(&loaded);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_(mp_trace_fini) struct mp_trace path = MP_TRACE_INIT, map = MP_TRACE_INIT;
		const struct mp_trace_row *row;

		assert_int_equal(loaded_text(&loaded, rows[i].text), 0);
		trace_all(loaded.config, &path, &map);
		row = mp_trace_find(&map, rows[i].name);
		if (!row)
			row = mp_trace_find(&path, rows[i].name);
		assert_non_null(row);
		assert_string_equal(row->text, rows[i].value);
		if (rows[i].section)
			assert_string_equal(row->section, rows[i].section);
		else
			assert_null(row->section);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_section_with_precedence_applies_and_is_reported),
		cmocka_unit_test(the_hardware_table_ranks_between_devices_and_defaults),
		cmocka_unit_test(a_derived_value_names_its_source),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
