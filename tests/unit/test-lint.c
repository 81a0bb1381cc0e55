/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "config-loaded.h"
#include "config/check.h"

/* As messages list them: config/prioritizers.inc and config/checkers.inc. */
#define PRIO_NAMES \
	"alua, ana, const, datacore, emc, hds, hp_sw, iet, ontap, path_latency, random, rdac, sysfs, weightedpath"
#define CHECKER_NAMES "tur, directio, rdac, hp_sw, emc_clariion, cciss_tur, none, readsector0"

/* The messages about the file, without its name, and about the drop-ins if @with_dir. */
static void check(struct loaded *loaded, bool with_dir, struct mp_strbuf *told)
{
	_cleanup_(mp_report_fini) struct mp_report report = MP_REPORT_INIT;
	struct mp_config_source source = loaded->source;
	size_t length = strlen(loaded->dir) + 1;

	if (!with_dir)
		source.dir = NULL;
	assert_int_equal(mp_config_check(&source, loaded->dir, &report), 0);
	for (size_t i = 0; i < report.count; i++) {
		struct mp_message *message = &report.messages[i];
		char *place;

		assert_memory_equal(message->file, loaded->dir, length - 1);
		memmove(message->file, message->file + length, strlen(message->file + length) + 1);
		while ((place = strstr(message->text, loaded->dir)))
			memmove(place, place + length, strlen(place + length) + 1);
	}
	mp_strbuf_clear(told);
	mp_report_format(&report, told);
}

static void check_text(struct loaded *loaded, const char *text, struct mp_strbuf *told)
{
	static const char name[] = "multipath.conf:";
	char *found;

	loaded_write(loaded, "multipath.conf", text, strlen(text));
	check(loaded, false, told);
	for (char *line = told->text; line && (found = strstr(line, name));
	     line = strchr(found, '\n'))
		if (found == told->text || found[-1] == '\n')
			memmove(found, found + strlen(name), strlen(found + strlen(name)) + 1);
}

