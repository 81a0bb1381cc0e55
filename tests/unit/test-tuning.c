/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <limits.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "kernel/tuning.h"
#include "scratch_dir.h"

/* Directories of disks, as they are on machines. */
static const char fc[] =
	"devices/pci0000:00/0000:00:05.0/host3/rport-3:0-1/target3:0:1/3:0:1:7/block/sdb";
static const char iscsi[] = "devices/platform/host5/session2/target5:0:0/5:0:0:1/block/sdc";
static const char sas[] =
	"devices/pci0000:00/0000:00:06.0/host1/port-1:0/end_device-1:0/target1:0:0/1:0:0:0/block/sdd";
static const char plain[] = "devices/pseudo_0/adapter0/host0/target0:0:0/0:0:0:0/block/sda";
static const char nvme[] = "devices/pci0000:00/0000:00:07.0/nvme/nvme0/nvme0n1";

enum { OFF = -1, NONE = -2 };

/* The values wanted for a path, depending on those set. NONE: not set. */
static void timeouts_fit_each_other_and_the_transport(void **state)
{
	static const struct {
		const char *what;
		enum mp_protocol protocol;
		int fail, loss, retry; /* as set; loss -1: infinity */
		int wants_fail, wants_loss;
		unsigned notes;
	} cases[] = {
		{ "the default alone", MP_PROTOCOL_SCSI_FCP, 5, NONE, 0, 5, NONE, 0 },
		{ "nothing of that on other transports", MP_PROTOCOL_SCSI_UNSPEC, 5, NONE, 12, NONE,
		  NONE, 0 },
		{ "dev_loss_tmo on other transports", MP_PROTOCOL_SCSI_ATA, 5, 30, 0, NONE, NONE,
		  MP_TUNING_NO_TRANSPORT },
		{ "SRP ports keep the kernel's", MP_PROTOCOL_SCSI_SRP, 7, 90, 0, NONE, NONE,
		  MP_TUNING_NO_TRANSPORT },
		{ "both", MP_PROTOCOL_SCSI_FCP, 10, 60, 0, 10, 60, 0 },
		{ "no_path_retry fail asks for nothing", MP_PROTOCOL_SCSI_FCP, 5, 30, MP_RETRY_FAIL,
		  5, 30, 0 },
		{ "checks without dev_loss_tmo: 12 * 5 + 1 + 5", MP_PROTOCOL_SCSI_FCP, 5, NONE, 12,
		  5, 66, 0 },
		{ "checks that take longer", MP_PROTOCOL_SCSI_FCP, 5, 30, 12, 5, 66,
		  MP_TUNING_LOSS_RAISED },
		{ "checks that take less", MP_PROTOCOL_SCSI_FCP, 5, 67, 12, 5, 67, 0 },
		{ "queue is infinity", MP_PROTOCOL_SCSI_FCP, 5, NONE, MP_RETRY_QUEUE, 5, -1, 0 },
		{ "queue raises", MP_PROTOCOL_SCSI_FCP, 5, 600, MP_RETRY_QUEUE, 5, -1,
		  MP_TUNING_LOSS_RAISED },
		{ "fast_io_fail_tmo at dev_loss_tmo", MP_PROTOCOL_SCSI_FCP, 60, 60, 0, OFF, 60,
		  MP_TUNING_FAIL_DROPPED },
		{ "fast_io_fail_tmo above dev_loss_tmo", MP_PROTOCOL_SCSI_FCP, 90, 60, 0, OFF, 60,
		  MP_TUNING_FAIL_DROPPED },
		{ "600 is enough without fast failure", MP_PROTOCOL_SCSI_FCP, OFF, 601, 0, OFF, 600,
		  MP_TUNING_LOSS_LIMITED },
		{ "600 it is", MP_PROTOCOL_SCSI_FCP, OFF, 600, 0, OFF, 600, 0 },
		{ "0 as well", MP_PROTOCOL_SCSI_FCP, 0, -1, 0, 0, 600, MP_TUNING_LOSS_LIMITED },
		{ "queue with 0", MP_PROTOCOL_SCSI_FCP, 0, -1, MP_RETRY_QUEUE, 0, -1, 0 },
		{ "the kernel refuses infinity without it", MP_PROTOCOL_SCSI_FCP, OFF, -1,
		  MP_RETRY_QUEUE, OFF, 600, MP_TUNING_LOSS_LIMITED },
		{ "infinity with fast failure", MP_PROTOCOL_SCSI_FCP, 5, -1, 0, 5, -1, 0 },
		{ "iSCSI", MP_PROTOCOL_SCSI_ISCSI, 5, NONE, 0, 5, NONE, 0 },
		{ "iSCSI cannot be off", MP_PROTOCOL_SCSI_ISCSI, OFF, NONE, 0, NONE, NONE,
		  MP_TUNING_FAIL_IMPOSSIBLE },
		{ "iSCSI cannot be 0", MP_PROTOCOL_SCSI_ISCSI, 0, NONE, 0, NONE, NONE,
		  MP_TUNING_FAIL_IMPOSSIBLE },
		{ "iSCSI loses no device", MP_PROTOCOL_SCSI_ISCSI, 90, 60, 12, 90, NONE,
		  MP_TUNING_LOSS_IGNORED },
		{ "SAS", MP_PROTOCOL_SCSI_SAS, 5, 60, 0, NONE, 60, 0 },
		{ "SAS, by no_path_retry", MP_PROTOCOL_SCSI_SAS, 5, NONE, 12, NONE, 66, 0 },
		{ "SAS, both", MP_PROTOCOL_SCSI_SAS, 90, 30, 12, NONE, 66, MP_TUNING_LOSS_RAISED },
		{ "NVMe", MP_PROTOCOL_NVME_TCP, 5, NONE, 12, NONE, NONE, 0 },
		{ "NVMe has none", MP_PROTOCOL_NVME_FC, 5, 60, 0, NONE, NONE,
		  MP_TUNING_NO_TRANSPORT },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct mp_path_settings path = {
			.has_fast_io_fail = cases[i].fail != NONE,
			.fast_io_fail_sec = cases[i].fail,
			.has_dev_loss = cases[i].loss != NONE,
			.dev_loss_sec = cases[i].loss,
		};
		struct mp_map_settings map = { .no_path_retry = cases[i].retry,
					       .polling_interval_sec = 5 };
		struct mp_tuning tuning = mp_tuning_make(cases[i].protocol, &path, &map, false);

		print_message("%s\n", cases[i].what);
		assert_int_equal(tuning.has_fast_io_fail ? tuning.fast_io_fail_sec : NONE,
				 cases[i].wants_fail);
		assert_int_equal(tuning.has_dev_loss ? (int)tuning.dev_loss_sec : NONE,
				 cases[i].wants_loss);
		assert_int_equal(tuning.notes, cases[i].notes);
		assert_int_equal(mp_tuning_is_empty(&tuning), cases[i].wants_fail == NONE &&
								      cases[i].wants_loss == NONE &&
								      !cases[i].notes);
		assert_true(mp_tuning_covers(&tuning, &tuning));
	}
}

