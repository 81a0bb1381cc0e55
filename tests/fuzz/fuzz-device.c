/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The replies of a device: status bytes, sense data, INQUIRY data and vendors' pages, target port
 * groups, NVMe's ANA log. The first byte chooses the code under test, the rest is what ioctl()
 * returns, command after command.
 */
#include <errno.h>
#include <linux/fs.h>
#include <linux/nvme_ioctl.h>
#include <scsi/sg.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "base/cleanup.h"
#include "checkers/checker.h"
#include "kernel/nvme_id.h"
#include "kernel/reserving.h"
#include "kernel/scsi.h"
#include "prioritizers/prioritizer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct {
	const uint8_t *bytes;
	size_t left;
	unsigned asked;
} device;

static size_t take(void *to, size_t size)
{
	if (size > device.left)
		size = device.left;
	if (size)
		memcpy(to, device.bytes, size);
	device.bytes += size;
	device.left -= size;
	return size;
}

static uint8_t take_byte(void)
{
	uint8_t byte = 0;

	take(&byte, 1);
	return byte;
}

static int refuse(void)
{
	static const int errors[] = { EIO, ENOTTY, EINVAL, ENODEV, ENOMEM, EAGAIN, EINTR, ENXIO };

	errno = errors[take_byte() % ARRAY_SIZE(errors)];
	return -1;
}

/* The kernel never writes more than fits; only that much of the data is kept. */
static void answer_scsi(struct sg_io_hdr *header)
{
	unsigned sense = take_byte(), room = header->dxfer_len, data = take_byte() << 8;

	data |= take_byte();
	header->host_status = take_byte() & 0x0f;
	header->status = take_byte();
	header->driver_status = take_byte() & 0x0f;
	header->duration = take_byte() << 4;
	header->sb_len_wr =
		take(header->sbp, sense < header->mx_sb_len ? sense : header->mx_sb_len);
	if (header->dxfer_direction == SG_DXFER_FROM_DEV)
		header->resid = (int)room - (int)take(header->dxferp, data < room ? data : room);
}

/* Replaces that of the C library. */
int ioctl(int fd, unsigned long request, ...)
{
	struct nvme_admin_cmd *command;
	va_list args;
	void *argument;

	(void)fd;
	va_start(args, request);
	argument = va_arg(args, void *);
	va_end(args);
	if (!device.left || device.asked++ == 1000)
		errno = ENODEV;
	else if (take_byte() == 0xff)
		return refuse();
	else if (request == SG_IO)
		return answer_scsi(argument), 0;
	else if (request == NVME_IOCTL_ID)
		return take_byte();
	else if (request == NVME_IOCTL_ADMIN_CMD) {
		command = argument;
		take((void *)(uintptr_t)command->addr, command->data_len);
		return take_byte() & 0x80; /* mostly success */
	} else {
		errno = ENOTTY;
	}
	return -1;
}

static void check(const struct mp_checker *checker)
{
	struct mp_check check = { .fd = -1, .timeout_msec = 1000 };

	/* Twice, because some keep state between checks. */
	for (int i = 0; i < 2 && checker->check; i++) {
		int r = checker->check(&check);

		if ((r != 0 && r > -1) || check.state >= MP_PATH_STATES ||
		    (r == 0 && check.state == MP_PATH_WILD) ||
		    !memchr(check.message, '\0', sizeof(check.message)))
			abort();
	}
}

static void prioritize(const char *name)
{
	static const char *const args[] = { "", "exclusive_pref_bit",
					    "preferredsds=DS timeout=1000" };
	static const struct mp_identity identity = {
		.name = "sda",
		.tpg = 1,
		.serial = "",
		.host_wwnn = "",
		.host_wwpn = "",
		.target_wwnn = "",
		.target_wwpn = "",
	};
	struct mp_prioritization *asked = calloc(1, sizeof(*asked)), *kept;
	const struct mp_prioritizer *prioritizer = mp_prioritizer_find(name);
	int priority;

	if (!asked)
		abort();
	asked->fd = -1;
	asked->roots = &mp_roots_system;
	asked->dir = "";
	asked->identity = &identity;
	asked->tpgs = MP_TPGS_UNKNOWN;
	asked->tpg = (int8_t)take_byte();
	asked->args = args[take_byte() % ARRAY_SIZE(args)];
	asked->timeout_msec = 1000;
	priority = prioritizer->priority(asked);
	if (priority < -4095 || asked->groups_size < 0 ||
	    (size_t)asked->groups_size > sizeof(asked->groups))
		abort();
	/* As the daemon stores it: no larger than the answer. */
	kept = realloc(asked, offsetof(struct mp_prioritization, groups) + asked->groups_size);
	if (!kept)
		abort();
	if (priority >= 0 && prioritizer->derive)
		prioritizer->derive(kept, &identity, "");
	free(kept);
}

static void identify(void)
{
	char wwid[MP_WWID_SIZE], text[64];
	int tpg = 0;

	if (mp_scsi_identify(-1, "3600", wwid, sizeof(wwid), &tpg, 1000) == 0 &&
	    (!*wwid || tpg < -1 || tpg > 0xffff))
		abort();
	if (mp_scsi_identify(-1, NULL, wwid, sizeof(wwid), &tpg, 1000) == 0 && !*wwid)
		abort();
	mp_scsi_is_rdac(-1, true, 1000);
	mp_scsi_is_rdac(-1, false, 1000);
	if (mp_scsi_vpd_text(-1, "hp3par", text, sizeof(text), 1000) >= 0 &&
	    !memchr(text, '\0', sizeof(text)))
		abort();
	if (mp_ana_is_supported(-1, 1000) > 1)
		abort();
	if (mp_nvme_identify(-1, "uuid.8ef20f70-f7d3-4f67-8d84-1bb16b2bfe03", wwid, sizeof(wwid),
			     1000) == 0 &&
	    !mp_nvme_is_name(wwid))
		abort();
}

static void reserve(void)
{
	_cleanup_free_ uint8_t *data = NULL;
	struct mp_reservation_status status;
	struct mp_reservation_holder holder;
	struct mp_reservation_keys keys;

	if (mp_reserving_read_keys(-1, 1000, &data, &keys) == 0 && keys.count)
		mp_reservation_key(&keys, keys.count - 1);
	free(TAKE_PTR(data));
	if (mp_reserving_read_status(-1, 1000, &data, &status) == 0)
		mp_reservation_find(&status, 0x123abc, 1, NULL);
	mp_reserving_read_holder(-1, 1000, &holder);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const prioritizers[] = { "alua", "ana",   "datacore", "emc",
						    "hds",  "hp_sw", "ontap",	 "rdac" };
	const struct mp_checker *const *checkers;
	size_t count, who;

	if (size == 0)
		return 0;
	device.bytes = data + 1;
	device.left = size - 1;
	device.asked = 0;
	checkers = mp_checker_all(&count);
	who = data[0] % (count + ARRAY_SIZE(prioritizers) + 2);
	if (who < count)
		check(checkers[who]);
	else if (who < count + ARRAY_SIZE(prioritizers))
		prioritize(prioritizers[who - count]);
	else if (who == count + ARRAY_SIZE(prioritizers))
		identify();
	else
		reserve();
	return 0;
}
