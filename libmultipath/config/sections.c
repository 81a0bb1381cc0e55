/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config/sections.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/words.h"

const char *mp_origin_name(const struct mp_config *config, uint16_t file)
{
	const char *name = mp_config_file(config, file);

	return name ? name : "built-in";
}

struct mp_place mp_place_of(const struct mp_config *config, uint16_t from, uint16_t file, unsigned line)
{
	struct mp_place place;

	if (from == file)
		snprintf(place.text, sizeof(place.text), "line %u", line);
	else
		snprintf(place.text, sizeof(place.text), "%s:%u", mp_origin_name(config, file), line);
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

void mp_settings_put(struct mp_setting *settings, unsigned *count, const struct mp_setting *setting)
{
	unsigned i = 0;

	while (i < *count && settings[i].key != setting->key)
		i++;
	settings[i] = *setting;
	if (i == *count)
		++*count;
}

void mp_settings_drop(struct mp_setting *settings, unsigned *count, enum mp_key key)
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

int mp_rule_list_add(struct mp_rule_list *list, const struct mp_rule *rule)
{
	if (list->count == list->size) {
		size_t size = list->size ? list->size * 2 : 4;
		struct mp_rule *items = reallocarray(list->items, size, sizeof(*items));

		if (!items)
			return -ENOMEM;
		list->items = items;
		list->size = size;
	}
	list->items[list->count++] = *rule;
	return 0;
}

void mp_rule_list_fini(struct mp_rule_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		mp_pattern_fini(&list->items[i].pattern);
		mp_pattern_fini(&list->items[i].product);
	}
	mp_words_free(list->words);
	free(list->items);
	*list = (struct mp_rule_list){ 0 };
}
