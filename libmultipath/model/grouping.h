/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* grouping.h - from paths to ordered path groups.  For: reconcile, tests. */
#pragma once
#include <stddef.h>

#include "model/path.h"
#include "model/settings.h"

struct mp_wanted_group {
	const struct mp_path **paths; /* borrowed */
	size_t path_count;
	/* average of the active paths' defined ones; MP_PRIORITY_UNDEF; 0 without active path */
	int priority;
	unsigned active; /* paths up or ghost */
	bool marginal; /* all its paths are */
};

struct mp_wanted_groups {
	struct mp_wanted_group *groups;
	size_t count;
	unsigned best; /* from 1; 1 if no group has an active path; 0 without groups */
};

/** mp_grouping_fini() - free the groups */
void mp_grouping_fini(struct mp_wanted_groups *groups);

/**
 * mp_grouping_make() - group and order
 * @paths:	in the order of their device numbers (as in mp_observation), borrowed by the result
 * @marginal:	keep marginal paths in groups of their own, used last
 * @selector:	"round-robin ..." makes groups alternate between host adapters
 * @ret:	empty; written on success only
 *
 * Order: normal before marginal, then priority, then number of active paths, both descending, equal
 * keep order.
 * Return: 0 or -ENOMEM.
 */
int mp_grouping_make(enum mp_grouping grouping, const struct mp_path *const *paths, size_t count,
		     bool marginal, const char *selector, struct mp_wanted_groups *ret);

/**
 * mp_grouping_rate() - set priority, active and marginal from the group's paths
 * @marginal:	count marginal paths as such
 */
void mp_grouping_rate(struct mp_wanted_group *group, bool marginal);

/** mp_grouping_best() - number (from 1) of the group to use; see mp_wanted_groups.best */
unsigned mp_grouping_best(const struct mp_wanted_group *groups, size_t count);

/** mp_grouping_name() - as path_grouping_policy takes it; constant */
const char *mp_grouping_name(enum mp_grouping grouping);
