/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* told.h - what a device itself has told when its path was checked.  For: answers. */
#pragma once
#include <stdbool.h>

struct daemon_path;

/**
 * told_wrong_wwid() - the device reports another WWID than @expected: stop its I/O
 */
void told_wrong_wwid(struct daemon_path *path, const char *told, const char *expected);

/**
 * told_vpd_data() - record the text that the device reported on a vendor-specific VPD
 * page
 */
void told_vpd_data(struct daemon_path *path, const char *text);

/**
 * told_proof() - record the name that the device reports, or must report, when it is
 * first known. If out of memory, it is not recorded.
 */
void told_proof(struct daemon_path *path, const char *name);

/**
 * told_wwid() - the device itself has reported the WWID of a path without one. The path
 * may be freed.
 */
void told_wwid(struct daemon_path *path, const char *wwid);

/**
 * told_kind() - record whether the device has VPD page 0xC9 of RDAC arrays or NVMe ANA: 1
 * yes, 0 no, negative: it was not asked
 */
void told_kind(struct daemon_path *path, int rdac, int ana);

/**
 * told_priority() - the first priority: an answer that no ALUA device gives shows that
 * the device does not support ALUA
 */
void told_priority(struct daemon_path *path, int priority);

/**
 * told_disconnected() - the LUN no longer exists at the target: with purge_disconnected,
 * delete the device
 */
void told_disconnected(struct daemon_path *path);

/** told_read_only() - record whether the device reports itself as write-protected */
void told_read_only(struct daemon_path *path, bool read_only);
