/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "kernel/probe.h"
#include "kernel/reading.h"
#include "model/settings.h"

/* A machine made of files: sysfs, udev's database and /proc below one temporary directory. */
struct machine {
	char root[64], sys[80], run_udev[80], proc[80];
	struct mp_roots roots;
	struct mp_identity_room *room; /* of the identity that was read last */
};

static void make_dirs(const char *file)
{
	char dir[512];

	for (const char *slash = strchr(file + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		snprintf(dir, sizeof(dir), "%.*s", (int)(slash - file), file);
		mkdir(dir, 0755);
	}
}

static void write_bytes(const char *root, const char *name, const void *data, size_t size)
{
	char file[512];
	int fd;

	snprintf(file, sizeof(file), "%s/%s", root, name);
	make_dirs(file);
	fd = open(file, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, data, size), size);
	close(fd);
}

static void write_text(const char *root, const char *name, const char *text)
{
	write_bytes(root, name, text, strlen(text));
}

static void attribute(const struct machine *machine, const char *dir, const char *name,
		      const char *text)
{
	char file[512];

	snprintf(file, sizeof(file), "%s/%s", dir, name);
	write_text(machine->sys, file, text);
}

/* A block device at @dir, with the links that lead to it. */
static void disk(const struct machine *machine, const char *dir, const char *devt)
{
	char link[512], target[512];
	const char *name = strrchr(dir, '/') + 1;

	attribute(machine, dir, "size", "16384\n");
	attribute(machine, dir, "ro", "0\n");
	snprintf(target, sizeof(target), "%s\n", devt);
	attribute(machine, dir, "dev", target);
	snprintf(target, sizeof(target), "../../%s", dir);
	snprintf(link, sizeof(link), "%s/dev/block/%s", machine->sys, devt);
	make_dirs(link);
	assert_int_equal(symlink(target, link), 0);
	snprintf(link, sizeof(link), "%s/class/block/%s", machine->sys, name);
	make_dirs(link);
	assert_int_equal(symlink(target, link), 0);
}

static const uint8_t inquiry_data[36] = "\0\0\6\2\x1f\x10\0\0"
					"VENDOR  "
					"PRODUCT         "
					"R1  ";
static const uint8_t page83[] = { 0, 0x83, 0,	 20,   1, 3,	0, 8, 0x50, 1, 0x43, 0x80,
				  0, 0,	   0xab, 0xcd, 1, 0x15, 0, 4, 0,    0, 0,    7 };
static const uint8_t page80[] = { 0, 0x80, 0, 6, ' ', 'S', 'E', 'R', '1', ' ' };

static void scsi_disk(const struct machine *machine, const char *device, const char *name,
		      const char *devt)
{
	char dir[512];

	snprintf(dir, sizeof(dir), "%s/inquiry", device);
	write_bytes(machine->sys, dir, inquiry_data, sizeof(inquiry_data));
	snprintf(dir, sizeof(dir), "%s/vpd_pg83", device);
	write_bytes(machine->sys, dir, page83, sizeof(page83));
	snprintf(dir, sizeof(dir), "%s/vpd_pg80", device);
	write_bytes(machine->sys, dir, page80, sizeof(page80));
	attribute(machine, device, "state", "running\n");
	attribute(machine, device, "timeout", "45\n");
	snprintf(dir, sizeof(dir), "%s/block/%s", device, name);
	disk(machine, dir, devt);
}

static int machine_new(void **state)
{
	struct machine *machine = calloc(1, sizeof(*machine));

	machine->room = malloc(sizeof(*machine->room));
	if (!machine->room)
		return -1;

	strcpy(machine->root, "/tmp/test-probe.XXXXXX");
	if (!mkdtemp(machine->root))
		return -1;
	snprintf(machine->sys, sizeof(machine->sys), "%s/sys", machine->root);
	snprintf(machine->run_udev, sizeof(machine->run_udev), "%s/udev", machine->root);
	snprintf(machine->proc, sizeof(machine->proc), "%s/proc", machine->root);
	machine->roots =
		(struct mp_roots){ machine->sys, machine->run_udev, "/dev", machine->proc };
	*state = machine;
	return 0;
}

static int machine_free(void **state)
{
	struct machine *machine = *state;
	char command[128];
	int r;

	snprintf(command, sizeof(command), "rm -rf %s", machine->root);
	r = system(command);
	free(machine->room);
	free(machine);
	return r;
}

static int identify(const struct machine *machine, const char *name, struct mp_identity *ret)
{
	char dir[MP_PROBE_DIR_SIZE];
	dev_t devt;
	int r = mp_probe_locate_name(&machine->roots, name, &devt, dir, sizeof(dir));

	assert_int_equal(r, 0);
	r = mp_probe_identity(&machine->roots, devt, name, dir, ret, machine->room);
	if (r == 0)
		mp_probe_details(&machine->roots, dir, ret, machine->room);
	return r;
}

/* ---- finding */

static int collect(void *userdata, dev_t devt, const char *name, const char *dir)
{
	char *text = userdata;

	(void)dir;
	sprintf(text + strlen(text), "%u:%u=%s ", major(devt), minor(devt), name);
	return 0;
}

static int stop_at_once(void *userdata, dev_t devt, const char *name, const char *dir)
{
	(void)devt;
	(void)name;
	(void)dir;
	++*(int *)userdata;
	return -ECANCELED;
}

static void whole_disks_are_found_in_order(void **state)
{
	const struct machine *machine = *state;
	char found[512] = "";
	int calls = 0;

	disk(machine, "devices/p/host0/target0:0:0/0:0:0:0/block/sdb", "8:16");
	disk(machine, "devices/p/host0/target0:0:0/0:0:0:0/block/sdb/sdb1", "8:17");
	disk(machine, "devices/p/host0/target0:0:0/0:0:0:1/block/sda", "8:0");
	disk(machine, "devices/p/host1/target1:0:0/1:0:0:1/block/sdxy", "65:160");
	disk(machine, "devices/pci0/nvme/nvme0/nvme0n1", "259:0");
	disk(machine, "devices/pci0/nvme/nvme0/nvme0n1/nvme0n1p1", "259:1");
	disk(machine, "devices/virtual/block/dm-0", "254:0");
	disk(machine, "devices/c/0.0.000f/0.0.e000/block/dasda", "94:0");
	disk(machine, "devices/c/0.0.000f/0.0.e000/block/dasda/dasda1", "94:1");
	assert_int_equal(mp_probe_enumerate(&machine->roots, collect, found), 0);
	assert_string_equal(found,
			    "8:0=sda 8:16=sdb 65:160=sdxy 94:0=dasda 254:0=dm-0 259:0=nvme0n1 ");
	assert_int_equal(mp_probe_enumerate(&machine->roots, stop_at_once, &calls), -ECANCELED);
	assert_int_equal(calls, 1);
}