#define HEX_64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void settings_without_effect_are_reported_with_the_reason(void **state)
{
	static const struct {
		const char *text, *told;
	} rows
		[] = {
			{ "defaults {\npolling_interval 30\nmax_polling_interval 10\n}\n",
			  "2:1: warning: polling_interval 30 becomes 10 because max_polling_interval (line 3) is shorter\n" },
			{ "defaults {\npolling_interval 10\nmax_polling_interval 10\n}\n", "" },
			{ "defaults {\nfind_multipaths_timeout 7\n}\n",
			  "2:1: warning: find_multipaths_timeout has no effect because only find_multipaths \"smart\" waits, and it is not set\n" },
			{ "defaults {\nfind_multipaths_timeout 7\nfind_multipaths smart\n}\n", "" },
			{ "defaults {\nfeatures \"1 queue_if_no_path\"\nno_path_retry fail\n}\n",
			  "2:1: warning: queue_if_no_path contradicts no_path_retry \"fail\" of line 3, which takes precedence: remove one of them\n"
			  "2:10: warning: queue_if_no_path in features is deprecated: use no_path_retry \"queue\"\n" },
			{ "defaults {\npath_grouping_policy group_by_tpg\nprio const\ndetect_prio no\n}\noverrides {\npath_grouping_policy group_by_tpg\nprio alua\ndetect_prio no\n}\n",
			  "2:1: warning: path_grouping_policy \"group_by_tpg\" becomes \"failover\" because prio \"const\" (line 3) reports no target port groups: expected \"alua\" or \"sysfs\"\n"
			  "2:1: warning: path_grouping_policy has no effect because overrides sets it for all devices (line 7)\n"
			  "3:1: warning: prio has no effect because overrides sets it for all devices (line 8)\n"
			  "4:1: warning: detect_prio has no effect because overrides sets it for all devices (line 9)\n" },
			{ "defaults {\nfast_io_fail_tmo 60\ndev_loss_tmo 30\n}\n",
			  "2:1: warning: fast_io_fail_tmo 60 has no effect because dev_loss_tmo (line 3) is not longer: it is treated as off\n" },
			{ "defaults {\ndev_loss_tmo 5\n}\n",
			  "2:1: warning: dev_loss_tmo 5 disables fast_io_fail_tmo, which is 5: expected a longer time\n" },
			{ "overrides {\nprotocol {\ntype scsi:fcp\nfast_io_fail_tmo 9\ndev_loss_tmo 9\n}\n}\n",
			  "4:1: warning: fast_io_fail_tmo 9 has no effect because dev_loss_tmo (line 5) is not longer: it is treated as off\n" },
			{ "overrides {\nfast_io_fail_tmo off\ndev_loss_tmo 9\n}\n", "" },
			{ "defaults {\nalias_prefix disk\n}\n",
			  "2:1: warning: alias_prefix has no effect because user_friendly_names is not \"yes\" anywhere\n" },
			{ "defaults {\nalias_prefix disk\nuser_friendly_names yes\n}\n", "" },
			{ "defaults {\ndetect_pgpolicy no\ndetect_pgpolicy_use_tpg yes\n}\n",
			  "3:1: warning: detect_pgpolicy_use_tpg has no effect because detect_pgpolicy is \"no\"\n" },
			{ "defaults {\nenable_foreign \"(\"\n}\n",
			  "2:1: warning: enable_foreign \"(\" is not a regular expression: no foreign devices are shown\n" },
			{ "defaults {\nenable_foreign yes\n}\n",
			  "2:1: warning: enable_foreign \"yes\" matches no type of foreign devices: expected \"nvme\", or \"NONE\" for none\n" },
			{ "defaults {\nenable_foreign none\n}\n", "" },
			{ "defaults {\nenable_foreign \"^$\"\n}\n", "" },
			{ "defaults {\nenable_foreign nvme\n}\n", "" },
			{ "defaults {\nmarginal_path_err_sample_time 60\nmarginal_path_err_rate_threshold 10\n}\n",
			  "2:1: warning: marginal_path_err_sample_time 60 becomes 120: expected at least 120\n"
			  "2:1: warning: marginal_path_err_sample_time has no effect unless these are also set: marginal_path_double_failed_time, marginal_path_err_recheck_gap_time\n" },
			{ "defaults {\nmarginal_path_err_sample_time 120\nmarginal_path_err_rate_threshold 10\nmarginal_path_err_recheck_gap_time 300\n}\ndevices {\ndevice {\nvendor V\nproduct P\nmarginal_path_double_failed_time 60\n}\n}\n",
			  "" },
			{ "defaults {\nmarginal_path_err_sample_time 120\nmarginal_path_err_rate_threshold 10\nmarginal_path_err_recheck_gap_time 300\nmarginal_path_double_failed_time 60\nmarginal_pathgroups fpin\n}\n",
			  "5:1: warning: marginal_path_double_failed_time has no effect because marginal_pathgroups is \"fpin\" (line 6)\n" },
			{ "defaults {\nsan_path_err_threshold 5\nsan_path_err_forget_rate 5\nsan_path_err_recovery_time 5\ndelay_wait_checks 5\n}\noverrides {\nmarginal_path_err_sample_time 120\nmarginal_path_err_rate_threshold 10\nmarginal_path_err_recheck_gap_time 300\nmarginal_path_double_failed_time 60\n}\n",
			  "2:1: warning: san_path_err_threshold has no effect where the marginal_path_* keywords are set (line 11)\n"
			  "2:1: warning: san_path_err_threshold is obsolete: the marginal_path_* keywords take its place\n"
			  "3:1: warning: san_path_err_forget_rate is obsolete: the marginal_path_* keywords take its place\n"
			  "4:1: warning: san_path_err_recovery_time is obsolete: the marginal_path_* keywords take its place\n"
			  "5:1: warning: delay_wait_checks has no effect where the san_path_err_* keywords are set (line 2)\n"
			  "5:1: warning: delay_wait_checks is obsolete: the marginal_path_* keywords take its place\n" },
			{ "defaults {\nsan_path_err_threshold 5\n}\n",
			  "2:1: warning: san_path_err_threshold has no effect unless these are also set: san_path_err_forget_rate, san_path_err_recovery_time\n"
			  "2:1: warning: san_path_err_threshold is obsolete: the marginal_path_* keywords take its place\n" },
			{ "defaults {\nrr_min_io 100\n}\n",
			  "2:11: warning: rr_min_io has no effect since Linux 2.6.31, nor has rr_min_io_rq since 4.6\n" },
			{ "defaults {\nrr_min_io_rq 1\nrr_weight uniform\n}\noverrides {\nrr_min_io_rq 8\nrr_weight priorities\n}\n",
			  "2:1: warning: rr_min_io_rq has no effect because overrides sets it for all devices (line 6)\n"
			  "3:1: warning: rr_weight has no effect because overrides sets it for all devices (line 7)\n"
			  "6:14: warning: rr_min_io_rq has no effect since Linux 4.6: each request chooses its path\n"
			  "7:11: warning: rr_weight has no effect since Linux 4.6: each request chooses its path\n" },
			{ "defaults {\nfailback 0\npolling_interval 0\n}\ndevices {\ndevice {\nvendor V\nproduct P\nvpd_vendor undef\nprio alua\n}\n}\n",
			  "2:10: warning: failback 0 means unset; the minimum delay is 1, for no delay use \"immediate\"\n"
			  "3:18: warning: polling_interval 0 means unset\n" },
			{ "overrides {\nprotocol {\ntype scsi:iscsi\nfast_io_fail_tmo off\ndev_loss_tmo 60\neh_deadline 5\n}\nprotocol {\ntype scsi:sas\nfast_io_fail_tmo 5\ndev_loss_tmo 60\n}\nprotocol {\ntype nvme:tcp\neh_deadline 5\n}\nprotocol {\ntype scsi:srp\nfast_io_fail_tmo 5\n}\nprotocol {\ntype scsi:fcp\nfast_io_fail_tmo off\ndev_loss_tmo 60\n}\n}\n", "4:1: warning: fast_io_fail_tmo has no effect because scsi:iscsi needs a number of seconds above 0\n"
																																													   "5:1: warning: dev_loss_tmo has no effect because scsi:iscsi has no such timeout\n"
																																													   "10:1: warning: fast_io_fail_tmo has no effect because scsi:sas has no such timeout\n"
																																													   "15:1: warning: eh_deadline has no effect because nvme:tcp has no such timeout\n"
																																													   "19:1: warning: fast_io_fail_tmo has no effect because scsi:srp has no such timeout\n" },
			{ "devices {\ndevice {\nvendor Netapp\nproduct LUN\nfailback 3\n}\ndevice {\nvendor HUAWEII\nproduct XSG1\nfailback 3\n}\ndevice {\nvendor NETAPP\nproduct lun\nfailback 3\n}\ndevice {\nvendor ACME\nproduct lun\nfailback 3\n}\ndevice {\nvendor \"^HP\"\nproduct hsv\nfailback 3\n}\n}\n",
			  "3:1: warning: vendor \"Netapp\" does not match any known array; did you mean \"NETAPP\"?\n"
			  "8:1: warning: vendor \"HUAWEII\" does not match any known array; did you mean \"HUAWEI\"?\n"
			  "14:1: warning: product \"lun\" does not match any known array; did you mean \"LUN\"?\n" },
			{ "blacklist {\nwwid \"*\"\ndevice {\n}\n}\nblacklist_exceptions {\nwwid 3600a\n}\n",
			  "2:6: error: value \"*\" of wwid is not valid: expected an extended regular expression (Invalid preceding regular expression); any characters are written \".*\"\n"
			  "3:1: warning: device is ignored: expected a vendor or a product\n" },
			{ "defaults {\nretain_attached_hw_handler no\n}\n",
			  "2:28: warning: retain_attached_hw_handler has no effect since Linux 4.3: an attached handler always stays\n" },
			{ "defaults {\nprio_args \"exclusive_pref_bit\"\n}\n",
			  "2:1: warning: prio_args has no effect because the section does not set prio: it belongs beside it\n" },
			{ "defaults {\nprio emc\nprio_args \"x\"\n}\n",
			  "3:1: warning: prio_args has no effect because prio \"emc\" takes none\n" },
			{ "defaults {\nprio alua\nprio_args exclusive_pref_bit\n}\ndevices {\ndevice {\nvendor V\nproduct P\nprio sysfs\nprio_args exclusive\n}\n}\n",
			  "10:1: warning: prio \"sysfs\" does not support prio_args \"exclusive\": expected \"exclusive_pref_bit\"\n" },
			{ "overrides {\nprio weightedpath\n}\n",
			  "2:1: warning: prio \"weightedpath\" needs prio_args in the same section\n" },
			{ "defaults {\nprio ALUA\n}\n",
			  "2:1: warning: unknown prio \"ALUA\": expected one of " PRIO_NAMES
			  "; did you mean \"alua\"?\n" },
			{ "defaults {\nchecker directo\n}\n",
			  "2:1: warning: unknown path_checker \"directo\": expected one of " CHECKER_NAMES
			  "; did you mean \"directio\"?\n" },
			{ "defaults {\npath_selector \"service-time 1 x\"\n}\n",
			  "2:1: warning: path_selector service-time takes no arguments: expected \"service-time 0\"\n" },
			{ "defaults {\npath_selector \"historical-service-time 1 x\"\n}\n", "" },
			{ "defaults {\npath_selector \"round_robin 0\"\n}\n",
			  "2:1: warning: unknown path_selector \"round_robin\": expected one of service-time, round-robin, queue-length, historical-service-time, io-affinity; did you mean \"round-robin\"?\n" },
			{ "defaults {\nno_path_retry 5\nverbosity 3\n}\ndevices {\ndevice {\nvendor V\nproduct P\nno_path_retry 6\n}\n}\noverrides {\nno_path_retry 7\n}\n",
			  "2:1: warning: no_path_retry has no effect because overrides sets it for all devices (line 13)\n"
			  "9:1: warning: no_path_retry has no effect because overrides sets it for all devices (line 13)\n" },
			{ "defaults {\nno_path_retry 5\n}\ndefaults {\nno_path_retry 6\n}\n",
			  "2:1: warning: no_path_retry has no effect because line 5 sets it again\n"
			  "4:1: warning: section defaults appears again in this file: it is merged with that of line 1\n" },
			{ "devices {\ndevice {\nvendor V\nproduct P\n}\n}\n",
			  "2:1: warning: this device section has no effect because it sets nothing\n" },
			{ "overrides {\nprotocol {\ntype scsi:fcp\n}\n}\n",
			  "2:1: warning: this protocol section has no effect because it sets nothing\n" },
			{ "devices {\ndevice {\nvendor V\nproduct P\nno_path_retry 5\n}\ndevice {\nvendor V\nproduct P\nfailback 5\n}\n}\n",
			  "7:1: warning: device \"V\" \"P\" is already defined (line 2): both are merged\n" },
			{ "devices {\ndevice {\nvendor NETAPP\nproduct LUN\nno_path_retry 5\nfailback 3\n}\ndevice {\nvendor \".*\"\nproduct \".*\"\nno_path_retry 6\n}\n}\n", "5:1: warning: no_path_retry has no effect because a later device section matches every device and sets it (line 11)\n" },
			{ "devices {\ndevice {\nvendor \"!V\"\nproduct \"LUN (\"\nfailback 3\n}\n}\n",
			  "3:1: warning: vendor \"!V\" matches no device: \"!\" inverts only in blacklist and blacklist_exceptions\n"
			  "4:1: warning: product \"LUN (\" matches no device: it is not a regular expression (Unmatched ( or \\()\n" },
			{ "devices {\ndevice {\nvendor \"NETAPPLIANCE\"\nproduct \"LUN \"\nrevision 12345\nfailback 3\n}\n}\n",
			  "3:1: warning: vendor \"NETAPPLIANCE\" matches no device: it has 12 characters, and disks have at most 8\n"
			  "4:1: warning: product \"LUN \" matches only if more text follows: trailing blanks are removed\n"
			  "5:1: warning: revision \"12345\" matches no device: it has 5 characters, and disks have at most 4\n" },
			{ "devices {\ndevice {\nvendor \"NVME\"\nproduct \"A very long NVMe model number\"\nfailback 3\n}\n}\n",
			  "" },
			{ "devices {\ndevice {\nvendor \"HP*\"\nproduct \"*\"\nfailback 3\n}\n}\n",
			  "3:1: warning: vendor \"HP*\": a \"*\" only repeats what precedes it: write \".*\" for any characters\n"
			  "4:1: warning: product \"*\" matches no device: it is not a regular expression (Invalid preceding regular expression); any characters are written \".*\"\n" },
			{ "blacklist {\ndevnode \".*\"\n}\n",
			  "2:1: warning: devnode \".*\" matches everything, and there is no exception of this type: no device is multipathed\n" },
			{ "blacklist {\nwwid \"!^3600a0\"\ndevice {\nvendor \"!^(NETAPP|PURE)\"\n}\n}\nblacklist_exceptions {\ndevnode \"!^sda$\"\n}\n",
			  "" },
			{ "defaults {\nrr_min_io 0\n}\n",
			  "2:11: warning: rr_min_io 0 means unset\n" },
			{ "blacklist {\ndevnode \"*\"\n}\n",
			  "2:9: error: value \"*\" of devnode is not valid: expected an extended regular expression (Invalid preceding regular expression); any characters are written \".*\"\n" },
			{ "blacklist {\ndevnode \"sd*\"\n}\n",
			  "2:1: warning: devnode \"sd*\": a \"*\" only repeats what precedes it: write \".*\" for any characters\n" },
			{ "blacklist {\ndevnode \"sda\"\n}\n",
			  "2:1: warning: devnode \"sda\" also matches \"sdaa\": write \"^sda$\" to match only that name\n" },
			{ "blacklist {\ndevnode \"^sda\"\n}\n",
			  "2:1: warning: devnode \"^sda\" also matches \"sdaa\": write \"^sda$\" to match only that name\n" },
			{ "blacklist {\ndevnode \"^sda$\"\n}\n", "" },
			{ "blacklist {\ndevnode \"/dev/sda\"\n}\n",
			  "2:1: warning: devnode \"/dev/sda\" matches nothing: it is compared to names like \"sda\", without \"/dev/\"\n" },
			{ "blacklist {\nwwid \".*\"\n}\nblacklist_exceptions {\nwwid 3600a\n}\n",
			  "" },
			{ "blacklist {\nwwid \"wwn-0x600A098038303053453f463045727a31\"\nwwid 3600A098038303053453F463045727A31\n}\n",
			  "2:1: warning: no disk has a wwid \"wwn-0x600A098038303053453f463045727a31\"; did you mean \"3600a098038303053453f463045727a31\"? multipathd show paths lists the existing ones\n"
			  "3:1: warning: no disk has a wwid \"3600A098038303053453F463045727A31\"; did you mean \"3600a098038303053453f463045727a31\"? multipathd show paths lists the existing ones\n" },
			{ "blacklist {\nwwid mpath-1LIO-ORG_disk\nwwid /dev/mapper/3600a098038303053453f463045727a31\n}\n",
			  "2:1: warning: no disk has a wwid \"mpath-1LIO-ORG_disk\"; did you mean \"1LIO-ORG_disk\"? multipathd show paths lists the existing ones\n"
			  "3:1: warning: no disk has a wwid \"/dev/mapper/3600a098038303053453f463045727a31\"; did you mean \"3600a098038303053453f463045727a31\"? multipathd show paths lists the existing ones\n" },
			{ "blacklist {\nwwid eui.0025385b71b00c1a\nwwid uuid.46ba5037-7ce5-41fa-9452-48477bf00080\nwwid nvme.1d0f-4145524f-4e564d65-00000001\n}\n",
			  "" },
			{ "blacklist {\nprotocol scsi:fpc\nprotocol nvme\nprotocol zzzzzzzz\n}\n",
			  "2:1: warning: protocol \"scsi:fpc\" matches no protocol; did you mean \"scsi:fcp\"?\n"
			  "4:1: warning: protocol \"zzzzzzzz\" matches no protocol: expected names like \"scsi:fcp\" or \"nvme:tcp\"\n" },
			{ "blacklist {\ndevnode \".*\"\n}\nblacklist_exceptions {\nwwid 3600a\n}\n",
			  "2:1: warning: devnode \".*\" matches everything, and there is no exception of this type: no device is multipathed\n"
			  "5:1: warning: this exception has no effect because the blacklist has no wwid rule: an exception only overrides rules of its own type\n" },
			{ "blacklist {\nwwid 3600a\ndevnode ^sda$\n}\nblacklist_exceptions {\nwwid 3600a\ndevnode ^sda$\n}\n",
			  "2:1: warning: this rule has no effect because the exception \"3600a\" overrides it (line 6)\n"
			  "3:1: warning: this rule has no effect because the exception \"^sda$\" overrides it (line 7)\n" },
			{ "blacklist {\nwwid 3600a\nwwid 3600b\n}\nblacklist_exceptions {\nwwid \"^3600[a]\"\n}\n",
			  "2:1: warning: this rule has no effect because the exception \"^3600[a]\" overrides it (line 6)\n" },
			{ "blacklist {\nwwid 3600a\n}\nblacklist_exceptions {\nwwid .*\n}\n",
			  "2:1: warning: this rule has no effect because the exception \".*\" overrides it (line 5)\n"
			  "5:1: warning: wwid \".*\" matches everything: no wwid rule of the blacklist has an effect\n" },
			{ "blacklist {\ndevice {\nvendor \".*\"\n}\n}\n",
			  "2:1: warning: device \".*:\" matches everything, and there is no exception of this type: no device is multipathed\n" },
			{ "blacklist {\nwwid 3600a\n}\nmultipaths {\nmultipath {\nwwid 3600a\nalias x\n}\n}\n",
			  "6:1: warning: this multipath section has no effect because its wwid is blacklisted (line 2)\n" },
			{ "blacklist {\nwwid \"^3600\"\n}\nmultipaths {\nmultipath {\nwwid 3600a\nalias x\n}\nmultipath {\nwwid 3700a\nalias y\n}\n}\n",
			  "6:1: warning: this multipath section has no effect because its wwid is blacklisted (line 2)\n" },
			{ "blacklist {\nwwid \".*\"\n}\nblacklist_exceptions {\nwwid \"^3600\"\n}\nmultipaths {\nmultipath {\nwwid 3600a\nalias x\n}\n}\n",
			  "" },
			{ "multipaths {\nmultipath {\nwwid \"3600.*\"\nalias x\n}\nmultipath {\nwwid 0x600a098038303053453f463045727a31\nalias y\n}\nmultipath {\nwwid 600a098038303053453f463045727a31\nalias z\n}\n}\n",
			  "3:1: warning: wwid \"3600.*\" matches no disk: it is compared literally, not as a regular expression\n"
			  "7:1: warning: no disk has a wwid \"0x600a098038303053453f463045727a31\"; did you mean \"3600a098038303053453f463045727a31\"? multipathd show paths lists the existing ones\n"
			  "11:1: warning: no disk has a wwid \"600a098038303053453f463045727a31\"; did you mean \"3600a098038303053453f463045727a31\"?\n" },
			{ "multipaths {\nmultipath {\nwwid 3" HEX_64 HEX_64 "\nalias " HEX_64 HEX_64
			  "\nfailback 3\n}\n}\n",
			  "3:1: warning: no disk has a wwid of 129 characters: they have at most 127\n"
			  "4:7: warning: value \"" HEX_64 HEX_64
			  "\" of alias is not valid: expected a name of 1 to 127 characters without \"/\"; the line has no effect\n" },
			{ "defaults {\nuser_friendly_names yes\n}\nmultipaths {\nmultipath {\nwwid 3600a\nalias mpathb\n}\n}\n",
			  "7:1: warning: alias \"mpathb\" looks like a name assigned by user_friendly_names: another disk may have it already, choose one that does not start with \"mpath\"\n" },
			{ "multipaths {\nmultipath {\nwwid 3600a\nalias mpathb\n}\n}\n", "" },
			{ "defaults {\npath_selector \"round robin 0\"\n}\ndevices {\ndevice {\nvendor V\nproduct P\nhardware_handler alua\nfeatures \"1 pg_init_retries 50\"\n}\n}\n",
			  "2:15: warning: value \"round robin 0\" of path_selector is not valid: expected a name, the number of its arguments, and the arguments: \"service-time 0\"; the built-in \"service-time 0\" stays; did you mean \"round-robin 0\"?\n"
			  "5:1: warning: this device section has no effect because it sets nothing\n"
			  "8:18: warning: value \"alua\" of hardware_handler is not valid: expected a number and as many words: \"1 alua\"; the line has no effect; did you mean \"1 alua\"?\n"
			  "9:10: warning: value \"1 pg_init_retries 50\" of features is not valid: expected a number and as many words: \"2 pg_init_retries 50\"; the line has no effect; did you mean \"2 pg_init_retries 50\"?\n" },
			{ "multipaths {\nmultipath {\nwwid \" 3600a \"\nalias x\n}\n}\n",
			  "3:1: warning: no disk has a wwid \" 3600a \"; did you mean \"3600a\"? multipathd show paths lists the existing ones\n" },
			{ "multipaths {\nmultipath {\nwwid 5000c500a1b2c3d4\nalias x\n}\nmultipath {\nwwid 35000c500a1b2c3d4\nalias y\n}\n}\n",
			  "3:1: warning: no disk has a wwid \"5000c500a1b2c3d4\"; did you mean \"35000c500a1b2c3d4\"?\n" },
			{ "multipaths {\nmultipath {\nwwid 3600a\nalias x\nuser_friendly_names no\n}\n}\n",
			  "5:1: warning: user_friendly_names has no effect because the section has an alias\n" },
			{ "overrides {\nprotocol {\ntype scsi:fcp\ndev_loss_tmo 60\n}\nprotocol {\ntype scsi:fcp\ndev_loss_tmo 70\n}\n}\n",
			  "6:1: warning: protocol \"scsi:fcp\" is already defined (line 2): both are merged\n" },
			/* single quotes */
			{ "defaults {\nuid_attribute 'ID_SERIAL'\n}\nblacklist {\ndevnode '*'\ndevnode '^sda$'\nwwid '3600a'\ndevice {\nvendor 'DELL'\nproduct '.*'\n}\n}\nmultipaths {\nmultipath {\nwwid '3600b'\nalias \"'data'\"\n}\n}\n",
			  "2:15: warning: single quotes are part of the value: write double ones\n"
			  "5:9: warning: single quotes are part of the value: write double ones\n"
			  "6:9: warning: single quotes are part of the value: write double ones\n"
			  "7:6: warning: single quotes are part of the value: write double ones\n"
			  "9:8: warning: single quotes are part of the value: write double ones\n"
			  "10:9: warning: single quotes are part of the value: write double ones\n"
			  "15:6: warning: single quotes are part of the value: write double ones\n"
			  "16:7: warning: single quotes are part of the value: write double ones\n" },
			{ "multipaths {\nmultipath {\nwwid 3600a\nalias bob's\n}\n}\n", "" },
			/* features and handlers that the kernel does not have */
			{ "defaults {\nfeatures \"1 no_path_retry\"\n}\ndevices {\ndevice {\nvendor V\nproduct P\nfeatures \"2 pg_init_retries 100\"\nhardware_handler \"1 hp-sw\"\n}\ndevice {\nvendor V\nproduct Q\nfeatures \"5 queue_mode bio pg_init_retries 5 xyz\"\nhardware_handler \"1 alua\"\n}\n}\n",
			  "2:1: warning: the kernel has no feature \"no_path_retry\" and refuses every map with it: expected queue_if_no_path, retain_attached_hw_handler, pg_init_retries N, pg_init_delay_msecs N, queue_mode MODE; it is a keyword of its own\n"
			  "8:1: warning: pg_init_retries 100 in features is ignored: the kernel takes 1 to 50\n"
			  "9:1: warning: the kernel has no hardware handler \"hp-sw\" and refuses every map with it: expected one of alua, emc, hp_sw, rdac; did you mean \"1 hp_sw\"?\n"
			  "14:1: warning: the kernel has no feature \"xyz\" and refuses every map with it: expected queue_if_no_path, retain_attached_hw_handler, pg_init_retries N, pg_init_delay_msecs N, queue_mode MODE\n" },
			/* names with the blanks of their fields */
			{ "blacklist {\ndevice {\nvendor \"VMware  \"\nproduct \"Virtual disk    \"\n}\ndevice {\nvendor \"!ACME    \"\nproduct \"LUN \"\n}\ndevice {\nvendor \"^IBM $\"\n}\n}\nblacklist_exceptions {\ndevice {\nvendor ACME\nproduct \"a product that is too long\"\n}\n}\n",
			  "2:1: warning: product \"Virtual disk    \" matches no device: trailing blanks are removed\n"
			  "2:1: warning: vendor \"VMware  \" matches no device: trailing blanks are removed\n"
			  "6:1: warning: product \"LUN \" matches only if more text follows: trailing blanks are removed\n"
			  "10:1: warning: vendor \"^IBM $\" matches no device: trailing blanks are removed\n"
			  "15:1: warning: product \"a product that is too long\" matches no device: it has 26 characters, and disks have at most 16\n" },
			/* nodes that are no disks */
			{
				"blacklist {\ndevnode \"^(ram|raw|loop|fd|md|dm-|sr|scd|st) [0-9]*\"\ndevnode \"^SD[a-c]$\"\ndevnode \"^sd[a-z]+[0-9]+$\"\ndevnode \"^nvme[0-9]+$\"\ndevnode \"^36001405b1a2c3d4e5f60718293a4b5c6$\"\ndevnode sda1\n}\n",
				"2:1: warning: devnode \"^(ram|raw|loop|fd|md|dm-|sr|scd|st) [0-9]*\" matches nothing: disk names contain no blanks\n"
				"3:1: warning: devnode \"^SD[a-c]$\" matches nothing: disk names contain no capital letters\n"
				"4:1: warning: devnode \"^sd[a-z]+[0-9]+$\" matches nothing: partitions are never examined, only whole disks\n"
				"5:1: warning: devnode \"^nvme[0-9]+$\" matches nothing: this is an NVMe controller; its disks are named like \"nvme0n1\"\n"
				"6:1: warning: devnode \"^36001405b1a2c3d4e5f60718293a4b5c6$\" matches nothing: it is compared to names like \"sda\"; a WWID belongs to a rule \"wwid\"\n"
				"7:1: warning: devnode \"sda1\" matches nothing: partitions are never examined, only whole disks\n" },
			{ "blacklist_exceptions {\ndevnode \"!^SD\"\n}\n",
			  "2:1: warning: devnode \"!^SD\" matches every disk: disk names contain no capital letters\n" },
			{ "blacklist {\ndevnode \"^(ram|zram|raw|loop|fd|md|dm-|sr|scd|st|dcssblk)[0-9]*\"\ndevnode \"^(td|hd|vd)[a-z]\"\ndevnode \"^cciss!c[0-9]d[0-9]*\"\ndevnode \"^nvme\"\ndevnode \"^[Ss][Dd]x\"\ndevnode \"^(sdabc|SDX)$\"\ndevnode \"^dasd[a-z]+[0-9]*\"\ndevnode \"^nvme[0-9]n[0-9]$\"\ndevnode \"[0-9]$\"\ndevnode \"^rbd[0-9]+\"\n}\n",
			  "" },
			{ "blacklist {\ndevnode \"sd?\"\n}\n",
			  "2:1: warning: devnode \"sd?\": a \"?\" only makes optional what precedes it: write \".\" for any character\n" },
			/* properties have no values */
			{ "blacklist {\nproperty \"ID_VENDOR=ACME\"\nproperty \"(ID_SERIAL|A=B)\"\nproperty \"!ID_X=1\"\n}\n",
			  "2:1: warning: property \"ID_VENDOR=ACME\" matches nothing: it is compared to names like \"ID_SERIAL\", never to values\n"
			  "4:1: warning: property \"!ID_X=1\" matches every property: it is compared to names like \"ID_SERIAL\", never to values\n" },
			{ "blacklist {\nproperty ACTION\nproperty \"^DISK_RO$\"\nproperty DM_ACTION\nproperty \"SEQ\"\n}\n",
			  "2:1: warning: property \"ACTION\": only events have it, so a device matches or not by chance\n"
			  "3:1: warning: property \"^DISK_RO$\": only events have it, so a device matches or not by chance\n" },
			{ "blacklist {\nproperty ID_WWN\nproperty \"^SCSI_IDENT_\"\nproperty \"(ID_WWN|ID_X)\"\n}\n",
			  "2:1: warning: this rule has no effect because the built-in exception \"(SCSI_IDENT_|ID_WWN)\" overrides it\n"
			  "3:1: warning: this rule has no effect because the built-in exception \"(SCSI_IDENT_|ID_WWN)\" overrides it\n" },
			{ "blacklist {\nproperty \"!ID_PATH\"\n}\n",
			  "2:1: warning: property \"!ID_PATH\" matches every property of another name, and each device has some: no device is multipathed\n" },
			{ "blacklist {\nproperty DEVNAME\nproperty \"!ID_\"\n}\n", "" },
			{ "blacklist {\nproperty \"!ID_PATH\"\n}\nblacklist_exceptions {\nproperty CURRENT_TAGS\n}\n",
			  "" },
			{ "defaults {\nuid_attribute ID_SERAIL\n}\n",
			  "2:1: warning: uid_attribute \"ID_SERAIL\" is not a udev property: without one no disk gets a WWID or a map; did you mean \"ID_SERIAL\"?\n" },
			{ "defaults {\nuid_attribute \"$ID_WWN\"\n}\noverrides {\nuid_attribute ID_WWN\n}\n",
			  "2:1: warning: uid_attribute \"$ID_WWN\" is not a udev property: without one no disk gets a WWID or a map; did you mean \"ID_WWN\"?\n"
			  "2:1: warning: uid_attribute has no effect because overrides sets it for all devices (line 5)\n" },
			{ "defaults {\nuid_attribute SITE_WWID\n}\n", "" },
			/* what prioritizers were called */
			{ "defaults {\nprio netapp\n}\noverrides {\nprio \"/sbin/mpath_prio_alua /dev/%n\"\n}\n",
			  "2:1: warning: prio has no effect because overrides sets it for all devices (line 5)\n"
			  "2:1: warning: unknown prio \"netapp\": expected one of " PRIO_NAMES
			  "; removed name, replaced by \"ontap\"\n"
			  "5:1: warning: unknown prio \"/sbin/mpath_prio_alua /dev/%n\": expected one of " PRIO_NAMES
			  "; removed name, replaced by \"alua\"\n" },
			{ "overrides {\npath_selector \"  round-robin   0 \"\n}\n", "" },
			{ "overrides {\nprio \"alua exclusive_pref_bit\"\npath_checker \"tur -v\"\n}\n",
			  "2:1: warning: unknown prio \"alua exclusive_pref_bit\": expected one of " PRIO_NAMES
			  "; did you mean \"alua\"? Arguments belong to prio_args\n"
			  "3:1: warning: unknown path_checker \"tur -v\": expected one of " CHECKER_NAMES
			  "; did you mean \"tur\"?\n" },
			/* names that are no WWIDs */
			{ "multipaths {\nmultipath {\nwwid 60:06:01:60:12:34:56:78:9A:bc:de:f0:12:34:56:78\nalias a\n}\nmultipath {\nwwid /dev/mapper/mpatha\nalias b\n}\nmultipath {\nwwid mpathc\nalias c\n}\nmultipath {\nwwid sda\nalias d\n}\nmultipath {\nwwid t10.ATA_____disk\nalias e\n}\nmultipath {\nwwid 3600a098038303053453f463045727a3\nalias f\n}\nmultipath {\nwwid eui.0025385b71b00c1a\nalias g\n}\n}\n",
			  "3:1: warning: no disk has a wwid \"60:06:01:60:12:34:56:78:9A:bc:de:f0:12:34:56:78\"; did you mean \"360060160123456789abcdef012345678\"? multipathd show paths lists the existing ones\n"
			  "7:1: warning: wwid \"/dev/mapper/mpatha\" matches no disk: it is a device node; multipathd show paths lists the existing WWIDs\n"
			  "11:1: warning: wwid \"mpathc\" matches no disk: it is the name of a map; multipathd show paths lists the existing WWIDs\n"
			  "15:1: warning: wwid \"sda\" matches no disk: it is the kernel's name of a disk; multipathd show paths lists the existing WWIDs\n"
			  "19:1: warning: wwid \"t10.ATA_____disk\" matches no disk: it is a name used by other programs; multipathd show paths lists the existing WWIDs\n"
			  "23:1: warning: no disk has a wwid \"3600a098038303053453f463045727a3\": it has 32 characters, WWIDs of this type have 33\n" },
			{ "blacklist {\nwwid \"^600a098038303053453f463045727a31$\"\nwwid 600a098038303053453f463045727a31\nwwid \"^3600a098038303053453f463045727a3\"\nwwid /dev/sdb\n}\n",
			  "2:1: warning: no disk has a wwid \"^600a098038303053453f463045727a31$\"; did you mean \"^3600a098038303053453f463045727a31$\"? multipathd show paths lists the existing ones\n"
			  "5:1: warning: wwid \"/dev/sdb\" matches no disk: it is a device node, not a WWID\n" },
			/* exceptions of one kind from rules of another */
			{ "blacklist {\ndevnode \"^sd[a-z]\"\nwwid \".*\"\n}\nblacklist_exceptions {\nwwid 36001405b1a2c3d4e5f60718293a4b5c6\n}\n",
			  "6:1: warning: this exception has no effect because devnode \"^sd[a-z]\" blacklists all SCSI disks (line 2), and an exception only overrides rules of its own type\n" },
			{ "blacklist {\ndevnode \"^sd[a-z]\"\nwwid \".*\"\n}\nblacklist_exceptions {\nwwid 36001405b1a2c3d4e5f60718293a4b5c6\ndevnode \"^sd[b-z]\"\n}\n",
			  "" },
			{ "blacklist {\ndevnode \"^sd\"\n}\nmultipaths {\nmultipath {\nwwid 36001405b1a2c3d4e5f60718293a4b5c6\nalias x\n}\nmultipath {\nwwid eui.0025385b71b00c1a\nalias y\n}\n}\n",
			  "6:1: warning: this multipath section has no effect because devnode \"^sd\" blacklists all SCSI disks (line 2)\n" },
			/* the order of device sections */
			{ "devices {\ndevice {\nvendor NETAPP\nproduct LUN\nno_path_retry 5\nfailback 3\n}\ndevice {\nvendor NETAPP\nproduct \".*\"\nno_path_retry 6\n}\ndevice {\nvendor IBM\nproduct \".*\"\nfailback 4\n}\n}\n",
			  "5:1: warning: no_path_retry has no effect because a later device section matches every device of this vendor and sets it (line 11)\n" },
			{ "multipaths {\nmultipath {\nwwid 3600a\nalias x\n}\nmultipath {\nwwid 3600b\nalias x\n}\n}\n",
			  "6:1: warning: alias \"x\" of \"3600b\" is ignored: \"3600a\" already has it (line 2)\n" },
			{ "blacklist {\nwwid 3600a\nwwid 3600a\n}\n",
			  "3:1: warning: rule \"3600a\" is a duplicate\n" },
		};
	_cleanup_strbuf_ struct mp_strbuf told = MP_STRBUF_INIT;
	_cleanup_loaded_ struct loaded loaded;

	(void)state;
	loaded_init(&loaded);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		check_text(&loaded, rows[i].text, &told);
		assert_string_equal(mp_strbuf_text(&told), rows[i].told);
	}
}

