/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/vpd.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The first byte is the room for the result; a WWID is one printable word or none. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mp_inquiry inquiry;
	char text[256];
	size_t room;

	if (size < 1)
		return 0;
	room = data[0] + 1;
	data++;
	size--;
	if (mp_vpd_wwid(data, size, size % 2 ? "1VENDOR_12_3" : NULL, text, room) == 0)
		if (strlen(text) >= room || strpbrk(text, "\n\r\t "))
			abort();
	if (mp_vpd_tpg(data, size) > 0xffff || mp_vpd_target_port(data, size) > 0xffff)
		abort();
	if (mp_vpd_serial(data, size, text, room) == 0 && (strlen(text) >= room || text[0] == ' '))
		abort();
	if (mp_vpd_hp3par(data, size, text, room) == 0 && strlen(text) >= room)
		abort();
	mp_inquiry_parse(data, size, &inquiry);
	return 0;
}
