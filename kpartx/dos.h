/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* dos.h - read a dos partition table (MBR) and its chains of logical partitions.  For: table.c. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct partitions;
struct partitions_source;

/**
 * dos_read() - every entry, primary ones before logical ones
 * @ret:	empty
 *
 * The table has 32 bits for sectors of the disk, whatever their size: all is reckoned with in 64.
 * What lies outside of its extended partition has a fault: a logical partition, or what the chain's
 * next link points at. Then the rest of the chain is not known.
 * Return: 0, negative errno.
 */
int dos_read(const struct partitions_source *source, struct partitions *ret);

/** dos_has_type() - true if the table has an entry of that type. @sector: the disk's first one */
bool dos_has_type(const uint8_t sector[static 512], uint8_t type);

/** dos_has_extended() - likewise, of the types that an extended partition can have */
bool dos_has_extended(const uint8_t sector[static 512]);
