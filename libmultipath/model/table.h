/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* table.h - a multipath target's table and status as a value.  For: reconcile, kernel, show. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "model/state.h"

struct mp_strbuf;

struct mp_table_path {
	dev_t devt;
	unsigned minio; /* first per-path argument */
	/* status only */
	enum mp_dm_state state;
	unsigned failures;
};

struct mp_table_group {
	char *selector; /* with its arguments: "service-time 0" */
	struct mp_table_path *paths;
	size_t path_count;
	enum mp_group_state state; /* status only */
};

/* Owns everything in it. */
struct mp_table {
	uint64_t size_sectors;
	char *features; /* with the count: "1 queue_if_no_path" */
	char *handler; /* with the count: "0", "1 alua" */
	/* from 1; 0 without groups. The kernel's: the group in use, or to be used next */
	unsigned start_group;
	struct mp_table_group *groups;
	size_t group_count;
	unsigned queued; /* status only: I/Os that wait for a path */
};

#define MP_TABLE_INIT \
	{ \
		0 \
	}

/** mp_table_fini() - free groups, paths and texts */
void mp_table_fini(struct mp_table *table);

/** mp_table_copy() - deep copy into an empty @ret. Return: 0 or -ENOMEM (then @ret is empty). */
int mp_table_copy(const struct mp_table *table, struct mp_table *ret);

/**
 * mp_table_parse() - read a table line's parameters
 * @params:	text after "0 SIZE multipath ", as DM_TABLE_STATUS with the table flag yields it
 * @ret:	empty; filled on success only, @ret->size_sectors is not touched
 *
 * Source: kernel, Documentation/admin-guide/device-mapper; drivers/md/dm-mpath.c's table format.
 * Return: 0, -EBADMSG if malformed, -ENOMEM.
 */
int mp_table_parse(const char *params, struct mp_table *ret);

/**
 * mp_table_parse_status() - read a status line into the table that it belongs to
 * @status:	text of DM_TABLE_STATUS
 * @table:	parsed before; states, fail counts, queue count and start_group (the group in use or
 *		next) are updated
 *
 * Return: 0, -EBADMSG if it is malformed or does not fit the table (which may then be partly
 * updated).
 */
int mp_table_parse_status(const char *status, struct mp_table *table);

/** mp_table_format() - the parameters for a table load; no size, no target name */
void mp_table_format(const struct mp_table *table, struct mp_strbuf *buf);

/** mp_table_find() - the path with that device number, borrowed, or NULL */
struct mp_table_path *mp_table_find(const struct mp_table *table, dev_t devt);

/** mp_table_keep() - only the paths that @other has, too; groups that are empty then go */
void mp_table_keep(struct mp_table *table, const struct mp_table *other);

/** mp_table_count() - all paths */
size_t mp_table_count(const struct mp_table *table);

/** mp_table_count_good() - paths that have not failed */
size_t mp_table_count_good(const struct mp_table *table);

/** mp_table_has_feature() - true if @word is one of the feature words */
bool mp_table_has_feature(const struct mp_table *table, const char *word);

/** mp_table_active_group() - number (from 1) of the group that status calls active, 0 if none */
unsigned mp_table_active_group(const struct mp_table *table);

/**
 * mp_table_awaits_io() - does the next I/O make another group the active one?
 *
 * Then the kernel's state changes without an event: no group is active yet, or all paths of the
 * active one have failed and another group has one that works.
 *
 * Return: true if so; false for a table without groups.
 */
bool mp_table_awaits_io(const struct mp_table *table);

/** mp_table_group_path() - the path of @group with that device number, borrowed, or NULL */
const struct mp_table_path *mp_table_group_path(const struct mp_table_group *group, dev_t devt);

/**
 * mp_table_number_of_group() - number (from 1) of the group of @table with the members of @group, 0
 * if there is none
 */
unsigned mp_table_number_of_group(const struct mp_table *table, const struct mp_table_group *group);
