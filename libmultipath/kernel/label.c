/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kernel/label.h"

#include <ctype.h>
#include <errno.h>
#include <linux/fs.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/cleanup.h"

enum {
	LABEL_VERSION = 1,
	AT_UUID = 16,
	AT_NAME = 56,
	AT_VERSION = 72,
	AT_SECTOR_BYTES = 76,
	AT_MEDIA_BYTES = 80,
	AT_MODE = 88,
};

static const char magic[16] = "GEOM::MULTIPATH";

bool mp_label_name_is_valid(const char *name)
{
	size_t length = strlen(name);

	if (!length || length >= MP_LABEL_NAME_SIZE || name[0] == '.')
		return false;
	for (; *name; name++)
		if (!isgraph((unsigned char)*name) || *name == '/' || *name == '\\')
			return false;
	return true;
}

bool mp_label_map_name(const char *name, char *ret)
{
	size_t length = 0;
	bool own = mp_label_name_is_valid(name);

	for (const char *c = name; *c && length < MP_LABEL_NAME_SIZE - 1; c++) {
		unsigned char byte = *c;

		/* A character of UTF-8 is one. */
		if ((byte & 0xc0) == 0x80 && c > name && (c[-1] & 0x80))
			continue;
		ret[length++] =
			!isgraph(byte) || strchr("/\\", byte) || (byte == '.' && c == name) ? '_' :
											      byte;
	}
	ret[length] = '\0';
	return own;
}

bool mp_label_uuid_is_valid(const char *uuid)
{
	size_t length = strlen(uuid);

	if (!length || length >= MP_LABEL_UUID_SIZE)
		return false;
	for (; *uuid; uuid++)
		if (!isalnum((unsigned char)*uuid) && *uuid != '-')
			return false;
	return true;
}

/* On a disk: whatever another system has written. */
static bool has_name(const struct mp_label *label)
{
	size_t length = strnlen(label->name, sizeof(label->name));

	return length && length < sizeof(label->name);
}

static bool sector_size_is_valid(size_t size)
{
	return size >= MP_LABEL_SECTOR_MIN && size <= MP_LABEL_SECTOR_MAX && !(size & (size - 1));
}

int mp_label_encode(const struct mp_label *label, uint8_t *sector, size_t size)
{
	if (size != label->sector_bytes || !sector_size_is_valid(size) ||
	    label->mode > MP_GEOM_ACTIVE_READ || !has_name(label) ||
	    !mp_label_uuid_is_valid(label->uuid))
		return -EINVAL;
	memset(sector, 0, size);
	memcpy(sector, magic, sizeof(magic));
	memcpy(sector + AT_UUID, label->uuid, strlen(label->uuid));
	memcpy(sector + AT_NAME, label->name, strlen(label->name));
	mp_bytes_put_le32(sector + AT_VERSION, LABEL_VERSION);
	mp_bytes_put_le32(sector + AT_SECTOR_BYTES, label->sector_bytes);
	mp_bytes_put_le64(sector + AT_MEDIA_BYTES, label->media_bytes);
	sector[AT_MODE] = label->mode;
	return 0;
}

/* Text in a field of fixed size must end within it. */
static bool take_text(const uint8_t *field, size_t size, char *ret)
{
	if (!memchr(field, '\0', size))
		return false;
	memcpy(ret, field, size);
	return true;
}

int mp_label_decode(const uint8_t *sector, size_t size, uint64_t media_bytes, struct mp_label *ret)
{
	struct mp_label label = { 0 };

	if (size < MP_LABEL_SECTOR_MIN || memcmp(sector, magic, sizeof(magic)))
		return -ENOENT;
	if (mp_bytes_le32(sector + AT_VERSION) != LABEL_VERSION)
		return -EPROTONOSUPPORT;
	if (!take_text(sector + AT_UUID, MP_LABEL_UUID_SIZE, label.uuid) ||
	    !mp_label_uuid_is_valid(label.uuid) ||
	    !take_text(sector + AT_NAME, MP_LABEL_NAME_SIZE, label.name) || !has_name(&label) ||
	    sector[AT_MODE] > MP_GEOM_ACTIVE_READ)
		return -EBADMSG;
	label.sector_bytes = mp_bytes_le32(sector + AT_SECTOR_BYTES);
	label.media_bytes = mp_bytes_le64(sector + AT_MEDIA_BYTES);
	label.mode = sector[AT_MODE];
	if (label.sector_bytes != size || label.media_bytes != media_bytes || media_bytes % size)
		return -ERANGE;
	*ret = label;
	return 0;
}

const char *mp_label_error(int error)
{
	switch (error) {
	case -EPROTONOSUPPORT:
		return "has an unsupported version";
	case -EBADMSG:
		return "is damaged";
	case -ERANGE:
		return "was written for a disk of another size";
	default:
		return NULL;
	}
}

