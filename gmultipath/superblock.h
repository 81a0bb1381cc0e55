/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* superblock.h - disk contents that extend to the last sector.  For: gmultipath's verbs. */
#pragma once
#include <stddef.h>

struct provider;

/**
 * superblock_find() - find a RAID member, file system or partition table whose last sector a label
 * would overwrite
 * @text:	"an ext4 file system", "a linux_raid_member superblock"
 *
 * May block. Return: 1 if found, 0 if none, negative errno.
 */
int superblock_find(const struct provider *provider, char *text, size_t size);
