/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* shown.h - the paths and maps that listings contain.  For: the daemon's commands. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct inventory;
struct mp_map;
struct mp_path;

/** shown_has_foreign() - Return: true if listings include devices of the kernel's own multipathing.
 */
bool shown_has_foreign(const struct inventory *inventory);

/**
 * shown_paths() - all paths
 * @count:	written also on failure
 *
 * Return: an array that the caller frees, of paths that the inventory owns; NULL: -ENOMEM.
 */
const struct mp_path **shown_paths(const struct inventory *inventory, size_t *count);

/** shown_maps() - the same for the maps of the kernel */
const struct mp_map **shown_maps(const struct inventory *inventory, size_t *count);
