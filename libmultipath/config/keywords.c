/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config/keywords.h"

#include <limits.h>
#include <stddef.h>
#include <string.h>

#include "base/cleanup.h"
#include "config/config.h"
#include "config/types.h"

static const struct mp_word bool_words[] = {
	{ "yes", 1 }, { "1", 1 }, { "no", 0 }, { "0", 0 }, { 0 }
};
static const struct mp_word no_words[] = { { "no", 0 }, { "0", 0 }, { 0 } };
static const struct mp_word off_words[] = { { "off", -1 }, { "0", 0 }, { 0 } };
static const struct mp_word err_log_words[] = { { "always", 0 }, { "once", 1 }, { 0 } };
static const struct mp_word weight_words[] = { { "uniform", 0 }, { "priorities", 1 }, { 0 } };
static const struct mp_word vpd_words[] = { { "undef", 0 }, { "hp3par", 1 }, { 0 } };

static const struct mp_word grouping_words[] = {
	{ "failover", MP_GROUPING_FAILOVER },
	{ "multibus", MP_GROUPING_MULTIBUS },
	{ "group_by_serial", MP_GROUPING_BY_SERIAL },
	{ "group_by_prio", MP_GROUPING_BY_PRIO },
	{ "group_by_node_name", MP_GROUPING_BY_NODE_NAME },
	{ "group_by_tpg", MP_GROUPING_BY_TPG },
	{ 0 },
};

static const struct mp_word failback_words[] = {
	{ "manual", MP_FAILBACK_MANUAL },
	{ "immediate", MP_FAILBACK_IMMEDIATE },
	{ "followover", MP_FAILBACK_FOLLOWOVER },
	{ 0 },
};

static const struct mp_word retry_words[] = {
	{ "fail", MP_RETRY_FAIL },
	{ "0", MP_RETRY_FAIL },
	{ "queue", MP_RETRY_QUEUE },
	{ 0 },
};

static const struct mp_word flush_words[] = {
	{ "never", MP_FLUSH_NEVER },
	{ "always", MP_FLUSH_ALWAYS },
	{ "unused", MP_FLUSH_UNUSED },
	{ 0 },
};

static const struct mp_word flush_old_words[] = {
	{ "yes", MP_FLUSH_ALWAYS },
	{ "1", MP_FLUSH_ALWAYS },
	{ "no", MP_FLUSH_UNUSED },
	{ "0", MP_FLUSH_UNUSED },
	{ 0 },
};

/* clang-format off */
static const struct mp_word find_words[] = {
	{ "off", MP_FIND_OFF },
	{ "no", MP_FIND_OFF },
	{ "0", MP_FIND_OFF },
	{ "on", MP_FIND_ON },
	{ "yes", MP_FIND_ON },
	{ "1", MP_FIND_ON },
	{ "greedy", MP_FIND_GREEDY },
	{ "smart", MP_FIND_SMART },
	{ "strict", MP_FIND_STRICT },
	{ 0 },
};
/* clang-format on */

/* clang-format off */
static const struct mp_word marginal_words[] = {
	{ "off", MP_MARGINAL_OFF },
	{ "no", MP_MARGINAL_OFF },
	{ "0", MP_MARGINAL_OFF },
	{ "on", MP_MARGINAL_ON },
	{ "yes", MP_MARGINAL_ON },
	{ "1", MP_MARGINAL_ON },
	{ "fpin", MP_MARGINAL_FPIN },
	{ 0 },
};
/* clang-format on */

static const struct mp_word resize_words[] = {
	{ "never", MP_RESIZE_NEVER },
	{ "grow_only", MP_RESIZE_GROW_ONLY },
	{ "grow_shrink", MP_RESIZE_GROW_SHRINK },
	{ 0 },
};

static const struct mp_word checker_names[] = {
	{ .text = "tur" },   { .text = "directio" },	 { .text = "rdac" },
	{ .text = "hp_sw" }, { .text = "emc_clariion" }, { .text = "cciss_tur" },
	{ .text = "none" },  { .text = "readsector0" },	 { 0 },
};

/* With how many arguments each takes. */
static const struct mp_word selector_names[] = {
	{ "service-time", 0 }, { "round-robin", 0 },
	{ "queue-length", 0 }, { "historical-service-time", 2 },
	{ "io-affinity", 0 },  { 0 },
};

