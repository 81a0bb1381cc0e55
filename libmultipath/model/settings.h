/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * settings.h - the effective values for one map or one path, after precedence.  For: model, config,
 * programs.
 */
#pragma once
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum mp_grouping {
	MP_GROUPING_FAILOVER,
	MP_GROUPING_MULTIBUS,
	MP_GROUPING_BY_SERIAL,
	MP_GROUPING_BY_PRIO,
	MP_GROUPING_BY_NODE_NAME,
	MP_GROUPING_BY_TPG,
};

/* no_path_retry: a number of checks > 0, or one of these. */
enum { MP_RETRY_UNSET = 0, MP_RETRY_FAIL = -1, MP_RETRY_QUEUE = -2 };

/* failback: seconds > 0, or one of these. */
enum { MP_FAILBACK_MANUAL = -1, MP_FAILBACK_IMMEDIATE = -2, MP_FAILBACK_FOLLOWOVER = -3 };

enum mp_flush { MP_FLUSH_UNUSED, MP_FLUSH_NEVER, MP_FLUSH_ALWAYS };

enum mp_marginal_groups { MP_MARGINAL_OFF, MP_MARGINAL_ON, MP_MARGINAL_FPIN };

/* Where the key of persistent reservations comes from. */
enum mp_reservation_source {
	MP_RESERVATION_NONE,
	MP_RESERVATION_CONFIGURED,
	MP_RESERVATION_PRKEYS
};

/* Each allows more than the one before. */
enum mp_auto_resize { MP_RESIZE_NEVER, MP_RESIZE_GROW_ONLY, MP_RESIZE_GROW_SHRINK };

/* Text is borrowed from the configuration, which outlives the settings. */
struct mp_map_settings {
	enum mp_grouping grouping;
	const char *selector; /* "service-time 0" */
	const char *features; /* without queue_if_no_path and retain_attached_hw_handler */
	const char *handler; /* "0", "1 alua" */
	unsigned minio; /* repeat count of each path */
	bool weigh_by_priority; /* rr_weight priorities */
	int no_path_retry; /* MP_RETRY_* or checks */
	int failback; /* MP_FAILBACK_* or seconds */
	enum mp_flush flush_on_last_del;
	bool deferred_remove;
	bool skip_kpartx;
	bool user_friendly_names;
	bool retain_handler;
	bool purge_disconnected;
	const char *alias; /* of a multipath section, NULL if none */
	const char *alias_prefix;
	bool has_mode, has_uid, has_gid;
	mode_t mode;
	uid_t uid;
	gid_t gid;
	unsigned ghost_delay_sec; /* 0 off */
	unsigned max_sectors_kb; /* 0 unset */
	unsigned polling_interval_sec;
	unsigned max_polling_interval_sec;
	enum mp_marginal_groups marginal_groups;
	enum mp_auto_resize auto_resize;
	/* seconds or counts, 0 off */
	unsigned san_path_err_threshold, san_path_err_forget_rate, san_path_err_recovery_sec;
	int marginal_sample_sec, marginal_rate_threshold, marginal_recheck_gap_sec,
		marginal_double_failed_sec;
	enum mp_reservation_source reservation_source;
	uint64_t reservation_key; /* if configured */
	bool reservation_aptpl; /* if configured */
	bool all_target_ports; /* all_tg_pt */
};

struct mp_path_settings {
	/* udev property with the WWID; "" none: read it from the device */
	const char *uid_attribute;
	const char *checker; /* name */
	const char *hardware_checker; /* of the hardware entry, NULL if it has none */
	bool detect_checker;
	const char *prioritizer; /* name */
	const char *prio_args; /* "" if none */
	bool detect_prio;
	bool recheck_wwid;
	unsigned checker_timeout_sec; /* 0: the device's own, else 30 */
	bool has_fast_io_fail, has_dev_loss, has_eh_deadline, has_max_retries;
	int fast_io_fail_sec; /* -1 off, else seconds */
	unsigned dev_loss_sec; /* UINT_MAX infinity */
	int eh_deadline_sec; /* -1 off */
	int max_retries; /* -1 off */
	const char *vpd_vendor; /* NULL, or "hp3par" */
};
