/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * geom.h - a map under the administrator's own hand, as FreeBSD's GEOM_MULTIPATH has them.  Pure.
 * For: every room.
 *
 * The kernel's tables are the record: which paths, in which order, in which mode, which one is
 * active. A map NAME is a linear table over NAME.write, which has the paths; the kernel never lets
 * a multipath table be replaced by another target, and the mode is to change while I/O runs.
 * Active/Passive has a group for each path, with the selector "round-robin 0"; Active/Active one
 * group with "service-time 0". In Active/Read NAME is a dm-delay table over two maps: NAME.read as
 * in Active/Active, and NAME.write as in Active/Passive.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "model/path.h"
#include "model/table.h"

struct mp_kernel_map;

/* As in a label. */
enum mp_geom_mode { MP_GEOM_ACTIVE_PASSIVE, MP_GEOM_ACTIVE_ACTIVE, MP_GEOM_ACTIVE_READ };

enum mp_geom_state { MP_GEOM_BROKEN, MP_GEOM_DEGRADED, MP_GEOM_OPTIMAL };

/*
 * A WWID of such a map: automatic ones have the label's UUID behind it, manual ones one of their
 * own.
 */
#define MP_GEOM_WWID_AUTOMATIC "GEOM-"
#define MP_GEOM_WWID_MANUAL "GEOM.manual-"

/** mp_geom_wwid_label() - UUID of the label of an automatic map, borrowed; NULL: it is none */
const char *mp_geom_wwid_label(const char *wwid);

/* UUIDs of the maps below one are its WWID with one of these in front. */
#define MP_GEOM_READS "geomread-"
#define MP_GEOM_WRITES "geomwrite-"

enum { MP_GEOM_PATHS = 64, MP_GEOM_NAME_SIZE = 128 };

struct mp_geom_path {
	char name[MP_NAME_SIZE];
	dev_t devt;
	bool failed; /* in the kernel */
	/* by `fail`: only the administrator restores it, unless no other path is left */
	bool by_hand;
	bool lost; /* the device is gone, or leads to another LUN */
	bool joining; /* Active/Read: it serves no reads yet */
};

struct mp_geom {
	char name[MP_GEOM_NAME_SIZE];
	char wwid[MP_WWID_SIZE];
	enum mp_geom_mode mode;
	uint64_t size_sectors;
	bool uneven; /* Active/Read: a path is failed for reads or for writes alone */
	/* Active/Read: reads have other paths than writes, which are the record */
	bool halves_differ;
	bool read_only;
	bool queues; /* I/O waits while no path works */
	/*
	 * it has, or may get, paths that are bio-based, which the kernel takes in `queue_mode bio`
	 * alone; lasts as long as the map
	 */
	bool bio;
	struct mp_geom_path paths[MP_GEOM_PATHS]; /* in the administrator's order */
	size_t count;
	/*
	 * index: gets the I/O, in Active/Read the writes; none is good, or all are active: @count
	 */
	size_t active;
};

/** mp_geom_is_wwid() - true if only the administrator may change a map of this WWID */
bool mp_geom_is_wwid(const char *wwid);

/** mp_geom_uuid() - of the label; NULL: manual */
const char *mp_geom_uuid(const struct mp_geom *geom);

/** mp_geom_mode_name() - as gmultipath prints it; constant */
const char *mp_geom_mode_name(enum mp_geom_mode mode);
/** mp_geom_state_name() - as gmultipath prints it; constant */
const char *mp_geom_state_name(enum mp_geom_state state);

/**
 * mp_geom_from_kernel() - what a map of the kernel's is; names and what sysfs tells (lost) are left
 * to the caller
 *
 * Return: 0, -EINVAL not such a map, -E2BIG more than MP_GEOM_PATHS paths.
 */
int mp_geom_from_kernel(const char *wwid, const struct mp_kernel_map *kernel, struct mp_geom *ret);

/** mp_geom_table() - table with the paths, of NAME.read or of NAME.write. Return: 0 or -ENOMEM. */
int mp_geom_table(const struct mp_geom *geom, bool for_reads, struct mp_table *ret);

/** mp_geom_is_good() - neither failed nor lost */
bool mp_geom_is_good(const struct mp_geom *geom, size_t path);

/** mp_geom_good_count() - how many of its paths are good */
size_t mp_geom_good_count(const struct mp_geom *geom);

/** mp_geom_state() - OPTIMAL, DEGRADED or BROKEN, from the states of its paths */
enum mp_geom_state mp_geom_state(const struct mp_geom *geom);

/** mp_geom_path_state() - "ACTIVE", "PASSIVE", "READ", "FAIL", "LOST", "NEW" */
const char *mp_geom_path_state(const struct mp_geom *geom, size_t path);

/**
 * mp_geom_next() - the good path that follows @path in the administrator's order, all the way
 * round; @count: none
 */
size_t mp_geom_next(const struct mp_geom *geom, size_t path);

/** mp_geom_find() - by device number; @count: none */
size_t mp_geom_find(const struct mp_geom *geom, dev_t devt);

/**
 * mp_geom_choose_active() - after a change: the active path stays, or the next good one takes over
 */
void mp_geom_choose_active(struct mp_geom *geom);

/**
 * mp_geom_remove() - the path leaves; the active one stays active, or the next good one takes over
 */
void mp_geom_remove(struct mp_geom *geom, size_t path);

/**
 * mp_geom_fail() - by hand
 *
 * If it was the last good path the others are restored; if there is none to restore, it stays good,
 * as on FreeBSD.
 * Return: true, false if it stays good.
 */
bool mp_geom_fail(struct mp_geom *geom, size_t path);

/**
 * mp_geom_restore_others() - the last good path failed: restore the others, also those that were
 * failed by hand
 * @last:	stays failed
 *
 * Return: how many were restored.
 */
size_t mp_geom_restore_others(struct mp_geom *geom, size_t last);