static const struct mp_word prio_names[] = {
	{ "alua", MP_ARGS_OPTIONAL },
	{ "ana", MP_ARGS_NONE },
	{ "const", MP_ARGS_NONE },
	{ "datacore", MP_ARGS_NEEDED },
	{ "emc", MP_ARGS_NONE },
	{ "hds", MP_ARGS_NONE },
	{ "hp_sw", MP_ARGS_NONE },
	{ "iet", MP_ARGS_NEEDED },
	{ "ontap", MP_ARGS_NONE },
	{ "path_latency", MP_ARGS_NEEDED },
	{ "random", MP_ARGS_NONE },
	{ "rdac", MP_ARGS_NONE },
	{ "sysfs", MP_ARGS_OPTIONAL },
	{ "weightedpath", MP_ARGS_NEEDED },
	{ 0 },
};

static const struct mp_word fds_words[] = { { "max", -1 }, { 0 } };
static const struct mp_word loss_words[] = { { "infinity", -1 }, { 0 } };

/* What rows say besides the name. */
#define IGNORED(because) .flags = MP_KEYWORD_IGNORED, .instead = (because)
#define MARGINAL_INSTEAD .instead = "the marginal_path_* keywords take its place"
#define ZERO_INHERITS .flags = MP_KEYWORD_ZERO_INHERITS
#define REPEATABLE .flags = MP_KEYWORD_REPEATABLE
#define DEFAULT(value) .flags = MP_KEYWORD_HAS_DEFAULT, .built_in = { .number = (value) }
#define DEFAULT_TEXT(value) .flags = MP_KEYWORD_HAS_DEFAULT, .built_in = { .text = (value) }
#define DEFAULT_UNLESS_ZERO(value) \
	.flags = MP_KEYWORD_HAS_DEFAULT | MP_KEYWORD_ZERO_INHERITS, \
	.built_in = { .number = (value) }
#define WORDS(list) .type = &mp_type_word, .words = (list)
#define BOOL WORDS(bool_words)
#define RANGE(from, to) .type = &mp_type_number, .min = (from), .max = (to)
#define WORDS_OR_RANGE(list, from, to) \
	.type = &mp_type_word_or_number, .words = (list), .min = (from), .max = (to)
#define SECONDS .unit = MP_UNIT_SECONDS
#define CHECKS .unit = MP_UNIT_CHECKS
#define OFF_OR_UP_TO(to) \
	.type = &mp_type_plain_word_or_number, .words = off_words, .min = 1, .max = (to)
#define NO_OR_COUNT WORDS_OR_RANGE(no_words, 1, INT_MAX), DEFAULT(0)

