/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kpartx/unixware.h"

#include <assert.h>
#include <endian.h>
#include <string.h>

#include "base/cleanup.h"
#include "kpartx/partitions.h"

/* On disk, little-endian. */
struct slice {
	uint16_t purpose; /* 0: not in use */
	uint16_t flags;
	uint32_t start, size; /* sectors of the disk */
};

struct label {
	uint32_t kind, magic;
	uint8_t geometry[148];
	uint32_t contents_magic, contents_version;
	uint8_t name[8], counts[44];
	struct slice slices[1 + UNIXWARE_LAST]; /* the first one stands for the disk */
	uint8_t rest[104];
};
static_assert(sizeof(struct label) == 512, "a label fills its sector");

size_t unixware_decode(const uint8_t sector[static 512], struct partition *ret)
{
	struct label label;
	size_t count = 0;

	memcpy(&label, sector, sizeof(label));
	if (le32toh(label.magic) != 0xca5e600d || le32toh(label.contents_magic) != 0x600ddeee)
		return 0;
	for (size_t i = 1; i < ARRAY_SIZE(label.slices); i++) {
		const struct slice *slice = &label.slices[i];

		if (!slice->purpose)
			continue;
		ret[count].number = count + 1;
		ret[count].start_sectors = le32toh(slice->start);
		ret[count].size_sectors = le32toh(slice->size);
		ret[count].table_sectors = ret[count].size_sectors;
		count++;
	}
	return count;
}
