/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/state/lanes.h"

#include "base/hash.h"
#include "model/path.h"
#include "multipathd/loop/pool.h"

static uint64_t lane_of_nexus(enum work_class class, const struct mp_identity *identity)
{
	const struct mp_address *address = &identity->address;

	/* Without an address every device is a nexus of its own. */
	if (address->host < 0)
		return work_lane_number(class, mp_hash_number(identity->devt));
	return work_lane_number(class, mp_hash_number((uint64_t)(uint32_t)address->host << 32 |
						      (uint64_t)(address->channel & 0xff) << 24 |
						      (address->target & 0xffffff)));
}

uint64_t lane_of_checks(const struct mp_identity *identity)
{
	return lane_of_nexus(WORK_CHECKS, identity);
}

uint64_t lane_of_path(const struct mp_identity *identity)
{
	return lane_of_nexus(WORK_QUESTIONS, identity);
}

uint64_t lane_of_table(const char *wwid)
{
	return work_lane_number(WORK_TABLES, mp_hash_text(wwid));
}

uint64_t lane_of_disks(const char *wwid)
{
	return work_lane_number(WORK_QUESTIONS, mp_hash_text(wwid));
}

uint64_t lane_of_messages(const char *wwid)
{
	return work_lane_number(WORK_MESSAGES, mp_hash_text(wwid));
}
