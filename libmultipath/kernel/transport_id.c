/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kernel/transport_id.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"

enum {
	PROTOCOL_MASK = 0xf,
	FORMAT_SHIFT = 6,
	FC_NAME = 8, /* offsets */
	SAS_ADDRESS = 4,
	ISCSI_NAME = 4,
	ISCSI_LENGTH_MIN = 20,
	ADDRESS_DIGITS = 2 * MP_TRANSPORT_ADDRESS_SIZE,
};

static int decode_address(const uint8_t *data, size_t size, size_t offset,
			  struct mp_transport_id *ret)
{
	if (size < offset + sizeof(ret->address))
		return -EBADMSG;
	memcpy(ret->address, data + offset, sizeof(ret->address));
	return 0;
}

static int decode_name(const uint8_t *data, size_t size, struct mp_transport_id *ret)
{
	size_t length;

	if (size < ISCSI_NAME)
		return -EBADMSG;
	length = mp_bytes_be16(data + 2);
	if (length > size - ISCSI_NAME)
		length = size - ISCSI_NAME;
	if (length >= sizeof(ret->name))
		length = sizeof(ret->name) - 1;
	memcpy(ret->name, data + ISCSI_NAME, strnlen((const char *)data + ISCSI_NAME, length));
	return 0;
}

int mp_transport_id_decode(const uint8_t *data, size_t size, struct mp_transport_id *ret)
{
	if (!size)
		return -EBADMSG;
	*ret = (struct mp_transport_id){ .protocol = data[0] & PROTOCOL_MASK,
					 .format = data[0] >> FORMAT_SHIFT };
	switch (ret->protocol) {
	case MP_TRANSPORT_FC:
		return decode_address(data, size, FC_NAME, ret);
	case MP_TRANSPORT_SAS:
		return decode_address(data, size, SAS_ADDRESS, ret);
	case MP_TRANSPORT_ISCSI:
		return decode_name(data, size, ret);
	default:
		return 0;
	}
}

static int encode_address(const struct mp_transport_id *id, size_t offset, uint8_t *data,
			  size_t room)
{
	if (room < MP_TRANSPORT_ID_SIZE)
		return -ENOSPC;
	memset(data, 0, MP_TRANSPORT_ID_SIZE);
	data[0] = id->protocol;
	memcpy(data + offset, id->address, sizeof(id->address));
	return MP_TRANSPORT_ID_SIZE;
}

static int encode_name(const struct mp_transport_id *id, uint8_t *data, size_t room)
{
	size_t length = strnlen(id->name, sizeof(id->name));
	size_t padded = (length + 1 + 3) & ~(size_t)3;

	if (!length || length >= MP_TRANSPORT_ISCSI_LENGTH || id->format > MP_TRANSPORT_PORT)
		return -EINVAL;
	if (padded < ISCSI_LENGTH_MIN)
		padded = ISCSI_LENGTH_MIN;
	if (room < ISCSI_NAME + padded)
		return -ENOSPC;
	memset(data, 0, ISCSI_NAME + padded);
	data[0] = id->format << FORMAT_SHIFT | id->protocol;
	mp_bytes_put_be16(data + 2, padded);
	memcpy(data + ISCSI_NAME, id->name, length);
	return ISCSI_NAME + padded;
}

int mp_transport_id_encode(const struct mp_transport_id *id, uint8_t *data, size_t room)
{
	switch (id->protocol) {
	case MP_TRANSPORT_FC:
		return encode_address(id, FC_NAME, data, room);
	case MP_TRANSPORT_SAS:
		return encode_address(id, SAS_ADDRESS, data, room);
	case MP_TRANSPORT_ISCSI:
		return encode_name(id, data, room);
	default:
		return -EINVAL;
	}
}

static int parse_address(const char *digits, enum mp_transport_protocol protocol,
			 struct mp_transport_id *ret)
{
	struct mp_transport_id id = { .protocol = protocol };

	if (strlen(digits) != ADDRESS_DIGITS)
		return -EINVAL;
	for (size_t i = 0; i < ADDRESS_DIGITS; i++)
		if (!isxdigit((unsigned char)digits[i]))
			return -EINVAL;
	mp_bytes_put_be64(id.address, strtoull(digits, NULL, 16));
	*ret = id;
	return 0;
}

int mp_transport_id_parse(const char *text, struct mp_transport_id *ret)
{
	struct mp_transport_id id = { .protocol = MP_TRANSPORT_ISCSI };
	size_t length = strlen(text);

	if (!strncmp(text, "fcp,", strlen("fcp,")))
		return parse_address(text + strlen("fcp,"), MP_TRANSPORT_FC, ret);
	if (!strncmp(text, "sas,", strlen("sas,")))
		return parse_address(text + strlen("sas,"), MP_TRANSPORT_SAS, ret);
	if (strncmp(text, "iqn.", strlen("iqn.")) || length >= MP_TRANSPORT_ISCSI_LENGTH)
		return -EINVAL;
	memcpy(id.name, text, length);
	id.format = strstr(text, ",i,0x") ? MP_TRANSPORT_PORT : MP_TRANSPORT_DEVICE;
	*ret = id;
	return 0;
}
