/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config/detect.h"

#include <stdbool.h>
#include <string.h>

#include "config/trace.h"

static bool has_target_port_groups(const struct mp_identity *identity)
{
	return mp_protocol_is_scsi(identity->protocol) && identity->tpgs != MP_TPGS_NONE;
}

const char *mp_detect_checker(const struct mp_path_settings *settings,
			      const struct mp_identity *identity, struct mp_trace *trace)
{
	const char *name, *why;

	if (settings->detect_checker && identity->rdac == MP_TOLD_YES) {
		name = "rdac";
		why = "detected: the device has the page of RDAC arrays";
	} else if (settings->detect_checker && has_target_port_groups(identity)) {
		name = "tur";
		why = "detected: the device has target port groups";
	} else {
		return settings->checker;
	}
	mp_trace_override(trace, "path_checker", name, why);
	return name;
}

const char *mp_detect_prioritizer(const struct mp_path_settings *settings,
				  const struct mp_identity *identity, struct mp_trace *trace)
{
	const char *name, *why;

	if (settings->detect_prio && has_target_port_groups(identity)) {
		/*
		 * An attached device handler is what makes access_state readable; that for RDAC has
		 * states of its own.
		 */
		bool readable = identity->handler[0] && (identity->tpgs == MP_TPGS_EXPLICIT ||
							 identity->rdac != MP_TOLD_YES);

		name = readable ? "sysfs" : "alua";
		why = readable ? "detected: the kernel's handler knows the target port groups" :
				 "detected: the device has target port groups";
	} else if (settings->detect_prio && identity->ana == MP_TOLD_YES) {
		name = "ana";
		why = "detected: the controller has asymmetric namespace access";
	} else if (!strcmp(settings->prioritizer, "alua") && identity->tpgs == MP_TPGS_NONE) {
		name = "const";
		why = "detected: the device has no target port groups";
	} else {
		return settings->prioritizer;
	}
	mp_trace_override(trace, "prio", name, why);
	return name;
}
