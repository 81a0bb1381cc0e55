/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "config-loaded.h"
#include "config/filter.h"
#include "config/sections.h"

struct row {
	const char *text;
	const char *told;
};

static void assert_told(const struct row *rows, size_t count)
{
	_cleanup_loaded_ struct loaded loaded;

	loaded_init(&loaded);
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(loaded_text(&loaded, rows[i].text), 0);
		assert_string_equal(loaded_told(&loaded), rows[i].told);
	}
}

static void errors_in_a_line_are_reported_with_their_place(void **state)
{
	static const struct row rows[] = {
		{ "defaults {\n}\n", "" },
		{ "defaults {\n\tverbosity 3\n",
		  "1 multipath.conf:2:1: error: section defaults of line 1 is not closed: "
		  "expected a \"}\"\n" },
		{ "defaults {\n} x\n",
		  "0 multipath.conf:2:3: warning: extra data \"x\" is ignored: expected the end of the "
		  "line\n" },
		{ "}\n",
		  "0 multipath.conf:1:1: error: unmatched \"}\": expected one for each \"{\" that opens a section\n" },
		{ "devcies {\n}\n",
		  "1 multipath.conf:1:1: warning: unknown keyword \"devcies\" outside of sections; did you mean \"devices\"?\n"
		  "0 multipath.conf:2:1: error: unmatched \"}\": line 1 does not open a section\n" },
		{ "{\n",
		  "0 multipath.conf:1:1: warning: unknown keyword \"{\" outside of sections\n" },
		{ "\"defaults\" {\n",
		  "0 multipath.conf:1:1: warning: unknown keyword \"defaults\" outside of sections; write it without quotes\n" },
		{ "defaults\n{\n}\n",
		  "0 multipath.conf:1:1: warning: section defaults lacks its \"{\": expected it on this line\n"
		  "0 multipath.conf:2:1: warning: unknown keyword \"{\" in section defaults\n" },
		{ "defaults x\n}\n",
		  "0 multipath.conf:1:10: warning: extra data \"x\" is ignored: expected a \"{\"\n" },
		{ "defaults { verbosity 3\n}\n",
		  "0 multipath.conf:1:12: warning: extra data \"verbosity\" is ignored: expected "
		  "the end of the line; it needs a line of its own\n" },
		{ "defaults {\nverbosity 3 }\n}\n",
		  "0 multipath.conf:2:13: warning: extra data \"}\" is ignored: expected the end of the line; it needs "
		  "a line of its own\n" },
		{ "defaults {\nalias_prefix = x\n}\n",
		  "0 multipath.conf:2:16: warning: extra data \"x\" is ignored: expected the end of the line; no \"=\" "
		  "is allowed between a keyword and its value\n" },
		{ "defaults {\nverbosity=3\nno_path_retry: 5\nfoo=1\n}\n",
		  "0 multipath.conf:2:1: warning: unknown keyword \"verbosity=3\" in section defaults; write "
		  "\"verbosity 3\", without \"=\"\n"
		  "1 multipath.conf:3:1: warning: unknown keyword \"no_path_retry:\" in section defaults; write "
		  "\"no_path_retry ...\", without \":\"\n"
		  "0 multipath.conf:4:1: warning: unknown keyword \"foo=1\" in section defaults\n" },
		{ "overrides\n",
		  "0 multipath.conf:1:1: warning: section overrides lacks its \"{\" and is not opened: expected it on this line\n" },
		{ "overrides x {\n}\n",
		  "0 multipath.conf:1:11: warning: extra data \"x\" is ignored: expected a \"{\"\n" },
		{ "defaults {\nverbosity\n}\n",
		  "0 multipath.conf:2:1: warning: verbosity lacks a value and is ignored\n" },
		{ "defaults {\nverbosity 3 4\n}\n",
		  "0 multipath.conf:2:13: warning: extra data \"4\" is ignored: expected the end "
		  "of the line; a value with blanks or braces needs quotes\n" },
		{ "blacklist {\ndevnode !^sd\ndevnode ^hd#|a!b\nwwid \"#\" #x\nwwid x # y\nwwid caf\xc3\xa9\n}\n",
		  "0 multipath.conf:2:1: warning: devnode lacks a value and is ignored: \"!\" begins a comment unless the "
		  "value is in quotes\n"
		  "2 multipath.conf:3:12: warning: \"#\" begins a comment here: write the value in quotes if it is a part "
		  "of it\n"
		  "2 multipath.conf:6:9: warning: a non-ASCII character is treated as a blank: write the value in "
		  "double quotes: \"\"\n" },
		{ "\xef\xbb\xbf"
		  "defaults {\n} x\n",
		  "0 multipath.conf:2:3: warning: extra data \"x\" is ignored: expected the end of the line\n" },
		{ "\xff\xfe"
		  "d.e.f.a.u.l.t.s. .{.\n",
		  "0 multipath.conf:1:1: error: the file is in UTF-16 and ignored as a whole: expected ASCII or UTF-8\n" },
		{ "defaults {\n\x1b[31mfoo 1\n}\n",
		  "1 multipath.conf:2:1: warning: unknown keyword \"?[31mfoo\" in section defaults\n" },
		{ "defaults {\nchecker tur\npath_checker directio\n}\n",
		  "1 multipath.conf:3:1: warning: path_checker is set again in the same section, after line 2: the last valid "
		  "value applies\n" },
		{ "defaults {\nprio_callout x\nudev_dir /dev\n}\ndevnode_blacklist {\ndevnode x\n}\n",
		  "1 multipath.conf:2:1: warning: unknown keyword \"prio_callout\" in section defaults; removed "
		  "keyword, replaced by prio\n"
		  "1 multipath.conf:3:1: warning: unknown keyword \"udev_dir\" in section defaults; removed keyword, "
		  "no replacement\n"
		  "1 multipath.conf:5:1: warning: unknown keyword \"devnode_blacklist\" outside of sections; removed "
		  "keyword, replaced by blacklist\n"
		  "0 multipath.conf:7:1: error: unmatched \"}\": line 5 does not open a section\n" },
		{ "defaults {\npath_selector round-robin\nfeatures \"0 queue_if_no_path\"\nmode 0998\ndev_loss_tmo 9m\n}\n",
		  "1 multipath.conf:2:15: warning: value \"round-robin\" of path_selector is not valid: expected a name, the "
		  "number of its arguments, and the arguments: \"service-time 0\"; the built-in \"service-time 0\" stays; did you "
		  "mean \"round-robin 0\"?\n"
		  "1 multipath.conf:3:10: warning: value \"0 queue_if_no_path\" of features is not valid: expected a number "
		  "and as many words: \"2 pg_init_retries 50\"; the built-in \"0\" stays; did you mean \"1 "
		  "queue_if_no_path\"?\n"
		  "1 multipath.conf:4:6: warning: \"998\" after the value of mode is ignored, 00 is used: expected octal "
		  "digits\n"
		  "1 multipath.conf:5:14: warning: \"m\" after the value of dev_loss_tmo is ignored, 9 is used: expected a "
		  "number of seconds\n" },
		{ "defaults {\npath_grouping_policy group_by_priority\n}\n",
		  "2 multipath.conf:2:22: warning: value \"group_by_priority\" of path_grouping_policy is treated as "
		  "\"group_by_prio\"\n" },
		{ "multipaths {\nmultipath {\nwwid w\nalias \"\"\n}\n}\n",
		  "1 multipath.conf:4:7: warning: value \"\" of alias is not valid: expected a name of 1 to 127 characters "
		  "without \"/\"; the line has no effect\n" },
		{ "defaults {\nprio_args \"a\n}\n",
		  "0 multipath.conf:2:11: error: string is not closed: expected a '\"' on this "
		  "line\n" },
		{ "defaults {\nfoo 1\n}\n",
		  "1 multipath.conf:2:1: warning: unknown keyword \"foo\" in section defaults\n" },
		{ "devices {\ndevice {\nvendor V\nproduct P\nfoo 1\n}\n}\n",
		  "1 multipath.conf:5:1: warning: unknown keyword \"foo\" in section devices/device\n" },
		{ "defaults {\nverbosity 3\nverbosity 1\n}\n",
		  "1 multipath.conf:3:1: warning: verbosity is set again in the same section, after line 2: the last "
		  "valid value applies\n" },
		{ "defaults {\n}\ndefaults {\n}\n",
		  "1 multipath.conf:3:1: warning: section defaults appears again in this file: it is merged with "
		  "that of line 1\n" },
		{ "defaults {\npg_timeout 1\npg_timeout 2\n}\nmultipaths {\nmultipath {\nwwid w\npg_timeout 3\n}\n}\n",
		  "1 multipath.conf:2:1: warning: pg_timeout is no longer supported and ignored: no replacement\n"
		  "1 multipath.conf:3:1: warning: pg_timeout is set again in the same section, after line 2: the last "
		  "valid value applies\n" },
		{ "defaults {\nverbosity x\n}\n",
		  "1 multipath.conf:2:11: warning: value \"x\" of verbosity is not valid: expected a "
		  "number from 0 to 4; the built-in 2 stays\n" },
		{ "defaults {\nverbosity 3\nverbosity 1x\n}\n",
		  "1 multipath.conf:3:1: warning: verbosity is set again in the same section, after line 2: the last "
		  "valid value applies\n"
		  "1 multipath.conf:3:11: warning: value \"1x\" of verbosity is not valid: expected a number from 0 to "
		  "4; the value of line 2 stays\n" },
		{ "overrides {\nno_path_retry Queue\n}\n",
		  "1 multipath.conf:2:15: warning: value \"Queue\" of no_path_retry is not valid: expected \"fail\", "
		  "\"0\", \"queue\" or a number from 1 to 2147483647; the line has no effect; did you mean "
		  "\"queue\"?\n" },
		{ "overrides {\nprotocol {\ntype scsi:fpc\n}\n}\n",
		  "1 multipath.conf:3:6: warning: value \"scsi:fpc\" of type is not valid: expected a protocol such as "
		  "\"scsi:fcp\"; the line has no effect; did you mean \"scsi:fcp\"?\n"
		  "0 multipath.conf:2:1: warning: protocol section is ignored: expected a type\n" },
		{ "defaults {\nno_path_rety fail\n}\n",
		  "1 multipath.conf:2:1: warning: unknown keyword \"no_path_rety\" in section defaults; did you mean "
		  "\"no_path_retry\"?\n" },
		{ "overrides {\npoling_interval 5\n}\n",
		  "1 multipath.conf:2:1: warning: unknown keyword \"poling_interval\" in section overrides; did you mean "
		  "\"polling_interval\", which belongs to defaults?\n" },
		{ "devices {\ndevice {\nvendor V\nproduct P\ndevice {\nvendor W\n}\n}\n",
		  "1 multipath.conf:5:1: error: unknown keyword \"device\" in section devices/device; is the \"}\" missing that "
		  "closes the section of line 2?\n"
		  "1 multipath.conf:6:1: warning: vendor is set again in the same section, after line 3: the last valid value "
		  "applies\n" },
		{ "multipaths {\nmultipath {\nwwid a\nmultipath {\n}\n}\n",
		  "1 multipath.conf:4:1: error: unknown keyword \"multipath\" in section multipaths/multipath; is the \"}\" missing "
		  "that closes the section of line 2?\n" },
		{ "devices {\nvendor V\n}\n",
		  "1 multipath.conf:2:1: warning: unknown keyword \"vendor\" in section devices; it belongs to a "
		  "subsection \"device {\"\n" },
		{ "defaults {\ndevices {\n}\n",
		  "1 multipath.conf:2:1: error: unknown keyword \"devices\" in section defaults; is the \"}\" missing "
		  "that closes the section of line 1?\n" },
		{ "defaults {\nverbosity 9\n}\n",
		  "1 multipath.conf:2:11: warning: value \"9\" of verbosity is out of range, 4 is used: "
		  "expected 0 to 4\n" },
		{ "devices {\ndevice {\nvendor V\n}\n}\n",
		  "0 multipath.conf:2:1: warning: device is ignored: expected a vendor and a "
		  "product\n" },
		{ "overrides {\nprotocol {\ndev_loss_tmo 5\n}\n}\n",
		  "0 multipath.conf:2:1: warning: protocol section is ignored: expected a type\n" },
		{ "multipaths {\nmultipath {\nalias a\n}\n}\n",
		  "0 multipath.conf:2:1: warning: multipath section is ignored: expected a wwid\n" },
		{ "multipaths {\nmultipath {\nwwid w\nalias a\n}\nmultipath {\nwwid v\nalias a\n}\n}\n",
		  "0 multipath.conf:6:1: warning: alias \"a\" of \"v\" is ignored: \"w\" already has it (line 2)\n" },
		{ "blacklist {\nwwid a\nwwid b\nwwid a\ndevice {\n}\ndevice {\n}\n}\n",
		  "3 multipath.conf:4:1: warning: rule \"a\" is a duplicate\n" },
	};

	(void)state;
	assert_told(rows, ARRAY_SIZE(rows));
}

