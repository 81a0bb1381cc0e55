/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/jobs/registrations.h"

#include <errno.h>
#include <stdlib.h>

#include "base/cleanup.h"
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

void registration_check_run(struct reservation_check *check, int fd, unsigned timeout_msec)
{
	_cleanup_free_ uint8_t *data = NULL;
	struct mp_reservation_holder holder;
	struct mp_reservation_keys keys;

	if (!check->wanted)
		return;
	check->told = true;
	check->error = mp_reserving_read_keys(fd, timeout_msec, &data, &keys);
	if (check->error == -EOPNOTSUPP)
		check->error = 0;
	else if (check->error >= 0)
		check->registered = mp_reservation_count(&keys, check->key.key) > 0;
	if (!check->registered)
		return;
	if (mp_reserving_read_holder(fd, timeout_msec, &holder) >= 0)
		check->held = holder.held && (holder.key == check->key.key ||
					      mp_reservation_is_shared(holder.type));
	check->error =
		registration_register(fd, &check->key, check->all_target_ports, timeout_msec);
}
