/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libmultipath/kernel, checkers and prioritizers on real devices: run by test-kernel.sh in the
 * guest, on the scsi_debug disks of two hosts.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <malloc.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "kernel/aio.h"
#include "checkers/checker.h"
#include "kernel/dm.h"
#include "kernel/dm_events.h"
#include "kernel/dm_library.h"
#include "kernel/dm_list.h"
#include "kernel/probe.h"
#include "kernel/scsi.h"
#include "kernel/sysfs.h"
#include "model/settings.h"
#include "prioritizers/prioritizer.h"

enum { HOSTS = 2, LUNS = 4, PATHS = HOSTS * LUNS, SIZE = 16384, TIMEOUT_MSEC = 5000 };

struct disk {
	struct mp_identity identity;
	struct mp_identity_room room;
	char dir[MP_PROBE_DIR_SIZE];
};

struct world {
	struct disk disks[PATHS];
	size_t count;
};

static struct world world;

static int on_found(void *userdata, dev_t devt, const char *name, const char *dir)
{
	struct mp_path_settings settings = { .uid_attribute = "ID_SERIAL" };
	struct mp_identity identity;
	struct mp_identity_room *room = &world.disks[world.count].room;

	(void)userdata;
	assert_in_range(world.count, 0, PATHS);
	if (world.count == PATHS)
		return mp_probe_identity(&mp_roots_system, devt, name, dir, &identity, NULL) < 0 ?
			       0 :
			       -EEXIST;
	if (mp_probe_identity(&mp_roots_system, devt, name, dir, &identity, room) < 0)
		return 0;
	mp_probe_details(&mp_roots_system, dir, &identity, room);
	assert_int_equal(mp_probe_wwid(&mp_roots_system, &identity, dir, &settings, NULL, true,
				       identity.wwid),
			 0);
	world.disks[world.count].identity = identity;
	snprintf(world.disks[world.count].dir, MP_PROBE_DIR_SIZE, "%s", dir);
	world.count++;
	return 0;
}

static int find_disks(void **state)
{
	struct mp_dm_versions versions;

	(void)state;
	return mp_probe_enumerate(&mp_roots_system, on_found, NULL) < 0 || world.count != PATHS ||
	       mp_dm_open(false, NULL, &versions) < 0;
}

/* Disks of LUN 0 are 0 and LUNS, those of LUN 1 are 1 and LUNS + 1, and so on. */
static const struct disk *disk_of(unsigned lun, unsigned host)
{
	return &world.disks[host * LUNS + lun];
}

static void run(const char *format, ...)
{
	char command[512];
	va_list args;

	va_start(args, format);
	vsnprintf(command, sizeof(command), format, args);
	va_end(args);
	if (system(command))
		fail_msg("failed: %s", command);
}

static void table_of_lun(unsigned lun, const char *features, struct mp_table *ret)
{
	char params[512];

	snprintf(params, sizeof(params),
		 "%s 0 2 1 service-time 0 1 1 %u:%u 1 service-time 0 1 1 %u:%u 1", features,
		 major(disk_of(lun, 0)->identity.devt), minor(disk_of(lun, 0)->identity.devt),
		 major(disk_of(lun, 1)->identity.devt), minor(disk_of(lun, 1)->identity.devt));
	*ret = (struct mp_table)MP_TABLE_INIT;
	assert_int_equal(mp_table_parse(params, ret), 0);
	ret->size_sectors = SIZE;
}

static int create(const char *name, const char *wwid, unsigned lun, const char *features)
{
	_cleanup_(mp_table_fini) struct mp_table table;
	const struct mp_dm_flags flags = { 0 };

	table_of_lun(lun, features, &table);
	return mp_dm_create(name, wwid, &table, &flags);
}

static void remove_map(const char *wwid)
{
	const struct mp_dm_removal plain = { 0 };

	run("udevadm settle"); /* it probes new devices */
	assert_int_equal(mp_dm_remove(wwid, &plain), 0);
}

static bool exists(const char *wwid)
{
	_cleanup_(mp_dm_map_fini) struct mp_kernel_map map = { 0 };
	int r = mp_dm_read(wwid, &map);

	assert_true(r == 0 || r == -ENODEV);
	return r == 0;
}

static void every_disk_has_its_identity(void **state)
{
	(void)state;
	for (unsigned i = 0; i < PATHS; i++) {
		const struct disk *disk = &world.disks[i];
		struct mp_identity detailed = disk->identity;
		struct mp_identity_room room;
		char wwid[MP_WWID_SIZE], node[64], name[MP_NAME_SIZE], dir[MP_PROBE_DIR_SIZE];
		_cleanup_close_ int fd = -1;
		struct stat st;
		dev_t devt;
		int tpg = -2;

		assert_string_equal(disk->identity.vendor, "Linux");
		assert_string_equal(disk->identity.product, "scsi_debug");
		assert_string_equal(disk->identity.revision, "0191");
		assert_int_equal(disk->identity.protocol, MP_PROTOCOL_SCSI_UNSPEC);
		assert_int_equal(disk->identity.tpgs, MP_TPGS_IMPLICIT);
		assert_int_equal(disk->identity.size_sectors, SIZE);
		assert_int_equal(disk->identity.address.lun, i % LUNS);
		assert_false(disk->identity.offline);
		assert_false(disk->identity.read_only);
		mp_probe_details(&mp_roots_system, disk->dir, &detailed, &room);
		assert_int_equal(detailed.timeout_sec, 30);
		run("[ $(cat /sys/block/%s/queue/max_sectors_kb) = %u ]", disk->identity.name,
		    detailed.max_sectors_kb);
		assert_string_not_equal(detailed.serial, "");
		assert_false(mp_probe_in_use(&mp_roots_system, disk->dir, disk->identity.devt));

		snprintf(node, sizeof(node), "/dev/%s", disk->identity.name);
		assert_int_equal(stat(node, &st), 0);
		assert_int_equal(st.st_rdev, disk->identity.devt);
		assert_int_equal(mp_probe_locate_devt(&mp_roots_system, st.st_rdev, name,
						      sizeof(name), dir, sizeof(dir)),
				 0);
		assert_string_equal(name, disk->identity.name);
		assert_string_equal(dir, disk->dir);
		assert_int_equal(mp_probe_locate_name(&mp_roots_system, name, &devt, dir,
						      sizeof(dir)),
				 0);
		assert_int_equal(devt, st.st_rdev);
		assert_string_equal(dir, disk->dir);

		fd = open(node, O_RDONLY);
		assert_int_equal(mp_scsi_identify(fd, NULL, wwid, sizeof(wwid), &tpg, TIMEOUT_MSEC),
				 0);
		assert_int_equal(tpg, disk->identity.tpg);
		assert_string_equal(wwid, disk->identity.wwid);
		assert_string_equal(disk_of(i % LUNS, 0)->identity.wwid, wwid);
		assert_int_equal(mp_scsi_tpg(fd, TIMEOUT_MSEC), disk->identity.tpg);
	}
}