static void check_corpus_file(struct loaded *loaded, const char *name, struct mp_strbuf *told)
{
	char path[80], text[4096] = "";
	FILE *file;

	snprintf(path, sizeof(path), "tests/fuzz/corpus/lint/%s", name);
	file = fopen(path, "r");
	assert_non_null(file);
	assert_in_range(fread(text, 1, sizeof(text), file), 1, sizeof(text) - 1);
	fclose(file);
	check_text(loaded, text, told);
}

/* What a newcomer's file may look like: each message alone must be enough to fix its line. */
static void typical_mistakes_are_reported_with_their_remedy(void **state)
{
	static const char expected[] =
		"2:2: warning: unknown keyword \"user_friendly_name\" in section defaults; did you mean \"user_friendly_names\"?\n"
		"3:22: warning: value \"ON\" of find_multipaths is not valid: expected \"off\", \"no\", \"0\", \"on\", \"yes\", \"1\", \"greedy\", \"smart\", \"strict\"; the built-in \"strict\" stays; did you mean \"on\"?\n"
		"4:22: warning: value \"10s\" of polling_interval is not valid: expected a number from 0 to 4294967294; the line has no effect; did you mean 10?\n"
		"5:22: warning: value \"7\" of verbosity is out of range, 4 is used: expected 0 to 4\n"
		"6:22: error: string is not closed: expected a '\"' on this line\n"
		"7:2: warning: unknown prio \"alua2\": expected one of " PRIO_NAMES
		"; did you mean \"alua\"?\n"
		"8:22: warning: value \"12s\" of no_path_retry is not valid: expected \"fail\", \"0\", \"queue\" or a number from 1 to 2147483647; the line has no effect; it counts checks, it is not a time\n"
		"9:2: warning: rr_min_io_rq lacks a value and is ignored\n"
		"10:22: warning: queue_if_no_path in features is deprecated: use no_path_retry \"queue\"\n"
		"11:2: warning: getuid_callout is no longer supported and ignored: use uid_attribute, which names a udev property\n"
		"13:1: error: unknown keyword \"blacklist\" in section defaults; is the \"}\" missing that closes the section of line 1?\n"
		"19:1: error: unmatched \"}\": line 13 does not open a section\n"
		"28:3: warning: product \"LUN [\" matches no device: it is not a regular expression (Invalid regular expression)\n"
		"29:3: warning: unknown keyword \"polling_interval\" in section devices/device; it belongs to defaults\n"
		"31:3: warning: queue_if_no_path contradicts no_path_retry \"fail\" of line 30, which takes precedence: remove one of them\n"
		"31:12: warning: queue_if_no_path in features is deprecated: use no_path_retry \"queue\"\n"
		"40:2: warning: alias \"data\" of \"0x6001405b1a2c3d4e5f60718293a4b5c7\" is ignored: \"36001405b1a2c3d4e5f60718293a4b5c6\" already has it (line 36)\n"
		"41:3: warning: no disk has a wwid \"0x6001405b1a2c3d4e5f60718293a4b5c7\"; did you mean \"36001405b1a2c3d4e5f60718293a4b5c7\"? multipathd show paths lists the existing ones\n"
		"46:1: warning: unknown keyword \"overides\" outside of sections; did you mean \"overrides\"?\n"
		"51:2: error: unmatched \"}\": line 47 does not open a section\n"
		"52:1: error: unmatched \"}\": line 46 does not open a section\n";
	_cleanup_strbuf_ struct mp_strbuf told = MP_STRBUF_INIT;
	_cleanup_loaded_ struct loaded loaded;

	(void)state;
	loaded_init(&loaded);
	check_corpus_file(&loaded, "mistakes", &told);
	assert_string_equal(mp_strbuf_text(&told), expected);
}

