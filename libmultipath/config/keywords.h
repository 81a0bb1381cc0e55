/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* keywords.h - every keyword of multipath.conf, one row each, and the sections that take them.  For: config. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct mp_type;

enum mp_key {
	MP_KEY_NONE,
	MP_KEY_VERBOSITY,
	MP_KEY_POLLING_INTERVAL,
	MP_KEY_MAX_POLLING_INTERVAL,
	MP_KEY_REASSIGN_MAPS,
	MP_KEY_MULTIPATH_DIR,
	MP_KEY_PATH_SELECTOR,
	MP_KEY_PATH_GROUPING_POLICY,
	MP_KEY_UID_ATTRS,
	MP_KEY_UID_ATTRIBUTE,
	MP_KEY_GETUID_CALLOUT,
	MP_KEY_PRIO,
	MP_KEY_PRIO_ARGS,
	MP_KEY_FEATURES,
	MP_KEY_HARDWARE_HANDLER,
	MP_KEY_PATH_CHECKER,
	MP_KEY_CHECKER,
	MP_KEY_ALIAS_PREFIX,
	MP_KEY_FAILBACK,
	MP_KEY_RR_MIN_IO,
	MP_KEY_RR_MIN_IO_RQ,
	MP_KEY_MAX_FDS,
	MP_KEY_RR_WEIGHT,
	MP_KEY_NO_PATH_RETRY,
	MP_KEY_QUEUE_WITHOUT_DAEMON,
	MP_KEY_CHECKER_TIMEOUT,
	MP_KEY_ALLOW_USB_DEVICES,
	MP_KEY_PG_TIMEOUT,
	MP_KEY_FLUSH_ON_LAST_DEL,
	MP_KEY_USER_FRIENDLY_NAMES,
	MP_KEY_MODE,
	MP_KEY_UID,
	MP_KEY_GID,
	MP_KEY_FAST_IO_FAIL_TMO,
	MP_KEY_DEV_LOSS_TMO,
	MP_KEY_EH_DEADLINE,
	MP_KEY_MAX_RETRIES,
	MP_KEY_BINDINGS_FILE,
	MP_KEY_WWIDS_FILE,
	MP_KEY_PRKEYS_FILE,
	MP_KEY_LOG_CHECKER_ERR,
	MP_KEY_RESERVATION_KEY,
	MP_KEY_ALL_TG_PT,
	MP_KEY_RETAIN_ATTACHED_HW_HANDLER,
	MP_KEY_DETECT_PRIO,
	MP_KEY_DETECT_CHECKER,
	MP_KEY_DETECT_PGPOLICY,
	MP_KEY_DETECT_PGPOLICY_USE_TPG,
	MP_KEY_FORCE_SYNC,
	MP_KEY_STRICT_TIMING,
	MP_KEY_DEFERRED_REMOVE,
	MP_KEY_PARTITION_DELIMITER,
	MP_KEY_CONFIG_DIR,
	MP_KEY_DELAY_WATCH_CHECKS,
	MP_KEY_DELAY_WAIT_CHECKS,
	MP_KEY_SAN_PATH_ERR_THRESHOLD,
	MP_KEY_SAN_PATH_ERR_FORGET_RATE,
	MP_KEY_SAN_PATH_ERR_RECOVERY_TIME,
	MP_KEY_MARGINAL_PATH_ERR_SAMPLE_TIME,
	MP_KEY_MARGINAL_PATH_ERR_RATE_THRESHOLD,
	MP_KEY_MARGINAL_PATH_ERR_RECHECK_GAP_TIME,
	MP_KEY_MARGINAL_PATH_DOUBLE_FAILED_TIME,
	MP_KEY_FIND_MULTIPATHS,
	MP_KEY_UXSOCK_TIMEOUT,
	MP_KEY_RETRIGGER_TRIES,
	MP_KEY_RETRIGGER_DELAY,
	MP_KEY_MISSING_UEV_WAIT_TIMEOUT,
	MP_KEY_SKIP_KPARTX,
	MP_KEY_PURGE_DISCONNECTED,
	MP_KEY_DISABLE_CHANGED_WWIDS,
	MP_KEY_REMOVE_RETRIES,
	MP_KEY_MAX_SECTORS_KB,
	MP_KEY_GHOST_DELAY,
	MP_KEY_AUTO_RESIZE,
	MP_KEY_FIND_MULTIPATHS_TIMEOUT,
	MP_KEY_ENABLE_FOREIGN,
	MP_KEY_MARGINAL_PATHGROUPS,
	MP_KEY_RECHECK_WWID,
	/* devices */
	MP_KEY_VENDOR,
	MP_KEY_PRODUCT,
	MP_KEY_REVISION,
	MP_KEY_PRODUCT_BLACKLIST,
	MP_KEY_VPD_VENDOR,
	/* multipaths */
	MP_KEY_WWID,
	MP_KEY_ALIAS,
	/* overrides/protocol */
	MP_KEY_TYPE,
	/* blacklist and blacklist_exceptions */
	MP_KEY_RULE_DEVNODE,
	MP_KEY_RULE_WWID,
	MP_KEY_RULE_PROPERTY,
	MP_KEY_RULE_PROTOCOL,
	MP_KEY_RULE_VENDOR,
	MP_KEY_RULE_PRODUCT,
	MP_KEYS
};

