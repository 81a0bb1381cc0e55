/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * mounts.h - what the kernel's lists of mounts and swap areas tell of a disk.  Pure.  For: probe.
 */
#pragma once
#include <stdbool.h>

/**
 * mp_mounts_have() - true if a file system on the device is mounted
 * @text:	of /proc/PID/mountinfo
 * @devt:	MAJOR:MINOR
 * @name:	the kernel's, without /dev/
 *
 * A file system is known by its device number. Those that make numbers up, btrfs and bcachefs, are
 * known by their source; of all others the source is what the mount's author wrote, and proves
 * nothing (FUSE lets any user write it).
 * Source: proc_pid_mountinfo(5).
 */
bool mp_mounts_have(const char *text, const char *devt, const char *name);

/**
 * mp_mounts_have_swap() - true if it is a swap area
 * @text:	of /proc/swaps
 *
 * Source: proc_swaps(5): path, with blanks as \040 and the like, and "partition" or "file".
 */
bool mp_mounts_have_swap(const char *text, const char *name);
