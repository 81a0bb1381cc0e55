/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config/lint.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "base/suggest.h"
#include "config/hardware.h"
#include "config/types.h"
#include "model/features.h"
#include "model/protocol.h"
#include "model/settings.h"

/*
 * Comparisons of expressions with WWIDs: enough for a large site; all of them would not be linear.
 */
enum { PAIRS_MAX = 1 << 16, NAMES_MAX = 1 << 21 };

static struct mp_place place_of(const struct mp_linter *linter, const struct mp_setting *from,
				const struct mp_setting *setting)
{
	return mp_section_place(linter->config, from->file, setting->file, setting->line);
}

static bool is_from_file(const struct mp_setting *setting)
{
	return setting->file >= MP_ORIGIN_FILES;
}

static const char *name_of(const struct mp_setting *setting)
{
	return mp_keywords[setting->key].name;
}

/* A number that is neither unset nor the word for "no". */
static bool is_on(const struct mp_setting *setting)
{
	return setting && setting->number > 0;
}

static int64_t default_number(const struct mp_linter *linter, enum mp_key key)
{
	const struct mp_setting *setting = mp_config_default(linter->config, key);

	return setting ? setting->number : 0;
}

/* The setting of defaults if a file has it. */
static const struct mp_setting *written_default(const struct mp_linter *linter, enum mp_key key)
{
	return mp_section_find(&linter->config->defaults, key);
}

/* Does it only repeat the built-in value, as in a file that multipath -t printed? */
static bool is_repeated(const struct mp_setting *setting)
{
	const struct mp_keyword *keyword = &mp_keywords[setting->key];
	_cleanup_strbuf_ struct mp_strbuf text = MP_STRBUF_INIT, built_in = MP_STRBUF_INIT;

	if (!(keyword->flags & MP_KEYWORD_HAS_DEFAULT))
		return false;
	keyword->type->format(keyword, setting, &text);
	keyword->type->format(keyword, &keyword->built_in, &built_in);
	return strcmp(mp_strbuf_text(&text), mp_strbuf_text(&built_in)) == 0;
}

/* Sections that say nothing */

static void lint_idle_section(struct mp_linter *linter, enum mp_scope scope,
			      const struct mp_section *section)
{
	if (scope == MP_SCOPE_DEFAULTS || scope == MP_SCOPE_OVERRIDES)
		return;
	for (unsigned i = 0; i < section->count; i++) {
		switch (section->settings[i].key) {
		case MP_KEY_VENDOR:
		case MP_KEY_PRODUCT:
		case MP_KEY_REVISION:
		case MP_KEY_WWID:
		case MP_KEY_TYPE:
			break;
		default:
			return;
		}
	}
	mp_lint_tell(linter, section, "this %s section has no effect because it sets nothing",
		     mp_scopes[scope].name);
}

/* Unknown values */

static const char *first_word(const struct mp_setting *setting, size_t *length)
{
	const char *word = setting->text + strspn(setting->text, " \t");

	*length = strcspn(word, " \t");
	return word;
}

/* Of a path selector the first word is the name. */
static const char *name_in(const struct mp_setting *setting, size_t *length)
{
	if (mp_keywords[setting->key].type == &mp_type_selector)
		return first_word(setting, length);
	*length = strlen(setting->text);
	return setting->text;
}

static const struct mp_word *find_word(enum mp_key key, const char *text, size_t length)
{
	for (const struct mp_word *word = mp_keywords[key].known; word->text; word++)
		if (strlen(word->text) == length && memcmp(word->text, text, length) == 0)
			return word;
	return NULL;
}

static const struct mp_word *find_known(const struct mp_setting *setting)
{
	size_t length;
	const char *name = name_in(setting, &length);

	return find_word(setting->key, name, length);
}

