/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* map_verbs.h - gmultipath's verbs for maps as a whole: create, configure, stop; load and unload.
 * For: verbs. */
#pragma once

struct call;

/* Return: 0, negative errno (message in the engine's err). */
int map_verb_create(struct call *call);
int map_verb_configure(struct call *call);
int map_verb_stop(struct call *call);
int map_verb_load(struct call *call);
int map_verb_unload(struct call *call);