static void udev_properties_contain_the_wwid(void **state)
{
	struct mp_path_settings settings = { .uid_attribute = "ID_SERIAL" };
	const struct disk *disk = disk_of(1, 1);
	struct mp_props props = MP_PROPS_INIT;
	char wwid[MP_WWID_SIZE];

	(void)state;
	assert_int_equal(mp_probe_props(&mp_roots_system, disk->identity.devt, disk->dir, true,
					&props),
			 0);
	assert_non_null(mp_props_get(&props, "ID_SERIAL"));
	assert_int_equal(mp_probe_wwid(&mp_roots_system, &disk->identity, disk->dir, &settings,
				       &props, false, wwid),
			 0);
	assert_string_equal(wwid, mp_props_get(&props, "ID_SERIAL"));
	mp_props_fini(&props);
}

static void a_map_is_created_read_and_removed(void **state)
{
	_cleanup_(mp_dm_map_fini) struct mp_kernel_map map = { 0 };
	_cleanup_strbuf_ struct mp_strbuf got = MP_STRBUF_INIT, wanted = MP_STRBUF_INIT;
	_cleanup_(mp_table_fini) struct mp_table table;

	(void)state;
	assert_int_equal(mp_dm_read("wwid0", &map), -ENODEV);
	assert_int_equal(create("map0", "wwid0", 0, "1 queue_if_no_path"), 0);
	assert_int_equal(mp_dm_read("wwid0", &map), 0);
	assert_true(map.exists);
	assert_string_equal(map.name, "map0");
	assert_false(map.suspended);
	assert_false(map.read_only);
	assert_false(map.other_target);
	assert_int_equal(map.table.size_sectors, SIZE);
	assert_int_equal(map.table.groups[0].paths[0].state, MP_DM_ACTIVE);
	table_of_lun(0, "1 queue_if_no_path", &table);
	mp_table_format(&table, &wanted);
	mp_table_format(&map.table, &got);
	assert_string_equal(mp_strbuf_text(&got), mp_strbuf_text(&wanted));

	assert_true(mp_probe_in_use(&mp_roots_system, disk_of(0, 0)->dir,
				    disk_of(0, 0)->identity.devt));
	char uuid[160];
	assert_int_equal(mp_probe_map_holder(&mp_roots_system, disk_of(0, 0)->dir, uuid,
					     sizeof(uuid)),
			 1);
	assert_string_equal(uuid, "mpath-wwid0");

	remove_map("wwid0");
	assert_false(exists("wwid0"));
}

static void a_name_or_wwid_in_use_is_reported(void **state)
{
	(void)state;
	assert_int_equal(create("map0", "wwid0", 0, "0"), 0);
	assert_int_equal(create("map0", "wwid1", 1, "0"), -EEXIST);
	assert_int_equal(create("map1", "wwid0", 1, "0"), -EEXIST);
	assert_true(exists("wwid0"));
	remove_map("wwid0");
}

static void a_failed_creation_leaves_nothing(void **state)
{
	_cleanup_(mp_table_fini) struct mp_table table;
	const struct mp_dm_flags flags = { 0 };

	(void)state;
	table_of_lun(0, "0", &table);
	table.groups[1].paths[0].devt = makedev(8, 8000);
	assert_true(mp_dm_create("map0", "wwid0", &table, &flags) < 0);
	assert_false(exists("wwid0"));
}

static int remove_all(void **state)
{
	(void)state;
	return system("dmsetup remove_all --force; udevadm settle");
}

/* ---- uevents */

static int uevents_open(void)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = 1 };
	int fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
			NETLINK_KOBJECT_UEVENT);

	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	return fd;
}

/*
 * Return: the cookie of the next event with that action of a dm device, 0 if it has none. Fails if
 * there is no such event.
 */
static uint32_t uevent_cookie(int fd, const char *action)
{
	char text[8192];

	for (;;) {
		struct pollfd pollfd = { .fd = fd, .events = POLLIN };
		bool wanted = false;
		uint32_t cookie = 0;
		ssize_t size;

		assert_int_equal(poll(&pollfd, 1, 2000), 1);
		size = recv(fd, text, sizeof(text) - 1, 0);
		assert_true(size > 0);
		text[size] = '\0';
		if (strncmp(text, action, strlen(action)) || !strstr(text, "/dm-"))
			continue;
		for (const char *line = text; line < text + size; line += strlen(line) + 1) {
			wanted = wanted || !strncmp(line, "SUBSYSTEM=block", 15);
			if (!strncmp(line, "DM_COOKIE=", 10))
				cookie = strtoul(line + 10, NULL, 10);
		}
		if (wanted)
			return cookie;
	}
}

