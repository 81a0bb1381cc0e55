/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config/load.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "config/member.h"
#include "config/merge.h"
#include "config/parser.h"
#include "config/pattern.h"

static bool is_drop_in(const char *name)
{
	const char *dot = strrchr(name, '.');

	return dot && strcmp(dot, ".conf") == 0;
}

/* What editors and package managers leave beside a file, or what explains the directory. */
static bool is_leftover(const char *name)
{
	static const char *const marks[] = { ".dpkg-", ".ucf-", ".rpmsave", ".rpmnew", ".rpmorig" };
	size_t length = strlen(name);

	for (size_t i = 0; i < ARRAY_SIZE(marks); i++)
		if (strstr(name, marks[i]))
			return true;
	return *name == '.' || *name == '#' || name[length - 1] == '~' ||
	       strncmp(name, "README", 6) == 0;
}

static void tell_not_read(struct mp_diagnostics *diagnostics, const char *dir, const char *name)
{
	char file[PATH_MAX];

	if (!diagnostics->report || is_leftover(name))
		return;
	snprintf(file, sizeof(file), "%s/%s", dir, name);
	mp_parser_report(diagnostics, MP_SEVERITY_WARNING, 0, file, 0, 0,
			 "is not read: its name does not end in \".conf\"");
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int read_drop_in(struct mp_config *config, const char *dir, const char *name,
			struct mp_diagnostics *diagnostics)
{
	_cleanup_free_ char *file = NULL;
	int r;

	if (asprintf(&file, "%s/%s", dir, name) < 0)
		return -ENOMEM;
	r = mp_parser_read_file(config, file, false, diagnostics);
	return r == -ENOMEM ? r : 0; /* the others count */
}

int mp_load_dir(struct mp_config *config, const char *dir, struct mp_diagnostics *diagnostics)
{
	struct dirent **entries;
	int count = scandir(dir, &entries, NULL, by_name);
	int r = 0;

	if (count < 0) {
		if (errno != ENOENT)
			mp_parser_report(diagnostics, MP_SEVERITY_WARNING, 0, dir, 0, 0,
					 "cannot be read: %s", strerror(errno));
		return 0;
	}
	for (int i = 0; i < count; i++) {
		if (!is_drop_in(entries[i]->d_name))
			tell_not_read(diagnostics, dir, entries[i]->d_name);
		else if (r == 0)
			r = read_drop_in(config, dir, entries[i]->d_name, diagnostics);
		free(entries[i]);
	}
	free(entries);
	return r;
}

static int64_t default_number(const struct mp_config *config, enum mp_key key)
{
	const struct mp_setting *setting = mp_config_default(config, key);

	return setting ? setting->number : 0;
}

static const char *default_text(const struct mp_config *config, enum mp_key key)
{
	const struct mp_setting *setting = mp_config_default(config, key);

	return setting ? setting->text : NULL;
}

static void put_default(struct mp_config *config, enum mp_key key, int64_t number, uint16_t origin)
{
	const struct mp_setting setting = { .key = key, .file = origin, .number = number };

	mp_section_put_setting(config->defaults_settings, &config->defaults.count, &setting);
}

/* Each interval follows from the other one; the shorter is never longer than the longer. */
static void derive_polling(struct mp_config *config)
{
	enum { POLLING_SEC = 5, RATIO = 4 };
	int64_t polling = default_number(config, MP_KEY_POLLING_INTERVAL);
	int64_t max = default_number(config, MP_KEY_MAX_POLLING_INTERVAL);

	if (!polling && !max)
		polling = POLLING_SEC;
	if (!polling)
		polling = max >= RATIO ? max / RATIO : 1;
	if (!max)
		max = polling <= UINT_MAX / RATIO ? polling * RATIO : UINT_MAX;
	if (polling > max)
		polling = max;
	if (polling != default_number(config, MP_KEY_POLLING_INTERVAL))
		put_default(config, MP_KEY_POLLING_INTERVAL, polling, MP_ORIGIN_DERIVED);
	if (max != default_number(config, MP_KEY_MAX_POLLING_INTERVAL))
		put_default(config, MP_KEY_MAX_POLLING_INTERVAL, max, MP_ORIGIN_DERIVED);
}

enum mp_find_multipaths mp_find_multipaths_ignoring(enum mp_find_multipaths mode)
{
	switch (mode) {
	case MP_FIND_ON:
	case MP_FIND_STRICT:
		return MP_FIND_SMART;
	case MP_FIND_OFF:
		return MP_FIND_GREEDY;
	default:
		return mode;
	}
}

static void apply_command_line(struct mp_config *config, const struct mp_config_source *source)
{
	int64_t find = default_number(config, MP_KEY_FIND_MULTIPATHS);
	int64_t ignoring = mp_find_multipaths_ignoring(find);

	if (source->verbosity >= 0)
		put_default(config, MP_KEY_VERBOSITY, source->verbosity, MP_ORIGIN_COMMAND_LINE);
	if (source->ignore_wwids && ignoring != find)
		put_default(config, MP_KEY_FIND_MULTIPATHS, ignoring, MP_ORIGIN_COMMAND_LINE);
}

/* "sd:ID_SERIAL dasd:ID_UID", split at the last colon of each record. */
static int set_uid_attrs(struct mp_config *config)
{
	const char *text = default_text(config, MP_KEY_UID_ATTRS), *end;
	size_t count = 1;

	if (!text)
		return 0;
	for (const char *p = text; *p; p++)
		count += *p == ' ';
	config->uid_attrs = mp_arena_alloc(&config->arena, count * sizeof(*config->uid_attrs));
	if (!config->uid_attrs)
		return -ENOMEM;
	for (; *text; text = *end ? end + 1 : end) {
		struct mp_uid_attr *attr = &config->uid_attrs[config->uid_attr_count++];
		const char *colon;

		end = strchrnul(text, ' ');
		colon = memrchr(text, ':', end - text);
		attr->type = mp_arena_text(&config->arena, text, colon - text);
		attr->property = mp_arena_text(&config->arena, colon + 1, end - colon - 1);
		if (!attr->type || !attr->property)
			return -ENOMEM;
	}
	return 0;
}

static void set_process(struct mp_config *config)
{
	for (enum mp_key key = MP_KEY_NONE + 1; key < MP_KEYS; key++)
		if (mp_keywords[key].sets.home == MP_HOME_PROCESS)
			mp_member_set(&mp_keywords[key].sets, mp_config_default(config, key),
				      &config->process);
	config->process.lists_nvme =
		mp_pattern_matches_once(default_text(config, MP_KEY_ENABLE_FOREIGN), "nvme");
}

/* Rules by device have two expressions each: they are looked at one by one. */
static int index_rules(struct mp_config *config)
{
	int r = 0;

	for (enum mp_list list = 0; list < MP_LISTS && r == 0; list++)
		for (enum mp_criterion criterion = 0; criterion <= MP_CRITERION_WWID && r == 0;
		     criterion++)
			if (criterion != MP_CRITERION_DEVICE)
				r = mp_rule_list_index(&config->rules[list][criterion]);
	return r;
}

int mp_config_load(const struct mp_config_source *source, struct mp_config **ret)
{
	_cleanup_(mp_config_freep) struct mp_config *config = NULL;
	struct mp_diagnostics diagnostics = { .tell = source->diagnostic,
					      .userdata = source->userdata };
	int r = mp_config_new(&config);

	if (r < 0)
		return r;
	r = mp_parser_read_file(config, source->file, true, &diagnostics);
	if (r < 0 && r != -ENOENT)
		return r;
	if (source->dir) {
		r = mp_load_dir(config, source->dir, &diagnostics);
		if (r < 0)
			return r;
	}
	r = mp_config_merge(config, source->sysfs ? source->sysfs : "/sys", &diagnostics);
	if (r < 0)
		return r;
	derive_polling(config);
	apply_command_line(config, source);
	set_process(config);
	r = set_uid_attrs(config);
	if (r < 0)
		return r;
	r = index_rules(config);
	if (r < 0)
		return r;
	*ret = TAKE_PTR(config);
	return 0;
}
