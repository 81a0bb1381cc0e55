/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/cleanup.h"
#include "base/props.h"
#include "config-loaded.h"
#include "config/filter.h"
#include "config/trace.h"

static const struct mp_identity disk = {
	.name = "sda",
	.wwid = "3600",
	.vendor = "V",
	.product = "P",
	.protocol = MP_PROTOCOL_SCSI_FCP,
};

static struct mp_filter_verdict filter(struct loaded *loaded, const char *text,
				       const struct mp_identity *identity)
{
	assert_int_equal(loaded_text(loaded, text), 0);
	return mp_filter_path(loaded->config, identity, NULL, "ID_SERIAL");
}

static void by_default_only_disks_are_accepted(void **state)
{
	static const struct {
		const char *name;
		bool blacklisted;
	} rows[] = {
		{ "sda", false },  { "sdzz", false }, { "dasda", false }, { "nvme0n1", false },
		{ "loop0", true }, { "dm-0", true },  { "sr0", true },	  { "xsda", true },
		{ "md0", true },   { "nvmex", true },
	};
	_cleanup_loaded_ struct loaded loaded;

	(void)state;
	loaded_init(&loaded);
	assert_int_equal(loaded_load(&loaded), 0);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct mp_filter_verdict verdict = mp_filter_devnode(loaded.config, rows[i].name);

		assert_int_equal(verdict.blacklisted, rows[i].blacklisted);
		assert_int_equal(verdict.criterion,
				 rows[i].blacklisted ? MP_CRITERION_DEVNODE : MP_CRITERION_NONE);
		if (rows[i].blacklisted)
			assert_string_equal(verdict.rule, "!^(sd[a-z]|dasd[a-z]|nvme[0-9])");
	}
}

static void disks_of_native_nvme_multipathing_are_rejected(void **state)
{
	_cleanup_loaded_ struct loaded loaded;
	char command[128];

	(void)state;
	loaded_init(&loaded);
	snprintf(command, sizeof(command), "mkdir -p %s/module/nvme_core/parameters", loaded.dir);
	assert_int_equal(system(command), 0);
	loaded_write(&loaded, "module/nvme_core/parameters/multipath", "N\n", 2);
	assert_int_equal(loaded_load(&loaded), 0);
	assert_false(mp_filter_devnode(loaded.config, "nvme0n1").blacklisted);
	loaded_write(&loaded, "module/nvme_core/parameters/multipath", "Y\n", 2);
	assert_int_equal(loaded_load(&loaded), 0);
	assert_true(mp_filter_devnode(loaded.config, "nvme0n1").blacklisted);
	assert_false(mp_filter_devnode(loaded.config, "sda").blacklisted);
}

static void the_deciding_criterion_and_rule_are_reported(void **state)
{
	static const struct {
		const char *text;
		enum mp_criterion criterion;
		const char *rule;
		bool blacklisted;
	} rows[] = {
		{ "", MP_CRITERION_NONE, NULL, false },
		{ "blacklist {\nwwid 36\n}\n", MP_CRITERION_WWID, "36", true },
		{ "blacklist {\nwwid \"!^36\"\n}\n", MP_CRITERION_NONE, NULL, false },
		{ "blacklist {\nwwid \"!^37\"\n}\n", MP_CRITERION_WWID, "!^37", true },
		{ "blacklist {\nwwid \".*\"\n}\nblacklist_exceptions {\nwwid 3600\n}\n",
		  MP_CRITERION_WWID, "3600", false },
		{ "blacklist {\ndevnode ^sd\n}\n", MP_CRITERION_DEVNODE, "^sd", true },
		{ "blacklist {\ndevnode ^sd\n}\nblacklist_exceptions {\ndevnode sda\n}\n",
		  MP_CRITERION_DEVNODE, "sda", false },
		{ "blacklist {\ndevnode ^sd\n}\nblacklist_exceptions {\nwwid 36\n}\n",
		  MP_CRITERION_DEVNODE, "^sd", true },
		{ "blacklist {\nprotocol \"scsi:.*\"\n}\n", MP_CRITERION_PROTOCOL, "scsi:.*",
		  true },
		{ "blacklist {\nprotocol \"scsi:.*\"\n}\nblacklist_exceptions {\nprotocol \"scsi:fcp\"\n}\n",
		  MP_CRITERION_PROTOCOL, "scsi:fcp", false },
		{ "blacklist {\ndevice {\nvendor V\nproduct P\n}\n}\n", MP_CRITERION_DEVICE, "V:P",
		  true },
		{ "blacklist {\ndevice {\nvendor V\n}\n}\n", MP_CRITERION_DEVICE, "V:", true },
		{ "blacklist {\ndevice {\nproduct P\n}\n}\n", MP_CRITERION_DEVICE, ":P", true },
		{ "blacklist {\ndevice {\nvendor V\nproduct Q\n}\n}\n", MP_CRITERION_NONE, NULL,
		  false },
		{ "blacklist {\ndevice {\nvendor \"!W\"\n}\n}\n", MP_CRITERION_DEVICE,
		  "!W:", true },
		{ "blacklist {\ndevice {\nvendor V\n}\n}\nblacklist_exceptions {\ndevice {\nproduct P\n}\n}\n",
		  MP_CRITERION_DEVICE, ":P", false },
		{ "devices {\ndevice {\nvendor V\nproduct X\nproduct_blacklist ^P\n}\n}\n",
		  MP_CRITERION_DEVICE, "V:^P", true },
		/* the first blacklist verdict ends it */
		{ "blacklist {\nwwid 36\nprotocol scsi\ndevice {\nvendor V\n}\n}\n",
		  MP_CRITERION_DEVICE, "V:", true },
	};
	_cleanup_loaded_ struct loaded loaded;

	(void)state;
	loaded_init(&loaded);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct mp_filter_verdict verdict = filter(&loaded, rows[i].text, &disk);

		if (verdict.blacklisted != rows[i].blacklisted ||
		    verdict.criterion != rows[i].criterion)
			fail_msg("row %zu: %d by %s", i, verdict.blacklisted,
				 mp_filter_criterion_name(verdict.criterion));
		if (rows[i].rule)
			assert_string_equal(verdict.rule, rows[i].rule);
		else
			assert_null(verdict.rule);
	}
}

