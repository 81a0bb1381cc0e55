/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* label_verbs.h - gmultipath's verbs for labels: write them, destroy a map with its label, clear
 * disks.  For: verbs. */
#pragma once

struct call;

/* Return: 0, negative errno (message in the engine's err). */
int label_verb_label(struct call *call);
int label_verb_destroy(struct call *call);
int label_verb_clear(struct call *call);
