/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * partitions.h - what a disk's partition table says, and how much of it can be believed.  For:
 * kpartx, gmultipath.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PARTITION_LAST = 256 }; /* highest number, as in the kernel */

enum partition_fault {
	PARTITION_GOOD,
	/* Known when it is read: */
	PARTITION_REVERSED, /* ends before it begins */
	PARTITION_NOT_INSIDE, /* a logical one, and a sector of it is not in its extended one */
	PARTITION_CUT_OFF, /* the way to it, and to what comes after it, leads nowhere */
	/* From its numbers: */
	PARTITION_EMPTY, /* no sectors */
	PARTITION_OUTSIDE, /* a sector of it is not on the disk */
	PARTITION_BEYOND_LAST, /* its number is too high */
	PARTITION_TWICE, /* another one has its number */
};

struct partition {
	unsigned number;
	/* of 512 bytes; of an extended partition only what is mapped of it */
	uint64_t start_sectors, size_sectors;
	uint64_t table_sectors; /* all that the table says */
	unsigned inside; /* number of the extended partition that it is a logical one of, 0 none */
	enum partition_fault fault;
};

struct partitions {
	struct partition *items; /* in the table's order */
	size_t count;
	const char *type; /* "gpt"; NULL if there is no table */
	bool broken_gpt; /* there should be a GPT, and none is valid on this disk */
};

struct partitions_source {
	int fd; /* the disk, or an image of it */
	bool is_image; /* a regular file */
	/* logical sectors of the disk, a multiple of 512; in an image: to be assumed */
	unsigned sector_bytes;
	uint64_t size_sectors;
	bool force_gpt; /* believe GPT without a protective MBR */
	const char *type; /* only this kind of table; NULL any */
};

/** partitions_fini() - free the list */
void partitions_fini(struct partitions *partitions);

/** partitions_judge() - set every @fault that reading has not set. Pure. */
void partitions_judge(struct partitions *partitions, uint64_t disk_sectors);

/* For those who read one kind of table: */

/** partitions_add() - append a copy. Return: 0, -ENOMEM. */
int partitions_add(struct partitions *partitions, const struct partition *partition);

/** partitions_read_bytes() - what is not on the disk reads as zeros. Return: 0, negative errno. */
int partitions_read_bytes(const struct partitions_source *source, uint64_t offset, void *ret,
			  size_t size);

/**
 * partitions_sectors() - sectors of the disk in sectors of 512 bytes; UINT64_MAX if there are too
 * many
 */
uint64_t partitions_sectors(const struct partitions_source *source, uint64_t count);

/** partitions_equal() - the same entries in the same order */
bool partitions_equal(const struct partitions *a, const struct partitions *b);

/**
 * partitions_overlap() - do two good ones share sectors, neither within the other (as slices are
 * that stand for a whole disk)?
 * @a, @b:	the first such pair's numbers
 */
bool partitions_overlap(const struct partitions *partitions, unsigned *a, unsigned *b);

/** partition_fault_text() - "lies outside the disk"; NULL if there is none */
const char *partition_fault_text(enum partition_fault fault);