static void a_deprecated_value_is_reported_with_its_replacement(void **state)
{
	static const struct row rows[] = {
		{ "defaults {\nfeatures \"1 queue_if_no_path\"\n}\n",
		  "0 multipath.conf:2:10: warning: queue_if_no_path in features is deprecated: use no_path_retry \"queue\"\n" },
		{ "defaults {\nflush_on_last_del yes\n}\n",
		  "2 multipath.conf:2:19: warning: value \"yes\" of flush_on_last_del is deprecated: write \"always\"\n" },
		{ "defaults {\nuid_attrs \"sd:A x\"\n}\n",
		  "1 multipath.conf:2:11: warning: \"x\" in uid_attrs is ignored: expected TYPE:UDEV_PROPERTY\n" },
	};

	(void)state;
	assert_told(rows, ARRAY_SIZE(rows));
}

static int64_t default_of(const struct loaded *loaded, enum mp_key key)
{
	return mp_config_default(loaded->config, key)->number;
}

static void a_block_without_its_section_is_read_as_part_of_the_outer_one(void **state)
{
	_cleanup_loaded_ struct loaded loaded;

	(void)state;
	loaded_init(&loaded);
	assert_int_equal(loaded_text(&loaded,
				     "defaults {\nfoo {\nverbosity 4\n}\nverbosity 1\n}\n"),
			 0);
	assert_int_equal(default_of(&loaded, MP_KEY_VERBOSITY), 4);
	assert_non_null(strstr(
		loaded_told(&loaded),
		":5:1: warning: unknown keyword \"verbosity\" outside of sections; it belongs to defaults"));
}

