/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "config/member.h"
#include "config/sections.h"
#include "config/trace.h"
#include "config/types.h"

/*
 * Where values come from, the strongest first. A section only has what mp_scopes lets it have, so
 * that one order serves all keywords: what a multipath section cannot say is never found there.
 */
struct layers {
	const struct mp_config *config;
	const struct mp_section *map, *protocol; /* NULL: none */
	const struct mp_hardware_match *hardware;
	struct mp_trace *trace; /* NULL: not wanted */
};

static const struct mp_hardware_match no_hardware;

struct hardware_key {
	const char *vendor, *product, *revision;
};

static bool match_is_of(const struct mp_hardware_match *match, const struct hardware_key *key)
{
	return strcmp(match->product, key->product) == 0 &&
	       strcmp(match->vendor, key->vendor) == 0 &&
	       strcmp(match->revision, key->revision) == 0;
}

static bool section_matches(const struct mp_section *section, enum mp_key key, const char *subject)
{
	const char *expression = mp_section_text(section, key);

	return !expression || mp_pattern_matches_once(expression, subject);
}

/* A revision that is not known is no reason against an entry. */
static bool entry_matches(const struct mp_section *entry, const struct hardware_key *key)
{
	return section_matches(entry, MP_KEY_VENDOR, key->vendor) &&
	       section_matches(entry, MP_KEY_PRODUCT, key->product) &&
	       (!*key->revision || section_matches(entry, MP_KEY_REVISION, key->revision));
}

static int look_up(const struct mp_config *config, const struct hardware_key *key,
		   struct mp_hardware_match **ret)
{
	const struct mp_section_list *devices = &config->devices;
	_cleanup_free_ const struct mp_section **found = calloc(devices->count + 1, sizeof(*found));
	size_t texts = strlen(key->vendor) + strlen(key->product) + strlen(key->revision) + 3,
	       count = 0;
	struct mp_hardware_match *match;
	char *text;

	if (!found)
		return -ENOMEM;
	for (size_t i = devices->count; i-- > 0;)
		if (entry_matches(&devices->items[i], key))
			found[count++] = &devices->items[i];
	match = calloc(1, sizeof(*match) + count * sizeof(*found) + texts);
	if (!match)
		return -ENOMEM;
	match->count = count;
	memcpy(match->entries, found, count * sizeof(*found));
	text = (char *)&match->entries[count];
	match->vendor = text;
	text = stpcpy(text, key->vendor) + 1;
	match->product = text;
	text = stpcpy(text, key->product) + 1;
	match->revision = text;
	strcpy(text, key->revision);
	*ret = match;
	return 0;
}

/* A host has few kinds of arrays: a list is shorter than any index. */
const struct mp_hardware_match *mp_config_hardware(struct mp_config *config,
						   const struct mp_identity *identity)
{
	struct hardware_key key = { identity->vendor, identity->product, identity->revision };
	struct mp_hardware_match *match;

	if (mp_protocol_is_nvme(identity->protocol) || identity->protocol == MP_PROTOCOL_CCW)
		key.revision = "";
	for (match = config->matches; match; match = match->next)
		if (match_is_of(match, &key))
			return match;
	if (look_up(config, &key, &match) < 0)
		return &no_hardware;
	match->next = config->matches;
	config->matches = match;
	return match;
}

bool mp_config_knows_hardware(struct mp_config *config, const struct mp_identity *identity)
{
	return mp_config_hardware(config, identity)->count > 0;
}

static const struct mp_setting *find_in_hardware(const struct mp_hardware_match *hardware,
						 enum mp_key key)
{
	const struct mp_setting *setting = NULL;

	for (size_t i = 0; i < hardware->count && !setting; i++)
		setting = mp_section_find(hardware->entries[i], key);
	return setting;
}

void mp_config_trace_default(const struct mp_config *config, enum mp_key key,
			     struct mp_trace *trace, struct mp_trace_row *row)
{
	const struct mp_setting *setting = mp_section_find(&config->defaults, key);
	uint16_t file = setting ? setting->file : MP_ORIGIN_BUILTIN;

	if (file >= MP_ORIGIN_FILES)
		mp_trace_origin(trace, row, mp_config_file(config, file), setting->line,
				"defaults");
	else
		mp_trace_origin(trace, row, NULL, 0,
				file == MP_ORIGIN_COMMAND_LINE ? "command line" :
				file == MP_ORIGIN_DERIVED      ? "derived" :
								 "built in");
}

