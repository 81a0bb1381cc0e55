/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * nexus.h - the two ports that a SCSI path connects: an array's registrations are of those.  For:
 * registrations.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "kernel/transport_id.h"

struct mp_nexus {
	uint16_t target_port; /* relative identifier */
	bool has_initiator; /* Fibre Channel only: what the kernel tells of others is ambiguous */
	struct mp_transport_id initiator;
};

/** mp_nexus_read() - one INQUIRY. Return: 0, -ENOENT the target does not name its port, negative
 * errno. */
int mp_nexus_read(int fd, unsigned timeout_msec, struct mp_nexus *ret);
