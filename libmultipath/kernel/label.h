/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * label.h - the metadata that GEOM_MULTIPATH keeps in a disk's last sector.  For: gmultipath, the
 * daemon's workers.
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

/**
 * mp_label_name_is_valid() - true if a map can have that name and be found by it
 *
 * Return: true for 1 to 15 printable ASCII bytes without blanks, slashes, backslashes (libdevmapper
 * reads "\\x41" as an escaped A), or a leading dot.
 */
bool mp_label_name_is_valid(const char *name);

/**
 * mp_label_map_name() - name for the map of a label, which may come from FreeBSD and hold any bytes
 * @ret:	of MP_LABEL_NAME_SIZE bytes; each character that mp_label_name_is_valid() rejects is
 *		'_'
 *
 * Return: true if it is the label's own name.
 */
bool mp_label_map_name(const char *name, char *ret);

/** mp_label_uuid_is_valid() - 1 to 39 letters, digits and dashes */
bool mp_label_uuid_is_valid(const char *uuid);

/**
 * mp_label_encode() - the whole last sector
 * @sector:	of @label->sector_bytes bytes, all of them written
 *
 * Return: 0, -EINVAL if a field does not fit into a label. Any name does that mp_label_decode()
 * accepts.
 */
int mp_label_encode(const struct mp_label *label, uint8_t *sector, size_t size);

/**
 * mp_label_decode() - read it, and check all of it
 * @sector, @size:	the last sector of a disk; any bytes
 * @media_bytes:	what the disk has
 * @ret:	written on success only
 *
 * Return: 0, -ENOENT no label, -EPROTONOSUPPORT another version, -EBADMSG a field that no label
 * has, -ERANGE made for a disk of another size or sector size. Any name of 1 to 15 bytes is
 * accepted, as FreeBSD does: mp_label_map_name() before it is shown.
 */
int mp_label_decode(const uint8_t *sector, size_t size, uint64_t media_bytes, struct mp_label *ret);

/**
 * mp_label_error() - what mp_label_decode() has found, to follow "the label of DISK"; NULL for any
 * other error
 */
const char *mp_label_error(int error);

/* ---- the same on a device; all of these may block */

struct mp_label_disk {
	uint64_t media_bytes;
	uint32_t sector_bytes;
};

/**
 * mp_label_ask_size() - Return: 0, -EOPNOTSUPP a sector size that has no room for a label, negative
 * errno
 */
int mp_label_ask_size(int fd, struct mp_label_disk *ret);

/**
 * mp_label_read_sector() - the last sector, from the device and not from a cache
 * @fd:		opened with O_DIRECT
 * @ret:	caller frees; of @disk->sector_bytes bytes
 */
int mp_label_read_sector(int fd, const struct mp_label_disk *disk, uint8_t **ret);

/** mp_label_read() - Return: as mp_label_decode(), or negative errno of the read */
int mp_label_read(int fd, struct mp_label_disk *disk, struct mp_label *ret);

/**
 * mp_label_replace() - write the last sector, provided that it still holds what the caller has seen
 * there
 * @fd:		opened for reading and writing with O_DIRECT
 * @expected, @wanted:	of @disk->sector_bytes bytes
 *
 * The sector is read before it is written, and read back afterwards.
 * Return: 0, -ESTALE it holds something else (nothing was written), -EIO what is read back is not
 * what was written, negative errno.
 */
int mp_label_replace(int fd, const struct mp_label_disk *disk, const uint8_t *expected,
		     const uint8_t *wanted);

/**
 * mp_label_describe_sector() - what a last sector holds, in words; NULL if it is all zero or not
 * known
 */
const char *mp_label_describe_sector(const uint8_t *sector, size_t size);

/** mp_label_sector_is_zero() - true if every byte is zero */
bool mp_label_sector_is_zero(const uint8_t *sector, size_t size);