/* One value and where it was written. */
struct mp_setting {
	uint8_t key; /* enum mp_key; MP_KEY_NONE ends an array of them */
	uint8_t flags; /* of the type */
	uint16_t file; /* MP_ORIGIN_*, else index of the file */
	uint32_t line : 24, column : 8; /* of the keyword; their largest value: that or more */
	union {
		int64_t number;
		const char *text;
	};
};

enum { MP_LINE_MAX = (1 << 24) - 1, MP_COLUMN_MAX = (1 << 8) - 1 };

enum { MP_ORIGIN_BUILTIN, MP_ORIGIN_COMMAND_LINE, MP_ORIGIN_DERIVED, MP_ORIGIN_FILES /* first file */ };

/* A word that stands for a number. Of several for one number the first is printed. */
struct mp_word {
	const char *text; /* NULL ends the list */
	int number;
};

enum {
	MP_KEYWORD_REPEATABLE = 1 << 0,
	MP_KEYWORD_IGNORED = 1 << 1, /* accepted, without meaning; never printed */
	MP_KEYWORD_ZERO_INHERITS = 1 << 2, /* 0 is as if it were not there */
	MP_KEYWORD_HAS_DEFAULT = 1 << 3,
	MP_KEYWORD_IDLE = 1 << 4, /* no value has an effect; told for others than the built-in one, which is printed */
};

/* What a number counts. */
enum mp_unit { MP_UNIT_NONE, MP_UNIT_SECONDS, MP_UNIT_MILLISECONDS, MP_UNIT_KIB, MP_UNIT_CHECKS };

struct mp_keyword {
	const char *name;
	const struct mp_type *type;
	unsigned flags;
	enum mp_key alias_of; /* another spelling of that keyword, never printed */
	int64_t min, max; /* numbers */
	enum mp_unit unit;
	const struct mp_word *words;
	const struct mp_word *old_words; /* still understood, never printed */
	const struct mp_word *known; /* names that a text may well be, prioritizers with their enum mp_args */
	const char *instead; /* obsolete: what took its place */
	struct mp_setting built_in; /* with MP_KEYWORD_HAS_DEFAULT */
	struct mp_word idle; /* this value has no effect, and why: "NAME has no effect <text>"; told when it is set */
};

/* Does a prioritizer take prio_args? The optional ones are "exclusive_pref_bit". */
enum mp_args { MP_ARGS_NONE, MP_ARGS_OPTIONAL, MP_ARGS_NEEDED };

extern const struct mp_keyword mp_keywords[MP_KEYS];

enum mp_scope {
	MP_SCOPE_TOP,
	MP_SCOPE_DEFAULTS,
	MP_SCOPE_BLACKLIST,
	MP_SCOPE_BLACKLIST_DEVICE,
	MP_SCOPE_EXCEPTIONS,
	MP_SCOPE_EXCEPTIONS_DEVICE,
	MP_SCOPE_DEVICES,
	MP_SCOPE_DEVICE,
	MP_SCOPE_OVERRIDES,
	MP_SCOPE_PROTOCOL,
	MP_SCOPE_MULTIPATHS,
	MP_SCOPE_MULTIPATH,
	MP_SCOPES
};

struct mp_scope_row {
	const char *name;
	enum mp_scope parent;
	bool repeatable;
	bool needs_brace; /* without anything behind it the section is not entered */
	const uint8_t *keys; /* enum mp_key, in the order of printing; MP_KEY_NONE ends them */
};

extern const struct mp_scope_row mp_scopes[MP_SCOPES];

/** mp_keyword_find() - Return: the keyword of that name in that section, MP_KEY_NONE if there is none */
enum mp_key mp_keyword_find(enum mp_scope scope, const char *name);

/** mp_scope_find() - Return: the section of that name within @parent, MP_SCOPE_TOP if there is none */
enum mp_scope mp_scope_find(enum mp_scope parent, const char *name);

/** mp_scope_is_word() - is it the name of a section that may do without a brace? */
bool mp_scope_is_word(const char *name);
