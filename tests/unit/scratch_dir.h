/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* scratch_dir.h - a directory for each test that writes files.  For: unit tests. */
#pragma once
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/strbuf.h"

static inline int scratch_dir_make(void **state)
{
	*state = strdup("/tmp/unit-XXXXXX");
	return mkdtemp(*state) ? 0 : -1;
}

static inline int scratch_dir_remove_entry(const char *path,
					   const struct stat *stat __attribute__((unused)),
					   int type __attribute__((unused)),
					   struct FTW *at __attribute__((unused)))
{
	return remove(path);
}

static inline int scratch_dir_remove(void **state)
{
	int r = nftw(*state, scratch_dir_remove_entry, 16, FTW_DEPTH | FTW_PHYS);

	free(*state);
	return r;
}

static inline const char *scratch_path(const char *dir, const char *name, char ret[static PATH_MAX])
{
	assert_true(snprintf(ret, PATH_MAX, "%s/%s", dir, name) < PATH_MAX);
	return ret;
}

static inline void scratch_write(const char *dir, const char *name, const char *text)
{
	char path[PATH_MAX];
	FILE *file = fopen(scratch_path(dir, name, path), "w");

	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
	assert_int_equal(fclose(file), 0);
}

/* malloc'ed */
static inline char *scratch_read(const char *dir, const char *name)
{
	char path[PATH_MAX], *text = NULL;
	FILE *file = fopen(scratch_path(dir, name, path), "r");
	size_t size = 0;
	ssize_t length;

	assert_non_null(file);
	length = getdelim(&text, &size, '\0', file);
	if (length < 0)
		text[0] = '\0';
	assert_int_equal(fclose(file), 0);
	return text;
}

static inline unsigned scratch_mode(const char *dir, const char *name)
{
	char path[PATH_MAX];
	struct stat stat;

	assert_int_equal(lstat(scratch_path(dir, name, path), &stat), 0);
	return stat.st_mode & 07777;
}

static inline int scratch_exists(const char *dir, const char *name)
{
	char path[PATH_MAX];

	return access(scratch_path(dir, name, path), F_OK) == 0;
}

#define scratch_test(f) cmocka_unit_test_setup_teardown(f, scratch_dir_make, scratch_dir_remove)
