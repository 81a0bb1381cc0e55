/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* list_verbs.h - gmultipath's verbs for listings.  For: verbs. */
#pragma once

struct call;

/* Return: 0, negative errno (message in the engine's err). */
int list_verb_list(struct call *call);
int list_verb_status(struct call *call);
