/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * targets.h - the map that a command is for, its key, and its paths, as they are at this moment.
 * For: libmpathpersist.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/log.h"
#include "config/prkeys.h"
#include "kernel/dm_ioctl.h"
#include "model/path.h"
#include "model/settings.h"

struct mp_config;

struct target_path {
	char name[MP_NAME_SIZE];
	dev_t devt;
	unsigned host; /* SCSI host number */
	int fd; /* -1 not open */
	bool usable; /* active or ghost, and it leads to this LUN */
	bool passive; /* a usable one that is ghost */
	bool chosen; /* the next command is for it */
	bool registered; /* for renewals.c */
	int code; /* of the last command: codes.h */
};

/* Log lines that are printed later; those that find no room are lost. */
struct target_lines {
	size_t length;
	char text[16 * 1024];
};

struct target {
	struct target_lines *lines; /* borrowed; NULL: log to stderr, and threads may be started */
	int verbosity; /* of this call: LOG_LEVEL_... */
	int lock_fd; /* -1 not locked */
	bool dumps; /* what is sent and received */
	dev_t devt;
	struct mp_dm_ioctl_map map;
	enum mp_reservation_source source;
	struct mp_prkey key; /* key 0: none */
	bool all_target_ports;
	struct target_path *paths;
	size_t path_count;
};

enum target_use {
	TARGET_READS,
	TARGET_CHANGES, /* what is known of the map stays true until target_close() */
};

/**
 * target_open() - look at the map and its settings, and open its paths, which are all chosen
 * @fd:		of the map's device node
 * @use:	TARGET_CHANGES waits up to 30 seconds for others that change its registrations
 * @verbosity:	of what is logged to stderr
 *
 * Return: MPATH_PR_SUCCESS, MPATH_PR_FILE_ERROR not a block device, MPATH_PR_DMMP_ERROR not a
 * multipath map, it cannot be locked, or its configuration cannot be read; whatever it is,
 * target_close() follows.
 */
int target_open(int fd, enum target_use use, int verbosity, struct target *ret);

/** target_close() - close paths, free, unlock */
void target_close(struct target *target);

/** target_choose_usable() - all of them. Return: their number */
size_t target_choose_usable(struct target *target);

/** target_log() - one line, if @level is within the verbosity */
void target_log(const struct target *target, enum log_level level, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/** target_dump() - bytes in hexadecimal, 16 a line */
void target_dump(const struct target *target, const void *data, size_t size);

/**
 * target_each() - call @run for each chosen path, in a thread of its own if there are several, and
 * wait for all; one after another while lines are kept
 */
void target_each(struct target *target,
		 void (*run)(const struct target *target, struct target_path *path,
			     const void *argument),
		 const void *argument);
