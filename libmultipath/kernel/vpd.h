/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* vpd.h - decode INQUIRY data and VPD pages.  Pure.  For: probe, scsi, prioritizers. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * mp_vpd_wwid() - WWID from page 0x83 (spc4r36j 7.8.6), by the rules of the field: NAA 6, 5, 2,
 * EUI-64, name, T10, NAA 3
 *
 * A page in the format of SCSI-2, which is a name without descriptors, is taken as an NAA name.
 * @known:	the one to choose if the page has it at all: a LUN keeps its names, but may get
 *		better ones; NULL none
 *
 * Return: 0, -ENOENT no usable designator, -EBADMSG not page 0x83. A result that does not fit is
 * cut (hex: to whole bytes).
 */
int mp_vpd_wwid(const uint8_t *page, size_t page_size, const char *known, char *wwid, size_t size);

/**
 * mp_vpd_is_name() - has a WWID the form that udev (scsi_id) gives an NAA or EUI-64 designator?
 * Then the page has it, or is another LUN's.
 */
bool mp_vpd_is_name(const char *wwid);

/**
 * mp_vpd_tpg() - target port group: first designator of type 5. Return: the group, -ENOENT,
 * -EBADMSG.
 */
int mp_vpd_tpg(const uint8_t *page, size_t page_size);

/**
 * mp_vpd_target_port() - relative identifier of the port that answered: designator of type 4
 * (spc4r36j 7.8.6.8). Return: it, -ENOENT, -EBADMSG.
 */
int mp_vpd_target_port(const uint8_t *page, size_t page_size);

/** mp_vpd_serial() - page 0x80, blanks stripped. Return: 0, -EBADMSG. */
int mp_vpd_serial(const uint8_t *page, size_t page_size, char *serial, size_t size);

/**
 * mp_vpd_hp3par() - name of the volume, from vendor page 0xC0 of HP 3PAR. Return: 0, -ENODATA the
 * page has none, -EBADMSG.
 */
int mp_vpd_hp3par(const uint8_t *page, size_t page_size, char *text, size_t size);

struct mp_inquiry {
	char vendor[9], product[17], revision[5]; /* blanks stripped */
	uint8_t device_type; /* 0: disk */
	uint8_t tpgs; /* enum mp_tpgs */
};

/**
 * mp_inquiry_parse() - standard INQUIRY data (spc4r36j 6.6.2). Return: 0, -EBADMSG shorter than the
 * standard's 36 bytes.
 */
int mp_inquiry_parse(const uint8_t *data, size_t data_size, struct mp_inquiry *ret);