const struct mp_keyword mp_keywords[MP_KEYS] = {
	[MP_KEY_VERBOSITY] = { "verbosity", RANGE(0, 4), DEFAULT(2) },
	[MP_KEY_POLLING_INTERVAL] = { "polling_interval", SECONDS, RANGE(0, UINT_MAX - 1),
				      ZERO_INHERITS },
	[MP_KEY_MAX_POLLING_INTERVAL] = { "max_polling_interval", SECONDS, RANGE(0, UINT_MAX),
					  ZERO_INHERITS },
	[MP_KEY_REASSIGN_MAPS] = { "reassign_maps", BOOL, DEFAULT(false) },
	[MP_KEY_MULTIPATH_DIR] = { "multipath_dir", IGNORED("the directory is fixed") },
	[MP_KEY_PATH_SELECTOR] = { "path_selector", .type = &mp_type_selector,
				   .known = selector_names, DEFAULT_TEXT("service-time 0") },
	[MP_KEY_PATH_GROUPING_POLICY] = { "path_grouping_policy", .type = &mp_type_word_prefix,
					  .words = grouping_words, DEFAULT(MP_GROUPING_FAILOVER) },
	[MP_KEY_UID_ATTRS] = { "uid_attrs", .type = &mp_type_uid_attrs },
	[MP_KEY_UID_ATTRIBUTE] = { "uid_attribute", .type = &mp_type_text,
				   DEFAULT_TEXT("ID_SERIAL") },
	[MP_KEY_GETUID_CALLOUT] = { "getuid_callout",
				    IGNORED("uid_attribute takes its place, and names a udev property") },
	[MP_KEY_PRIO] = { "prio", .type = &mp_type_text, .known = prio_names,
			  DEFAULT_TEXT("const") },
	[MP_KEY_PRIO_ARGS] = { "prio_args", .type = &mp_type_prio_args, DEFAULT_TEXT("") },
	[MP_KEY_FEATURES] = { "features", .type = &mp_type_features, DEFAULT_TEXT("0") },
	[MP_KEY_HARDWARE_HANDLER] = { "hardware_handler", .type = &mp_type_counted_words,
				      DEFAULT_TEXT("0") },
	[MP_KEY_PATH_CHECKER] = { "path_checker", .type = &mp_type_text, .known = checker_names,
				  DEFAULT_TEXT("tur") },
	[MP_KEY_CHECKER] = { "checker", .type = &mp_type_text, .known = checker_names,
			     .alias_of = MP_KEY_PATH_CHECKER },
	[MP_KEY_ALIAS_PREFIX] = { "alias_prefix", .type = &mp_type_name, DEFAULT_TEXT("mpath") },
	[MP_KEY_FAILBACK] = { "failback", SECONDS, WORDS_OR_RANGE(failback_words, 0, INT_MAX),
			      DEFAULT_UNLESS_ZERO(MP_FAILBACK_MANUAL) },
	[MP_KEY_RR_MIN_IO] = { "rr_min_io", RANGE(0, INT_MAX),
			       .flags = MP_KEYWORD_HAS_DEFAULT | MP_KEYWORD_ZERO_INHERITS |
					MP_KEYWORD_IDLE,
			       .built_in = { .number = 1000 },
			       .idle = { .text = "since Linux 2.6.31, nor has rr_min_io_rq since 4.6" } },
	[MP_KEY_RR_MIN_IO_RQ] = { "rr_min_io_rq", RANGE(0, INT_MAX),
				  .flags = MP_KEYWORD_HAS_DEFAULT | MP_KEYWORD_ZERO_INHERITS |
					   MP_KEYWORD_IDLE,
				  .built_in = { .number = 1 },
				  .idle = { .text = "since Linux 4.6: each request chooses its path" } },
	[MP_KEY_MAX_FDS] = { "max_fds", .type = &mp_type_fds, .words = fds_words, .max = INT_MAX,
			     DEFAULT(-1) },
	[MP_KEY_RR_WEIGHT] = { "rr_weight", WORDS(weight_words), DEFAULT(false),
			       .idle = { "since Linux 4.6: each request chooses its path", true } },
	[MP_KEY_NO_PATH_RETRY] = { "no_path_retry", CHECKS,
				   WORDS_OR_RANGE(retry_words, 1, INT_MAX) },
	[MP_KEY_QUEUE_WITHOUT_DAEMON] = { "queue_without_daemon", BOOL, DEFAULT(false) },
	[MP_KEY_CHECKER_TIMEOUT] = { "checker_timeout", SECONDS, RANGE(0, INT_MAX), ZERO_INHERITS },
	[MP_KEY_ALLOW_USB_DEVICES] = { "allow_usb_devices", BOOL, DEFAULT(false) },
	[MP_KEY_PG_TIMEOUT] = { "pg_timeout", IGNORED("nothing takes its place") },
	[MP_KEY_FLUSH_ON_LAST_DEL] = { "flush_on_last_del", WORDS(flush_words),
				       .old_words = flush_old_words, DEFAULT(MP_FLUSH_UNUSED) },
	[MP_KEY_USER_FRIENDLY_NAMES] = { "user_friendly_names", BOOL, DEFAULT(false) },
	[MP_KEY_MODE] = { "mode", .type = &mp_type_mode, .max = 0777 },
	[MP_KEY_UID] = { "uid", .type = &mp_type_user },
	[MP_KEY_GID] = { "gid", .type = &mp_type_group },
	[MP_KEY_FAST_IO_FAIL_TMO] = { "fast_io_fail_tmo", SECONDS, OFF_OR_UP_TO(INT_MAX),
				      DEFAULT(5) },
	[MP_KEY_DEV_LOSS_TMO] = { "dev_loss_tmo", SECONDS, .type = &mp_type_loss_timeout,
				  .words = loss_words, ZERO_INHERITS },
	[MP_KEY_EH_DEADLINE] = { "eh_deadline", SECONDS, OFF_OR_UP_TO(INT_MAX) },
	[MP_KEY_MAX_RETRIES] = { "max_retries", OFF_OR_UP_TO(5) },
	[MP_KEY_BINDINGS_FILE] = { "bindings_file",
				   IGNORED("the file is always " STATE_DIR "/bindings") },
	[MP_KEY_WWIDS_FILE] = { "wwids_file", IGNORED("the file is always " STATE_DIR "/wwids") },
	[MP_KEY_PRKEYS_FILE] = { "prkeys_file",
				 IGNORED("the file is always " STATE_DIR "/prkeys") },
	[MP_KEY_LOG_CHECKER_ERR] = { "log_checker_err", WORDS(err_log_words), DEFAULT(false) },
	[MP_KEY_RESERVATION_KEY] = { "reservation_key", .type = &mp_type_reservation_key },
	[MP_KEY_ALL_TG_PT] = { "all_tg_pt", BOOL, DEFAULT(false) },
	[MP_KEY_RETAIN_ATTACHED_HW_HANDLER] = { "retain_attached_hw_handler", BOOL, DEFAULT(true),
						.idle = { "since Linux 4.3: an attached handler always stays",
							  false } },
	[MP_KEY_DETECT_PRIO] = { "detect_prio", BOOL, DEFAULT(true) },
	[MP_KEY_DETECT_CHECKER] = { "detect_checker", BOOL, DEFAULT(true) },
	[MP_KEY_DETECT_PGPOLICY] = { "detect_pgpolicy", BOOL, DEFAULT(true) },
	[MP_KEY_DETECT_PGPOLICY_USE_TPG] = { "detect_pgpolicy_use_tpg", BOOL, DEFAULT(false) },
	[MP_KEY_FORCE_SYNC] = { "force_sync", BOOL, DEFAULT(false),
				.idle = { "here: no check keeps another one waiting", true } },
	[MP_KEY_STRICT_TIMING] = { "strict_timing", BOOL, DEFAULT(false),
				   .idle = { "here: checks are always started in time", true } },
	[MP_KEY_DEFERRED_REMOVE] = { "deferred_remove", BOOL, DEFAULT(false) },
	[MP_KEY_PARTITION_DELIMITER] = { "partition_delimiter", .type = &mp_type_delimiter },
	[MP_KEY_CONFIG_DIR] = { "config_dir", IGNORED("the directory is always " CONFIG_DIR) },
	[MP_KEY_DELAY_WATCH_CHECKS] = { "delay_watch_checks", CHECKS, NO_OR_COUNT,
					MARGINAL_INSTEAD },
	[MP_KEY_DELAY_WAIT_CHECKS] = { "delay_wait_checks", CHECKS, NO_OR_COUNT, MARGINAL_INSTEAD },
	[MP_KEY_SAN_PATH_ERR_THRESHOLD] = { "san_path_err_threshold", NO_OR_COUNT,
					    MARGINAL_INSTEAD },
	[MP_KEY_SAN_PATH_ERR_FORGET_RATE] = { "san_path_err_forget_rate", CHECKS, NO_OR_COUNT,
					      MARGINAL_INSTEAD },
	[MP_KEY_SAN_PATH_ERR_RECOVERY_TIME] = { "san_path_err_recovery_time", SECONDS, NO_OR_COUNT,
						MARGINAL_INSTEAD },
	[MP_KEY_MARGINAL_PATH_ERR_SAMPLE_TIME] = { "marginal_path_err_sample_time", SECONDS,
						   NO_OR_COUNT },
	[MP_KEY_MARGINAL_PATH_ERR_RATE_THRESHOLD] = { "marginal_path_err_rate_threshold",
						      NO_OR_COUNT },
	[MP_KEY_MARGINAL_PATH_ERR_RECHECK_GAP_TIME] = { "marginal_path_err_recheck_gap_time",
							SECONDS, NO_OR_COUNT },
	[MP_KEY_MARGINAL_PATH_DOUBLE_FAILED_TIME] = { "marginal_path_double_failed_time", SECONDS,
						      NO_OR_COUNT },
	[MP_KEY_FIND_MULTIPATHS] = { "find_multipaths", WORDS(find_words),
				     DEFAULT(MP_FIND_STRICT) },
	[MP_KEY_UXSOCK_TIMEOUT] = { "uxsock_timeout", .unit = MP_UNIT_MILLISECONDS,
				    RANGE(4000, INT_MAX), DEFAULT(4000) },
	[MP_KEY_RETRIGGER_TRIES] = { "retrigger_tries", RANGE(0, INT_MAX), DEFAULT(3) },
	[MP_KEY_RETRIGGER_DELAY] = { "retrigger_delay", SECONDS, RANGE(0, INT_MAX), DEFAULT(10) },
	[MP_KEY_MISSING_UEV_WAIT_TIMEOUT] = { "missing_uev_wait_timeout", SECONDS,
					      RANGE(0, INT_MAX), DEFAULT(30) },
	[MP_KEY_SKIP_KPARTX] = { "skip_kpartx", BOOL, DEFAULT(false) },
	[MP_KEY_PURGE_DISCONNECTED] = { "purge_disconnected", BOOL, DEFAULT(false) },
	[MP_KEY_DISABLE_CHANGED_WWIDS] = { "disable_changed_wwids",
					   IGNORED("a path whose WWID changed never gets I/O") },
	[MP_KEY_REMOVE_RETRIES] = { "remove_retries", RANGE(0, INT_MAX), DEFAULT(0) },
	[MP_KEY_MAX_SECTORS_KB] = { "max_sectors_kb", .unit = MP_UNIT_KIB, RANGE(0, INT_MAX),
				    ZERO_INHERITS },
	[MP_KEY_GHOST_DELAY] = { "ghost_delay", SECONDS, NO_OR_COUNT },
	[MP_KEY_AUTO_RESIZE] = { "auto_resize", WORDS(resize_words), DEFAULT(MP_RESIZE_NEVER) },
	[MP_KEY_FIND_MULTIPATHS_TIMEOUT] = { "find_multipaths_timeout", SECONDS,
					     RANGE(INT_MIN, INT_MAX), DEFAULT_UNLESS_ZERO(-10) },
	[MP_KEY_ENABLE_FOREIGN] = { "enable_foreign", .type = &mp_type_text, DEFAULT_TEXT("NONE") },
	[MP_KEY_MARGINAL_PATHGROUPS] = { "marginal_pathgroups", WORDS(marginal_words),
					 DEFAULT(MP_MARGINAL_OFF),
					 .idle = { "as fpin: notifications of fabrics are not received",
						   MP_MARGINAL_FPIN } },
	[MP_KEY_RECHECK_WWID] = { "recheck_wwid", BOOL, DEFAULT(false) },

	[MP_KEY_VENDOR] = { "vendor", .type = &mp_type_text },
	[MP_KEY_PRODUCT] = { "product", .type = &mp_type_text },
	[MP_KEY_REVISION] = { "revision", .type = &mp_type_text },
	[MP_KEY_PRODUCT_BLACKLIST] = { "product_blacklist", .type = &mp_type_text },
	[MP_KEY_VPD_VENDOR] = { "vpd_vendor", WORDS(vpd_words), ZERO_INHERITS },

	[MP_KEY_WWID] = { "wwid", .type = &mp_type_text },
	[MP_KEY_ALIAS] = { "alias", .type = &mp_type_alias },

	[MP_KEY_TYPE] = { "type", .type = &mp_type_protocol },

	[MP_KEY_RULE_DEVNODE] = { "devnode", .type = &mp_type_text, REPEATABLE },
	[MP_KEY_RULE_WWID] = { "wwid", .type = &mp_type_text, REPEATABLE },
	[MP_KEY_RULE_PROPERTY] = { "property", .type = &mp_type_text, REPEATABLE },
	[MP_KEY_RULE_PROTOCOL] = { "protocol", .type = &mp_type_text, REPEATABLE },
	[MP_KEY_RULE_VENDOR] = { "vendor", .type = &mp_type_text },
	[MP_KEY_RULE_PRODUCT] = { "product", .type = &mp_type_text },
};

