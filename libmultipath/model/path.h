/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* path.h - one block device that leads to a LUN.  For: every room. */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <urcu/list.h>

#include "base/hash.h"
#include "model/protocol.h"
#include "model/state.h"

struct mp_map;

enum {
	MP_WWID_SIZE = 128, /* with the NUL */
	MP_NAME_SIZE = 32, /* kernel name, with the NUL */
	MP_PRIORITY_UNDEF = -1,
};

/*
 * SCSI address H:C:T:L; for NVMe controller instance, controller id, namespace instance, namespace
 * id.
 */
struct mp_address {
	int host; /* -1: none */
	int channel;
	int target;
	uint64_t lun;
};

/* What only the device itself tells. */
enum mp_told { MP_TOLD_UNKNOWN, MP_TOLD_NO, MP_TOLD_YES };

/* What sysfs and udev say of the device; set by the probe, compared when an event comes. */
struct mp_identity {
	char name[MP_NAME_SIZE];
	dev_t devt;
	char wwid[MP_WWID_SIZE]; /* "" if none */
	char vendor[24];
	char product[64];
	char revision[32];
	enum mp_protocol protocol;
	struct mp_address address;
	uint64_t size_sectors; /* of 512 bytes */
	bool read_only;
	bool offline; /* sysfs state of the device is not usable */
	enum mp_tpgs tpgs;
	int tpg; /* target port group, -1 unknown (SPC, VPD page 0x83, designator type 5) */
	enum mp_told rdac; /* VPD page 0xC9 of RDAC arrays */
	enum mp_told ana; /* NVMe asymmetric namespace access */
	unsigned timeout_sec; /* SCSI device's command timeout, 0 unknown */
	unsigned max_sectors_kb; /* 0 unknown */
	bool claimed; /* udev database: DM_MULTIPATH_DEVICE_PATH=1 */
	bool wait_may_run; /* udev database: a find_multipaths timer may still run */
	char handler[16]; /* sysfs dh_state, "" if none or detached */
	/*
	 * Mostly short or "", and seldom long: borrowed. Those of a path are its own, those just
	 * read in a struct mp_identity_room.
	 */
	const char *serial;
	const char *vpd_data; /* vendor VPD page in text, "" if none */
	/* "" where the transport has none; FC, SAS, iSCSI */
	const char *host_wwnn, *host_wwpn, *target_wwnn, *target_wwpn;
	const char *adapter; /* PCI or CCW bus id of the host; iSCSI: host's IP address */
};

/* Where the texts of an identity are while it is read. */
struct mp_identity_room {
	char serial[128];
	char vpd_data[128];
	char host_wwnn[40], host_wwpn[40], target_wwnn[224], target_wwpn[40];
	char adapter[64];
};

/**
 * mp_path_identity_forget_texts() - all that are borrowed are "" now: for what outlives their owner
 * and does not look at them
 */
void mp_path_identity_forget_texts(struct mp_identity *identity);

/**
 * mp_path_identity_clone() - a copy that has its texts with it, in one piece for free(). Return:
 * NULL without memory
 */
struct mp_identity *mp_path_identity_clone(const struct mp_identity *identity);

/* Owned by its creator (the daemon's set of paths); a map borrows its paths. */
struct mp_path {
	uint64_t id; /* never reused */
	struct mp_identity identity;
	char *texts; /* owned: those that the identity borrows */

	enum mp_init_state init;
	enum mp_path_state state;
	bool was_active; /* while it is pending: its last answer made it active */
	enum mp_dm_state dm_state;
	unsigned dm_failures; /* the kernel's fail count, from the status line */
	int priority; /* MP_PRIORITY_UNDEF: none */
	bool priority_awaited; /* another prioritizer was chosen, and has not answered yet */
	/* was down at the last reconfigure, and has not been asked since: shown as none */
	bool priority_is_old;
	bool marginal;
	bool checker_disabled; /* by `fail path` */
	bool wrong_wwid; /* found to lead to another LUN: must never get I/O */
	/*
	 * it answers its checker, but did not say which LUN it is when it was asked with that: as
	 * good as down
	 */
	bool silent;
	/*
	 * Which LUN it leads to is known as of an answer, and only until something casts doubt on
	 * it. Whatever does begins a new epoch; a proof belongs to the epoch in which the device
	 * was asked for it, not to that of the answer.
	 */
	uint64_t epoch, proven_epoch; /* from 1; 0 never proven */
	const char *checker; /* constant name, NULL if none */
	const char *prioritizer; /* constant name, NULL if none */

	unsigned interval_sec; /* between checks */
	uint64_t next_check_usec; /* CLOCK_MONOTONIC; 0 none planned */
	uint64_t checked_usec; /* last answer; 0 never */

	struct mp_map *map; /* NULL: orphan */
	struct cds_list_head in_map; /* of struct mp_map.paths */
	struct cds_list_head in_all;
	struct mp_hash_node by_id, by_devt, by_name, by_wwid;
};

/**
 * mp_path_init() - an unchecked path without map, embedded in an object of its owner; it takes
 * copies of texts. Return: 0, -ENOMEM.
 */
int mp_path_init(struct mp_path *path, uint64_t id, const struct mp_identity *identity);

/**
 * mp_path_fini() - it leaves the list of all paths; it has left its map (mp_map_remove_path()), and
 * the hash tables of its owner
 */
void mp_path_fini(struct mp_path *path);

/**
 * mp_path_set_identity() - what is known of the device now
 * @identity:	its texts are copied; they may be those that the path has
 *
 * Return: 0, -ENOMEM: all is as before.
 */
int mp_path_set_identity(struct mp_path *path, const struct mp_identity *identity);

/** mp_path_set_state() - Return: 1 if the state changed, 0 if it is the old one. */
int mp_path_set_state(struct mp_path *path, enum mp_path_state state);

/* "sda" */
static inline const char *mp_path_name(const struct mp_path *path)
{
	return path->identity.name;
}

/** mp_path_is_active() - usable, and not known to lead to another LUN */
static inline bool mp_path_is_active(const struct mp_path *path)
{
	return mp_path_state_is_active(path->state) && !path->wrong_wwid;
}

/**
 * mp_path_is_rated() - active, or a check of an active path is pending: a late answer is no reason
 * to think less of its group
 */
static inline bool mp_path_is_rated(const struct mp_path *path)
{
	return mp_path_is_active(path) ||
	       (path->state == MP_PATH_PENDING && path->was_active && !path->wrong_wwid);
}

/** mp_path_doubt() - it failed, or an event came: it may lead to another LUN from now on */
static inline void mp_path_doubt(struct mp_path *path)
{
	path->epoch++;
}

/**
 * mp_path_is_proven() - the device said which LUN it is after the last reason for doubt: the kernel
 * may be given the path
 */
static inline bool mp_path_is_proven(const struct mp_path *path)
{
	return path->proven_epoch == path->epoch && !path->wrong_wwid;
}
