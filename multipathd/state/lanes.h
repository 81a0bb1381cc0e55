/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* lanes.h - the pool's lanes: which work waits for which.  For: callers that submit work. */
#pragma once
#include <stdint.h>

struct mp_identity;

uint64_t lane_of_checks(const struct mp_identity *identity); /* of its I_T nexus */
uint64_t lane_of_path(const struct mp_identity *identity); /* its I_T nexus, for all other work */
uint64_t lane_of_table(const char *wwid); /* operations on a map's table */
uint64_t lane_of_disks(const char *wwid); /* questions about the disks in a map's table */
uint64_t lane_of_messages(const char *wwid); /* a reload that hangs does not delay fail_path */
enum {
	LANE_STATUS = 1,
	LANE_FILES,
	LANE_CONFIG,
	LANE_UEVENTS,
	LANE_REMOVALS,
	LANE_TABLES,
	LANE_GEOMS,
	LANE_GEOM_LISTS,
	LANE_GEOM_NOTES,
	LANE_EXPLAIN,
	LANE_CHECK_CONFIG,
	LANE_CLOSING,
	LANE_LISTINGS,
	LANE_READINGS
};
