/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * nvme_id.h - the names of an NVMe namespace, asked of its controller.  For: programs; the tests'
 * and fuzz targets' access to the decoders.
 *
 * sysfs shows what the kernel was told when it looked last. A controller that reconnects takes I/O
 * again before the kernel looks whether its namespaces are still the same.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MP_NVME_IDENTIFY_SIZE = 4096 };

/* All zeros: it has no such name. */
struct mp_nvme_names {
	uint8_t uuid[16], nguid[16], eui64[8];
};

/**
 * mp_nvme_take_descriptors() - of a Namespace Identification Descriptor list (NVM Express Base 1.4,
 * 5.15.2.4, figure 249)
 */
void mp_nvme_take_descriptors(const uint8_t *data, size_t size, struct mp_nvme_names *names);

/**
 * mp_nvme_take_namespace() - of Identify Namespace data (NVM Express Base 1.4, 5.15.2.2, figure
 * 247), unless they are known
 */
void mp_nvme_take_namespace(const uint8_t *data, size_t size, struct mp_nvme_names *names);

/**
 * mp_nvme_wwid() - a name as sysfs has it: "uuid.8ef2...", "eui.0025..."
 * @known:	the one to choose if it is among @names, else the first of UUID, NGUID, EUI-64
 *
 * Return: 0, -ENOENT there is none.
 */
int mp_nvme_wwid(const struct mp_nvme_names *names, const char *known, char *wwid, size_t size);

/**
 * mp_nvme_is_name() - is a WWID a name of the namespace's own, not one that the kernel made of
 * serial number, model and number?
 */
bool mp_nvme_is_name(const char *wwid);

/**
 * mp_nvme_identify() - what the namespace says that it is, asked now. Blocks.
 * @fd:		of its block device
 * @scanned:	what the kernel was told (mp_probe_page_wwid()); if that is no name of its own,
 *		there is nothing to ask, and it is
 *		the answer
 *
 * Return: 0, negative errno: it did not say.
 */
int mp_nvme_identify(int fd, const char *scanned, char *wwid, size_t size, unsigned timeout_msec);
