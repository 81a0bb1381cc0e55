/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* table.h - read a disk's partition table, of whatever kind it is.  For: kpartx, gmultipath. */
#pragma once
struct partitions;
struct partitions_source;

/**
 * table_read() - every entry of the disk's table
 * @ret:	empty; stays empty if there is no table
 *
 * libblkid tells what kind of table there is, but for GPT and UnixWare. Where the partitions are is
 * read from the sectors, in 64 bits: libblkid (2.38) has 32 for most tables, in sectors of 512
 * bytes, and leaves out what it takes for wrong.
 * Return: 0, -EIO or another negative errno if the disk could not be read: nothing is known then.
 */
int table_read(const struct partitions_source *source, struct partitions *ret);
