/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <limits.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "config/arena.h"
#include "config/keywords.h"
#include "model/settings.h"

struct listener {
	struct mp_value_reader reader;
	int level; /* of the last message, -1: none */
};

static void listener_on_told(struct mp_value_reader *reader, int level, const char *text)
{
	struct listener *listener = (struct listener *)reader;

	assert_true(*text);
	listener->level = level;
}

struct row {
	enum mp_key key;
	const char *text;
	int result; /* of the parser */
	int level; /* of the message, -1: none */
	const char *printed;
};

static void values_are_read_and_printed(void **state)
{
	static const struct row rows[] = {
		{ MP_KEY_VERBOSITY, "3", 0, -1, "3" },
		{ MP_KEY_VERBOSITY, " 3 ", 0, -1, "3" },
		{ MP_KEY_VERBOSITY, "-1", 0, 1, "0" },
		{ MP_KEY_VERBOSITY, "99999999999999999999", 0, 1, "4" },
		{ MP_KEY_VERBOSITY, "", -EINVAL, -1, NULL },
		{ MP_KEY_VERBOSITY, "3x", -EINVAL, -1, NULL },
		{ MP_KEY_VERBOSITY, "0x3", -EINVAL, -1, NULL },
		{ MP_KEY_FIND_MULTIPATHS_TIMEOUT, "-20", 0, -1, "-20" },
		{ MP_KEY_UXSOCK_TIMEOUT, "1", 0, 1, "4000" },
		{ MP_KEY_POLLING_INTERVAL, "4294967295", 0, 1, "4294967294" },
		{ MP_KEY_DETECT_PRIO, "1", 0, -1, "\"yes\"" },
		{ MP_KEY_DETECT_PRIO, "no", 0, -1, "\"no\"" },
		{ MP_KEY_DETECT_PRIO, "YES", -EINVAL, -1, NULL },
		{ MP_KEY_DETECT_PRIO, "true", -EINVAL, -1, NULL },
		{ MP_KEY_PATH_GROUPING_POLICY, "group_by_prio", 0, -1, "\"group_by_prio\"" },
		{ MP_KEY_PATH_GROUPING_POLICY, "multibus, please", 0, 2, "\"multibus\"" },
		{ MP_KEY_PATH_GROUPING_POLICY, "group_by", -EINVAL, -1, NULL },
		{ MP_KEY_FIND_MULTIPATHS, "yes", 0, -1, "\"on\"" },
		{ MP_KEY_FIND_MULTIPATHS, "0", 0, -1, "\"off\"" },
		{ MP_KEY_FIND_MULTIPATHS, "strict", 0, -1, "\"strict\"" },
		{ MP_KEY_MARGINAL_PATHGROUPS, "fpin", 0, -1, "\"fpin\"" },
		{ MP_KEY_FLUSH_ON_LAST_DEL, "never", 0, -1, "\"never\"" },
		{ MP_KEY_FLUSH_ON_LAST_DEL, "yes", 0, 2, "\"always\"" },
		{ MP_KEY_FLUSH_ON_LAST_DEL, "0", 0, 2, "\"unused\"" },
		{ MP_KEY_FAILBACK, "immediate", 0, -1, "\"immediate\"" },
		{ MP_KEY_FAILBACK, "15", 0, -1, "15" },
		{ MP_KEY_FAILBACK, "soon", -EINVAL, -1, NULL },
		{ MP_KEY_NO_PATH_RETRY, "fail", 0, -1, "\"fail\"" },
		{ MP_KEY_NO_PATH_RETRY, "0", 0, -1, "\"fail\"" },
		{ MP_KEY_NO_PATH_RETRY, "queue", 0, -1, "\"queue\"" },
		{ MP_KEY_NO_PATH_RETRY, "12", 0, -1, "12" },
		{ MP_KEY_NO_PATH_RETRY, "-3", 0, 1, "1" },
		{ MP_KEY_FAST_IO_FAIL_TMO, "off", 0, -1, "off" },
		{ MP_KEY_FAST_IO_FAIL_TMO, "0", 0, -1, "0" },
		{ MP_KEY_FAST_IO_FAIL_TMO, "7", 0, -1, "7" },
		{ MP_KEY_MAX_RETRIES, "6", 0, 1, "5" },
		{ MP_KEY_DEV_LOSS_TMO, "infinity", 0, -1, "\"infinity\"" },
		{ MP_KEY_DEV_LOSS_TMO, "4294967295", 0, -1, "\"infinity\"" },
		{ MP_KEY_DEV_LOSS_TMO, "99999999999", 0, 1, "\"infinity\"" },
		{ MP_KEY_DEV_LOSS_TMO, "60", 0, -1, "60" },
		{ MP_KEY_DEV_LOSS_TMO, "60s", 0, 1, "60" },
		{ MP_KEY_DEV_LOSS_TMO, "-1", -EINVAL, -1, NULL },
		{ MP_KEY_GHOST_DELAY, "no", 0, -1, "\"no\"" },
		{ MP_KEY_GHOST_DELAY, "0", 0, -1, "\"no\"" },
		{ MP_KEY_GHOST_DELAY, "30", 0, -1, "30" },
		{ MP_KEY_MAX_FDS, "max", 0, -1, "\"max\"" },
		{ MP_KEY_MAX_FDS, "4096", 0, -1, "4096" },
		{ MP_KEY_MAX_FDS, "99999999999", 0, 1, "\"max\"" },
		{ MP_KEY_MODE, "0660", 0, -1, "0660" },
		{ MP_KEY_MODE, "0999", 0, 1, "00" },
		{ MP_KEY_MODE, "1777", -EINVAL, -1, NULL },
		{ MP_KEY_MODE, "rw", -EINVAL, -1, NULL },
		{ MP_KEY_MODE, "-1", -EINVAL, -1, NULL },
		{ MP_KEY_UID, "root", 0, -1, "00" },
		{ MP_KEY_UID, "8", 0, -1, "010" },
		{ MP_KEY_UID, "01750", 0, -1, "01750" },
		{ MP_KEY_UID, "0777777777777777777777", -EINVAL, -1, NULL },
		{ MP_KEY_UID, "no such user", -EINVAL, -1, NULL },
		{ MP_KEY_UID, "-1", -EINVAL, -1, NULL },
		{ MP_KEY_GID, "root", 0, -1, "00" },
		{ MP_KEY_GID, "disk", 0, -1, "06" }, /* a group without a user of that name */
		{ MP_KEY_RESERVATION_KEY, "0xABCdef", 0, -1, "0xabcdef" },
		{ MP_KEY_RESERVATION_KEY, "ffffffffffffffff:aptpl", 0, -1,
		  "0xffffffffffffffff:aptpl" },
		{ MP_KEY_RESERVATION_KEY, "1:other", 0, 1, "0x1" },
		{ MP_KEY_RESERVATION_KEY, "file", 0, -1, "\"file\"" },
		{ MP_KEY_RESERVATION_KEY, "12345678901234567", -EBADMSG, -1, NULL },
		{ MP_KEY_RESERVATION_KEY, "", -EBADMSG, -1, NULL },
		{ MP_KEY_RESERVATION_KEY, "0x", -EBADMSG, -1, NULL },
		{ MP_KEY_PATH_SELECTOR, "service-time 0", 0, -1, "\"service-time 0\"" },
		{ MP_KEY_PATH_SELECTOR, "round-robin 1 5", 0, -1, "\"round-robin 1 5\"" },
		{ MP_KEY_PATH_SELECTOR, "round-robin", -EINVAL, -1, NULL },
		{ MP_KEY_PATH_SELECTOR, "round-robin 1", -EINVAL, -1, NULL },
		{ MP_KEY_PATH_SELECTOR, "", -EINVAL, -1, NULL },
		{ MP_KEY_FEATURES, "0", 0, -1, "\"0\"" },
		{ MP_KEY_FEATURES, "2 pg_init_retries 50", 0, -1, "\"2 pg_init_retries 50\"" },
		{ MP_KEY_FEATURES, "1 pg_init_retries 50", -EINVAL, -1, NULL },
		{ MP_KEY_FEATURES, "pg_init_retries 50", -EINVAL, -1, NULL },
		{ MP_KEY_FEATURES, "1 queue_if_no_path", 0, 0, "\"1 queue_if_no_path\"" },
		{ MP_KEY_HARDWARE_HANDLER, "1 alua", 0, -1, "\"1 alua\"" },
		{ MP_KEY_HARDWARE_HANDLER, "alua", -EINVAL, -1, NULL },
		{ MP_KEY_ALIAS, "data", 0, -1, "\"data\"" },
		{ MP_KEY_ALIAS, "da/ta", -EINVAL, -1, NULL },
		{ MP_KEY_ALIAS, "", -EINVAL, -1, NULL },
		{ MP_KEY_PARTITION_DELIMITER, "-part", 0, -1, "\"-part\"" },
		{ MP_KEY_PARTITION_DELIMITER, "/UNSET/", 1, -1, NULL },
		{ MP_KEY_PARTITION_DELIMITER, "/", -EINVAL, -1, NULL },
		{ MP_KEY_UID_ATTRS, "sd:ID_SERIAL", 0, -1, "sd:ID_SERIAL" },
		{ MP_KEY_UID_ATTRS, " sd:A  nvme:B ", 0, -1, "\"sd:A nvme:B\"" },
		{ MP_KEY_UID_ATTRS, "sd:A x", 0, 1, "sd:A" },
		{ MP_KEY_UID_ATTRS, "x", -EINVAL, 1, NULL },
		{ MP_KEY_TYPE, "scsi:fcp", 0, -1, "\"scsi:fcp\"" },
		{ MP_KEY_TYPE, "scsi", -EINVAL, -1, NULL },
		{ MP_KEY_VPD_VENDOR, "hp3par", 0, -1, "\"hp3par\"" },
		{ MP_KEY_VENDOR, "a\"b", 0, -1, "\"a\"\"b\"" },
		{ MP_KEY_UID_ATTRIBUTE, "", 0, -1, "\"\"" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_(mp_arena_fini) struct mp_arena arena = { 0 };
		_cleanup_strbuf_ struct mp_strbuf buf = MP_STRBUF_INIT;
		struct listener listener = { { &arena, listener_on_told }, -1 };
		const struct mp_keyword *keyword = &mp_keywords[rows[i].key];
		struct mp_setting setting = { .key = rows[i].key };
		int r = keyword->type->parse(&listener.reader, keyword, rows[i].text, &setting);

		if (r != rows[i].result || listener.level != rows[i].level)
			fail_msg("%s \"%s\": result %d, level %d", keyword->name, rows[i].text, r,
				 listener.level);
		if (r != 0)
			continue;
		keyword->type->format(keyword, &setting, &buf);
		assert_string_equal(mp_strbuf_text(&buf), rows[i].printed);
	}
}

static void features_with_a_keyword_are_separated(void **state)
{
	static const struct {
		const char *text, *rest;
		unsigned flags;
	} rows[] = {
		{ "1 queue_if_no_path", "0", MP_FEATURES_QUEUE },
		{ "3 queue_if_no_path pg_init_retries 50", "2 pg_init_retries 50",
		  MP_FEATURES_QUEUE },
		{ "3  pg_init_retries 5 retain_attached_hw_handler", "2 pg_init_retries 5",
		  MP_FEATURES_RETAIN },
		{ "2 retain_attached_hw_handler queue_if_no_path", "0",
		  MP_FEATURES_QUEUE | MP_FEATURES_RETAIN },
	};
	_cleanup_(mp_arena_fini) struct mp_arena arena = { 0 };
	struct listener listener = { { &arena, listener_on_told }, -1 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct mp_setting setting = { 0 };

		assert_int_equal(mp_type_features.parse(&listener.reader,
							&mp_keywords[MP_KEY_FEATURES], rows[i].text,
							&setting),
				 0);
		assert_int_equal(setting.flags, rows[i].flags);
		assert_string_equal(setting.text, rows[i].text);
		assert_string_equal(setting.text + strlen(setting.text) + 1, rows[i].rest);
	}
}

static void long_arguments_of_a_prioritizer_are_truncated(void **state)
{
	_cleanup_(mp_arena_fini) struct mp_arena arena = { 0 };
	struct listener listener = { { &arena, listener_on_told }, -1 };
	struct mp_setting setting = { 0 };
	char text[300];

	(void)state;
	memset(text, 'x', sizeof(text));
	text[299] = '\0';
	assert_int_equal(mp_type_prio_args.parse(&listener.reader, &mp_keywords[MP_KEY_PRIO_ARGS],
						 text, &setting),
			 0);
	assert_int_equal(strlen(setting.text), 254);
	assert_int_equal(listener.level, 1);
}

static void the_expected_values_are_reported(void **state)
{
	static const struct {
		enum mp_key key;
		const char *expected;
	} rows[] = {
		{ MP_KEY_VERBOSITY, "a number from 0 to 4" },
		{ MP_KEY_RR_WEIGHT, "\"uniform\", \"priorities\"" },
		{ MP_KEY_FAST_IO_FAIL_TMO, "\"off\", \"0\" or a number from 1 to 2147483647" },
		{ MP_KEY_FLUSH_ON_LAST_DEL, "\"never\", \"always\", \"unused\"" },
		{ MP_KEY_ALIAS, "a name of 1 to 127 characters without \"/\"" },
		{ MP_KEY_ALIAS_PREFIX, "a name without \"/\"" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_strbuf_ struct mp_strbuf buf = MP_STRBUF_INIT;

		mp_type_expected(&mp_keywords[rows[i].key], &buf);
		assert_string_equal(mp_strbuf_text(&buf), rows[i].expected);
	}
}

static const char *suggest(enum mp_key key, const char *text, struct mp_strbuf *buf)
{
	mp_strbuf_clear(buf);
	mp_type_suggest(&mp_keywords[key], text, buf);
	return mp_strbuf_text(buf);
}

static void suggestions_are_plausible_corrections(void **state)
{
	static const struct {
		enum mp_key key;
		const char *text, *suggested;
	} rows[] = {
		{ MP_KEY_NO_PATH_RETRY, "0x10", "; did you mean 16?" },
		{ MP_KEY_NO_PATH_RETRY, "0x0", "" },
		{ MP_KEY_NO_PATH_RETRY, "12s", "; it counts checks, it is not a time" },
		{ MP_KEY_NO_PATH_RETRY, "12;", "; did you mean 12?" },
		{ MP_KEY_NO_PATH_RETRY, "'12'", "; did you mean 12?" },
		{ MP_KEY_NO_PATH_RETRY, "'queue'", "; did you mean \"queue\"?" },
		{ MP_KEY_NO_PATH_RETRY, "99999999999999999999s",
		  "; it counts checks, it is not a time" },
		{ MP_KEY_POLLING_INTERVAL, "1e1", "; did you mean 10?" },
		{ MP_KEY_POLLING_INTERVAL, "1e30", "" },
		{ MP_KEY_POLLING_INTERVAL, "0e999999999", "; did you mean 0?" },
		{ MP_KEY_POLLING_INTERVAL, "1.5", "" },
		{ MP_KEY_POLLING_INTERVAL, "2 Min", "; did you mean 120?" },
		{ MP_KEY_POLLING_INTERVAL, "10sec", "; did you mean 10?" },
		{ MP_KEY_CHECKER_TIMEOUT, "2000ms", "; did you mean 2?" },
		{ MP_KEY_CHECKER_TIMEOUT, "1500ms", "" },
		{ MP_KEY_UXSOCK_TIMEOUT, "5s", "; did you mean 5000?" },
		{ MP_KEY_UXSOCK_TIMEOUT, "1s", "" },
		{ MP_KEY_MAX_SECTORS_KB, "1MB", "; did you mean 1024?" },
		{ MP_KEY_MAX_SECTORS_KB, "512k", "; did you mean 512?" },
		{ MP_KEY_MARGINAL_PATH_ERR_RATE_THRESHOLD, "5%", "" },
		{ MP_KEY_DETECT_PRIO, "on", "; did you mean \"yes\"?" },
		{ MP_KEY_DETECT_PRIO, "Disabled", "; did you mean \"no\"?" },
		{ MP_KEY_FIND_MULTIPATHS, "of", "" },
		{ MP_KEY_FIND_MULTIPATHS, "TRUE", "; did you mean \"on\"?" },
		{ MP_KEY_FLUSH_ON_LAST_DEL, "on", "; did you mean \"always\"?" },
		{ MP_KEY_GHOST_DELAY, "on", "" },
		{ MP_KEY_FAST_IO_FAIL_TMO, "no", "; did you mean \"off\"?" },
		{ MP_KEY_ALIAS, "/dev/mapper/data", "; did you mean \"data\"?" },
		{ MP_KEY_ALIAS, "/dev/mapper/a/b", "" },
		{ MP_KEY_PATH_SELECTOR, "round robin 0", "; did you mean \"round-robin 0\"?" },
		{ MP_KEY_PATH_SELECTOR, "historical-service-time 2 5",
		  "; did you mean \"historical-service-time 1 5\"?" },
		{ MP_KEY_HARDWARE_HANDLER, "alua", "; did you mean \"1 alua\"?" },
	};
	_cleanup_strbuf_ struct mp_strbuf buf = MP_STRBUF_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_string_equal(suggest(rows[i].key, rows[i].text, &buf), rows[i].suggested);
}

/* Of every keyword, for every way to say yes or no. */
static void no_suggestion_is_the_opposite(void **state)
{
	static const char *const yes[] = { "yes", "on", "true", "enable", "enabled",
					   "y",	  "On", "TRUE", "'on'",	  "'yes'" };
	static const char *const no[] = { "no", "off", "false", "disable", "disabled",
					  "n",	"OFF", "False", "'off'" };
	_cleanup_strbuf_ struct mp_strbuf buf = MP_STRBUF_INIT;

	(void)state;
	for (enum mp_key key = MP_KEY_NONE + 1; key < MP_KEYS; key++) {
		for (size_t i = 0; i < ARRAY_SIZE(yes); i++) {
			const char *suggested = suggest(key, yes[i], &buf);

			assert_null(strstr(suggested, "\"no\""));
			assert_null(strstr(suggested, "\"off\""));
		}
		for (size_t i = 0; i < ARRAY_SIZE(no); i++) {
			const char *suggested = suggest(key, no[i], &buf);

			assert_null(strstr(suggested, "\"yes\""));
			assert_null(strstr(suggested, "\"on\""));
			assert_null(strstr(suggested, "\"always\""));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_are_read_and_printed),
		cmocka_unit_test(features_with_a_keyword_are_separated),
		cmocka_unit_test(long_arguments_of_a_prioritizer_are_truncated),
		cmocka_unit_test(suggestions_are_plausible_corrections),
		cmocka_unit_test(no_suggestion_is_the_opposite),
		cmocka_unit_test(the_expected_values_are_reported),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
