/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kernel/reservation.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/cleanup.h"
#include "kernel/scsi.h"

/* spc4r36j 6.16, 6.17 */
enum {
	PERSISTENT_RESERVE_IN = 0x5e,
	READ_KEYS = 0x00,
	READ_RESERVATION = 0x01,
	PERSISTENT_RESERVE_OUT = 0x5f,
	REGISTER_AND_IGNORE_EXISTING_KEY = 0x06,

	RESERVATION_CONFLICT = 0x18, /* status, SAM */

	HEADER_SIZE = 8, /* generation, additional length */
	KEY_SIZE = 8,
	HOLDER_SIZE = 24,
	FIRST_READ = 2048,
	LONGEST_READ = 65528, /* 16 bits of allocation length */
	TRIES = 5, /* registering on one path causes unit attentions on others */
};

void mp_reservation_encode(const struct mp_reservation_parameters *parameters,
			   uint8_t ret[static MP_RESERVATION_PARAMETERS_SIZE])
{
	memset(ret, 0, MP_RESERVATION_PARAMETERS_SIZE);
	mp_bytes_put_be64(ret, parameters->key);
	mp_bytes_put_be64(ret + 8, parameters->service_action_key);
	ret[20] = parameters->all_target_ports << 2 | parameters->through_power_loss;
}

int mp_reservation_decode_keys(const uint8_t *data, size_t size, struct mp_reservation_keys *ret)
{
	size_t told, room;

	if (size < HEADER_SIZE)
		return -EBADMSG;
	told = mp_bytes_be32(data + 4);
	room = size - HEADER_SIZE;
	*ret = (struct mp_reservation_keys){
		.generation = mp_bytes_be32(data),
		.count = (told < room ? told : room) / KEY_SIZE,
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

/* Return: 1 worth another try, 0 it worked, negative errno. */
static int verdict(const struct mp_scsi_result *result)
{
	if (mp_scsi_is_good(result) || result->sense_key == MP_SCSI_SENSE_RECOVERED)
		return 0;
	if (result->scsi_status == RESERVATION_CONFLICT)
		return -EBUSY;
	if (result->sense_key == MP_SCSI_SENSE_ILLEGAL_REQUEST)
		return -EOPNOTSUPP;
	if (result->sense_key == MP_SCSI_SENSE_UNIT_ATTENTION ||
	    result->sense_key == MP_SCSI_SENSE_NOT_READY || mp_scsi_is_transient(result))
		return 1;
	return result->host_status == MP_SCSI_HOST_TIMEOUT ? -ETIMEDOUT : -EIO;
}

/* Return: bytes received, negative errno. */
static int reserve_in(int fd, uint8_t action, uint8_t *data, size_t size, unsigned timeout_msec)
{
	const uint8_t cdb[10] = {
		PERSISTENT_RESERVE_IN, action, 0, 0, 0, 0, 0, size >> 8, size & 0xff
	};
	struct mp_scsi_result result;
	int r = 1;

	for (int tries = TRIES; r > 0 && tries; tries--) {
		r = mp_scsi_command(fd, cdb, sizeof(cdb), data, size, timeout_msec, &result);
		if (r >= 0)
			r = verdict(&result);
	}
	return r < 0 ? r : r > 0 ? -EIO : (int)result.received;
}

int mp_reservation_read_keys(int fd, unsigned timeout_msec, uint8_t **data,
			     struct mp_reservation_keys *ret)
{
	_cleanup_free_ uint8_t *buffer = NULL;
	size_t size = FIRST_READ;
	int r;

	for (;;) {
		free(buffer);
		buffer = calloc(1, size);
		if (!buffer)
			return -ENOMEM;
		r = reserve_in(fd, READ_KEYS, buffer, size, timeout_msec);
		if (r < 0)
			return r;
		if (size == LONGEST_READ ||
		    (uint64_t)mp_bytes_be32(buffer + 4) + HEADER_SIZE <= size)
			break;
		size = LONGEST_READ;
	}
	r = mp_reservation_decode_keys(buffer, r, ret);
	if (r >= 0)
		*data = TAKE_PTR(buffer);
	return r;
}

int mp_reservation_read_holder(int fd, unsigned timeout_msec, struct mp_reservation_holder *ret)
{
	uint8_t data[HOLDER_SIZE] = { 0 };
	int r = reserve_in(fd, READ_RESERVATION, data, sizeof(data), timeout_msec);

	return r < 0 ? r : mp_reservation_decode_holder(data, r, ret);
}

int mp_reservation_register(int fd, const struct mp_reservation_parameters *parameters,
			    unsigned timeout_msec)
{
	const uint8_t cdb[10] = {
		PERSISTENT_RESERVE_OUT,	       REGISTER_AND_IGNORE_EXISTING_KEY, 0, 0, 0, 0, 0, 0,
		MP_RESERVATION_PARAMETERS_SIZE
	};
	uint8_t data[MP_RESERVATION_PARAMETERS_SIZE];
	struct mp_scsi_result result;
	int r = 1;

	mp_reservation_encode(parameters, data);
	for (int tries = TRIES; r > 0 && tries; tries--) {
		r = mp_scsi_send(fd, cdb, sizeof(cdb), data, sizeof(data), timeout_msec, &result);
		if (r >= 0)
			r = verdict(&result);
	}
	return r > 0 ? -EIO : r;
}