void mp_config_trace_origin(const struct mp_config *config, const char *keyword,
			    struct mp_trace *trace)
{
	mp_config_trace_default(config, mp_keyword_find(MP_SCOPE_DEFAULTS, keyword), trace,
				mp_trace_find(trace, keyword));
}

/* The section that a setting was found in, as it would be looked for in a file. */
static void trace_origin(const struct layers *layers, struct mp_trace_row *row,
			 const struct mp_setting *setting)
{
	const struct mp_config *config = layers->config;
	const char *file = mp_config_file(config, setting->file);
	const struct mp_section *entry = NULL;

	for (size_t i = 0; setting->key && i < layers->hardware->count && !entry; i++)
		if (mp_section_find(layers->hardware->entries[i], setting->key) == setting)
			entry = layers->hardware->entries[i];
	if (entry)
		mp_trace_origin(layers->trace, row, file, setting->line,
				file ? "devices/device \"%s\"" : "hardware table %s/%s",
				mp_section_text(entry, MP_KEY_VENDOR),
				mp_section_text(entry, MP_KEY_PRODUCT));
	else if (layers->map && mp_section_find(layers->map, setting->key) == setting)
		mp_trace_origin(layers->trace, row, file, setting->line, "multipaths/multipath");
	else if (layers->protocol && mp_section_find(layers->protocol, setting->key) == setting)
		mp_trace_origin(layers->trace, row, file, setting->line, "overrides/protocol");
	else if (mp_section_find(&config->overrides, setting->key) == setting)
		mp_trace_origin(layers->trace, row, file, setting->line, "overrides");
	else
		mp_config_trace_default(config, row->key, layers->trace, row);
}

/* Account for a value: once a keyword, however often it is looked up. */
static void trace_setting(const struct layers *layers, enum mp_key key,
			  const struct mp_setting *setting)
{
	const struct mp_keyword *keyword = &mp_keywords[key];
	_cleanup_strbuf_ struct mp_strbuf text = MP_STRBUF_INIT;
	struct mp_trace_row *row;
	struct mp_setting named;

	if (!layers->trace || mp_trace_find(layers->trace, keyword->name))
		return;
	if (setting) {
		named = *setting;
		named.key = key; /* built-in values do not name theirs */
		keyword->type->format(keyword, &named, &text);
	}
	row = mp_trace_add(layers->trace, keyword->name, false, "%s",
			   setting ? mp_strbuf_text(&text) : "unset");
	if (!row)
		return;
	row->key = key;
	if (setting)
		trace_origin(layers, row, setting);
}

/* What became of a value for another reason than where it is written. */
static void trace_derived(const struct layers *layers, enum mp_key key, int64_t number,
			  const char *why)
{
	const struct mp_keyword *keyword = &mp_keywords[key];
	const struct mp_setting setting = { .key = key, .number = number };
	_cleanup_strbuf_ struct mp_strbuf text = MP_STRBUF_INIT;
	struct mp_trace_row *row = mp_trace_find(layers->trace, keyword->name);

	if (!row)
		return;
	keyword->type->format(keyword, &setting, &text);
	mp_trace_replace(layers->trace, row, "%s", mp_strbuf_text(&text));
	mp_trace_origin(layers->trace, row, NULL, 0, "derived: %s", why);
}

static const struct mp_setting *find(const struct layers *layers, enum mp_key key)
{
	const struct mp_setting *setting = NULL;

	if (layers->map)
		setting = mp_section_find(layers->map, key);
	if (!setting && layers->protocol)
		setting = mp_section_find(layers->protocol, key);
	if (!setting)
		setting = mp_section_find(&layers->config->overrides, key);
	if (!setting)
		setting = find_in_hardware(layers->hardware, key);
	if (!setting)
		setting = mp_config_default(layers->config, key);
	trace_setting(layers, key, setting);
	return setting;
}

static int64_t find_number(const struct layers *layers, enum mp_key key)
{
	const struct mp_setting *setting = find(layers, key);

	return setting ? setting->number : 0;
}

static const char *find_text(const struct layers *layers, enum mp_key key)
{
	const struct mp_setting *setting = find(layers, key);

	return setting ? setting->text : NULL;
}

/* The members of @settings, which are those of @home, that take a value as it is. */
static void resolve_members(const struct layers *layers, enum mp_home home, void *settings)
{
	for (enum mp_key key = MP_KEY_NONE + 1; key < MP_KEYS; key++)
		if (mp_keywords[key].sets.home == home)
			mp_member_set(&mp_keywords[key].sets, find(layers, key), settings);
}

