/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * image.h - images of disks in memory, mostly holes. For: tests of code that reads partition
 * tables. Include after cmocka.h.
 */
#pragma once
#include <endian.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "kpartx/partitions.h"
#include "kpartx/table.h"

#define PARTITION(n, start, size) \
	{ \
		.number = (n), .start_sectors = (start), .size_sectors = (size) \
	}

/* Sectors of 512 bytes. */
static inline int image_new(uint64_t sectors)
{
	int fd = memfd_create("image", MFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, sectors * 512), 0);
	return fd;
}

static inline void image_put(int fd, uint64_t offset, const void *data, size_t size)
{
	assert_int_equal(pwrite(fd, data, size, offset), size);
}

struct dos_entry {
	uint64_t sector; /* of its table, in @sector_bytes */
	unsigned slot;
	uint8_t type;
	uint32_t start, size;
};

static inline void image_put_dos(int fd, unsigned sector_bytes, const struct dos_entry *entry)
{
	static const uint8_t magic[] = { 0x55, 0xaa };
	const uint32_t bytes[] = { 0, htole32(entry->type), htole32(entry->start),
				   htole32(entry->size) };

	image_put(fd, entry->sector * sector_bytes + 446 + 16 * entry->slot, bytes, sizeof(bytes));
	image_put(fd, entry->sector * sector_bytes + 510, magic, sizeof(magic));
}

static inline struct partitions_source image_source(int fd, uint64_t sectors, unsigned sector_bytes)
{
	return (struct partitions_source){
		.fd = fd,
		.is_image = true,
		.sector_bytes = sector_bytes,
		.size_sectors = sectors,
	};
}

/* The table is read and judged to be these partitions, with these faults. */
static inline void assert_judged(const struct partitions_source *source,
				 const struct partition *wanted, size_t count)
{
	struct partitions got = { 0 };

	assert_int_equal(table_read(source, &got), 0);
	partitions_judge(&got, source->size_sectors);
	assert_int_equal(got.count, count);
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(got.items[i].number, wanted[i].number);
		assert_int_equal(got.items[i].fault, wanted[i].fault);
		assert_int_equal(got.items[i].start_sectors, wanted[i].start_sectors);
		assert_int_equal(got.items[i].size_sectors, wanted[i].size_sectors);
		assert_int_equal(got.items[i].inside, wanted[i].inside);
	}
	partitions_fini(&got);
}
