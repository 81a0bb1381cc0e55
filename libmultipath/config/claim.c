/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config/claim.h"

static struct mp_claim_verdict verdict(enum mp_claim claim, const char *reason)
{
	return (struct mp_claim_verdict){ .claim = claim, .reason = reason };
}

static struct mp_claim_verdict decide_as_if_new(const struct mp_claim_input *input)
{
	bool greedy = input->mode == MP_FIND_GREEDY;
	bool smart = input->mode == MP_FIND_SMART;

	if (input->held_by_map)
		return verdict(MP_CLAIM_YES_ALWAYS, "a multipath map holds it");
	if (input->daemon_required && !input->daemon_reachable)
		return verdict(MP_CLAIM_NO, "multipathd is not running");
	if (!input->is_disk)
		return verdict(MP_CLAIM_NO, "it is no disk");
	if (input->blacklisted)
		return verdict(MP_CLAIM_NO, "it is blacklisted");
	if (!input->has_wwid)
		return verdict(MP_CLAIM_NO, "it has no WWID");
	if (input->marked_failed)
		return verdict(MP_CLAIM_NO, "creating its map failed");
	if ((greedy || smart) && input->in_use)
		return verdict(MP_CLAIM_NO, "it is in use");
	if (greedy)
		return verdict(MP_CLAIM_YES, "find_multipaths is greedy");
	if (input->wwid_known)
		return verdict(MP_CLAIM_YES_ALWAYS, "its WWID is known");
	if (input->map_exists)
		return verdict(MP_CLAIM_YES, "a map of its WWID exists");
	if (!smart)
		return verdict(MP_CLAIM_NO, "its WWID is not known");
	return verdict(MP_CLAIM_MAYBE, "a second path may appear");
}

struct mp_claim_verdict mp_claim_decide(const struct mp_claim_input *input)
{
	struct mp_claim_verdict ret = decide_as_if_new(input);

	if (input->released && (ret.claim == MP_CLAIM_YES || ret.claim == MP_CLAIM_MAYBE))
		return verdict(MP_CLAIM_NO, "it was released before");
	return ret;
}

static const char *why_allowed(const struct mp_allow_input *input)
{
	bool strict = input->mode == MP_FIND_STRICT;

	if (input->map_known)
		return "the map is known";
	if (input->mode == MP_FIND_OFF || input->mode == MP_FIND_GREEDY)
		return "find_multipaths allows every map";
	if (input->wwid_known)
		return "its WWID is known";
	if (!strict && input->kernel_has_it)
		return "the map exists";
	if (!strict && input->paths > 1)
		return "it has more than one path";
	return NULL;
}

bool mp_claim_allows_map(const struct mp_allow_input *input, const char **reason)
{
	const char *why = why_allowed(input);

	if (reason)
		*reason = why ? why : input->mode == MP_FIND_STRICT ? "its WWID is not known" :
								     "it has one path, and its WWID is not known";
	return why;
}
