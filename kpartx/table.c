/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kpartx/table.h"

#include <blkid/blkid.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "kpartx/dos.h"
#include "kpartx/gpt.h"
#include "kpartx/labels.h"
#include "kpartx/partitions.h"
#include "kpartx/unixware.h"

enum { ENDS_BYTES = 1 << 20 }; /* of either end of the disk, where tables are */

static void probe_freep(blkid_probe *probe)
{
	blkid_free_probe(*probe);
}

/*
 * The kernel keeps what was read of a disk as long as anybody has it open, and its partitions do.
 * Whoever writes to the disk past that (another host, through a path, to the image's file) would
 * never be noticed. Tables stand at both ends, but EBRs anywhere.
 */
static int look_afresh(const struct partitions_source *source, uint8_t first_sector[static 512])
{
	const uint64_t size = source->size_sectors * 512;
	int r;

	posix_fadvise(source->fd, 0, ENDS_BYTES, POSIX_FADV_DONTNEED);
	if (size > ENDS_BYTES)
		posix_fadvise(source->fd, size - ENDS_BYTES, 0, POSIX_FADV_DONTNEED);
	r = partitions_read_bytes(source, 0, first_sector, 512);
	if (r == 0 && dos_has_extended(first_sector))
		posix_fadvise(source->fd, 0, 0, POSIX_FADV_DONTNEED);
	return r;
}

static int read_unixware(const struct partitions_source *source, struct partitions *ret)
{
	struct partition slices[UNIXWARE_LAST] = { 0 };
	uint8_t sector[512];
	size_t count;
	int r = partitions_read_bytes(source, UNIXWARE_SECTOR * sizeof(sector), sector,
				      sizeof(sector));

	if (r < 0)
		return r;
	count = unixware_decode(sector, slices);
	for (size_t i = 0; i < count && r == 0; i++)
		r = partitions_add(ret, &slices[i]);
	return r;
}

struct kind {
	const char *type;
	int (*read)(const struct partitions_source *source, struct partitions *ret);
};

/* What libblkid recognizes: it also knows what only looks like a table, and is a file system. */
static const struct kind kinds[] = {
	{ "dos", dos_read },
	{ "minix", dos_read },
	{ "solaris", label_read_solaris },
	{ "sun", label_read_sun },
	{ "sgi", label_read_sgi },
	{ "mac", label_read_mac },
	{ "ultrix", label_read_ultrix },
	{ "atari", label_read_atari },
};

/*
 * It has UnixWare's magic number wrong, and takes a BSD label for none if only its type is asked
 * for.
 */
static const struct kind own_kinds[] = { { "bsd", label_read_bsd }, { "unixware", read_unixware } };

static const struct kind *find_kind(const struct kind *kind, size_t count, const char *type)
{
	for (; count; kind++, count--)
		if (!strcmp(kind->type, type))
			return kind;
	return NULL;
}

/* @ret: empty. Return: 0 also if there is no such table, negative errno. */
static int read_kind(const struct partitions_source *source, const struct kind *kind,
		     struct partitions *ret)
{
	int r = kind->read(source, ret);

	ret->type = kind->type;
	return r;
}

/*
 * @type, @filter: the only one to look for, or the only one not to. @ret: NULL if it recognizes
 * nothing that can be read.
 */
static int recognize(const struct partitions_source *source, const char *type, int filter,
		     const struct kind **ret)
{
	_cleanup_(probe_freep) blkid_probe probe = blkid_new_probe();
	const char *types[] = { type, NULL }, *found = NULL;
	int r;

	*ret = NULL;
	if (!blkid_known_pttype(type))
		return 0;
	if (!probe)
		return -ENOMEM;
	errno = 0;
	if (blkid_probe_set_device(probe, source->fd, 0, source->size_sectors * 512) ||
	    (source->is_image && blkid_probe_set_sectorsize(probe, source->sector_bytes)))
		return errno ? -errno : -EINVAL;
	blkid_probe_enable_superblocks(probe, 0);
	blkid_probe_enable_partitions(probe, 1);
	/* Its prototype lacks a const. */
	if (blkid_probe_filter_partitions_type(probe, filter, (char **)types))
		return -EINVAL;
	errno = 0;
	r = blkid_do_probe(probe);
	if (r < 0 || (r > 0 && (errno == EIO || errno == ENOMEM)))
		return errno ? -errno : -EIO;
	if (r == 0 && blkid_probe_lookup_value(probe, "PTTYPE", &found, NULL) == 0)
		*ret = find_kind(kinds, ARRAY_SIZE(kinds), found);
	return 0;
}

static int read_recognized(const struct partitions_source *source, const char *type, int filter,
			   struct partitions *ret)
{
	const struct kind *kind;
	int r = recognize(source, type, filter, &kind);

	return r < 0 || !kind ? r : read_kind(source, kind, ret);
}

/* Nothing but the entries themselves makes an Atari table one: it comes last. */
static int read_other(const struct partitions_source *source, struct partitions *ret)
{
	int r = read_recognized(source, "atari", BLKID_FLTR_NOTIN, ret);

	for (size_t i = 0; i < ARRAY_SIZE(own_kinds) && r == 0 && !ret->type; i++) {
		r = read_kind(source, &own_kinds[i], ret);
		if (!ret->count)
			ret->type = NULL;
	}
	return r < 0 || ret->type ? r : read_recognized(source, "atari", BLKID_FLTR_ONLYIN, ret);
}

/* Return: 1 if there is a valid one. */
static int read_gpt(const struct partitions_source *source, struct partitions *ret)
{
	int r = gpt_read(source, ret);

	if (r > 0)
		ret->type = "gpt";
	return r;
}

static int read_any(const struct partitions_source *source, bool protected, struct partitions *ret)
{
	int r = protected || source->force_gpt ? read_gpt(source, ret) : 0;

	/*
	 * A GPT without partitions is no reason not to look for what stands beside it, if there is
	 * no sign of it but itself.
	 */
	if (r < 0 || ret->count || (r > 0 && protected))
		return r;
	ret->type = NULL;
	ret->broken_gpt = protected;
	return protected ? 0 : read_other(source, ret);
}

static int read_one(const struct partitions_source *source, bool protected, struct partitions *ret)
{
	const struct kind *own = find_kind(own_kinds, ARRAY_SIZE(own_kinds), source->type);

	if (own)
		return read_kind(source, own, ret);
	if (!strcmp(source->type, "gpt"))
		return protected || source->force_gpt ? read_gpt(source, ret) : 0;
	return read_recognized(source, source->type, BLKID_FLTR_ONLYIN, ret);
}

int table_read(const struct partitions_source *source, struct partitions *ret)
{
	uint8_t first_sector[512];
	bool protected;
	int r = look_afresh(source, first_sector);

	if (r < 0)
		return r;
	protected = dos_has_type(first_sector, 0xee);
	r = source->type ? read_one(source, protected, ret) : read_any(source, protected, ret);
	return r < 0 ? r : 0;
}