static int compare_wwid(const void *key, const void *element)
{
	return strcmp(key, mp_section_text(element, MP_KEY_WWID));
}

static int compare_alias(const void *key, const void *element)
{
	const struct mp_section *const *section = element;

	return strcmp(key, mp_section_text(*section, MP_KEY_ALIAS));
}

const struct mp_section *mp_config_map_section(const struct mp_config *config, const char *wwid)
{
	const struct mp_section_list *maps = &config->maps;

	if (!wwid || !maps->count)
		return NULL;
	return bsearch(wwid, maps->items, maps->count, sizeof(*maps->items), compare_wwid);
}

const char *mp_config_alias(const struct mp_config *config, const char *wwid)
{
	const struct mp_section *map = mp_config_map_section(config, wwid);

	return map ? mp_section_text(map, MP_KEY_ALIAS) : NULL;
}

const char *mp_config_wwid_of_alias(const struct mp_config *config, const char *alias)
{
	const struct mp_section *const *found = NULL;

	if (config->alias_count)
		found = bsearch(alias, config->by_alias, config->alias_count,
				sizeof(*config->by_alias), compare_alias);
	return found ? mp_section_text(*found, MP_KEY_WWID) : NULL;
}

static const struct mp_section *find_protocol(const struct mp_config *config,
					      enum mp_protocol protocol)
{
	for (size_t i = 0; i < config->protocols.count; i++)
		if (mp_section_find(&config->protocols.items[i], MP_KEY_TYPE)->number == protocol)
			return &config->protocols.items[i];
	return NULL;
}

/* Property of the first uid_attrs record whose type starts the kernel's name, else NULL. */
static const char *uid_attrs_property(const struct mp_config *config, const char *name)
{
	for (size_t i = 0; i < config->uid_attr_count; i++) {
		const struct mp_uid_attr *attr = &config->uid_attrs[i];

		if (strncmp(name, attr->type, strlen(attr->type)) == 0)
			return attr->property;
	}
	return NULL;
}

static void set_prio(const struct layers *layers, const struct mp_setting *prio,
		     const struct mp_setting *args, struct mp_path_settings *ret)
{
	trace_setting(layers, MP_KEY_PRIO, prio);
	trace_setting(layers, MP_KEY_PRIO_ARGS, args);
	ret->prioritizer = prio->text;
	ret->prio_args = args ? args->text : "";
}

static bool take_prio(const struct layers *layers, const struct mp_section *section,
		      struct mp_path_settings *ret)
{
	const struct mp_setting *prio = mp_section_find(section, MP_KEY_PRIO);

	if (prio)
		set_prio(layers, prio, mp_section_find(section, MP_KEY_PRIO_ARGS), ret);
	return prio;
}

/* Where prio is set decides where its arguments come from; of hardware entries each may set one. */
static void resolve_prio(const struct layers *layers, struct mp_path_settings *ret)
{
	const struct mp_config *config = layers->config;
	const struct mp_setting *prio;

	if ((layers->map && take_prio(layers, layers->map, ret)) ||
	    take_prio(layers, &config->overrides, ret))
		return;
	prio = find_in_hardware(layers->hardware, MP_KEY_PRIO);
	if (prio)
		set_prio(layers, prio, find_in_hardware(layers->hardware, MP_KEY_PRIO_ARGS), ret);
	else if (!take_prio(layers, &config->defaults, ret))
		set_prio(layers, &mp_keywords[MP_KEY_PRIO].built_in,
			 &mp_keywords[MP_KEY_PRIO_ARGS].built_in, ret);
}

/* The WWID can only be compared with what the device itself says. */
static bool can_recheck_wwid(const struct mp_identity *identity, const char *uid_attribute)
{
	return mp_protocol_is_scsi(identity->protocol) &&
	       (!*uid_attribute || strcmp(uid_attribute, "ID_SERIAL") == 0);
}

void mp_config_path_settings(struct mp_config *config, const struct mp_identity *identity,
			     struct mp_path_settings *ret)
{
	mp_config_trace_path_settings(config, identity, ret, NULL);
}

