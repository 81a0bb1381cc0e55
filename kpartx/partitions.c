/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kpartx/partitions.h"

#include <blkid/blkid.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "kpartx/unixware.h"

enum { ENDS_BYTES = 1 << 20 }; /* of either end of the disk, where tables are */

static void probe_freep(blkid_probe *probe)
{
	blkid_free_probe(*probe);
}

void partitions_fini(struct partitions *partitions)
{
	free(partitions->items);
	*partitions = (struct partitions){ 0 };
}

/* @type: the only one to look for, NULL any */
static int probe_new(const struct partitions_source *source, const char *type, blkid_probe *ret)
{
	_cleanup_(probe_freep) blkid_probe probe = blkid_new_probe();
	const char *types[] = { type, NULL };

	if (!probe)
		return -ENOMEM;
	errno = 0;
	if (blkid_probe_set_device(probe, source->fd, 0, source->size_sectors * 512) ||
	    (source->is_image && blkid_probe_set_sectorsize(probe, source->sector_bytes)))
		return errno ? -errno : -EINVAL;
	blkid_probe_enable_superblocks(probe, 0);
	blkid_probe_enable_partitions(probe, 1);
	if (source->force_gpt)
		blkid_probe_set_partitions_flags(probe, BLKID_PARTS_FORCE_GPT);
	/* Its prototype lacks a const. */
	if (type && blkid_probe_filter_partitions_type(probe, BLKID_FLTR_ONLYIN, (char **)types))
		return -EINVAL;
	*ret = TAKE_PTR(probe);
	return 0;
}

/* What is mapped of an extended partition: room for a boot loader, and no way to write to what is inside. */
static uint64_t extended_sectors(uint64_t size_sectors, unsigned sector_bytes)
{
	uint64_t mapped = sector_bytes > 1024 ? sector_bytes / 512 : 2;

	return size_sectors < mapped ? size_sectors : mapped;
}

static void take_entry(blkid_partition entry, unsigned extended, unsigned sector_bytes, struct partition *ret)
{
	uint64_t size = blkid_partition_get_size(entry);

	*ret = (struct partition){
		.number = blkid_partition_get_partno(entry),
		.start_sectors = blkid_partition_get_start(entry),
		.size_sectors = blkid_partition_is_extended(entry) ? extended_sectors(size, sector_bytes) : size,
		.inside = extended,
	};
}

/* Number of the extended partition, among the first @count, that a logical one begins in; 0 if in none. */
static unsigned extended_of(blkid_partlist list, int count, blkid_partition logical)
{
	uint64_t start = blkid_partition_get_start(logical);

	for (int i = 0; i < count; i++) {
		blkid_partition entry = blkid_partlist_get_partition(list, i);

		if (entry && blkid_partition_is_extended(entry) && start >= (uint64_t)blkid_partition_get_start(entry) &&
		    start - blkid_partition_get_start(entry) < (uint64_t)blkid_partition_get_size(entry))
			return blkid_partition_get_partno(entry);
	}
	return 0;
}

/* A slice of a table that stands within a partition. */
static bool is_nested(blkid_partition entry)
{
	return blkid_parttable_get_parent(blkid_partition_get_table(entry)) != NULL;
}

/* Extended partitions come before logical ones. */
static int take_list(blkid_partlist list, const struct partitions_source *source, struct partitions *ret)
{
	int count = blkid_partlist_numof_partitions(list);

	ret->items = calloc(count > 0 ? count : 1, sizeof(*ret->items));
	if (!ret->items)
		return -ENOMEM;
	for (int i = 0; i < count; i++) {
		blkid_partition entry = blkid_partlist_get_partition(list, i);

		if (entry && !is_nested(entry))
			take_entry(entry, blkid_partition_is_logical(entry) ? extended_of(list, i, entry) : 0,
				   source->sector_bytes, &ret->items[ret->count++]);
	}
	return 0;
}

static bool has_extended(const uint8_t *sector)
{
	bool has = false;

	for (int i = 0; i < 4; i++) {
		uint8_t type = sector[446 + 16 * i + 4];

		has |= type == 0x05 || type == 0x0f || type == 0x85;
	}
	return has && sector[510] == 0x55 && sector[511] == 0xaa;
}

/*
 * The kernel keeps what was read of a disk as long as anybody has it open, and its partitions do. Whoever writes to the disk past
 * that (another host, through a path, to the image's file) would never be noticed. Tables stand at both ends, but EBRs anywhere.
 * Return: 0, negative errno: libblkid does not tell "nothing there" from "could not be read" in every case.
 */
static int look_afresh(const struct partitions_source *source)
{
	const uint64_t size = source->size_sectors * 512;
	uint8_t sector[512] = { 0 };

	posix_fadvise(source->fd, 0, ENDS_BYTES, POSIX_FADV_DONTNEED);
	if (size > ENDS_BYTES)
		posix_fadvise(source->fd, size - ENDS_BYTES, 0, POSIX_FADV_DONTNEED);
	if (pread(source->fd, sector, sizeof(sector), 0) < 0)
		return -errno;
	if (has_extended(sector))
		posix_fadvise(source->fd, 0, 0, POSIX_FADV_DONTNEED);
	return 0;
}

