/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* config.h - multipath.conf as one immutable object.  For: programs; its rooms are behind it. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/path.h"
#include "model/settings.h"

struct mp_strbuf;
struct mp_trace;
struct mp_config; /* keyword values of all sections, with their origin */

/* What a rule of the blacklists, or the configuration in place of one, goes by. */
enum mp_criterion {
	MP_CRITERION_NONE,
	MP_CRITERION_PROPERTY,
	MP_CRITERION_DEVNODE,
	MP_CRITERION_DEVICE,
	MP_CRITERION_PROTOCOL,
	MP_CRITERION_WWID,
	MP_CRITERION_USB, /* allow_usb_devices no */
	MP_CRITERION_PROPERTY_MISSING, /* none of the property names is on the device */
};

enum mp_severity {
	MP_SEVERITY_WARNING,
	/* braces or quotes do not match: read as well as can be; not fit to replace a good one */
	MP_SEVERITY_DAMAGE,
	MP_SEVERITY_ERROR, /* the file is rejected as a whole */
};

/**
 * mp_diagnostic_fn - one message: "FILE:LINE:COLUMN: error|warning: what, and what was expected"
 * (without newline)
 */
typedef void (*mp_diagnostic_fn)(void *userdata, enum mp_severity severity, int level,
				 const char *text);

struct mp_config_source {
	const char *file; /* CONFIG_FILE */
	const char *dir; /* CONFIG_DIR, NULL: none */
	const char *sysfs; /* where it is mounted, NULL: /sys */
	int verbosity; /* of the command line, -1 none */
	bool ignore_wwids; /* multipath -i */
	mp_diagnostic_fn diagnostic; /* NULL: silence */
	void *userdata;
};

/**
 * mp_config_load() - built-in values, then the file, then each *.conf of the directory by name
 * @ret:	mp_config_free() it
 *
 * A missing file or directory is no error. The configuration never changes afterwards.
 * Return: 0, -EINVAL if a file is rejected (told through @source->diagnostic), -ENOMEM, -EIO...
 */
int mp_config_load(const struct mp_config_source *source, struct mp_config **ret);

/** mp_config_ref() - one more owner; only one thread may call this and mp_config_free() */
struct mp_config *mp_config_ref(struct mp_config *config);
/** mp_config_free() - drop an owner; the last one frees it. Return: NULL */
struct mp_config *mp_config_free(struct mp_config *config);
/** mp_config_freep() - for _cleanup_() */
void mp_config_freep(struct mp_config **config);

enum mp_find_multipaths { MP_FIND_STRICT, MP_FIND_OFF, MP_FIND_ON, MP_FIND_GREEDY, MP_FIND_SMART };

/**
 * mp_find_multipaths_ignoring() - the mode that decides the same without the wwids file: multipath
 * -i
 */
enum mp_find_multipaths mp_find_multipaths_ignoring(enum mp_find_multipaths mode);

/* Values of the whole process: the defaults section. Text is owned by the configuration. */
struct mp_process_settings {
	int verbosity;
	unsigned polling_interval_sec, max_polling_interval_sec;
	int max_fds; /* -1: as many as the system allows, 0: leave alone */
	bool reassign_maps;
	bool queue_without_daemon;
	bool log_checker_err_once;
	bool allow_usb_devices;
	enum mp_find_multipaths find_multipaths;
	int find_multipaths_timeout_sec; /* negative: only for known hardware */
	unsigned uxsock_timeout_msec;
	unsigned retrigger_tries, retrigger_delay_sec;
	unsigned missing_uev_wait_timeout_sec;
	unsigned remove_retries;
	const char *partition_delimiter; /* NULL unset */
	bool lists_nvme; /* enable_foreign */
	enum mp_marginal_groups marginal_pathgroups;
	enum mp_auto_resize auto_resize;
};

/** mp_config_process() - settings of the process as a whole; borrowed from @config */
const struct mp_process_settings *mp_config_process(const struct mp_config *config);

/**
 * mp_config_keep_fabric() - marginal_pathgroups does not change from or to fpin while the daemon
 * runs
 * @running:	of the configuration in force
 *
 * Return: true if it would have: @config has the value that is in force.
 */
bool mp_config_keep_fabric(struct mp_config *config, const struct mp_process_settings *running);

/**
 * mp_config_path_settings() - effective values for one path
 * @identity:	vendor, product, revision, protocol and name count
 *
 * Order: uid_attrs, overrides/protocol, overrides, devices and hardware table, defaults, built-in;
 * detection is the caller's. For prio also multipaths by @identity->wwid. Hardware entries are
 * looked up once per (vendor, product, revision) and remembered, so only one thread may call this.
 */
void mp_config_path_settings(struct mp_config *config, const struct mp_identity *identity,
			     struct mp_path_settings *ret);

/**
 * mp_config_map_settings() - effective values for one map
 * @reference:	the path whose hardware entry counts, NULL if there is none
 *
 * Order: multipaths, overrides, devices and hardware table, defaults, built-in; features and
 * no_path_retry are reconciled.
 */
void mp_config_map_settings(struct mp_config *config, const char *wwid,
			    const struct mp_identity *reference, struct mp_map_settings *ret);

/**
 * mp_config_trace_path_settings() - as mp_config_path_settings(), with a row for each value and its
 * origin
 * @trace:	empty, or NULL: none
 */
void mp_config_trace_path_settings(struct mp_config *config, const struct mp_identity *identity,
				   struct mp_path_settings *ret, struct mp_trace *trace);
/** mp_config_trace_map_settings() - the same for mp_config_map_settings() */
void mp_config_trace_map_settings(struct mp_config *config, const char *wwid,
				  const struct mp_identity *reference, struct mp_map_settings *ret,
				  struct mp_trace *trace);

/**
 * mp_config_trace_origin() - of the row that is named as a keyword of defaults, where that is
 * written; no such row is fine
 */
void mp_config_trace_origin(const struct mp_config *config, const char *keyword,
			    struct mp_trace *trace);

/**
 * mp_config_detects_grouping() - detect_pgpolicy for a map whose reference path is @reference
 * @use_tpg:	detect_pgpolicy_use_tpg
 */
bool mp_config_detects_grouping(struct mp_config *config, const struct mp_identity *reference,
				bool *use_tpg);

/** mp_config_knows_hardware() - true if a hardware entry matches this device */
bool mp_config_knows_hardware(struct mp_config *config, const struct mp_identity *identity);

/** mp_config_print() - whole effective configuration, re-readable: `show config`, multipath -t */
void mp_config_print(struct mp_config *config, struct mp_strbuf *buf);

/* A map for the printed multipaths section. */
struct mp_config_map {
	const char *wwid;
	const char *name;
};

/**
 * mp_config_print_local() - `show config local`: hardware entries of @paths only, and the maps that
 * exist
 */
void mp_config_print_local(struct mp_config *config, const struct mp_identity *const *paths,
			   size_t path_count, const struct mp_config_map *maps, size_t map_count,
			   struct mp_strbuf *buf);

/** mp_config_alias() - alias of the multipath section of @wwid, NULL if none */
const char *mp_config_alias(const struct mp_config *config, const char *wwid);

/** mp_config_wwid_of_alias() - WWID of the multipath section with that alias, NULL if none */
const char *mp_config_wwid_of_alias(const struct mp_config *config, const char *alias);
