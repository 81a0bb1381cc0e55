/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/jobs/registrations.h"

#include <errno.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "kernel/nexus.h"
#include "kernel/reserving.h"

int registration_register(int fd, const struct mp_prkey *key, bool all_target_ports,
			  unsigned timeout_msec)
{
	const struct mp_reservation_parameters parameters = {
		.service_action_key = key->key,
		.all_target_ports = all_target_ports,
		.through_power_loss = key->aptpl,
	};

	return mp_reserving_register(fd, &parameters, timeout_msec);
}

/* @count: registrations of the key, one for each I_T nexus */
static int registration_count(int fd, uint64_t key, unsigned timeout_msec, size_t *count)
{
	_cleanup_free_ uint8_t *data = NULL;
	struct mp_reservation_keys keys;
	int r = mp_reserving_read_keys(fd, timeout_msec, &data, &keys);

	*count = r < 0 ? 0 : mp_reservation_count(&keys, key);
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
	size_t count;

	if (presence != MP_RESERVATION_UNSURE)
		return presence == MP_RESERVATION_PRESENT;
	if (registration_count(fd, check->key.key, timeout_msec, &count) < 0)
		return false;
	return count > before || (check->path_count && count >= check->path_count);
}

/*
 * Registering key 0 unregisters whatever key it is; without one it does nothing. A registration
 * with ALL_TG_PT may need that again, and nobody knows how an older one was made.
 */
static void registration_leave(struct reservation_check *check, int fd, unsigned timeout_msec)
{
	const struct mp_prkey none = { 0 };
	const bool all = check->all_target_ports;

	check->leave_error = registration_register(fd, &none, all, timeout_msec);
	if (check->leave_error < 0)
		check->leave_error = registration_register(fd, &none, !all, timeout_msec);
	check->left = check->leave_error >= 0;
}

void registration_check_run(struct reservation_check *check, int fd, unsigned timeout_msec)
{
	struct mp_reservation_holder holder;
	size_t count;

	if (!check->wanted)
		return;
	check->told = true;
	check->error = registration_count(fd, check->key.key, timeout_msec, &count);
	if (check->error == -EOPNOTSUPP)
		check->error = 0;
	check->registered = count > 0;
	if (!check->registered) {
		if (check->leaves && check->error >= 0)
			registration_leave(check, fd, timeout_msec);
		return;
	}
	if (mp_reserving_read_holder(fd, timeout_msec, &holder) >= 0)
		check->held = holder.held && (holder.key == check->key.key ||
					      mp_reservation_is_shared(holder.type));
	check->error =
		registration_register(fd, &check->key, check->all_target_ports, timeout_msec);
	if (check->error < 0 && registration_is_there(check, fd, count, timeout_msec))
		check->error = 0;
}
