/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* alua.h - decode REPORT TARGET PORT GROUPS data.  Pure.  For: prioritizers, programs. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum mp_alua_state {
	MP_ALUA_OPTIMIZED = 0x0,
	MP_ALUA_NON_OPTIMIZED = 0x1,
	MP_ALUA_STANDBY = 0x2,
	MP_ALUA_UNAVAILABLE = 0x3,
	MP_ALUA_LBA_DEPENDENT = 0x4,
	MP_ALUA_OFFLINE = 0xe,
	MP_ALUA_TRANSITIONING = 0xf,
};

/**
 * mp_alua_decode() - access state of one target port group
 * @data:	parameter data, starting at RETURN DATA LENGTH
 * @size:	bytes in @data; shorter than the device claims is fine
 * @group:	target port group, from VPD page 0x83
 * @preferred:	PREF bit; both results are written on success only
 *
 * Source: spc4r36j 6.37, table 307 (ASYMMETRIC ACCESS STATE).
 * Return: 0, -ENOENT if @group is not listed, -EBADMSG if a descriptor is cut short.
 */
int mp_alua_decode(const uint8_t *data, size_t size, uint16_t group, enum mp_alua_state *state,
		   bool *preferred);

/**
 * mp_alua_priority() - 50 optimized, 10 non-optimized, 5 LBA dependent, 1 standby, 0 other; +80 if
 * preferred counts
 */
int mp_alua_priority(enum mp_alua_state state, bool preferred, bool exclusive_preferred);
