/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* vpd.h - decode INQUIRY data and VPD pages.  Pure.  For: probe, scsi, prioritizers. */
#pragma once
#include <stddef.h>
#include <stdint.h>

/**
 * mp_vpd_wwid() - WWID from page 0x83 (spc4r36j 7.8.6), by the rules of the field: NAA 6, 5, 2, EUI-64, name, T10, NAA 3
 *
 * Return: 0, -ENOENT no usable designator, -EBADMSG not page 0x83. A result that does not fit is cut (hex: to whole bytes).
 */
int mp_vpd_wwid(const uint8_t *page, size_t page_size, char *wwid, size_t size);

/** mp_vpd_tpg() - target port group: first designator of type 5. Return: the group, -ENOENT, -EBADMSG. */
int mp_vpd_tpg(const uint8_t *page, size_t page_size);

/** mp_vpd_serial() - page 0x80, blanks stripped. Return: 0, -EBADMSG. */
int mp_vpd_serial(const uint8_t *page, size_t page_size, char *serial, size_t size);

/** mp_vpd_hp3par() - vendor page 0xC0 of HP 3PAR as text. Return: 0, -EBADMSG. */
int mp_vpd_hp3par(const uint8_t *page, size_t page_size, char *text, size_t size);
