/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * disk.h - the block device whose partitions are mapped: multipath map, disk, loop device.  For:
 * kpartx.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "kpartx/mappings.h"

struct disk {
	int fd; /* read only; the table is locked against programs that lock it to write */
	dev_t devt;
	mode_t mode;
	uid_t uid;
	gid_t gid;
	uint64_t size_sectors;
	unsigned sector_bytes; /* logical */
	bool read_only;
	bool is_dm;
	char *name; /* of device-mapper, else the last component of the file's */
	char uuid[MAPPING_UUID_SIZE]; /* what its partitions' UUIDs end with */
};

/** disk_open() - @ret is filled on success only. Return: 0, negative errno. */
int disk_open(const char *file, struct disk *ret);
/** disk_fini() - close the descriptor and free the rest */
void disk_fini(struct disk *disk);

/**
 * disk_silence() - why it does not answer without help: "it is suspended"; NULL if
 * nothing is known of that
 */
const char *disk_silence(const struct disk *disk);

/**
 * disk_wait() - until there is no reason for silence
 *
 * Who reads from a disk that does not answer can be stuck for good, even in closing it, and be
 * beyond SIGKILL.
 * Return: 0, -ETIMEDOUT after ten seconds: what replaces a map's table suspends it, too, for less.
 */
int disk_wait(const struct disk *disk);
