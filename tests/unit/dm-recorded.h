/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * dm-recorded.h - replaces the operations of kernel/dm.h, and the notes that go with them: each is
 * a line of text, and fails if the test says so.  For: tests of jobs.
 */
#pragma once
#include "pool-recorded.h"

#include <string.h>
#include <sys/sysmacros.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "config/wwids.h"
#include "kernel/dm.h"

static struct dm {
	struct mp_strbuf text; /* one line per operation, until dm_expect() */
	const char *fails; /* the first word of the operation that fails with @error */
	int error;
	bool half_made; /* mp_dm_read(): the map is */
	const bool *called_off; /* as passed to mp_dm_reload() */
} dm;

static inline void dm_expect(const char *text)
{
	assert_string_equal(mp_strbuf_text(&dm.text), text);
	mp_strbuf_clear(&dm.text);
}

static inline int dm_setup(void **state)
{
	(void)state;
	dm = (struct dm){ 0 };
	submitted.count = 0;
	return 0;
}

static inline int dm_teardown(void **state)
{
	(void)state;
	mp_strbuf_fini(&dm.text);
	return 0;
}

static inline int dm_result(const char *operation)
{
	return dm.fails && !strcmp(operation, dm.fails) ? dm.error : 0;
}

int mp_dm_message(const char *wwid, const char *message)
{
	mp_strbuf_printf(&dm.text, "message %s: %s\n", wwid, message);
	return dm_result("message");
}

int mp_dm_cancel_deferred(const char *wwid)
{
	mp_strbuf_printf(&dm.text, "cancel the removal of %s\n", wwid);
	return dm_result("cancel");
}

int mp_dm_create(const char *name, const char *wwid, const struct mp_table *table,
		 const struct mp_dm_flags *flags)
{
	(void)flags;
	mp_strbuf_printf(&dm.text, "create %s %s: ", name, wwid);
	mp_table_format(table, &dm.text);
	mp_strbuf_puts(&dm.text, "\n");
	return dm_result("create");
}

int mp_dm_reload(const char *wwid, const struct mp_table *table, const struct mp_dm_flags *flags,
		 bool flush)
{
	dm.called_off = flags->called_off;
	mp_strbuf_printf(&dm.text, "%s %s: ", flush ? "resize" : "reload", wwid);
	mp_table_format(table, &dm.text);
	mp_strbuf_puts(&dm.text, "\n");
	return dm_result("reload");
}

int mp_dm_rename(const char *wwid, const char *name, const char *delimiter,
		 const struct mp_dm_flags *flags)
{
	(void)flags;
	mp_strbuf_printf(&dm.text, "rename %s %s, delimiter %s\n", wwid, name, delimiter);
	return dm_result("rename");
}

int mp_dm_read(const char *wwid, struct mp_kernel_map *ret)
{
	mp_strbuf_printf(&dm.text, "read %s\n", wwid);
	if (dm_result("read") < 0)
		return dm.error;
	*ret = (struct mp_kernel_map){ .exists = true, .half_made = dm.half_made };
	return 0;
}

void mp_dm_map_fini(struct mp_kernel_map *map)
{
	*map = (struct mp_kernel_map){ 0 };
}

int mp_dm_suspend(const char *wwid)
{
	mp_strbuf_printf(&dm.text, "suspend %s\n", wwid);
	return dm_result("suspend");
}

int mp_dm_resume(const char *wwid, const struct mp_dm_flags *flags)
{
	(void)flags;
	mp_strbuf_printf(&dm.text, "resume %s\n", wwid);
	return dm_result("resume");
}

int mp_dm_reassign(const char *wwid, const dev_t *paths, size_t count)
{
	mp_strbuf_printf(&dm.text, "reassign to %s:", wwid);
	for (size_t i = 0; i < count; i++)
		mp_strbuf_printf(&dm.text, " %u:%u", major(paths[i]), minor(paths[i]));
	mp_strbuf_puts(&dm.text, "\n");
	return dm_result("reassign");
}

int mp_wwids_mark_suspended(const char *runtime_dir, const char *wwid)
{
	(void)runtime_dir;
	mp_strbuf_printf(&dm.text, "note that %s is suspended\n", wwid);
	return 1;
}

int mp_wwids_clear_suspended(const char *runtime_dir, const char *wwid)
{
	(void)runtime_dir;
	mp_strbuf_printf(&dm.text, "note that %s is not suspended\n", wwid);
	return 1;
}

int mp_wwids_mark_failed(const char *runtime_dir, const char *wwid)
{
	(void)runtime_dir;
	mp_strbuf_printf(&dm.text, "note that %s has failed\n", wwid);
	return 1;
}

int mp_wwids_clear_failed(const char *runtime_dir, const char *wwid)
{
	(void)runtime_dir;
	mp_strbuf_printf(&dm.text, "note that %s has not failed\n", wwid);
	return 1;
}
