/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kpartx/partitions.h"

#include <blkid/blkid.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"

static void probe_freep(blkid_probe *probe)
{
	blkid_free_probe(*probe);
}

void partitions_fini(struct partitions *partitions)
{
	free(partitions->items);
	*partitions = (struct partitions){ 0 };
}

/* Return: 0, -ENOENT if libblkid knows no table of that type. */
static int only_type(blkid_probe probe, const char *type)
{
	char wanted[16];
	char *types[] = { wanted, NULL };

	if (strlen(type) >= sizeof(wanted) || !blkid_known_pttype(type))
		return -ENOENT;
	strcpy(wanted, type);
	return blkid_probe_filter_partitions_type(probe, BLKID_FLTR_ONLYIN, types) ? -EINVAL : 0;
}

static int probe_new(const struct partitions_source *source, blkid_probe *ret)
{
	_cleanup_(probe_freep) blkid_probe probe = blkid_new_probe();
	int r;

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
	if (source->type) {
		r = only_type(probe, source->type);
		if (r < 0)
			return r;
	}
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
		.inside = blkid_partition_is_logical(entry) ? extended : 0,
	};
}

/* Logical partitions follow their extended one. */
static int take_list(blkid_partlist list, const struct partitions_source *source, struct partitions *ret)
{
	int count = blkid_partlist_numof_partitions(list);
	unsigned extended = 0;

	ret->items = calloc(count > 0 ? count : 1, sizeof(*ret->items));
	if (!ret->items)
		return -ENOMEM;
	for (int i = 0; i < count; i++) {
		blkid_partition entry = blkid_partlist_get_partition(list, i);

		if (!entry)
			continue;
		if (blkid_partition_is_extended(entry))
			extended = blkid_partition_get_partno(entry);
		take_entry(entry, extended, source->sector_bytes, &ret->items[ret->count++]);
	}
	return 0;
}

/* libblkid does not tell "nothing there" from "could not be read" in every case. */
static int can_read(int fd)
{
	char sector[512];

	return pread(fd, sector, sizeof(sector), 0) < 0 ? -errno : 0;
}

int partitions_read(const struct partitions_source *source, struct partitions *ret)
{
	_cleanup_(probe_freep) blkid_probe probe = NULL;
	blkid_partlist list;
	int r;

	r = can_read(source->fd);
	if (r < 0)
		return r;
	r = probe_new(source, &probe);
	if (r < 0)
		return r == -ENOENT ? 0 : r;
	errno = 0;
	list = blkid_probe_get_partitions(probe);
	if (!list)
		return errno == EIO || errno == ENOMEM || errno == ENXIO ? -errno : 0;
	return take_list(list, source, ret);
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