/* Of other releases. Return: what it is called now, NULL if it is none of them. */
static const char *former_name(enum mp_key key, const char *name)
{
	static const struct {
		enum mp_key key;
		const char *name, *now;
	} formers[] = {
		{ MP_KEY_PRIO, "netapp", "ontap" },
		{ MP_KEY_PRIO, "hds_modular", "hds" },
		{ MP_KEY_PATH_CHECKER, "hp_tur", "tur" },
	};
	static const char *const programs[] = { "/sbin/mpath_prio_", "mpath_prio_" };
	char word[32];

	for (size_t i = 0; key == MP_KEY_PRIO && i < ARRAY_SIZE(programs); i++) {
		size_t prefix = strlen(programs[i]), length;

		if (strncmp(name, programs[i], prefix) != 0)
			continue;
		name += prefix;
		length = strcspn(name, " ");
		if (length >= sizeof(word))
			return NULL;
		memcpy(word, name, length);
		word[length] = '\0';
		name = word;
		for (const struct mp_word *known = mp_keywords[key].known; known->text; known++)
			if (strcmp(known->text, name) == 0)
				return known->text;
	}
	for (size_t i = 0; i < ARRAY_SIZE(formers); i++)
		if (formers[i].key == key && strcmp(formers[i].name, name) == 0)
			return formers[i].now;
	return NULL;
}

static void tell_unknown_name(struct mp_linter *linter, const struct mp_setting *setting)
{
	const char *now = former_name(setting->key, setting->text);
	const struct mp_keyword *keyword = &mp_keywords[setting->key];
	_cleanup_strbuf_ struct mp_strbuf name = MP_STRBUF_INIT, expected = MP_STRBUF_INIT;
	size_t length;
	const char *text = first_word(setting, &length);
	/* of "alua exclusive_pref_bit" */
	const struct mp_word *first = find_word(setting->key, text, length);

	for (const struct mp_word *word = keyword->known; word->text; word++)
		mp_strbuf_printf(&expected, "%s%s", expected.length ? ", " : "", word->text);
	text = name_in(setting, &length);
	mp_strbuf_add(&name, text, length);
	if (now)
		mp_strbuf_printf(&expected, "; removed name, replaced by \"%s\"", now);
	else if (first)
		mp_strbuf_printf(&expected, "; did you mean \"%s\"?%s", first->text,
				 setting->key == MP_KEY_PRIO ? " Arguments belong to prio_args" :
							       "");
	else
		mp_type_suggest_selector(keyword, mp_strbuf_text(&name), &expected);
	mp_lint_tell(linter, setting, "unknown %s \"%s\": expected one of %s", keyword->name,
		     mp_strbuf_text(&name), mp_strbuf_text(&expected));
}

static void lint_unknown_name(struct mp_linter *linter, enum mp_scope scope,
			      const struct mp_section *section)
{
	(void)scope;
	for (unsigned i = 0; i < section->count; i++)
		if (mp_keywords[section->settings[i].key].known &&
		    !find_known(&section->settings[i]))
			tell_unknown_name(linter, &section->settings[i]);
}

static void lint_selector_arguments(struct mp_linter *linter, enum mp_scope scope,
				    const struct mp_section *section)
{
	const struct mp_setting *setting = mp_section_find(section, MP_KEY_PATH_SELECTOR);
	const struct mp_word *word = setting ? find_known(setting) : NULL;
	size_t length;
	const char *name = word ? name_in(setting, &length) : NULL;

	(void)scope;
	if (word && strtol(name + length, NULL, 10) > word->number)
		mp_lint_tell(linter, setting,
			     "path_selector %s takes %s arguments: expected \"%s 0\"", word->text,
			     word->number ? "fewer" : "no", word->text);
}

static bool is_keyword(const char *name, size_t length)
{
	for (enum mp_key key = MP_KEY_NONE + 1; key < MP_KEYS; key++)
		if (strlen(mp_keywords[key].name) == length &&
		    memcmp(mp_keywords[key].name, name, length) == 0)
			return true;
	return false;
}

