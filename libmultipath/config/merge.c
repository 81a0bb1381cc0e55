/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config/merge.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "config/hardware.h"
#include "config/types.h"

enum { LEVEL_ERROR, LEVEL_WARNING, LEVEL_NOTICE, LEVEL_INFO };

#define tell(config, diagnostics, level, where, ...) \
	mp_parser_report(diagnostics, MP_SEVERITY_WARNING, level, \
			 mp_section_origin_name(config, (where)->file), (where)->line, \
			 (where)->column, __VA_ARGS__)

static int compare_texts(const char *a, const char *b)
{
	if (!a || !b)
		return (a != NULL) - (b != NULL);
	return strcmp(a, b);
}

static int compare_text_of(const struct mp_section *a, const struct mp_section *b, enum mp_key key)
{
	return compare_texts(mp_section_text(a, key), mp_section_text(b, key));
}

static int compare_hardware(const struct mp_section *a, const struct mp_section *b)
{
	int r = compare_text_of(a, b, MP_KEY_VENDOR);

	if (r == 0)
		r = compare_text_of(a, b, MP_KEY_PRODUCT);
	if (r == 0)
		r = compare_text_of(a, b, MP_KEY_REVISION);
	return r;
}

enum { SORT_KEYS = 3 };

static const enum mp_key hardware_keys[SORT_KEYS] = { MP_KEY_VENDOR, MP_KEY_PRODUCT,
						      MP_KEY_REVISION };
static const enum mp_key wwid_keys[SORT_KEYS] = { MP_KEY_WWID };
static const enum mp_key alias_keys[SORT_KEYS] = { MP_KEY_ALIAS };

/* A section with its texts, found once and not again for each comparison. */
struct sort_entry {
	struct mp_section *section;
	const char *texts[SORT_KEYS];
};

static int compare_numbers(unsigned a, unsigned b)
{
	return (a > b) - (a < b);
}

/* Of equal texts those that were read first come first. */
static int by_texts(const void *a, const void *b)
{
	const struct sort_entry *first = a, *second = b;
	int r = 0;

	for (unsigned i = 0; i < SORT_KEYS && r == 0; i++)
		r = compare_texts(first->texts[i], second->texts[i]);
	if (r == 0)
		r = compare_numbers(first->section->file, second->section->file);
	if (r == 0)
		r = compare_numbers(first->section->line, second->section->line);
	return r ? r : (first->section > second->section) - (first->section < second->section);
}

/* Pointers into the list, by the texts of @keys. */
static int sort_sections(const struct mp_section_list *list, const enum mp_key keys[SORT_KEYS],
			 struct mp_section ***ret)
{
	_cleanup_free_ struct sort_entry *entries = calloc(list->count + 1, sizeof(*entries));
	struct mp_section **sorted = calloc(list->count + 1, sizeof(*sorted));

	if (!entries || !sorted) {
		free(sorted);
		return -ENOMEM;
	}
	for (size_t i = 0; i < list->count; i++) {
		entries[i].section = &list->items[i];
		for (unsigned k = 0; k < SORT_KEYS && keys[k]; k++)
			entries[i].texts[k] = mp_section_text(&list->items[i], keys[k]);
	}
	qsort(entries, list->count, sizeof(*entries), by_texts);
	for (size_t i = 0; i < list->count; i++)
		sorted[i] = entries[i].section;
	*ret = sorted;
	return 0;
}

static bool is_dropped(const struct mp_section *section)
{
	return !section->settings;
}

static void drop(struct mp_section *section)
{
	section->settings = NULL;
	section->count = 0;
}

static void forget_dropped(struct mp_section_list *list)
{
	size_t kept = 0;

	for (size_t i = 0; i < list->count; i++)
		if (!is_dropped(&list->items[i]))
			list->items[kept++] = list->items[i];
	list->count = kept;
}

static bool is_empty_text(const struct mp_setting *setting)
{
	const struct mp_type *type = mp_keywords[setting->key].type;

	return (type == &mp_type_text || type == &mp_type_prio_args || type == &mp_type_name) &&
	       !*setting->text;
}

