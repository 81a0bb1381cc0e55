/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config/claim.h"

#include <stddef.h>

#include "base/strbuf.h"
#include "config/filter.h"
#include "config/trace.h"

static const char *const modes[] = {
	[MP_FIND_STRICT] = "strict", [MP_FIND_OFF] = "off",	[MP_FIND_ON] = "on",
	[MP_FIND_GREEDY] = "greedy", [MP_FIND_SMART] = "smart",
};

const char *mp_claim_mode_name(enum mp_find_multipaths mode)
{
	return modes[mode];
}

static struct mp_claim_verdict verdict(enum mp_claim claim, const char *reason)
{
	return (struct mp_claim_verdict){ .claim = claim, .reason = reason };
}

/* One condition of the list. Return: does it hold? It then decides. */
static bool holds(struct mp_trace *trace, const char *name, bool condition, const char *yes,
		  const char *no)
{
	mp_trace_add(trace, name, condition, "%s", condition ? yes : no);
	return condition;
}

static struct mp_claim_verdict decide_as_if_new(const struct mp_claim_input *input,
						struct mp_trace *trace)
{
	bool greedy = input->mode == MP_FIND_GREEDY;
	bool smart = input->mode == MP_FIND_SMART;

	if (holds(trace, "holder", input->held_by_map, "a multipath map holds it",
		  "no multipath map holds it"))
		return verdict(MP_CLAIM_YES_ALWAYS, "a multipath map holds it");
	if (input->daemon_required && holds(trace, "daemon", !input->daemon_reachable,
					    "multipathd is not running", "multipathd is running"))
		return verdict(MP_CLAIM_NO, "multipathd is not running");
	if (holds(trace, "kind", !input->is_disk, "it is not a disk", "it is a disk"))
		return verdict(MP_CLAIM_NO, "it is not a disk");
	if (holds(trace, "blacklist", input->blacklisted, "it is blacklisted",
		  "it is not blacklisted"))
		return verdict(MP_CLAIM_NO, "it is blacklisted");
	if (holds(trace, "wwid", !input->has_wwid, "it has no WWID", "it has a WWID"))
		return verdict(MP_CLAIM_NO, "it has no WWID");
	if (input->labeled && holds(trace, "label", true, "it has a gmultipath label", ""))
		return verdict(MP_CLAIM_YES_ALWAYS, "it has a gmultipath label");
	if (holds(trace, "failed marker", input->marked_failed, "creating its map failed",
		  "creating its map has not failed"))
		return verdict(MP_CLAIM_NO, "creating its map failed");
	if ((greedy || smart) &&
	    holds(trace, "in use", input->in_use, "it is in use", "nothing else uses it"))
		return verdict(MP_CLAIM_NO, "it is in use");
	if (holds(trace, "find_multipaths", greedy, "greedy: every disk is claimed",
		  modes[input->mode]))
		return verdict(MP_CLAIM_YES, "find_multipaths is greedy");
	if (holds(trace, "wwids file", input->wwid_known, "its WWID is known",
		  "its WWID is not known"))
		return verdict(MP_CLAIM_YES_ALWAYS, "its WWID is known");
	if (holds(trace, "map", input->map_exists, "a map of its WWID exists",
		  "no map of its WWID exists"))
		return verdict(MP_CLAIM_YES, "a map of its WWID exists");
	if (!smart) {
		mp_trace_add(trace, "siblings", true, "irrelevant: find_multipaths is not smart");
		return verdict(MP_CLAIM_NO, "its WWID is not known");
	}
	mp_trace_add(trace, "siblings", true, "a second path may appear");
	return verdict(MP_CLAIM_MAYBE, "a second path may appear");
}

struct mp_claim_verdict mp_claim_trace(const struct mp_claim_input *input, struct mp_trace *trace)
{
	struct mp_claim_verdict ret = decide_as_if_new(input, trace);