static void a_disk_is_located_by_name_and_number(void **state)
{
	const struct machine *machine = *state;
	char dir[MP_PROBE_DIR_SIZE], name[MP_NAME_SIZE];
	dev_t devt;

	disk(machine, "devices/p/host0/target0:0:0/0:0:0:0/block/sda", "8:0");
	disk(machine, "devices/p/host0/target0:0:0/0:0:0:0/block/sda/sda1", "8:1");
	disk(machine, "devices/pci0/cciss0/c0d0/block/cciss!c0d0", "104:0");
	assert_int_equal(mp_probe_locate_name(&machine->roots, "sda", &devt, dir, sizeof(dir)), 0);
	assert_int_equal(devt, makedev(8, 0));
	assert_string_equal(dir, "devices/p/host0/target0:0:0/0:0:0:0/block/sda");
	assert_int_equal(mp_probe_locate_name(&machine->roots, "cciss/c0d0", &devt, dir,
					      sizeof(dir)),
			 0);
	assert_int_equal(devt, makedev(104, 0));
	assert_int_equal(mp_probe_locate_devt(&machine->roots, makedev(8, 0), name, sizeof(name),
					      dir, sizeof(dir)),
			 0);
	assert_string_equal(name, "sda");
	assert_int_equal(mp_probe_locate_devt(&machine->roots, makedev(8, 0), name, 3, dir,
					      sizeof(dir)),
			 -ENAMETOOLONG);
	assert_int_equal(mp_probe_locate_devt(&machine->roots, makedev(8, 0), name, 4, dir, 8),
			 -ENAMETOOLONG);
	assert_int_equal(mp_probe_locate_name(&machine->roots, "sda1", &devt, dir, sizeof(dir)),
			 -ENODEV);
	assert_int_equal(mp_probe_locate_name(&machine->roots, "sdb", &devt, dir, sizeof(dir)),
			 -ENODEV);
	assert_int_equal(mp_probe_locate_name(&machine->roots, "", &devt, dir, sizeof(dir)),
			 -ENODEV);
	assert_int_equal(mp_probe_locate_devt(&machine->roots, makedev(8, 9), name, sizeof(name),
					      dir, sizeof(dir)),
			 -ENODEV);
}

/* ---- identity */

static void a_scsi_disk_has_its_address_and_names(void **state)
{
	const struct machine *machine = *state;
	const char device[] = "devices/pseudo_0/adapter0/host3/target3:1:2/3:1:2:9007203549708288";
	struct mp_identity identity;

	scsi_disk(machine, device, "sda", "8:0");
	attribute(machine, device, "dh_state", "alua\n");
	attribute(machine, device, "block/sda/queue/max_sectors_kb", "1280\n");
	assert_int_equal(identify(machine, "sda", &identity), 0);
	assert_string_equal(identity.name, "sda");
	assert_int_equal(identity.devt, makedev(8, 0));
	assert_string_equal(identity.wwid, "");
	assert_string_equal(identity.vendor, "VENDOR");
	assert_string_equal(identity.product, "PRODUCT");
	assert_string_equal(identity.revision, "R1");
	assert_string_equal(identity.serial, "SER1");
	assert_int_equal(identity.address.host, 3);
	assert_int_equal(identity.address.channel, 1);
	assert_int_equal(identity.address.target, 2);
	assert_true(identity.address.lun == 9007203549708288ULL);
	assert_int_equal(identity.size_sectors, 16384);
	assert_int_equal(identity.tpgs, MP_TPGS_IMPLICIT);
	assert_int_equal(identity.tpg, 7);
	assert_int_equal(identity.timeout_sec, 45);
	assert_int_equal(identity.max_sectors_kb, 1280);
	assert_string_equal(identity.handler, "alua");
	assert_int_equal(identity.protocol, MP_PROTOCOL_SCSI_UNSPEC);
	assert_string_equal(identity.adapter, "");
	assert_false(identity.read_only);
	assert_false(identity.offline);

	attribute(machine, device, "dh_state", "detached\n");
	attribute(machine, device, "state", "transport-offline\n");
	attribute(machine, device, "block/sda/ro", "1\n");
	assert_int_equal(identify(machine, "sda", &identity), 0);
	assert_string_equal(identity.handler, "");
	assert_true(identity.read_only);
	assert_true(identity.offline);
}

static void a_reading_has_what_is_asked_of_a_disk(void **state)
{
	const struct machine *machine = *state;
	struct mp_reading all = { .name = "sda", .parts = MP_READ_ALL },
			  little = { .devt = makedev(8, 0), .parts = MP_READ_IDENTITY },
			  known = { .devt = makedev(8, 0),
				    .parts = MP_READ_IDENTITY,
				    .known = "sda" },
			  none = { .name = "sdb", .parts = MP_READ_ALL };

	scsi_disk(machine, "devices/p/host3/target3:0:0/3:0:0:0", "sda", "8:0");
	write_text(machine->run_udev, "data/b8:0", "E:ID_SERIAL=3500\n");
	mp_reading_take(&machine->roots, &all);
	assert_int_equal(all.error, 0);
	assert_int_equal(all.devt, makedev(8, 0));
	assert_string_equal(all.dir, "devices/p/host3/target3:0:0/3:0:0:0/block/sda");
	assert_int_equal(all.identity.size_sectors, 16384);
	assert_string_equal(all.identity.vendor, "VENDOR");
	assert_int_equal(all.identity.timeout_sec, 45);
	assert_string_equal(all.identity.serial, "SER1");
	assert_true(all.has_props);
	assert_string_equal(mp_props_get(&all.props, "ID_SERIAL"), "3500");
	assert_int_equal(all.page_error, 0);
	assert_string_equal(all.page_wwid, "3500143800000abcd");
	mp_reading_fini(&all);

	mp_reading_take(&machine->roots, &little);
	assert_string_equal(little.name, "sda");
	assert_string_equal(little.identity.vendor, "VENDOR");
	assert_int_equal(little.identity.timeout_sec, 0);
	assert_false(little.has_props);
	mp_reading_fini(&little);

	mp_reading_take(&machine->roots, &known);
	assert_true(mp_reading_is_known(&known));
	assert_string_equal(known.identity.vendor, "");
	mp_reading_fini(&known);

	mp_reading_take(&machine->roots, &none);
	assert_int_equal(none.error, -ENODEV);
	assert_string_equal(none.dir, "");
	mp_reading_fini(&none);
}

