/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * target.h - the device argument of multipath(8).  For: both of its programs; libc and sysfs only.
 */
#pragma once
#include <stdbool.h>

enum target_kind { TARGET_NONE, TARGET_NODE, TARGET_NUMBER, TARGET_NAME, TARGET_INVALID };

struct target {
	enum target_kind kind;
	/*
	 * TARGET_NODE, TARGET_NUMBER; TARGET_NAME: of the block device with that kernel name, 0:0
	 * if none
	 */
	unsigned int major, minor;
	const char *name; /* TARGET_NAME: borrowed */
};

/**
 * target_parse() - classify a device argument that is not a block device node
 * @text:	argument or NULL
 */
struct target target_parse(const char *text);

/**
 * target_resolve() - the same, after looking for a node and for a kernel name of a block
 * device
 */
struct target target_resolve(const char *text);

/**
 * target_has_number() - true if it identifies a block device by itself, without looking at maps,
 * aliases and WWIDs
 */
static inline bool target_has_number(const struct target *target)
{
	return target->kind == TARGET_NODE || target->kind == TARGET_NUMBER ||
	       (target->kind == TARGET_NAME && (target->major || target->minor));
}

/** target_is_dm() - true for a device of device-mapper */
bool target_is_dm(const struct target *target);