static void unknown_values_match_no_rule(void **state)
{
	struct mp_identity unknown = { .name = "sda" };
	_cleanup_loaded_ struct loaded loaded;

	(void)state;
	loaded_init(&loaded);
	assert_false(filter(&loaded, "blacklist {\nwwid \".*\"\ndevice {\nvendor \".*\"\n}\n}\n",
			    &unknown)
			     .blacklisted);
	assert_false(mp_filter_wwid(loaded.config, "").blacklisted);
	assert_true(mp_filter_wwid(loaded.config, "x").blacklisted);
}

static void usb_disks_need_permission(void **state)
{
	struct mp_identity usb = disk;
	_cleanup_loaded_ struct loaded loaded;

	(void)state;
	usb.protocol = MP_PROTOCOL_SCSI_USB;
	loaded_init(&loaded);
	assert_int_equal(filter(&loaded, "", &usb).criterion, MP_CRITERION_USB);
	assert_true(filter(&loaded, "", &usb).blacklisted);
	assert_false(filter(&loaded, "defaults {\nallow_usb_devices yes\n}\n", &usb).blacklisted);
}

/* Regardless of their order in udev's database. */
static void the_first_property_by_name_decides(void **state)
{
	static const struct {
		const char *text, *first, *second, *uid_attribute;
		enum mp_criterion criterion;
		bool blacklisted;
	} rows[] = {
		{ "", "ID_WWN", "ID_SERIAL", "ID_SERIAL", MP_CRITERION_PROPERTY, false },
		{ "", "SCSI_IDENT_SERIAL", "ID_SERIAL", "ID_SERIAL", MP_CRITERION_PROPERTY, false },
		{ "", "ID_MODEL", "ID_SERIAL", "ID_SERIAL", MP_CRITERION_PROPERTY_MISSING, true },
		{ "", "ID_MODEL", "ID_SERIAL", "ID_UID", MP_CRITERION_NONE, false },
		{ "", "ID_MODEL", "ID_SERIAL", "", MP_CRITERION_NONE, false },
		{ "blacklist {\nproperty ID_SERIAL\n}\n", "ID_WWN", "ID_SERIAL", "ID_SERIAL",
		  MP_CRITERION_PROPERTY, true },
		{ "blacklist {\nproperty \"^ID_SCSI_SERIAL$\"\n}\n", "ID_WWN", "ID_SCSI_SERIAL",
		  "ID_SERIAL", MP_CRITERION_PROPERTY, true },
		{ "blacklist {\nproperty ID_ZZZ\n}\n", "ID_ZZZ", "ID_WWN", "ID_SERIAL",
		  MP_CRITERION_PROPERTY, false },
		{ "blacklist {\nproperty ID_SERIAL\n}\n", "ID_SERIAL", "ID_WWN", "ID_SERIAL",
		  MP_CRITERION_PROPERTY, true },
		{ "blacklist_exceptions {\nproperty ID_MODEL\n}\n", "ID_MODEL", "ID_SERIAL",
		  "ID_SERIAL", MP_CRITERION_PROPERTY, false },
	};
	_cleanup_loaded_ struct loaded loaded;

	(void)state;
	loaded_init(&loaded);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_(mp_props_fini) struct mp_props props = MP_PROPS_INIT;
		struct mp_filter_verdict verdict;

		assert_int_equal(mp_props_add(&props, rows[i].first, "x"), 0);
		assert_int_equal(mp_props_add(&props, rows[i].second, "x"), 0);
		assert_int_equal(loaded_text(&loaded, rows[i].text), 0);
		verdict = mp_filter_path(loaded.config, &disk, &props, rows[i].uid_attribute);
		assert_int_equal(verdict.criterion, rows[i].criterion);
		assert_int_equal(verdict.blacklisted, rows[i].blacklisted);
	}
}