static void a_brace_on_the_next_line_is_accepted_except_for_overrides(void **state)
{
	_cleanup_loaded_ struct loaded loaded;

	(void)state;
	loaded_init(&loaded);
	assert_int_equal(loaded_text(&loaded, "defaults\n{\nverbosity 4\n}\n"), 0);
	assert_int_equal(default_of(&loaded, MP_KEY_VERBOSITY), 4);
	assert_int_equal(loaded_text(&loaded, "overrides\n{\nno_path_retry 4\n}\n"), 0);
	assert_int_equal(loaded.config->overrides.count, 0);
}

static void a_closing_brace_after_the_opening_one_closes_nothing(void **state)
{
	_cleanup_loaded_ struct loaded loaded;

	(void)state;
	loaded_init(&loaded);
	assert_int_equal(loaded_text(&loaded, "defaults { }\nverbosity 4\n}\n"), 0);
	assert_int_equal(default_of(&loaded, MP_KEY_VERBOSITY), 4);
}

static void the_last_value_of_all_files_applies(void **state)
{
	_cleanup_loaded_ struct loaded loaded;
	static const char b[] = "defaults {\nverbosity 1\n}\n",
			  a[] = "defaults {\nverbosity 3\nmax_fds 100\n}\n";

	(void)state;
	loaded_init(&loaded);
	loaded_write(&loaded, "conf.d/b.conf", b, strlen(b));
	loaded_write(&loaded, "conf.d/a.conf", a, strlen(a));
	loaded_write(&loaded, "conf.d/z.conf~", a, strlen(a));
	loaded_write(&loaded, "conf.d/z.conf.bak", a, strlen(a));
	assert_int_equal(loaded_text(&loaded, "defaults {\nverbosity 4\nmax_fds 50\n}\n"), 0);
	assert_string_equal(loaded_told(&loaded), "");
	assert_int_equal(default_of(&loaded, MP_KEY_VERBOSITY), 1);
	assert_int_equal(default_of(&loaded, MP_KEY_MAX_FDS), 100);
}

