/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * explain.h - why a disk is a path or not, and where each value of a path or a map comes from.
 * For: commands, multipath(8).
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct daemon;
struct explain;
struct mp_strbuf;
struct request;

/**
 * explain_new() - without requests
 * @ret:	daemon->explain, for explain_request(); explain_free() when the pool has ended
 *
 * Return: 0 or -ENOMEM.
 */
int explain_new(struct explain **ret);

/** explain_free() - Return: NULL */
struct explain *explain_free(struct explain *explain);

/**
 * explain_request() - answer a client, at once from memory or after a worker has read sysfs
 * @device:	kernel name, node or number of a disk, name or WWID of a map
 *
 * Return: 1 if answered later, 0 if @out is the answer, negative errno: -EBUSY if workers are busy
 * enough for users.
 */
int explain_request(struct daemon *daemon, const char *device, bool json,
		    const struct request *request, struct mp_strbuf *out);

/**
 * explain_now() - the same, synchronously, for callers that may block. Return: 0, -ENODEV: no such
 * device, as @out says, negative errno.
 */
int explain_now(struct daemon *daemon, const char *device, bool json, struct mp_strbuf *out);
