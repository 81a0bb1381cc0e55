/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* props.h - an ordered list of NAME=VALUE, as udev keeps of a device.  For: every room. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct mp_prop {
	char *name; /* name and value share one allocation */
	const char *value;
};

struct mp_props {
	struct mp_prop *items;
	size_t count;
};

#define MP_PROPS_INIT \
	{ \
		0 \
	}

/** mp_props_fini() - free all names and values */
void mp_props_fini(struct mp_props *props);

/** mp_props_add() - append, or replace the value of that name. Return: 0 or -ENOMEM. */
int mp_props_add(struct mp_props *props, const char *name, const char *value);

/** mp_props_get() - value, borrowed, or NULL */
const char *mp_props_get(const struct mp_props *props, const char *name);

/** mp_props_have_value() - Return: true if one of them has exactly this value */
bool mp_props_have_value(const struct mp_props *props, const char *value);
