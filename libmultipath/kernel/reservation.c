/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kernel/reservation.h"

#include <errno.h>
#include <string.h>

#include "base/bytes.h"

enum {
	HEADER_SIZE = 8, /* generation, additional length */
	KEY_SIZE = 8,
	HOLDER_SIZE = 24,
	CAPABILITIES_SIZE = 8,
	REGISTRANT_SIZE = 24, /* before its TransportID */

	/* in byte 20 of the parameter list */
	APTPL = 0x01,
	ALL_TG_PT = 0x04,
	SPEC_I_PT = 0x08,
};

/* The lengths of the list of ports, and of all ports. Return: bytes, negative errno. */
static int encode_ports(const struct mp_reservation_parameters *parameters, uint8_t *data,
			size_t room)
{
	size_t length = 4;

	if (parameters->port_count > MP_RESERVATION_PORTS)
		return -EINVAL;
	if (room < length)
		return -ENOSPC;
	for (size_t i = 0; i < parameters->port_count; i++) {
		int r = mp_transport_id_encode(&parameters->ports[i], data + length, room - length);

		if (r < 0)
			return r;
		length += r;
	}
	mp_bytes_put_be32(data, length - 4);
	return length;
}

int mp_reservation_encode(const struct mp_reservation_parameters *parameters, uint8_t *data,
			  size_t room)
{
	int length = 0;

	if (room < MP_RESERVATION_PARAMETERS_SIZE)
		return -ENOSPC;
	memset(data, 0, MP_RESERVATION_PARAMETERS_SIZE);
	mp_bytes_put_be64(data, parameters->key);
	mp_bytes_put_be64(data + 8, parameters->service_action_key);
	if (parameters->all_target_ports)
		data[20] |= ALL_TG_PT;
	if (parameters->through_power_loss)
		data[20] |= APTPL;
	if (parameters->port_count) {
		data[20] |= SPEC_I_PT;
		length = encode_ports(parameters, data + MP_RESERVATION_PARAMETERS_SIZE,
				      room - MP_RESERVATION_PARAMETERS_SIZE);
	}
	return length < 0 ? length : MP_RESERVATION_PARAMETERS_SIZE + length;
}

/* What follows the header: as much as the target reports, and no more than was received. */
static size_t additional_length(const uint8_t *data, size_t size)
{
	size_t reported = mp_bytes_be32(data + 4), room = size - HEADER_SIZE;

	return reported < room ? reported : room;
}

int mp_reservation_decode_keys(const uint8_t *data, size_t size, struct mp_reservation_keys *ret)
{
	if (size < HEADER_SIZE)
		return -EBADMSG;
	*ret = (struct mp_reservation_keys){
		.generation = mp_bytes_be32(data),
		.count = additional_length(data, size) / KEY_SIZE,
		.cut_off = mp_bytes_be32(data + 4) > size - HEADER_SIZE,
		.keys = data + HEADER_SIZE,
	};
	return 0;
}

uint64_t mp_reservation_key(const struct mp_reservation_keys *keys, size_t index)
{
	return mp_bytes_be64(keys->keys + index * KEY_SIZE);
}

size_t mp_reservation_count(const struct mp_reservation_keys *keys, uint64_t key)
{
	size_t count = 0;

	for (size_t i = 0; i < keys->count; i++)
		count += mp_reservation_key(keys, i) == key;
	return count;
}

int mp_reservation_decode_holder(const uint8_t *data, size_t size,
				 struct mp_reservation_holder *ret)
{
	if (size < HEADER_SIZE)
		return -EBADMSG;
	*ret = (struct mp_reservation_holder){ .generation = mp_bytes_be32(data),
					       .held = mp_bytes_be32(data + 4) != 0 };
	if (!ret->held)
		return 0;
	if (size < HOLDER_SIZE)
		return -EBADMSG;
	ret->key = mp_bytes_be64(data + 8);
	ret->scope = data[21] >> 4;
	ret->type = data[21] & 0xf;
	return 0;
}

int mp_reservation_decode_capabilities(const uint8_t *data, size_t size,
				       struct mp_reservation_capabilities *ret)
{
	if (size < CAPABILITIES_SIZE)
		return -EBADMSG;
	*ret = (struct mp_reservation_capabilities){
		.length = mp_bytes_be16(data),
		.flags = { data[2], data[3] },
		.types = mp_bytes_be16(data + 4),
	};
	return 0;
}

int mp_reservation_decode_status(const uint8_t *data, size_t size,
				 struct mp_reservation_status *ret)
{
	if (size < HEADER_SIZE)
		return -EBADMSG;
	*ret = (struct mp_reservation_status){
		.generation = mp_bytes_be32(data),
		.next = data + HEADER_SIZE,
		.left = additional_length(data, size),
	};
	return 0;
}

int mp_reservation_next(struct mp_reservation_status *status, struct mp_reservation_registrant *ret)
{
	const uint8_t *data = status->next;
	size_t length;

	if (status->left < REGISTRANT_SIZE)
		return 0;
	length = mp_bytes_be32(data + 20);
	if (length > status->left - REGISTRANT_SIZE)
		return 0;
	*ret = (struct mp_reservation_registrant){
		.key = mp_bytes_be64(data),
		.holder = data[12] & 0x01,
		.all_target_ports = data[12] & 0x02,
		.scope = data[13] >> 4,
		.type = data[13] & 0xf,
		.target_port = mp_bytes_be16(data + 18),
	};
	ret->has_transport =
		mp_transport_id_decode(data + REGISTRANT_SIZE, length, &ret->transport) == 0;
	status->next += REGISTRANT_SIZE + length;
	status->left -= REGISTRANT_SIZE + length;
	return 1;
}

/* Only addresses of Fibre Channel and SAS are compared: an iSCSI initiator has a name for each
 * session. */
static enum mp_reservation_presence is_of(const struct mp_reservation_registrant *registrant,
					  const struct mp_transport_id *initiator)
{
	const struct mp_transport_id *transport = &registrant->transport;

	if (!initiator || !registrant->has_transport ||
	    transport->protocol != initiator->protocol ||
	    (transport->protocol != MP_TRANSPORT_FC && transport->protocol != MP_TRANSPORT_SAS))
		return MP_RESERVATION_UNSURE;
	return memcmp(transport->address, initiator->address, sizeof(transport->address)) ?
		       MP_RESERVATION_ABSENT :
		       MP_RESERVATION_PRESENT;
}

enum mp_reservation_presence mp_reservation_find(struct mp_reservation_status *status, uint64_t key,
						 uint16_t target_port,
						 const struct mp_transport_id *initiator)
{
	enum mp_reservation_presence presence = MP_RESERVATION_ABSENT, one;
	struct mp_reservation_registrant registrant;

	while (mp_reservation_next(status, &registrant)) {
		if (registrant.key != key ||
		    (!registrant.all_target_ports && registrant.target_port != target_port))
			continue;
		one = is_of(&registrant, initiator);
		if (one == MP_RESERVATION_PRESENT)
			return one;
		if (one == MP_RESERVATION_UNSURE)
			presence = one;
	}
	/* A descriptor that is not complete could be the one. */
	return status->left ? MP_RESERVATION_UNSURE : presence;
}