/* Give @section the values of @older that it does not have. */
static int fill_from(struct mp_config *config, struct mp_section *section,
		     const struct mp_section *older)
{
	struct mp_setting settings[MP_KEYS];
	unsigned count = section->count;
	struct mp_setting *merged;

	memcpy(settings, section->settings, count * sizeof(*settings));
	for (unsigned i = 0; i < older->count; i++) {
		const struct mp_setting *setting = &older->settings[i];

		if (!mp_section_find(section, setting->key) && !is_empty_text(setting))
			settings[count++] = *setting;
	}
	if (count == section->count)
		return 0;
	merged = mp_arena_alloc(&config->arena, count * sizeof(*merged));
	if (!merged)
		return -ENOMEM;
	section->settings = memcpy(merged, settings, count * sizeof(*merged));
	section->count = count;
	return 0;
}

/* Words in features that are keywords of their own become these. */
static int settle_features(struct mp_config *config, struct mp_section *section)
{
	const struct mp_setting *features = mp_section_find(section, MP_KEY_FEATURES);
	struct mp_setting settings[MP_KEYS], setting;
	unsigned count = section->count;
	struct mp_setting *settled;

	if (!features || !features->flags)
		return 0;
	memcpy(settings, section->settings, count * sizeof(*settings));
	setting = *features;
	setting.text = features->text + strlen(features->text) + 1;
	setting.flags = 0;
	mp_section_put_setting(settings, &count, &setting);
	if (features->flags & MP_FEATURES_QUEUE &&
	    !mp_section_find(section, MP_KEY_NO_PATH_RETRY)) {
		setting.key = MP_KEY_NO_PATH_RETRY;
		setting.number = MP_RETRY_QUEUE;
		mp_section_put_setting(settings, &count, &setting);
	}
	if (features->flags & MP_FEATURES_RETAIN &&
	    !mp_section_find(section, MP_KEY_RETAIN_ATTACHED_HW_HANDLER)) {
		setting.key = MP_KEY_RETAIN_ATTACHED_HW_HANDLER;
		setting.number = true;
		mp_section_put_setting(settings, &count, &setting);
	}
	settled = mp_arena_alloc(&config->arena, count * sizeof(*settled));
	if (!settled)
		return -ENOMEM;
	section->settings = memcpy(settled, settings, count * sizeof(*settled));
	section->count = count;
	return 0;
}

/* Of entries with the same strings the last one stays, filled from the earlier ones. */
static int merge_hardware(struct mp_config *config, struct mp_section **sorted, size_t count,
			  struct mp_diagnostics *diagnostics)
{
	for (size_t i = 0, next; i < count; i = next) {
		struct mp_section *last;
		int r = 0;

		for (next = i + 1; next < count && compare_hardware(sorted[i], sorted[next]) == 0;
		     next++)
			;
		last = sorted[next - 1];
		for (size_t k = next - 1; k-- > i && r == 0;) {
			/* To change a built-in entry is what device sections are for. */
			if (sorted[k]->file < MP_ORIGIN_FILES && diagnostics->report) {
				r = fill_from(config, last, sorted[k]);
				drop(sorted[k]);
				continue;
			}
			tell(config, diagnostics,
			     sorted[k]->file == last->file ? LEVEL_WARNING : LEVEL_INFO, last,
			     "device \"%s\" \"%s\" is already defined (%s): both are merged",
			     mp_section_text(last, MP_KEY_VENDOR),
			     mp_section_text(last, MP_KEY_PRODUCT),
			     mp_section_place(config, last->file, sorted[k]->file, sorted[k]->line)
				     .text);
			r = fill_from(config, last, sorted[k]);
			drop(sorted[k]);
		}
		if (r == 0 && next - i > 1)
			r = settle_features(config, last);
		if (r < 0)
			return r;
	}
	return 0;
}

