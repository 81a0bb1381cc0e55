/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "base/cleanup.h"
#include "config-loaded.h"
#include "config/filter.h"
#include "config/sections.h"
#include "config/types.h"
#include "model/protocol.h"

static void cut_at(struct mp_strbuf *buf, const char *start, const char *end)
{
	char *from = strstr(buf->text, start), *to;

	assert_non_null(from);
	to = strstr(from, end);
	assert_non_null(to);
	to[strlen(end)] = '\0';
	memmove(buf->text, from, strlen(from) + 1);
}

static void defaults_are_printed_with_the_built_in_values(void **state)
{
	static const char expected[] = "defaults {\n"
				       "\tverbosity 2\n"
				       "\tpolling_interval 5\n"
				       "\tmax_polling_interval 20\n"
				       "\treassign_maps \"no\"\n"
				       "\tpath_selector \"service-time 0\"\n"
				       "\tpath_grouping_policy \"failover\"\n"
				       "\tuid_attribute \"ID_SERIAL\"\n"
				       "\tprio \"const\"\n"
				       "\tprio_args \"\"\n"
				       "\tfeatures \"0\"\n"
				       "\tpath_checker \"tur\"\n"
				       "\talias_prefix \"mpath\"\n"
				       "\tfailback \"manual\"\n"
				       "\trr_min_io 1000\n"
				       "\trr_min_io_rq 1\n"
				       "\tmax_fds \"max\"\n"
				       "\trr_weight \"uniform\"\n"
				       "\tqueue_without_daemon \"no\"\n"
				       "\tallow_usb_devices \"no\"\n"
				       "\tflush_on_last_del \"unused\"\n"
				       "\tuser_friendly_names \"no\"\n"
				       "\tfast_io_fail_tmo 5\n"
				       "\tlog_checker_err \"always\"\n"
				       "\tall_tg_pt \"no\"\n"
				       "\tretain_attached_hw_handler \"yes\"\n"
				       "\tdetect_prio \"yes\"\n"
				       "\tdetect_checker \"yes\"\n"
				       "\tdetect_pgpolicy \"yes\"\n"
				       "\tdetect_pgpolicy_use_tpg \"no\"\n"
				       "\tforce_sync \"no\"\n"
				       "\tstrict_timing \"no\"\n"
				       "\tdeferred_remove \"no\"\n"
				       "\tdelay_watch_checks \"no\"\n"
				       "\tdelay_wait_checks \"no\"\n"
				       "\tsan_path_err_threshold \"no\"\n"
				       "\tsan_path_err_forget_rate \"no\"\n"
				       "\tsan_path_err_recovery_time \"no\"\n"
				       "\tmarginal_path_err_sample_time \"no\"\n"
				       "\tmarginal_path_err_rate_threshold \"no\"\n"
				       "\tmarginal_path_err_recheck_gap_time \"no\"\n"
				       "\tmarginal_path_double_failed_time \"no\"\n"
				       "\tfind_multipaths \"strict\"\n"
				       "\tuxsock_timeout 4000\n"
				       "\tretrigger_tries 3\n"
				       "\tretrigger_delay 10\n"
				       "\tmissing_uev_wait_timeout 30\n"
				       "\tskip_kpartx \"no\"\n"
				       "\tpurge_disconnected \"no\"\n"
				       "\tremove_retries 0\n"
				       "\tghost_delay \"no\"\n"
				       "\tauto_resize \"never\"\n"
				       "\tfind_multipaths_timeout -10\n"
				       "\tenable_foreign \"NONE\"\n"
				       "\tmarginal_pathgroups \"off\"\n"
				       "\trecheck_wwid \"no\"\n"
				       "}\n"
				       "blacklist {\n"
				       "\tdevnode \"!^(sd[a-z]|dasd[a-z]|nvme[0-9])\"\n"
				       "\tdevice {\n"
				       "\t\tvendor \"SGI\"\n"
				       "\t\tproduct \"Universal Xport\"\n"
				       "\t}\n";
	_cleanup_strbuf_ struct mp_strbuf buf = MP_STRBUF_INIT;
	_cleanup_loaded_ struct loaded loaded;

	(void)state;
	loaded_init(&loaded);
	assert_int_equal(loaded_load(&loaded), 0);
	mp_config_print(loaded.config, &buf);
	buf.text[strlen(expected)] = '\0';
	assert_string_equal(buf.text, expected);
}