/*
 * What each section takes, in the order in which it is printed. The orders differ from section to
 * section, as users' scripts know them, so that they cannot follow from the rows above.
 */
/* clang-format off */
static const uint8_t defaults_keys[] = {
	MP_KEY_VERBOSITY, MP_KEY_POLLING_INTERVAL, MP_KEY_MAX_POLLING_INTERVAL,
	MP_KEY_REASSIGN_MAPS, MP_KEY_MULTIPATH_DIR, MP_KEY_PATH_SELECTOR,
	MP_KEY_PATH_GROUPING_POLICY, MP_KEY_UID_ATTRS, MP_KEY_UID_ATTRIBUTE, MP_KEY_GETUID_CALLOUT,
	MP_KEY_PRIO, MP_KEY_PRIO_ARGS, MP_KEY_FEATURES, MP_KEY_PATH_CHECKER, MP_KEY_CHECKER,
	MP_KEY_ALIAS_PREFIX, MP_KEY_FAILBACK, MP_KEY_RR_MIN_IO, MP_KEY_RR_MIN_IO_RQ,
	MP_KEY_MAX_FDS, MP_KEY_RR_WEIGHT, MP_KEY_NO_PATH_RETRY, MP_KEY_QUEUE_WITHOUT_DAEMON,
	MP_KEY_CHECKER_TIMEOUT, MP_KEY_ALLOW_USB_DEVICES, MP_KEY_PG_TIMEOUT,
	MP_KEY_FLUSH_ON_LAST_DEL, MP_KEY_USER_FRIENDLY_NAMES, MP_KEY_MODE, MP_KEY_UID, MP_KEY_GID,
	MP_KEY_FAST_IO_FAIL_TMO, MP_KEY_DEV_LOSS_TMO, MP_KEY_EH_DEADLINE, MP_KEY_MAX_RETRIES,
	MP_KEY_BINDINGS_FILE, MP_KEY_WWIDS_FILE, MP_KEY_PRKEYS_FILE, MP_KEY_LOG_CHECKER_ERR,
	MP_KEY_RESERVATION_KEY, MP_KEY_ALL_TG_PT, MP_KEY_RETAIN_ATTACHED_HW_HANDLER,
	MP_KEY_DETECT_PRIO, MP_KEY_DETECT_CHECKER, MP_KEY_DETECT_PGPOLICY,
	MP_KEY_DETECT_PGPOLICY_USE_TPG, MP_KEY_FORCE_SYNC, MP_KEY_STRICT_TIMING,
	MP_KEY_DEFERRED_REMOVE, MP_KEY_PARTITION_DELIMITER, MP_KEY_CONFIG_DIR,
	MP_KEY_DELAY_WATCH_CHECKS, MP_KEY_DELAY_WAIT_CHECKS, MP_KEY_SAN_PATH_ERR_THRESHOLD,
	MP_KEY_SAN_PATH_ERR_FORGET_RATE, MP_KEY_SAN_PATH_ERR_RECOVERY_TIME,
	MP_KEY_MARGINAL_PATH_ERR_SAMPLE_TIME, MP_KEY_MARGINAL_PATH_ERR_RATE_THRESHOLD,
	MP_KEY_MARGINAL_PATH_ERR_RECHECK_GAP_TIME, MP_KEY_MARGINAL_PATH_DOUBLE_FAILED_TIME,
	MP_KEY_FIND_MULTIPATHS, MP_KEY_UXSOCK_TIMEOUT, MP_KEY_RETRIGGER_TRIES,
	MP_KEY_RETRIGGER_DELAY, MP_KEY_MISSING_UEV_WAIT_TIMEOUT, MP_KEY_SKIP_KPARTX,
	MP_KEY_PURGE_DISCONNECTED, MP_KEY_DISABLE_CHANGED_WWIDS, MP_KEY_REMOVE_RETRIES,
	MP_KEY_MAX_SECTORS_KB, MP_KEY_GHOST_DELAY, MP_KEY_AUTO_RESIZE,
	MP_KEY_FIND_MULTIPATHS_TIMEOUT, MP_KEY_ENABLE_FOREIGN, MP_KEY_MARGINAL_PATHGROUPS,
	MP_KEY_RECHECK_WWID, MP_KEY_NONE
};
/* clang-format on */