static void max_sectors_kb_is_for_paths_that_are_not_in_a_map_yet(void **state)
{
	const struct mp_path_settings path = { 0 };
	const struct mp_map_settings map = { .max_sectors_kb = 4096 };
	struct mp_tuning joins = mp_tuning_make(MP_PROTOCOL_NVME_PCIE, &path, &map, false);
	struct mp_tuning member = mp_tuning_make(MP_PROTOCOL_NVME_PCIE, &path, &map, true);

	(void)state;
	assert_int_equal(joins.max_sectors_kb, 4096);
	assert_int_equal(member.max_sectors_kb, 0);
	assert_true(mp_tuning_is_empty(&member));
	assert_true(mp_tuning_covers(&joins, &member));
	assert_false(mp_tuning_covers(&member, &joins));
}

static void hosts_and_disks_have_limits_on_every_scsi_transport(void **state)
{
	const struct mp_path_settings path = { .has_eh_deadline = true,
					       .eh_deadline_sec = 20,
					       .has_max_retries = true,
					       .max_retries = OFF };
	const struct mp_map_settings map = { 0 };
	struct mp_tuning scsi = mp_tuning_make(MP_PROTOCOL_SCSI_UNSPEC, &path, &map, true);
	struct mp_tuning other = mp_tuning_make(MP_PROTOCOL_NVME_PCIE, &path, &map, true);

	(void)state;
	assert_true(scsi.has_eh_deadline && scsi.has_max_retries && !scsi.notes);
	assert_true(!other.has_eh_deadline && !other.has_max_retries);
	assert_int_equal(other.notes, MP_TUNING_NO_TRANSPORT);
}

