/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * geom_facts.h - what is known of a gmultipath map beside its table: notes, and which LUNs its
 * disks lead to.  For: every room.
 */
#pragma once
#include <stddef.h>
#include <sys/types.h>

#include "base/strbuf.h"
#include "model/path.h"

struct mp_geom_disk {
	dev_t devt;
	char wwid[MP_WWID_SIZE]; /* as of its last scan; "": none */
};

struct mp_geom_facts {
	struct mp_strbuf run; /* notes of this boot: config/geom_notes.h */
	struct mp_strbuf lasting; /* notes on labels; empty if the map has none */
	size_t count;
	struct mp_geom_disk disks[]; /* in the map's table */
};

/** mp_geom_facts_new() - of @count disks, nothing known yet. Return: NULL without memory */
struct mp_geom_facts *mp_geom_facts_new(size_t count);

/** mp_geom_facts_free() - Return: NULL */
struct mp_geom_facts *mp_geom_facts_free(struct mp_geom_facts *facts);

/** mp_geom_facts_wwid() - of the disk of that number; "" if it has none, borrowed */
const char *mp_geom_facts_wwid(const struct mp_geom_facts *facts, dev_t devt);