static const char everything[] =
	"defaults {\nno_path_retry queue\nuid_attrs \"sd:A nvme:B\"\nchecker_timeout 7\nmode 0660\nuid 1000\ngid 8\n"
	"dev_loss_tmo infinity\neh_deadline off\nmax_retries 0\nreservation_key 0xAB:aptpl\nmax_sectors_kb 64\n"
	"partition_delimiter \"-part\"\nchecker directio\nfeatures \"1 queue_if_no_path\"\n}\n"
	"blacklist {\nprotocol \"scsi:usb\"\nproperty X\nwwid \"a\"\"b\"\ndevnode \"^z\"\ndevice {\nproduct only\n}\n}\n"
	"blacklist_exceptions {\ndevice {\nvendor V\n}\nwwid ab\n}\n"
	"devices {\ndevice {\nproduct P\nvendor V\nfailback 7\nrevision \"R\"\nproduct_blacklist LUNZ\nhardware_handler \"1 "
	"alua\"\nvpd_vendor hp3par\nrr_min_io 0\nghost_delay 3\n}\ndevice {\nvendor HP\nproduct A6189A\n}\n}\n"
	"overrides {\nno_path_retry 5\nprotocol {\ndev_loss_tmo 60\ntype \"scsi:fcp\"\nfast_io_fail_tmo off\n}\n}\n"
	"multipaths {\nmultipath {\nalias foo\nreservation_key file\nwwid xx1\n}\nmultipath {\nwwid xx2\nfeatures \"1 "
	"queue_if_no_path\"\n}\n}\n";

static void sections_are_printed_in_their_order(void **state)
{
	static const char expected[] = "\tdevice {\n"
				       "\t\tvendor \"V\"\n"
				       "\t\tproduct \"P\"\n"
				       "\t\trevision \"R\"\n"
				       "\t\tproduct_blacklist \"LUNZ\"\n"
				       "\t\thardware_handler \"1 alua\"\n"
				       "\t\tfailback 7\n"
				       "\t\tghost_delay 3\n"
				       "\t\tvpd_vendor \"hp3par\"\n"
				       "\t}\n"
				       "\tdevice {\n"
				       "\t\tvendor \"HP\"\n"
				       "\t\tproduct \"A6189A\"\n"
				       "\t\tpath_grouping_policy \"multibus\"\n"
				       "\t\tno_path_retry 12\n"
				       "\t}\n"
				       "}\n"
				       "overrides {\n"
				       "\tno_path_retry 5\n"
				       "\tprotocol {\n"
				       "\t\ttype \"scsi:fcp\"\n"
				       "\t\tfast_io_fail_tmo off\n"
				       "\t\tdev_loss_tmo 60\n"
				       "\t}\n"
				       "}\n"
				       "multipaths {\n"
				       "\tmultipath {\n"
				       "\t\twwid \"xx1\"\n"
				       "\t\talias \"foo\"\n"
				       "\t\treservation_key \"file\"\n"
				       "\t}\n"
				       "\tmultipath {\n"
				       "\t\twwid \"xx2\"\n"
				       "\t\tfeatures \"1 queue_if_no_path\"\n"
				       "\t}\n"
				       "}\n";
	_cleanup_strbuf_ struct mp_strbuf buf = MP_STRBUF_INIT;
	_cleanup_loaded_ struct loaded loaded;

	(void)state;
	loaded_init(&loaded);
	assert_int_equal(loaded_text(&loaded, everything), 0);
	mp_config_print(loaded.config, &buf);
	assert_string_equal(strstr(buf.text, "\tdevice {\n\t\tvendor \"V\"\n\t\tproduct \"P\""),
			    expected);
}

static void rules_are_printed_by_criterion(void **state)
{
	static const char expected[] = "blacklist_exceptions {\n"
				       "\twwid \"ab\"\n"
				       "\tproperty \"(SCSI_IDENT_|ID_WWN)\"\n"
				       "\tdevice {\n"
				       "\t\tvendor \"V\"\n"
				       "\t}\n"
				       "}\n";
	_cleanup_strbuf_ struct mp_strbuf buf = MP_STRBUF_INIT, again = MP_STRBUF_INIT;
	_cleanup_loaded_ struct loaded loaded;

	(void)state;
	loaded_init(&loaded);
	assert_int_equal(loaded_text(&loaded, everything), 0);
	mp_config_print(loaded.config, &buf);
	cut_at(&buf, "blacklist_exceptions {", "\n}\n");
	assert_string_equal(buf.text, expected);
	mp_config_print(loaded.config, &again);
	cut_at(&again, "blacklist {", "\t}\n");
	assert_string_equal(again.text, "blacklist {\n"
					"\tdevnode \"^z\"\n"
					"\tdevnode \"!^(sd[a-z]|dasd[a-z]|nvme[0-9])\"\n"
					"\twwid \"a\"\"b\"\n"
					"\tproperty \"X\"\n"
					"\tprotocol \"scsi:usb\"\n"
					"\tdevice {\n"
					"\t\tproduct \"only\"\n"
					"\t}\n");
}

