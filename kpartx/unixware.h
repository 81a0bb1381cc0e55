/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * unixware.h - decode UnixWare's disk label, whose magic number libblkid (2.38) has wrong.  For:
 * table.c; no I/O here.
 */
#pragma once
#include <stddef.h>
#include <stdint.h>

struct partition;

enum {
	UNIXWARE_SECTOR = 29,
	UNIXWARE_LAST = 15, /* most slices, beside the one that stands for the disk */
};

/**
 * unixware_decode() - slices of a label
 * @sector:	the one at UNIXWARE_SECTOR
 * @ret:	of UNIXWARE_LAST, zeroed
 *
 * Return: how many there are, numbered from 1 without gaps; 0 also if it is no label.
 */
size_t unixware_decode(const uint8_t sector[static 512], struct partition *ret);
