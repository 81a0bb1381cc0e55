/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ana: NVMe asymmetric namespace access: state of the namespace's group (NVM Express Base 1.4,
 * 5.14.1.12, 5.15.2).
 */
#include <errno.h>
#include <linux/nvme_ioctl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "base/bytes.h"
#include "base/cleanup.h"
#include "prioritizers/prioritizers.h"

enum {
	GET_LOG_PAGE = 0x02,
	IDENTIFY = 0x06,
	IDENTIFY_SIZE = 4096,
	IDENTIFY_NAMESPACE = 0,
	IDENTIFY_CONTROLLER = 1,
	LOG_ANA = 0x0c,
	GROUPS_ONLY = 1,
	ALL_NAMESPACES = -1,

	/* of Identify Controller data */
	CMIC = 76,
	CMIC_ANA = 0x08,
	ANACAP = 343,
	ANACAP_GROUPS_STAY = 0x40,
	NANAGRPID = 348,
	NN = 516,
	/* of Identify Namespace data */
	ANAGRPID = 92,

	LOG_HEADER_SIZE = 16,
	DESCRIPTOR_SIZE = 32,
	LOG_SIZE_MAX = 1 << 20,
};

static int admin_command(int fd, struct nvme_admin_cmd *command, void *data, size_t size,
			 unsigned timeout_msec)
{
	int r;

	command->addr = (uintptr_t)data;
	command->data_len = size;
	command->timeout_ms = timeout_msec;
	r = ioctl(fd, NVME_IOCTL_ADMIN_CMD, command);
	return r < 0 ? -errno : r > 0 ? -EIO : 0;
}

static int identify(int fd, uint32_t nsid, unsigned what, unsigned char *data,
		    unsigned timeout_msec)
{
	struct nvme_admin_cmd command = { .opcode = IDENTIFY, .nsid = nsid, .cdw10 = what };

	return admin_command(fd, &command, data, IDENTIFY_SIZE, timeout_msec);
}

static int read_log(int fd, bool groups_only, unsigned char *data, size_t size,
		    unsigned timeout_msec)
{
	uint32_t words = size / 4 - 1;
	struct nvme_admin_cmd command = {
		.opcode = GET_LOG_PAGE,
		.nsid = ALL_NAMESPACES,
		.cdw10 = LOG_ANA | (groups_only ? GROUPS_ONLY << 8 : 0) | words << 16,
		.cdw11 = words >> 16,
	};

	return admin_command(fd, &command, data, size, timeout_msec);
}

/* @group 0: look for @nsid in the groups' lists. Return: state, -ENOENT, -EBADMSG. */
static int find_state(const unsigned char *log, size_t size, uint32_t group, uint32_t nsid)
{
	unsigned groups = mp_bytes_le16(log + 8);
	size_t at = LOG_HEADER_SIZE;

	for (; groups; groups--) {
		const unsigned char *descriptor = log + at;
		uint32_t count;

		if (size - at < DESCRIPTOR_SIZE)
			return -EBADMSG;
		count = mp_bytes_le32(descriptor + 4);
		if (count > (size - at - DESCRIPTOR_SIZE) / 4)
			return -EBADMSG;
		if (group && mp_bytes_le32(descriptor) == group)
			return descriptor[16] & 0xf;
		for (uint32_t i = 0; !group && i < count; i++)
			if (mp_bytes_le32(descriptor + DESCRIPTOR_SIZE + 4 * i) == nsid)
				return descriptor[16] & 0xf;
		at += DESCRIPTOR_SIZE + 4 * (size_t)count;
	}
	return -ENOENT;
}

static int priority_of_state(int state)
{
	switch (state) {
	case 0x1: /* optimized */
		return 50;
	case 0x2: /* non-optimized */
		return 10;
	case 0x3: /* inaccessible */
	case 0xf: /* change */
		return 1;
	case 0x4: /* persistent loss */
		return 0;
	}
	return state < 0 ? state : -EBADMSG;
}

int mp_ana_is_supported(int fd, unsigned timeout_msec)
{
	unsigned char controller[IDENTIFY_SIZE];
	int r = identify(fd, 0, IDENTIFY_CONTROLLER, controller, timeout_msec);

	if (r == -ENOTTY)
		return 0;
	return r < 0 ? r : !!(controller[CMIC] & CMIC_ANA);
}

static int ana_priority(struct mp_prioritization *prioritization)
{
	unsigned char controller[IDENTIFY_SIZE], namespace[IDENTIFY_SIZE];
	_cleanup_free_ unsigned char *log = NULL;
	unsigned timeout = prioritization->timeout_msec;
	int fd = prioritization->fd, nsid, r;
	uint32_t group = 0;
	bool groups_stay;
	uint64_t size;

	nsid = ioctl(fd, NVME_IOCTL_ID);
	if (nsid < 0)
		return -errno;
	r = identify(fd, 0, IDENTIFY_CONTROLLER, controller, timeout);
	if (r < 0)
		return r;
	if (!(controller[CMIC] & CMIC_ANA))
		return -EOPNOTSUPP;
	groups_stay = controller[ANACAP] & ANACAP_GROUPS_STAY;
	if (groups_stay) {
		r = identify(fd, nsid, IDENTIFY_NAMESPACE, namespace, timeout);
		if (r < 0)
			return r;
		group = mp_bytes_le32(namespace + ANAGRPID);
	}

	size = LOG_HEADER_SIZE + (uint64_t)mp_bytes_le32(controller + NANAGRPID) * DESCRIPTOR_SIZE +
	       (group ? 0 : (uint64_t)mp_bytes_le32(controller + NN) * 4);
	if (size > LOG_SIZE_MAX)
		size = LOG_SIZE_MAX;
	log = calloc(1, size);
	if (!log)
		return -ENOMEM;
	r = read_log(fd, group != 0, log, size, timeout);
	return r < 0 ? r : priority_of_state(find_state(log, size, group, nsid));
}

const struct mp_prioritizer mp_prioritizer_ana = { .name = "ana", .priority = ana_priority };
