/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* state.h - what a path, a group, and a map can be.  For: every room. */
#pragma once
#include <stdbool.h>

/* What a checker (or the sysfs state) says of a path. */
enum mp_path_state {
	MP_PATH_WILD, /* checker unusable */
	MP_PATH_UNCHECKED,
	MP_PATH_DOWN,
	MP_PATH_UP,
	MP_PATH_SHAKY,
	MP_PATH_GHOST, /* passive: answers, but serves no I/O before a controller switch */
	MP_PATH_PENDING,
	MP_PATH_TIMEOUT,
	MP_PATH_REMOVED,
	MP_PATH_DELAYED,
	MP_PATH_DISCONNECTED,
	MP_PATH_STATES
};

/* What the kernel's multipath target thinks of a path. */
enum mp_dm_state { MP_DM_UNDEF, MP_DM_FAILED, MP_DM_ACTIVE };

/* ... and of a path group. */
enum mp_group_state { MP_GROUP_UNDEF, MP_GROUP_ENABLED, MP_GROUP_DISABLED, MP_GROUP_ACTIVE };

/* How far the discovery of a path came. */
enum mp_init_state {
	MP_INIT_NEW,
	MP_INIT_FAILED, /* offline or without WWID: tried again */
	MP_INIT_MISSING_UDEV,
	MP_INIT_REQUESTED_UDEV,
	MP_INIT_OK,
	MP_INIT_REMOVED, /* gone, but a map still holds it */
	MP_INIT_PARTIAL, /* known from a kernel table only */
};

enum mp_tpgs {
	MP_TPGS_UNKNOWN = -1, /* undecided: asked again when the path is up */
	MP_TPGS_NONE = 0, /* SPC: TPGS field of standard INQUIRY data */
	MP_TPGS_IMPLICIT = 1,
	MP_TPGS_EXPLICIT = 2,
	MP_TPGS_BOTH = 3,
};

/** mp_path_state_name() - as in checker logs and `show status`: "up", "down", ... */
const char *mp_path_state_name(enum mp_path_state state);

/** mp_path_state_label() - as in listings (%T): "ready", "faulty", ... "undef" */
const char *mp_path_state_label(enum mp_path_state state);

/** mp_dm_state_name() - "undef", "failed", "active" */
const char *mp_dm_state_name(enum mp_dm_state state);

/** mp_group_state_name() - "undef", "enabled", "disabled", "active" */
const char *mp_group_state_name(enum mp_group_state state);

/** mp_init_state_name() - as in listings (%I) */
const char *mp_init_state_name(enum mp_init_state state);

/** mp_path_state_is_active() - up or ghost, "usable" in the glossary: the map may use the path */
static inline bool mp_path_state_is_active(enum mp_path_state state)
{
	return state == MP_PATH_UP || state == MP_PATH_GHOST;
}

/**
 * mp_path_state_is_bad() - down, shaky, timed out, removed or disconnected: the kernel must not
 * use the path
 */
static inline bool mp_path_state_is_bad(enum mp_path_state state)
{
	return state == MP_PATH_DOWN || state == MP_PATH_SHAKY || state == MP_PATH_TIMEOUT ||
	       state == MP_PATH_REMOVED || state == MP_PATH_DISCONNECTED;
}