static int merge_devices(struct mp_config *config, struct mp_diagnostics *diagnostics)
{
	_cleanup_free_ struct mp_section **sorted = NULL;
	struct mp_section_list *devices = &config->devices;
	int r;

	if (devices->count == mp_hardware_count)
		return 0;
	for (size_t i = mp_hardware_count; i < devices->count; i++) {
		struct mp_section *device = &devices->items[i];

		if (mp_section_find(device, MP_KEY_VENDOR) &&
		    mp_section_find(device, MP_KEY_PRODUCT))
			continue;
		tell(config, diagnostics, LEVEL_ERROR, device,
		     "device is ignored: expected a vendor and a product");
		drop(device);
	}
	forget_dropped(devices);

	r = sort_sections(devices, hardware_keys, &sorted);
	if (r == 0)
		r = merge_hardware(config, sorted, devices->count, diagnostics);
	forget_dropped(devices);
	return r;
}

/* A later section of the same type wins, value by value. */
static int merge_protocols(struct mp_config *config, struct mp_diagnostics *diagnostics)
{
	struct mp_section *of_type[MP_PROTOCOLS] = { 0 };

	for (size_t i = 0; i < config->protocols.count; i++) {
		struct mp_section *section = &config->protocols.items[i];
		const struct mp_setting *type = mp_section_find(section, MP_KEY_TYPE);
		struct mp_section *earlier;
		int r;

		if (!type) {
			tell(config, diagnostics, LEVEL_ERROR, section,
			     "protocol section is ignored: expected a type");
			drop(section);
			continue;
		}
		earlier = of_type[type->number];
		of_type[type->number] = section;
		if (!earlier)
			continue;
		tell(config, diagnostics, LEVEL_INFO, section,
		     "protocol \"%s\" is already defined (%s): both are merged",
		     mp_protocol_name(type->number),
		     mp_section_place(config, section->file, earlier->file, earlier->line).text);
		r = fill_from(config, section, earlier);
		if (r < 0)
			return r;
		drop(earlier);
	}
	forget_dropped(&config->protocols);
	return 0;
}

/* Sections of one WWID become one, with the values of the later ones. */
static int merge_same_wwid(struct mp_config *config, struct mp_section **sorted, size_t count,
			   struct mp_section_list *merged, struct mp_diagnostics *diagnostics)
{
	for (size_t i = 0, next; i < count; i = next) {
		struct mp_section *last;
		int r = 0;

		for (next = i + 1;
		     next < count && compare_text_of(sorted[i], sorted[next], MP_KEY_WWID) == 0;
		     next++)
			;
		last = sorted[next - 1];
		for (size_t k = next - 1; k-- > i && r == 0;) {
			tell(config, diagnostics, LEVEL_WARNING, last,
			     "multipath \"%s\" is already defined (%s): both are merged",
			     mp_section_text(last, MP_KEY_WWID),
			     mp_section_place(config, last->file, sorted[k]->file, sorted[k]->line)
				     .text);
			r = fill_from(config, last, sorted[k]);
		}
		if (r == 0)
			r = mp_section_list_add(merged, last);
		if (r < 0)
			return r;
	}
	return 0;
}

static int drop_alias(struct mp_config *config, struct mp_section *section)
{
	struct mp_setting *settings =
		mp_arena_alloc(&config->arena, section->count * sizeof(*settings));

	if (!settings)
		return -ENOMEM;
	memcpy(settings, section->settings, section->count * sizeof(*settings));
	mp_section_drop_setting(settings, &section->count, MP_KEY_ALIAS);
	section->settings = settings;
	return 0;
}