	if (input->released && (ret.claim == MP_CLAIM_YES || ret.claim == MP_CLAIM_MAYBE)) {
		mp_trace_add(trace, "released", true, "it was released before");
		return verdict(MP_CLAIM_NO, "it was released before");
	}
	return ret;
}

struct mp_claim_verdict mp_claim_decide(const struct mp_claim_input *input)
{
	return mp_claim_trace(input, NULL);
}

static const char labeled[] = "it has a gmultipath label, and gmultipath creates its map";

static const char *why_allowed(const struct mp_allow_input *input, struct mp_trace *trace)
{
	bool strict = input->mode == MP_FIND_STRICT;

	if (holds(trace, "map", input->map_known, "the map is known",
		  "no map of its WWID is known"))
		return "the map is known";
	if (input->labeled) {
		mp_trace_add(trace, "label", true, "%s", labeled);
		return NULL;
	}
	if (holds(trace, "find_multipaths",
		  input->mode == MP_FIND_OFF || input->mode == MP_FIND_GREEDY,
		  input->mode == MP_FIND_OFF ? "off: every disk gets a map" :
					       "greedy: every disk gets a map",
		  modes[input->mode]))
		return "find_multipaths allows every map";
	if (holds(trace, "wwids file", input->wwid_known, "its WWID is known",
		  "its WWID is not known"))
		return "its WWID is known";
	if (!strict && input->kernel_has_it) {
		mp_trace_add(trace, "kernel", true, "the map exists");
		return "the map exists";
	}
	if (strict)
		mp_trace_add(trace, "siblings", true, "irrelevant: find_multipaths is strict");
	else
		mp_trace_add(trace, "siblings", true, "it has %u path%s", input->paths,
			     input->paths == 1 ? "" : "s");
	return !strict && input->paths > 1 ? "it has more than one path" : NULL;
}

bool mp_claim_trace_map(const struct mp_allow_input *input, const char **reason,
			struct mp_trace *trace)
{
	const char *why = why_allowed(input, trace);

	if (reason)
		*reason = why ? why :
			  input->labeled && !input->map_known ?
				labeled :
			  input->mode == MP_FIND_STRICT ?
				"its WWID is not known" :
				"it has one path, and its WWID is not known";
	return why;
}

bool mp_claim_allows_map(const struct mp_allow_input *input, const char **reason)
{
	return mp_claim_trace_map(input, reason, NULL);
}

static void record_wwid(const char *wwid, struct mp_strbuf *buf)
{
	mp_strbuf_printf(buf, "multipath -a %s; multipathd reconfigure\n", wwid);
}

void mp_claim_remedy(const struct mp_config *config, const struct mp_claim_input *input,
		     const char *wwid, struct mp_strbuf *buf)
{
	struct mp_claim_verdict decided = mp_claim_decide(input);

	if (decided.claim == MP_CLAIM_YES || decided.claim == MP_CLAIM_YES_ALWAYS) {
		mp_filter_exclude_wwid(config, wwid, buf);
	} else if (decided.claim == MP_CLAIM_MAYBE) {
		record_wwid(wwid, buf);
	} else if (input->is_disk && !input->blacklisted && input->has_wwid) {
		if (input->marked_failed)
			mp_strbuf_printf(buf, "multipathd add map %s\n", wwid);
		else if ((input->mode == MP_FIND_GREEDY || input->mode == MP_FIND_SMART) &&
			 input->in_use)
			mp_strbuf_puts(buf, "stop its users: lsblk shows its mounts and maps\n");
		else
			record_wwid(wwid, buf);
	}
}

void mp_claim_remedy_map(const struct mp_config *config, const char *wwid, bool allowed,
			 struct mp_strbuf *buf)
{
	if (allowed)
		mp_filter_exclude_wwid(config, wwid, buf);
	else if (mp_filter_wwid(config, wwid).blacklisted)
		mp_filter_admit_wwid(wwid, buf);
	else
		record_wwid(wwid, buf);
}
