/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/jobs/registrations.h"

#include <errno.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "kernel/nexus.h"
#include "kernel/reserving.h"

enum { TRIES = 5 }; /* each of them is for one event that took registrations away meanwhile */

/* Registrations of one key, one for each I_T nexus. */
struct tally {
	size_t count;
	uint32_t generation;
};

static struct mp_reservation_parameters registration_parameters(const struct mp_prkey *key,
								bool all_target_ports)
{
	return (struct mp_reservation_parameters){
		.key = key->key,
		.service_action_key = key->key,
		.all_target_ports = all_target_ports,
		.through_power_loss = key->aptpl,
	};
}

/*
 * A target may refuse to change without ALL_TG_PT what was registered with it, and nobody knows how
 * an older registration was made. Another one has no ALL_TG_PT.
 */
static int registration_send(int fd, enum mp_reserving_out action,
			     struct mp_reservation_parameters parameters, unsigned timeout_msec)
{
	int r = mp_reserving_register(fd, action, &parameters, timeout_msec);

	if (r != -EIO)
		return r;
	parameters.all_target_ports = !parameters.all_target_ports;
	return mp_reserving_register(fd, action, &parameters, timeout_msec);
}

/* Again while the target says first that registrations were removed. */
static int registration_insist(int fd, enum mp_reserving_out action,
			       const struct mp_reservation_parameters *parameters,
			       unsigned timeout_msec)
{
	int r = -ESTALE;

	for (int tries = TRIES; r == -ESTALE && tries; tries--)
		r = registration_send(fd, action, *parameters, timeout_msec);
	return r;
}

int registration_register(int fd, const struct mp_prkey *key, bool all_target_ports,
			  unsigned timeout_msec)
{
	const struct mp_reservation_parameters parameters =
		registration_parameters(key, all_target_ports);

	return registration_insist(fd, MP_RESERVING_REGISTER_AND_IGNORE, &parameters, timeout_msec);
}

/*
 * Whatever key it is; without one it does nothing. Without ALL_TG_PT, with which a target may
 * unregister the ports of other paths, too.
 */
static int registration_remove(int fd, unsigned timeout_msec)
{
	const struct mp_reservation_parameters parameters = { .key = 0 };

	return registration_insist(fd, MP_RESERVING_REGISTER_AND_IGNORE, &parameters, timeout_msec);
}

/* Not another key, which another program may have registered. */
static int registration_retire(int fd, uint64_t key, unsigned timeout_msec)
{
	const struct mp_reservation_parameters parameters = { .key = key };
	int r = registration_insist(fd, MP_RESERVING_REGISTER, &parameters, timeout_msec);

	return r == -EBUSY ? 0 : r;
}

static int registration_count(int fd, uint64_t key, unsigned timeout_msec, struct tally *tally)
{
	_cleanup_free_ uint8_t *data = NULL;
	struct mp_reservation_keys keys;
	int r = mp_reserving_read_keys(fd, timeout_msec, &data, &keys);

	*tally = (struct tally){ 0 };
	if (r >= 0)
		*tally = (struct tally){ mp_reservation_count(&keys, key), keys.generation };
	return r >= 0 && !tally->count && keys.cut_off ? -EMSGSIZE : r;
}

/*
 * A path has been registered that was not. As many paths must have been registered as things have
 * happened: then none was removed.
 */
static bool registration_has_company(const struct tally *before, const struct tally *after)
{
	const uint32_t happened = after->generation - before->generation;

	return happened == 1 ||
	       (after->count > before->count && after->count - before->count == happened);
}

/*
 * Another host may shut this one out after the keys were read. A path that is registered is asked
 * to keep its key: the target refuses that if it was removed. If the path was not registered, the
 * keys tell afterwards; then it must not stay registered. Without ALL_TG_PT this is one more
 * registration. An older key is replaced: it may hold the reservation.
 *
 * Return: -EAGAIN the keys do not tell.
 */
