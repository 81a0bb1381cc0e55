/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "base/cleanup.h"
#include "config-loaded.h"

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

static void what_is_printed_reads_as_the_same_configuration(void **state)
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

static void the_local_configuration_has_what_is_there_only(void **state)
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults_are_printed_with_the_built_in_values),
		cmocka_unit_test(sections_are_printed_in_their_order),
		cmocka_unit_test(rules_are_printed_by_criterion),
		cmocka_unit_test(what_is_printed_reads_as_the_same_configuration),
		cmocka_unit_test(the_local_configuration_has_what_is_there_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
