/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* fcevents.h - events of Fibre Channel hosts, with marginal_pathgroups fpin.  For: the daemon. */
#pragma once
struct daemon;
struct fcevents;

/**
 * fcevents_new() - receive them, if the configuration asks for it
 * @ret:	fcevents_free(), before the daemon ends
 *
 * Return: 0, negative errno. Without the socket there are no events: fcevents_review().
 */
int fcevents_new(struct daemon *daemon, struct fcevents **ret);

/** fcevents_review() - open the socket if it is wanted and could not be opened before: the kernel
 * has it since the SCSI core was loaded */
void fcevents_review(struct fcevents *fcevents);

/** fcevents_free() - stop receiving events. Return: NULL. */
struct fcevents *fcevents_free(struct fcevents *fcevents);
