/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* path_verbs.h - gmultipath's verbs for paths of a map.  For: verbs. */
#pragma once

struct call;

/* Return: 0, negative errno (message in the engine's err). */
int path_verb_add(struct call *call);
int path_verb_remove(struct call *call);
int path_verb_fail(struct call *call);
int path_verb_restore(struct call *call);
int path_verb_rotate(struct call *call);
int path_verb_prefer(struct call *call);
int path_verb_getactive(struct call *call);
