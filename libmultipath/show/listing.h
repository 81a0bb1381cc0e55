/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* listing.h - paths and maps as lines of a format.  For: programs. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "model/map.h"
#include "show/context.h"

struct mp_strbuf;

#define MP_FORMAT_PATHS "%i %d %D %p %t %T %o %C" /* show paths */
#define MP_FORMAT_PATH "%o" /* show path PATH */
#define MP_FORMAT_PATH_LIST "%w %i %d %D %p %t %T %s %o" /* multipath -v3 */
#define MP_FORMAT_MAPS "%n %d %w" /* show maps */
#define MP_FORMAT_MAPS_STATUS "%n %F %Q %N %t %r" /* show maps status */
#define MP_FORMAT_MAPS_STATS "%n %0 %1 %2 %3 %4" /* show maps stats */

/*
 * '%' and a letter of wildcards.h is replaced, '%' and any other character vanishes, the rest is
 * copied. A listing without objects is empty: no header either (the daemon then answers "ok").
 * Failures are remembered in @out.
 */

/**
 * mp_show_paths() - a line for each path
 * @raw:	no header, no padding; otherwise both
 */
void mp_show_paths(const struct mp_show_context *context, const struct mp_path *const *paths,
		   size_t count, const char *format, bool raw, struct mp_strbuf *out);

/** mp_show_maps() - a line for each map */
void mp_show_maps(const struct mp_show_context *context, const struct mp_map *const *maps,
		  size_t count, const char *format, bool raw, struct mp_strbuf *out);

/**
 * mp_show_map() - the line of maps[@which], as wide as in a listing of all @maps, without header
 */
void mp_show_map(const struct mp_show_context *context, const struct mp_map *const *maps,
		 size_t count, size_t which, const char *format, struct mp_strbuf *out);

/** mp_show_path_list() - paths with a banner, as multipath -v3 prints them */
void mp_show_path_list(const struct mp_show_context *context, const struct mp_path *const *paths,
		       size_t count, struct mp_strbuf *out);
