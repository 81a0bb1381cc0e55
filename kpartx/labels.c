/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kpartx/labels.h"

#include <string.h>

#include "base/bytes.h"
#include "base/cleanup.h"
#include "kpartx/partitions.h"

static int add(struct partitions *ret, unsigned number, uint64_t start, uint64_t size)
{
	const struct partition partition = {
		.number = number,
		.start_sectors = start,
		.size_sectors = size,
		.table_sectors = size,
	};

	return partitions_add(ret, &partition);
}

/* Of 512 bytes, in a sector of the label; 1 if the label says nothing that makes sense. */
static uint64_t scale_of(uint32_t sector_bytes)
{
	return sector_bytes && sector_bytes % 512 == 0 ? sector_bytes / 512 : 1;
}

/* The label is in the second sector, on some machines in the first one. */
int label_read_bsd(const struct partitions_source *source, struct partitions *ret)
{
	enum {
		MAGIC = 0x82564557,
		SECOND_MAGIC_AT = 132,
		SECTOR_BYTES_AT = 40,
		COUNT_AT = 138,
		SLICES_AT = 148,
		SLICE = 16,
		SLICES = 22 /* in a sector */
	};
	static const size_t places[] = { 512, 64, 128 };
	uint8_t bytes[1024], *label = NULL;
	unsigned number = 1, count;
	int r = partitions_read_bytes(source, 0, bytes, sizeof(bytes));

	for (size_t i = 0; i < ARRAY_SIZE(places) && !label; i++)
		if (mp_bytes_le32(bytes + places[i]) == MAGIC &&
		    mp_bytes_le32(bytes + places[i] + SECOND_MAGIC_AT) == MAGIC)
			label = bytes + places[i];
	if (r < 0 || !label)
		return r;
	count = mp_bytes_le16(label + COUNT_AT);
	for (unsigned i = 0; i < count && i < SLICES && r == 0; i++) {
		const uint8_t *slice = label + SLICES_AT + SLICE * i;
		uint64_t scale = scale_of(mp_bytes_le32(label + SECTOR_BYTES_AT));

		if (slice[12]) /* its type: 0 is not in use */
			r = add(ret, number++, mp_bytes_le32(slice + 4) * scale,
				mp_bytes_le32(slice) * scale);
	}
	return r;
}

/* The VTOC of x86. */
int label_read_solaris(const struct partitions_source *source, struct partitions *ret)
{
	enum {
		VTOC_AT = 512,
		SECTOR_BYTES_AT = 28,
		COUNT_AT = 30,
		SLICES_AT = 72,
		SLICE = 12,
		SLICES = 16,
		WHOLE_DISK = 5
	};
	uint8_t vtoc[512];
	unsigned number = 1, count;
	int r = partitions_read_bytes(source, VTOC_AT, vtoc, sizeof(vtoc));

	if (r < 0)
		return r;
	count = mp_bytes_le16(vtoc + COUNT_AT);
	for (unsigned i = 0; i < count && i < SLICES && r == 0; i++) {
		const uint8_t *slice = vtoc + SLICES_AT + SLICE * i;
		uint64_t scale = scale_of(mp_bytes_le16(vtoc + SECTOR_BYTES_AT)),
			 size = mp_bytes_le32(slice + 8) * scale;

		if (size && mp_bytes_le16(slice) != WHOLE_DISK)
			r = add(ret, number++, mp_bytes_le32(slice + 4) * scale, size);
	}
	return r;
}

/* Sparc. Old labels have no VTOC: nothing tells which slice stands for the disk. */
int label_read_sun(const struct partitions_source *source, struct partitions *ret)
{
	enum {
		VERSION_AT = 128,
		COUNT_AT = 140,
		TAGS_AT = 142,
		SANITY_AT = 188,
		HEADS_AT = 436,
		TRACK_AT = 438,
		SLICES_AT = 444,
		SLICES = 8,
		WHOLE_DISK = 5
	};
	uint64_t cylinder;
	uint8_t label[512];
	bool has_tags;
	int r = partitions_read_bytes(source, 0, label, sizeof(label));

	if (r < 0)
		return r;
	cylinder = (uint64_t)mp_bytes_be16(label + HEADS_AT) * mp_bytes_be16(label + TRACK_AT);
	has_tags = mp_bytes_be32(label + SANITY_AT) == 0x600ddeee &&
		   mp_bytes_be32(label + VERSION_AT) == 1 &&
		   mp_bytes_be16(label + COUNT_AT) <= SLICES;
	for (unsigned i = 0; i < SLICES && r == 0; i++) {
		const uint8_t *slice = label + SLICES_AT + 8 * i;

		if (mp_bytes_be32(slice + 4) &&
		    !(has_tags && mp_bytes_be16(label + TAGS_AT + 4 * i) == WHOLE_DISK))
			r = add(ret, i + 1, mp_bytes_be32(slice) * cylinder,
				mp_bytes_be32(slice + 4));
	}
	return r;
}

int label_read_sgi(const struct partitions_source *source, struct partitions *ret)
{
	enum { SLICES_AT = 312, SLICES = 16 };
	uint8_t label[512];
	int r = partitions_read_bytes(source, 0, label, sizeof(label));

	for (unsigned i = 0; i < SLICES && r == 0; i++) {
		const uint8_t *slice = label + SLICES_AT + 12 * i;

		if (mp_bytes_be32(slice))
			r = add(ret, i + 1, mp_bytes_be32(slice + 4), mp_bytes_be32(slice));
	}
	return r;
}