static const uint8_t rule_keys[] = { MP_KEY_RULE_DEVNODE, MP_KEY_RULE_WWID, MP_KEY_RULE_PROPERTY,
				     MP_KEY_RULE_PROTOCOL, MP_KEY_NONE };

static const uint8_t rule_device_keys[] = { MP_KEY_RULE_VENDOR, MP_KEY_RULE_PRODUCT, MP_KEY_NONE };

/* clang-format off */
static const uint8_t device_keys[] = {
	MP_KEY_VENDOR, MP_KEY_PRODUCT, MP_KEY_REVISION, MP_KEY_PRODUCT_BLACKLIST,
	MP_KEY_PATH_GROUPING_POLICY, MP_KEY_UID_ATTRIBUTE, MP_KEY_GETUID_CALLOUT,
	MP_KEY_PATH_SELECTOR, MP_KEY_PATH_CHECKER, MP_KEY_CHECKER, MP_KEY_ALIAS_PREFIX,
	MP_KEY_FEATURES, MP_KEY_HARDWARE_HANDLER, MP_KEY_PRIO, MP_KEY_PRIO_ARGS, MP_KEY_FAILBACK,
	MP_KEY_RR_WEIGHT, MP_KEY_NO_PATH_RETRY, MP_KEY_RR_MIN_IO, MP_KEY_RR_MIN_IO_RQ,
	MP_KEY_PG_TIMEOUT, MP_KEY_FLUSH_ON_LAST_DEL, MP_KEY_FAST_IO_FAIL_TMO, MP_KEY_DEV_LOSS_TMO,
	MP_KEY_EH_DEADLINE, MP_KEY_USER_FRIENDLY_NAMES, MP_KEY_RETAIN_ATTACHED_HW_HANDLER,
	MP_KEY_DETECT_PRIO, MP_KEY_DETECT_CHECKER, MP_KEY_DETECT_PGPOLICY,
	MP_KEY_DETECT_PGPOLICY_USE_TPG, MP_KEY_DEFERRED_REMOVE, MP_KEY_DELAY_WATCH_CHECKS,
	MP_KEY_DELAY_WAIT_CHECKS, MP_KEY_SAN_PATH_ERR_THRESHOLD, MP_KEY_SAN_PATH_ERR_FORGET_RATE,
	MP_KEY_SAN_PATH_ERR_RECOVERY_TIME, MP_KEY_MARGINAL_PATH_ERR_SAMPLE_TIME,
	MP_KEY_MARGINAL_PATH_ERR_RATE_THRESHOLD, MP_KEY_MARGINAL_PATH_ERR_RECHECK_GAP_TIME,
	MP_KEY_MARGINAL_PATH_DOUBLE_FAILED_TIME, MP_KEY_SKIP_KPARTX, MP_KEY_PURGE_DISCONNECTED,
	MP_KEY_MAX_SECTORS_KB, MP_KEY_GHOST_DELAY, MP_KEY_ALL_TG_PT, MP_KEY_VPD_VENDOR,
	MP_KEY_RECHECK_WWID, MP_KEY_NONE
};
/* clang-format on */