static int registration_add(int fd, const struct mp_prkey *key, bool all_target_ports,
			    const struct tally *before, size_t others, unsigned timeout_msec)
{
	struct tally after;
	int counted, r;

	r = registration_send(fd, MP_RESERVING_REGISTER,
			      registration_parameters(key, all_target_ports), timeout_msec);
	if (r != -EBUSY)
		return r;
	if (before->count <= others)
		return -EAGAIN;
	r = registration_send(fd, MP_RESERVING_REGISTER_AND_IGNORE,
			      registration_parameters(key, false), timeout_msec);
	if (r == -EBUSY || r == -ESTALE)
		return r;
	counted = registration_count(fd, key->key, timeout_msec, &after);
	if (r >= 0 && counted >= 0 && registration_has_company(before, &after))
		return 0;
	registration_remove(fd, timeout_msec);
	if (r >= 0)
		r = counted;
	return r < 0 ? r : -EAGAIN;
}

int registration_join(int fd, const struct mp_prkey *key, bool all_target_ports, size_t enough,
		      size_t others, unsigned timeout_msec, size_t *count)
{
	int r = -ESTALE;

	for (int tries = TRIES; (r == -ESTALE || r == -EAGAIN) && tries; tries--) {
		struct tally tally;
		int counted = registration_count(fd, key->key, timeout_msec, &tally);

		*count = tally.count;
		if (counted < 0)
			return counted;
		if (!tally.count)
			return -ENOKEY;
		if (enough && tally.count >= enough)
			return 0;
		if (r == -EAGAIN)
			return r;
		r = registration_add(fd, key, all_target_ports, &tally, others, timeout_msec);
	}
	return r;
}

/* By the path's own ports, where the target tells of which ones a registration is. */
static enum mp_reservation_presence registration_find(int fd, uint64_t key, unsigned timeout_msec)
{
	_cleanup_free_ uint8_t *data = NULL;
	struct mp_reservation_status status;
	struct mp_nexus nexus;

	if (mp_nexus_read(fd, timeout_msec, &nexus) < 0 ||
	    mp_reserving_read_status(fd, timeout_msec, &data, &status) < 0)
		return MP_RESERVATION_UNSURE;
	return mp_reservation_find(&status, key, nexus.target_port,
				   nexus.has_initiator ? &nexus.initiator : NULL);
}

/*
 * The target has refused a registration. This path may be registered all the same. If its ports do
 * not tell, it is if there is one registration more than before, because the command had its
 * effect, or as many as the map has paths.
 */
static bool registration_is_there(const struct reservation_check *check, int fd, size_t before,
				  unsigned timeout_msec)
{
	enum mp_reservation_presence presence = registration_find(fd, check->key.key, timeout_msec);
	struct tally tally;

	if (presence != MP_RESERVATION_UNSURE)
		return presence == MP_RESERVATION_PRESENT;
	if (registration_count(fd, check->key.key, timeout_msec, &tally) < 0)
		return false;
	return tally.count > before || (check->path_count && tally.count >= check->path_count);
}

/*
 * The key of all registrations, if it is the same.
 *
 * Return: 0, -ENOKEY there is no such key, negative errno.
 */
static int registration_read_only_key(int fd, unsigned timeout_msec, uint64_t *key)
{
	_cleanup_free_ uint8_t *data = NULL;
	struct mp_reservation_keys keys;
	int r = mp_reserving_read_keys(fd, timeout_msec, &data, &keys);

	if (r < 0)
		return r;
	if (!keys.count)
		return -ENOKEY;
	*key = mp_reservation_key(&keys, 0);
	return mp_reservation_count(&keys, *key) == keys.count ? 0 : -ENOKEY;
}