static void flags_reach_udev_without_a_semaphore(void **state)
{
	enum { FALLBACK = 0x20, PRIMARY = 0x40, FLAG0 = 0x100, FLAG1 = 0x200, FLAG2 = 0x400 };
	const struct mp_dm_flags created = { .no_paths = true },
				 reloaded = { .reload = true, .skip_kpartx = true };
	_cleanup_close_ int fd = uevents_open();
	_cleanup_(mp_table_fini) struct mp_table table;
	char semaphores[4096];

	(void)state;
	table_of_lun(0, "0", &table);
	assert_int_equal(mp_dm_create("map0", "wwid0", &table, &created), 0);
	assert_int_equal(uevent_cookie(fd, "change"), (FALLBACK | PRIMARY | FLAG2) << 16);
	assert_int_equal(mp_dm_reload("wwid0", &table, &reloaded, false), 0);
	assert_int_equal(uevent_cookie(fd, "change"), (FALLBACK | PRIMARY | FLAG0 | FLAG1) << 16);
	assert_int_equal(mp_dm_rename("wwid0", "map9", NULL, &reloaded), 0);
	assert_int_equal(uevent_cookie(fd, "change"), (FALLBACK | PRIMARY | FLAG0 | FLAG1) << 16);
	remove_map("wwid0");
	assert_int_equal(uevent_cookie(fd, "remove"), (FALLBACK | PRIMARY) << 16);

	/* Only the header line. */
	assert_true(mp_sysfs_read("/proc", "sysvipc", "sem", semaphores, sizeof(semaphores)) > 0);
	assert_null(strchr(semaphores, '\n'));
}

static void a_wait_ends_when_udev_made_the_link(void **state)
{
	struct mp_dm_versions versions;
	struct stat st;

	(void)state;
	mp_dm_close();
	assert_int_equal(mp_dm_open(true, NULL, &versions), 0);
	assert_int_equal(versions.driver[0], 4);
	assert_int_equal(create("map0", "wwid0", 0, "0"), 0);
	assert_int_equal(create("map1", "wwid1", 1, "0"), 0);
	mp_dm_wait();
	assert_int_equal(stat("/dev/mapper/map0", &st), 0);
	assert_int_equal(stat("/dev/mapper/map1", &st), 0);
	assert_int_equal(mp_dm_rename("wwid0", "map2", NULL, NULL), 0);
	mp_dm_wait();
	assert_int_equal(stat("/dev/mapper/map2", &st), 0);
	remove_map("wwid0");
	remove_map("wwid1");
	mp_dm_close();
	assert_true(stat("/dev/mapper/map1", &st) < 0);
	assert_int_equal(mp_dm_open(false, NULL, &versions), 0);
}

/* ---- changes */

static void a_reload_changes_the_table(void **state)
{
	_cleanup_(mp_dm_map_fini) struct mp_kernel_map map = { 0 };
	_cleanup_(mp_table_fini) struct mp_table table;
	const struct mp_dm_flags flags = { .reload = true };

	(void)state;
	assert_int_equal(create("map0", "wwid0", 0, "0"), 0);
	table_of_lun(0, "1 queue_if_no_path", &table);
	table.size_sectors = SIZE / 2;
	assert_int_equal(mp_dm_reload("wwid0", &table, &flags, true), 0);
	assert_int_equal(mp_dm_read("wwid0", &map), 0);
	assert_true(mp_table_has_feature(&map.table, "queue_if_no_path"));
	assert_int_equal(map.table.size_sectors, SIZE / 2);
	assert_false(map.suspended);
	remove_map("wwid0");
}

static void a_failed_reload_keeps_the_old_table(void **state)
{
	_cleanup_(mp_dm_map_fini) struct mp_kernel_map map = { 0 };
	_cleanup_(mp_table_fini) struct mp_table table;
	const struct mp_dm_flags flags = { .reload = true };

	(void)state;
	assert_int_equal(create("map0", "wwid0", 0, "1 queue_if_no_path"), 0);
	table_of_lun(0, "0", &table);
	table.groups[1].paths[0].devt = makedev(8, 8000);
	assert_true(mp_dm_reload("wwid0", &table, &flags, false) < 0);
	assert_int_equal(mp_dm_read("wwid0", &map), 0);
	assert_true(mp_table_has_feature(&map.table, "queue_if_no_path"));
	assert_false(map.suspended);
	remove_map("wwid0");
}

static void a_suspended_map_is_reported_until_it_is_resumed(void **state)
{
	struct mp_kernel_map map = { 0 };

	(void)state;
	assert_int_equal(create("map0", "wwid0", 0, "0"), 0);
	assert_int_equal(mp_dm_read("wwid0", &map), 0);
	assert_int_equal(mp_dm_suspend("wwid0"), 0);
	assert_int_equal(mp_dm_read_status("wwid0", &map), 0);
	assert_true(map.suspended);
	assert_int_equal(mp_dm_resume("wwid0", NULL), 0);
	assert_int_equal(mp_dm_read_status("wwid0", &map), 0);
	assert_false(map.suspended);
	mp_dm_map_fini(&map);
	remove_map("wwid0");
}