static void a_name_is_one_of_a_disk_if_udev_or_its_pages_have_it(void **state)
{
	const struct machine *machine = *state;
	static const struct {
		const char *expected;
		int named;
	} rows[] = {
		{ "3500", 1 }, /* udev's */
		{ "3500143800000abcd", 1 }, /* the device's */
		{ "3600143800000abcd", 0 },
	};

	scsi_disk(machine, "devices/p/host3/target3:0:0/3:0:0:0", "sda", "8:0");
	write_text(machine->run_udev, "data/b8:0", "E:ID_SERIAL=3500\n");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct mp_reading reading = { .name = "sda", .parts = MP_READ_ALL };

		strcpy(reading.expected, rows[i].expected);
		mp_reading_take(&machine->roots, &reading);
		assert_int_equal(reading.named, rows[i].named);
		mp_reading_fini(&reading);
	}
}

static void changes_are_read_over_what_is_known(void **state)
{
	const struct machine *machine = *state;
	const char *device = "devices/p/host3/target3:0:0/3:0:0:0";
	struct mp_reading reading = { .parts = MP_READ_CHANGES,
				      .name = "sda",
				      .identity = { .protocol = MP_PROTOCOL_SCSI_FCP,
						    .vendor = "AS BEFORE",
						    .size_sectors = 8,
						    .read_only = true } };

	scsi_disk(machine, device, "sda", "8:0");
	attribute(machine, device, "block/sda/ro", "0\n");
	mp_reading_take(&machine->roots, &reading);
	assert_int_equal(reading.identity.size_sectors, 16384);
	assert_false(reading.identity.read_only);
	assert_string_equal(reading.identity.vendor, "AS BEFORE");
	mp_reading_fini(&reading);
}

static void a_listing_keeps_what_the_device_has_reported(void **state)
{
	const struct machine *machine = *state;
	const char device[] = "devices/p/host3/target3:0:0/3:0:0:0";
	struct mp_identity identity = {
		.protocol = MP_PROTOCOL_SCSI_FCP,
		.tpgs = MP_TPGS_IMPLICIT,
		.tpg = 9,
		.read_only = true,
		.timeout_sec = 5,
		.serial = "",
	};

	scsi_disk(machine, device, "sda", "8:0");
	attribute(machine, device, "state", "offline\n");
	attribute(machine, device, "block/sda/ro", "0\n");
	attribute(machine, device, "block/sda/queue/max_sectors_kb", "1280\n");
	mp_probe_listed(&machine->roots, "devices/p/host3/target3:0:0/3:0:0:0/block/sda", &identity,
			machine->room);
	assert_string_equal(identity.serial, "SER1");
	assert_int_equal(identity.max_sectors_kb, 1280);
	assert_true(identity.read_only);
	assert_false(identity.offline);
	assert_int_equal(identity.tpg, 9);
	assert_int_equal(identity.timeout_sec, 5);
	identity.serial = "OLD";
	mp_probe_listed(&machine->roots, "devices/p/host3/target3:0:0/3:0:0:0/block/sda", &identity,
			machine->room);
	assert_string_equal(identity.serial, "OLD");
}

static void a_kernel_without_the_inquiry_attribute_is_supported(void **state)
{
	const struct machine *machine = *state;
	const char device[] = "devices/p/host0/target0:0:0/0:0:0:0";
	struct mp_identity identity;

	attribute(machine, device, "vendor", "VENDOR  \n");
	attribute(machine, device, "model", "PRODUCT         \n");
	attribute(machine, device, "rev", "R2  \n");
	attribute(machine, device, "state", "running\n");
	disk(machine, "devices/p/host0/target0:0:0/0:0:0:0/block/sda", "8:0");
	assert_int_equal(identify(machine, "sda", &identity), 0);
	assert_string_equal(identity.vendor, "VENDOR");
	assert_string_equal(identity.product, "PRODUCT");
	assert_string_equal(identity.revision, "R2");
	assert_int_equal(identity.tpg, -1);
}

struct transport_case {
	const char *device;
	enum mp_protocol protocol;
	const char *adapter;
	/* directory and attribute, value */
	struct {
		const char *name, *value;
	} attributes[4];
	const char *host_wwnn, *host_wwpn, *target_wwnn, *target_wwpn;
};

