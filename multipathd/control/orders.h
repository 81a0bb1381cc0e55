/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * orders.h - sends messages to maps in the kernel, and handles their results.  For: the daemon's
 * control and commands.
 */
#pragma once
#include <stdint.h>
#include <sys/types.h>

struct daemon_map;

/**
 * orders_send() - have a worker send one dm message; @request: answered with ok or fail when it is
 * done, 0: none
 */
int orders_send(struct daemon_map *map, const char *message, uint64_t request);

/**
 * orders_send_path() - the same with the message of a path: @verb is "fail_path" or
 * "reinstate_path"
 */
int orders_send_path(struct daemon_map *map, const char *verb, dev_t devt, uint64_t request);
