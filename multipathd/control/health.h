/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * health.h - holds back paths that fail too often, by the rules of model/health.h.  For: the
 * daemon's loop.
 */
#pragma once
#include <stdbool.h>

#include "model/state.h"

struct daemon;
struct daemon_map;
struct daemon_path;

/** health_tell_settings() - warn once that marginal_path_* are newer than what is set */
void health_tell_settings(const struct daemon_map *map);

/**
 * health_judge() - a check answered. Return: the state to take, delayed for a good answer of a path
 * that is held back
 */
enum mp_path_state health_judge(struct daemon_path *path, enum mp_path_state answer);

/**
 * health_awaits_table() - a marginal path is used again by the table that has it in a group of its
 * own
 */
bool health_awaits_table(const struct daemon_path *path);

/** health_failed() - the kernel stopped using the path */
void health_failed(struct daemon_path *path);

/** health_forgive() - the operator trusts the path */
void health_forgive(struct daemon_path *path);

/** health_paths_lost() - no path of the map works: one that is held back is better than none */
void health_paths_lost(struct daemon_map *map);