static void a_failed_path_is_an_event_and_a_state(void **state)
{
	struct mp_kernel_map map = { 0 };
	struct pollfd events = { .fd = mp_dm_events_open(), .events = POLLIN };
	dev_t path = disk_of(0, 1)->identity.devt;
	char message[64];
	uint32_t event_nr;

	(void)state;
	assert_true(events.fd >= 0);
	assert_int_equal(create("map0", "wwid0", 0, "0"), 0);
	assert_int_equal(mp_dm_read("wwid0", &map), 0);
	event_nr = map.event_nr;
	assert_int_equal(mp_dm_events_arm(events.fd), 0);
	assert_int_equal(poll(&events, 1, 0), 0);

	snprintf(message, sizeof(message), "fail_path %u:%u", major(path), minor(path));
	assert_int_equal(mp_dm_message("wwid0", message), 0);
	assert_int_equal(poll(&events, 1, 2000), 1);
	assert_int_equal(mp_dm_events_arm(events.fd), 0);
	assert_int_equal(poll(&events, 1, 0), 0);
	assert_int_equal(mp_dm_read_status("wwid0", &map), 0);
	assert_true(map.event_nr > event_nr);
	assert_int_equal(mp_table_find(&map.table, path)->state, MP_DM_FAILED);
	assert_int_equal(mp_table_find(&map.table, path)->failures, 1);
	assert_int_equal(mp_dm_message("wwid0", "no such message"), -EINVAL);
	assert_int_equal(mp_dm_message("wwid9", message), -ENODEV);

	close(events.fd);
	mp_dm_map_fini(&map);
	remove_map("wwid0");
}

static void a_status_that_no_longer_fits_is_reported(void **state)
{
	struct mp_kernel_map map = { 0 };
	_cleanup_(mp_table_fini) struct mp_table table;
	const struct mp_dm_flags flags = { .reload = true };

	(void)state;
	assert_int_equal(create("map0", "wwid0", 0, "0"), 0);
	assert_int_equal(mp_dm_read("wwid0", &map), 0);
	table_of_lun(1, "0", &table);
	assert_int_equal(mp_dm_reload("wwid0", &table, &flags, false), 0);
	assert_int_equal(mp_dm_read_status("wwid0", &map), -EBADMSG);
	mp_dm_map_fini(&map);
	remove_map("wwid0");
}

static bool has_device(const char *name, const char *uuid)
{
	struct mp_dm_listed *list;
	bool found = false;
	size_t count;

	assert_int_equal(mp_dm_list(&list, &count), 0);
	for (size_t i = 0; i < count; i++)
		found |= !strcmp(list[i].name, name) && !strcmp(list[i].uuid, uuid);
	mp_dm_list_free(list, count);
	return found;
}

static void a_rename_includes_the_partitions(void **state)
{
	struct mp_dm_listed *list;
	size_t count, found = 0;

	(void)state;
	assert_int_equal(create("map0", "wwid0", 0, "0"), 0);
	assert_int_equal(create("map1", "wwid1", 1, "0"), 0);
	run("udevadm settle");
	run("dmsetup create map0p3 --uuid part3-mpath-wwid0 --table '0 8 linear /dev/mapper/map0 0'");
	run("dmsetup create map1p1 --uuid part1-mpath-wwid1 --table '0 8 linear /dev/mapper/map1 0'");
	assert_int_equal(mp_dm_rename("wwid0", "map1", NULL, NULL), -EEXIST);
	assert_int_equal(mp_dm_rename("wwid7", "map7", NULL, NULL), -ENODEV);
	assert_int_equal(mp_dm_rename("wwid0", "db 7", NULL, NULL), 0);
	assert_int_equal(mp_dm_list(&list, &count), 0);
	for (size_t i = 0; i < count; i++) {
		if (!strcmp(list[i].uuid, "mpath-wwid0"))
			found += !strcmp(list[i].name, "db 7");
		if (!strcmp(list[i].uuid, "part3-mpath-wwid0"))
			found += !strcmp(list[i].name, "db 7p3");
		if (!strcmp(list[i].uuid, "part1-mpath-wwid1"))
			found += !strcmp(list[i].name, "map1p1");
	}
	mp_dm_list_free(list, count);
	assert_int_equal(found, 3);
	/* one that was interrupted after the partition's map had its new name */
	run("dmsetup rename 'db 7p3' map9p3");
	assert_int_equal(mp_dm_rename("wwid0", "map9", NULL, NULL), 0);
	assert_true(has_device("map9", "mpath-wwid0") && has_device("map9p3", "part3-mpath-wwid0"));
	remove_map("wwid0");
	remove_map("wwid1");
	assert_int_equal(mp_dm_list(&list, &count), 0);
	mp_dm_list_free(list, count);
	assert_int_equal(count, 0);
}

static void a_map_in_use_is_busy_or_removed_later(void **state)
{
	const struct mp_dm_removal unused = { .only_unused = true },
				   deferred = { .deferred = true };
	_cleanup_(mp_dm_map_fini) struct mp_kernel_map map = { 0 };
	int fd;

	(void)state;
	assert_int_equal(create("map0", "wwid0", 0, "1 queue_if_no_path"), 0);
	run("udevadm settle");
	run("dmsetup create map0p1 --uuid part1-mpath-wwid0 --table '0 8 linear /dev/mapper/map0 0'");
	run("udevadm settle");
	assert_int_equal(mp_dm_open_count("wwid0"), 0);
	fd = open("/dev/mapper/map0p1", O_RDONLY);
	assert_true(fd >= 0);
	assert_int_equal(mp_dm_open_count("wwid0"), 1);
	assert_int_equal(mp_dm_remove("wwid0", &unused), -EBUSY);
	assert_int_equal(mp_dm_remove("wwid0", &(struct mp_dm_removal){ 0 }), -EBUSY);
	assert_int_equal(mp_dm_read("wwid0", &map), 0);
	assert_false(map.suspended);
	assert_true(mp_table_has_feature(&map.table, "queue_if_no_path"));

	assert_int_equal(mp_dm_remove("wwid0", &deferred), 1);
	assert_int_equal(mp_dm_cancel_deferred("wwid0"), 0);
	close(fd);
	assert_true(exists("wwid0"));
	fd = open("/dev/mapper/map0p1", O_RDONLY);
	assert_int_equal(mp_dm_remove("wwid0", &deferred), 1);
	close(fd);
	for (int tries = 50; tries && exists("wwid0"); tries--)
		usleep(100000);
	assert_false(exists("wwid0"));
	assert_int_equal(mp_dm_remove("wwid0", &unused), -ENODEV);
}

