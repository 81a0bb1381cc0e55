/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/reservation.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What can be encoded is what was decoded. */
static void encode(const struct mp_reservation_registrant *one)
{
	const struct mp_reservation_parameters parameters = { .ports = &one->transport,
							      .port_count = 1 };
	uint8_t list[MP_RESERVATION_LIST_SIZE];
	struct mp_transport_id again;
	int length = mp_reservation_encode(&parameters, list, sizeof(list));

	if (length < 0)
		return;
	if (mp_transport_id_decode(list + MP_RESERVATION_PARAMETERS_SIZE + 4,
				   length - MP_RESERVATION_PARAMETERS_SIZE - 4, &again) < 0 ||
	    again.protocol != one->transport.protocol || strcmp(again.name, one->transport.name) ||
	    memcmp(again.address, one->transport.address, sizeof(again.address)))
		abort();
}

static void read_status(const uint8_t *data, size_t size)
{
	struct mp_reservation_registrant one;
	struct mp_reservation_status status;
	size_t count = 0;

	if (mp_reservation_decode_status(data, size, &status) < 0)
		return;
	while (mp_reservation_next(&status, &one)) {
		if (++count * 24 > size || status.next + status.left > data + size)
			abort();
		if (one.has_transport)
			encode(&one);
	}
	if (count && !status.left && mp_reservation_decode_status(data, size, &status) == 0 &&
	    mp_reservation_find(&status, one.key, one.target_port, NULL) == MP_RESERVATION_ABSENT)
		abort();
}

/* Whatever a target sends, the decoded data lies within it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mp_reservation_capabilities capabilities;
	struct mp_reservation_holder holder;
	struct mp_reservation_keys keys;
	struct mp_transport_id id;
	char text[64];

	if (mp_reservation_decode_keys(data, size, &keys) == 0) {
		if (keys.count * 8 + 8 > size)
			abort();
		if (keys.count &&
		    !mp_reservation_count(&keys, mp_reservation_key(&keys, keys.count - 1)))
			abort();
	}
	mp_reservation_decode_holder(data, size, &holder);
	mp_reservation_decode_capabilities(data, size, &capabilities);
	read_status(data, size);

	if (size < sizeof(text)) {
		memcpy(text, data, size);
		text[size] = '\0';
		mp_transport_id_parse(text, &id);
	}
	return 0;
}
