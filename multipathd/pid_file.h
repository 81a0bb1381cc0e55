/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* pid_file.h - the daemon's pid file, whose lock keeps a second daemon away.  For: main. */
#pragma once

/**
 * pid_file_lock() - write it, or take over one that no daemon holds
 *
 * Return: descriptor that holds the lock for the daemon's lifetime, -EAGAIN if another daemon runs,
 * negative errno.
 */
int pid_file_lock(void);

/** pid_file_remove() - the daemon ends; its descriptor is still open */
void pid_file_remove(void);
