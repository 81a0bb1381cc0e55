/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * reactions.h - what gmultipath does on its own to a map of its own: when the last good path fails,
 * when a path leads to another LUN, or its disk is gone.  For: geoms.
 *
 * The engine does it on a worker, on the lane of the map's table, one after the other. Only the
 * daemon mends (state/duties.h).
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "gmultipath/taste.h"

struct daemon_map;

/* What is not in the daemon's memory. */
struct reaction_facts {
	uint64_t now_usec; /* daemon_now_usec() */
	dev_t *departed; /* disks of the map's table that sysfs has not any more */
	size_t departed_count;
};

struct reaction_verdict {
	enum taste_verdict paths; /* for the engine: taste_react() */
	bool has_wrong_lun; /* one of the table's paths leads to another LUN */
	/* the failed paths are asked first which LUN they lead to: they may be used again */
	bool asks_failed;
};

/** reactions_judge() - what to do about the map's paths; changes nothing */
struct reaction_verdict reactions_judge(const struct daemon_map *map,
					const struct reaction_facts *facts);

/** reactions_needed_on_states() - Return: true if the states of its paths require a reaction */
bool reactions_needed_on_states(const struct daemon_map *map);

/**
 * reactions_needed_on_touched() - Return: true if a path leads to another LUN, did so at the last
 * reaction, or its disk is gone
 */
bool reactions_needed_on_touched(const struct daemon_map *map, const struct reaction_facts *facts);

/** reactions_on_states() - paths of the map have failed or returned */
void reactions_on_states(struct daemon_map *map);

/** reactions_on_touched() - something about its paths has changed */
void reactions_on_touched(struct daemon_map *map);