/* A property that describes one event would decide at that event, but not at startup. */
static void properties_of_an_event_match_no_rule(void **state)
{
	static const struct {
		const char *name;
		bool counts;
	} rows[] = {
		{ "ACTION", false },	  { "SEQNUM", false },	      { "SYNTH_UUID", false },
		{ "SYNTH_ARG_A", false }, { "DISK_RO", false },	      { "RESIZE", false },
		{ ".PRIVATE", false },	  { "SYNTH_ARGUMENT", true }, { "DEVNAME", true },
		{ "DEVPATH", true },	  { "TAGS", true },	      { "DISKSEQ", true },
	};
	_cleanup_loaded_ struct loaded loaded;

	(void)state;
	loaded_init(&loaded);
	assert_int_equal(loaded_text(&loaded, "blacklist {\nproperty .\n}\n"), 0);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_(mp_props_fini) struct mp_props props = MP_PROPS_INIT;

		assert_int_equal(mp_props_add(&props, rows[i].name, "x"), 0);
		assert_int_equal(
			mp_filter_path(loaded.config, &disk, &props, "ID_SERIAL").blacklisted,
			rows[i].counts);
	}
	assert_true(mp_filter_has_property(loaded.config, "DISKSEQ"));
	assert_int_equal(loaded_text(&loaded, ""), 0);
	assert_true(mp_filter_has_property(loaded.config, "ID_WWN"));
	assert_false(mp_filter_has_property(loaded.config, "DISKSEQ"));
}

static void rules_are_listed_with_their_origin(void **state)
{
	static const char expected[] =
		"device node rules:\n"
		"- blacklist:\n"
		"        (config file rule) ^zzz\n"
		"        (default rule)     !^(sd[a-z]|dasd[a-z]|nvme[0-9])\n"
		"- exceptions:\n"
		"        <empty>\n"
		"udev property rules:\n"
		"- blacklist:\n"
		"        <empty>\n"
		"- exceptions:\n"
		"        (default rule)     (SCSI_IDENT_|ID_WWN)\n"
		"protocol rules:\n"
		"- blacklist:\n"
		"        <empty>\n"
		"- exceptions:\n"
		"        <empty>\n"
		"wwid rules:\n"
		"- blacklist:\n"
		"        <empty>\n"
		"- exceptions:\n"
		"        <empty>\n"
		"device rules:\n"
		"- blacklist:\n"
		"        (config file rule) FOO:BAR.*\n"
		"        (default rule)     SGI:Universal Xport\n";
	_cleanup_strbuf_ struct mp_strbuf buf = MP_STRBUF_INIT;
	_cleanup_loaded_ struct loaded loaded;

	(void)state;
	loaded_init(&loaded);
	assert_int_equal(
		loaded_text(
			&loaded,
			"blacklist {\ndevnode ^zzz\ndevice {\nvendor FOO\nproduct \"BAR.*\"\n}\n}\n"),
		0);
	mp_filter_print(loaded.config, &buf);
	buf.text[strlen(expected)] = '\0';
	assert_string_equal(buf.text, expected);
}

