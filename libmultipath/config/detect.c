/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config/detect.h"

#include <stdbool.h>
#include <string.h>

#include "config/trace.h"

/* Another name than the configured one, for a reason that is the device's. */
static const char *choose(struct mp_trace *trace, const char *keyword, const char *name, const char *why)
{
	struct mp_trace_row *row = mp_trace_find(trace, keyword);

	mp_trace_replace(trace, row, "\"%s\"", name);
	mp_trace_origin(trace, row, NULL, 0, "detected: %s", why);
	return name;
}

static bool has_target_port_groups(const struct mp_identity *identity)
{
	return mp_protocol_is_scsi(identity->protocol) && identity->tpgs != MP_TPGS_NONE;
}

const char *mp_detect_checker(const struct mp_path_settings *settings, const struct mp_identity *identity,
			      struct mp_trace *trace)
{
	if (settings->detect_checker && has_target_port_groups(identity))
		return choose(trace, "path_checker", "tur", "the device has target port groups");
	return settings->checker;
}

const char *mp_detect_prioritizer(const struct mp_path_settings *settings, const struct mp_identity *identity,
				  struct mp_trace *trace)
{
	if (settings->detect_prio && has_target_port_groups(identity)) {
		/* An attached device handler is what makes access_state readable. */
		if (identity->handler[0] && identity->tpgs == MP_TPGS_EXPLICIT)
			return choose(trace, "prio", "sysfs", "the kernel's handler knows the target port groups");
		return choose(trace, "prio", "alua", "the device has target port groups");
	}
	if (!strcmp(settings->prioritizer, "alua") && identity->tpgs == MP_TPGS_NONE)
		return choose(trace, "prio", "const", "the device has no target port groups");
	return settings->prioritizer;
}
