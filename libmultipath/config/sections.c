/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config/sections.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "config/hardware.h"

struct mp_config *mp_config_ref(struct mp_config *config)
{
	config->references++;
	return config;
}

struct mp_config *mp_config_free(struct mp_config *config)
{
	if (!config)
		return NULL;
	if (config->references) {
		config->references--;
		return NULL;
	}
	while (config->matches) {
		struct mp_hardware_match *match = config->matches;

		config->matches = match->next;
		free(match);
	}
	for (enum mp_list list = 0; list < MP_LISTS; list++)
		for (enum mp_criterion criterion = 0; criterion <= MP_CRITERION_WWID; criterion++)
			mp_rule_list_fini(&config->rules[list][criterion]);
	free(config->by_alias);
	free(config->maps.items);
	free(config->protocols.items);
	free(config->devices.items);
	free(config->files);
	mp_arena_fini(&config->arena);
	free(config);
	return NULL;
}

void mp_config_freep(struct mp_config **config)
{
	mp_config_free(*config);
}

int mp_config_new(struct mp_config **ret)
{
	_cleanup_(mp_config_freep) struct mp_config *config = calloc(1, sizeof(*config));

	if (!config)
		return -ENOMEM;
	config->defaults.settings = config->defaults_settings;
	config->overrides.settings = config->overrides_settings;
	for (unsigned i = 0; i < mp_hardware_count; i++) {
		struct mp_section section = { .settings = mp_hardware[i] };
		int r;

		while (section.settings[section.count].key != MP_KEY_NONE)
			section.count++;
		r = mp_section_list_add(&config->devices, &section);
		if (r < 0)
			return r;
	}
	*ret = TAKE_PTR(config);
	return 0;
}

const char *mp_config_file(const struct mp_config *config, uint16_t file)
{
	return file < MP_ORIGIN_FILES ? NULL : config->files[file - MP_ORIGIN_FILES];
}

const struct mp_setting *mp_config_default(const struct mp_config *config, enum mp_key key)
{
	const struct mp_setting *setting = mp_section_find(&config->defaults, key);

	if (!setting && mp_keywords[key].flags & MP_KEYWORD_HAS_DEFAULT)
		setting = &mp_keywords[key].built_in;
	return setting;
}

const char *mp_section_origin_name(const struct mp_config *config, uint16_t file)
{
	const char *name = mp_config_file(config, file);

	return name ? name : "built-in";
}

struct mp_place mp_section_place(const struct mp_config *config, uint16_t from, uint16_t file,
				 unsigned line)
{
	struct mp_place place;

	if (from == file)
		snprintf(place.text, sizeof(place.text), "line %u", line);
	else
		snprintf(place.text, sizeof(place.text), "%s:%u",
			 mp_section_origin_name(config, file), line);
	return place;
}

const struct mp_setting *mp_section_find(const struct mp_section *section, enum mp_key key)
{
	for (unsigned i = 0; i < section->count; i++)
		if (section->settings[i].key == key)
			return &section->settings[i];
	return NULL;
}

const char *mp_section_text(const struct mp_section *section, enum mp_key key)
{
	const struct mp_setting *setting = mp_section_find(section, key);

	return setting ? setting->text : NULL;
}

void mp_section_put_setting(struct mp_setting *settings, unsigned *count,
			    const struct mp_setting *setting)
{
	unsigned i = 0;

	while (i < *count && settings[i].key != setting->key)
		i++;
	settings[i] = *setting;
	if (i == *count)
		++*count;
}

void mp_section_drop_setting(struct mp_setting *settings, unsigned *count, enum mp_key key)
{
	for (unsigned i = 0; i < *count; i++) {
		if (settings[i].key == key) {
			settings[i] = settings[--*count];
			return;
		}
	}
}

int mp_section_list_add(struct mp_section_list *list, const struct mp_section *section)
{
	if (list->count == list->size) {
		size_t size = list->size ? list->size * 2 : 8;
		struct mp_section *items = reallocarray(list->items, size, sizeof(*items));

		if (!items)
			return -ENOMEM;
		list->items = items;
		list->size = size;
	}
	list->items[list->count++] = *section;
	return 0;
}

const struct mp_process_settings *mp_config_process(const struct mp_config *config)
{
	return &config->process;
}

bool mp_config_keep_fabric(struct mp_config *config, const struct mp_process_settings *running)
{
	bool wanted = config->process.marginal_pathgroups == MP_MARGINAL_FPIN;

	if (wanted == (running->marginal_pathgroups == MP_MARGINAL_FPIN))
		return false;
	config->process.marginal_pathgroups = running->marginal_pathgroups;
	return true;
}