/* A process that reads from @device; returns when it waits for that. */
static pid_t reader_start(const char *device)
{
	char path[64], state = 'R';
	int ready[2];
	pid_t child;

	assert_int_equal(pipe(ready), 0);
	child = fork();
	if (child == 0) {
		static char block[4096] __attribute__((aligned(4096)));
		int fd = open(device, O_RDONLY | O_DIRECT);

		close(ready[0]);
		close(ready[1]);
		_exit(read(fd, block, sizeof(block)) == sizeof(block) ? 0 : 7);
	}
	close(ready[1]);
	assert_int_equal(read(ready[0], path, 1), 0);
	close(ready[0]);
	snprintf(path, sizeof(path), "/proc/%d/stat", (int)child);
	for (int tries = 200; tries && state != 'D'; tries--) {
		FILE *file = fopen(path, "r");

		assert_non_null(file);
		assert_int_equal(fscanf(file, "%*d (%*[^)]) %c", &state), 1);
		fclose(file);
		usleep(50000);
	}
	assert_int_equal(state, 'D');
	return child;
}

/* All paths have failed and I/O is queued: an attempt to remove the map changes nothing. */
static void a_failed_removal_leaves_the_map_unchanged(void **state)
{
	static const struct mp_dm_removal ways[] = { { .only_unused = true },
						     { .only_unused = false } };
	_cleanup_(mp_dm_map_fini) struct mp_kernel_map map = { 0 };
	int status, fd;
	pid_t child;

	(void)state;
	assert_int_equal(create("map0", "wwid0", 0, "1 queue_if_no_path"), 0);
	run("udevadm settle");
	run("dmsetup create 'map0 p2' --uuid part2-mpath-wwid0 --readonly --table '0 8 linear /dev/mapper/map0 16'");
	run("udevadm settle");
	for (unsigned host = 0; host < HOSTS; host++) {
		dev_t path = disk_of(0, host)->identity.devt;
		char message[64];

		snprintf(message, sizeof(message), "fail_path %u:%u", major(path), minor(path));
		assert_int_equal(mp_dm_message("wwid0", message), 0);
	}
	fd = open("/dev/mapper/map0", O_RDONLY);
	assert_true(fd >= 0);
	child = reader_start("/dev/mapper/map0");
	/* The second case is the result of a race with a program that opens it. */
	for (size_t i = 0; i < ARRAY_SIZE(ways); i++) {
		assert_int_equal(mp_dm_remove("wwid0", &ways[i]), -EBUSY);
		mp_dm_map_fini(&map);
		assert_int_equal(mp_dm_read("wwid0", &map), 0);
		assert_false(map.suspended);
		assert_true(mp_table_has_feature(&map.table, "queue_if_no_path"));
		assert_int_equal(waitpid(child, &status, WNOHANG), 0);
		assert_true(has_device("map0 p2", "part2-mpath-wwid0"));
		run("dmsetup table 'map0 p2' | grep -q '^0 8 linear [0-9:]* 16$'");
		run("dmsetup info -c --noheadings -o attr 'map0 p2' | grep -q r");
	}
	for (unsigned host = 0; host < HOSTS; host++) {
		dev_t path = disk_of(0, host)->identity.devt;
		char message[64];

		snprintf(message, sizeof(message), "reinstate_path %u:%u", major(path),
			 minor(path));
		assert_int_equal(mp_dm_message("wwid0", message), 0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(WEXITSTATUS(status), 0);
	close(fd);
	run("udevadm settle");
	assert_int_equal(mp_dm_remove("wwid0", &ways[0]), 0);
	assert_false(has_device("map0 p2", "part2-mpath-wwid0"));
}

static void a_half_made_map_is_completed_or_removed(void **state)
{
	static const char *const ways[][2] = {
		{ "map0", "true" },
		{ "odd name", "dmsetup load --uuid mpath-wwid0 --table '0 8 zero'" },
		{ "wwid0", "dmsetup suspend --uuid mpath-wwid0" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(ways); i++) {
		struct mp_kernel_map map = { 0 };

		run("dmsetup create '%s' --uuid mpath-wwid0 --notable", ways[i][0]);
		run("%s", ways[i][1]);
		assert_int_equal(mp_dm_read("wwid0", &map), 0);
		assert_true(map.half_made);
		mp_dm_map_fini(&map);
		assert_int_equal(create("map0", "wwid0", 0, "0"), 0);
		assert_int_equal(mp_dm_read("wwid0", &map), 0);
		assert_false(map.half_made || map.other_target || map.suspended ||
			     map.inactive_table);
		assert_string_equal(map.name, "map0");
		mp_dm_map_fini(&map);
		assert_int_equal(mp_dm_remove_half_made("wwid0"), 0);
		assert_true(exists("wwid0"));
		run("udevadm settle");
		remove_map("wwid0");
	}
}

static void a_half_made_map_keeps_no_name_from_another(void **state)
{
	struct mp_kernel_map map = { 0 };

	(void)state;
	run("dmsetup create map0 --uuid mpath-wwid1 --notable");
	run("dmsetup create map1 --uuid mpath-wwid0 --notable");
	assert_int_equal(create("map0", "wwid0", 0, "0"), 0);
	assert_true(has_device("map0", "mpath-wwid0") && has_device("wwid1", "mpath-wwid1"));
	assert_int_equal(create("map1", "wwid1", 1, "0"), 0);
	assert_true(has_device("map1", "mpath-wwid1"));
	/* a rename finds the name free, too */
	run("dmsetup create map2 --uuid mpath-wwid2 --notable");
	assert_int_equal(mp_dm_rename("wwid0", "map2", NULL, NULL), 0);
	assert_true(has_device("map2", "mpath-wwid0") && has_device("wwid2", "mpath-wwid2"));
	assert_int_equal(mp_dm_read("wwid2", &map), 0);
	assert_true(map.half_made);
	mp_dm_map_fini(&map);
	assert_int_equal(mp_dm_remove_half_made("wwid2"), 1);
	assert_false(exists("wwid2"));
	/* devices of other programs are left alone */
	run("dmsetup create other --notable");
	assert_int_equal(create("other", "wwid2", 2, "0"), -EEXIST);
	assert_false(exists("wwid2"));
	run("dmsetup remove other");
	run("udevadm settle");
	remove_map("wwid0");
	remove_map("wwid1");
}

static void a_map_can_be_read_only(void **state)
{
	_cleanup_(mp_dm_map_fini) struct mp_kernel_map map = { 0 };
	_cleanup_(mp_table_fini) struct mp_table table;
	const char *path = disk_of(0, 1)->identity.name;
	struct mp_dm_flags flags = { .read_only = true };

	(void)state;
	run("blockdev --setro /dev/%s", path);
	assert_int_equal(create("map1", "wwid1", 0, "0"), 0);
	remove_map("wwid1");
	run("blockdev --setrw /dev/%s", path);
	table_of_lun(0, "0", &table);
	assert_int_equal(mp_dm_create("map0", "wwid0", &table, &flags), 0);
	assert_int_equal(mp_dm_read("wwid0", &map), 0);
	assert_true(map.read_only);
	flags.read_only = false;
	assert_int_equal(mp_dm_reload("wwid0", &table, &flags, false), 0);
	assert_int_equal(mp_dm_read_status("wwid0", &map), 0);
	assert_false(map.read_only);
	remove_map("wwid0");
}

static void other_devices_are_moved_onto_the_map(void **state)
{
	const dev_t paths[] = { disk_of(0, 0)->identity.devt, disk_of(0, 1)->identity.devt };
	_cleanup_(mp_dm_map_fini) struct mp_kernel_map map = { 0 };

	(void)state;
	run("dmsetup create other --table '0 64 linear /dev/%s 8'", disk_of(0, 1)->identity.name);
	assert_int_equal(create("map0", "wwid0", 0, "0"), 0);
	assert_int_equal(mp_dm_read("wwid0", &map), 0);
	assert_int_equal(mp_dm_reassign("wwid0", paths, ARRAY_SIZE(paths)), 0);
	run("[ \"$(dmsetup table other)\" = \"0 64 linear $(dmsetup info -c --noheadings -o major,minor map0) 8\" ]");
	run("dmsetup remove --retry other"); /* udev may have it open */
	remove_map("wwid0");
}

static void names_and_tables_of_any_size_are_read(void **state)
{
	static const char *const names[] = { "plain",	    "with blank",      "a/slash",
					     "back\\slash", "umlaut-\xc3\xa4", "100%" };
	enum { GROUPS = 16, PER_GROUP = 8 };
	_cleanup_strbuf_ struct mp_strbuf params = MP_STRBUF_INIT, got = MP_STRBUF_INIT;
	_cleanup_(mp_table_fini) struct mp_table table = MP_TABLE_INIT;
	_cleanup_(mp_dm_map_fini) struct mp_kernel_map map = { 0 };
	const struct mp_dm_flags flags = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct mp_kernel_map named = { 0 };
		struct mp_dm_listed *list;
		size_t count;

		if (strchr(names[i], '/'))
			continue;
		assert_int_equal(create(names[i], names[i], 0, "0"), 0);
		assert_int_equal(mp_dm_read(names[i], &named), 0);
		assert_string_equal(named.name, names[i]);
		mp_dm_map_fini(&named);
		assert_int_equal(mp_dm_list(&list, &count), 0);
		assert_int_equal(count, 1);
		assert_string_equal(list[0].name, names[i]);
		assert_string_equal(mp_dm_wwid(list[0].uuid), names[i]);
		mp_dm_list_free(list, count);
		remove_map(names[i]);
	}

	mp_strbuf_printf(&params, "0 0 %d 1", GROUPS);
	for (unsigned g = 0; g < GROUPS; g++) {
		mp_strbuf_printf(&params, " service-time 0 %d 1", PER_GROUP);
		for (unsigned p = 0; p < PER_GROUP; p++) {
			dev_t devt = world.disks[p % PATHS].identity.devt;

			mp_strbuf_printf(&params, " %u:%u 1", major(devt), minor(devt));
		}
	}
	assert_int_equal(mp_table_parse(mp_strbuf_text(&params), &table), 0);
	table.size_sectors = SIZE;
	assert_int_equal(mp_dm_create("many", "many", &table, &flags), 0);
	assert_int_equal(mp_dm_read("many", &map), 0);
	mp_table_format(&map.table, &got);
	assert_string_equal(mp_strbuf_text(&got), mp_strbuf_text(&params));
	remove_map("many");
}

/*
 * No sanitizer runs in user-mode Linux, so the memory in use must not grow from round to round. A
 * block that takes the place of another one may be 16 bytes larger than needed, in any round. A
 * block leaked in each round has at least 32 bytes, but the first seven may come from malloc()'s
 * cache, which counts as in use.
 */
static void repeated_calls_leak_no_memory(void **state)
{
	enum { ROUNDS = 10, WARM = 2, LEAST = 32 };
	const struct mp_dm_flags flags = { .reload = true };
	size_t in_use = 0;

	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		_cleanup_(mp_table_fini) struct mp_table table;
		struct mp_kernel_map map = { 0 };
		struct mp_identity identity;
		struct mp_props props = MP_PROPS_INIT;
		struct mp_dm_listed *list;
		size_t count;

		assert_int_equal(create("map0", "wwid0", 0, "0"), 0);
		assert_int_equal(create("map0", "wwid1", 1, "0"), -EEXIST);
		table_of_lun(0, "1 queue_if_no_path", &table);
		assert_int_equal(mp_dm_reload("wwid0", &table, &flags, false), 0);
		assert_int_equal(mp_dm_read("wwid0", &map), 0);
		assert_int_equal(mp_dm_read_status("wwid0", &map), 0);
		assert_int_equal(mp_dm_message("wwid0", "bad message"), -EINVAL);
		mp_dm_map_fini(&map);
		assert_int_equal(mp_dm_list(&list, &count), 0);
		mp_dm_list_free(list, count);
		assert_int_equal(mp_probe_identity(&mp_roots_system, disk_of(0, 0)->identity.devt,
						   disk_of(0, 0)->identity.name, disk_of(0, 0)->dir,
						   &identity, NULL),
				 0);
		assert_int_equal(mp_probe_props(&mp_roots_system, identity.devt, disk_of(0, 0)->dir,
						true, &props),
				 0);
		mp_props_fini(&props);
		remove_map("wwid0");
		if (round == WARM - 1)
			in_use = mallinfo2().uordblks;
	}
	assert_true(mallinfo2().uordblks < in_use + (ROUNDS - WARM) / 2 * LEAST);
}

/* ---- several workers at once */

static void *work(void *userdata)
{
	unsigned lun = (uintptr_t)userdata;
	const struct mp_dm_flags flags = { .reload = true };
	struct mp_table table;
	char name[16], wwid[16], other[16];
	int r = 0;

	snprintf(name, sizeof(name), "map%u", lun);
	snprintf(other, sizeof(other), "other%u", lun);
	snprintf(wwid, sizeof(wwid), "wwid%u", lun);
	table_of_lun(lun % LUNS, "0", &table);
	for (int round = 0; round < 2 && r == 0; round++) {
		struct mp_kernel_map map = { 0 };
		const struct mp_dm_removal plain = { 0 };

		r = mp_dm_create(name, wwid, &table, &flags);
		if (r == 0)
			r = mp_dm_reload(wwid, &table, &flags, false);
		if (r == 0)
			r = mp_dm_rename(wwid, other, NULL, &flags);
		if (r == 0)
			r = mp_dm_read(wwid, &map);
		if (r == 0 && strcmp(map.name, other))
			r = -EBADE;
		mp_dm_map_fini(&map);
		if (r == 0)
			r = mp_dm_message(wwid, "queue_if_no_path");
		if (r == 0)
			r = mp_dm_remove(wwid, &plain);
	}
	mp_table_fini(&table);
	return (void *)(intptr_t)r;
}

static void workers_do_not_disturb_each_other(void **state)
{
	pthread_t threads[4];

	(void)state;
	for (uintptr_t i = 0; i < ARRAY_SIZE(threads); i++)
		assert_int_equal(pthread_create(&threads[i], NULL, work, (void *)i), 0);
	for (size_t i = 0; i < ARRAY_SIZE(threads); i++) {
		void *result;

		pthread_join(threads[i], &result);
		assert_int_equal((intptr_t)result, 0);
	}
}

/* ---- checkers and prioritizers */

static void set_device_state(const struct disk *disk, const char *text)
{
	assert_int_equal(mp_probe_write(&mp_roots_system, disk->dir, "device/state", text), 0);
}

static int open_disk(const struct disk *disk)
{
	char node[64];
	int fd;

	snprintf(node, sizeof(node), "/dev/%s", disk->identity.name);
	fd = open(node, O_RDONLY);
	assert_true(fd >= 0);
	return fd;
}

static void checkers_follow_the_path(void **state)
{
	static const char *const names[] = { "tur", "readsector0", "directio" };
	const struct disk *disk = disk_of(2, 1);
	_cleanup_close_ int fd = open_disk(disk);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const struct mp_checker *checker = mp_checker_find(names[i]);
		struct mp_check check = { .fd = fd, .timeout_msec = TIMEOUT_MSEC };

		assert_int_equal(checker->check(&check), 0);
		assert_int_equal(check.state, MP_PATH_UP);
		set_device_state(disk, "offline");
		assert_int_equal(mp_probe_state(&mp_roots_system, disk->dir,
						disk->identity.protocol),
				 MP_PATH_DOWN);
		assert_int_equal(checker->check(&check), 0);
		assert_int_equal(check.state, MP_PATH_DOWN);
		set_device_state(disk, "running");
		assert_int_equal(mp_probe_state(&mp_roots_system, disk->dir,
						disk->identity.protocol),
				 MP_PATH_UP);
		assert_int_equal(checker->check(&check), 0);
		assert_int_equal(check.state, MP_PATH_UP);
	}
}

