/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* loop.h - loop devices of image files.  For: kpartx. */
#pragma once
#include <stdbool.h>
#include <sys/stat.h>

struct loop {
	int fd; /* of the device; while it is open the device stays */
	char device[32]; /* "/dev/loop0", "" if there is none */
	/* set up by loop_attach(), and not kept yet: it goes when the last one closes it */
	bool is_new;
};

#define LOOP_INIT \
	{ \
		.fd = -1 \
	}

/**
 * loop_fini() - close it. A device that was not kept goes, even if the program is killed before.
 */
void loop_fini(struct loop *loop);

/**
 * loop_lock() - no other kpartx has to do with that file until the returned descriptor is closed
 *
 * Another one is waited for three seconds. Return: -1 if the file cannot be opened.
 */
int loop_lock(const char *file);

/** loop_find() - one that shows the whole of that file. Return: 0, -ENOENT, negative errno. */
int loop_find(const struct stat *file, struct loop *ret);

/**
 * loop_attach() - set one up
 * @read_only:	or if the file cannot be written to
 */
int loop_attach(const char *file, bool read_only, struct loop *ret);

/** loop_is_held() - true if another device is stacked on it */
bool loop_is_held(const struct loop *loop);

/** loop_keep() - the device stays until it is detached */
int loop_keep(struct loop *loop);

/** loop_detach() - at once, or when its last user has closed it */
int loop_detach(struct loop *loop);