/* Disks without the property have no WWID, and no map. */
static void lint_uid_attribute(struct mp_linter *linter, enum mp_scope scope,
			       const struct mp_section *section)
{
	static const char *const usual[] = {
		"ID_SERIAL",	    "ID_SERIAL_SHORT",	     "ID_SCSI_SERIAL",
		"ID_WWN",	    "ID_WWN_WITH_EXTENSION", "ID_UID",
		"SCSI_IDENT_SERIAL"
	};
	const struct mp_setting *setting = mp_section_find(section, MP_KEY_UID_ATTRIBUTE);
	struct mp_suggestion suggestion;

	(void)scope;
	if (!setting || !*setting->text || *setting->text == '\'')
		return;
	suggestion = mp_suggest_start(setting->text);
	suggestion.distance = 2;
	for (size_t i = 0; i < ARRAY_SIZE(usual); i++) {
		if (strcmp(usual[i], setting->text) == 0)
			return;
		if (mp_suggest_distance(usual[i], setting->text, 2) <= 2)
			mp_suggest_offer(&suggestion, usual[i]);
	}
	if (strpbrk(setting->text, " \t=$%/\"{}") || suggestion.best)
		mp_lint_tell(
			linter, setting,
			"%s \"%s\" is not a udev property: without one no disk gets a WWID or a map%s%s%s",
			name_of(setting), setting->text, suggestion.best ? "; did you mean \"" : "",
			suggestion.best ? suggestion.best : "", suggestion.best ? "\"?" : "");
}

/* What dm-mpath does not take: without a map, or without a word. */
static void lint_features(struct mp_linter *linter, enum mp_scope scope,
			  const struct mp_section *section)
{
	const struct mp_setting *setting = mp_section_find(section, MP_KEY_FEATURES);
	const char *at = setting ? setting->text : NULL, *limits;
	struct mp_feature_flaw flaw;

	(void)scope;
	while (at && mp_features_next_flaw(&at, &flaw)) {
		limits = mp_feature_limits(&flaw);
		if (limits && flaw.argument_length)
			mp_lint_tell(linter, setting,
				     "%.*s %.*s in features is ignored: the kernel takes %s",
				     (int)flaw.length, flaw.name, (int)flaw.argument_length,
				     flaw.argument, limits);
		else if (limits)
			mp_lint_tell(linter, setting,
				     "%.*s in features is ignored because its value is missing: "
				     "expected %s",
				     (int)flaw.length, flaw.name, limits);
		else
			mp_lint_tell(
				linter, setting,
				"the kernel has no feature \"%.*s\" and refuses every map with it: expected "
				"queue_if_no_path, retain_attached_hw_handler, pg_init_retries N, "
				"pg_init_delay_msecs N, queue_mode MODE%s",
				(int)flaw.length, flaw.name,
				is_keyword(flaw.name, flaw.length) ?
					"; it is a keyword of its own" :
					"");
	}
}

/* Modules scsi_dh_NAME. */
static void lint_handler(struct mp_linter *linter, enum mp_scope scope,
			 const struct mp_section *section)
{
	static const char *const handlers[] = { "alua", "emc", "hp_sw", "rdac" };
	const struct mp_setting *setting = mp_section_find(section, MP_KEY_HARDWARE_HANDLER);
	struct mp_suggestion suggestion;
	char name[32] = "";

	(void)scope;
	if (!setting || sscanf(setting->text, "%*u %31s", name) != 1)
		return;
	suggestion = mp_suggest_start(name);
	for (size_t i = 0; i < ARRAY_SIZE(handlers); i++) {
		if (strcmp(handlers[i], name) == 0)
			return;
		mp_suggest_offer(&suggestion, handlers[i]);
	}
	mp_lint_tell(
		linter, setting,
		"the kernel has no hardware handler \"%s\" and refuses every map with it: expected one of alua, emc, "
		"hp_sw, rdac%s%s%s",
		name, suggestion.best ? "; did you mean \"1 " : "",
		suggestion.best ? suggestion.best : "", suggestion.best ? "\"?" : "");
}