/* clang-format off */
static const uint8_t overrides_keys[] = {
	MP_KEY_PATH_GROUPING_POLICY, MP_KEY_UID_ATTRIBUTE, MP_KEY_GETUID_CALLOUT,
	MP_KEY_PATH_SELECTOR, MP_KEY_PATH_CHECKER, MP_KEY_CHECKER, MP_KEY_ALIAS_PREFIX,
	MP_KEY_FEATURES, MP_KEY_PRIO, MP_KEY_PRIO_ARGS, MP_KEY_FAILBACK, MP_KEY_RR_WEIGHT,
	MP_KEY_NO_PATH_RETRY, MP_KEY_RR_MIN_IO, MP_KEY_RR_MIN_IO_RQ, MP_KEY_FLUSH_ON_LAST_DEL,
	MP_KEY_FAST_IO_FAIL_TMO, MP_KEY_DEV_LOSS_TMO, MP_KEY_EH_DEADLINE,
	MP_KEY_USER_FRIENDLY_NAMES, MP_KEY_RETAIN_ATTACHED_HW_HANDLER, MP_KEY_DETECT_PRIO,
	MP_KEY_DETECT_CHECKER, MP_KEY_DETECT_PGPOLICY, MP_KEY_DETECT_PGPOLICY_USE_TPG,
	MP_KEY_DEFERRED_REMOVE, MP_KEY_DELAY_WATCH_CHECKS, MP_KEY_DELAY_WAIT_CHECKS,
	MP_KEY_SAN_PATH_ERR_THRESHOLD, MP_KEY_SAN_PATH_ERR_FORGET_RATE,
	MP_KEY_SAN_PATH_ERR_RECOVERY_TIME, MP_KEY_MARGINAL_PATH_ERR_SAMPLE_TIME,
	MP_KEY_MARGINAL_PATH_ERR_RATE_THRESHOLD, MP_KEY_MARGINAL_PATH_ERR_RECHECK_GAP_TIME,
	MP_KEY_MARGINAL_PATH_DOUBLE_FAILED_TIME, MP_KEY_SKIP_KPARTX, MP_KEY_PURGE_DISCONNECTED,
	MP_KEY_MAX_SECTORS_KB, MP_KEY_GHOST_DELAY, MP_KEY_ALL_TG_PT, MP_KEY_RECHECK_WWID,
	MP_KEY_NONE
};
/* clang-format on */