/* ---- against a sysfs of files */

static void attribute(const char *root, const char *dir, const char *name, const char *text)
{
	char file[PATH_MAX], path[PATH_MAX];

	assert_true(snprintf(file, sizeof(file), "%s/%s", dir, name) < PATH_MAX);
	scratch_path(root, file, path);
	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(path, 0755);
		*slash = '/';
	}
	scratch_write(root, file, text);
}

static const char port_dir[] =
	"devices/pci0000:00/0000:00:05.0/host3/rport-3:0-1/fc_remote_ports/rport-3:0-1";
static const char session_dir[] = "devices/platform/host5/session2/iscsi_session/session2";
static const char sas_dir[] =
	"devices/pci0000:00/0000:00:06.0/host1/port-1:0/end_device-1:0/sas_end_device/end_device-1:0";
static const char host_dir[] = "devices/pseudo_0/adapter0/host0/scsi_host/host0";
static const char disk_dir[] =
	"devices/pseudo_0/adapter0/host0/target0:0:0/0:0:0:0/scsi_disk/0:0:0:0";

/* Five text fields of what is written, in order: ATTRIBUTE=VALUE. */
static void format_plan(const struct mp_tuning_plan *plan, const char *dir, char *text)
{
	*text = '\0';
	for (size_t i = 0; i < plan->count; i++) {
		if (dir)
			assert_string_equal(plan->writes[i].dir, dir);
		sprintf(text + strlen(text), "%s%s=%s", *text ? " " : "", plan->writes[i].attribute,
			plan->writes[i].value);
	}
}

static void a_remote_port_gets_room_before_it_gets_the_timeout(void **state)
{
	static const struct {
		const char *loss, *fail; /* in sysfs */
		struct mp_tuning tuning;
		const char *writes;
	} cases[] = {
		{ "30\n",
		  "off\n",
		  { .has_fast_io_fail = true, .fast_io_fail_sec = 5 },
		  "fast_io_fail_tmo=5" },
		{ "30\n", "5\n", { .has_fast_io_fail = true, .fast_io_fail_sec = 5 }, "" },
		{ "30\n",
		  "5\n",
		  { .has_fast_io_fail = true, .fast_io_fail_sec = OFF },
		  "fast_io_fail_tmo=off" },
		{ "30\n",
		  "5\n",
		  { .has_fast_io_fail = true, .fast_io_fail_sec = 0 },
		  "fast_io_fail_tmo=0" },
		{ "30\n",
		  "5\n",
		  { .has_fast_io_fail = true,
		    .fast_io_fail_sec = 5,
		    .has_dev_loss = true,
		    .dev_loss_sec = 30 },
		  "" },
		{ "30\n",
		  "5\n",
		  { .has_fast_io_fail = true,
		    .fast_io_fail_sec = 5,
		    .has_dev_loss = true,
		    .dev_loss_sec = UINT_MAX },
		  "dev_loss_tmo=4294967295" },
		{ "30\n",
		  "off\n",
		  { .has_fast_io_fail = true,
		    .fast_io_fail_sec = 40,
		    .has_dev_loss = true,
		    .dev_loss_sec = 90 },
		  "dev_loss_tmo=41 fast_io_fail_tmo=40 dev_loss_tmo=90" },
		{ "30\n",
		  "off\n",
		  { .has_fast_io_fail = true,
		    .fast_io_fail_sec = 30,
		    .has_dev_loss = true,
		    .dev_loss_sec = 31 },
		  "dev_loss_tmo=31 fast_io_fail_tmo=30" },
		{ "4294967295\n",
		  "5\n",
		  { .has_fast_io_fail = true,
		    .fast_io_fail_sec = 5,
		    .has_dev_loss = true,
		    .dev_loss_sec = UINT_MAX },
		  "" },
	};
	const struct mp_roots roots = { .sys = *state };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct mp_tuning_plan plan;
		char text[256];

		attribute(*state, port_dir, "dev_loss_tmo", cases[i].loss);
		attribute(*state, port_dir, "fast_io_fail_tmo", cases[i].fail);
		mp_tuning_compare(&roots, fc, &cases[i].tuning, &plan);
		format_plan(&plan, port_dir, text);
		assert_string_equal(text, cases[i].writes);
	}
}

