/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config/permissions.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "config/config.h"
#include "config/geom_notes.h"
#include "config/report.h"

struct looker {
	mp_permissions_fn found;
	void *userdata;
};

/*
 * A link is what it leads to: who may change the link may write to its directory, which is looked
 * at, too.
 */
static void look_at(const struct looker *looker, const char *file)
{
	char text[160];
	struct stat st;

	if (stat(file, &st) < 0)
		return;
	if (st.st_uid == 0 && !(st.st_mode & S_IWOTH) &&
	    (st.st_gid == 0 || !(st.st_mode & S_IWGRP)))
		return;
	snprintf(text, sizeof(text),
		 "writable by users other than root (owner %u, group %u, mode %04o)",
		 (unsigned)st.st_uid, (unsigned)st.st_gid, (unsigned)st.st_mode & 07777);
	looker->found(looker->userdata, file, text);
}

static void look_in(const struct looker *looker, const char *dir, const char *name)
{
	char file[PATH_MAX];

	if ((size_t)snprintf(file, sizeof(file), "%s/%s", dir, name) < sizeof(file))
		look_at(looker, file);
}

static int is_drop_in(const struct dirent *entry)
{
	const char *suffix = strrchr(entry->d_name, '.');

	return *entry->d_name != '.' && suffix && !strcmp(suffix, ".conf");
}

static void look_at_drop_ins(const struct looker *looker, const char *dir)
{
	struct dirent **entries;
	int count = scandir(dir, &entries, is_drop_in, alphasort);

	look_at(looker, dir);
	for (int i = 0; i < count; i++) {
		look_in(looker, dir, entries[i]->d_name);
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
}

void mp_permissions_check(const struct mp_config_source *source, const char *state_dir,
			  mp_permissions_fn found, void *userdata)
{
	static const char *const state_files[] = { "bindings", "wwids", "prkeys",
						   MP_GEOM_NOTES_FILE };
	const struct looker looker = { found, userdata };
	char parent[PATH_MAX];
	char *slash;

	snprintf(parent, sizeof(parent), "%s", source->file);
	slash = strrchr(parent, '/');
	if (slash) {
		slash[slash == parent] = '\0';
		look_at(&looker, parent);
	}
	look_at(&looker, source->file);
	if (source->dir)
		look_at_drop_ins(&looker, source->dir);
	if (!state_dir)
		return;
	look_at(&looker, state_dir);
	for (size_t i = 0; i < ARRAY_SIZE(state_files); i++)
		look_in(&looker, state_dir, state_files[i]);
}

static void report_on_found(void *userdata, const char *file, const char *text)
{
	mp_report_add(userdata, MP_SEVERITY_WARNING, file, 0, 0, text);
}

void mp_permissions_report(const struct mp_config_source *source, const char *state_dir,
			   struct mp_report *report)
{
	mp_permissions_check(source, state_dir, report_on_found, report);
	mp_report_sort(report);
}
