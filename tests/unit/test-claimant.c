/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kernel/claimant.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>

#include "base/props.h"
#include "tests/unit/config-loaded.h"

static struct mp_claimant disk(void)
{
	struct mp_claimant claimant = MP_CLAIMANT_INIT;
	struct mp_identity *identity = &claimant.identity;

	strcpy(identity->name, "sdb");
	strcpy(identity->vendor, "LIO-ORG");
	strcpy(identity->product, "two words");
	strcpy(identity->revision, "4.0");
	identity->protocol = MP_PROTOCOL_SCSI_ISCSI;
	strcpy(claimant.page_wwid, "3600page");
	claimant.has_props = true;
	assert_int_equal(mp_props_add(&claimant.props, "DEVTYPE", "disk"), 0);
	assert_int_equal(mp_props_add(&claimant.props, "SCSI_IDENT_SERIAL", "x"), 0);
	assert_int_equal(mp_props_add(&claimant.props, "ID_SERIAL", "3600serial"), 0);
	return claimant;
}

static void the_ruling_on_a_claimant_follows_from_the_configuration(void **state)
{
	static const struct {
		const char *config;
		bool blacklisted;
		const char *wwid;
		enum mp_find_multipaths mode;
		unsigned timeout_sec;
	} cases[] = {
		{ "", false, "3600serial", MP_FIND_STRICT, 10 },
		{ "defaults {\nfind_multipaths smart\nfind_multipaths_timeout -4\n}\n", false,
		  "3600serial", MP_FIND_SMART, 4 },
		{ "defaults {\nfind_multipaths greedy\nfind_multipaths_timeout 7\n}\n", false,
		  "3600serial", MP_FIND_GREEDY, 7 },
		{ "defaults {\nuid_attribute \"\"\n}\n", false, "3600page", MP_FIND_STRICT, 10 },
		{ "defaults {\nuid_attribute ID_OTHER\n}\n", false, "", MP_FIND_STRICT, 10 },
		{ "overrides {\nuid_attribute DEVTYPE\n}\n", false, "disk", MP_FIND_STRICT, 10 },
		{ "blacklist {\ndevnode \"^sdb\"\n}\n", true, "", MP_FIND_STRICT, 0 },
		{ "blacklist {\nwwid 3600serial\n}\n", true, "3600serial", MP_FIND_STRICT, 10 },
		{ "blacklist {\nwwid 3600page\n}\n", false, "3600serial", MP_FIND_STRICT, 10 },
		{ "blacklist {\nprotocol scsi:iscsi\n}\n", true, "3600serial", MP_FIND_STRICT, 10 },
		/* Of the properties, the first by name decides. */
		{ "blacklist {\nproperty ID_SERIAL\n}\n", true, "3600serial", MP_FIND_STRICT, 10 },
		{ "blacklist {\nproperty SCSI_IDENT_SERIAL\n}\n", false, "3600serial",
		  MP_FIND_STRICT, 10 },
		{ "blacklist {\nproperty DEVTYPE\n}\n", true, "3600serial", MP_FIND_STRICT, 10 },
		{ "blacklist {\ndevice {\nvendor LIO\nproduct \"two words\"\n}\n}\n", true,
		  "3600serial", MP_FIND_STRICT, 10 },
	};
	struct mp_claimant claimant = disk();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_loaded_ struct loaded loaded;
		struct mp_ruling ruling;

		loaded_init(&loaded);
		assert_int_equal(loaded_text(&loaded, cases[i].config), 0);
		mp_claimant_judge(loaded.config, &claimant, &ruling);
		assert_int_equal(ruling.blacklisted, cases[i].blacklisted);
		assert_string_equal(ruling.wwid, cases[i].wwid);
		assert_int_equal(ruling.mode, cases[i].mode);
		assert_int_equal(ruling.timeout_sec, cases[i].timeout_sec);
		assert_false(ruling.has_sibling);
	}
	mp_claimant_fini(&claimant);
}

static void unknown_hardware_waits_a_second(void **state)
{
	_cleanup_loaded_ struct loaded loaded;
	struct mp_claimant claimant = disk();
	struct mp_ruling ruling;

	(void)state;
	strcpy(claimant.identity.vendor, "ATA");
	loaded_init(&loaded);
	assert_int_equal(loaded_text(&loaded, ""), 0);
	mp_claimant_judge(loaded.config, &claimant, &ruling);
	assert_int_equal(ruling.timeout_sec, 1);
	mp_claimant_fini(&claimant);
}