static const uint8_t protocol_keys[] = { MP_KEY_TYPE, MP_KEY_FAST_IO_FAIL_TMO, MP_KEY_DEV_LOSS_TMO,
					 MP_KEY_EH_DEADLINE, MP_KEY_NONE };

/* clang-format off */
static const uint8_t multipath_keys[] = {
	MP_KEY_WWID, MP_KEY_ALIAS, MP_KEY_PATH_GROUPING_POLICY, MP_KEY_PATH_SELECTOR, MP_KEY_PRIO,
	MP_KEY_PRIO_ARGS, MP_KEY_FAILBACK, MP_KEY_RR_WEIGHT, MP_KEY_NO_PATH_RETRY,
	MP_KEY_RR_MIN_IO, MP_KEY_RR_MIN_IO_RQ, MP_KEY_PG_TIMEOUT, MP_KEY_FLUSH_ON_LAST_DEL,
	MP_KEY_FEATURES, MP_KEY_MODE, MP_KEY_UID, MP_KEY_GID, MP_KEY_RESERVATION_KEY,
	MP_KEY_USER_FRIENDLY_NAMES, MP_KEY_DEFERRED_REMOVE, MP_KEY_DELAY_WATCH_CHECKS,
	MP_KEY_DELAY_WAIT_CHECKS, MP_KEY_SAN_PATH_ERR_THRESHOLD, MP_KEY_SAN_PATH_ERR_FORGET_RATE,
	MP_KEY_SAN_PATH_ERR_RECOVERY_TIME, MP_KEY_MARGINAL_PATH_ERR_SAMPLE_TIME,
	MP_KEY_MARGINAL_PATH_ERR_RATE_THRESHOLD, MP_KEY_MARGINAL_PATH_ERR_RECHECK_GAP_TIME,
	MP_KEY_MARGINAL_PATH_DOUBLE_FAILED_TIME, MP_KEY_SKIP_KPARTX, MP_KEY_PURGE_DISCONNECTED,
	MP_KEY_MAX_SECTORS_KB, MP_KEY_GHOST_DELAY, MP_KEY_NONE
};
/* clang-format on */