static void lint_prio_args(struct mp_linter *linter, enum mp_scope scope,
			   const struct mp_section *section)
{
	const struct mp_setting *prio = mp_section_find(section, MP_KEY_PRIO);
	const struct mp_setting *args = mp_section_find(section, MP_KEY_PRIO_ARGS);
	const struct mp_word *word = prio ? find_known(prio) : NULL;
	bool has_args = args && *args->text;

	if (has_args && !prio && scope != MP_SCOPE_DEVICE)
		mp_lint_tell(
			linter, args,
			"prio_args has no effect because the section does not set prio: it belongs beside it");
	else if (word && word->number == MP_ARGS_NONE && has_args)
		mp_lint_tell(linter, args, "prio_args has no effect because prio \"%s\" takes none",
			     prio->text);
	else if (word && word->number == MP_ARGS_OPTIONAL && has_args &&
		 strcmp(args->text, "exclusive_pref_bit") != 0)
		mp_lint_tell(
			linter, args,
			"prio \"%s\" does not support prio_args \"%s\": expected \"exclusive_pref_bit\"",
			prio->text, args->text);
	else if (word && word->number == MP_ARGS_NEEDED && !has_args && scope != MP_SCOPE_DEVICE)
		mp_lint_tell(linter, prio, "prio \"%s\" needs prio_args in the same section",
			     prio->text);
}

/* Values that contradict each other */

static void lint_queueing(struct mp_linter *linter, enum mp_scope scope,
			  const struct mp_section *section)
{
	const struct mp_setting *features = mp_section_find(section, MP_KEY_FEATURES);
	const struct mp_setting *retry = mp_section_find(section, MP_KEY_NO_PATH_RETRY);
	_cleanup_strbuf_ struct mp_strbuf value = MP_STRBUF_INIT;

	(void)scope;
	if (!features || !(features->flags & MP_FEATURES_QUEUE) || !retry ||
	    retry->number == MP_RETRY_QUEUE)
		return;
	mp_keywords[MP_KEY_NO_PATH_RETRY].type->format(&mp_keywords[MP_KEY_NO_PATH_RETRY], retry,
						       &value);
	mp_lint_tell(
		linter, features,
		"queue_if_no_path contradicts no_path_retry %s of line %u, which takes precedence: remove one of them",
		mp_strbuf_text(&value), retry->line);
}

/*
 * Only these prioritizers know target port groups; with detect_prio it may be one of them all the
 * same.
 */
static void lint_grouping(struct mp_linter *linter, enum mp_scope scope,
			  const struct mp_section *section)
{
	const struct mp_setting *grouping = mp_section_find(section, MP_KEY_PATH_GROUPING_POLICY);
	const struct mp_setting *prio = mp_section_find(section, MP_KEY_PRIO);
	const struct mp_setting *detect = mp_section_find(section, MP_KEY_DETECT_PRIO);

	(void)scope;
	if (grouping && grouping->number == MP_GROUPING_BY_TPG && detect && !detect->number &&
	    prio && strcmp(prio->text, "alua") != 0 && strcmp(prio->text, "sysfs") != 0)
		mp_lint_tell(
			linter, grouping,
			"path_grouping_policy \"group_by_tpg\" becomes \"failover\" because prio \"%s\" (line %u) reports no "
			"target port groups: expected \"alua\" or \"sysfs\"",
			prio->text, prio->line);
}

static void lint_transport_timeouts(struct mp_linter *linter, enum mp_scope scope,
				    const struct mp_section *section)
{
	const struct mp_setting *fast = mp_section_find(section, MP_KEY_FAST_IO_FAIL_TMO);
	const struct mp_setting *loss = mp_section_find(section, MP_KEY_DEV_LOSS_TMO);

	if (!fast && scope == MP_SCOPE_DEFAULTS)
		fast = mp_config_default(linter->config, MP_KEY_FAST_IO_FAIL_TMO);
	if (!fast || !loss || fast->number < loss->number)
		return;
	if (is_from_file(fast))
		mp_lint_tell(
			linter, fast,
			"fast_io_fail_tmo %lld has no effect because dev_loss_tmo (line %u) is not longer: it is "
			"treated as off",
			(long long)fast->number, loss->line);
	else
		mp_lint_tell(
			linter, loss,
			"dev_loss_tmo %lld disables fast_io_fail_tmo, which is %lld: expected a longer time",
			(long long)loss->number, (long long)fast->number);
}

