/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * order.h - messages to the kernel's multipath target, as they are spelled.  For: callers of
 * mp_dm_message().
 */
#pragma once
#include <stdbool.h>
#include <sys/types.h>

struct mp_order {
	char text[48];
};

/** mp_order_fail_path() - mp_order_reinstate_path(): one path of the map */
struct mp_order mp_order_fail_path(dev_t devt);
struct mp_order mp_order_reinstate_path(dev_t devt);

/** mp_order_switch_group() - use this group next; from 1, in the order of the table */
struct mp_order mp_order_switch_group(unsigned group);

/** mp_order_enable_group() - a group that was disabled may be used again; from 1 */
struct mp_order mp_order_enable_group(unsigned group);

/** mp_order_queue() - without a path, I/O waits from now on; or fails */
struct mp_order mp_order_queue(bool queue);

/** mp_order_is_switch() - Return: true for a message that switches to a group */
bool mp_order_is_switch(const char *text);

/** mp_order_is_queue() - Return: true for a message of mp_order_queue() */
bool mp_order_is_queue(const char *text);