static void each_attribute_is_found_where_the_kernel_has_it(void **state)
{
	const struct mp_tuning times = { .has_fast_io_fail = true,
					 .fast_io_fail_sec = 7,
					 .has_dev_loss = true,
					 .dev_loss_sec = 70 };
	const struct mp_tuning limits = { .has_eh_deadline = true,
					  .eh_deadline_sec = OFF,
					  .has_max_retries = true,
					  .max_retries = OFF,
					  .max_sectors_kb = 64 };
	const struct {
		const char *disk, *dir;
		struct mp_tuning tuning;
		const char *writes;
	} cases[] = {
		{ iscsi, session_dir, times, "recovery_tmo=7" },
		{ sas, sas_dir, times, "I_T_nexus_loss_timeout=70" },
		{ plain, NULL, times, "" },
		{ nvme, NULL, times, "" },
		{ plain, NULL, limits, "eh_deadline=off max_retries=-1 queue/max_sectors_kb=64" },
		{ nvme, nvme, limits, "queue/max_sectors_kb=64" },
	};
	const struct mp_roots roots = { .sys = *state };

	attribute(*state, session_dir, "recovery_tmo", "120\n");
	attribute(*state, sas_dir, "I_T_nexus_loss_timeout", "30\n");
	attribute(*state, host_dir, "eh_deadline", "10\n");
	attribute(*state, disk_dir, "max_retries", "5\n");
	attribute(*state, plain, "queue/max_sectors_kb", "512\n");
	attribute(*state, nvme, "queue/max_sectors_kb", "128\n");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct mp_tuning_plan plan;
		char text[256];

		mp_tuning_compare(&roots, cases[i].disk, &cases[i].tuning, &plan);
		format_plan(&plan, cases[i].dir, text);
		assert_string_equal(text, cases[i].writes);
	}
}

static void a_value_that_is_set_is_not_written_again(void **state)
{
	const struct mp_tuning limits = { .has_eh_deadline = true,
					  .eh_deadline_sec = 20,
					  .max_sectors_kb = 64 };
	const struct mp_roots roots = { .sys = *state };
	struct mp_tuning_plan plan;
	_cleanup_free_ char *text = NULL;

	attribute(*state, host_dir, "eh_deadline", "");
	mp_tuning_compare(&roots, plain, &limits, &plan);
	assert_int_equal(plan.count, 0); /* this kernel has none of them */

	attribute(*state, host_dir, "eh_deadline", "10\n");
	attribute(*state, plain, "queue/max_sectors_kb", "50\n");
	mp_tuning_compare(&roots, plain, &limits, &plan);
	assert_int_equal(plan.count, 2);
	assert_int_equal(mp_tuning_apply(&roots, &plan), 0);
	text = scratch_read(*state, "devices/pseudo_0/adapter0/host0/scsi_host/host0/eh_deadline");
	assert_string_equal(text, "20\n");
	mp_tuning_compare(&roots, plain, &limits, &plan);
	assert_int_equal(plan.count, 0);
}

static void a_failure_is_reported_and_does_not_stop_the_others(void **state)
{
	const struct mp_roots roots = { .sys = *state };
	struct mp_tuning_plan plan = {
		.count = 2,
		.writes = { { .dir = "gone", .attribute = "eh_deadline", .value = "1" },
			    { .attribute = "max_retries", .value = "2" } }
	};

	strcpy(plan.writes[1].dir, disk_dir);
	attribute(*state, disk_dir, "max_retries", "5\n");
	assert_int_equal(mp_tuning_apply(&roots, &plan), 1);
	assert_true(plan.writes[0].error < 0);
	assert_int_equal(plan.writes[1].error, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(timeouts_fit_each_other_and_the_transport),
		cmocka_unit_test(max_sectors_kb_is_for_paths_that_are_not_in_a_map_yet),
		cmocka_unit_test(hosts_and_disks_have_limits_on_every_scsi_transport),
		scratch_test(a_remote_port_gets_room_before_it_gets_the_timeout),
		scratch_test(each_attribute_is_found_where_the_kernel_has_it),
		scratch_test(a_value_that_is_set_is_not_written_again),
		scratch_test(a_failure_is_reported_and_does_not_stop_the_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
