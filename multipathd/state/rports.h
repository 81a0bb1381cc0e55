/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * rports.h - the remote ports of Fibre Channel that paths lead through, and what is known of their
 * state, with marginal_pathgroups fpin (control/fabric.h). State and lookups only.
 * For: the daemon's rooms.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <urcu/list.h>

#include "base/hash.h"
#include "model/path.h"

struct inventory;

/* Why the paths of a port are marginal. */
enum rport_fault {
	RPORT_GOOD,
	RPORT_CONGESTED, /* until the fabric reports that congestion has ended */
	RPORT_FOUND, /* it was marginal when its state was first read: perhaps congested */
	RPORT_IMPAIRED,
};

/* Exists while paths lead through it. */
struct rport {
	struct mp_address address; /* its host, channel and target; the LUN is meaningless */
	uint64_t wwpn, host_wwpn; /* 0 unknown */
	enum rport_fault fault;
	unsigned faults; /* so far: a path is marked once for each */
	bool was_read; /* its state in the kernel */
	bool marginal; /* in the kernel, as last read or written; while writing: wanted there */
	bool writing; /* in progress */
	bool write_again; /* it may have been reset since that began */
	unsigned epoch; /* increased by each write: what was read before is outdated */
	unsigned path_count;
	struct cds_list_head members; /* of struct rport_member.in_port */
	struct cds_list_head in_all; /* of struct inventory.rports */
	struct mp_hash_node by_address;
};

/* Part of a path. */
struct rport_member {
	struct rport *port; /* NULL: not on Fibre Channel */
	struct cds_list_head in_port;
	bool marked; /* the path is marginal because of its port */
	unsigned faults; /* the port's when the path was last marked; 0 never */
};

/**
 * rports_join() - put a path into the port that its identity names; it leaves the one that it was
 * in
 *
 * Without memory the path is in none: notifications do not reach it.
 */
void rports_join(struct inventory *inventory, struct rport_member *member,
		 const struct mp_identity *identity);

/** rports_leave() - and free a port without paths */
void rports_leave(struct inventory *inventory, struct rport_member *member);

/** rports_find() - by host, channel and target; borrowed; NULL if no path leads through it */
struct rport *rports_find(const struct inventory *inventory, const struct mp_address *address);
