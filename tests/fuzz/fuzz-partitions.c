/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The image of a disk: whatever its table is taken for, the resulting partitions lie on the disk,
 * logical ones in their extended partition, and primary ones where the sector says. The first byte
 * selects options.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "kpartx/mappings.h"
#include "kpartx/partitions.h"
#include "kpartx/table.h"

#define DISK 0xfe00

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int image_of(const uint8_t *data, size_t size, size_t disk_bytes)
{
	int fd = memfd_create("image", MFD_CLOEXEC);

	if (fd < 0 || ftruncate(fd, disk_bytes) < 0 || pwrite(fd, data, size, 0) != (ssize_t)size)
		abort();
	return fd;
}

static uint64_t get32(const uint8_t *at)
{
	return at[0] | at[1] << 8 | at[2] << 16 | (uint64_t)at[3] << 24;
}

static const struct partition *find(const struct partitions *partitions, unsigned number)
{
	for (size_t i = 0; i < partitions->count; i++)
		if (partitions->items[i].number == number)
			return &partitions->items[i];
	return NULL;
}

static void check_logical(const struct partitions *partitions, const struct partition *logical)
{
	const struct partition *extended = find(partitions, logical->inside);

	if (!extended || logical->start_sectors < extended->start_sectors ||
	    logical->start_sectors + logical->size_sectors >
		    extended->start_sectors + extended->table_sectors)
		abort();
}

static void check_dos(const struct partitions *partitions, const struct partitions_source *source,
		      const uint8_t *sector)
{
	for (size_t i = 0; i < partitions->count; i++) {
		const struct partition *entry = &partitions->items[i];
		const uint8_t *slot = sector + 446 + 16 * (entry->number - 1);

		if (entry->fault != PARTITION_GOOD)
			continue;
		if (entry->number > 4)
			check_logical(partitions, entry);
		else if (entry->start_sectors != get32(slot + 8) * (source->sector_bytes / 512) ||
			 entry->table_sectors != get32(slot + 12) * (source->sector_bytes / 512) ||
			 entry->size_sectors > entry->table_sectors)
			abort();
	}
}

static void check_plan(const struct mapping_plan *plan, uint64_t disk_sectors)
{
	bool seen[PARTITION_LAST + 1] = { false };

	for (size_t i = 0; i < plan->count; i++) {
		const struct partition *partition = plan->steps[i].partition;

		if (!partition)
			continue;
		if (!partition->size_sectors || partition->start_sectors >= disk_sectors ||
		    partition->start_sectors + partition->size_sectors > disk_sectors ||
		    partition->start_sectors + partition->size_sectors < partition->start_sectors)
			abort();
		if (partition->number < 1 || partition->number > PARTITION_LAST)
			abort();
		/* Renames come before other operations on the same device. */
		if (plan->steps[i].kind == MAPPING_RENAME)
			continue;
		if (seen[partition->number])
			abort();
		seen[partition->number] = true;
	}
}

/*
 * The numbers are already used by other devices, wrongly: those must be corrected, or left alone
 * while they are in use.
 */
static void plan_with(const struct partitions *partitions, uint64_t disk_sectors, int open_count)
{
	static const struct mappings_disk disk = { .name = "d", .uuid = "mpath-w", .devt = DISK };
	struct mp_linear existing[] = {
		{ .name = (char *)"d1",
		  .uuid = (char *)"part1-mpath-w",
		  .is_linear = true,
		  .on = DISK,
		  .size_sectors = 8,
		  .open_count = open_count },
		{ .name = (char *)"d2", .uuid = (char *)"LVM-x" },
		{ .name = (char *)"old3", .uuid = (char *)"part3-mpath-w", .is_empty = true },
	};
	_cleanup_(mapping_plan_fini) struct mapping_plan plan = { 0 };

	if (mappings_plan(MAPPINGS_UPDATE, &disk, partitions, existing, ARRAY_SIZE(existing),
			  &plan) < 0)
		return;
	check_plan(&plan, disk_sectors);
	for (size_t i = 0; open_count && i < plan.count; i++)
		if (plan.steps[i].existing == &existing[0] && plan.steps[i].kind == MAPPING_REMOVE)
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_(partitions_fini) struct partitions partitions = { 0 };
	_cleanup_close_ int fd = -1;
	unsigned a, b;

	if (size < 1 + 512 || size > 4 << 20)
		return 0;
	/* A GPT must end with the disk; other tables may be of a larger disk. */
	size_t disk_bytes = data[0] & 8 ? 16ULL << 40 :
			    data[0] & 4 ? 64 << 20 :
					  (size - 1 + 511) / 512 * 512;

	fd = image_of(data + 1, size - 1, disk_bytes);
	const struct partitions_source source = {
		.fd = fd,
		.is_image = true,
		.sector_bytes = data[0] & 1 ? 4096 : 512,
		.size_sectors = disk_bytes / 512,
		.force_gpt = data[0] & 2,
	};

	if (table_read(&source, &partitions) < 0)
		return 0;
	partitions_judge(&partitions, source.size_sectors);
	if (partitions.type && !strcmp(partitions.type, "dos"))
		check_dos(&partitions, &source, data + 1);
	if (partitions_overlap(&partitions, &a, &b) && a == b)
		abort();
	plan_with(&partitions, source.size_sectors, 0);
	plan_with(&partitions, source.size_sectors, 1);
	return 0;
}
