/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "config/keywords.h"
#include "kernel/scsi.h"
#include "prioritizers/prioritizers.h"

/* A device with these answers; kernel/scsi.c is not linked. */
static struct {
	int inquiry; /* return value of INQUIRY, if negative */
	uint8_t page[256];
	int command;
	struct mp_scsi_result results[4]; /* the last one is repeated */
	unsigned commands;
	uint8_t data[256];
	int tpg;
	uint8_t report[64];
	int report_size;
	unsigned reports, timeout_msec;
} device;

int mp_scsi_command(int fd, const uint8_t *cdb, size_t cdb_size, void *data, size_t data_size,
		    unsigned timeout_msec, struct mp_scsi_result *ret)
{
	(void)fd;
	(void)cdb;
	(void)cdb_size;
	(void)timeout_msec;
	*ret = device.results[device.commands < 3 ? device.commands : 3];
	device.commands++;
	if (data_size) {
		memcpy(data, device.data,
		       data_size < sizeof(device.data) ? data_size : sizeof(device.data));
		ret->received = data_size;
	}
	return device.command;
}

int mp_scsi_inquiry(int fd, int page, void *data, size_t size, unsigned timeout_msec)
{
	(void)fd;
	(void)page;
	device.timeout_msec = timeout_msec;
	if (device.inquiry < 0)
		return device.inquiry;
	memcpy(data, device.page, size < sizeof(device.page) ? size : sizeof(device.page));
	return size;
}

int mp_scsi_tpg(int fd, unsigned timeout_msec)
{
	(void)fd;
	(void)timeout_msec;
	return device.tpg;
}

int mp_scsi_report_groups(int fd, void *data, size_t size, unsigned timeout_msec)
{
	(void)fd;
	(void)size;
	(void)timeout_msec;
	device.reports++;
	if (device.report_size > 0)
		memcpy(data, device.report, device.report_size);
	return device.report_size;
}

static int device_reset(void **state)
{
	(void)state;
	memset(&device, 0, sizeof(device));
	return 0;
}

static int ask(const char *name, const char *args)
{
	static const struct mp_identity identity = {
		.name = "sdab",
		.serial = "SER1",
		.address = { 3, 0, 1, 7 },
		.host_wwnn = "0x1",
		.host_wwpn = "0x2",
		.target_wwnn = "0x3",
		.target_wwpn = "0x4",
	};
	struct mp_prioritization prioritization = {
		.fd = -1,
		.roots = &mp_roots_system,
		.dir = "none",
		.identity = &identity,
		.args = args,
		.timeout_msec = 100,
		.tpgs = MP_TPGS_IMPLICIT,
		.tpg = -1,
	};

	return mp_prioritizer_find(name)->priority(&prioritization);
}

static void each_prioritizer_is_found_by_its_name(void **state)
{
	size_t count;
	const struct mp_prioritizer *const *prioritizers = mp_prioritizer_all(&count);

	(void)state;
	for (size_t i = 0; i < count; i++) {
		assert_ptr_equal(mp_prioritizer_find(prioritizers[i]->name), prioritizers[i]);
		assert_non_null(prioritizers[i]->priority);
	}
	assert_null(mp_prioritizer_find("hp_tur"));
	assert_null(mp_prioritizer_find(""));
}

/* The name in the row is that of the object. */
static void the_configuration_knows_the_prioritizers_and_no_others(void **state)
{
	const struct mp_word *known = mp_keywords[MP_KEY_PRIO].known;
	size_t count, words = 0;
	const struct mp_prioritizer *const *prioritizers = mp_prioritizer_all(&count);

	(void)state;
	for (const struct mp_word *word = known; word->text; word++, words++)
		if (!mp_prioritizer_find(word->text))
			fail_msg(
				"\"%s\" is in config/prioritizers.inc, but no object has that name",
				word->text);
	for (size_t i = 0; i < count; i++) {
		const struct mp_word *word = known;

		while (word->text && strcmp(word->text, prioritizers[i]->name))
			word++;
		if (!word->text)
			fail_msg(
				"\"%s\" is the name of an object, but not in config/prioritizers.inc",
				prioritizers[i]->name);
	}
	assert_int_equal(words, count);
}

