/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kpartx/dos.h"

#include <assert.h>
#include <endian.h>
#include <string.h>

#include "kpartx/partitions.h"

enum {
	ENTRIES = 4,
	FIRST_LOGICAL = 5,
	LINKS_MOST = 512, /* of one chain: twice as many as there are numbers for partitions */
};

/* On disk, little-endian. */
struct entry {
	uint8_t flags, first_chs[3], type, last_chs[3];
	/* sectors of the disk, @start from the table's own or the extended partition's first */
	uint32_t start, size;
} __attribute__((packed));

struct table {
	uint8_t code[446];
	struct entry entries[ENTRIES];
	uint8_t magic[2];
} __attribute__((packed));
static_assert(sizeof(struct table) == 512, "a table fills its sector");

/* In sectors of 512 bytes: no sum of two can overflow. */
struct extent {
	uint64_t start, size;
};

static struct extent extent_of(const struct partitions_source *source, const struct entry *entry,
			       uint64_t from)
{
	return (struct extent){
		.start = from + partitions_sectors(source, le32toh(entry->start)),
		.size = partitions_sectors(source, le32toh(entry->size)),
	};
}

static bool is_within(struct extent inner, struct extent outer)
{
	return inner.start >= outer.start && inner.start + inner.size <= outer.start + outer.size;
}

static bool is_extended(uint8_t type)
{
	return type == 0x05 || type == 0x0f || type == 0x85;
}

static bool is_table(const struct table *table)
{
	return table->magic[0] == 0x55 && table->magic[1] == 0xaa;
}

bool dos_has_type(const uint8_t sector[static 512], uint8_t type)
{
	const struct table *table = (const struct table *)sector;
	bool has = false;

	for (int i = 0; i < ENTRIES; i++)
		has |= table->entries[i].type == type;
	return has && is_table(table);
}

bool dos_has_extended(const uint8_t sector[static 512])
{
	return dos_has_type(sector, 0x05) || dos_has_type(sector, 0x0f) ||
	       dos_has_type(sector, 0x85);
}

/*
 * What is mapped of an extended partition: room for a boot loader, and no way to write to what is
 * inside.
 */
static uint64_t mapped_of_extended(const struct partitions_source *source, uint64_t size)
{
	uint64_t mapped = source->sector_bytes > 1024 ? source->sector_bytes / 512 : 2;

	return size < mapped ? size : mapped;
}

struct chain {
	const struct partitions_source *source;
	struct extent within; /* the extended partition */
	unsigned extended; /* its number */
	unsigned number; /* of the next logical one */
	uint64_t links[LINKS_MOST];
	size_t link_count;
	struct partitions *ret;
};

static int add(struct chain *chain, struct extent extent, enum partition_fault fault)
{
	const struct partition partition = {
		.number = chain->number++,
		.start_sectors = extent.start,
		.size_sectors = extent.size,
		.table_sectors = extent.size,
		.inside = chain->extended,
		.fault = fault,
	};

	return partitions_add(chain->ret, &partition);
}

/*
 * The third and the fourth entry are not in use, whatever stands there, unless it makes sense: so
 * does the kernel.
 */
static int add_logical(struct chain *chain, const struct table *table, struct extent link)
{
	int r = 0;

	for (int i = 0; i < ENTRIES && r == 0; i++) {
		const struct entry *entry = &table->entries[i];
		struct extent extent = extent_of(chain->source, entry, link.start);

		if (!extent.size || is_extended(entry->type))
			continue;
		if (is_within(extent, chain->within))
			r = i < 2 || is_within(extent, link) ? add(chain, extent, PARTITION_GOOD) :
							       0;
		else if (i < 2)
			r = add(chain, extent, PARTITION_NOT_INSIDE);
	}
	return r;
}

static const struct entry *next_link(const struct table *table)
{
	for (int i = 0; i < ENTRIES; i++)
		if (is_extended(table->entries[i].type) && table->entries[i].size)
			return &table->entries[i];
	return NULL;
}

static bool was_here(struct chain *chain, uint64_t start)
{
	for (size_t i = 0; i < chain->link_count; i++)
		if (chain->links[i] == start)
			return true;
	chain->links[chain->link_count++] = start;
	return false;
}

/* The first one may hold anything: no logical partition was made yet. */
static int read_chain(struct chain *chain)
{
	struct extent link = chain->within;
	const struct entry *next;
	struct table table;
	int r;

	while (chain->link_count < LINKS_MOST && !was_here(chain, link.start)) {
		r = partitions_read_bytes(chain->source, link.start * 512, &table, sizeof(table));
		if (r < 0)
			return r;
		if (!is_table(&table))
			return chain->link_count > 1 ? add(chain, link, PARTITION_CUT_OFF) : 0;
		r = add_logical(chain, &table, link);
		next = next_link(&table);
		if (r < 0 || !next)
			return r;
		link = extent_of(chain->source, next, chain->within.start);
		if (link.start < chain->within.start ||
		    link.start - chain->within.start >= chain->within.size ||
		    link.start >= chain->source->size_sectors)
			return add(chain, link, PARTITION_CUT_OFF);
	}
	/* A loop has shown all that is in it. */
	return chain->link_count < LINKS_MOST ? 0 : add(chain, link, PARTITION_CUT_OFF);
}

static int add_primary(const struct partitions_source *source, const struct entry *entry,
		       unsigned number, struct partitions *ret)
{
	struct extent extent = extent_of(source, entry, 0);
	const struct partition partition = {
		.number = number,
		.start_sectors = extent.start,
		.size_sectors = is_extended(entry->type) ? mapped_of_extended(source, extent.size) :
							   extent.size,
		.table_sectors = extent.size,
	};

	return extent.size ? partitions_add(ret, &partition) : 0;
}

int dos_read(const struct partitions_source *source, struct partitions *ret)
{
	struct chain chain = { .source = source, .number = FIRST_LOGICAL, .ret = ret };
	struct table table;
	int r = partitions_read_bytes(source, 0, &table, sizeof(table));

	if (r < 0 || !is_table(&table))
		return r;
	for (int i = 0; i < ENTRIES && r == 0; i++)
		r = add_primary(source, &table.entries[i], i + 1, ret);
	for (int i = 0; i < ENTRIES && r == 0; i++) {
		const struct entry *entry = &table.entries[i];

		chain.within = extent_of(source, entry, 0);
		chain.extended = i + 1;
		chain.link_count = 0;
		if (is_extended(entry->type) && chain.within.size &&
		    chain.within.start < source->size_sectors)
			r = read_chain(&chain);
	}
	return r;
}
