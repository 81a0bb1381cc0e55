/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * mpath_valid.h - libmpathvalid: is a block device a path of a multipath map? For programs that
 * would use the device themselves otherwise. The answer is that of "multipath -u".
 *
 * Names, values and prototypes are those of libmpathvalid.so.0 of multipath-tools, which this
 * library replaces.  Public: any program; for one thread of a process.
 */
#ifndef LIB_MPATH_VALID_H
#define LIB_MPATH_VALID_H

#ifdef __cplusplus
extern "C" {
#endif

/* Where log lines go */
enum mpath_valid_log_style {
	MPATH_LOG_STDERR = -1,
	MPATH_LOG_STDERR_TIMESTAMP = 0,
	MPATH_LOG_SYSLOG = 1,
};

enum mpath_valid_verbosity_level {
	MPATH_LOG_PRIO_NOLOG = -1,
	MPATH_LOG_PRIO_ERR = 0,
	MPATH_LOG_PRIO_WARN,
	MPATH_LOG_PRIO_NOTICE,
	MPATH_LOG_PRIO_INFO,
	MPATH_LOG_PRIO_DEBUG,
};

/* How much makes a device a path: find_multipaths in multipath.conf(5) */
enum mpath_valid_mode {
	MPATH_DEFAULT, /* as configured */
	MPATH_STRICT,
	MPATH_SMART,
	MPATH_GREEDY,
	MPATH_MODE_ERROR,
};

enum mpath_valid_result {
	MPATH_IS_ERROR = -1,
	MPATH_IS_NOT_VALID,
	MPATH_IS_VALID,
	MPATH_IS_VALID_NO_CHECK, /* also if other programs use the device already */
	MPATH_IS_MAYBE_VALID, /* if another device has the same WWID */
};

/**
 * mpathvalid_init() - read the configuration
 * @verbosity:	MPATH_LOG_PRIO_...
 * @log_style:	MPATH_LOG_...
 *
 * A second call does nothing. Return: 0, -1: also after mpathvalid_exit().
 */
int mpathvalid_init(int verbosity, int log_style);

/** mpathvalid_reload_config() - read it again; on failure the old one stays. Return: 0, -1 */
int mpathvalid_reload_config(void);

/** mpathvalid_exit() - free it. Return: 0 */
int mpathvalid_exit(void);

/**
 * mpathvalid_get_mode() - what MPATH_DEFAULT stands for. Return: MPATH_STRICT, MPATH_SMART,
 * MPATH_GREEDY, MPATH_MODE_ERROR not initialised
 */
unsigned int mpathvalid_get_mode(void);

/**
 * mpathvalid_is_path() - without multipathd running, only a device that a map holds is a path
 * @name:	kernel name of the device: sda
 * @mode:	MPATH_DEFAULT, MPATH_STRICT, MPATH_SMART, MPATH_GREEDY
 * @wwid:	its WWID if it is a path or may be one, else NULL; to be freed; may be NULL
 * @path_wwids:	those of devices that may be paths; one that has the WWID of one of them is a path
 * @nr_paths:	their number
 *
 * Return: MPATH_IS_...
 */
int mpathvalid_is_path(const char *name, unsigned int mode, char **wwid, const char **path_wwids,
		       unsigned int nr_paths);

#ifdef __cplusplus
}
#endif
#endif