/* An alias belongs to the first WWID that has it. */
static int index_aliases(struct mp_config *config, struct mp_diagnostics *diagnostics)
{
	_cleanup_free_ struct mp_section **sorted = NULL;
	int r = sort_sections(&config->maps, alias_keys, &sorted);

	if (r < 0)
		return r;
	config->by_alias = calloc(config->maps.count, sizeof(*config->by_alias));
	if (!config->by_alias)
		return -ENOMEM;
	for (size_t i = 0; i < config->maps.count; i++) {
		const char *alias = mp_section_text(sorted[i], MP_KEY_ALIAS);
		const struct mp_section *owner =
			config->alias_count ? config->by_alias[config->alias_count - 1] : NULL;

		if (!alias)
			continue;
		if (!owner || strcmp(mp_section_text(owner, MP_KEY_ALIAS), alias) != 0) {
			config->by_alias[config->alias_count++] = sorted[i];
			continue;
		}
		tell(config, diagnostics, LEVEL_ERROR, sorted[i],
		     "alias \"%s\" of \"%s\" is ignored: \"%s\" already has it (%s)", alias,
		     mp_section_text(sorted[i], MP_KEY_WWID), mp_section_text(owner, MP_KEY_WWID),
		     mp_section_place(config, sorted[i]->file, owner->file, owner->line).text);
		r = drop_alias(config, sorted[i]);
		if (r < 0)
			return r;
	}
	return 0;
}

static int merge_maps(struct mp_config *config, struct mp_diagnostics *diagnostics)
{
	_cleanup_free_ struct mp_section **sorted = NULL;
	struct mp_section_list *maps = &config->maps, merged = { 0 };
	int r;

	if (!maps->count)
		return 0;
	for (size_t i = 0; i < maps->count; i++) {
		const char *wwid = mp_section_text(&maps->items[i], MP_KEY_WWID);

		if (wwid && *wwid)
			continue;
		tell(config, diagnostics, LEVEL_ERROR, &maps->items[i],
		     "multipath section is ignored: expected a wwid");
		drop(&maps->items[i]);
	}
	forget_dropped(maps);

	r = sort_sections(maps, wwid_keys, &sorted);
	if (r == 0)
		r = merge_same_wwid(config, sorted, maps->count, &merged, diagnostics);
	free(maps->items);
	*maps = merged;
	return r < 0 || !maps->count ? r : index_aliases(config, diagnostics);
}

static int compare_rules(const struct mp_rule *a, const struct mp_rule *b)
{
	int r = compare_texts(a->pattern.text, b->pattern.text);

	return r ? r : compare_texts(a->product.text, b->product.text);
}

static int by_rule(const void *a, const void *b)
{
	struct mp_rule *const *first = a, *const *second = b;
	int r = compare_rules(*first, *second);

	return r ? r : (*first > *second) - (*first < *second);
}

/* Of equal rules the first stays. */
static int merge_rules(struct mp_config *config, struct mp_rule_list *list,
		       struct mp_diagnostics *diagnostics)
{
	_cleanup_free_ struct mp_rule **sorted = NULL;
	const struct mp_rule *first = NULL;
	size_t kept = 0;

	if (list->count < 2)
		return 0;
	sorted = calloc(list->count, sizeof(*sorted));
	if (!sorted)
		return -ENOMEM;
	for (size_t i = 0; i < list->count; i++)
		sorted[i] = &list->items[i];
	qsort(sorted, list->count, sizeof(*sorted), by_rule);
	for (size_t i = 0; i < list->count; i++) {
		if (!first || compare_rules(first, sorted[i]) != 0) {
			first = sorted[i];
			continue;
		}
		if (sorted[i]->file >= MP_ORIGIN_FILES)
			tell(config, diagnostics, LEVEL_INFO, sorted[i],
			     "rule \"%s\" is a duplicate", sorted[i]->text);
		mp_pattern_fini(&sorted[i]->pattern);
		mp_pattern_fini(&sorted[i]->product);
		sorted[i]->text = NULL;
	}
	for (size_t i = 0; i < list->count; i++)
		if (list->items[i].text)
			list->items[kept++] = list->items[i];
	list->count = kept;
	return 0;
}

static int add_built_in(struct mp_config *config, enum mp_list list, enum mp_criterion criterion,
			const char *text)
{
	struct mp_rule rule = { .text = text };
	int r = mp_pattern_init(&rule.pattern, text);

	if (r == 0)
		r = mp_rule_list_add(&config->rules[list][criterion], &rule);
	if (r < 0)
		mp_pattern_fini(&rule.pattern);
	return r;
}

