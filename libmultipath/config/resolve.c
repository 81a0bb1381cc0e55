/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "config/sections.h"
#include "config/types.h"

/*
 * Where values come from, the strongest first. A section only has what mp_scopes lets it have, so
 * that one order serves all keywords: what a multipath section cannot say is never found there.
 */
struct layers {
	const struct mp_config *config;
	const struct mp_section *map, *protocol; /* NULL: none */
	const struct mp_hardware_match *hardware;
};

static const struct mp_hardware_match no_hardware;

struct hardware_key {
	const char *vendor, *product, *revision;
};

static bool match_identity(const struct mp_hash_node *node, const void *key)
{
	const struct mp_hardware_match *match =
		caa_container_of(node, struct mp_hardware_match, by_identity);
	const struct hardware_key *wanted = key;

	return strcmp(match->vendor, wanted->vendor) == 0 &&
	       strcmp(match->product, wanted->product) == 0 &&
	       strcmp(match->revision, wanted->revision) == 0;
}

static uint64_t hash_identity(const struct hardware_key *key)
{
	return mp_hash_number(mp_hash_text(key->vendor) ^
			      mp_hash_number(mp_hash_text(key->product))) ^
	       mp_hash_text(key->revision);
}

static bool section_matches(const struct mp_section *section, enum mp_key key, const char *subject)
{
	const char *expression = mp_section_text(section, key);

	return !expression || mp_expression_matches(expression, subject);
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

const struct mp_hardware_match *mp_config_hardware(struct mp_config *config,
						   const struct mp_identity *identity)
{
	struct hardware_key key = { identity->vendor, identity->product, identity->revision };
	struct mp_hardware_match *match;
	struct mp_hash_node *node;
	uint64_t hash;

	if (mp_protocol_is_nvme(identity->protocol) || identity->protocol == MP_PROTOCOL_CCW)
		key.revision = "";
	if (!config->has_matches && mp_hash_init(&config->matches) < 0)
		return &no_hardware;
	config->has_matches = true;

	hash = hash_identity(&key);
	node = mp_hash_find(&config->matches, hash, match_identity, &key);
	if (node)
		return caa_container_of(node, struct mp_hardware_match, by_identity);
	if (look_up(config, &key, &match) < 0)
		return &no_hardware;
	mp_hash_add(&config->matches, &match->by_identity, hash);
	match->next = config->all_matches;
	config->all_matches = match;
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
	return setting ? setting : mp_config_default(layers->config, key);
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

static bool take_prio(const struct mp_section *section, struct mp_path_settings *ret)
{
	const char *prio = mp_section_text(section, MP_KEY_PRIO);
	const char *args = mp_section_text(section, MP_KEY_PRIO_ARGS);

	if (!prio)
		return false;
	ret->prioritizer = prio;
	ret->prio_args = args ? args : "";
	return true;
}

/* Where prio is set decides where its arguments come from; of hardware entries each may set one. */
static void resolve_prio(const struct layers *layers, struct mp_path_settings *ret)
{
	const struct mp_config *config = layers->config;
	const struct mp_setting *prio, *args;

	if ((layers->map && take_prio(layers->map, ret)) || take_prio(&config->overrides, ret))
		return;
	prio = find_in_hardware(layers->hardware, MP_KEY_PRIO);
	if (prio) {
		args = find_in_hardware(layers->hardware, MP_KEY_PRIO_ARGS);
		ret->prioritizer = prio->text;
		ret->prio_args = args ? args->text : "";
	} else if (!take_prio(&config->defaults, ret)) {
		ret->prioritizer = mp_keywords[MP_KEY_PRIO].built_in.text;
		ret->prio_args = mp_keywords[MP_KEY_PRIO_ARGS].built_in.text;
	}
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
	const struct layers layers = {
		.config = config,
		.map = mp_config_map_section(config, identity->wwid),
		.protocol = find_protocol(config, identity->protocol),
		.hardware = mp_config_hardware(config, identity),
	};
	const struct mp_setting *fast_io_fail = find(&layers, MP_KEY_FAST_IO_FAIL_TMO);
	const struct mp_setting *dev_loss = find(&layers, MP_KEY_DEV_LOSS_TMO);
	const struct mp_setting *eh_deadline = find(&layers, MP_KEY_EH_DEADLINE);
	const struct mp_setting *max_retries = find(&layers, MP_KEY_MAX_RETRIES);
	const char *uid_attribute = uid_attrs_property(config, identity->name);

	if (!uid_attribute)
		uid_attribute = find_text(&layers, MP_KEY_UID_ATTRIBUTE);
	*ret = (struct mp_path_settings){
		.uid_attribute = uid_attribute,
		.checker = find_text(&layers, MP_KEY_PATH_CHECKER),
		.detect_checker = find_number(&layers, MP_KEY_DETECT_CHECKER),
		.detect_prio = find_number(&layers, MP_KEY_DETECT_PRIO),
		.recheck_wwid = find_number(&layers, MP_KEY_RECHECK_WWID) &&
				can_recheck_wwid(identity, uid_attribute),
		.checker_timeout_sec = find_number(&layers, MP_KEY_CHECKER_TIMEOUT),
		.has_fast_io_fail = fast_io_fail != NULL,
		.fast_io_fail_sec = fast_io_fail ? fast_io_fail->number : 0,
		.has_dev_loss = dev_loss != NULL,
		.dev_loss_sec = dev_loss ? dev_loss->number : 0,
		.has_eh_deadline = eh_deadline != NULL,
		.eh_deadline_sec = eh_deadline ? eh_deadline->number : 0,
		.has_max_retries = max_retries != NULL,
		.max_retries = max_retries ? max_retries->number : 0,
		.vpd_vendor = find_number(&layers, MP_KEY_VPD_VENDOR) ? "hp3par" : NULL,
	};
	resolve_prio(&layers, ret);
}

/* queue_if_no_path counts where no_path_retry is silent; in the text it is never wanted. */
static void resolve_features(const struct layers *layers, struct mp_map_settings *ret)
{
	const struct mp_setting *features = find(layers, MP_KEY_FEATURES);

	ret->features = features->flags ? features->text + strlen(features->text) + 1 :
					  features->text;
	ret->no_path_retry = find_number(layers, MP_KEY_NO_PATH_RETRY);
	if (ret->no_path_retry == MP_RETRY_UNSET && features->flags & MP_FEATURES_QUEUE)
		ret->no_path_retry = MP_RETRY_QUEUE;
}

static unsigned product_capped(int64_t a, int64_t b)
{
	return a * b > UINT_MAX ? UINT_MAX : a * b;
}

/* Of the three ways to treat shaky paths the newest one that is set counts. */
static void resolve_shaky(const struct layers *layers, struct mp_map_settings *ret)
{
	enum { SAMPLE_MIN_SEC = 120 };
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
	if (ret->marginal_sample_sec > 0 && ret->marginal_sample_sec < SAMPLE_MIN_SEC)
		ret->marginal_sample_sec = SAMPLE_MIN_SEC;
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
}

void mp_config_map_settings(struct mp_config *config, const char *wwid,
			    const struct mp_identity *reference, struct mp_map_settings *ret)
{
	const struct layers layers = {
		.config = config,
		.map = mp_config_map_section(config, wwid),
		.hardware = reference ? mp_config_hardware(config, reference) : &no_hardware,
	};
	const struct mp_setting *mode = find(&layers, MP_KEY_MODE);
	const struct mp_setting *uid = find(&layers, MP_KEY_UID);
	const struct mp_setting *gid = find(&layers, MP_KEY_GID);

	*ret = (struct mp_map_settings){
		.grouping = find_number(&layers, MP_KEY_PATH_GROUPING_POLICY),
		.selector = find_text(&layers, MP_KEY_PATH_SELECTOR),
		.handler = find_text(&layers, MP_KEY_HARDWARE_HANDLER),
		.minio = find_number(&layers, MP_KEY_RR_MIN_IO_RQ),
		.weigh_by_priority = find_number(&layers, MP_KEY_RR_WEIGHT),
		.failback = find_number(&layers, MP_KEY_FAILBACK),
		.flush_on_last_del = find_number(&layers, MP_KEY_FLUSH_ON_LAST_DEL),
		.deferred_remove = find_number(&layers, MP_KEY_DEFERRED_REMOVE),
		.skip_kpartx = find_number(&layers, MP_KEY_SKIP_KPARTX),
		.user_friendly_names = find_number(&layers, MP_KEY_USER_FRIENDLY_NAMES),
		.retain_handler = find_number(&layers, MP_KEY_RETAIN_ATTACHED_HW_HANDLER),
		.purge_disconnected = find_number(&layers, MP_KEY_PURGE_DISCONNECTED),
		.alias = layers.map ? mp_section_text(layers.map, MP_KEY_ALIAS) : NULL,
		.alias_prefix = find_text(&layers, MP_KEY_ALIAS_PREFIX),
		.has_mode = mode != NULL,
		.mode = mode ? mode->number : 0,
		.has_uid = uid != NULL,
		.uid = uid ? uid->number : 0,
		.has_gid = gid != NULL,
		.gid = gid ? gid->number : 0,
		.ghost_delay_sec = find_number(&layers, MP_KEY_GHOST_DELAY),
		.max_sectors_kb = find_number(&layers, MP_KEY_MAX_SECTORS_KB),
		.polling_interval_sec = config->process.polling_interval_sec,
		.max_polling_interval_sec = config->process.max_polling_interval_sec,
		.marginal_groups = config->process.marginal_pathgroups,
		.auto_resize = config->process.auto_resize,
	};
	resolve_features(&layers, ret);
	resolve_shaky(&layers, ret);
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
