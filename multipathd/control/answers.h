/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * answers.h - what the answer to a check changes, or that there is none.  For: the daemon's
 * lifetime and commands.
 */
#pragma once
#include <stdint.h>

struct agenda_entry;
struct check_job;
struct daemon_path;

/** answers_take() - as struct daemon.on_checked */
void answers_take(struct check_job *job);

/** answers_on_due() - of the agenda: a path's next check, or the deadline of the one under way */
void answers_on_due(struct agenda_entry *entry);

/**
 * answers_reinstate() - by hand: check it again, and give it to the kernel if it is good and proves
 * to be of its LUN
 * @request:	answered with ok or fail when that is known
 *
 * Return: 0 or -ENOMEM.
 */
int answers_reinstate(struct daemon_path *path, uint64_t request);
