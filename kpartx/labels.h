/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * labels.h - read the partition tables of other systems. libblkid has recognized them, but for
 * BSD's; what is read here is where the partitions are.  For: table.c.
 */
#pragma once

struct partitions;
struct partitions_source;

/*
 * Every entry that is in use, numbered as libblkid and the kernel number them. Sizes are those of
 * the label: of a label that says how large its sectors are, these, else of 512 bytes. @ret: empty.
 * Return: 0, negative errno.
 */

/** label_read_bsd() - a BSD disklabel; reads nothing if there is none */
int label_read_bsd(const struct partitions_source *source, struct partitions *ret);
/** label_read_solaris() - a Solaris x86 VTOC */
int label_read_solaris(const struct partitions_source *source, struct partitions *ret);
/** label_read_sun() - a Sun disk label */
int label_read_sun(const struct partitions_source *source, struct partitions *ret);
/** label_read_sgi() - an SGI volume header */
int label_read_sgi(const struct partitions_source *source, struct partitions *ret);
/** label_read_mac() - an Apple partition map */
int label_read_mac(const struct partitions_source *source, struct partitions *ret);
/** label_read_ultrix() - an Ultrix label */
int label_read_ultrix(const struct partitions_source *source, struct partitions *ret);
/** label_read_atari() - an Atari root sector */
int label_read_atari(const struct partitions_source *source, struct partitions *ret);
