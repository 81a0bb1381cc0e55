/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sysfs: the access state that the kernel's device handler keeps, without a command to the device.
 */
#include <string.h>

#include "base/cleanup.h"
#include "kernel/alua.h"
#include "kernel/sysfs.h"
#include "prioritizers/prioritizers.h"

static int parse_state(const char *text)
{
	static const struct {
		const char *text;
		enum mp_alua_state state;
	} states[] = {
		{ "active/optimized", MP_ALUA_OPTIMIZED },
		{ "active/non-optimized", MP_ALUA_NON_OPTIMIZED },
		{ "lba-dependent", MP_ALUA_LBA_DEPENDENT },
		{ "standby", MP_ALUA_STANDBY },
		{ "transitioning", MP_ALUA_TRANSITIONING },
	};

	for (size_t i = 0; i < ARRAY_SIZE(states); i++)
		if (!strncmp(text, states[i].text, strlen(states[i].text)))
			return states[i].state;
	return MP_ALUA_UNAVAILABLE;
}

static int sysfs_priority(struct mp_prioritization *prioritization)
{
	const char *sys = prioritization->roots->sys, *dir = prioritization->dir;
	uint64_t preferred = 0;
	enum mp_alua_state state;
	char text[32];
	ssize_t length;

	length = mp_sysfs_read(sys, dir, "device/access_state", text, sizeof(text));
	if (length < 0)
		return length;
	mp_sysfs_read_number(sys, dir, "device/preferred_path", &preferred);
	state = parse_state(text);
	prioritization->transitioning = state == MP_ALUA_TRANSITIONING;
	return mp_alua_priority(state, preferred,
				mp_prioritizer_has_arg(prioritization->args, "exclusive_pref_bit"));
}

const struct mp_prioritizer mp_prioritizer_sysfs = {
	.name = "sysfs",
	.priority = sysfs_priority,
	.tells_groups = true,
};
