/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * waiters.h - clients that wait for a path's reinstatement, which its next check decides.  For: the
 * daemon's control.
 */
#pragma once
#include <stdint.h>

struct daemon_path;

/** waiters_add() - @request waits for the path. Return: 0 or -ENOMEM. */
int waiters_add(struct daemon_path *path, uint64_t request);

/** waiters_answer() - @reply to all of them, and none is left */
void waiters_answer(struct daemon_path *path, const char *reply);

/**
 * waiters_reinstate() - send a reinstate_path for each of them, and none is left: the kernel's
 * result is its reply
 */
void waiters_reinstate(struct daemon_path *path);