static void a_value_replaced_by_a_drop_in_is_reported_at_its_place(void **state)
{
	static const char
		file[] = "defaults {\n\tno_path_retry 5\n\tverbosity 3\n}\n",
		drop_in[] = "defaults {\n\tno_path_retry 6\n}\noverrides {\n\tno_path_retry 7\n}\n";
	_cleanup_strbuf_ struct mp_strbuf told = MP_STRBUF_INIT;
	_cleanup_loaded_ struct loaded loaded;

	(void)state;
	loaded_init(&loaded);
	loaded_write(&loaded, "multipath.conf", file, strlen(file));
	loaded_write(&loaded, "conf.d/a.conf", drop_in, strlen(drop_in));
	check(&loaded, true, &told);
	assert_string_equal(
		mp_strbuf_text(&told),
		"multipath.conf:2:2: warning: no_path_retry has no effect because conf.d/a.conf:2 sets it "
		"again\n"
		"conf.d/a.conf:2:2: warning: no_path_retry has no effect because overrides sets it for "
		"all devices (line 5)\n");
}

static void files_that_are_not_read_are_reported(void **state)
{
	static const char file[] = "defaults {\n\tverbosity 3\n}\n";
	static const char *const names[] = { "conf.d/a.conf",	       "conf.d/b.conf.bak",
					     "conf.d/c.cfg",	       "conf.d/data1",
					     "conf.d/.d.conf.swp",     "conf.d/e.conf~",
					     "conf.d/f.conf.dpkg-old", "conf.d/README" };
	_cleanup_strbuf_ struct mp_strbuf told = MP_STRBUF_INIT;
	_cleanup_loaded_ struct loaded loaded;

	(void)state;
	loaded_init(&loaded);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		loaded_write(&loaded, names[i], file, strlen(file));
	check(&loaded, true, &told);
	assert_string_equal(
		mp_strbuf_text(&told),
		"conf.d/b.conf.bak: warning: is not read: its name does not end in \".conf\"\n"
		"conf.d/c.cfg: warning: is not read: its name does not end in \".conf\"\n"
		"conf.d/data1: warning: is not read: its name does not end in \".conf\"\n");
}