static void each_value_knows_its_file_and_line(void **state)
{
	_cleanup_loaded_ struct loaded loaded;
	static const char drop_in[] = "overrides {\n\n\tprio alua\n}\n";
	const struct mp_setting *setting;

	(void)state;
	loaded_init(&loaded);
	loaded_write(&loaded, "conf.d/a.conf", drop_in, strlen(drop_in));
	assert_int_equal(loaded_text(&loaded, "defaults {\n\tprio const\n}\n"), 0);
	setting = mp_config_default(loaded.config, MP_KEY_PRIO);
	assert_int_equal(setting->line, 2);
	assert_string_equal(loaded.config->files[setting->file - MP_ORIGIN_FILES], loaded.file);
	setting = mp_section_find(&loaded.config->overrides, MP_KEY_PRIO);
	assert_int_equal(setting->line, 3);
	assert_non_null(
		strstr(loaded.config->files[setting->file - MP_ORIGIN_FILES], "/conf.d/a.conf"));
	assert_int_equal(mp_config_default(loaded.config, MP_KEY_PATH_CHECKER)->file,
			 MP_ORIGIN_BUILTIN);
}

static void an_invalid_rule_or_key_rejects_the_main_file(void **state)
{
	static const struct row rows[] = {
		{ "blacklist {\nwwid \"(\"\n}\n",
		  "!0 multipath.conf:2:6: error: value \"(\" of wwid is not valid: expected an extended "
		  "regular expression (Unmatched ( or \\()\n" },
		{ "blacklist {\ndevice {\nvendor \"[\"\n}\n}\n",
		  "!0 multipath.conf:3:8: error: value \"[\" of vendor is not valid: expected an "
		  "extended regular expression (Invalid regular expression)\n" },
		{ "blacklist_exceptions {\nproperty \"(\"\n}\n",
		  "!0 multipath.conf:2:10: error: value \"(\" of property is not valid: expected "
		  "an extended regular expression (Unmatched ( or \\()\n" },
		{ "defaults {\nreservation_key 0xg\n}\n",
		  "!0 multipath.conf:2:17: error: value \"0xg\" of reservation_key is not valid: expected "
		  "\"file\" or up to 16 hexadecimal digits\n" },
		{ "devices {\ndevice {\nvendor V\nproduct P\nproduct_blacklist \"(\"\n}\n}\n",
		  "!0 multipath.conf:5:19: error: value \"(\" of product_blacklist is not valid: expected an extended regular expression (Unmatched ( or \\()\n" },
	};
	_cleanup_loaded_ struct loaded loaded;

	(void)state;
	loaded_init(&loaded);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_int_equal(loaded_text(&loaded, rows[i].text), -EINVAL);
		assert_string_equal(loaded_told(&loaded), rows[i].told);
		assert_null(loaded.config);
	}
}