/* Does the kernel's own multipathing of NVMe leave us nothing to do? */
static bool nvme_is_native(const char *sysfs)
{
	char file[PATH_MAX];
	_cleanup_close_ int fd = -1;
	char c;

	snprintf(file, sizeof(file), "%s/module/nvme_core/parameters/multipath", sysfs);
	fd = open(file, O_RDONLY | O_CLOEXEC);
	return fd >= 0 && read(fd, &c, 1) == 1 && c == 'Y';
}

/* The management LUNs of a hardware entry. */
static int add_product_rule(struct mp_config *config, const char *vendor,
			    const struct mp_setting *setting)
{
	const char *product = setting->text;
	_cleanup_strbuf_ struct mp_strbuf text = MP_STRBUF_INIT;
	struct mp_rule rule = { .product_blacklist = setting };
	int r;

	mp_strbuf_puts(&text, vendor);
	mp_strbuf_putc(&text, ':');
	mp_strbuf_puts(&text, product);
	rule.text = text.error ? NULL : mp_arena_text(&config->arena, text.text, text.length);
	if (!rule.text)
		return -ENOMEM;
	r = mp_pattern_init(&rule.pattern, vendor);
	if (r == 0)
		r = mp_pattern_init(&rule.product, product);
	if (r == 0)
		r = mp_rule_list_add(&config->rules[MP_LIST_BLACKLIST][MP_CRITERION_DEVICE], &rule);
	if (r < 0) {
		mp_pattern_fini(&rule.pattern);
		mp_pattern_fini(&rule.product);
	}
	return r;
}

static int add_product_rules(struct mp_config *config, struct mp_diagnostics *diagnostics)
{
	for (size_t i = 0; i < config->devices.count; i++) {
		const struct mp_section *device = &config->devices.items[i];
		const struct mp_setting *product =
			mp_section_find(device, MP_KEY_PRODUCT_BLACKLIST);
		int r;

		if (!product)
			continue;
		r = add_product_rule(config, mp_section_text(device, MP_KEY_VENDOR), product);
		if (r == -EINVAL) /* such an entry matches nothing, and so does its rule */
			tell(config, diagnostics, LEVEL_ERROR, device,
			     "product_blacklist is ignored: expected a vendor that is an extended "
			     "regular expression");
		else if (r < 0)
			return r;
	}
	return 0;
}

static int add_built_in_rules(struct mp_config *config, const char *sysfs,
			      struct mp_diagnostics *diagnostics)
{
	int r = add_built_in(config, MP_LIST_BLACKLIST, MP_CRITERION_DEVNODE,
			     nvme_is_native(sysfs) ? "!^(sd[a-z]|dasd[a-z])" :
						     "!^(sd[a-z]|dasd[a-z]|nvme[0-9])");

	if (r == 0)
		r = add_built_in(config, MP_LIST_EXCEPTIONS, MP_CRITERION_PROPERTY,
				 "(SCSI_IDENT_|ID_WWN)");
	return r < 0 ? r : add_product_rules(config, diagnostics);
}

int mp_config_merge(struct mp_config *config, const char *sysfs, struct mp_diagnostics *diagnostics)
{
	int r = merge_devices(config, diagnostics);

	if (r == 0)
		r = merge_protocols(config, diagnostics);
	if (r == 0)
		r = merge_maps(config, diagnostics);
	if (r == 0)
		r = add_built_in_rules(config, sysfs, diagnostics);
	for (enum mp_list list = 0; list < MP_LISTS; list++)
		for (enum mp_criterion criterion = 0; criterion <= MP_CRITERION_WWID && r == 0;
		     criterion++)
			if (criterion != MP_CRITERION_PROTOCOL)
				r = merge_rules(config, &config->rules[list][criterion],
						diagnostics);
	return r;
}
