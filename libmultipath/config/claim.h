/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * claim.h - does multipath take this device, and may a map be made of it (find_multipaths)?  Pure.
 * For: programs.
 */
#pragma once
#include <stdbool.h>

#include "config/config.h"

struct mp_strbuf;
struct mp_trace;

enum mp_claim {
	MP_CLAIM_NO,
	MP_CLAIM_YES,
	MP_CLAIM_YES_ALWAYS, /* whatever was released before */
	MP_CLAIM_MAYBE,
};

struct mp_claim_input {
	enum mp_find_multipaths mode;
	bool held_by_map; /* a holder with an mpath- UUID exists */
	bool daemon_required, daemon_reachable; /* multipath -u */
	bool is_disk; /* DEVTYPE */
	bool blacklisted;
	bool has_wwid;
	bool labeled; /* a label of gmultipath's on it is known */
	bool marked_failed;
	bool in_use; /* holders, mounts, swap: of the disk or a partition */
	bool wwid_known; /* wwids file */
	bool map_exists;
	bool released; /* environment: DM_MULTIPATH_DEVICE_PATH=0 */
};

struct mp_claim_verdict {
	enum mp_claim claim;
	const char *reason; /* constant */
};

/** mp_claim_decide() - multipath -u and -c */
struct mp_claim_verdict mp_claim_decide(const struct mp_claim_input *input);

/** mp_claim_trace() - the same, with an account of it: a row a condition. @trace: NULL: none */
struct mp_claim_verdict mp_claim_trace(const struct mp_claim_input *input, struct mp_trace *trace);

struct mp_allow_input {
	enum mp_find_multipaths mode;
	bool map_known; /* the map is known already, or the operator named the device */
	bool kernel_has_it; /* same name and WWID */
	bool labeled; /* a label of gmultipath's on it is known: it has a map of its own kind */
	unsigned paths; /* of this WWID */
	bool wwid_known;
};

/**
 * mp_claim_allows_map() - may multipathd (or multipath) create the map? @reason: constant, may be
 * NULL
 */
bool mp_claim_allows_map(const struct mp_allow_input *input, const char **reason);

/** mp_claim_trace_map() - the same, with an account of it */
bool mp_claim_trace_map(const struct mp_allow_input *input, const char **reason,
			struct mp_trace *trace);

/**
 * mp_claim_remedy() - append the least that would turn mp_claim_decide()'s verdict, a line each;
 * nothing if it is not for us to turn
 */
void mp_claim_remedy(const struct mp_config *config, const struct mp_claim_input *input,
		     const char *wwid, struct mp_strbuf *buf);

/** mp_claim_remedy_map() - what would have the map allowed that is not, or the other way round */
void mp_claim_remedy_map(const struct mp_config *config, const char *wwid, bool allowed,
			 struct mp_strbuf *buf);

/** mp_claim_mode_name() - as in the configuration */
const char *mp_claim_mode_name(enum mp_find_multipaths mode);
