/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sections.h - what a configuration is made of.  For: config; programs see it through config.h and
 * filter.h.
 */
#pragma once
#include "config/arena.h"
#include "config/config.h"
#include "config/keywords.h"
#include "config/rules.h"

struct mp_trace;
struct mp_trace_row;

/* Values of one block, each key once. */
struct mp_section {
	const struct mp_setting *settings;
	unsigned count;
	unsigned line; /* of its start */
	uint16_t file, column;
};

struct mp_section_list {
	struct mp_section *items;
	size_t count, size;
};

enum mp_list { MP_LIST_BLACKLIST, MP_LIST_EXCEPTIONS, MP_LISTS };

/* A record of uid_attrs: kernel names that start with @type have their WWID in @property. */
struct mp_uid_attr {
	const char *type, *property;
};

/* Hardware entries of one (vendor, product, revision), the newest first. */
struct mp_hardware_match {
	struct mp_hardware_match *next;
	const char *vendor, *product, *revision;
	size_t count;
	const struct mp_section *entries[];
};

struct mp_config {
	struct mp_arena arena;
	const char **files; /* by setting->file - MP_ORIGIN_FILES */
	size_t file_count, file_size;

	struct mp_setting defaults_settings[MP_KEYS], overrides_settings[MP_KEYS];
	struct mp_section defaults, overrides;
	struct mp_section_list devices; /* built-in ones first */
	struct mp_section_list protocols;
	struct mp_section_list maps; /* sorted by WWID */
	const struct mp_section **by_alias; /* sorted */
	size_t alias_count;
	struct mp_rule_list rules[MP_LISTS][MP_CRITERION_WWID + 1];

	struct mp_process_settings process;
	struct mp_uid_attr *uid_attrs; /* in the arena */
	size_t uid_attr_count;

	struct mp_hardware_match *matches; /* look-ups that were made */
	unsigned references; /* beyond the first one */
};

/** mp_section_origin_name() - the file of that index, "built-in" if it is none */
const char *mp_section_origin_name(const struct mp_config *config, uint16_t file);

/* Another place, for a message: "line 5", or "FILE:5". */
struct mp_place {
	char text[320];
};

/** mp_section_place() - @file and @line as seen from file @from */
struct mp_place mp_section_place(const struct mp_config *config, uint16_t from, uint16_t file,
				 unsigned line);

/** mp_section_find() - Return: the setting of @key, NULL if the section has none */
const struct mp_setting *mp_section_find(const struct mp_section *section, enum mp_key key);

/** mp_section_text() - text of @key, NULL if the section has none */
const char *mp_section_text(const struct mp_section *section, enum mp_key key);

/**
 * mp_section_put_setting() - replace or append
 * @settings:	room for MP_KEYS
 */
void mp_section_put_setting(struct mp_setting *settings, unsigned *count,
			    const struct mp_setting *setting);

/** mp_section_drop_setting() - as if it had never been set */
void mp_section_drop_setting(struct mp_setting *settings, unsigned *count, enum mp_key key);

/** mp_section_list_add() - a copy of @section at the end. Return: 0 or -ENOMEM. */
int mp_section_list_add(struct mp_section_list *list, const struct mp_section *section);

/**
 * mp_config_new() - the built-in values and nothing else. @ret: owned by the caller. Return: 0 or
 * -ENOMEM.
 */
int mp_config_new(struct mp_config **ret);

/** mp_config_file() - name of the file of that origin, NULL if it is none */
const char *mp_config_file(const struct mp_config *config, uint16_t file);

/** mp_config_default() - value of the defaults section, else the built-in one, else NULL */
const struct mp_setting *mp_config_default(const struct mp_config *config, enum mp_key key);

/** mp_config_trace_default() - where mp_config_default() is from becomes the row's origin */
void mp_config_trace_default(const struct mp_config *config, enum mp_key key,
			     struct mp_trace *trace, struct mp_trace_row *row);

/** mp_config_hardware() - entries that match a device; never NULL but without memory */
const struct mp_hardware_match *mp_config_hardware(struct mp_config *config,
						   const struct mp_identity *identity);

/** mp_config_map_section() - multipath section of @wwid, NULL if there is none */
const struct mp_section *mp_config_map_section(const struct mp_config *config, const char *wwid);