static void an_invalid_rule_in_a_drop_in_is_ignored(void **state)
{
	_cleanup_loaded_ struct loaded loaded;
	static const char drop_in[] = "blacklist {\nwwid \"(\"\nwwid x\n}\n";

	(void)state;
	loaded_init(&loaded);
	loaded_write(&loaded, "conf.d/a.conf", drop_in, strlen(drop_in));
	assert_int_equal(loaded_load(&loaded), 0);
	assert_string_equal(
		loaded_told(&loaded),
		"0 conf.d/a.conf:2:6: warning: value \"(\" of wwid is not valid: expected an extended "
		"regular expression (Unmatched ( or \\()\n");
	assert_true(mp_filter_wwid(loaded.config, "x").blacklisted);
}

static void files_that_are_missing_are_no_error(void **state)
{
	_cleanup_loaded_ struct loaded loaded;

	(void)state;
	loaded_init(&loaded);
	assert_int_equal(loaded_load(&loaded), 0);
	assert_string_equal(loaded_told(&loaded), "");
	loaded.source.dir = "/nonexistent/conf.d";
	assert_int_equal(loaded_load(&loaded), 0);
	assert_string_equal(loaded_told(&loaded), "");
}

static void a_file_that_cannot_be_read_is_named(void **state)
{
	_cleanup_loaded_ struct loaded loaded;
	char file[256];

	(void)state;
	loaded_init(&loaded);
	snprintf(file, sizeof(file), "%s/x.conf", loaded.drop_ins);
	assert_int_equal(mkdir(file, 0700), 0);
	assert_int_equal(loaded_load(&loaded), 0);
	assert_string_equal(loaded_told(&loaded),
			    "0 conf.d/x.conf: warning: cannot be read: Is a directory\n");

	assert_int_equal(mkdir(loaded.file, 0700), 0);
	assert_int_equal(loaded_load(&loaded), -EISDIR);
	assert_string_equal(loaded_told(&loaded),
			    "!0 multipath.conf: error: cannot be read: Is a directory\n");
}

