/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* call.h - a verb of gmultipath as it was called: its flags and arguments.  For: its verbs. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "model/geom.h"

struct engine;

enum { CALL_FLAGS_MAX = 8 };

struct call {
	struct engine *engine;
	const char *verb;
	char flags[CALL_FLAGS_MAX];
	const char *const *arguments;
	size_t count;
};

/** call_has_flag() - was it given? */
bool call_has_flag(const struct call *call, char flag);

/** call_verbose() - a line of output, with -v */
void call_verbose(struct call *call, const char *format, ...) __attribute__((format(printf, 2, 3)));

/** call_wanted_mode() - of -A, -P, -R. Return: 0, -EINVAL for more than one (message in the
 * engine's err). */
int call_wanted_mode(struct call *call, enum mp_geom_mode *ret);

/** call_find_geom() - the map that is the first argument. Return: 0, -ENODEV (message in the
 * engine's err). */
int call_find_geom(struct call *call, struct mp_geom **ret);

/** call_find_path() - the map and, as second argument, a path of it. Return: as call_find_geom().
 */
int call_find_path(struct call *call, struct mp_geom **geom, size_t *path);