static void reads_of_all_paths_share_a_context(void **state)
{
	const struct mp_checker *checker = mp_checker_find("directio");
	_cleanup_(mp_aio_freep) struct mp_aio *aio = NULL;
	struct mp_check checks[PATHS];
	struct mp_aio_done done[PATHS];
	size_t answers = 0;
	int event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);

	(void)state;
	assert_int_equal(mp_aio_new(event_fd, PATHS, &aio), 0);
	for (unsigned i = 0; i < PATHS; i++) {
		checks[i] = (struct mp_check){
			.fd = open_disk(&world.disks[i]),
			.timeout_msec = TIMEOUT_MSEC,
			.aio = aio,
			.cookie = &checks[i],
		};
		assert_int_equal(checker->check(&checks[i]), 1);
		assert_int_equal(checks[i].state, MP_PATH_PENDING);
		close(checks[i].fd);
	}
	while (answers < PATHS) {
		struct pollfd pollfd = { .fd = event_fd, .events = POLLIN };
		uint64_t value;
		size_t count;

		assert_int_equal(poll(&pollfd, 1, 5000), 1);
		assert_int_equal(read(event_fd, &value, sizeof(value)), sizeof(value));
		count = mp_aio_reap(aio, done, PATHS);
		for (size_t i = 0; i < count; i++) {
			struct mp_check *check = done[i].cookie;

			mp_check_take_read(check, done[i].error);
			assert_int_equal(check->state, MP_PATH_UP);
		}
		answers += count;
	}
	close(event_fd);
}

