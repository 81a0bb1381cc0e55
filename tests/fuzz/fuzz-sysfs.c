/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One attribute in sysfs: as a number, as text, as the state of a path, as the state of a target
 * port group.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "kernel/probe.h"
#include "kernel/sysfs.h"
#include "prioritizers/prioritizer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Every attribute that is read is a link to the one file with the input. */
static const char *const attributes[] = {
	"size",
	"ro",
	"device/vendor",
	"device/model",
	"device/rev",
	"device/state",
	"device/timeout",
	"device/access_state",
	"device/preferred_path",
	"device/vpd_pg80",
	"device/vpd_pg83",
	"device/inquiry",
	"queue/max_sectors_kb",
	"device/dh_state",
	"device/queue_depth",
	"uevent",
	"wwid",
	"device/transport",
	"device/cntlid",
	"device/subsysnqn",
};
static const char dir[] = "devices/pci0000:00/host3/target3:0:1/3:0:1:2/block/sda";

static char sys[] = "/tmp/fuzz-sysfs.XXXXXX";
static char dev[sizeof(sys) + 16];

static void remove_machine(void)
{
	char command[64];

	snprintf(command, sizeof(command), "rm -rf %s", sys);
	if (system(command))
		perror(sys);
}

static int make_machine(void)
{
	int fd = memfd_create("attribute", 0);
	char file[512], link[64];

	if (fd < 0 || !mkdtemp(sys))
		abort();
	atexit(remove_machine);
	snprintf(file, sizeof(file), "mkdir -p %s/%s/device %s/%s/queue", sys, dir, sys, dir);
	if (system(file))
		abort();
	snprintf(link, sizeof(link), "/proc/%d/fd/%d", getpid(), fd);
	for (size_t i = 0; i < ARRAY_SIZE(attributes); i++) {
		snprintf(file, sizeof(file), "%s/%s/%s", sys, dir, attributes[i]);
		if (symlink(link, file))
			abort();
	}
	snprintf(dev, sizeof(dev), "%s/dev", sys);
	return fd;
}

static void ask(const struct mp_roots *roots)
{
	struct mp_prioritization asked = {
		.fd = -1, .roots = roots, .dir = dir, .args = "", .tpg = -1
	};
	struct mp_identity *identity = calloc(1, sizeof(*identity));
	struct mp_identity_room *room = calloc(1, sizeof(*room));
	char wwid[MP_WWID_SIZE];
	int priority;

	if (!identity || !room)
		abort();
	if (mp_probe_identity(roots, 0x800, "sda", dir, identity, room) == 0) {
		mp_probe_details(roots, dir, identity, room);
		if (!memchr(identity->vendor, '\0', sizeof(identity->vendor)) ||
		    !memchr(room->serial, '\0', sizeof(room->serial)))
			abort();
	}
	free(identity);
	free(room);
	if (mp_probe_state(roots, dir, MP_PROTOCOL_SCSI_FCP) >= MP_PATH_STATES ||
	    mp_probe_state(roots, dir, MP_PROTOCOL_NVME_TCP) >= MP_PATH_STATES)
		abort();
	if (mp_probe_page_wwid(roots, MP_PROTOCOL_SCSI_FCP, dir, wwid) == 0 && !*wwid)
		abort();
	mp_probe_page_names(roots, MP_PROTOCOL_SCSI_FCP, dir, "3600140500000000000000000000000000");
	priority = mp_prioritizer_find("sysfs")->priority(&asked);
	if (priority < 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int fd = -1;
	const struct mp_roots roots = { .sys = sys, .run_udev = dev, .dev = dev, .proc = dev };
	uint64_t number;
	char text[8], as_written[24];

	if (fd < 0)
		fd = make_machine();
	if (ftruncate(fd, 0) || pwrite(fd, data, size, 0) != (ssize_t)size)
		abort();
	if (mp_sysfs_read(sys, dir, "size", text, sizeof(text)) >= 0 &&
	    strlen(text) >= sizeof(text))
		abort();
	/* A number has the value of its digits, or is refused. */
	if (mp_sysfs_read_number(sys, dir, "size", &number) == 0) {
		const char *digits = (const char *)data;
		size_t at = 0, end;

		while (at < size && digits[at] == '0')
			at++;
		for (end = at; end < size && digits[end] >= '0' && digits[end] <= '9';)
			end++;
		snprintf(as_written, sizeof(as_written), "%llu", (unsigned long long)number);
		if (number ? strlen(as_written) != end - at ||
				     memcmp(as_written, digits + at, end - at) :
			     end != at)
			abort();
	}
	ask(&roots);
	return 0;
}