static void a_dangling_link_is_reported(void **state)
{
	char file[256];
	_cleanup_loaded_ struct loaded loaded;

	(void)state;
	loaded_init(&loaded);
	snprintf(file, sizeof(file), "%s/conf.d/a.conf", loaded.dir);
	assert_int_equal(symlink("/nonexistent", file), 0);
	assert_int_equal(symlink("/nonexistent", loaded.file), 0);
	assert_int_equal(loaded_load(&loaded), 0);
	assert_string_equal(loaded_told(&loaded),
			    "0 multipath.conf: warning: cannot be read: dangling symbolic link\n"
			    "0 conf.d/a.conf: warning: cannot be read: dangling symbolic link\n");
}

static void arbitrary_bytes_do_no_harm(void **state)
{
	_cleanup_loaded_ struct loaded loaded;
	static const char nul[] = "defaults {\nverbosity 4\0 5\n}";
	size_t size = 3 << 20;
	_cleanup_free_ char *large = malloc(size);

	(void)state;
	loaded_init(&loaded);
	loaded_write(&loaded, "multipath.conf", nul, sizeof(nul) - 1);
	assert_int_equal(loaded_load(&loaded), 0);
	assert_string_equal(
		loaded_told(&loaded),
		"0 multipath.conf:2:12: error: NUL byte: the rest of the line is ignored\n");
	assert_int_equal(default_of(&loaded, MP_KEY_VERBOSITY), 4);

	memset(large, 'x', size);
	memcpy(large, "defaults { ", 11);
	loaded_write(&loaded, "multipath.conf", large, size);
	assert_int_equal(loaded_load(&loaded), 0);
}

static void a_line_may_be_long(void **state)
{
	_cleanup_loaded_ struct loaded loaded;
	char text[5000];
	int length = snprintf(text, sizeof(text), "defaults {\nverbosity%*s4\n}\n", 4000, "");

	(void)state;
	loaded_init(&loaded);
	loaded_write(&loaded, "multipath.conf", text, length);
	assert_int_equal(loaded_load(&loaded), 0);
	assert_string_equal(loaded_told(&loaded), "");
	assert_int_equal(default_of(&loaded, MP_KEY_VERBOSITY), 4);
}

static void a_value_without_effect_is_reported(void **state)
{
	static const struct {
		const char *line, *told;
	} rows[] = {
		{ "force_sync yes",
		  "1 multipath.conf:2:12: warning: force_sync has no effect here: no check keeps another one waiting\n" },
		{ "force_sync no", "" },
		{ "strict_timing 1",
		  "1 multipath.conf:2:15: warning: strict_timing has no effect here: checks are always started in time\n" },
		{ "retain_attached_hw_handler no",
		  "1 multipath.conf:2:28: warning: retain_attached_hw_handler has no effect since Linux 4.3: an attached handler always stays\n" },
		{ "retain_attached_hw_handler yes", "" },
		{ "rr_min_io 10",
		  "1 multipath.conf:2:11: warning: rr_min_io has no effect since Linux 2.6.31, nor has rr_min_io_rq since 4.6\n" },
		{ "rr_min_io 1000", "" },
		{ "marginal_pathgroups fpin", "" },
		{ "marginal_pathgroups on", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_loaded_ struct loaded loaded;
		char text[128];
		int length = snprintf(text, sizeof(text), "defaults {\n%s\n}\n", rows[i].line);

		loaded_init(&loaded);
		loaded_write(&loaded, "multipath.conf", text, length);
		assert_int_equal(loaded_load(&loaded), 0);
		assert_string_equal(loaded_told(&loaded), rows[i].told);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(errors_in_a_line_are_reported_with_their_place),
		cmocka_unit_test(a_deprecated_value_is_reported_with_its_replacement),
		cmocka_unit_test(a_block_without_its_section_is_read_as_part_of_the_outer_one),
		cmocka_unit_test(a_brace_on_the_next_line_is_accepted_except_for_overrides),
		cmocka_unit_test(a_closing_brace_after_the_opening_one_closes_nothing),
		cmocka_unit_test(the_last_value_of_all_files_applies),
		cmocka_unit_test(each_value_knows_its_file_and_line),
		cmocka_unit_test(an_invalid_rule_or_key_rejects_the_main_file),
		cmocka_unit_test(an_invalid_rule_in_a_drop_in_is_ignored),
		cmocka_unit_test(files_that_are_missing_are_no_error),
		cmocka_unit_test(a_file_that_cannot_be_read_is_named),
		cmocka_unit_test(a_dangling_link_is_reported),
		cmocka_unit_test(arbitrary_bytes_do_no_harm),
		cmocka_unit_test(a_line_may_be_long),
		cmocka_unit_test(a_value_without_effect_is_reported),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