static const char *resolve_uid_attribute(const struct layers *layers, const char *name)
{
	const struct mp_setting *records =
		mp_section_find(&layers->config->defaults, MP_KEY_UID_ATTRS);
	const char *property = uid_attrs_property(layers->config, name);
	const char *attribute = find_text(layers, MP_KEY_UID_ATTRIBUTE);
	struct mp_trace_row *row;

	if (!property)
		return attribute;
	row = mp_trace_find(layers->trace, mp_keywords[MP_KEY_UID_ATTRIBUTE].name);
	mp_trace_replace(layers->trace, row, "\"%s\"", property);
	mp_trace_origin(layers->trace, row, mp_config_file(layers->config, records->file),
			records->line, "defaults, uid_attrs");
	return property;
}

void mp_config_trace_path_settings(struct mp_config *config, const struct mp_identity *identity,
				   struct mp_path_settings *ret, struct mp_trace *trace)
{
	const struct layers layers = {
		.config = config,
		.map = mp_config_map_section(config, identity->wwid),
		.protocol = find_protocol(config, identity->protocol),
		.hardware = mp_config_hardware(config, identity),
		.trace = trace,
	};
	const struct mp_setting *hardware_checker =
		find_in_hardware(layers.hardware, MP_KEY_PATH_CHECKER);

	*ret = (struct mp_path_settings){
		.uid_attribute = resolve_uid_attribute(&layers, identity->name),
		.hardware_checker = hardware_checker ? hardware_checker->text : NULL,
		.vpd_vendor = find_number(&layers, MP_KEY_VPD_VENDOR) ? "hp3par" : NULL,
	};
	resolve_members(&layers, MP_HOME_PATH, ret);
	if (ret->recheck_wwid && !can_recheck_wwid(identity, ret->uid_attribute)) {
		trace_derived(&layers, MP_KEY_RECHECK_WWID, false,
			      "this WWID cannot be read from the device");
		ret->recheck_wwid = false;
	}
	resolve_prio(&layers, ret);
	mp_trace_sort(trace);
}

/* queue_if_no_path counts where no_path_retry is silent; in the text it is never wanted. */
static void resolve_features(const struct layers *layers, struct mp_map_settings *ret)
{
	const struct mp_setting *features = find(layers, MP_KEY_FEATURES);

	ret->features = features->flags ? features->text + strlen(features->text) + 1 :
					  features->text;
	ret->no_path_retry = find_number(layers, MP_KEY_NO_PATH_RETRY);
	if (features->flags)
		mp_trace_replace(layers->trace,
				 mp_trace_find(layers->trace, mp_keywords[MP_KEY_FEATURES].name),
				 "\"%s\"", ret->features);
	if (ret->no_path_retry == MP_RETRY_UNSET && features->flags & MP_FEATURES_QUEUE) {
		ret->no_path_retry = MP_RETRY_QUEUE;
		trace_derived(layers, MP_KEY_NO_PATH_RETRY, MP_RETRY_QUEUE,
			      "features has queue_if_no_path");
	}
}

static unsigned product_capped(int64_t a, int64_t b)
{
	return a * b > UINT_MAX ? UINT_MAX : a * b;
}

/* Of the three ways to treat shaky paths the newest one that is set counts. */
static void resolve_shaky(const struct layers *layers, struct mp_map_settings *ret)
{
	enum { SAMPLE_MIN_SEC = 120 };
	static const char by_delay[] = "delay_watch_checks and delay_wait_checks are set";
	int64_t watch = find_number(layers, MP_KEY_DELAY_WATCH_CHECKS);
	int64_t wait = find_number(layers, MP_KEY_DELAY_WAIT_CHECKS);

	if (ret->marginal_groups == MP_MARGINAL_FPIN)
		return;
	ret->marginal_sample_sec = find_number(layers, MP_KEY_MARGINAL_PATH_ERR_SAMPLE_TIME);
	ret->marginal_rate_threshold = find_number(layers, MP_KEY_MARGINAL_PATH_ERR_RATE_THRESHOLD);
	ret->marginal_recheck_gap_sec =
		find_number(layers, MP_KEY_MARGINAL_PATH_ERR_RECHECK_GAP_TIME);
	ret->marginal_double_failed_sec =
		find_number(layers, MP_KEY_MARGINAL_PATH_DOUBLE_FAILED_TIME);
	if (ret->marginal_sample_sec > 0 && ret->marginal_sample_sec < SAMPLE_MIN_SEC) {
		ret->marginal_sample_sec = SAMPLE_MIN_SEC;
		trace_derived(layers, MP_KEY_MARGINAL_PATH_ERR_SAMPLE_TIME, SAMPLE_MIN_SEC,
			      "the minimum");
	}
	if (ret->marginal_sample_sec > 0 && ret->marginal_rate_threshold > 0 &&
	    ret->marginal_recheck_gap_sec > 0 && ret->marginal_double_failed_sec > 0)
		return;

	ret->san_path_err_threshold = find_number(layers, MP_KEY_SAN_PATH_ERR_THRESHOLD);
	ret->san_path_err_forget_rate = find_number(layers, MP_KEY_SAN_PATH_ERR_FORGET_RATE);
	ret->san_path_err_recovery_sec = find_number(layers, MP_KEY_SAN_PATH_ERR_RECOVERY_TIME);
	if (ret->san_path_err_threshold || ret->san_path_err_forget_rate ||
	    ret->san_path_err_recovery_sec || (watch <= 0 && wait <= 0))
		return;
	ret->san_path_err_threshold = 1;
	ret->san_path_err_forget_rate = watch;
	ret->san_path_err_recovery_sec = product_capped(wait, ret->max_polling_interval_sec);
	trace_derived(layers, MP_KEY_SAN_PATH_ERR_THRESHOLD, 1, by_delay);
	trace_derived(layers, MP_KEY_SAN_PATH_ERR_FORGET_RATE, watch, by_delay);
	trace_derived(layers, MP_KEY_SAN_PATH_ERR_RECOVERY_TIME, ret->san_path_err_recovery_sec,
		      by_delay);
}

