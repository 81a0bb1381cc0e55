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
#define CHECKER(name, object) { .text = name },
#include "config/checkers.inc"
#undef CHECKER
	{ 0 },
};

/* With how many arguments each takes. */
static const struct mp_word selector_names[] = {
	{ "service-time", 0 }, { "round-robin", 0 },
	{ "queue-length", 0 }, { "historical-service-time", 2 },
	{ "io-affinity", 0 },  { 0 },
};

static const struct mp_word prio_names[] = {
#define PRIORITIZER(name, args, object) { name, args },
#include "config/prioritizers.inc"
#undef PRIORITIZER
	{ 0 },
};

static const struct mp_word fds_words[] = { { "max", -1 }, { 0 } };
static const struct mp_word loss_words[] = { { "infinity", -1 }, { 0 } };

/*
 * What rows say besides the name: type and range of the value, its built-in value, and flags.
 * ZERO_INHERITS, DEFAULT_UNLESS_ZERO: a value of 0 counts as not set. PROCESS, PATH, MAP: the
 * settings with the member that takes the value; *_IF_SET: and the one that says whether it was
 * set.
 */
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

enum {
	IN_DEFAULTS = 1 << MP_SCOPE_DEFAULTS,
	IN_DEVICE = 1 << MP_SCOPE_DEVICE,
	IN_OVERRIDES = 1 << MP_SCOPE_OVERRIDES,
	IN_PROTOCOL = 1 << MP_SCOPE_PROTOCOL,
	IN_MULTIPATH = 1 << MP_SCOPE_MULTIPATH,
	IN_ALL_BUT_PROTOCOL = IN_DEFAULTS | IN_DEVICE | IN_OVERRIDES | IN_MULTIPATH,
	IN_RULES = 1 << MP_SCOPE_BLACKLIST | 1 << MP_SCOPE_EXCEPTIONS,
	IN_RULE_DEVICES = 1 << MP_SCOPE_BLACKLIST_DEVICE | 1 << MP_SCOPE_EXCEPTIONS_DEVICE,
};

#define MEMBER(home, type, member, has_member) \
	.sets = { home, \
		  _Generic(((type *)NULL)->member, const char *: true, default: false), \
		  sizeof(((type *)NULL)->member), offsetof(type, member), has_member }
#define PROCESS(member) MEMBER(MP_HOME_PROCESS, struct mp_process_settings, member, 0)
#define PATH(member) MEMBER(MP_HOME_PATH, struct mp_path_settings, member, 0)
#define PATH_IF_SET(member, has_member) \
	MEMBER(MP_HOME_PATH, struct mp_path_settings, member, \
	       offsetof(struct mp_path_settings, has_member))
#define MAP(member) MEMBER(MP_HOME_MAP, struct mp_map_settings, member, 0)
#define MAP_IF_SET(member, has_member) \
	MEMBER(MP_HOME_MAP, struct mp_map_settings, member, \
	       offsetof(struct mp_map_settings, has_member))

const struct mp_keyword mp_keywords[MP_KEYS] = {
#define KEYWORD(key, text, in, ...) [key] = { .name = text, .sections = (in), __VA_ARGS__ },
#include "config/keywords.inc"
#undef KEYWORD
};

/*
 * Orders that differ from that of the rows: users' scripts know them. A new keyword needs no place
 * here, it is printed after these.
 */
/* clang-format off */
static const uint8_t device_first[] = {
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
};

static const uint8_t multipath_first[] = {
	MP_KEY_WWID, MP_KEY_ALIAS, MP_KEY_PATH_GROUPING_POLICY, MP_KEY_PATH_SELECTOR, MP_KEY_PRIO,
	MP_KEY_PRIO_ARGS, MP_KEY_FAILBACK, MP_KEY_RR_WEIGHT, MP_KEY_NO_PATH_RETRY,
	MP_KEY_RR_MIN_IO, MP_KEY_RR_MIN_IO_RQ, MP_KEY_PG_TIMEOUT, MP_KEY_FLUSH_ON_LAST_DEL,
	MP_KEY_FEATURES, MP_KEY_MODE, MP_KEY_UID, MP_KEY_GID, MP_KEY_RESERVATION_KEY,
	MP_KEY_USER_FRIENDLY_NAMES, MP_KEY_DEFERRED_REMOVE, MP_KEY_DELAY_WATCH_CHECKS,
	MP_KEY_DELAY_WAIT_CHECKS, MP_KEY_SAN_PATH_ERR_THRESHOLD, MP_KEY_SAN_PATH_ERR_FORGET_RATE,
	MP_KEY_SAN_PATH_ERR_RECOVERY_TIME, MP_KEY_MARGINAL_PATH_ERR_SAMPLE_TIME,
	MP_KEY_MARGINAL_PATH_ERR_RATE_THRESHOLD, MP_KEY_MARGINAL_PATH_ERR_RECHECK_GAP_TIME,
	MP_KEY_MARGINAL_PATH_DOUBLE_FAILED_TIME, MP_KEY_SKIP_KPARTX, MP_KEY_PURGE_DISCONNECTED,
	MP_KEY_MAX_SECTORS_KB, MP_KEY_GHOST_DELAY,
};
/* clang-format on */