static void a_printed_configuration_is_read_as_the_same(void **state)
{
	_cleanup_strbuf_ struct mp_strbuf first = MP_STRBUF_INIT, second = MP_STRBUF_INIT;
	_cleanup_loaded_ struct loaded loaded;

	(void)state;
	loaded_init(&loaded);
	assert_int_equal(loaded_text(&loaded, everything), 0);
	mp_config_print(loaded.config, &first);
	assert_int_equal(loaded_text(&loaded, mp_strbuf_text(&first)), 0);
	mp_config_print(loaded.config, &second);
	assert_string_equal(mp_strbuf_text(&second), mp_strbuf_text(&first));
}

static void the_local_configuration_has_only_devices_that_are_present(void **state)
{
	static const char expected[] = "devices {\n"
				       "\tdevice {\n"
				       "\t\tvendor \"V\"\n"
				       "\t\tproduct \"P\"\n"
				       "\t\trevision \"R\"\n"
				       "\t\tproduct_blacklist \"LUNZ\"\n"
				       "\t\thardware_handler \"1 alua\"\n"
				       "\t\tfailback 7\n"
				       "\t\tghost_delay 3\n"
				       "\t\tvpd_vendor \"hp3par\"\n"
				       "\t}\n"
				       "}\n"
				       "overrides {\n"
				       "\tno_path_retry 5\n"
				       "\tprotocol {\n"
				       "\t\ttype \"scsi:fcp\"\n"
				       "\t\tfast_io_fail_tmo off\n"
				       "\t\tdev_loss_tmo 60\n"
				       "\t}\n"
				       "}\n"
				       "multipaths {\n"
				       "\tmultipath {\n"
				       "\t\twwid \"xx1\"\n"
				       "\t\talias \"foo\"\n"
				       "\t\treservation_key \"file\"\n"
				       "\t}\n"
				       "\tmultipath {\n"
				       "\t\twwid \"xx3\"\n"
				       "\t\t# alias \"mpatha\"\n"
				       "\t}\n"
				       "\tmultipath {\n"
				       "\t\twwid \"xx4\"\n"
				       "\t}\n"
				       "}\n";
	static const struct mp_identity disk = {
		.name = "sda", .vendor = "V", .product = "P", .revision = "R"
	};
	static const struct mp_identity *const paths[] = { &disk };
	static const struct mp_config_map maps[] = { { "xx3", "mpatha" },
						     { "xx4", "xx4" },
						     { "xx1", "foo" } };
	_cleanup_strbuf_ struct mp_strbuf buf = MP_STRBUF_INIT, empty = MP_STRBUF_INIT;
	_cleanup_loaded_ struct loaded loaded;

	(void)state;
	loaded_init(&loaded);
	assert_int_equal(loaded_text(&loaded, everything), 0);
	mp_config_print_local(loaded.config, paths, ARRAY_SIZE(paths), maps, ARRAY_SIZE(maps),
			      &buf);
	assert_string_equal(strstr(buf.text, "\ndevices {") + 1, expected);

	assert_int_equal(loaded_text(&loaded, ""), 0);
	mp_config_print_local(loaded.config, NULL, 0, NULL, 0, &empty);
	assert_string_equal(strstr(empty.text, "\ndevices {") + 1,
			    "devices {\n}\noverrides {\n}\n");
}

/* Random files, the same in each run: every keyword of every section, with values of its type. */

static uint32_t next_random(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 8;
}

static unsigned below(uint32_t *seed, unsigned limit)
{
	return next_random(seed) % limit;
}

static void add_random_text(uint32_t *seed, const char *letters, unsigned longest,
			    struct mp_strbuf *buf)
{
	for (unsigned i = below(seed, longest) + 1; i > 0; i--)
		mp_strbuf_putc(buf, letters[below(seed, strlen(letters))]);
}

static void add_random_words(uint32_t *seed, struct mp_strbuf *buf)
{
	unsigned count = below(seed, 4);

	mp_strbuf_printf(buf, "%u", count);
	for (; count > 0; count--) {
		mp_strbuf_putc(buf, ' ');
		add_random_text(seed, "abcxyz_019", 12, buf);
	}
}

static void add_random_number(uint32_t *seed, const struct mp_keyword *keyword,
			      struct mp_strbuf *buf)
{
	int64_t random = (int64_t)next_random(seed) << 16 | next_random(seed);
	int64_t range = keyword->max - keyword->min;