static void a_claimant_survives_formatting_and_parsing(void **state)
{
	struct mp_claimant claimant = disk(), read = MP_CLAIMANT_INIT;
	_cleanup_strbuf_ struct mp_strbuf text = MP_STRBUF_INIT, again = MP_STRBUF_INIT;

	(void)state;
	assert_int_equal(mp_props_add(&claimant.props, "LINES", "first\nsecond"), 0);
	mp_claimant_format(&claimant, &text);
	assert_int_equal(mp_claimant_parse(text.text, &read), 0);
	assert_string_equal(read.identity.name, "sdb");
	assert_string_equal(read.identity.vendor, "LIO-ORG");
	assert_string_equal(read.identity.product, "two words");
	assert_string_equal(read.identity.revision, "4.0");
	assert_string_equal(read.page_wwid, "3600page");
	assert_int_equal(read.identity.protocol, MP_PROTOCOL_SCSI_ISCSI);
	assert_true(read.has_props);
	assert_int_equal(read.props.count, 4);
	assert_string_equal(mp_props_get(&read.props, "ID_SERIAL"), "3600serial");
	assert_string_equal(mp_props_get(&read.props, "LINES"), "first");
	mp_claimant_format(&read, &again);
	assert_string_equal(text.text, again.text);
	mp_claimant_fini(&claimant);
	mp_claimant_fini(&read);
}

static void a_malformed_claimant_is_refused(void **state)
{
	static const char *const cases[] = {
		"",
		"@claim ",
		"@claim 1 scsi:fcp 1",
		"@claim 2 scsi:fcp 1\nsda\n\n\n\n\n",
		"@claim 1 scsi:none 1\nsda\n\n\n\n\n",
		"@claim 1 scsi:fcp 1\nsda\n\n\n\n",
		"@claim 1 scsi:fcp 1\nsda\n\n\n\n\nNAME",
		"@claim 1 scsi:fcp 1\nsda\n\n\n\n\nNAME\n",
		"@claim 1 scsi:fcp 1\nsda\n\n\n\n\nNAME=cut short",
		"@claim 1 scsi:fcp 1\nlonger than any name of a device in this kernel\n\n\n\n\n",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct mp_claimant claimant = MP_CLAIMANT_INIT;

		assert_int_equal(mp_claimant_parse(cases[i], &claimant), -EBADMSG);
		mp_claimant_fini(&claimant);
	}
}

static void a_ruling_survives_formatting_and_parsing(void **state)
{
	static const struct mp_ruling cases[] = {
		{ MP_FIND_SMART, 3, 10, false, true, "3600 with a blank" },
		{ MP_FIND_STRICT, 2, 0, true, false, "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_strbuf_ struct mp_strbuf text = MP_STRBUF_INIT;
		struct mp_ruling read;

		mp_claimant_format_ruling(&cases[i], &text);
		assert_int_equal(mp_claimant_parse_ruling(text.text, &read), 0);
		assert_memory_equal(&read, &cases[i], sizeof(read));
	}
}

static void a_malformed_ruling_is_refused(void **state)
{
	static const char *const cases[] = {
		"",
		"ok\n",
		"fail\ntimeout\n",
		"ruling 2 1 2 3 0 0 wwid\n",
		"ruling 1 1 2 3 0 0\n",
		"ruling 1 1 2 3 0 0 wwid",
		"ruling 1 9 2 3 0 0 wwid\n",
		"ruling 1 1 2 3 0 0 wwid\nmore\n",
	};
	struct mp_ruling ruling;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_int_equal(mp_claimant_parse_ruling(cases[i], &ruling), -EBADMSG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_ruling_on_a_claimant_follows_from_the_configuration),
		cmocka_unit_test(unknown_hardware_waits_a_second),
		cmocka_unit_test(a_claimant_survives_formatting_and_parsing),
		cmocka_unit_test(a_malformed_claimant_is_refused),
		cmocka_unit_test(a_ruling_survives_formatting_and_parsing),
		cmocka_unit_test(a_malformed_ruling_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
