/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gpt.h - read a GUID partition table.  For: table.c. */
#pragma once

struct partitions;
struct partitions_source;

/**
 * gpt_read() - every entry of a valid GPT, also of one that does not lie between first and last
 * usable sector
 * @ret:	empty
 *
 * Valid: header and entries have their checksums, the header is where it says it is. The second
 * sector's counts; if there is none, the last one's. Source: UEFI 2.10, 5.3.
 * Return: 1, 0 if there is no valid GPT, negative errno.
 */
int gpt_read(const struct partitions_source *source, struct partitions *ret);
