/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/order.h"

#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>

static const char queue_text[] = "queue_if_no_path", fail_text[] = "fail_if_no_path",
		  switch_text[] = "switch_group";

static struct mp_order order_of_path(const char *verb, dev_t devt)
{
	struct mp_order order;

	snprintf(order.text, sizeof(order.text), "%s %u:%u", verb, major(devt), minor(devt));
	return order;
}

static struct mp_order order_of_group(const char *verb, unsigned group)
{
	struct mp_order order;

	snprintf(order.text, sizeof(order.text), "%s %u", verb, group);
	return order;
}

struct mp_order mp_order_fail_path(dev_t devt)
{
	return order_of_path("fail_path", devt);
}

struct mp_order mp_order_reinstate_path(dev_t devt)
{
	return order_of_path("reinstate_path", devt);
}

struct mp_order mp_order_switch_group(unsigned group)
{
	return order_of_group(switch_text, group);
}

struct mp_order mp_order_enable_group(unsigned group)
{
	return order_of_group("enable_group", group);
}

struct mp_order mp_order_queue(bool queue)
{
	struct mp_order order;

	snprintf(order.text, sizeof(order.text), "%s", queue ? queue_text : fail_text);
	return order;
}

bool mp_order_is_switch(const char *text)
{
	return !strncmp(text, switch_text, sizeof(switch_text) - 1);
}

bool mp_order_is_queue(const char *text)
{
	return !strcmp(text, queue_text) || !strcmp(text, fail_text);
}
