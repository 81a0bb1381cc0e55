/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * states.h - what changes when states of paths do, in the daemon's eyes or the kernel's.  For: the
 * daemon's control.
 */
#pragma once
#include <stdbool.h>

#include "model/state.h"

struct daemon_map;
struct daemon_path;
struct mp_kernel_map;
struct path_news;

/**
 * states_changed() - states or priorities of its paths changed: counters, queueing, failback; no
 * table change by itself
 */
void states_changed(struct daemon_map *map, const struct path_news *news);

/**
 * states_replace() - what the kernel has of a map is this now, and nothing is decided by it yet.
 * Takes *kernel.
 */
void states_replace(struct daemon_map *map, struct mp_kernel_map *kernel);

/** states_take() - a status of the kernel's came. Takes *kernel. */
void states_take(struct daemon_map *map, struct mp_kernel_map *kernel);

/** states_take_change() - as above, for a change that was not ours: the table may be another one */
void states_take_change(struct daemon_map *map, struct mp_kernel_map *kernel);

/**
 * states_log() - a path's state is another one now; @old: the one before; @message: of its checker,
 * or ""
 */
void states_log(const struct daemon_path *path, enum mp_path_state old, const char *message);