/* A read through a suspended device hangs; nothing else may hang. */
static void a_read_that_hangs_is_left_alone(void **state)
{
	const struct mp_checker *checker = mp_checker_find("directio");
	struct mp_aio *aio;
	struct mp_check check = { .timeout_msec = 500 };
	struct mp_aio_done done;
	int event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);

	(void)state;
	run("dmsetup create hang --table '0 64 linear /dev/%s 0' && udevadm settle && dmsetup suspend hang",
	    disk_of(3, 0)->identity.name);
	check.fd = open("/dev/mapper/hang", O_RDONLY);
	assert_true(check.fd >= 0);
	assert_int_equal(checker->check(&check), 0);
	assert_int_equal(check.state, MP_PATH_DOWN);
	assert_string_equal(check.message, "read timed out");

	assert_int_equal(mp_aio_new(event_fd, 4, &aio), 0);
	check.aio = aio;
	check.cookie = &check;
	assert_int_equal(checker->check(&check), 1);
	assert_int_equal(mp_aio_wait(aio, 200, &done, 1), 0);
	run("dmsetup resume hang");
	assert_int_equal(mp_aio_wait(aio, 5000, &done, 1), 1);
	assert_int_equal(done.error, 0);
	mp_aio_free(aio);
	close(check.fd);
	close(event_fd);
	run("dmsetup remove --retry hang");
}