static void every_criterion_is_explained(void **state)
{
	static const char text[] = "blacklist {\n"
				   "device {\n"
				   "vendor V\n"
				   "}\n"
				   "wwid 36\n"
				   "}\n"
				   "blacklist_exceptions {\n"
				   "device {\n"
				   "vendor V\n"
				   "product ^P\n"
				   "}\n"
				   "}\n";
	static const struct {
		const char *name, *text, *section;
		unsigned line;
	} rows[] = {
		{ "devnode", "no rule matches \"sda\"", NULL, 0 },
		{ "usb", "it is not a USB device", NULL, 0 },
		{ "property", "there are no udev properties", NULL, 0 },
		{ "device", "exception \"V:^P\" matches \"V:P\"", "blacklist_exceptions/device",
		  8 },
		{ "protocol", "no rule matches \"scsi:fcp\"", NULL, 0 },
		{ "wwid", "rule \"36\" matches \"3600\"", "blacklist", 5 },
	};
	_cleanup_(mp_trace_fini) struct mp_trace trace = MP_TRACE_INIT;
	_cleanup_loaded_ struct loaded loaded;

	(void)state;
	loaded_init(&loaded);
	assert_int_equal(loaded_text(&loaded, text), 0);
	assert_true(mp_filter_trace(loaded.config, &disk, NULL, "ID_SERIAL", &trace).blacklisted);
	assert_int_equal(trace.count, ARRAY_SIZE(rows));
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_string_equal(trace.rows[i].name, rows[i].name);
		assert_string_equal(trace.rows[i].text, rows[i].text);
		assert_int_equal(trace.rows[i].decides, i == ARRAY_SIZE(rows) - 1);
		assert_int_equal(trace.rows[i].line, rows[i].line);
		if (rows[i].section)
			assert_string_equal(trace.rows[i].section, rows[i].section);
		else
			assert_null(trace.rows[i].section);
	}
}

static void built_in_rules_are_reported_as_such(void **state)
{
	static const struct mp_identity universal = { .name = "sda",
						      .vendor = "SGI",
						      .product = "Universal Xport" };
	_cleanup_(mp_trace_fini) struct mp_trace trace = MP_TRACE_INIT, other = MP_TRACE_INIT;
	static const struct mp_identity loop = { .name = "loop0" };
	_cleanup_loaded_ struct loaded loaded;

	(void)state;
	loaded_init(&loaded);
	assert_int_equal(loaded_text(&loaded, ""), 0);
	assert_true(mp_filter_trace(loaded.config, &loop, NULL, "", &trace).blacklisted);
	assert_int_equal(trace.count, 1);
	assert_string_equal(trace.rows[0].section, "built in");
	assert_true(mp_filter_trace(loaded.config, &universal, NULL, "", &other).blacklisted);
	assert_string_equal(other.rows[other.count - 1].section,
			    "hardware table, product_blacklist");
}

static void the_reason_names_rule_and_place(void **state)
{
	_cleanup_strbuf_ struct mp_strbuf reason = MP_STRBUF_INIT;
	static const struct mp_identity loop = { .name = "loop0" };
	_cleanup_loaded_ struct loaded loaded;

	(void)state;
	loaded_init(&loaded);
	assert_int_equal(loaded_text(&loaded, "blacklist {\nprotocol scsi\n}\n"), 0);
	mp_filter_reason(loaded.config, &disk, NULL, "", &reason);
	assert_non_null(strstr(mp_strbuf_text(&reason),
			       "blacklisted by protocol: rule \"scsi\" matches \"scsi:fcp\", "));
	assert_non_null(strstr(mp_strbuf_text(&reason), "/multipath.conf:2 blacklist"));
	mp_strbuf_clear(&reason);
	mp_filter_reason(loaded.config, &loop, NULL, "", &reason);
	assert_string_equal(
		mp_strbuf_text(&reason),
		"blacklisted by devnode: rule \"!^(sd[a-z]|dasd[a-z]|nvme[0-9])\" matches \"loop0\", built in");
	mp_strbuf_clear(&reason);
	assert_int_equal(loaded_text(&loaded, ""), 0);
	mp_filter_reason(loaded.config, &disk, NULL, "", &reason);
	assert_string_equal(mp_strbuf_text(&reason), "");
}

/* "remove from LIST: RULE (FILE:LINE)": that line of the text is blanked. */
static void take_line(char *text, unsigned line)
{
	while (--line)
		text = strchr(text, '\n') + 1;
	memset(text, ' ', strcspn(text, "\n"));
}

/* "add to LIST: RULE" and "set in defaults: RULE" as lines of a file. */
static void apply_remedy(const char *remedy, struct mp_strbuf *config)
{
	char line[300];

	for (; *remedy; remedy += strcspn(remedy, "\n") + 1) {
		char *rule, *section;
		int length = strcspn(remedy, "\n");

		snprintf(line, sizeof(line), "%.*s", length, remedy);
		if (!strncmp(line, "remove ", 7)) {
			take_line(config->text, strtoul(strrchr(line, ':') + 1, NULL, 10));
			continue;
		}
		rule = strchr(line, ':');
		*rule = '\0';
		rule += 2;
		section = strrchr(line, ' ') + 1;
		if (!strncmp(rule, "device ", 7)) {
			char *product = strstr(rule, " product ");

			*product = '\0';
			product[strlen(product + 1) - 1] = '\0'; /* the brace */
			mp_strbuf_printf(config, "%s {\ndevice {\nvendor %s\n%s\n}\n}\n", section,
					 strstr(rule, "vendor ") + 7, product + 1);
		} else {
			mp_strbuf_printf(config, "%s {\n%s\n}\n", section, rule);
		}
	}
}

