/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* due.h - what is done about a path when its time has come.  For: the daemon's lifetime. */
#pragma once

struct agenda_entry;

/**
 * due_on_time() - agenda callback: a path's next check is due, a deadline of the running one has
 * passed, or udev has had its time to provide the path's properties
 */
void due_on_time(struct agenda_entry *entry);