void mp_config_map_settings(struct mp_config *config, const char *wwid,
			    const struct mp_identity *reference, struct mp_map_settings *ret)
{
	mp_config_trace_map_settings(config, wwid, reference, ret, NULL);
}

static void resolve_reservation(const struct layers *layers, struct mp_map_settings *ret)
{
	const struct mp_setting *key = find(layers, MP_KEY_RESERVATION_KEY);

	if (!key)
		return;
	if (key->flags & MP_RESERVATION_KEY_FILE) {
		ret->reservation_source = MP_RESERVATION_PRKEYS;
	} else if (key->number) {
		ret->reservation_source = MP_RESERVATION_CONFIGURED;
		ret->reservation_key = key->number;
		ret->reservation_aptpl = key->flags & MP_RESERVATION_KEY_APTPL;
	}
}

void mp_config_trace_map_settings(struct mp_config *config, const char *wwid,
				  const struct mp_identity *reference, struct mp_map_settings *ret,
				  struct mp_trace *trace)
{
	const struct layers layers = {
		.config = config,
		.map = mp_config_map_section(config, wwid),
		.hardware = reference ? mp_config_hardware(config, reference) : &no_hardware,
		.trace = trace,
	};
	const struct mp_setting *alias = layers.map ? mp_section_find(layers.map, MP_KEY_ALIAS) :
						      NULL;

	*ret = (struct mp_map_settings){
		/* Linux detaches none since 4.3, whatever retain_attached_hw_handler says */
		.retain_handler = true,
		.alias = alias ? alias->text : NULL,
		.polling_interval_sec = config->process.polling_interval_sec,
		.max_polling_interval_sec = config->process.max_polling_interval_sec,
		.marginal_groups = config->process.marginal_pathgroups,
		.auto_resize = config->process.auto_resize,
	};
	resolve_members(&layers, MP_HOME_MAP, ret);
	resolve_features(&layers, ret);
	resolve_shaky(&layers, ret);
	resolve_reservation(&layers, ret);
	if (trace) {
		if (alias)
			trace_setting(&layers, MP_KEY_ALIAS, alias);
		/* of the whole process */
		find(&layers, MP_KEY_POLLING_INTERVAL);
		find(&layers, MP_KEY_MAX_POLLING_INTERVAL);
		find(&layers, MP_KEY_MARGINAL_PATHGROUPS);
		find(&layers, MP_KEY_AUTO_RESIZE);
		/* mp_config_detects_grouping() */
		find(&layers, MP_KEY_DETECT_PGPOLICY);
		find(&layers, MP_KEY_DETECT_PGPOLICY_USE_TPG);
	}
	mp_trace_sort(trace);
}

bool mp_config_detects_grouping(struct mp_config *config, const struct mp_identity *reference,
				bool *use_tpg)
{
	const struct layers layers = {
		.config = config,
		.hardware = reference ? mp_config_hardware(config, reference) : &no_hardware,
	};

	*use_tpg = find_number(&layers, MP_KEY_DETECT_PGPOLICY_USE_TPG);
	return find_number(&layers, MP_KEY_DETECT_PGPOLICY);
}
