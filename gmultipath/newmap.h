/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * newmap.h - a map of gmultipath that is being made.  For: its verbs.
 *
 * Return of all but one: 0, negative errno (message in the engine's err).
 */
#pragma once
#include <stddef.h>

struct call;
struct mp_geom;
struct provider;

/** newmap_make_uuid() - a random one, as text. Return: 0, negative errno without a message. */
int newmap_make_uuid(char *text, size_t size);

/** newmap_check_name() - a map may get that name */
int newmap_check_name(struct call *call, const char *name);

/**
 * newmap_take_providers() - disks by their names, which may be paths of the new map
 * @ret:	to be freed
 *
 * Return: how many, negative errno.
 */
int newmap_take_providers(struct call *call, const char *const *names, size_t count,
			  struct provider **ret);

/** newmap_add_path() - the disk is one more path */
void newmap_add_path(struct mp_geom *geom, const struct provider *provider);

/** newmap_create() - have the kernel make it */
int newmap_create(struct call *call, struct mp_geom *geom);

/** newmap_note_luns() - record the WWID of each path, which must not change */
int newmap_note_luns(struct call *call, const struct mp_geom *geom);