static void one_report_answers_for_all_paths(void **state)
{
	const struct mp_prioritizer *alua = mp_prioritizer_find("alua");
	struct mp_prioritization asked = {
		.fd = open_disk(disk_of(0, 0)),
		.roots = &mp_roots_system,
		.dir = disk_of(0, 0)->dir,
		.tpgs = disk_of(0, 0)->identity.tpgs,
		.tpg = disk_of(0, 0)->identity.tpg,
		.args = "",
		.timeout_msec = TIMEOUT_MSEC,
	};
	const struct mp_identity *sibling = &disk_of(0, 1)->identity;
	int priority = alua->priority(&asked);

	(void)state;
	assert_in_range(priority, 1, 130);
	assert_true(asked.groups_size > 4);
	assert_int_equal(alua->derive(&asked, &disk_of(0, 0)->identity, ""), priority);
	assert_true(alua->derive(&asked, sibling, "") >= 0 ||
		    alua->derive(&asked, sibling, "") == -ENOENT);
	assert_int_equal(mp_prioritizer_find("const")->priority(&asked), 1);
	assert_int_equal(mp_prioritizer_find("sysfs")->priority(&asked), -ENOENT);
	close(asked.fd);
}

static void a_trigger_is_a_uevent(void **state)
{
	_cleanup_close_ int fd = uevents_open();
	char text[8192];
	bool seen = false;

	(void)state;
	assert_int_equal(mp_probe_trigger(&mp_roots_system, disk_of(0, 0)->dir, "change"), 0);
	while (recv(fd, text, sizeof(text), 0) > 0)
		seen = seen ||
		       (!strncmp(text, "change@", 7) && strstr(text, disk_of(0, 0)->identity.name));
	assert_true(seen);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(every_disk_has_its_identity, remove_all),
		cmocka_unit_test_teardown(udev_properties_contain_the_wwid, remove_all),
		cmocka_unit_test_teardown(a_map_is_created_read_and_removed, remove_all),
		cmocka_unit_test_teardown(a_name_or_wwid_in_use_is_reported, remove_all),
		cmocka_unit_test_teardown(a_failed_creation_leaves_nothing, remove_all),
		cmocka_unit_test_teardown(flags_reach_udev_without_a_semaphore, remove_all),
		cmocka_unit_test_teardown(a_wait_ends_when_udev_made_the_link, remove_all),
		cmocka_unit_test_teardown(a_reload_changes_the_table, remove_all),
		cmocka_unit_test_teardown(a_failed_reload_keeps_the_old_table, remove_all),
		cmocka_unit_test_teardown(a_suspended_map_is_reported_until_it_is_resumed,
					  remove_all),
		cmocka_unit_test_teardown(a_failed_path_is_an_event_and_a_state, remove_all),
		cmocka_unit_test_teardown(a_status_that_no_longer_fits_is_reported, remove_all),
		cmocka_unit_test_teardown(a_rename_includes_the_partitions, remove_all),
		cmocka_unit_test_teardown(a_map_in_use_is_busy_or_removed_later, remove_all),
		cmocka_unit_test_teardown(a_failed_removal_leaves_the_map_unchanged, remove_all),
		cmocka_unit_test_teardown(a_half_made_map_is_completed_or_removed, remove_all),
		cmocka_unit_test_teardown(a_half_made_map_keeps_no_name_from_another, remove_all),
		cmocka_unit_test_teardown(a_map_can_be_read_only, remove_all),
		cmocka_unit_test_teardown(other_devices_are_moved_onto_the_map, remove_all),
		cmocka_unit_test_teardown(names_and_tables_of_any_size_are_read, remove_all),
		cmocka_unit_test_teardown(repeated_calls_leak_no_memory, remove_all),
		cmocka_unit_test_teardown(workers_do_not_disturb_each_other, remove_all),
		cmocka_unit_test_teardown(checkers_follow_the_path, remove_all),
		cmocka_unit_test_teardown(reads_of_all_paths_share_a_context, remove_all),
		cmocka_unit_test_teardown(a_read_that_hangs_is_left_alone, remove_all),
		cmocka_unit_test_teardown(one_report_answers_for_all_paths, remove_all),
		cmocka_unit_test_teardown(a_trigger_is_a_uevent, remove_all),
	};

	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests(tests, find_disks, NULL);
}