/* Does a transport know it? As mp_tuning_make() has it. */
static bool has_timeout(enum mp_protocol protocol, const struct mp_setting *setting)
{
	switch (setting->key) {
	case MP_KEY_EH_DEADLINE:
		return mp_protocol_is_scsi(protocol);
	case MP_KEY_DEV_LOSS_TMO:
		return protocol == MP_PROTOCOL_SCSI_FCP || protocol == MP_PROTOCOL_SCSI_SAS;
	case MP_KEY_FAST_IO_FAIL_TMO:
		return protocol == MP_PROTOCOL_SCSI_FCP ||
		       (protocol == MP_PROTOCOL_SCSI_ISCSI && setting->number > 0);
	default:
		return true;
	}
}

static void lint_protocol_timeouts(struct mp_linter *linter, enum mp_scope scope,
				   const struct mp_section *section)
{
	const struct mp_setting *type = mp_section_find(section, MP_KEY_TYPE);

	for (unsigned i = 0; scope == MP_SCOPE_PROTOCOL && type && i < section->count; i++) {
		const struct mp_setting *setting = &section->settings[i];
		bool as_such = setting->key == MP_KEY_FAST_IO_FAIL_TMO &&
			       type->number == MP_PROTOCOL_SCSI_ISCSI;

		if (!has_timeout(type->number, setting))
			mp_lint_tell(linter, setting, "%s has no effect because %s %s",
				     name_of(setting), mp_protocol_name(type->number),
				     as_such ? "needs a number of seconds above 0" :
					       "has no such timeout");
	}
}

static void lint_sample_time(struct mp_linter *linter, enum mp_scope scope,
			     const struct mp_section *section)
{
	enum { SAMPLE_MIN_SEC = 120 };
	const struct mp_setting *setting =
		mp_section_find(section, MP_KEY_MARGINAL_PATH_ERR_SAMPLE_TIME);

	(void)scope;
	if (is_on(setting) && setting->number < SAMPLE_MIN_SEC)
		mp_lint_tell(linter, setting, "%s %lld becomes %d: expected at least %d",
			     name_of(setting), (long long)setting->number, SAMPLE_MIN_SEC,
			     SAMPLE_MIN_SEC);
}

static void lint_polling(struct mp_linter *linter)
{
	const struct mp_setting *least = written_default(linter, MP_KEY_POLLING_INTERVAL);
	const struct mp_setting *most = written_default(linter, MP_KEY_MAX_POLLING_INTERVAL);

	if (least && most && most->number < least->number)
		mp_lint_tell(
			linter, least,
			"polling_interval %lld becomes %lld because max_polling_interval (%s) is shorter",
			(long long)least->number, (long long)most->number,
			place_of(linter, least, most).text);
}

/* Values without effect */

static void lint_obsolete(struct mp_linter *linter, enum mp_scope scope,
			  const struct mp_section *section)
{
	(void)scope;
	for (unsigned i = 0; i < section->count; i++) {
		const struct mp_setting *setting = &section->settings[i];

		if (mp_keywords[setting->key].instead && setting->number > 0 &&
		    !is_repeated(setting))
			mp_lint_tell(linter, setting, "%s is obsolete: %s", name_of(setting),
				     mp_keywords[setting->key].instead);
	}
}

static void lint_overridden(struct mp_linter *linter, enum mp_scope scope,
			    const struct mp_section *section)
{
	if (scope != MP_SCOPE_DEFAULTS && scope != MP_SCOPE_DEVICE)
		return;
	for (unsigned i = 0; i < section->count; i++) {
		const struct mp_setting *setting = &section->settings[i];
		enum mp_key key = setting->key == MP_KEY_PRIO_ARGS ? MP_KEY_PRIO : setting->key;
		const struct mp_setting *by = mp_section_find(&linter->config->overrides, key);

		if (by)
			mp_lint_tell(
				linter, setting,
				"%s has no effect because overrides sets it for all devices (%s)",
				name_of(setting), place_of(linter, setting, by).text);
	}
}

