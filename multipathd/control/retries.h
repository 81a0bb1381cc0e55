/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* retries.h - what failed is tried again.  For: the daemon's control. */
#pragma once

struct daemon_map;

/** retries_later() - nothing tells when it would work: ever less often */
void retries_later(struct daemon_map *map);

/** retries_soon() - in a second; what fails again and again is given up */
void retries_soon(struct daemon_map *map);
