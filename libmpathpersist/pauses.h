/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pauses.h - what is done while the I/O of a map waits.  For: libmpathpersist.
 */
#pragma once

struct target;

/**
 * pause_run() - suspend the map, call @run, resume the map
 *
 * @run is in a process of its own, a copy of this one whose memory is locked: it needs nothing that
 * may be on the map, like the rest of the program, swap, or the file that stderr goes to. That
 * process ends its work if this one is killed; if it is killed itself, this one resumes the map.
 * What @run logs is printed when the map is resumed, and what it changes in the paths of @target is
 * kept, unless it is killed. Its other changes of @target are lost.
 *
 * Return: that of @run; MPATH_PR_DMMP_ERROR the map cannot be suspended, @run was not called, or it
 * cannot be resumed;
 * MPATH_PR_OTHER the process could not be started, or was killed.
 */
int pause_run(struct target *target, int (*run)(struct target *target, const void *argument),
	      const void *argument);