static void the_suggested_remedy_reverses_the_verdict(void **state)
{
	static const char *const texts[] = {
		"",
		"blacklist {\ndevnode ^sd\n}\n",
		"blacklist {\nwwid 36\n}\n",
		"blacklist {\nprotocol scsi\n}\n",
		"blacklist {\nproperty ID_X\n}\n",
		"blacklist {\ndevice {\nvendor .*\n}\n}\n",
		"blacklist {\ndevice {\nproduct P\n}\nwwid 36\ndevnode .*\nprotocol .*\nproperty ID_X\n}\n",
		"blacklist {\nwwid .*\n}\nblacklist_exceptions {\ndevnode sda\n}\n",
		"blacklist_exceptions {\nwwid .*\nwwid 36\ndevnode .*\nwwid 0\n}\n",
		"blacklist {\nwwid .*\n}\nblacklist_exceptions {\nwwid \"!none\"\nwwid [0-9]\n}\n",
	};
	static const struct mp_identity disks[] = {
		{ .name = "sda",
		  .wwid = "3600",
		  .vendor = "V",
		  .product = "P",
		  .protocol = MP_PROTOCOL_SCSI_FCP },
		{ .name = "sda",
		  .wwid = "1a.b*c\"[d]",
		  .vendor = "V+",
		  .product = "P{}|P",
		  .protocol = MP_PROTOCOL_SCSI_USB },
		{ .name = "cciss!c0d0",
		  .wwid = "3600",
		  .vendor = "V",
		  .product = "P",
		  .protocol = MP_PROTOCOL_CCISS },
		{ .name = "loop0" },
	};
	static const char *const properties[] = { "ID_X", "ID_WWN" };
	_cleanup_loaded_ struct loaded loaded;

	(void)state;
	loaded_init(&loaded);
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		for (size_t k = 0; k < ARRAY_SIZE(disks); k++)
			for (size_t n = 0; n < ARRAY_SIZE(properties); n++) {
				_cleanup_strbuf_ struct mp_strbuf remedy = MP_STRBUF_INIT,
								  config = MP_STRBUF_INIT;
				_cleanup_(mp_props_fini) struct mp_props props = MP_PROPS_INIT;
				bool before;

				assert_int_equal(mp_props_add(&props, properties[n], "x"), 0);
				assert_int_equal(mp_props_add(&props, "ID_SERIAL", "x"), 0);
				assert_int_equal(loaded_text(&loaded, texts[i]), 0);
				before = mp_filter_path(loaded.config, &disks[k], &props,
							"ID_SERIAL")
						 .blacklisted;
				mp_filter_remedy(loaded.config, &disks[k], &props, "ID_SERIAL",
						 &remedy);
				mp_strbuf_puts(&config, texts[i]);
				apply_remedy(mp_strbuf_text(&remedy), &config);
				assert_int_equal(loaded_text(&loaded, mp_strbuf_text(&config)), 0);
				if (mp_filter_path(loaded.config, &disks[k], &props, "ID_SERIAL")
					    .blacklisted == before)
					fail_msg("text %zu, disk %zu, property %zu: %s in vain", i,
						 k, n, mp_strbuf_text(&remedy));
			}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(by_default_only_disks_are_accepted),
		cmocka_unit_test(disks_of_native_nvme_multipathing_are_rejected),
		cmocka_unit_test(the_deciding_criterion_and_rule_are_reported),
		cmocka_unit_test(unknown_values_match_no_rule),
		cmocka_unit_test(usb_disks_need_permission),
		cmocka_unit_test(the_first_property_by_name_decides),
		cmocka_unit_test(properties_of_an_event_match_no_rule),
		cmocka_unit_test(rules_are_listed_with_their_origin),
		cmocka_unit_test(every_criterion_is_explained),
		cmocka_unit_test(built_in_rules_are_reported_as_such),
		cmocka_unit_test(the_reason_names_rule_and_place),
		cmocka_unit_test(the_suggested_remedy_reverses_the_verdict),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