static void alua_answers_for_all_paths_at_once(void **state)
{
	static const uint8_t report[] = {
		0, 0, 0, 20, 0x80, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0x82, 0, 1, 1, 0, 0, 0, 0,
	};
	const struct mp_prioritizer *alua = mp_prioritizer_find("alua");
	const struct mp_identity paths[] = {
		{ .tpg = 0x100 }, { .tpg = 0x101 }, { .tpg = 0x102 }, { .tpg = -1 }
	};
	struct mp_prioritization answer = {
		.tpgs = MP_TPGS_IMPLICIT, .tpg = 0x100, .args = "", .timeout_msec = 100
	};

	(void)state;
	memcpy(device.report, report, sizeof(report));
	device.report_size = sizeof(report);
	assert_int_equal(alua->priority(&answer), 50);
	assert_int_equal(alua->derive(&answer, &paths[1], ""), 81);
	assert_int_equal(alua->derive(&answer, &paths[0], "exclusive_pref_bit"), 130);
	assert_int_equal(alua->derive(&answer, &paths[2], ""), -ENOENT);
	assert_int_equal(alua->derive(&answer, &paths[3], ""), -ENODATA);
	assert_int_equal(device.reports, 1);

	/* while a group's state changes, its paths keep their priority */
	device.report[16] = 0xf;
	assert_int_equal(alua->priority(&answer), 50);
	assert_false(answer.transitioning);
	assert_int_equal(alua->derive(&answer, &paths[1], ""), -EAGAIN);
	answer.tpg = 0x101;
	assert_int_equal(alua->priority(&answer), 0);
	assert_true(answer.transitioning);
	memcpy(device.report, report, sizeof(report));

	answer.tpgs = MP_TPGS_UNKNOWN;
	answer.tpg = -1;
	device.tpg = 0x101;
	assert_int_equal(alua->priority(&answer), 81);
	device.tpg = -ENOENT;
	assert_int_equal(alua->priority(&answer), -ENOENT);
	device.report_size = -EIO;
	answer.tpg = 0x100;
	assert_int_equal(alua->priority(&answer), -EIO);
	answer.tpgs = MP_TPGS_NONE;
	assert_int_equal(alua->priority(&answer), -EOPNOTSUPP);
}

static void sysfs_reads_the_handler_state(void **state)
{
	static const struct {
		const char *access_state, *preferred, *args;
		int priority;
	} cases[] = {
		{ "active/optimized\n", "0\n", "", 50 },
		{ "active/optimized\n", "1\n", "", 50 },
		{ "active/optimized\n", "1\n", "x exclusive_pref_bit", 130 },
		{ "active/non-optimized\n", "1\n", "", 90 },
		{ "lba-dependent\n", "0\n", "", 5 },
		{ "standby\n", "0\n", "", 1 },
		{ "unavailable\n", "0\n", "", 0 },
		{ "transitioning\n", "1\n", "", 80 },
	};
	char root[] = "/tmp/test-prioritizers.XXXXXX", name[64], command[64];
	struct mp_roots roots = { .sys = root };
	struct mp_prioritization prioritization = { .roots = &roots, .dir = "sda" };

	(void)state;
	assert_non_null(mkdtemp(root));
	snprintf(name, sizeof(name), "%s/sda", root);
	mkdir(name, 0755);
	snprintf(name, sizeof(name), "%s/sda/device", root);
	mkdir(name, 0755);
	prioritization.args = "";
	assert_int_equal(mp_prioritizer_find("sysfs")->priority(&prioritization), -ENOENT);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *const values[][2] = { { "access_state", cases[i].access_state },
						  { "preferred_path", cases[i].preferred } };

		for (size_t v = 0; v < 2; v++) {
			FILE *file;

			snprintf(name, sizeof(name), "%s/sda/device/%s", root, values[v][0]);
			file = fopen(name, "w");
			assert_non_null(file);
			fputs(values[v][1], file);
			fclose(file);
		}
		prioritization.args = cases[i].args;
		assert_int_equal(mp_prioritizer_find("sysfs")->priority(&prioritization),
				 cases[i].priority);
		assert_int_equal(prioritization.transitioning,
				 !strcmp(cases[i].access_state, "transitioning\n"));
	}
	snprintf(command, sizeof(command), "rm -r %s", root);
	assert_int_equal(system(command), 0);
}

