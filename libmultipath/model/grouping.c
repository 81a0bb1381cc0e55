/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/grouping.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

typedef bool (*same_group_fn)(const struct mp_path *a, const struct mp_path *b);

static bool never_same(const struct mp_path *a, const struct mp_path *b)
{
	(void)a, (void)b;
	return false;
}

static bool always_same(const struct mp_path *a, const struct mp_path *b)
{
	(void)a, (void)b;
	return true;
}

static bool same_serial(const struct mp_path *a, const struct mp_path *b)
{
	return !strcmp(a->identity.serial, b->identity.serial);
}

static bool same_priority(const struct mp_path *a, const struct mp_path *b)
{
	return a->priority == b->priority;
}

static bool same_node_name(const struct mp_path *a, const struct mp_path *b)
{
	return !strcmp(a->identity.target_wwnn, b->identity.target_wwnn);
}

static bool same_tpg(const struct mp_path *a, const struct mp_path *b)
{
	return a->identity.tpg == b->identity.tpg;
}

static const struct {
	const char *name;
	same_group_fn same;
} policies[] = {
	[MP_GROUPING_FAILOVER] = { "failover", never_same },
	[MP_GROUPING_MULTIBUS] = { "multibus", always_same },
	[MP_GROUPING_BY_SERIAL] = { "group_by_serial", same_serial },
	[MP_GROUPING_BY_PRIO] = { "group_by_prio", same_priority },
	[MP_GROUPING_BY_NODE_NAME] = { "group_by_node_name", same_node_name },
	[MP_GROUPING_BY_TPG] = { "group_by_tpg", same_tpg },
};

const char *mp_grouping_name(enum mp_grouping grouping)
{
	return grouping < ARRAY_SIZE(policies) ? policies[grouping].name : "undef";
}

void mp_grouping_fini(struct mp_wanted_groups *groups)
{
	for (size_t i = 0; i < groups->count; i++)
		free(groups->groups[i].paths);
	free(groups->groups);
	*groups = (struct mp_wanted_groups){ 0 };
}

void mp_grouping_rate(struct mp_wanted_group *group, bool marginal)
{
	long long sum = 0;
	unsigned defined = 0;

	group->active = 0;
	group->marginal = marginal && group->path_count;
	for (size_t i = 0; i < group->path_count; i++) {
		const struct mp_path *path = group->paths[i];

		group->marginal &= path->marginal;
		if (!mp_path_is_rated(path))
			continue;
		group->active++;
		if (path->priority != MP_PRIORITY_UNDEF) {
			sum += path->priority;
			defined++;
		}
	}
	group->priority = !group->active ? 0 : !defined ? MP_PRIORITY_UNDEF : (int)(sum / defined);
}

/* Negative: @a before @b. */
static int compare_groups(const struct mp_wanted_group *a, const struct mp_wanted_group *b)
{
	if (a->marginal != b->marginal)
		return a->marginal ? 1 : -1;
	if (a->priority != b->priority)
		return a->priority > b->priority ? -1 : 1;
	if (a->active != b->active)
		return a->active > b->active ? -1 : 1;
	return 0;
}

unsigned mp_grouping_best(const struct mp_wanted_group *groups, size_t count)
{
	const struct mp_wanted_group *best = NULL;

	for (size_t i = 0; i < count; i++)
		if (groups[i].active && (!best || compare_groups(&groups[i], best) < 0))
			best = &groups[i];
	return best ? best - groups + 1 : count ? 1 : 0;
}

/* Stable, so that equal groups stay in the order of their first paths; there are few groups. */
static void sort_groups(struct mp_wanted_group *groups, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		struct mp_wanted_group group = groups[i];
		size_t at = i;

		for (; at > 0 && compare_groups(&group, &groups[at - 1]) < 0; at--)
			groups[at] = groups[at - 1];
		groups[at] = group;
	}
}

