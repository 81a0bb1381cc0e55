/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * orders.h - sends messages to maps in the kernel, and handles their results.  For: the daemon's
 * control and commands.
 */
#pragma once
#include <stdint.h>

#include "model/order.h"

struct daemon_map;

/**
 * orders_send() - have a worker send one dm message; @request: answered with ok or fail when it is
 * done, 0: none
 */
int orders_send(struct daemon_map *map, struct mp_order message, uint64_t request);

/** orders_keep() - call the deferred removal of the map off */
int orders_keep(struct daemon_map *map);
