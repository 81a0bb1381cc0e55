/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * label.h - the metadata that GEOM_MULTIPATH keeps in a disk's last sector.  For: gmultipath, the daemon's workers.
 *
 * Source: FreeBSD, sys/geom/multipath/g_multipath.h: version 1, all numbers little-endian.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/geom.h"

enum {
	MP_LABEL_UUID_SIZE = 40, /* with the NUL */
	MP_LABEL_NAME_SIZE = 16, /* with the NUL */
	MP_LABEL_SECTOR_MIN = 512,
	MP_LABEL_SECTOR_MAX = 65536,
};


struct mp_label {
	char uuid[MP_LABEL_UUID_SIZE];
	char name[MP_LABEL_NAME_SIZE];
	uint64_t media_bytes; /* of the disk, this sector included */
	uint32_t sector_bytes;
	enum mp_geom_mode mode;
};

/** mp_label_name_is_valid() - 1 to 15 printable bytes that a file name may have; no blank, no '/', no '.' in front */
bool mp_label_name_is_valid(const char *name);

/** mp_label_uuid_is_valid() - 1 to 39 letters, digits and dashes */
bool mp_label_uuid_is_valid(const char *uuid);

/**
 * mp_label_encode() - the whole last sector
 * @sector:	of @label->sector_bytes bytes, all of them written
 *
 * Return: 0, -EINVAL if a field cannot stand in a label.
 */
int mp_label_encode(const struct mp_label *label, uint8_t *sector, size_t size);

/**
 * mp_label_decode() - read it, and check all of it
 * @sector, @size:	the last sector of a disk; any bytes
 * @media_bytes:	what the disk has
 * @ret:	written on success only
 *
 * Return: 0, -ENOENT no label, -EPROTONOSUPPORT another version, -EBADMSG a field that no label has, -ERANGE made for a disk of
 * another size or sector size.
 */
int mp_label_decode(const uint8_t *sector, size_t size, uint64_t media_bytes, struct mp_label *ret);

/* ---- the same on a device; all of these may block */

struct mp_label_disk {
	uint64_t media_bytes;
	uint32_t sector_bytes;
};

/** mp_label_ask_size() - Return: 0, -EOPNOTSUPP a sector size that has no room for a label, negative errno */
int mp_label_ask_size(int fd, struct mp_label_disk *ret);

/**
 * mp_label_read_sector() - the last sector, from the device and not from a cache
 * @fd:		opened with O_DIRECT
 * @ret:	caller frees; of @disk->sector_bytes bytes
 */
int mp_label_read_sector(int fd, const struct mp_label_disk *disk, uint8_t **ret);

/** mp_label_read() - Return: as mp_label_decode(), or negative errno of the read */
int mp_label_read(int fd, struct mp_label_disk *disk, struct mp_label *ret);

/** mp_label_write() - one sector, read back and compared. NULL: erase it. Return: 0, -EIO what is read is not what was written. */
int mp_label_write(int fd, const struct mp_label_disk *disk, const struct mp_label *label);

/** mp_label_describe_sector() - what a last sector holds, in words; NULL if it is all zero or not known */
const char *mp_label_describe_sector(const uint8_t *sector, size_t size);

/** mp_label_sector_is_zero() */
bool mp_label_sector_is_zero(const uint8_t *sector, size_t size);