static void bindings_that_contradict_aliases_are_reported(void **state)
{
	static const char file[] = "multipaths {\nmultipath {\nwwid 3600a\nalias oracle\n}\n}\n",
			  bindings[] = "oracle 3600b\nmpatha 3600c\n";
	_cleanup_strbuf_ struct mp_strbuf told = MP_STRBUF_INIT;
	_cleanup_loaded_ struct loaded loaded;

	(void)state;
	loaded_init(&loaded);
	loaded_write(&loaded, "multipath.conf", file, strlen(file));
	loaded_write(&loaded, "bindings", bindings, strlen(bindings));
	check(&loaded, true, &told);
	assert_string_equal(mp_strbuf_text(&told),
			    "bindings:1:1: warning: oracle is configured as the alias of 3600a, "
			    "binding to 3600b dropped\n");
}

static void an_error_does_not_hide_the_others(void **state)
{
	static const char file[] =
		"blacklist {\nwwid \"(\"\n}\ndefaults {\nreservation_key x\nverbosity 9\n}\n";
	_cleanup_strbuf_ struct mp_strbuf told = MP_STRBUF_INIT;
	_cleanup_loaded_ struct loaded loaded;

	(void)state;
	loaded_init(&loaded);
	check_text(&loaded, file, &told);
	assert_string_equal(
		mp_strbuf_text(&told),
		"2:6: error: value \"(\" of wwid is not valid: expected an extended regular expression (Unmatched ( or "
		"\\()\n"
		"5:17: error: value \"x\" of reservation_key is not valid: expected \"file\" or up to 16 hexadecimal digits\n"
		"6:11: warning: value \"9\" of verbosity is out of range, 4 is used: expected 0 to 4\n");
}

