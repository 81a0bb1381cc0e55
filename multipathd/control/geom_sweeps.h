/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* geom_sweeps.h - what a killed daemon or gmultipath has left.  For: main, configure. */
#pragma once

struct daemon;

/** geom_sweeps_start() - repair what was left of a map and of labels, on a worker */
void geom_sweeps_start(struct daemon *daemon);
