/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* superblock.h - what a disk holds that reaches to its last sector.  For: gmultipath's verbs. */
#pragma once
#include <stddef.h>

struct provider;

/**
 * superblock_find() - RAID members, file systems and partition tables that would lose their last
 * sector to a label
 * @text:	"an ext4 file system", "a linux_raid_member superblock"
 *
 * Blocks. Return: 1 found, 0 none, negative errno.
 */
int superblock_find(const struct provider *provider, char *text, size_t size);
