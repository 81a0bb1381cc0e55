/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * facts.h - what is read of a disk to explain it, besides what the daemon knows.  For:
 * explain.
 *
 * Reading may block: two steps run on a worker, one on the loop between them. multipath(8) without
 * a daemon, whose loop has ended, calls them in turn.
 */
#pragma once
#include <stdbool.h>

#include "kernel/disk.h"

struct daemon;

struct facts {
	char asked[MP_WWID_SIZE]; /* for this */
	char device[MP_WWID_SIZE]; /* that, or the WWID that it is bound to */
	struct mp_disk disk; /* devt 0: found by its name */
	int error; /* of finding it, or of its identity */
	bool held_by_map, in_use;
	/* set by the loop */
	char *uid_attribute; /* the disk's, owned: a worker uses no other setting */
	bool identified; /* the daemon knows its WWID */
	/* the second step */
	char page_wwid[MP_WWID_SIZE]; /* the WWID that it reports itself, if udev has none */
	bool marked_failed;
	char scanned[MP_WWID_SIZE]; /* its own WWID as of its last scan, for labels; "" none */
};

/** facts_find() - the first step, on a worker: find the disk that asked, device or disk name */
void facts_find(struct facts *facts);

/** facts_resolve() - on the loop: what the daemon knows, and the settings. Return: 0, -ENOMEM. */
int facts_resolve(struct daemon *daemon, struct facts *facts);

/** facts_find_wwid() - the second step, on a worker */
void facts_find_wwid(struct facts *facts);

/** facts_fini() - free what they own */
void facts_fini(struct facts *facts);