/* One block for each entry, behind the driver's, which says how large they are. */
int label_read_mac(const struct partitions_source *source, struct partitions *ret)
{
	uint8_t driver[4], entry[16];
	uint64_t scale;
	unsigned count = 1;
	int r = partitions_read_bytes(source, 0, driver, sizeof(driver));

	if (r < 0)
		return r;
	scale = scale_of(!memcmp(driver, "ER", 2) ? mp_bytes_be16(driver + 2) : 512);
	for (unsigned i = 1; i <= count && i <= PARTITION_LAST + 1 && r == 0; i++) {
		r = partitions_read_bytes(source, i * scale * 512, entry, sizeof(entry));
		if (r < 0)
			return r;
		if (memcmp(entry, "PM", 2))
			return i > 1 ? partitions_add(ret,
						      &(struct partition){
							      .number = i,
							      .fault = PARTITION_CUT_OFF }) :
				       0;
		if (i == 1)
			count = mp_bytes_be32(entry + 4);
		r = add(ret, i, mp_bytes_be32(entry + 8) * scale,
			mp_bytes_be32(entry + 12) * scale);
	}
	return r;
}

int label_read_ultrix(const struct partitions_source *source, struct partitions *ret)
{
	enum { LABEL_BYTES = 72, LABEL_AT = 16384 - LABEL_BYTES, SLICES_AT = 8, SLICES = 8 };
	uint8_t label[LABEL_BYTES];
	int r = partitions_read_bytes(source, LABEL_AT, label, sizeof(label));

	for (unsigned i = 0; i < SLICES && r == 0; i++) {
		const uint8_t *slice = label + SLICES_AT + 8 * i;

		if (mp_bytes_le32(slice))
			r = add(ret, i + 1, mp_bytes_le32(slice + 4), mp_bytes_le32(slice));
	}
	return r;
}

enum {
	ATARI_SLICE = 12,
	ATARI_SLICES_AT = 0x1c6,
	ATARI_SLICES = 4,
	ATARI_MORE_AT = 0x156,
	ATARI_MORE = 8,
	ATARI_LINKS_MOST = 256
};

static bool atari_in_use(const uint8_t *slice)
{
	return slice[0] & 1;
}

static bool atari_is(const uint8_t *slice, const char *kind)
{
	return !memcmp(slice + 1, kind, 3);
}

/* @first: of the extended partition, which its links count from */
static int read_atari_chain(const struct partitions_source *source, uint64_t first,
			    unsigned *number, struct partitions *ret)
{
	uint8_t sector[512];
	uint64_t at = first, before = 0;
	int r;

	/* Each lies behind the one before it, or it is a loop. */
	for (unsigned links = 0;
	     links < ATARI_LINKS_MOST && at > before && at < source->size_sectors; links++) {
		const uint8_t *slice = sector + ATARI_SLICES_AT,
			      *end = slice + ATARI_SLICES * ATARI_SLICE, *next;

		r = partitions_read_bytes(source, at * 512, sector, sizeof(sector));
		if (r < 0)
			return r;
		while (slice < end - ATARI_SLICE && !atari_in_use(slice))
			slice += ATARI_SLICE;
		next = slice + ATARI_SLICE;
		if (!atari_in_use(slice) || atari_is(slice, "XGM"))
			return 0;
		r = add(ret, (*number)++, at + mp_bytes_be32(slice + 4), mp_bytes_be32(slice + 8));
		if (r < 0 || next >= end || !atari_in_use(next) || !atari_is(next, "XGM"))
			return r;
		before = at;
		at = first + mp_bytes_be32(next + 4);
	}
	return 0;
}

/* ICD's eight more, where there is no chain. */
static int read_atari_more(const uint8_t *sector, unsigned number, struct partitions *ret)
{
	static const char *const kinds[] = { "GEM", "BGM", "LNX", "SWP", "RAW" };
	const uint8_t *first = sector + ATARI_MORE_AT;
	bool known = false;
	int r = 0;

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		known |= atari_is(first, kinds[i]);
	for (unsigned i = 0; known && i < ATARI_MORE && r == 0; i++) {
		const uint8_t *slice = first + ATARI_SLICE * i;

		if (atari_in_use(slice))
			r = add(ret, number++, mp_bytes_be32(slice + 4), mp_bytes_be32(slice + 8));
	}
	return r;
}

int label_read_atari(const struct partitions_source *source, struct partitions *ret)
{
	uint8_t sector[512];
	unsigned number = 1;
	bool chain = false;
	int r = partitions_read_bytes(source, 0, sector, sizeof(sector));

	for (unsigned i = 0; i < ATARI_SLICES && r == 0; i++) {
		const uint8_t *slice = sector + ATARI_SLICES_AT + ATARI_SLICE * i;

		if (!atari_in_use(slice))
			continue;
		if (atari_is(slice, "XGM")) {
			chain = true;
			r = read_atari_chain(source, mp_bytes_be32(slice + 4), &number, ret);
		} else {
			r = add(ret, number++, mp_bytes_be32(slice + 4), mp_bytes_be32(slice + 8));
		}
	}
	return r < 0 || chain ? r : read_atari_more(sector, number, ret);
}
