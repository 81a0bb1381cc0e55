/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* alua: access state of the path's target port group, by REPORT TARGET PORT GROUPS. */
#include <errno.h>

#include "kernel/alua.h"
#include "kernel/scsi.h"
#include "prioritizers/prioritizers.h"

static int priority_of_group(const struct mp_prioritization *answer, int group, const char *args,
			     bool *transitioning)
{
	enum mp_alua_state state;
	bool preferred;
	int r;

	if (group < 0)
		return -ENODATA;
	r = mp_alua_decode(answer->groups, answer->groups_size, group, &state, &preferred);
	if (r < 0)
		return r;
	*transitioning = state == MP_ALUA_TRANSITIONING;
	return mp_alua_priority(state, preferred,
				mp_prioritizer_has_arg(args, "exclusive_pref_bit"));
}

static int alua_priority(struct mp_prioritization *prioritization)
{
	int group = prioritization->tpg, r;

	prioritization->groups_size = 0;
	if (prioritization->tpgs == MP_TPGS_NONE)
		return -EOPNOTSUPP;
	if (group < 0)
		group = mp_scsi_tpg(prioritization->fd, prioritization->timeout_msec);
	if (group < 0)
		return group;
	r = mp_scsi_report_groups(prioritization->fd, prioritization->groups,
				  sizeof(prioritization->groups), prioritization->timeout_msec);
	if (r < 0)
		return r;
	prioritization->groups_size = r;
	return priority_of_group(prioritization, group, prioritization->args,
				 &prioritization->transitioning);
}

static int alua_derive(const struct mp_prioritization *answer, const struct mp_identity *identity,
		       const char *args)
{
	bool transitioning = false;
	int priority = priority_of_group(answer, identity->tpg, args, &transitioning);

	return transitioning ? -EAGAIN : priority;
}

const struct mp_prioritizer mp_prioritizer_alua = {
	.name = "alua",
	.priority = alua_priority,
	.derive = alua_derive,
	.tells_groups = true,
};