static const uint8_t protocol_first[] = { MP_KEY_TYPE };

/* Those of sections that may have many thousands of lines: a keyword is looked for here first. */
static const uint8_t rules_first[] = { MP_KEY_RULE_DEVNODE, MP_KEY_RULE_WWID, MP_KEY_RULE_PROPERTY,
				       MP_KEY_RULE_PROTOCOL };
static const uint8_t rule_device_first[] = { MP_KEY_RULE_VENDOR, MP_KEY_RULE_PRODUCT };

#define FIRST(list) .first = (list), .first_count = ARRAY_SIZE(list)

const struct mp_scope_row mp_scopes[MP_SCOPES] = {
	[MP_SCOPE_TOP] = { .name = "file" },
	[MP_SCOPE_DEFAULTS] = { .name = "defaults" },
	[MP_SCOPE_BLACKLIST] = { "blacklist", FIRST(rules_first) },
	[MP_SCOPE_BLACKLIST_DEVICE] = { "device", MP_SCOPE_BLACKLIST, .repeatable = true,
					FIRST(rule_device_first) },
	[MP_SCOPE_EXCEPTIONS] = { "blacklist_exceptions", FIRST(rules_first) },
	[MP_SCOPE_EXCEPTIONS_DEVICE] = { "device", MP_SCOPE_EXCEPTIONS, .repeatable = true,
					 FIRST(rule_device_first) },
	[MP_SCOPE_DEVICES] = { .name = "devices" },
	[MP_SCOPE_DEVICE] = { "device", MP_SCOPE_DEVICES, .repeatable = true, FIRST(device_first) },
	[MP_SCOPE_OVERRIDES] = { "overrides", .needs_brace = true, FIRST(device_first) },
	[MP_SCOPE_PROTOCOL] = { "protocol", MP_SCOPE_OVERRIDES, .repeatable = true,
				.needs_brace = true, FIRST(protocol_first) },
	[MP_SCOPE_MULTIPATHS] = { .name = "multipaths" },
	[MP_SCOPE_MULTIPATH] = { "multipath", MP_SCOPE_MULTIPATHS, .repeatable = true,
				 FIRST(multipath_first) },
};

/* Most names differ in their first letter. */
static bool is_name(const char *name, const char *text)
{
	return *name == *text && strcmp(name, text) == 0;
}

bool mp_keyword_in_scope(enum mp_scope scope, enum mp_key key)
{
	return mp_keywords[key].sections >> scope & 1;
}

static bool is_printed_first(const struct mp_scope_row *scope, enum mp_key key)
{
	for (unsigned i = 0; i < scope->first_count; i++)
		if (scope->first[i] == key)
			return true;
	return false;
}

/* The first keywords, then the rows: places in one sequence. */
enum mp_key mp_keyword_next(enum mp_scope scope, unsigned *place)
{
	const struct mp_scope_row *row = &mp_scopes[scope];

	while (*place < row->first_count + MP_KEYS) {
		unsigned at = (*place)++;
		bool is_first = at < row->first_count;
		enum mp_key key = is_first ? row->first[at] : at - row->first_count;

		if (mp_keyword_in_scope(scope, key) && (is_first || !is_printed_first(row, key)))
			return key;
	}
	return MP_KEY_NONE;
}

static bool is_keyword(enum mp_scope scope, enum mp_key key, const char *name)
{
	return is_name(mp_keywords[key].name, name) && mp_keyword_in_scope(scope, key);
}

enum mp_key mp_keyword_find(enum mp_scope scope, const char *name)
{
	const struct mp_scope_row *row = &mp_scopes[scope];

	/* A file with many sections has most of these in each. */
	for (unsigned i = 0; i < row->first_count; i++)
		if (is_keyword(scope, row->first[i], name))
			return row->first[i];
	for (enum mp_key key = MP_KEY_NONE + 1; key < MP_KEYS; key++)
		if (is_keyword(scope, key, name))
			return key;
	return MP_KEY_NONE;
}

enum mp_scope mp_keyword_scope_find(enum mp_scope parent, const char *name)
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

bool mp_keyword_scope_is_word(const char *name)
{
	for (enum mp_scope scope = MP_SCOPE_TOP + 1; scope < MP_SCOPES; scope++)
		if (!mp_scopes[scope].needs_brace && is_name(mp_scopes[scope].name, name))
			return true;
	return false;
}
