/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * linear.h - device-mapper devices that are one stretch of another device, and their nodes.  For:
 * kpartx. One thread.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* A device as the kernel has it. */
struct mp_linear {
	char *name, *uuid; /* owned; uuid is "" if there is none */
	dev_t devt;
	bool is_linear; /* its table is one linear target; the next three say which */
	bool is_empty; /* it has no table */
	dev_t on;
	uint64_t start_sectors, size_sectors;
	bool read_only, suspended;
	bool deferred; /* goes when its last user does */
	int open_count;
};

/** mp_linear_fini() - free what it owns */
void mp_linear_fini(struct mp_linear *linear);

/**
 * mp_linear_read() - @ret is filled on success only. Return: 0, -ENODEV no such dm device, negative
 * errno.
 */
int mp_linear_read(dev_t devt, struct mp_linear *ret);
/** mp_linear_read_uuid() - the same, by UUID */
int mp_linear_read_uuid(const char *uuid, struct mp_linear *ret);

/* What is to be made. */
struct mp_linear_spec {
	const char *name, *uuid;
	dev_t on;
	uint64_t start_sectors, size_sectors;
	bool read_only;
	mode_t mode;
	uid_t uid;
	gid_t gid;
};

/**
 * mp_linear_create() - create, load, resume. Return: 0 and the new device, -EEXIST name or UUID is
 * taken, negative errno: nothing is left.
 */
int mp_linear_create(const struct mp_linear_spec *spec, dev_t *ret);

/**
 * mp_linear_reload() - another table for the device of that UUID. On failure the old one is in
 * force.
 */
int mp_linear_reload(const struct mp_linear_spec *spec);

/** mp_linear_rename() - Return: 0, -EEXIST, negative errno. */
int mp_linear_rename(const char *name, const char *new_name);

/**
 * mp_linear_remove() - by UUID, or by name if it has none. Return: 0, -EBUSY, -ENODEV, negative
 * errno.
 */
int mp_linear_remove(const char *name, const char *uuid);
