/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libdmmp.h - multipath maps, their path groups and paths, as multipathd lists them.  Public: any
 * program.
 *
 * A context is for one thread at a time. Pointers that are given to a function must not be NULL,
 * unless it says so. What a function returns is borrowed from the map or context, unless it says
 * so.
 */
#ifndef LIB_DMMP_H
#define LIB_DMMP_H

#include <stdarg.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What functions return that can fail */
#define DMMP_OK 0
#define DMMP_ERR_BUG 1 /* a reply that was not expected */
#define DMMP_ERR_NO_MEMORY 2
#define DMMP_ERR_IPC_TIMEOUT 3
#define DMMP_ERR_IPC_ERROR 4 /* the connection ended, or the reply cannot be read */
#define DMMP_ERR_NO_DAEMON 5
#define DMMP_ERR_INCOMPATIBLE 6 /* another version of the listing */
#define DMMP_ERR_MPATH_BUSY 7
#define DMMP_ERR_MPATH_NOT_FOUND 8
#define DMMP_ERR_INVALID_ARGUMENT 9
#define DMMP_ERR_PERMISSION_DENY 10

#define DMMP_PATH_GROUP_STATUS_UNKNOWN 0
#define DMMP_PATH_GROUP_STATUS_ENABLED 1
#define DMMP_PATH_GROUP_STATUS_DISABLED 2
#define DMMP_PATH_GROUP_STATUS_ACTIVE 3

#define DMMP_PATH_STATUS_UNKNOWN 0
#define DMMP_PATH_STATUS_DOWN 2
#define DMMP_PATH_STATUS_UP 3
#define DMMP_PATH_STATUS_SHAKY 4
#define DMMP_PATH_STATUS_GHOST 5
#define DMMP_PATH_STATUS_PENDING 6
#define DMMP_PATH_STATUS_TIMEOUT 7
#define DMMP_PATH_STATUS_DELAYED 9

#define DMMP_LOG_PRIORITY_ERROR 3
#define DMMP_LOG_PRIORITY_WARNING 4
#define DMMP_LOG_PRIORITY_INFO 6
#define DMMP_LOG_PRIORITY_DEBUG 7
#define DMMP_LOG_PRIORITY_DEFAULT DMMP_LOG_PRIORITY_WARNING

struct dmmp_context;
struct dmmp_mpath;
struct dmmp_path_group;
struct dmmp_path;

/** dmmp_strerror() - text of a DMMP_OK or DMMP_ERR_..., constant */
const char *dmmp_strerror(int rc);
/** dmmp_log_priority_str() - text of a DMMP_LOG_PRIORITY_..., constant */
const char *dmmp_log_priority_str(int priority);
/** dmmp_path_status_str() - text of a DMMP_PATH_STATUS_..., constant */
const char *dmmp_path_status_str(uint32_t path_status);
/** dmmp_path_group_status_str() - text of a DMMP_PATH_GROUP_STATUS_..., constant */
const char *dmmp_path_group_status_str(uint32_t pg_status);

/** dmmp_context_new() - Return: a context for dmmp_context_free(), NULL out of memory */
struct dmmp_context *dmmp_context_new(void);
/** dmmp_context_free() - maps stay; NULL is fine */
void dmmp_context_free(struct dmmp_context *ctx);

/** dmmp_context_timeout_set() - how long a reply may take, in milliseconds; 0 for ever */
void dmmp_context_timeout_set(struct dmmp_context *ctx, unsigned int tmo);
/** dmmp_context_timeout_get() - 60000 at first */
unsigned int dmmp_context_timeout_get(struct dmmp_context *ctx);

/** dmmp_context_log_priority_set() - what is logged: this and what is more important */
void dmmp_context_log_priority_set(struct dmmp_context *ctx, int priority);
/** dmmp_context_log_priority_get() - DMMP_LOG_PRIORITY_DEFAULT at first */
int dmmp_context_log_priority_get(struct dmmp_context *ctx);

/** dmmp_context_log_func_set() - what is called to log; NULL: lines go to stderr, as at first */
void dmmp_context_log_func_set(struct dmmp_context *ctx,
			       void (*log_func)(struct dmmp_context *ctx, int priority,
						const char *file, int line, const char *func_name,
						const char *format, va_list args));

/** dmmp_context_userdata_set() - the caller's own; not looked at */
void dmmp_context_userdata_set(struct dmmp_context *ctx, void *userdata);
/** dmmp_context_userdata_get() - NULL at first */
void *dmmp_context_userdata_get(struct dmmp_context *ctx);

/** dmmp_last_error_msg() - what the last error was, "" if there was none; until the next one */
const char *dmmp_last_error_msg(struct dmmp_context *ctx);

/**
 * dmmp_mpath_array_get() - all maps
 * @dmmp_mps:	for dmmp_mpath_array_free(); NULL if there are none, and on failure
 */
int dmmp_mpath_array_get(struct dmmp_context *ctx, struct dmmp_mpath ***dmmp_mps,
			 uint32_t *dmmp_mp_count);
/** dmmp_mpath_array_free() - maps with their groups and paths; NULL is fine */
void dmmp_mpath_array_free(struct dmmp_mpath **dmmp_mps, uint32_t dmmp_mp_count);

/** dmmp_mpath_wwid_get() - WWID */
const char *dmmp_mpath_wwid_get(struct dmmp_mpath *dmmp_mp);
/** dmmp_mpath_name_get() - name, as in /dev/mapper */
const char *dmmp_mpath_name_get(struct dmmp_mpath *dmmp_mp);
/** dmmp_mpath_kdev_name_get() - the kernel's name: "dm-0" */
const char *dmmp_mpath_kdev_name_get(struct dmmp_mpath *dmmp_mp);

/** dmmp_path_group_array_get() - its path groups */
void dmmp_path_group_array_get(struct dmmp_mpath *dmmp_mp, struct dmmp_path_group ***dmmp_pgs,
			       uint32_t *dmmp_pg_count);
/** dmmp_path_group_id_get() - number of the group, from 1 */
uint32_t dmmp_path_group_id_get(struct dmmp_path_group *dmmp_pg);
/** dmmp_path_group_priority_get() - 0 if it is negative */
uint32_t dmmp_path_group_priority_get(struct dmmp_path_group *dmmp_pg);
/** dmmp_path_group_status_get() - DMMP_PATH_GROUP_STATUS_... */
uint32_t dmmp_path_group_status_get(struct dmmp_path_group *dmmp_pg);
/** dmmp_path_group_selector_get() - "service-time 0" */
const char *dmmp_path_group_selector_get(struct dmmp_path_group *dmmp_pg);

/** dmmp_path_array_get() - its paths */
void dmmp_path_array_get(struct dmmp_path_group *dmmp_pg, struct dmmp_path ***dmmp_ps,
			 uint32_t *dmmp_p_count);
/** dmmp_path_blk_name_get() - "sda" */
const char *dmmp_path_blk_name_get(struct dmmp_path *dmmp_p);
/** dmmp_path_status_get() - DMMP_PATH_STATUS_... */
uint32_t dmmp_path_status_get(struct dmmp_path *dmmp_p);

/** dmmp_flush_mpath() - remove a map that is not in use */
int dmmp_flush_mpath(struct dmmp_context *ctx, const char *mpath_name);
/** dmmp_reconfig() - have multipathd reread its configuration */
int dmmp_reconfig(struct dmmp_context *ctx);

#ifdef __cplusplus
}
#endif
#endif
