/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libmpathpersist/attempts.h"

#include <poll.h>
#include <scsi/sg_lib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "kernel/scsi.h"
#include "libmpathpersist/codes.h"
#include "libmpathpersist/mpath_persist.h"
#include "libmpathpersist/targets.h"

enum {
	TIMEOUT_MSEC = 2000,
	ABORT_TIMEOUT_MSEC = 30000,
	TRIES = 6, /* a unit attention for each event that the target saw */
	BUSY_MSEC = 1,
	HOLDER_SIZE = 24,
	PERSISTENT_RESERVE_IN = 0x5e,
	PERSISTENT_RESERVE_OUT = 0x5f,
};

/* What a result means, in the words of sg3_utils, whose tables have all of them. */
static void explain(const struct mp_scsi_result *result, char *text, size_t size)
{
	char key[40], sense[80];

	if (result->host_status)
		snprintf(text, size, "host status %#x", result->host_status);
	else if (!result->sense_key)
		sg_get_scsi_status_str(result->scsi_status, size, text);
	else
		snprintf(text, size, "%s, %s",
			 sg_get_sense_key_str(result->sense_key, sizeof(key), key),
			 sg_get_asc_ascq_str(result->asc, result->ascq, sizeof(sense), sense));
}

/* @r: of the ioctl; @result: unless it failed. Return: as code_of_result() */
static int judge(const struct target *target, const struct target_path *path, int opcode,
		 int action, int r, const struct mp_scsi_result *result)
{
	int code = r < 0 ? CODE_TRANSPORT : code_of_result(result);
	char name[80], text[160] = "done";

	if (r < 0)
		snprintf(text, sizeof(text), "%s", strerror(-r));
	else if (code != MPATH_PR_SUCCESS)
		explain(result, text, sizeof(text));
	sg_get_opcode_sa_name(opcode, action, 0, sizeof(name), name);
	target_log(target, code == MPATH_PR_SUCCESS ? LOG_LEVEL_DEBUG : LOG_LEVEL_INFO,
		   "%s: %s: %s: %s", target->map.name, path->name, name, text);
	return code;
}

/* The target waits until the commands that it aborts have ended. */
static unsigned timeout_msec(enum mp_reserving_out action)
{
	return action == MP_RESERVING_PREEMPT_AND_ABORT ? ABORT_TIMEOUT_MSEC : TIMEOUT_MSEC;
}

/* Return: true if a path whose answer was @code is to be asked again */
static bool is_repeated(int code, int *tries)
{
	if ((code != CODE_AGAIN && code != CODE_BUSY) || !--*tries)
		return false;
	if (code == CODE_BUSY)
		poll(NULL, 0, BUSY_MSEC);
	return true;
}

int attempt_path(const struct target *target, struct target_path *path,
		 const struct attempt *attempt)
{
	int code, tries = TRIES;

	do {
		struct mp_scsi_result result;
		int r = mp_reserving_out(path->fd, attempt->action, attempt->scope_type,
					 attempt->parameters, timeout_msec(attempt->action),
					 &result);

		code = judge(target, path, PERSISTENT_RESERVE_OUT, attempt->action, r, &result);
	} while (is_repeated(code, &tries));
	path->code = code_of_last_try(code);
	return path->code;
}

static void attempt_run(const struct target *target, struct target_path *path, const void *argument)
{
	attempt_path(target, path, argument);
}

/* What is sent is the same on each path. */
static void dump(const struct target *target, const struct attempt *attempt)
{
	uint8_t list[MP_RESERVATION_LIST_SIZE];
	int length = mp_reservation_encode(attempt->parameters, list, sizeof(list));

	if (target->dumps && length > 0)
		target_dump(target, list, length);
}

void attempt_forget(struct target *target)
{
	for (size_t i = 0; i < target->path_count; i++)
		target->paths[i].code = CODE_UNSENT;
}

void attempt_more(struct target *target, const struct attempt *attempt)
{
	target_each(target, attempt_run, attempt);
}

void attempt_chosen(struct target *target, const struct attempt *attempt)
{
	dump(target, attempt);
	attempt_forget(target);
	attempt_more(target, attempt);
}

/* Active paths before passive ones, which may not know the command. NULL: there is no other one. */
static struct target_path *next_usable(struct target *target, size_t *turn)
{
	while (*turn < 2 * target->path_count) {
		bool passive = *turn >= target->path_count;
		struct target_path *path = &target->paths[(*turn)++ % target->path_count];

		if (path->usable && path->passive == passive)
			return path;
	}
	return NULL;
}

/* Return: as code_of_result(); @size: bytes received */
static int ask_path(const struct target *target, const struct target_path *path,
		    enum mp_reserving_in action, uint8_t *data, size_t *size)
{
	struct mp_scsi_result result = { 0 };
	int code, tries = TRIES;

	do {
		int r = mp_reserving_in(path->fd, action, data, *size, TIMEOUT_MSEC, &result);

		code = judge(target, path, PERSISTENT_RESERVE_IN, action, r, &result);
	} while (is_repeated(code, &tries));
	if (code == MPATH_PR_SUCCESS)
		*size = result.received;
	return code_of_last_try(code);
}

int attempt_in(struct target *target, enum mp_reserving_in action, uint8_t *data, size_t *size)
{
	int code = MPATH_PR_DMMP_ERROR;
	struct target_path *path;
	size_t turn = 0;

	while ((path = next_usable(target, &turn))) {
		code = ask_path(target, path, action, data, size);
		if (code == MPATH_PR_SUCCESS || code == MPATH_PR_ILLEGAL_REQ)
			break;
	}
	if (code == MPATH_PR_SUCCESS && target->dumps)
		target_dump(target, data, *size);
	return code_final(code);
}

