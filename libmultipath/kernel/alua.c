/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kernel/alua.h"

#include <errno.h>

#include "base/bytes.h"

enum { HEADER_SIZE = 4, DESCRIPTOR_SIZE = 8, PORT_SIZE = 4 };

int mp_alua_decode(const uint8_t *data, size_t size, uint16_t group, enum mp_alua_state *state,
		   bool *preferred)
{
	size_t left;

	if (size < HEADER_SIZE)
		return -EBADMSG;
	left = mp_bytes_be32(data);
	if (left > size - HEADER_SIZE)
		left = size - HEADER_SIZE;
	data += HEADER_SIZE;

	while (left) {
		size_t descriptor_size;

		if (left < DESCRIPTOR_SIZE)
			return -EBADMSG;
		if (mp_bytes_be16(data + 2) == group) {
			*state = data[0] & 0xf;
			*preferred = data[0] & 0x80;
			return 0;
		}
		descriptor_size = DESCRIPTOR_SIZE + PORT_SIZE * data[7];
		if (left < descriptor_size)
			return -EBADMSG;
		data += descriptor_size;
		left -= descriptor_size;
	}
	return -ENOENT;
}

int mp_alua_priority(enum mp_alua_state state, bool preferred, bool exclusive_preferred)
{
	int priority = 0;

	switch (state) {
	case MP_ALUA_OPTIMIZED:
		priority = 50;
		break;
	case MP_ALUA_NON_OPTIMIZED:
		priority = 10;
		break;
	case MP_ALUA_LBA_DEPENDENT:
		priority = 5;
		break;
	case MP_ALUA_STANDBY:
		priority = 1;
		break;
	case MP_ALUA_UNAVAILABLE:
	case MP_ALUA_OFFLINE:
	case MP_ALUA_TRANSITIONING:
		break;
	}
	if (preferred && (state != MP_ALUA_OPTIMIZED || exclusive_preferred))
		priority += 80;
	return priority;
}