static void a_named_file_must_exist(void **state)
{
	_cleanup_strbuf_ struct mp_strbuf told = MP_STRBUF_INIT;
	_cleanup_loaded_ struct loaded loaded;

	(void)state;
	loaded_init(&loaded);
	check(&loaded, false, &told);
	assert_string_equal(mp_strbuf_text(&told), "multipath.conf: error: no such file\n");
	check(&loaded, true, &told);
	assert_string_equal(mp_strbuf_text(&told), "");
}

/* The built-in table and the defaults give no reason for a warning. */
static void the_built_in_configuration_has_no_warnings(void **state)
{
	_cleanup_strbuf_ struct mp_strbuf text = MP_STRBUF_INIT, told = MP_STRBUF_INIT;
	_cleanup_loaded_ struct loaded loaded;

	(void)state;
	loaded_init(&loaded);
	assert_int_equal(loaded_text(&loaded, ""), 0);
	mp_config_print(loaded.config, &text);
	check_text(&loaded, mp_strbuf_text(&text), &told);
	assert_string_equal(mp_strbuf_text(&told), "");
}

/* From the guides of their vendors. */
static void vendors_recommendations_have_no_warnings(void **state)
{
	static const char *const names[] = { "vendor-dell", "vendor-hpe", "vendor-ibm",
					     "vendor-netapp", "vendor-pure" };
	_cleanup_strbuf_ struct mp_strbuf told = MP_STRBUF_INIT;
	_cleanup_loaded_ struct loaded loaded;

	(void)state;
	loaded_init(&loaded);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		check_corpus_file(&loaded, names[i], &told);
		assert_string_equal(mp_strbuf_text(&told), "");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(settings_without_effect_are_reported_with_the_reason),
		cmocka_unit_test(typical_mistakes_are_reported_with_their_remedy),
		cmocka_unit_test(a_value_replaced_by_a_drop_in_is_reported_at_its_place),
		cmocka_unit_test(files_that_are_not_read_are_reported),
		cmocka_unit_test(bindings_that_contradict_aliases_are_reported),
		cmocka_unit_test(an_error_does_not_hide_the_others),
		cmocka_unit_test(a_named_file_must_exist),
		cmocka_unit_test(the_built_in_configuration_has_no_warnings),
		cmocka_unit_test(vendors_recommendations_have_no_warnings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
