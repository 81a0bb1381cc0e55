/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * tastings.h - disks that are looked at for a label of gmultipath, and added to the map that it
 * names.  For: answers.
 */
#pragma once

struct daemon_path;

/** tastings_on_up() - a path outside of gmultipath's maps is up: look for a label */
void tastings_on_up(struct daemon_path *path);
