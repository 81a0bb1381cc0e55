/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kpartx/partitions.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"

void partitions_fini(struct partitions *partitions)
{
	free(partitions->items);
	*partitions = (struct partitions){ 0 };
}

int partitions_add(struct partitions *partitions, const struct partition *partition)
{
	size_t count = partitions->count;

	/* Full at every power of two. */
	if (!(count & (count - 1))) {
		struct partition *more =
			realloc(partitions->items, (count ? 2 * count : 1) * sizeof(*more));

		if (!more)
			return -ENOMEM;
		partitions->items = more;
	}
	partitions->items[partitions->count++] = *partition;
	return 0;
}

uint64_t partitions_sectors(const struct partitions_source *source, uint64_t count)
{
	uint64_t sectors;

	return __builtin_mul_overflow(count, source->sector_bytes / 512, &sectors) ? UINT64_MAX :
										     sectors;
}

int partitions_read_bytes(const struct partitions_source *source, uint64_t offset, void *ret,
			  size_t size)
{
	uint64_t end = source->size_sectors * 512;
	size_t there = offset >= end ? 0 : end - offset < size ? end - offset : size, used = 0;

	memset((char *)ret + there, 0, size - there);
	while (used < there) {
		ssize_t r = pread(source->fd, (char *)ret + used, there - used, offset + used);

		if (r < 0 && errno == EINTR)
			continue;
		if (r <= 0)
			return r < 0 ? -errno : -EIO; /* the disk has shrunk */
		used += r;
	}
	return 0;
}

static enum partition_fault fault_of(const struct partition *entry, uint64_t disk_sectors,
				     const bool *seen)
{
	if (entry->fault != PARTITION_GOOD)
		return entry->fault;
	if (entry->number < 1 || entry->number > PARTITION_LAST)
		return PARTITION_BEYOND_LAST;
	if (seen[entry->number])
		return PARTITION_TWICE;
	if (!entry->size_sectors)
		return PARTITION_EMPTY;
	if (entry->start_sectors >= disk_sectors ||
	    entry->size_sectors > disk_sectors - entry->start_sectors)
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
	return a->number == b->number && a->start_sectors == b->start_sectors &&
	       a->size_sectors == b->size_sectors && a->inside == b->inside;
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
	uint64_t a_end = a->start_sectors + a->size_sectors,
		 b_end = b->start_sectors + b->size_sectors;

	if (a->start_sectors >= b_end || b->start_sectors >= a_end)
		return false;
	return !(a->start_sectors <= b->start_sectors && b_end <= a_end) &&
	       !(b->start_sectors <= a->start_sectors && a_end <= b_end);
}

/* As nearly every table is. */
static bool is_ascending(const struct partitions *partitions)
{
	uint64_t end = 0;

	for (size_t i = 0; i < partitions->count; i++) {
		const struct partition *entry = &partitions->items[i];

		if (entry->fault != PARTITION_GOOD)
			continue;
		if (entry->start_sectors < end)
			return false;
		end = entry->start_sectors + entry->size_sectors;
	}
	return true;
}

bool partitions_overlap(const struct partitions *partitions, unsigned *a, unsigned *b)
{
	if (is_ascending(partitions))
		return false;
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
		[PARTITION_REVERSED] = "ends before it begins",
		[PARTITION_NOT_INSIDE] = "lies outside its extended partition",
		[PARTITION_CUT_OFF] = "and any after it are lost (broken chain of tables)",
		[PARTITION_EMPTY] = "has no sectors",
		[PARTITION_OUTSIDE] = "is not on the disk",
		[PARTITION_BEYOND_LAST] = "has too high a number",
		[PARTITION_TWICE] = "duplicates the number of another one",
	};

	return texts[fault];
}