/* Letters alone: a name, or an answer to a question that was not asked. */
static bool is_word(const char *text)
{
	return *text && !text[strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")];
}

static void lint_needs(struct mp_linter *linter)
{
	const struct mp_setting *timeout = written_default(linter, MP_KEY_FIND_MULTIPATHS_TIMEOUT);
	const struct mp_setting *prefix = linter->somewhere[MP_KEY_ALIAS_PREFIX];
	const struct mp_setting *by_tpg = linter->somewhere[MP_KEY_DETECT_PGPOLICY_USE_TPG];
	const struct mp_setting *detect =
		mp_section_find(&linter->config->overrides, MP_KEY_DETECT_PGPOLICY);
	const struct mp_setting *foreign = written_default(linter, MP_KEY_ENABLE_FOREIGN);

	if (timeout && !is_repeated(timeout) &&
	    default_number(linter, MP_KEY_FIND_MULTIPATHS) != MP_FIND_SMART)
		mp_lint_tell(
			linter, timeout,
			"%s has no effect because only find_multipaths \"smart\" waits, and it is not set",
			name_of(timeout));
	if (prefix && !is_repeated(prefix) && !linter->somewhere[MP_KEY_USER_FRIENDLY_NAMES])
		mp_lint_tell(linter, prefix,
			     "%s has no effect because user_friendly_names is not \"yes\" anywhere",
			     name_of(prefix));
	if (!detect)
		detect = mp_config_default(linter->config, MP_KEY_DETECT_PGPOLICY);
	if (by_tpg && !detect->number && !linter->somewhere[MP_KEY_DETECT_PGPOLICY])
		mp_lint_tell(linter, by_tpg, "%s has no effect because detect_pgpolicy is \"no\"",
			     name_of(by_tpg));
	if (foreign) {
		struct mp_pattern pattern;

		if (mp_pattern_init(&pattern, foreign->text) == -EINVAL)
			mp_lint_tell(
				linter, foreign,
				"%s \"%s\" is not a regular expression: no foreign devices are shown",
				name_of(foreign), foreign->text);
		else if (is_word(foreign->text) && strcasecmp(foreign->text, "none") != 0 &&
			 !mp_pattern_matches(&pattern, "nvme"))
			mp_lint_tell(
				linter, foreign,
				"%s \"%s\" matches no type of foreign devices: expected \"nvme\", or \"NONE\" for none",
				name_of(foreign), foreign->text);
		mp_pattern_fini(&pattern);
	}
}

/* Methods that need all of their values. */
static const uint8_t marginal_keys[] = { MP_KEY_MARGINAL_PATH_DOUBLE_FAILED_TIME,
					 MP_KEY_MARGINAL_PATH_ERR_SAMPLE_TIME,
					 MP_KEY_MARGINAL_PATH_ERR_RATE_THRESHOLD,
					 MP_KEY_MARGINAL_PATH_ERR_RECHECK_GAP_TIME, MP_KEY_NONE };
static const uint8_t san_keys[] = { MP_KEY_SAN_PATH_ERR_THRESHOLD, MP_KEY_SAN_PATH_ERR_FORGET_RATE,
				    MP_KEY_SAN_PATH_ERR_RECOVERY_TIME, MP_KEY_NONE };
static const uint8_t delay_keys[] = { MP_KEY_DELAY_WATCH_CHECKS, MP_KEY_DELAY_WAIT_CHECKS,
				      MP_KEY_NONE };

/*
 * Return: a place that sets any of them, NULL if none does. @complete: does each of them have one?
 */
static const struct mp_setting *find_any(const struct mp_linter *linter, const uint8_t *keys,
					 bool *complete)
{
	const struct mp_setting *any = NULL;

	*complete = true;
	for (; *keys; keys++) {
		if (linter->somewhere[*keys])
			any = any ? any : linter->somewhere[*keys];
		else
			*complete = false;
	}
	return any;
}

static void tell_incomplete(struct mp_linter *linter, const uint8_t *keys)
{
	_cleanup_strbuf_ struct mp_strbuf missing = MP_STRBUF_INIT;
	bool complete;
	const struct mp_setting *any = find_any(linter, keys, &complete);

	if (!any || complete)
		return;
	for (; *keys; keys++)
		if (!linter->somewhere[*keys])
			mp_strbuf_printf(&missing, "%s%s", missing.length ? ", " : "",
					 mp_keywords[*keys].name);
	mp_lint_tell(linter, any, "%s has no effect unless these are also set: %s", name_of(any),
		     mp_strbuf_text(&missing));
}

static void lint_incomplete_method(struct mp_linter *linter)
{
	tell_incomplete(linter, marginal_keys);
	tell_incomplete(linter, san_keys);
}

static void lint_rival_methods(struct mp_linter *linter)
{
	bool marginal_complete, complete;
	const struct mp_setting *marginal = find_any(linter, marginal_keys, &marginal_complete);
	const struct mp_setting *san = find_any(linter, san_keys, &complete);
	const struct mp_setting *delay = find_any(linter, delay_keys, &complete);
	const struct mp_setting *groups = written_default(linter, MP_KEY_MARGINAL_PATHGROUPS);

	if (groups && groups->number == MP_MARGINAL_FPIN && (marginal || san)) {
		const struct mp_setting *any = marginal ? marginal : san;

		mp_lint_tell(linter, any,
			     "%s has no effect because marginal_pathgroups is \"fpin\" (%s)",
			     name_of(any), place_of(linter, any, groups).text);
	} else if (san && marginal && marginal_complete) {
		mp_lint_tell(linter, san,
			     "%s has no effect where the marginal_path_* keywords are set (%s)",
			     name_of(san), place_of(linter, san, marginal).text);
	}
	if (delay && san)
		mp_lint_tell(linter, delay,
			     "%s has no effect where the san_path_err_* keywords are set (%s)",
			     name_of(delay), place_of(linter, delay, san).text);
}

/* Names */

static void lint_named_twice(struct mp_linter *linter, enum mp_scope scope,
			     const struct mp_section *section)
{
	const struct mp_setting *friendly = mp_section_find(section, MP_KEY_USER_FRIENDLY_NAMES);

	if (scope == MP_SCOPE_MULTIPATH && friendly && mp_section_find(section, MP_KEY_ALIAS))
		mp_lint_tell(linter, friendly, "%s has no effect because the section has an alias",
			     name_of(friendly));
}

/* mpatha, mpathab ...: what user_friendly_names hands out. */
static void lint_automatic_alias(struct mp_linter *linter, enum mp_scope scope,
				 const struct mp_section *section)
{
	const struct mp_setting *alias = mp_section_find(section, MP_KEY_ALIAS);
	const char *prefix = mp_config_default(linter->config, MP_KEY_ALIAS_PREFIX)->text;
	size_t length = strlen(prefix);

	if (scope != MP_SCOPE_MULTIPATH || !alias ||
	    !linter->somewhere[MP_KEY_USER_FRIENDLY_NAMES] ||
	    strncmp(alias->text, prefix, length) != 0 || !alias->text[length] ||
	    alias->text[length + strspn(alias->text + length, "abcdefghijklmnopqrstuvwxyz")])
		return;
	mp_lint_tell(
		linter, alias,
		"alias \"%s\" looks like a name assigned by user_friendly_names: another disk may have it "
		"already, choose one that does not start with \"%s\"",
		alias->text, prefix);
}

/* clang-format off */
static const struct mp_lint lints[] = {
	{ .section = lint_idle_section },       /* a section that sets nothing */
	{ .section = lint_unknown_name }, /* unknown checker, prioritizer or path selector */
	{ .section = lint_selector_arguments }, /* arguments that a path selector does not take */
	{ .section = lint_uid_attribute },      /* a property that no disk has */
	{ .section = lint_features },           /* features that the kernel does not have */
	{ .section = lint_handler }, /* a hardware handler that the kernel does not have */
	{ .section = lint_prio_args }, /* prio_args that no prioritizer reads, or that one lacks */
	{ .section = lint_queueing },           /* queue_if_no_path against no_path_retry */
	{ .section = lint_grouping }, /* group_by_tpg with a prioritizer that knows no groups */
	{ .section = lint_transport_timeouts }, /* fast_io_fail_tmo not shorter than dev_loss_tmo */
	{ .section = lint_protocol_timeouts },  /* a timeout that the transport does not have */
	{ .section = lint_sample_time },        /* a sample time that is raised */
	{ .whole = lint_polling },              /* max_polling_interval below polling_interval */
	{ .section = lint_obsolete }, /* a keyword that something else took the place of */
	{ .section = lint_overridden },         /* a value that overrides sets for all */
	{ .whole = lint_needs },                /* a value that needs another one */
	{ .whole = lint_incomplete_method }, /* half a method against shaky paths */
	{ .whole = lint_rival_methods },        /* several methods against shaky paths */
	{ .section = lint_named_twice },        /* a map that is named in two ways */
	{ .section = lint_automatic_alias },    /* an alias that may be given to another disk */
	{ .section = mp_lint_map_wwid }, /* a wwid written as an expression or in another form */
	{ .section = mp_lint_device_match },    /* a device section that matches nothing */
	{ .section = mp_lint_misspelt_device }, /* a device section nearly named as a known array */
	{ .whole = mp_lint_covered_devices }, /* a device section hidden by a later one for all */
	{ .rule = mp_lint_rule_text }, /* a rule that is not written as what it is compared to */
	{ .rule = mp_lint_devnode },            /* a rule for nodes that are no disks */
	{ .rule = mp_lint_rule_reach }, /* a rule that matches everything, or more than was meant */
	{ .rule = mp_lint_exception_kind },     /* an exception from nothing */
	{ .whole = mp_lint_cancelled_rules },   /* a blacklist rule that is taken back */
	{ .whole = mp_lint_blacklisted_maps },  /* values for a map that is blacklisted */
};
/* clang-format on */

static void run_sections(struct mp_linter *linter, const struct mp_lint *lint)
{
	const struct mp_config *config = linter->config;

	lint->section(linter, MP_SCOPE_DEFAULTS, &config->defaults);
	lint->section(linter, MP_SCOPE_OVERRIDES, &config->overrides);
	for (size_t i = mp_hardware_count; i < config->devices.count; i++)
		lint->section(linter, MP_SCOPE_DEVICE, &config->devices.items[i]);
	for (size_t i = 0; i < config->protocols.count; i++)
		lint->section(linter, MP_SCOPE_PROTOCOL, &config->protocols.items[i]);
	for (size_t i = 0; i < config->maps.count; i++)
		lint->section(linter, MP_SCOPE_MULTIPATH, &config->maps.items[i]);
}

static void run_rules(struct mp_linter *linter, const struct mp_lint *lint)
{
	for (enum mp_list list = 0; list < MP_LISTS; list++) {
		for (enum mp_criterion criterion = 0; criterion <= MP_CRITERION_WWID; criterion++) {
			const struct mp_rule_list *rules = &linter->config->rules[list][criterion];

			for (size_t i = 0; i < rules->count; i++)
				lint->rule(linter, list, criterion, &rules->items[i]);
		}
	}
}

static void note_somewhere(struct mp_linter *linter, enum mp_scope scope,
			   const struct mp_section *section)
{
	(void)scope;
	for (unsigned i = 0; i < section->count; i++)
		if (!linter->somewhere[section->settings[i].key] && section->settings[i].number > 0)
			linter->somewhere[section->settings[i].key] = &section->settings[i];
}

int mp_config_lint(const struct mp_config *config, struct mp_diagnostics *diagnostics)
{
	static const struct mp_lint note = { .section = note_somewhere };
	struct mp_linter linter = {
		.config = config, .diagnostics = diagnostics, .pairs = PAIRS_MAX, .names = NAMES_MAX
	};

	run_sections(&linter, &note);
	for (size_t i = 0; i < ARRAY_SIZE(lints); i++) {
		if (lints[i].section)
			run_sections(&linter, &lints[i]);
		if (lints[i].rule)
			run_rules(&linter, &lints[i]);
		if (lints[i].whole)
			lints[i].whole(&linter);
	}
	return linter.error;
}