struct read_keys {
	uint8_t data[MPATH_MAX_PARAM_LEN];
	struct mp_reservation_keys keys; /* borrow data */
};

/* Return: of calloc'ed memory, which the caller frees; NULL they cannot be read */
static struct read_keys *read_keys(struct target *target)
{
	_cleanup_free_ struct read_keys *read = calloc(1, sizeof(*read));
	size_t size = sizeof(read->data);

	if (!read ||
	    attempt_in(target, MP_RESERVING_READ_KEYS, read->data, &size) != MPATH_PR_SUCCESS ||
	    mp_reservation_decode_keys(read->data, size, &read->keys) < 0)
		return NULL;
	return TAKE_PTR(read);
}

struct registrations attempt_read_registrations(struct target *target, uint64_t key)
{
	_cleanup_free_ struct read_keys *read = read_keys(target);

	struct registrations registrations = { 0 };

	if (!read)
		return registrations;
	registrations.count = mp_reservation_count(&read->keys, key);
	registrations.generation = read->keys.generation;
	registrations.known = registrations.count || !read->keys.cut_off;
	return registrations;
}

bool attempt_find_key(struct target *target, uint64_t key)
{
	return attempt_read_registrations(target, key).count > 0;
}

int attempt_read_holder(struct target *target, struct mp_reservation_holder *ret)
{
	uint8_t data[HOLDER_SIZE] = { 0 };
	size_t size = sizeof(data);
	int code = attempt_in(target, MP_RESERVING_READ_RESERVATION, data, &size);

	if (code == MPATH_PR_SUCCESS && mp_reservation_decode_holder(data, size, ret) < 0)
		code = MPATH_PR_SENSE_MALFORMED;
	return code;
}

enum weight { NOTHING, OF_TRANSPORT, OF_PATH, OF_REGISTRATION, OF_LUN };

/* How much an answer says; one that is not of the LUN may be another one on another path. */
static enum weight weigh(const struct target_path *path)
{
	switch (path->code) {
	case CODE_TRANSPORT:
		return OF_TRANSPORT;
	case MPATH_PR_SENSE_NOT_READY:
		return OF_PATH;
	case MPATH_PR_RESERV_CONFLICT: /* perhaps multipathd has not registered it yet */
		return OF_REGISTRATION;
	case MPATH_PR_SUCCESS:
		return OF_LUN;
	default:
		return path->passive ? OF_PATH : OF_LUN;
	}
}

bool attempt_is_of_lun(const struct target_path *path)
{
	return weigh(path) == OF_LUN;
}

static bool has_lost_answer(const struct target *target)
{
	for (size_t i = 0; i < target->path_count; i++)
		if (target->paths[i].code == CODE_TRANSPORT)
			return true;
	return false;
}

/* PREEMPT of one's own key may leave what was there before. */
static bool leaves_trace(const struct attempt *attempt)
{
	return attempt->parameters->service_action_key != attempt->parameters->key;
}

/* The keys and the holder that a command leaves if it was done. */
static bool is_effect(const struct attempt *attempt, const struct mp_reservation_keys *keys,
		      const struct mp_reservation_holder *holder)
{
	const uint64_t key = attempt->parameters->key;
	const uint64_t victim = attempt->parameters->service_action_key;
	const size_t own = mp_reservation_count(keys, key);
	const bool reserved = holder->held &&
			      (holder->scope << 4 | holder->type) == attempt->scope_type;

	switch (attempt->action) {
	case MP_RESERVING_CLEAR:
		return !keys->count;
	case MP_RESERVING_RESERVE:
		return reserved && holder->key == key;
	case MP_RESERVING_PREEMPT:
	case MP_RESERVING_PREEMPT_AND_ABORT:
		/* The victim may not have been registered. */
		if (!attempt->generation || keys->generation == *attempt->generation)
			return false;
		/* Of all holders, which are all registrants. */
		if (!victim)
			return reserved && own && own == keys->count;
		return own && !mp_reservation_count(keys, victim);
	default:
		return false;
	}
}

/*
 * A command whose answer was lost may have been done. Repeated by another path it fails then: the
 * key that it removes is no longer there, or this path's own.
 */
static bool has_taken_effect(struct target *target, const struct attempt *attempt)
{
	_cleanup_free_ struct read_keys *read = read_keys(target);
	struct mp_reservation_holder holder;
	bool done = read && !read->keys.cut_off &&
		    attempt_read_holder(target, &holder) == MPATH_PR_SUCCESS &&
		    is_effect(attempt, &read->keys, &holder);

	if (done)
		target_log(target, LOG_LEVEL_WARNING,
			   "%s: a path lost the answer to a command that the array has done",
			   target->map.name);
	return done;
}

int attempt_first(struct target *target, const struct attempt *attempt, struct target_path **ret)
{
	enum weight weight = NOTHING;
	int code = MPATH_PR_DMMP_ERROR;
	struct target_path *path;
	size_t turn = 0;

	*ret = NULL;
	dump(target, attempt);
	attempt_forget(target);
	while (weight < OF_LUN && (path = next_usable(target, &turn))) {
		attempt_path(target, path, attempt);
		if (weigh(path) <= weight)
			continue;
		weight = weigh(path);
		code = path->code;
	}
	if (code == MPATH_PR_SUCCESS)
		*ret = path;
	else if (has_lost_answer(target) && leaves_trace(attempt) &&
		 has_taken_effect(target, attempt))
		code = MPATH_PR_SUCCESS;
	return code_final(code);
}