/* The key without whose registrations the reservation would end. Return: as above */
static int registration_read_holding_key(int fd, unsigned timeout_msec, uint64_t *key)
{
	struct mp_reservation_holder holder;
	int r = mp_reserving_read_holder(fd, timeout_msec, &holder);

	if (r < 0)
		return r;
	if (!holder.held)
		return -ENOKEY;
	*key = holder.key;
	return mp_reservation_is_shared(holder.type) ?
		       registration_read_only_key(fd, timeout_msec, key) :
		       0;
}

/*
 * A host that was shut out does not hold the reservation. If this path has the key that does, the
 * file's key is out of date, and the reservation must not end: it keeps others out.
 *
 * Return: 0 this path has it, -ENOKEY it has not, negative errno.
 */
static int registration_keep_holding(const struct reservation_check *check, int fd,
				     unsigned timeout_msec)
{
	struct mp_prkey key = { .aptpl = check->key.aptpl };
	struct mp_reservation_parameters parameters;
	int r = registration_read_holding_key(fd, timeout_msec, &key.key);

	if (r < 0)
		return r;
	parameters = registration_parameters(&key, false);
	r = registration_insist(fd, MP_RESERVING_REGISTER, &parameters, timeout_msec);
	return r == -EBUSY ? -ENOKEY : r;
}

static void registration_leave(struct reservation_check *check, int fd, unsigned timeout_msec)
{
	int r = registration_keep_holding(check, fd, timeout_msec);

	check->keeps = r >= 0;
	if (r == -ENOKEY) {
		r = registration_remove(fd, timeout_msec);
		check->left = r >= 0;
	}
	check->leave_error = r < 0 ? r : 0;
}

static bool registration_holds(const struct mp_reservation_holder *holder, uint64_t key)
{
	return holder->held && (holder->key == key || mp_reservation_is_shared(holder->type));
}

/*
 * What is left over of a map that was unregistered: no more registrations than paths that were
 * down then, and no reservation. Otherwise the other paths use it, and this one is to as well, or
 * paths are still missing.
 */
static bool registration_is_left_over(const struct reservation_check *check,
				      const struct tally *tally,
				      const struct mp_reservation_holder *holder)
{
	return tally->count <= check->path_count && !registration_holds(holder, check->former_key);
}

static void registration_leave_former(struct reservation_check *check, int fd,
				      unsigned timeout_msec)
{
	struct mp_reservation_holder holder;
	struct tally tally;
	int r = registration_count(fd, check->former_key, timeout_msec, &tally);

	check->left = r >= 0 && !tally.count;
	if (r >= 0 && tally.count)
		r = mp_reserving_read_holder(fd, timeout_msec, &holder);
	if (r >= 0 && tally.count && registration_is_left_over(check, &tally, &holder)) {
		r = registration_retire(fd, check->former_key, timeout_msec);
		check->left = r >= 0;
	}
	check->leave_error = r < 0 ? r : 0;
}

void registration_check_run(struct reservation_check *check, int fd, unsigned timeout_msec)
{
	struct mp_reservation_holder holder;
	size_t count;

	if (!check->wanted)
		return;
	if (check->former_key) {
		registration_leave_former(check, fd, timeout_msec);
		return;
	}
	check->told = true;
	check->error = registration_join(fd, &check->key, check->all_target_ports, 0, check->others,
					 timeout_msec, &count);
	check->registered = count > 0;
	if (!check->registered) {
		/* That one path does not know the command says nothing of a key that was there. */
		if (check->error == -ENOKEY || (check->error == -EOPNOTSUPP && !check->leaves))
			check->error = 0;
		if (check->leaves && check->error >= 0)
			registration_leave(check, fd, timeout_msec);
		return;
	}
	if (check->error < 0 && check->error != -ESTALE && check->error != -EAGAIN &&
	    registration_is_there(check, fd, count, timeout_msec))
		check->error = 0;
	if (mp_reserving_read_holder(fd, timeout_msec, &holder) >= 0)
		check->held = registration_holds(&holder, check->key.key);
}
