/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kpartx/gpt.h"

#include <assert.h>
#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "kpartx/partitions.h"

enum { ENTRIES_BYTES_MOST = 4 << 20 }; /* 128 entries have 16 KiB */

/* On disk, little-endian. */
struct header {
	uint8_t signature[8];
	uint32_t revision, header_bytes, header_crc, reserved;
	uint64_t my_sector, other_sector, first_usable, last_usable;
	uint8_t disk_guid[16];
	uint64_t entries_sector;
	uint32_t entry_count, entry_bytes, entries_crc;
} __attribute__((packed));
static_assert(sizeof(struct header) == 92, "revision 1.0");

struct entry {
	uint8_t type[16], guid[16];
	uint64_t first, last; /* sectors of the disk, both inclusive */
	uint8_t attributes[8], name[72];
};
static_assert(sizeof(struct entry) == 128, "smallest entry");

static uint32_t crc32_of(const void *data, size_t size)
{
	const uint8_t *bytes = data;
	uint32_t table[256], crc = UINT32_MAX;

	for (uint32_t i = 0; i < ARRAY_SIZE(table); i++) {
		table[i] = i;
		for (int bit = 0; bit < 8; bit++)
			table[i] = table[i] >> 1 ^ (table[i] & 1 ? 0xedb88320 : 0);
	}
	for (size_t i = 0; i < size; i++)
		crc = crc >> 8 ^ table[(crc ^ bytes[i]) & 0xff];
	return ~crc;
}

/* @sector: all of it, as the header may be longer than what is known of it */
static bool header_is_valid(const struct partitions_source *source, uint8_t *sector, uint64_t at)
{
	struct header *header = (struct header *)sector;
	uint32_t bytes = le32toh(header->header_bytes), crc = le32toh(header->header_crc);

	if (memcmp(header->signature, "EFI PART", sizeof(header->signature)) ||
	    bytes < sizeof(*header) || bytes > source->sector_bytes ||
	    le64toh(header->my_sector) != at)
		return false;
	header->header_crc = 0;
	return crc32_of(sector, bytes) == crc;
}

static int take_entries(const struct partitions_source *source, const uint8_t *entries,
			const struct header *header, struct partitions *ret)
{
	static const uint8_t unused[16];
	uint32_t entry_bytes = le32toh(header->entry_bytes);
	int r = 0;

	for (uint32_t i = 0; i < le32toh(header->entry_count) && r == 0; i++) {
		struct partition partition = { .number = i + 1 };
		uint64_t first, last;
		struct entry entry;

		memcpy(&entry, entries + (size_t)i * entry_bytes, sizeof(entry));
		if (!memcmp(entry.type, unused, sizeof(unused)))
			continue;
		first = le64toh(entry.first);
		last = le64toh(entry.last);
		partition.start_sectors = partitions_sectors(source, first);
		if (first > last)
			partition.fault = PARTITION_REVERSED;
		else
			partition.size_sectors =
				partitions_sectors(source, last - first < UINT64_MAX ?
								   last - first + 1 :
								   last);
		partition.table_sectors = partition.size_sectors;
		r = partitions_add(ret, &partition);
	}
	return r;
}

static uint64_t sectors_of(const struct partitions_source *source)
{
	return source->size_sectors / (source->sector_bytes / 512);
}

/* Return: as gpt_read(). */
static int read_at(const struct partitions_source *source, uint64_t at, struct partitions *ret)
{
	_cleanup_free_ uint8_t *sector = calloc(1, source->sector_bytes), *entries = NULL;
	const struct header *header = (const struct header *)sector;
	uint64_t size;
	int r;

	if (!sector)
		return -ENOMEM;
	r = partitions_read_bytes(source, at * source->sector_bytes, sector, source->sector_bytes);
	if (r < 0 || !header_is_valid(source, sector, at))
		return r;

	size = (uint64_t)le32toh(header->entry_count) * le32toh(header->entry_bytes);
	if (le32toh(header->entry_bytes) < sizeof(struct entry) || size > ENTRIES_BYTES_MOST ||
	    le64toh(header->entries_sector) >= sectors_of(source))
		return 0;
	entries = malloc(size ? size : 1);
	if (!entries)
		return -ENOMEM;
	r = partitions_read_bytes(source, le64toh(header->entries_sector) * source->sector_bytes,
				  entries, size);
	if (r < 0 || crc32_of(entries, size) != le32toh(header->entries_crc))
		return r;
	r = take_entries(source, entries, header, ret);
	return r < 0 ? r : 1;
}

int gpt_read(const struct partitions_source *source, struct partitions *ret)
{
	uint64_t sectors = sectors_of(source);
	int r = sectors > 1 ? read_at(source, 1, ret) : 0;

	return r == 0 && sectors > 2 ? read_at(source, sectors - 1, ret) : r;
}