	switch (below(seed, 4)) {
	case 0:
		mp_strbuf_printf(buf, "%lld", (long long)keyword->min);
		break;
	case 1:
		mp_strbuf_printf(buf, "%lld", (long long)keyword->max);
		break;
	case 2:
		mp_strbuf_printf(buf, "%lld",
				 (long long)(keyword->min +
					     random % (range < 100 ? range + 1 : 100)));
		break;
	default:
		mp_strbuf_printf(buf, "%lld", (long long)(keyword->min + random % (range + 1)));
		break;
	}
}

/* Return: true if the keyword has words, and one of them was added. */
static bool add_random_word(uint32_t *seed, const struct mp_word *words, struct mp_strbuf *buf)
{
	unsigned count = 0;

	while (words && words[count].text)
		count++;
	if (!count)
		return false;
	mp_strbuf_puts(buf, words[below(seed, count)].text);
	return true;
}

static void add_random_value(uint32_t *seed, const struct mp_keyword *keyword,
			     struct mp_strbuf *buf)
{
	static const char anything[] = "abcXYZ 0123456789.,:;!#{}\"'$^*[](-+_=<>|\\\t\xc3\xa9";
	const struct mp_type *type = keyword->type;

	if (type == &mp_type_number)
		add_random_number(seed, keyword, buf);
	else if (type == &mp_type_selector) {
		add_random_text(seed, "abc-", 9, buf);
		mp_strbuf_putc(buf, ' ');
		add_random_words(seed, buf);
	} else if (type == &mp_type_counted_words || type == &mp_type_features)
		add_random_words(seed, buf);
	else if (type == &mp_type_mode)
		mp_strbuf_printf(buf, "%o", below(seed, 01000));
	else if (type == &mp_type_user || type == &mp_type_group)
		mp_strbuf_printf(buf, "%u", below(seed, 70000));
	else if (type == &mp_type_fds)
		mp_strbuf_printf(buf, "%u", below(seed, 2000));
	else if (type == &mp_type_loss_timeout)
		mp_strbuf_printf(buf, below(seed, 4) ? "%u" : "infinity", next_random(seed));
	else if (type == &mp_type_reservation_key)
		mp_strbuf_printf(buf, "%x%x%s", next_random(seed), next_random(seed),
				 below(seed, 2) ? ":aptpl" : "");
	else if (type == &mp_type_uid_attrs) {
		for (unsigned i = below(seed, 3) + 1; i > 0; i--) {
			add_random_text(seed, "sdnvmea", 4, buf);
			mp_strbuf_puts(buf, ":ID_");
			add_random_text(seed, "SERIALWN_", 8, buf);
			mp_strbuf_putc(buf, ' ');
		}
	} else if (type == &mp_type_protocol)
		mp_strbuf_puts(buf, mp_protocol_name(below(seed, MP_PROTOCOLS)));
	else if (keyword->words && (keyword->min == keyword->max || below(seed, 2)))
		add_random_word(seed, keyword->words, buf);
	else if (keyword->words)
		add_random_number(seed, keyword, buf);
	else
		add_random_text(seed, anything, 20, buf);
}

static bool is_expression(enum mp_key key)
{
	return key >= MP_KEY_RULE_DEVNODE || key == MP_KEY_PRODUCT_BLACKLIST ||
	       key == MP_KEY_VENDOR;
}

static void add_random_setting(uint32_t *seed, enum mp_key key, struct mp_strbuf *buf)
{
	_cleanup_strbuf_ struct mp_strbuf value = MP_STRBUF_INIT;

	if (mp_keywords[key].flags & MP_KEYWORD_IGNORED)
		mp_strbuf_puts(&value, "x");
	else if (is_expression(key))
		add_random_text(seed, "abcXYZ0123456789 \":-_.", 20, &value);
	else
		add_random_value(seed, &mp_keywords[key], &value);
	mp_strbuf_printf(buf, "%s ", mp_keywords[key].name);
	mp_type_quote(mp_strbuf_text(&value), buf);
	mp_strbuf_putc(buf, '\n');
}

static void add_random_section(uint32_t *seed, enum mp_scope scope, struct mp_strbuf *buf)
{
	unsigned place = 0;

	mp_strbuf_printf(buf, "%s {\n", mp_scopes[scope].name);
	for (enum mp_key key; (key = mp_keyword_next(scope, &place)) != MP_KEY_NONE;)
		if (!below(seed, 2) || key == MP_KEY_WWID || key == MP_KEY_VENDOR ||
		    key == MP_KEY_PRODUCT || key == MP_KEY_TYPE)
			add_random_setting(seed, key, buf);
	for (enum mp_scope inner = MP_SCOPE_TOP + 1; inner < MP_SCOPES; inner++)
		if (mp_scopes[inner].parent == scope)
			for (unsigned i = below(seed, 4); i > 0; i--)
				add_random_section(seed, inner, buf);
	mp_strbuf_puts(buf, "}\n");
}

