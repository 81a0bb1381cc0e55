/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/props.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void mp_props_fini(struct mp_props *props)
{
	for (size_t i = 0; i < props->count; i++)
		free(props->items[i].name);
	free(props->items);
	*props = (struct mp_props)MP_PROPS_INIT;
}

static struct mp_prop *props_find(const struct mp_props *props, const char *name)
{
	for (size_t i = 0; i < props->count; i++)
		if (!strcmp(props->items[i].name, name))
			return &props->items[i];
	return NULL;
}

int mp_props_add(struct mp_props *props, const char *name, const char *value)
{
	struct mp_prop *prop = props_find(props, name);
	size_t name_size = strlen(name) + 1, value_size = strlen(value) + 1;
	char *text = malloc(name_size + value_size);

	if (!text)
		return -ENOMEM;
	memcpy(text, name, name_size);
	memcpy(text + name_size, value, value_size);

	if (prop) {
		free(prop->name);
	} else {
		/* Grows by doubling: full whenever the count is a power of two. */
		if ((props->count & (props->count - 1)) == 0) {
			size_t room = props->count ? 2 * props->count : 1;
			struct mp_prop *items = realloc(props->items, room * sizeof(*items));

			if (!items) {
				free(text);
				return -ENOMEM;
			}
			props->items = items;
		}
		prop = &props->items[props->count++];
	}
	prop->name = text;
	prop->value = text + name_size;
	return 0;
}

const char *mp_props_get(const struct mp_props *props, const char *name)
{
	const struct mp_prop *prop = props_find(props, name);

	return prop ? prop->value : NULL;
}

bool mp_props_have_value(const struct mp_props *props, const char *value)
{
	for (size_t i = 0; i < props->count; i++)
		if (!strcmp(props->items[i].value, value))
			return true;
	return false;
}