static void the_transport_follows_from_the_place_in_sysfs(void **state)
{
	static const struct transport_case cases[] = {
		{ .device =
			  "devices/pci0000:3a/0000:3a:00.0/0000:3b:00.1/host5/rport-5:0-3/target5:0:3/5:0:3:1",
		  .protocol = MP_PROTOCOL_SCSI_FCP,
		  .adapter = "0000:3b:00.1",
		  .attributes = { { "devices/pci0000:3a/0000:3a:00.0/0000:3b:00.1/host5/fc_host/host5/node_name",
				    "0x1\n" },
				  { "devices/pci0000:3a/0000:3a:00.0/0000:3b:00.1/host5/fc_host/host5/port_name",
				    "0x2\n" },
				  { "devices/pci0000:3a/0000:3a:00.0/0000:3b:00.1/host5/rport-5:0-3/fc_remote_ports/rport-5:0-3/node_name",
				    "0x3\n" },
				  { "devices/pci0000:3a/0000:3a:00.0/0000:3b:00.1/host5/rport-5:0-3/fc_remote_ports/rport-5:0-3/port_name",
				    "0x4\n" } },
		  .host_wwnn = "0x1",
		  .host_wwpn = "0x2",
		  .target_wwnn = "0x3",
		  .target_wwpn = "0x4" },
		{ .device =
			  "devices/virtual/net/eth0.100-fcoe/ctlr_0/host4/rport-4:0-1/target4:0:1/4:0:1:0",
		  .protocol = MP_PROTOCOL_SCSI_FCP,
		  .attributes = { { "devices/virtual/net/eth0.100-fcoe/ctlr_0/host4/fc_host/host4/port_name",
				    "0x5\n" } },
		  .host_wwpn = "0x5" },
		{ .device = "devices/css0/0.0.0010/0.0.1900/host0/rport-0:0-0/target0:0:0/0:0:0:1",
		  .protocol = MP_PROTOCOL_SCSI_FCP,
		  .adapter = "0.0.1900" },
		{ .device = "devices/platform/host8/session3/target8:0:0/8:0:0:4",
		  .protocol = MP_PROTOCOL_SCSI_ISCSI,
		  .adapter = "192.0.2.7",
		  .attributes = { { "devices/platform/host8/iscsi_host/host8/ipaddress",
				    "192.0.2.7\n" },
				  { "devices/platform/host8/session3/iscsi_session/session3/targetname",
				    "iqn.2003-01.org:x\n" } },
		  .target_wwnn = "iqn.2003-01.org:x" },
		{ .device =
			  "devices/pci0000:00/0000:00:07.0/host2/port-2:0/end_device-2:0/target2:0:0/2:0:0:0",
		  .protocol = MP_PROTOCOL_SCSI_SAS,
		  .adapter = "0000:00:07.0",
		  .attributes = { { "devices/pci0000:00/0000:00:07.0/host2/port-2:0/end_device-2:0/sas_device/end_device-2:0/sas_address",
				    "0x5000c500\n" } },
		  .target_wwnn = "0x5000c500" },
		{ .device =
			  "devices/pci0000:00/0000:00:07.0/host2/port-2:0/expander-2:0/port-2:0:1/end_device-2:0:1/target2:0:0/2:0:0:0",
		  .protocol = MP_PROTOCOL_SCSI_SAS,
		  .adapter = "0000:00:07.0" },
		{ .device =
			  "devices/pci0000:00/0000:00:14.0/usb1/1-2/1-2:1.0/host6/target6:0:0/6:0:0:0",
		  .protocol = MP_PROTOCOL_SCSI_USB },
		{ .device = "devices/pci0000:00/0000:00:1f.2/ata3/host2/target2:0:0/2:0:0:0",
		  .protocol = MP_PROTOCOL_SCSI_ATA },
		{ .device = "devices/pci0000:00/0000:00:03.0/host7/target7:0:0/7:0:0:0",
		  .protocol = MP_PROTOCOL_SCSI_SRP,
		  .adapter = "0000:00:03.0",
		  .attributes = { { "devices/pci0000:00/0000:00:03.0/host7/srp_host/host7/id_ext",
				    "1\n" } } },
		{ .device = "devices/pci0000:00/0000:00:10.0/host7/target7:0:0/7:0:0:0",
		  .protocol = MP_PROTOCOL_SCSI_SPI,
		  .attributes = { { "devices/pci0000:00/0000:00:10.0/host7/spi_host/host7/signalling",
				    "LVD\n" } } },
		{ .device = "devices/pci0000:00/0000:00:05.0/virtio1/host0/target0:0:0/0:0:0:0",
		  .protocol = MP_PROTOCOL_SCSI_UNSPEC },
	};
	const struct machine *machine = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct mp_identity identity;
		char name[8], devt[16];

		snprintf(name, sizeof(name), "sd%c", (char)('a' + i));
		snprintf(devt, sizeof(devt), "8:%zu", i * 16);
		scsi_disk(machine, cases[i].device, name, devt);
		for (size_t a = 0; a < ARRAY_SIZE(cases[i].attributes); a++)
			if (cases[i].attributes[a].name)
				write_text(machine->sys, cases[i].attributes[a].name,
					   cases[i].attributes[a].value);
		assert_int_equal(identify(machine, name, &identity), 0);
		assert_int_equal(identity.protocol, cases[i].protocol);
		assert_string_equal(identity.adapter, cases[i].adapter ? cases[i].adapter : "");
		assert_string_equal(identity.host_wwnn,
				    cases[i].host_wwnn ? cases[i].host_wwnn : "");
		assert_string_equal(identity.host_wwpn,
				    cases[i].host_wwpn ? cases[i].host_wwpn : "");
		assert_string_equal(identity.target_wwnn,
				    cases[i].target_wwnn ? cases[i].target_wwnn : "");
		assert_string_equal(identity.target_wwpn,
				    cases[i].target_wwpn ? cases[i].target_wwpn : "");
	}
}

static void an_nvme_namespace_has_values_of_its_controller(void **state)
{
	const struct machine *machine = *state;
	const char controller[] = "devices/virtual/nvme-fabrics/ctl/nvme2",
		   space[] = "devices/virtual/nvme-fabrics/ctl/nvme2/nvme2n3";
	struct mp_path_settings settings = { .uid_attribute = "ID_WWN" };
	struct mp_identity identity;
	char wwid[MP_WWID_SIZE];

	attribute(machine, controller, "model", "ACME Array                    \n");
	attribute(machine, controller, "firmware_rev", "1.2     \n");
	attribute(machine, controller, "serial", "S77\n");
	attribute(machine, controller, "transport", "tcp\n");
	attribute(machine, controller, "cntlid", "11\n");
	attribute(machine, controller, "state", "live\n");
	attribute(machine, space, "nsid", "5\n");
	attribute(machine, space, "wwid", "eui.0011223344556677\n");
	disk(machine, space, "259:0");
	assert_int_equal(identify(machine, "nvme2n3", &identity), 0);
	assert_int_equal(identity.protocol, MP_PROTOCOL_NVME_TCP);
	assert_string_equal(identity.vendor, "NVME");
	assert_string_equal(identity.product, "ACME Array");
	assert_string_equal(identity.revision, "1.2");
	assert_string_equal(identity.serial, "S77");
	assert_int_equal(identity.address.host, 2);
	assert_int_equal(identity.address.channel, 11);
	assert_int_equal(identity.address.target, 3);
	assert_int_equal(identity.address.lun, 5);
	assert_false(identity.offline);
	assert_int_equal(mp_probe_wwid(&machine->roots, &identity, space, &settings, NULL, true,
				       wwid),
			 0);
	assert_string_equal(wwid, "eui.0011223344556677");

	attribute(machine, controller, "state", "deleting (no IO)\n");
	assert_int_equal(mp_probe_state(&machine->roots, space, identity.protocol),
			 MP_PATH_PENDING);
	attribute(machine, controller, "state", "connecting\n");
	assert_int_equal(mp_probe_state(&machine->roots, space, identity.protocol), MP_PATH_DOWN);
}