static void add_random_file(uint32_t *seed, struct mp_strbuf *buf)
{
	for (enum mp_scope scope = MP_SCOPE_TOP + 1; scope < MP_SCOPES; scope++)
		if (mp_scopes[scope].parent == MP_SCOPE_TOP && below(seed, 4))
			add_random_section(seed, scope, buf);
}

static void add_setting(const struct mp_setting *setting, struct mp_strbuf *buf)
{
	mp_strbuf_printf(buf, "%s ", mp_keywords[setting->key].name);
	mp_keywords[setting->key].type->format(&mp_keywords[setting->key], setting, buf);
	mp_strbuf_putc(buf, '\n');
}

/* The whole content of a section, in the order of the keywords. */
static void add_section(const struct mp_section *section, struct mp_strbuf *buf)
{
	mp_strbuf_puts(buf, "--\n");
	for (enum mp_key key = MP_KEY_NONE + 1; key < MP_KEYS; key++) {
		const struct mp_setting *setting = mp_section_find(section, key);

		if (setting)
			add_setting(setting, buf);
	}
}

/* The meaning of the configuration, formatted without the code that prints it as a file. */
static void add_meaning(const struct mp_config *config, struct mp_strbuf *buf)
{
	unsigned place = 0;

	for (enum mp_key key; (key = mp_keyword_next(MP_SCOPE_DEFAULTS, &place)) != MP_KEY_NONE;) {
		const struct mp_setting *found = mp_config_default(config, key);
		struct mp_setting setting;

		if (!found || mp_keywords[key].alias_of)
			continue;
		setting = *found;
		setting.key = key;
		add_setting(&setting, buf);
	}
	add_section(&config->overrides, buf);
	for (size_t i = 0; i < config->devices.count; i++)
		add_section(&config->devices.items[i], buf);
	for (size_t i = 0; i < config->protocols.count; i++)
		add_section(&config->protocols.items[i], buf);
	for (size_t i = 0; i < config->maps.count; i++)
		add_section(&config->maps.items[i], buf);
	mp_filter_print(config, buf);
}

/* Rules contain their origin, which printing changes. */
static void forget_origins(struct mp_strbuf *buf)
{
	static const char *const origins[] = { "(default rule)     ", "(config file rule) " };

	for (size_t i = 0; i < ARRAY_SIZE(origins); i++)
		for (char *p = buf->text; (p = strstr(p, origins[i]));)
			memset(p, ' ', strlen(origins[i]));
}

static void any_printed_configuration_is_read_as_the_same(void **state)
{
	enum { CASES = 400 };
	_cleanup_loaded_ struct loaded loaded;
	uint32_t seed = 1;

	(void)state;
	loaded_init(&loaded);
	for (unsigned i = 0; i < CASES; i++) {
		_cleanup_strbuf_ struct mp_strbuf file = MP_STRBUF_INIT, first = MP_STRBUF_INIT,
						  second = MP_STRBUF_INIT, meant = MP_STRBUF_INIT,
						  read = MP_STRBUF_INIT;

		mp_strbuf_puts(&file, "# generated\n");
		add_random_file(&seed, &file);
		if (loaded_text(&loaded, mp_strbuf_text(&file)) != 0)
			fail_msg("%s%s", file.text, loaded_told(&loaded));
		mp_config_print(loaded.config, &first);
		add_meaning(loaded.config, &meant);
		assert_int_equal(loaded_text(&loaded, mp_strbuf_text(&first)), 0);
		mp_config_print(loaded.config, &second);
		add_meaning(loaded.config, &read);
		assert_string_equal(mp_strbuf_text(&second), mp_strbuf_text(&first));
		forget_origins(&meant);
		forget_origins(&read);
		if (strcmp(mp_strbuf_text(&meant), mp_strbuf_text(&read)) != 0)
			fail_msg("case %u\n%s\n==\n%s\n==\n%s", i, file.text, meant.text,
				 read.text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults_are_printed_with_the_built_in_values),
		cmocka_unit_test(sections_are_printed_in_their_order),
		cmocka_unit_test(rules_are_printed_by_criterion),
		cmocka_unit_test(a_printed_configuration_is_read_as_the_same),
		cmocka_unit_test(any_printed_configuration_is_read_as_the_same),
		cmocka_unit_test(the_local_configuration_has_only_devices_that_are_present),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