static void const_and_random_need_no_device(void **state)
{
	bool seen[11] = { false };

	(void)state;
	assert_int_equal(ask("const", ""), 1);
	for (int i = 0; i < 1000; i++) {
		int priority = ask("random", "");

		assert_in_range(priority, 1, 10);
		seen[priority] = true;
	}
	for (int i = 1; i <= 10; i++)
		assert_true(seen[i]);
}

static void weightedpath_takes_the_first_match(void **state)
{
	static const struct {
		const char *args;
		int priority;
	} cases[] = {
		{ "hbtl 3:.:.:. 5", 5 },
		{ "hbtl 4:.:.:. 5 3:0:1:7 9", 9 },
		{ "hbtl 4:.:.:. 5", 0 },
		{ "devname sda 7", 7 },
		{ "devname ^sda$ 7\tsd[a-c]+ 8", 8 },
		{ "serial SER 4", 4 },
		{ "wwn 0x1:0x2:0x3:0x4 6", 6 },
		{ "wwn (bad 6 .* 2", 2 },
		{ "other .* 6", 0 },
		{ "hbtl .*", 0 },
		{ "hbtl", 0 },
		{ "", 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		if (ask("weightedpath", cases[i].args) != cases[i].priority)
			fail_msg("%s", cases[i].args);
}

static void emc_reads_the_array_page(void **state)
{
	static const uint8_t page[] = {
		[1] = 0xc0, [4] = 2, [5] = 1, [8] = 1, [27] = 3, [28] = 4, [30] = 4
	};

	(void)state;
	memcpy(device.page, page, sizeof(page));
	assert_int_equal(ask("emc", ""), 4);
	device.page[5] = 0;
	assert_int_equal(ask("emc", ""), 2);
	device.page[4] = 0;
	assert_int_equal(ask("emc", ""), 0);
	device.page[48] = 1;
	assert_true(ask("emc", "") < 0);
	device.inquiry = -EIO;
	assert_int_equal(ask("emc", ""), -EIO);
}

static void rdac_adds_up_the_array_page(void **state)
{
	static const uint8_t page[] = { [1] = 0xc9, [3] = 0x2c, 'v',	    'a',
					'c',	    '1',	[8] = 0x01, [9] = 1 };

	(void)state;
	memcpy(device.page, page, sizeof(page));
	assert_int_equal(ask("rdac", ""), 6);
	device.page[9] = 2;
	assert_int_equal(ask("rdac", ""), 3);
	device.page[8] = 0x20;
	assert_int_equal(ask("rdac", ""), 9);
	device.page[4] = 'x';
	assert_int_equal(ask("rdac", ""), 0);
	device.inquiry = -EIO;
	assert_int_equal(ask("rdac", ""), 0);
}

static void hp_sw_distinguishes_passive_from_active(void **state)
{
	const struct mp_scsi_result attention = { .scsi_status = 2, .sense_key = 6, .asc = 0x29 };
	const struct mp_scsi_result passive = {
		.scsi_status = 2, .sense_key = 2, .asc = 4, .ascq = 2
	};
	const struct mp_scsi_result other = {
		.scsi_status = 2, .sense_key = 2, .asc = 4, .ascq = 3
	};

	(void)state;
	assert_int_equal(ask("hp_sw", ""), 4);
	device.commands = 0;
	device.results[0] = attention;
	assert_int_equal(ask("hp_sw", ""), 4);
	assert_int_equal(device.commands, 2);
	device.commands = 0;
	device.results[1] = passive;
	assert_int_equal(ask("hp_sw", ""), 2);
	device.commands = 0;
	device.results[1] = other;
	assert_int_equal(ask("hp_sw", ""), 0);
	device.commands = 0;
	for (int i = 0; i < 4; i++)
		device.results[i] = attention;
	assert_int_equal(ask("hp_sw", ""), 0);
	device.command = -EIO;
	assert_int_equal(ask("hp_sw", ""), 0);
}

static void hds_compares_parities(void **state)
{
	(void)state;
	memcpy(device.page + 44, "001A", 4);
	device.page[49] = '0';
	assert_int_equal(ask("hds", ""), 1);
	device.page[49] = '1';
	assert_int_equal(ask("hds", ""), 0);
	device.page[47] = '3';
	assert_int_equal(ask("hds", ""), 1);
	device.page[47] = 'a';
	assert_true(ask("hds", "") < 0);
	device.page[47] = '3';
	device.page[49] = 'x';
	assert_true(ask("hds", "") < 0);
	device.inquiry = -EIO;
	assert_true(ask("hds", "") < 0);
}

static void ontap_ranks_transports(void **state)
{
	static const uint8_t header[] = { 0x0a, 0x98, 0x0a, 0x01 },
			     proxy[] = { 0x0a, 0x98, 0x0a, 0x00, 0xc1, 0x00 };

	(void)state;
	assert_int_equal(ask("ontap", ""), 0);
	memcpy(device.data + 4, header, sizeof(header));
	assert_int_equal(ask("ontap", ""), 4);
	memcpy(device.page + 8, proxy, sizeof(proxy));
	assert_int_equal(ask("ontap", ""), 4);
	device.page[19] = 2;
	assert_int_equal(ask("ontap", ""), 1);
	device.inquiry = -EIO;
	assert_int_equal(ask("ontap", ""), 4);
	device.data[8] = 0x41;
	memcpy(device.data + 12, "ism_sw", 6);
	assert_int_equal(ask("ontap", ""), 2);
	memcpy(device.data + 12, "iswt ", 5);
	assert_int_equal(ask("ontap", ""), 2);
	memcpy(device.data + 12, "ism_sn", 6);
	assert_int_equal(ask("ontap", ""), 3);
	device.command = -EIO;
	assert_int_equal(ask("ontap", ""), 0);
}

static void datacore_prefers_the_given_server(void **state)
{
	(void)state;
	memcpy(device.page + 112, "SDS-A           ", 16);
	assert_int_equal(ask("datacore", "preferredsds=SDS-A"), 1);
	assert_int_equal(device.timeout_msec, 100);
	assert_int_equal(ask("datacore", "timeout=700 preferredsds=SDS-A"), 1);
	assert_int_equal(device.timeout_msec, 700);
	assert_int_equal(ask("datacore", "preferredsds=SDS-B"), 0);
	assert_int_equal(ask("datacore", "preferredsds=S"), 0);
	assert_int_equal(ask("datacore", "preferredsds=SDS-A timeout=x"), 0);
	assert_int_equal(ask("datacore", ""), 0);
	device.inquiry = -EIO;
	assert_int_equal(ask("datacore", "preferredsds=SDS-A"), 0);
}

static void iet_prefers_the_given_portal(void **state)
{
	static const struct {
		const char *args;
		int priority;
	} lists[] = {
		{ "preferredip=192.0.2.0/24", 20 },
		{ "preferredip=192.0.2.0/24:50", 50 },
		{ "preferredip=198.51.100.0/24:50", 10 },
		{ "preferredip=198.51.100.0/24:50,192.0.2.0/28:30", 30 },
		{ "preferredip=192.0.2.64/26:40,198.51.100.0/24:50", 40 },
		{ "preferredip=10.0.0.0/8:90,192.0.2.7:60", 60 },
		{ "preferredip=10.0.0.0/8,0.0.0.0/0:5", 5 },
		{ "preferredip=192.0.2.0/33:50", 10 },
		{ "preferredip=192.0.2.0/24:0", 10 },
		{ "preferredip=192.0.2.0/24:99999", 10 },
		{ "preferredip=192.0.2.0/24:50x", 10 },
		{ "preferredip=192.0.2.0/24:", 10 },
		{ "preferredip=,,,,,,,,,", 10 },
		{ "preferredip=192.0.2.256/24:50", 10 },
	};
	char root[] = "/tmp/test-prioritizers.XXXXXX", name[128], command[64];
	struct mp_roots roots = { .dev = root };
	struct mp_identity identity = { .name = "sdab" };
	struct mp_prioritization prioritization = { .roots = &roots,
						    .identity = &identity,
						    .args = "preferredip=192.0.2.7" };
	const struct mp_prioritizer *iet = mp_prioritizer_find("iet");

	(void)state;
	assert_non_null(mkdtemp(root));
	assert_int_equal(iet->priority(&prioritization), 10);
	snprintf(command, sizeof(command), "mkdir -p %s/disk/by-path", root);
	assert_int_equal(system(command), 0);
	snprintf(name, sizeof(name), "%s/disk/by-path/ip-192.0.2.77:3260-iscsi-iqn.x-lun-0", root);
	assert_int_equal(symlink("../../sdab", name), 0);
	snprintf(name, sizeof(name), "%s/disk/by-path/ip-192.0.2.7:3260-iscsi-iqn.x-lun-0", root);
	assert_int_equal(symlink("../../sda", name), 0);
	assert_int_equal(iet->priority(&prioritization), 10);
	snprintf(name, sizeof(name), "%s/disk/by-path/pci-0-ip-192.0.2.7:3260-iscsi-iqn.y-lun-0",
		 root);
	assert_int_equal(symlink("../../sdab", name), 0);
	assert_int_equal(iet->priority(&prioritization), 20);
	prioritization.args = "preferredip=1.1.1.1";
	assert_int_equal(iet->priority(&prioritization), 0);
	prioritization.args = "";
	assert_int_equal(iet->priority(&prioritization), 0);

	/* sdab is behind 192.0.2.7 and 192.0.2.77. */
	for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
		prioritization.args = lists[i].args;
		if (iet->priority(&prioritization) != lists[i].priority)
			fail_msg("%s: %d", lists[i].args, iet->priority(&prioritization));
	}
	snprintf(command, sizeof(command), "rm -r %s", root);
	assert_int_equal(system(command), 0);
}

static void path_latency_needs_a_device(void **state)
{
	(void)state;
	assert_int_equal(ask("path_latency", "base_num=1.5 io_num=20"), -EBADF);
	assert_int_equal(ask("path_latency", ""), -EBADF);
}

static void ana_needs_a_namespace(void **state)
{
	(void)state;
	assert_int_equal(ask("ana", ""), -EBADF);
}

static void arguments_are_words(void **state)
{
	char value[8];

	(void)state;
	assert_true(mp_prioritizer_has_arg("a bc\td", "bc"));
	assert_true(mp_prioritizer_has_arg(" d ", "d"));
	assert_false(mp_prioritizer_has_arg("abc", "bc"));
	assert_false(mp_prioritizer_has_arg("bcd", "bc"));
	assert_false(mp_prioritizer_has_arg("", "bc"));
	assert_true(mp_prioritizer_arg("x=1 name=v", "name", value, sizeof(value)));
	assert_string_equal(value, "v");
	assert_true(mp_prioritizer_arg("name=", "name", value, sizeof(value)));
	assert_string_equal(value, "");
	assert_false(mp_prioritizer_arg("name=12345678", "name", value, sizeof(value)));
	assert_false(mp_prioritizer_arg("names=1 name", "name", value, sizeof(value)));
}

#define TEST(name) cmocka_unit_test_setup(name, device_reset)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_prioritizer_is_found_by_its_name),
		TEST(the_configuration_knows_the_prioritizers_and_no_others),
		TEST(alua_answers_for_all_paths_at_once),
		TEST(sysfs_reads_the_handler_state),
		TEST(const_and_random_need_no_device),
		TEST(weightedpath_takes_the_first_match),
		TEST(emc_reads_the_array_page),
		TEST(rdac_adds_up_the_array_page),
		TEST(hp_sw_distinguishes_passive_from_active),
		TEST(hds_compares_parities),
		TEST(ontap_ranks_transports),
		TEST(datacore_prefers_the_given_server),
		TEST(iet_prefers_the_given_portal),
		TEST(path_latency_needs_a_device),
		TEST(ana_needs_a_namespace),
		TEST(arguments_are_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