static void a_dasd_and_a_cciss_disk_are_known(void **state)
{
	const struct machine *machine = *state;
	struct mp_path_settings settings = { .uid_attribute = "ID_UID" };
	struct mp_identity identity;
	char wwid[MP_WWID_SIZE];

	attribute(machine, "devices/css0/0.0.000f/0.0.e000", "discipline", "ECKD\n");
	attribute(machine, "devices/css0/0.0.000f/0.0.e000", "uid",
		  "IBM.75000000092461.e900.8a.0\n");
	disk(machine, "devices/css0/0.0.000f/0.0.e000/block/dasda", "94:0");
	assert_int_equal(identify(machine, "dasda", &identity), 0);
	assert_int_equal(identity.protocol, MP_PROTOCOL_CCW);
	assert_string_equal(identity.vendor, "IBM");
	assert_string_equal(identity.product, "S/390 DASD ECKD");
	assert_int_equal(identity.address.target, 0xe000);
	assert_int_equal(mp_probe_wwid(&machine->roots, &identity,
				       "devices/css0/0.0.000f/0.0.e000/block/dasda", &settings,
				       NULL, true, wwid),
			 0);
	assert_string_equal(wwid, "IBM.75000000092461.e900.8a");

	attribute(machine, "devices/pci0/cciss0/c0d1", "vendor", "HP\n");
	attribute(machine, "devices/pci0/cciss0/c0d1", "model", "LOGICAL VOLUME\n");
	disk(machine, "devices/pci0/cciss0/c0d1/block/cciss!c0d1", "104:16");
	assert_int_equal(identify(machine, "cciss!c0d1", &identity), 0);
	assert_int_equal(identity.protocol, MP_PROTOCOL_CCISS);
	assert_string_equal(identity.product, "LOGICAL VOLUME");
}

static void other_devices_are_no_paths(void **state)
{
	const struct machine *machine = *state;
	struct mp_identity identity;

	disk(machine, "devices/virtual/block/dm-0", "254:0");
	disk(machine, "devices/virtual/block/loop0", "7:0");
	disk(machine, "devices/virtual/nvme-subsystem/nvme-subsys0/nvme0n1", "259:0");
	disk(machine, "devices/pci0/nvme/nvme0/nvme0c0n1", "259:1");
	disk(machine, "devices/pci0/virtio2/block/vda", "253:0");
	disk(machine, "devices/pci0/ata1/host0/target0:0:0/0:0:0:0/block/sr0", "11:0");
	assert_int_equal(identify(machine, "dm-0", &identity), -EOPNOTSUPP);
	assert_int_equal(identify(machine, "loop0", &identity), -EOPNOTSUPP);
	assert_int_equal(identify(machine, "nvme0n1", &identity), -EOPNOTSUPP);
	assert_int_equal(identify(machine, "nvme0c0n1", &identity), -EPERM);
	assert_int_equal(identify(machine, "vda", &identity), -EOPNOTSUPP);
	assert_int_equal(identify(machine, "sr0", &identity), -EOPNOTSUPP);
}

static void a_disk_that_is_gone_is_reported(void **state)
{
	const struct machine *machine = *state;
	struct mp_identity identity;

	assert_int_equal(mp_probe_identity(&machine->roots, makedev(8, 0), "sda",
					   "devices/p/host0/target0:0:0/0:0:0:0/block/sda",
					   &identity, NULL),
			 -ENODEV);
	assert_int_equal(mp_probe_state(&machine->roots,
					"devices/p/host0/target0:0:0/0:0:0:0/block/sda",
					MP_PROTOCOL_SCSI_FCP),
			 MP_PATH_REMOVED);
}

static void states_in_sysfs_become_path_states(void **state)
{
	static const struct {
		const char *text;
		enum mp_path_state state;
	} cases[] = {
		{ "running\n", MP_PATH_UP },
		{ "offline\n", MP_PATH_DOWN },
		{ "blocked\n", MP_PATH_PENDING },
		{ "quiesce\n", MP_PATH_PENDING },
		{ "created\n", MP_PATH_DOWN },
		{ "cancel\n", MP_PATH_DOWN },
		{ "transport-offline\n", MP_PATH_DOWN },
	};
	const struct machine *machine = *state;
	const char device[] = "devices/p/host0/target0:0:0/0:0:0:0";

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		attribute(machine, device, "state", cases[i].text);
		assert_int_equal(mp_probe_state(&machine->roots,
						"devices/p/host0/target0:0:0/0:0:0:0/block/sda",
						MP_PROTOCOL_SCSI_SAS),
				 cases[i].state);
	}
	assert_int_equal(mp_probe_state(&machine->roots, "devices/c/0.0.1/block/dasda",
					MP_PROTOCOL_CCW),
			 MP_PATH_UP);
}

/* ---- udev and WWID */

struct wwid_case {
	const char *attribute, *value; /* property in udev's database; no value: missing */
	bool without_udev, fallback;
	int result;
	const char *wwid;
};