const struct mp_scope_row mp_scopes[MP_SCOPES] = {
	[MP_SCOPE_TOP] = { .name = "file" },
	[MP_SCOPE_DEFAULTS] = { "defaults", .keys = defaults_keys },
	[MP_SCOPE_BLACKLIST] = { "blacklist", .keys = rule_keys },
	[MP_SCOPE_BLACKLIST_DEVICE] = { "device", MP_SCOPE_BLACKLIST, .repeatable = true,
					.keys = rule_device_keys },
	[MP_SCOPE_EXCEPTIONS] = { "blacklist_exceptions", .keys = rule_keys },
	[MP_SCOPE_EXCEPTIONS_DEVICE] = { "device", MP_SCOPE_EXCEPTIONS, .repeatable = true,
					 .keys = rule_device_keys },
	[MP_SCOPE_DEVICES] = { .name = "devices" },
	[MP_SCOPE_DEVICE] = { "device", MP_SCOPE_DEVICES, .repeatable = true, .keys = device_keys },
	[MP_SCOPE_OVERRIDES] = { "overrides", .needs_brace = true, .keys = overrides_keys },
	[MP_SCOPE_PROTOCOL] = { "protocol", MP_SCOPE_OVERRIDES, .repeatable = true,
				.needs_brace = true, .keys = protocol_keys },
	[MP_SCOPE_MULTIPATHS] = { .name = "multipaths" },
	[MP_SCOPE_MULTIPATH] = { "multipath", MP_SCOPE_MULTIPATHS, .repeatable = true,
				 .keys = multipath_keys },
};

/* Most names differ in their first letter. */
static bool is_name(const char *name, const char *text)
{
	return *name == *text && strcmp(name, text) == 0;
}

enum mp_key mp_keyword_find(enum mp_scope scope, const char *name)
{
	const uint8_t *key = mp_scopes[scope].keys;

	for (; key && *key; key++)
		if (is_name(mp_keywords[*key].name, name))
			return *key;
	return MP_KEY_NONE;
}

enum mp_scope mp_scope_find(enum mp_scope parent, const char *name)
{
	for (enum mp_scope scope = parent + 1; scope < MP_SCOPES; scope++) {
		/* Subsections follow their section. */
		if (parent != MP_SCOPE_TOP && mp_scopes[scope].parent != parent)
			break;
		if (mp_scopes[scope].parent == parent && is_name(mp_scopes[scope].name, name))
			return scope;
	}
	return MP_SCOPE_TOP;
}

bool mp_scope_is_word(const char *name)
{
	for (enum mp_scope scope = MP_SCOPE_TOP + 1; scope < MP_SCOPES; scope++)
		if (!mp_scopes[scope].needs_brace && is_name(mp_scopes[scope].name, name))
			return true;
	return false;
}