bool mp_label_sector_is_zero(const uint8_t *sector, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (sector[i])
			return false;
	return true;
}

const char *mp_label_describe_sector(const uint8_t *sector, size_t size)
{
	static const struct {
		const char *magic, *what;
	} known[] = {
		{ "EFI PART", "a GPT backup header" },
		{ "GEOM::MULTIPATH", "a GEOM multipath label" },
		{ "GEOM::MIRROR", "a GEOM mirror (gmirror)" },
		{ "GEOM::RAID3", "a GEOM RAID3 member" },
		{ "GEOM::STRIPE", "a GEOM stripe member" },
		{ "GEOM::CONCAT", "a GEOM concat member" },
		{ "GEOM::JOURNAL", "a GEOM journal" },
		{ "GEOM::LABEL", "a GEOM label (glabel)" },
		{ "GEOM::", "GEOM metadata" },
		{ "\xde\x11\xde\x11", "a DDF RAID superblock" },
		{ "\x11\xde\x11\xde", "a DDF RAID superblock" },
		{ "$XIDE$", "an Adaptec RAID superblock" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (size >= strlen(known[i].magic) &&
		    !memcmp(sector, known[i].magic, strlen(known[i].magic)))
			return known[i].what;
	return NULL;
}

int mp_label_ask_size(int fd, struct mp_label_disk *ret)
{
	uint64_t media_bytes;
	int sector_bytes;

	if (ioctl(fd, BLKGETSIZE64, &media_bytes) < 0 || ioctl(fd, BLKSSZGET, &sector_bytes) < 0)
		return -errno;
	if (sector_bytes <= 0 || !sector_size_is_valid(sector_bytes) ||
	    media_bytes < 2 * (uint64_t)sector_bytes || media_bytes % sector_bytes)
		return -EOPNOTSUPP;
	*ret = (struct mp_label_disk){ .media_bytes = media_bytes, .sector_bytes = sector_bytes };
	return 0;
}

static uint64_t last_sector(const struct mp_label_disk *disk)
{
	return disk->media_bytes - disk->sector_bytes;
}

static int alloc_sector(const struct mp_label_disk *disk, uint8_t **ret)
{
	uint8_t *sector = aligned_alloc(4096, (disk->sector_bytes + 4095) & ~4095U);

	if (!sector)
		return -ENOMEM;
	*ret = sector;
	return 0;
}

int mp_label_read_sector(int fd, const struct mp_label_disk *disk, uint8_t **ret)
{
	_cleanup_free_ uint8_t *sector = NULL;
	ssize_t n;
	int r = alloc_sector(disk, &sector);

	if (r < 0)
		return r;
	n = pread(fd, sector, disk->sector_bytes, last_sector(disk));
	if (n != (ssize_t)disk->sector_bytes)
		return n < 0 ? -errno : -EIO;
	*ret = TAKE_PTR(sector);
	return 0;
}

int mp_label_read(int fd, struct mp_label_disk *disk, struct mp_label *ret)
{
	_cleanup_free_ uint8_t *sector = NULL;
	int r = mp_label_ask_size(fd, disk);

	if (r == 0)
		r = mp_label_read_sector(fd, disk, &sector);
	return r < 0 ? r : mp_label_decode(sector, disk->sector_bytes, disk->media_bytes, ret);
}

static int write_sector(int fd, const struct mp_label_disk *disk, const uint8_t *content)
{
	_cleanup_free_ uint8_t *sector = NULL;
	ssize_t n;
	int r = alloc_sector(disk, &sector);

	if (r < 0)
		return r;
	memcpy(sector, content, disk->sector_bytes);
	n = pwrite(fd, sector, disk->sector_bytes, last_sector(disk));
	if (n != (ssize_t)disk->sector_bytes)
		return n < 0 ? -errno : -EIO;
	return fsync(fd) < 0 ? -errno : 0;
}

/* Return: 1 that is what the last sector holds, 0 it is not, negative errno. */
static int holds(int fd, const struct mp_label_disk *disk, const uint8_t *content)
{
	_cleanup_free_ uint8_t *sector = NULL;
	int r = mp_label_read_sector(fd, disk, &sector);

	return r < 0 ? r : !memcmp(sector, content, disk->sector_bytes);
}

int mp_label_replace(int fd, const struct mp_label_disk *disk, const uint8_t *expected,
		     const uint8_t *wanted)
{
	int r = holds(fd, disk, expected);

	if (r <= 0)
		return r < 0 ? r : -ESTALE;
	r = write_sector(fd, disk, wanted);
	if (r < 0)
		return r;
	r = holds(fd, disk, wanted);
	return r < 0 ? r : r ? 0 : -EIO;
}