static void the_wwid_comes_from_udev_or_else_from_the_device(void **state)
{
	static const struct wwid_case cases[] = {
		{ "ID_SERIAL", "3600", false, false, 0, "3600" },
		{ "ID_SERIAL", "3600", false, true, 0, "3600" },
		{ "ID_SERIAL", "3600  ", false, false, 0, "3600" },
		{ "ID_SERIAL", NULL, false, false, -ENODATA, "" },
		{ "ID_SERIAL", "", false, false, -ENODATA, "" },
		{ "ID_SERIAL", NULL, false, true, 0, "3500143800000abcd" },
		/*
		 * udev has not finished with it, and may spell it differently from the first name
		 * on its page
		 */
		{ "ID_SERIAL", NULL, true, false, -ENODATA, "" },
		{ "ID_SERIAL", NULL, true, true, 0, "3500143800000abcd" },
		{ "", NULL, false, false, 0, "3500143800000abcd" },
		{ "ID_OTHER", NULL, false, true, -ENODATA, "" },
		{ "ID_OTHER", "77", false, true, 0, "77" },
		{ "ID_OTHER", NULL, true, true, -ENODATA, "" },
	};
	const struct machine *machine = *state;
	const char dir[] = "devices/p/host0/target0:0:0/0:0:0:0/block/sda";
	struct mp_identity identity = { .protocol = MP_PROTOCOL_SCSI_FCP };

	scsi_disk(machine, "devices/p/host0/target0:0:0/0:0:0:0", "sda", "8:0");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct mp_path_settings settings = { .uid_attribute = cases[i].attribute };
		struct mp_props props = MP_PROPS_INIT;
		char wwid[MP_WWID_SIZE], line[256];

		snprintf(line, sizeof(line), "I:1\nE:DEVTYPE=disk\n%s%s%s%s%s",
			 cases[i].value ? "E:" : "", cases[i].value ? cases[i].attribute : "",
			 cases[i].value ? "=" : "", cases[i].value ? cases[i].value : "",
			 cases[i].value ? "\n" : "");
		write_text(machine->run_udev, "data/b8:0", line);
		assert_int_equal(mp_probe_record(&machine->roots, makedev(8, 0), &props), 0);
		assert_int_equal(mp_probe_wwid(&machine->roots, &identity, dir, &settings,
					       cases[i].without_udev ? NULL : &props,
					       cases[i].fallback, wwid),
				 cases[i].result);
		assert_string_equal(wwid, cases[i].wwid);
		mp_props_fini(&props);
	}
}

static void a_device_without_page_83_has_no_wwid(void **state)
{
	const struct machine *machine = *state;
	struct mp_path_settings settings = { .uid_attribute = "" };
	struct mp_identity identity = { .protocol = MP_PROTOCOL_SCSI_FCP };
	char wwid[MP_WWID_SIZE];

	assert_int_equal(mp_probe_wwid(&machine->roots, &identity,
				       "devices/p/host0/target0:0:0/0:0:0:0/block/sda", &settings,
				       NULL, true, wwid),
			 -ENOENT);
}

static void long_wwids_are_shortened(void **state)
{
	static const struct {
		const char *value, *wwid;
	} cases[] = {
		{ "nvme.1234-4142434445464748494a4b4c4d4e4f5051525354"
		  "-4142434445464748494a4b4c4d4e4f505152535455565758595a00000000000000000000000000000000-00000001",
		  "nvme.1234-4142434445464748494a4b4c4d4e4f5051525354"
		  "-4142434445464748494a4b4c4d4e4f505152535455565758595a-00000001" },
		{ "nvme.1234-4142434445464748494a4b4c4d4e4f5000000000"
		  "-4142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f6061620000-00000001",
		  "nvme.1234-4142434445464748494a4b4c4d4e4f50"
		  "-4142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f606162-00000001" },
		{ "nvme.1234-41420000-43440000-00000001", "nvme.1234-41420000-43440000-00000001" },
	};
	const struct machine *machine = *state;
	struct mp_path_settings settings = { .uid_attribute = "ID_WWN" };
	struct mp_identity identity = { .protocol = MP_PROTOCOL_NVME_TCP };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_(mp_props_fini) struct mp_props props = MP_PROPS_INIT;
		char wwid[MP_WWID_SIZE];

		assert_int_equal(mp_props_add(&props, "ID_WWN", cases[i].value), 0);
		assert_int_equal(mp_probe_wwid(&machine->roots, &identity, "d", &settings, &props,
					       false, wwid),
				 0);
		assert_string_equal(wwid, cases[i].wwid);
	}

	_cleanup_(mp_props_fini) struct mp_props props = MP_PROPS_INIT;
	char wwid[MP_WWID_SIZE], value[200];

	memset(value, 'x', sizeof(value) - 1);
	value[sizeof(value) - 1] = '\0';
	assert_int_equal(mp_props_add(&props, "ID_WWN", value), 0);
	assert_int_equal(mp_probe_wwid(&machine->roots, &identity, "d", &settings, &props, false,
				       wwid),
			 0);
	assert_int_equal(strlen(wwid), MP_WWID_SIZE - 1);
}