static bool has_adapter(const struct mp_path *path)
{
	switch (path->identity.protocol) {
	case MP_PROTOCOL_SCSI_FCP:
	case MP_PROTOCOL_SCSI_SAS:
	case MP_PROTOCOL_SCSI_ISCSI:
	case MP_PROTOCOL_SCSI_SRP:
		return *path->identity.adapter;
	default:
		return false;
	}
}

/*
 * Next is always the path whose adapter was used least, then whose host port was used least, then
 * the first found: neighbours in the round then use different hardware as long as there is some.
 */
static int alternate_adapters(struct mp_wanted_group *group)
{
	_cleanup_free_ struct use {
		unsigned adapter, host;
	} *uses = NULL;

	if (group->path_count <= 2)
		return 0;
	for (size_t i = 0; i < group->path_count; i++)
		if (!has_adapter(group->paths[i]))
			return 0;
	uses = calloc(group->path_count, sizeof(*uses));
	if (!uses)
		return -ENOMEM;

	for (size_t i = 0; i < group->path_count; i++) {
		const struct mp_path *next;
		struct use use;
		size_t least = i;

		for (size_t j = i + 1; j < group->path_count; j++)
			if (uses[j].adapter < uses[least].adapter ||
			    (uses[j].adapter == uses[least].adapter &&
			     uses[j].host < uses[least].host))
				least = j;
		next = group->paths[least];
		use = uses[least];
		memmove(&group->paths[i + 1], &group->paths[i],
			(least - i) * sizeof(*group->paths));
		memmove(&uses[i + 1], &uses[i], (least - i) * sizeof(*uses));
		group->paths[i] = next;
		uses[i] = use;

		for (size_t j = i + 1; j < group->path_count; j++) {
			const struct mp_identity *other = &group->paths[j]->identity;

			uses[j].adapter += !strcmp(other->adapter, next->identity.adapter);
			uses[j].host += other->address.host == next->identity.address.host;
		}
	}
	return 0;
}

static int group_paths(const struct mp_path *const *paths, size_t count, same_group_fn same,
		       bool marginal, struct mp_wanted_groups *groups)
{
	groups->groups = calloc(count, sizeof(*groups->groups));
	if (!groups->groups)
		return -ENOMEM;

	for (size_t i = 0; i < count; i++) {
		struct mp_wanted_group *group = groups->groups, *end = group + groups->count;

		while (group < end &&
		       !(same(group->paths[0], paths[i]) &&
			 (!marginal || group->paths[0]->marginal == paths[i]->marginal)))
			group++;
		if (group == end) {
			group->paths = calloc(count - i, sizeof(*group->paths));
			if (!group->paths)
				return -ENOMEM;
			groups->count++;
		}
		group->paths[group->path_count++] = paths[i];
	}
	return 0;
}

/* As text of the configuration it may have any blanks that the kernel takes. */
static bool is_round_robin(const char *selector)
{
	static const char name[] = "round-robin", blanks[] = " \t\r\n\v\f";

	selector += strspn(selector, blanks);
	return strcspn(selector, blanks) == strlen(name) && !strncmp(selector, name, strlen(name));
}

int mp_grouping_make(enum mp_grouping grouping, const struct mp_path *const *paths, size_t count,
		     bool marginal, const char *selector, struct mp_wanted_groups *ret)
{
	_cleanup_(mp_grouping_fini) struct mp_wanted_groups groups = { 0 };
	int r;

	if (!count)
		return 0;
	r = group_paths(paths, count, policies[grouping].same, marginal, &groups);
	if (r < 0)
		return r;

	for (size_t i = 0; i < groups.count; i++) {
		mp_grouping_rate(&groups.groups[i], marginal);
		if (is_round_robin(selector)) {
			r = alternate_adapters(&groups.groups[i]);
			if (r < 0)
				return r;
		}
	}
	sort_groups(groups.groups, groups.count);
	groups.best = mp_grouping_best(groups.groups, groups.count);
	*ret = groups;
	groups = (struct mp_wanted_groups){ 0 };
	return 0;
}
