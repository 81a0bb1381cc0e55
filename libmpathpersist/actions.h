/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * actions.h - what a PERSISTENT RESERVE OUT means for a map: on which of its paths, and what
 * multipathd is to know.  For: libmpathpersist.
 *
 * All return MPATH_PR_...: MPATH_PR_SYNTAX_ERROR if the map's key is not the caller's,
 * MPATH_PR_DMMP_ERROR no path is usable, MPATH_PR_OTHER the transport fails on all paths.
 */
#pragma once
#include <stdint.h>

#include "kernel/reservation.h"

struct target;

/** action_register() - the key with all paths; 0 to take it back. @ignores: whatever key they have
 */
int action_register(struct target *target, bool ignores,
		    const struct mp_reservation_parameters *parameters);

/** action_reserve() - by one path */
int action_reserve(struct target *target, uint8_t scope_type,
		   const struct mp_reservation_parameters *parameters);

/** action_release() - by the path that holds it, or, if that is gone, another one */
int action_release(struct target *target, uint8_t scope_type,
		   const struct mp_reservation_parameters *parameters);

/** action_preempt() - by one path, which is then the holder. @aborts: PREEMPT AND ABORT */
int action_preempt(struct target *target, bool aborts, uint8_t scope_type,
		   const struct mp_reservation_parameters *parameters);

/** action_clear() - by one path: no initiator is registered any more */
int action_clear(struct target *target, const struct mp_reservation_parameters *parameters);