static void claims_are_read_from_udev(void **state)
{
	static const struct {
		const char *claimed, *until, *cancelled;
		bool is_claimed, may_wait;
	} cases[] = {
		{ "1", NULL, NULL, true, false },   { "0", NULL, NULL, false, false },
		{ NULL, NULL, NULL, false, false }, { "1", "1700000000", NULL, true, true },
		{ "1", "0", NULL, true, false },    { "1", "1700000000", "1", true, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_(mp_props_fini) struct mp_props props = MP_PROPS_INIT;
		struct mp_identity identity = { 0 };

		if (cases[i].claimed)
			mp_props_add(&props, "DM_MULTIPATH_DEVICE_PATH", cases[i].claimed);
		if (cases[i].until)
			mp_props_add(&props, "FIND_MULTIPATHS_WAIT_UNTIL", cases[i].until);
		if (cases[i].cancelled)
			mp_props_add(&props, "FIND_MULTIPATHS_WAIT_CANCELLED", cases[i].cancelled);
		mp_probe_apply_props(&identity, &props);
		assert_int_equal(identity.claimed, cases[i].is_claimed);
		assert_int_equal(identity.wait_may_run, cases[i].may_wait);
	}
}

static void a_device_may_be_unknown_to_udev(void **state)
{
	const struct machine *machine = *state;
	struct mp_props props = MP_PROPS_INIT;

	assert_int_equal(mp_probe_record(&machine->roots, makedev(8, 0), &props), -ENOENT);
}

static void properties_of_the_kernel_are_added_to_those_of_udev(void **state)
{
	static const struct {
		const char *name, *value;
	} rows[] = {
		{ "SUBSYSTEM", "block" },
		{ "DEVPATH", "/devices/p/host0/target0:0:0/0:0:0:0/block/sda" },
		{ "DEVNAME", "/dev/sda" },
		{ "DEVTYPE", "udev's" },
		{ "MAJOR", "8" },
		{ "MINOR", "0" },
		{ "DISKSEQ", "5" },
		{ "ID_SERIAL", "3600" },
		{ "USEC_INITIALIZED", "77" },
	};
	const char dir[] = "devices/p/host0/target0:0:0/0:0:0:0/block/sda";
	_cleanup_(mp_props_fini) struct mp_props props = MP_PROPS_INIT;
	const struct machine *machine = *state;

	scsi_disk(machine, "devices/p/host0/target0:0:0/0:0:0:0", "sda", "8:0");
	attribute(machine, dir, "uevent",
		  "MAJOR=8\nMINOR=0\nDEVNAME=sda\nDEVTYPE=disk\nDISKSEQ=5\n");
	/* Without udev's record, the udev properties are unknown. */
	assert_int_equal(mp_probe_props(&machine->roots, makedev(8, 0), dir, true, &props),
			 -ENOENT);
	assert_int_equal(props.count, 0);
	write_text(machine->run_udev, "data/b8:0", "I:77\nE:ID_SERIAL=3600\nE:DEVTYPE=udev's\n");
	for (int uevent = 0; uevent < 2; uevent++) {
		assert_int_equal(mp_probe_props(&machine->roots, makedev(8, 0), dir, uevent,
						&props),
				 0);
		assert_int_equal(props.count, ARRAY_SIZE(rows) - !uevent);
		for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
			if (uevent || strcmp(rows[i].name, MP_PROBE_UEVENT_PROPERTY))
				assert_string_equal(mp_props_get(&props, rows[i].name),
						    rows[i].value);
		mp_props_fini(&props);
	}
}

static void a_record_of_udev_may_be_long(void **state)
{
	const struct machine *machine = *state;

	for (size_t size = 4096; size <= 1 << 20; size = 2 * size + 1) {
		_cleanup_(mp_props_fini) struct mp_props props = MP_PROPS_INIT;
		_cleanup_free_ char *record = malloc(size + 64);
		size_t length = sprintf(record, "E:LONG=");

		memset(record + length, 'x', size);
		sprintf(record + length + size, "\nE:ID_SERIAL=last\n");
		write_text(machine->run_udev, "data/b8:0", record);
		assert_int_equal(mp_probe_record(&machine->roots, makedev(8, 0), &props), 0);
		assert_int_equal(strlen(mp_props_get(&props, "LONG")), size);
		assert_string_equal(mp_props_get(&props, "ID_SERIAL"), "last");
	}
}

/* ---- users and writing */

static void a_disk_is_in_use_by_holder_mount_or_swap(void **state)
{
	const struct machine *machine = *state;
	const char dir[] = "devices/p/host0/target0:0:0/0:0:0:0/block/sda";
	const struct mp_roots *roots = &machine->roots;
	char uuid[160];

	disk(machine, dir, "8:0");
	disk(machine, "devices/p/host0/target0:0:0/0:0:0:0/block/sda/sda1", "8:1");
	assert_false(mp_probe_in_use(roots, dir, makedev(8, 0)));

	write_text(machine->proc, "self/mountinfo",
		   "22 28 0:21 / /sys rw - sysfs sysfs rw\n30 1 8:16 / / rw - ext4 /dev/sdb rw\n");
	write_text(machine->proc, "swaps",
		   "Filename\tType\tSize\tUsed\tPriority\n/dev/sda10 partition 1 0 -2\n");
	assert_false(mp_probe_in_use(roots, dir, makedev(8, 0)));
	write_text(machine->proc, "self/mountinfo", "30 1 8:1 / / rw - ext4 /dev/sda1 rw\n");
	assert_true(mp_probe_in_use(roots, dir, makedev(8, 0)));
	write_text(machine->proc, "self/mountinfo", "30 1 8:0 / / rw - ext4 /dev/sda rw\n");
	assert_true(mp_probe_in_use(roots, dir, makedev(8, 0)));
	write_text(
		machine->proc, "self/mountinfo",
		"30 1 0:35 / /a rw shared:1 - btrfs /dev/sdaa rw\n31 1 0:35 / / rw - btrfs /dev/sda1 rw\n");
	assert_true(mp_probe_in_use(roots, dir, makedev(8, 0)));
	write_text(machine->proc, "self/mountinfo",
		   "30 1 0:35 / /a rw shared:1 - btrfs /dev/sdaa rw\n"
		   "31 1 0:36 / /home/x rw - fuse.mine /dev/sda rw\n");
	assert_false(mp_probe_in_use(roots, dir, makedev(8, 0)));
	write_text(machine->proc, "self/mountinfo", "");
	write_text(machine->proc, "swaps",
		   "Filename\tType\tSize\tUsed\tPriority\n/dev/sda1 partition 1 0 -2\n");
	assert_true(mp_probe_in_use(roots, dir, makedev(8, 0)));
	write_text(machine->proc, "swaps", "");
	assert_false(mp_probe_in_use(roots, dir, makedev(8, 0)));

	attribute(machine, dir, "sda1/holders/dm-7/dm/uuid", "LVM-x\n");
	assert_true(mp_probe_in_use(roots, dir, makedev(8, 0)));
	assert_int_equal(mp_probe_map_holder(roots, dir, uuid, sizeof(uuid)), -ENOENT);
	attribute(machine, dir, "holders/dm-7/dm/uuid", "LVM-x\n");
	assert_int_equal(mp_probe_map_holder(roots, dir, uuid, sizeof(uuid)), 0);
	attribute(machine, dir, "holders/dm-8/dm/uuid", "mpath-3600\n");
	assert_int_equal(mp_probe_map_holder(roots, dir, uuid, sizeof(uuid)), 1);
	assert_string_equal(uuid, "mpath-3600");
	assert_true(mp_probe_in_use(roots, dir, makedev(8, 0)));
}

static void a_disk_has_the_names_on_its_page_and_no_other(void **state)
{
	static const uint8_t two_names[] = { 0,	   0x83, 0,    24,   1,	   3,	 0,    8,   0x50, 1,
					     0x43, 0x80, 0,    0,    0xab, 0xcd, 1,    3,   0,	  8,
					     0x33, 1,	 0x43, 0x80, 0,	   0,	 0xab, 0xcd };
	static const char device[] = "devices/p/host0/target0:0:0/0:0:0:0",
			  dir[] = "devices/p/host0/target0:0:0/0:0:0:0/block/sda";
	struct machine *machine = *state;
	const struct mp_roots *roots = &machine->roots;

	scsi_disk(machine, device, "sda", "8:0");
	assert_int_equal(mp_probe_page_names(roots, MP_PROTOCOL_SCSI_FCP, dir, "3500143800000abce"),
			 0);
	assert_int_equal(mp_probe_page_names(roots, MP_PROTOCOL_SCSI_FCP, dir, "3500143800000abcd"),
			 1);
	write_bytes(machine->sys, "devices/p/host0/target0:0:0/0:0:0:0/vpd_pg83", two_names,
		    sizeof(two_names));
	assert_int_equal(mp_probe_page_names(roots, MP_PROTOCOL_SCSI_FCP, dir, "3500143800000abcd"),
			 1);
	assert_int_equal(mp_probe_page_names(roots, MP_PROTOCOL_SCSI_FCP, dir, "3330143800000abcd"),
			 1);
	assert_int_equal(mp_probe_page_names(roots, MP_PROTOCOL_SCSI_FCP, dir, "3330143800000abce"),
			 0);
	assert_int_equal(mp_probe_page_names(roots, MP_PROTOCOL_NVME_PCIE, dir, "x"), -ENOENT);
}

static void expect_file(const struct machine *machine, const char *name, const char *wanted)
{
	char file[512], text[64] = "";
	FILE *stream;

	snprintf(file, sizeof(file), "%s/%s", machine->sys, name);
	stream = fopen(file, "r");
	assert_non_null(stream);
	assert_int_equal(fread(text, 1, sizeof(text) - 1, stream), strlen(wanted));
	fclose(stream);
	assert_string_equal(text, wanted);
}

static void a_trigger_reaches_disk_and_partitions(void **state)
{
	const struct machine *machine = *state;
	const char dir[] = "devices/p/host0/target0:0:0/0:0:0:0/block/sda";

	attribute(machine, dir, "uevent", "");
	attribute(machine, dir, "sda2/uevent", "");
	attribute(machine, dir, "power/uevent", "");
	assert_int_equal(mp_probe_trigger(&machine->roots, dir, "change"), 0);
	expect_file(machine, "devices/p/host0/target0:0:0/0:0:0:0/block/sda/uevent", "change\n");
	expect_file(machine, "devices/p/host0/target0:0:0/0:0:0:0/block/sda/sda2/uevent",
		    "change\n");
	expect_file(machine, "devices/p/host0/target0:0:0/0:0:0:0/block/sda/power/uevent", "");
	assert_int_equal(mp_probe_trigger(&machine->roots, "devices/none", "change"), -ENOENT);
	assert_int_equal(mp_probe_write(&machine->roots, dir, "uevent", "add"), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, machine_new, machine_free)

static void the_node_of_a_name_with_an_exclamation_mark_is_below_a_directory(void **state)
{
	static const struct {
		const char *name, *node;
	} cases[] = { { "sda", "/dev/sda" },
		      { "cciss!c0d0", "/dev/cciss/c0d0" },
		      { "a!b!c", "/dev/a/b/c" } };
	char node[32];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		mp_probe_node(cases[i].name, node, sizeof(node));
		assert_string_equal(node, cases[i].node);
	}
}

static void a_file_that_is_not_the_devices_node_is_not_opened(void **state)
{
	(void)state;
	/* no block device */
	assert_int_equal(mp_probe_open("/dev/null", makedev(1, 3), O_RDONLY), -ENXIO);
	assert_int_equal(mp_probe_open("/dev/nothing of that name", makedev(8, 0), O_RDONLY),
			 -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_node_of_a_name_with_an_exclamation_mark_is_below_a_directory),
		TEST(a_file_that_is_not_the_devices_node_is_not_opened),
		TEST(whole_disks_are_found_in_order),
		TEST(a_disk_is_located_by_name_and_number),
		TEST(a_scsi_disk_has_its_address_and_names),
		TEST(a_reading_has_what_is_asked_of_a_disk),
		TEST(a_name_is_one_of_a_disk_if_udev_or_its_pages_have_it),
		TEST(changes_are_read_over_what_is_known),
		TEST(a_listing_keeps_what_the_device_has_reported),
		TEST(a_kernel_without_the_inquiry_attribute_is_supported),
		TEST(the_transport_follows_from_the_place_in_sysfs),
		TEST(an_nvme_namespace_has_values_of_its_controller),
		TEST(a_dasd_and_a_cciss_disk_are_known),
		TEST(other_devices_are_no_paths),
		TEST(a_disk_that_is_gone_is_reported),
		TEST(states_in_sysfs_become_path_states),
		TEST(the_wwid_comes_from_udev_or_else_from_the_device),
		TEST(a_disk_has_the_names_on_its_page_and_no_other),
		TEST(a_device_without_page_83_has_no_wwid),
		TEST(long_wwids_are_shortened),
		TEST(claims_are_read_from_udev),
		TEST(a_device_may_be_unknown_to_udev),
		TEST(properties_of_the_kernel_are_added_to_those_of_udev),
		TEST(a_record_of_udev_may_be_long),
		TEST(a_disk_is_in_use_by_holder_mount_or_swap),
		TEST(a_trigger_reaches_disk_and_partitions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