/* @ret: empty. Return: 1 if there is a table, 0 if not, negative errno. */
static int read_type(const struct partitions_source *source, const char *type, struct partitions *ret)
{
	_cleanup_(probe_freep) blkid_probe probe = NULL;
	blkid_partlist list;
	int r;

	if (type && !blkid_known_pttype(type))
		return 0;
	r = probe_new(source, type, &probe);
	if (r < 0)
		return r;
	errno = 0;
	list = blkid_probe_get_partitions(probe);
	/* It takes an EBR that it cannot read for the end of the chain. */
	if (errno == EIO || (!list && (errno == ENOMEM || errno == ENXIO)))
		return -errno;
	if (!list)
		return 0;
	r = take_list(list, source, ret);
	return r < 0 ? r : 1;
}

/* Return: as read_type(). */
static int read_unixware(const struct partitions_source *source, struct partitions *ret)
{
	uint8_t sector[512] = { 0 };

	if (source->size_sectors <= UNIXWARE_SECTOR)
		return 0;
	if (pread(source->fd, sector, sizeof(sector), UNIXWARE_SECTOR * sizeof(sector)) < 0)
		return -errno;
	ret->items = calloc(UNIXWARE_LAST, sizeof(*ret->items));
	if (!ret->items)
		return -ENOMEM;
	ret->count = unixware_decode(sector, ret->items);
	return ret->count > 0;
}

/* Return: is there a table of that type, with or without partitions? */
static bool has_type(const struct partitions_source *source, const char *type)
{
	_cleanup_(partitions_fini) struct partitions ignored = { 0 };

	return read_type(source, type, &ignored) > 0;
}

static int read_any(const struct partitions_source *source, struct partitions *ret)
{
	int r;

	/* Else a dos table comes first. */
	if (source->force_gpt) {
		r = read_type(source, "gpt", ret);
		if (r < 0 || ret->count)
			return r;
		partitions_fini(ret);
	}
	r = read_type(source, NULL, ret);
	if (r == 0)
		return read_unixware(source, ret);
	ret->broken_gpt = r > 0 && !ret->count && has_type(source, "PMBR") && !has_type(source, "gpt");
	return r;
}

int partitions_read(const struct partitions_source *source, struct partitions *ret)
{
	int r = look_afresh(source);

	if (r < 0)
		return r;
	if (!source->type)
		r = read_any(source, ret);
	else if (!strcmp(source->type, "unixware"))
		r = read_unixware(source, ret);
	else
		r = read_type(source, source->type, ret);
	return r < 0 ? r : 0;
}

static enum partition_fault fault_of(const struct partition *entry, uint64_t disk_sectors, const bool *seen)
{
	if (entry->number < 1 || entry->number > PARTITION_LAST)
		return PARTITION_BEYOND_LAST;
	if (seen[entry->number])
		return PARTITION_TWICE;
	if (!entry->size_sectors)
		return PARTITION_EMPTY;
	if (entry->start_sectors >= disk_sectors || entry->size_sectors > disk_sectors - entry->start_sectors)
		return PARTITION_OUTSIDE;
	return PARTITION_GOOD;
}

void partitions_judge(struct partitions *partitions, uint64_t disk_sectors)
{
	bool seen[PARTITION_LAST + 1] = { false };

	for (size_t i = 0; i < partitions->count; i++) {
		struct partition *entry = &partitions->items[i];

		entry->fault = fault_of(entry, disk_sectors, seen);
		if (entry->fault == PARTITION_GOOD)
			seen[entry->number] = true;
	}
}

static bool same_entry(const struct partition *a, const struct partition *b)
{
	return a->number == b->number && a->start_sectors == b->start_sectors && a->size_sectors == b->size_sectors &&
	       a->inside == b->inside;
}

bool partitions_equal(const struct partitions *a, const struct partitions *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (!same_entry(&a->items[i], &b->items[i]))
			return false;
	return true;
}

static bool crosses(const struct partition *a, const struct partition *b)
{
	uint64_t a_end = a->start_sectors + a->size_sectors, b_end = b->start_sectors + b->size_sectors;

	if (a->start_sectors >= b_end || b->start_sectors >= a_end)
		return false;
	return !(a->start_sectors <= b->start_sectors && b_end <= a_end) &&
	       !(b->start_sectors <= a->start_sectors && a_end <= b_end);
}

bool partitions_overlap(const struct partitions *partitions, unsigned *a, unsigned *b)
{
	for (size_t i = 0; i < partitions->count; i++) {
		const struct partition *one = &partitions->items[i];

		if (one->fault != PARTITION_GOOD)
			continue;
		for (size_t k = 0; k < i; k++) {
			const struct partition *other = &partitions->items[k];

			if (other->fault != PARTITION_GOOD || !crosses(one, other))
				continue;
			*a = other->number;
			*b = one->number;
			return true;
		}
	}
	return false;
}

const char *partition_fault_text(enum partition_fault fault)
{
	static const char *const texts[] = {
		[PARTITION_EMPTY] = "has no sectors",
		[PARTITION_OUTSIDE] = "does not lie on the disk",
		[PARTITION_BEYOND_LAST] = "has too high a number",
		[PARTITION_TWICE] = "has the number of another one",
	};

	return texts[fault];
}
