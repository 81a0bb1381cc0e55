/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kernel/reserving.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/bytes.h"
#include "base/cleanup.h"
#include "kernel/scsi.h"

/* spc4r36j 6.16, 6.17 */
enum {
	PERSISTENT_RESERVE_IN = 0x5e,
	PERSISTENT_RESERVE_OUT = 0x5f,
	CDB_SIZE = 10,

	HOLDER_SIZE = 24,
	FIRST_READ = 2048,
	LONGEST_READ = 65528, /* 16 bits of allocation length */
	TRIES = 5, /* registering on one path causes unit attentions on others */
};

int mp_reserving_in(int fd, enum mp_reserving_in action, uint8_t *data, size_t size,
		    unsigned timeout_msec, struct mp_scsi_result *ret)
{
	const uint8_t cdb[CDB_SIZE] = {
		PERSISTENT_RESERVE_IN, action, 0, 0, 0, 0, 0, size >> 8, size & 0xff
	};

	return mp_scsi_command(fd, cdb, sizeof(cdb), data, size, timeout_msec, ret);
}

int mp_reserving_out(int fd, enum mp_reserving_out action, uint8_t scope_type,
		     const struct mp_reservation_parameters *parameters, unsigned timeout_msec,
		     struct mp_scsi_result *ret)
{
	uint8_t cdb[CDB_SIZE] = { PERSISTENT_RESERVE_OUT, action, scope_type };
	uint8_t data[MP_RESERVATION_LIST_SIZE];
	int length = mp_reservation_encode(parameters, data, sizeof(data));

	if (length < 0)
		return length;
	mp_bytes_put_be32(cdb + 5, length);
	return mp_scsi_send(fd, cdb, sizeof(cdb), data, length, timeout_msec, ret);
}

/* INVALID COMMAND OPERATION CODE. A passive controller refuses in other words. */
static bool is_unknown_command(const struct mp_scsi_result *result)
{
	return result->asc == 0x20 && result->ascq == 0x00;
}

/* Return: 1 worth another try, 0 it worked, negative errno. */
static int verdict(const struct mp_scsi_result *result)
{
	if (mp_scsi_is_good(result) || result->sense_key == MP_SCSI_SENSE_RECOVERED)
		return 0;
	if (mp_scsi_is_conflict(result))
		return -EBUSY;
	if (result->sense_key == MP_SCSI_SENSE_ILLEGAL_REQUEST)
		return is_unknown_command(result) ? -EOPNOTSUPP : -EIO;
	if (result->sense_key == MP_SCSI_SENSE_UNIT_ATTENTION ||
	    result->sense_key == MP_SCSI_SENSE_NOT_READY || mp_scsi_is_transient(result))
		return 1;
	return result->host_status == MP_SCSI_HOST_TIMEOUT ? -ETIMEDOUT : -EIO;
}

/* Return: bytes received, negative errno. */
static int read_data(int fd, enum mp_reserving_in action, uint8_t *data, size_t size,
		     unsigned timeout_msec)
{
	struct mp_scsi_result result;
	int r = 1;

	for (int tries = TRIES; r > 0 && tries; tries--) {
		r = mp_reserving_in(fd, action, data, size, timeout_msec, &result);
		if (r >= 0)
			r = verdict(&result);
	}
	return r < 0 ? r : r > 0 ? -EIO : (int)result.received;
}

static bool is_whole(const uint8_t *data, size_t size)
{
	return (uint64_t)mp_bytes_be32(data + 4) + 8 <= size;
}

/* As long a list as one command can read. Return: bytes received, negative errno. */
static int read_list(int fd, enum mp_reserving_in action, unsigned timeout_msec, uint8_t **data)
{
	_cleanup_free_ uint8_t *buffer = NULL;
	size_t size = FIRST_READ;
	int r;

	for (;;) {
		free(buffer);
		buffer = calloc(1, size);
		if (!buffer)
			return -ENOMEM;
		r = read_data(fd, action, buffer, size, timeout_msec);
		if (r < 0)
			return r;
		if (size == LONGEST_READ || is_whole(buffer, size))
			break;
		size = LONGEST_READ;
	}
	*data = TAKE_PTR(buffer);
	return r;
}

int mp_reserving_read_keys(int fd, unsigned timeout_msec, uint8_t **data,
			   struct mp_reservation_keys *ret)
{
	_cleanup_free_ uint8_t *buffer = NULL;
	int r = read_list(fd, MP_RESERVING_READ_KEYS, timeout_msec, &buffer);

	if (r >= 0)
		r = mp_reservation_decode_keys(buffer, r, ret);
	if (r >= 0)
		*data = TAKE_PTR(buffer);
	return r;
}

int mp_reserving_read_status(int fd, unsigned timeout_msec, uint8_t **data,
			     struct mp_reservation_status *ret)
{
	_cleanup_free_ uint8_t *buffer = NULL;
	int r = read_list(fd, MP_RESERVING_READ_FULL_STATUS, timeout_msec, &buffer);

	if (r >= 8 && !is_whole(buffer, r))
		return -EMSGSIZE;
	if (r >= 0)
		r = mp_reservation_decode_status(buffer, r, ret);
	if (r >= 0)
		*data = TAKE_PTR(buffer);
	return r;
}

int mp_reserving_read_holder(int fd, unsigned timeout_msec, struct mp_reservation_holder *ret)
{
	uint8_t data[HOLDER_SIZE] = { 0 };
	int r = read_data(fd, MP_RESERVING_READ_RESERVATION, data, sizeof(data), timeout_msec);

	return r < 0 ? r : mp_reservation_decode_holder(data, r, ret);
}

int mp_reserving_register(int fd, enum mp_reserving_out action,
			  const struct mp_reservation_parameters *parameters, unsigned timeout_msec)
{
	struct mp_scsi_result result;
	int r = 1;

	for (int tries = TRIES; r > 0 && tries; tries--) {
		r = mp_reserving_out(fd, action, 0, parameters, timeout_msec, &result);
		if (r >= 0)
			r = verdict(&result);
		if (r > 0 && parameters->service_action_key && mp_scsi_tells_of_removal(&result))
			return -ESTALE;
	}
	return r > 0 ? -EIO : r;
}
