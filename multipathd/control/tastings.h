/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * tastings.h - disks that are looked at for a label of gmultipath, and added to the map that it
 * names.  For: answers.
 */
#pragma once
#include <stdbool.h>

struct daemon_path;

enum tasting_verdict {
	TASTING_LEFT, /* it has no label, or one to be ignored, or failed: left alone */
	TASTING_ADDED,
	TASTING_AGAIN, /* the engine was busy for too long */
};

/** tastings_judge() - @result: of taste_disk(), or of opening the engine for it */
enum tasting_verdict tastings_judge(int result);

/** tastings_needed() - Return: true if labels may make maps, and the path is in none */
bool tastings_needed(const struct daemon_path *path);

/** tastings_on_up() - a path outside of gmultipath's maps is up: look for a label */
void tastings_on_up(struct daemon_path *path);
