/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gmultipath/call.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "gmultipath/engine.h"

bool call_has_flag(const struct call *call, char flag)
{
	return strchr(call->flags, flag) != NULL;
}

void call_verbose(struct call *call, const char *format, ...)
{
	va_list args;

	if (!call_has_flag(call, 'v'))
		return;
	va_start(args, format);
	mp_strbuf_vprintf(&call->engine->out, format, args);
	va_end(args);
	mp_strbuf_putc(&call->engine->out, '\n');
}

/* Return: 0, -EINVAL for more than one mode. */
int call_wanted_mode(struct call *call, enum mp_geom_mode *ret)
{
	if (call_has_flag(call, 'A') + call_has_flag(call, 'R') + call_has_flag(call, 'P') > 1)
		return engine_error(call->engine, -EINVAL, "expected one of -A, -P and -R");
	*ret = call_has_flag(call, 'A') ? MP_GEOM_ACTIVE_ACTIVE :
	       call_has_flag(call, 'R') ? MP_GEOM_ACTIVE_READ :
					  MP_GEOM_ACTIVE_PASSIVE;
	return 0;
}

int call_find_geom(struct call *call, struct mp_geom **ret)
{
	*ret = engine_find(call->engine, call->arguments[0]);
	return *ret ? 0 :
		      engine_error(call->engine, -ENODEV,
				   "%s: no such map; `gmultipath status` lists them",
				   call->arguments[0]);
}

/* The map and, as second argument, a path of it. */
int call_find_path(struct call *call, struct mp_geom **geom, size_t *path)
{
	const char *name = call->arguments[1];
	char node[PATH_MAX];
	struct stat st;
	int r = call_find_geom(call, geom);

	if (r < 0)
		return r;
	if (!strncmp(name, "/dev/", 5))
		name += 5;
	for (*path = 0; *path < (*geom)->count; ++*path)
		if (!strcmp((*geom)->paths[*path].name, name))
			return 0;
	/* A link, or a node in a subdirectory. */
	snprintf(node, sizeof(node), "%s%s", *name == '/' ? "" : "/dev/", name);
	*path = stat(node, &st) < 0 || !S_ISBLK(st.st_mode) ? (*geom)->count :
							      mp_geom_find(*geom, st.st_rdev);
	return *path < (*geom)->count ?
		       0 :
		       engine_error(
			       call->engine, -ENODEV,
			       "%s: no path %s in this map; `gmultipath status` lists its paths",
			       (*geom)->name, name);
}
