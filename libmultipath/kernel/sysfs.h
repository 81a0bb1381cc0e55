/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* sysfs.h - read and write one attribute.  For: probe, prioritizers. */
#pragma once
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Longest file name that is built: roots, directory, attribute. */
enum { MP_SYSFS_FILE_SIZE = 1024 };

/**
 * mp_sysfs_read() - a text attribute; three system calls
 * @root, @dir, @attribute:	joined by slashes; @dir may be ""
 * @text:	without the newline and blanks at its end, always terminated; a longer value is cut
 *
 * Return: length of the text, negative errno.
 */
ssize_t mp_sysfs_read(const char *root, const char *dir, const char *attribute, char *text,
		      size_t size);

/** mp_sysfs_read_bytes() - a binary attribute as it is. Return: bytes, negative errno. */
ssize_t mp_sysfs_read_bytes(const char *root, const char *dir, const char *attribute, void *data,
			    size_t size);

/**
 * mp_sysfs_read_number() - decimal, without a sign. Return: 0, -EBADMSG not a number, or too large
 * a one, negative errno.
 */
int mp_sysfs_read_number(const char *root, const char *dir, const char *attribute, uint64_t *ret);

/** mp_sysfs_write() - may block. Return: 0, negative errno. */
int mp_sysfs_write(const char *root, const char *dir, const char *attribute, const char *value);
