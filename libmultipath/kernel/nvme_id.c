/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kernel/nvme_id.h"

#include <errno.h>
#include <linux/nvme_ioctl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

#include "base/cleanup.h"

enum {
	IDENTIFY = 0x06,
	CNS_NAMESPACE = 0x00,
	CNS_DESCRIPTORS = 0x03,

	/* of Identify Namespace data */
	NGUID = 104,
	EUI64 = 120,

	DESCRIPTOR_HEADER = 4,
	TYPE_EUI64 = 1,
	TYPE_NGUID = 2,
	TYPE_UUID = 3,
};

static bool is_zero(const uint8_t *name, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (name[i])
			return false;
	return true;
}

void mp_nvme_take_descriptors(const uint8_t *data, size_t size, struct mp_nvme_names *names)
{
	const struct {
		unsigned type;
		uint8_t *name;
		size_t size;
	} kinds[] = {
		{ TYPE_EUI64, names->eui64, sizeof(names->eui64) },
		{ TYPE_NGUID, names->nguid, sizeof(names->nguid) },
		{ TYPE_UUID, names->uuid, sizeof(names->uuid) },
	};
	size_t at = 0;

	while (size - at >= DESCRIPTOR_HEADER && data[at + 1]) {
		size_t length = data[at + 1];

		if (length > size - at - DESCRIPTOR_HEADER)
			return;
		for (size_t k = 0; k < ARRAY_SIZE(kinds); k++)
			if (data[at] == kinds[k].type && length == kinds[k].size)
				memcpy(kinds[k].name, data + at + DESCRIPTOR_HEADER, length);
		at += DESCRIPTOR_HEADER + length;
	}
}

void mp_nvme_take_namespace(const uint8_t *data, size_t size, struct mp_nvme_names *names)
{
	if (size < EUI64 + sizeof(names->eui64))
		return;
	if (is_zero(names->nguid, sizeof(names->nguid)))
		memcpy(names->nguid, data + NGUID, sizeof(names->nguid));
	if (is_zero(names->eui64, sizeof(names->eui64)))
		memcpy(names->eui64, data + EUI64, sizeof(names->eui64));
}

/* @dashes: as in a UUID. Return: it has that name. */
static bool format(const char *prefix, const uint8_t *name, size_t name_size, bool dashes,
		   char *text, size_t size)
{
	int used = snprintf(text, size, "%s", prefix);

	if (is_zero(name, name_size))
		return false;
	for (size_t i = 0; i < name_size && used > 0 && (size_t)used < size; i++)
		used += snprintf(text + used, size - used, "%s%02x",
				 dashes && (i == 4 || i == 6 || i == 8 || i == 10) ? "-" : "",
				 name[i]);
	return used > 0 && (size_t)used < size;
}

int mp_nvme_wwid(const struct mp_nvme_names *names, const char *known, char *wwid, size_t size)
{
	char texts[3][64];
	const bool has[] = {
		format("uuid.", names->uuid, sizeof(names->uuid), true, texts[0], sizeof(texts[0])),
		format("eui.", names->nguid, sizeof(names->nguid), false, texts[1],
		       sizeof(texts[1])),
		format("eui.", names->eui64, sizeof(names->eui64), false, texts[2],
		       sizeof(texts[2])),
	};
	const char *best = NULL;

	for (size_t i = ARRAY_SIZE(has); i-- > 0;)
		if (has[i] && (!best || strcmp(best, known)))
			best = texts[i];
	if (!best)
		return -ENOENT;
	snprintf(wwid, size, "%s", best);
	return 0;
}

bool mp_nvme_is_name(const char *wwid)
{
	return !strncmp(wwid, "uuid.", strlen("uuid.")) || !strncmp(wwid, "eui.", strlen("eui."));
}

/* Return: 0, -EOPNOTSUPP the controller refuses, other negative errno: it was not reached. */
static int identify(int fd, int nsid, unsigned what, uint8_t *data, unsigned timeout_msec)
{
	struct nvme_admin_cmd command = {
		.opcode = IDENTIFY,
		.nsid = nsid,
		.cdw10 = what,
		.addr = (uintptr_t)data,
		.data_len = MP_NVME_IDENTIFY_SIZE,
		.timeout_ms = timeout_msec,
	};
	int r = ioctl(fd, NVME_IOCTL_ADMIN_CMD, &command);

	return r < 0 ? -errno : r > 0 ? -EOPNOTSUPP : 0;
}

int mp_nvme_identify(int fd, const char *scanned, char *wwid, size_t size, unsigned timeout_msec)
{
	uint8_t data[MP_NVME_IDENTIFY_SIZE] = { 0 };
	struct mp_nvme_names names = { 0 };
	int nsid, r;

	if (!mp_nvme_is_name(scanned)) {
		snprintf(wwid, size, "%s", scanned);
		return 0;
	}
	nsid = ioctl(fd, NVME_IOCTL_ID);
	if (nsid < 0)
		return -errno;
	r = identify(fd, nsid, CNS_DESCRIPTORS, data, timeout_msec);
	if (r == 0)
		mp_nvme_take_descriptors(data, sizeof(data), &names);
	else if (r != -EOPNOTSUPP) /* of old controllers, which have no such list */
		return r;
	if (r == 0 && mp_nvme_wwid(&names, scanned, wwid, size) == 0 && !strcmp(wwid, scanned))
		return 0;
	memset(data, 0, sizeof(data));
	r = identify(fd, nsid, CNS_NAMESPACE, data, timeout_msec);
	if (r < 0)
		return r == -EOPNOTSUPP ? -EIO : r;
	mp_nvme_take_namespace(data, sizeof(data), &names);
	/* A number that no namespace has any more is answered with zeros. */
	return mp_nvme_wwid(&names, scanned, wwid, size) < 0 ? -ENODEV : 0;
}
