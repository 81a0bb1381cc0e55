/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/state.h"

#include "base/cleanup.h"

static const struct {
	const char *name, *label;
} path_states[MP_PATH_STATES] = {
	[MP_PATH_WILD] = { "wild", "undef" },
	[MP_PATH_UNCHECKED] = { "unchecked", "undef" },
	[MP_PATH_DOWN] = { "down", "faulty" },
	[MP_PATH_UP] = { "up", "ready" },
	[MP_PATH_SHAKY] = { "shaky", "shaky" },
	[MP_PATH_GHOST] = { "ghost", "ghost" },
	[MP_PATH_PENDING] = { "pending", "i/o pending" },
	[MP_PATH_TIMEOUT] = { "timeout", "i/o timeout" },
	[MP_PATH_REMOVED] = { "removed", "undef" },
	[MP_PATH_DELAYED] = { "delayed", "delayed" },
	[MP_PATH_DISCONNECTED] = { "disconnected", "disconnected" },
};

static const char *const dm_states[] = {
	[MP_DM_UNDEF] = "undef",
	[MP_DM_FAILED] = "failed",
	[MP_DM_ACTIVE] = "active",
};

static const char *const group_states[] = {
	[MP_GROUP_UNDEF] = "undef",
	[MP_GROUP_ENABLED] = "enabled",
	[MP_GROUP_DISABLED] = "disabled",
	[MP_GROUP_ACTIVE] = "active",
};

static const char *const init_states[] = {
	[MP_INIT_NEW] = "new",
	[MP_INIT_FAILED] = "failed",
	[MP_INIT_MISSING_UDEV] = "udev-missing",
	[MP_INIT_REQUESTED_UDEV] = "udev-requested",
	[MP_INIT_OK] = "ok",
	[MP_INIT_REMOVED] = "removed",
	[MP_INIT_PARTIAL] = "partial",
};

const char *mp_path_state_name(enum mp_path_state state)
{
	return state < ARRAY_SIZE(path_states) ? path_states[state].name : "invalid";
}

const char *mp_path_state_label(enum mp_path_state state)
{
	return state < ARRAY_SIZE(path_states) ? path_states[state].label : "invalid";
}

const char *mp_dm_state_name(enum mp_dm_state state)
{
	return state < ARRAY_SIZE(dm_states) ? dm_states[state] : "undef";
}

const char *mp_group_state_name(enum mp_group_state state)
{
	return state < ARRAY_SIZE(group_states) ? group_states[state] : "undef";
}

const char *mp_init_state_name(enum mp_init_state state)
{
	return state < ARRAY_SIZE(init_states) ? init_states[state] : "undef";
}
