/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libdmmp/names.h"

#include <stddef.h>
#include <string.h>

#include "base/cleanup.h"
#include "libdmmp/libdmmp.h"

/* Numbers without a name are NULL. */
static const char *const errors[] = {
	[DMMP_OK] = "OK",
	[DMMP_ERR_BUG] = "BUG of libdmmp library",
	[DMMP_ERR_NO_MEMORY] = "Out of memory",
	[DMMP_ERR_IPC_TIMEOUT] =
		("Timeout when communicate with multipathd, try to increase it via "
		 "dmmp_context_timeout_set()"),
	[DMMP_ERR_IPC_ERROR] = "Error when communicate with multipathd daemon",
	[DMMP_ERR_NO_DAEMON] = "The multipathd daemon not started",
	[DMMP_ERR_INCOMPATIBLE] = "Incompatible multipathd daemon version",
	[DMMP_ERR_MPATH_BUSY] = "Specified multipath device map is in use",
	[DMMP_ERR_MPATH_NOT_FOUND] = "Specified multipath not found",
	[DMMP_ERR_INVALID_ARGUMENT] = "Invalid argument",
	[DMMP_ERR_PERMISSION_DENY] = "Permission deny",
};

static const char *const priorities[] = {
	[DMMP_LOG_PRIORITY_ERROR] = "ERROR",
	[DMMP_LOG_PRIORITY_WARNING] = "WARNING",
	[DMMP_LOG_PRIORITY_INFO] = "INFO",
	[DMMP_LOG_PRIORITY_DEBUG] = "DEBUG",
};

static const char *const path_states[] = {
	[DMMP_PATH_STATUS_UNKNOWN] = "undef",
	[DMMP_PATH_STATUS_DOWN] = "faulty",
	[DMMP_PATH_STATUS_UP] = "ready",
	[DMMP_PATH_STATUS_SHAKY] = "shaky",
	[DMMP_PATH_STATUS_GHOST] = "ghost",
	[DMMP_PATH_STATUS_PENDING] = "i/o pending",
	[DMMP_PATH_STATUS_TIMEOUT] = "i/o timeout",
	[DMMP_PATH_STATUS_DELAYED] = "delayed",
};

static const char *const group_states[] = {
	[DMMP_PATH_GROUP_STATUS_UNKNOWN] = "undef",
	[DMMP_PATH_GROUP_STATUS_ENABLED] = "enabled",
	[DMMP_PATH_GROUP_STATUS_DISABLED] = "disabled",
	[DMMP_PATH_GROUP_STATUS_ACTIVE] = "active",
};

static const char *name_of(const char *const *names, size_t count, uint32_t number)
{
	return number < count && names[number] ? names[number] : "Invalid argument";
}

/* Unknown ones are 0. */
static uint32_t number_of(const char *const *names, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (names[i] && !strcmp(names[i], name))
			return i;
	return 0;
}

const char *dmmp_strerror(int rc)
{
	return name_of(errors, ARRAY_SIZE(errors), rc);
}

const char *dmmp_log_priority_str(int priority)
{
	return name_of(priorities, ARRAY_SIZE(priorities), priority);
}

const char *dmmp_path_status_str(uint32_t path_status)
{
	return name_of(path_states, ARRAY_SIZE(path_states), path_status);
}

const char *dmmp_path_group_status_str(uint32_t pg_status)
{
	return name_of(group_states, ARRAY_SIZE(group_states), pg_status);
}

uint32_t names_path_status(const char *name)
{
	return number_of(path_states, ARRAY_SIZE(path_states), name);
}

uint32_t names_group_status(const char *name)
{
	return number_of(group_states, ARRAY_SIZE(group_states), name);
}
