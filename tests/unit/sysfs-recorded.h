/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sysfs-recorded.h - replaces what kernel/probe.h writes to sysfs: a line of text each.  For: tests
 * of jobs.
 */
#pragma once
#include "pool-recorded.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "kernel/probe.h"
#include "model/map.h"
#include "multipathd/state/daemon.h"
#include "multipathd/state/lanes.h"
#include "multipathd/state/maps.h"
#include "multipathd/state/paths.h"

const struct mp_roots mp_roots_system;

static struct {
	struct mp_strbuf text; /* one line per write */
	int error; /* of the next ones */
} sysfs;

int mp_probe_trigger(const struct mp_roots *roots, const char *dir, const char *action)
{
	assert_ptr_equal(roots, &mp_roots_system);
	mp_strbuf_printf(&sysfs.text, "%s: %s\n", dir, action);
	return sysfs.error;
}

int mp_probe_write(const struct mp_roots *roots, const char *dir, const char *attribute,
		   const char *value)
{
	assert_ptr_equal(roots, &mp_roots_system);
	mp_strbuf_printf(&sysfs.text, "%s/%s: %s\n", dir, attribute, value);
	return sysfs.error;
}

static inline void sysfs_expect(const char *text)
{
	assert_string_equal(mp_strbuf_text(&sysfs.text), text);
	mp_strbuf_clear(&sysfs.text);
}

static struct daemon daemon_of_tests;

/* A path in the directory @dir, which it borrows. */
static inline void sysfs_path_init(struct daemon_path *path, char *dir)
{
	memset(path, 0, sizeof(*path));
	path->inventory = &daemon_of_tests.inventory;
	path->dir = dir;
	path->path.identity.address.host = 3;
}

static inline int sysfs_setup(void **state)
{
	(void)state;
	daemon_of_tests.inventory.daemon = &daemon_of_tests;
	submitted.count = 0;
	sysfs.error = 0;
	return 0;
}

static inline int sysfs_teardown(void **state)
{
	(void)state;
	mp_strbuf_fini(&sysfs.text);
	return 0;
}
