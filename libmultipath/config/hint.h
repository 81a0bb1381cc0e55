/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* hint.h - what a word that is no keyword of its section was meant to be.  For: config. */
#pragma once
#include "config/keywords.h"

struct mp_strbuf;

/**
 * mp_hint_add() - append "; did you mean X?", "; it belongs to X" ..., nothing if there is no guess
 * @here:	the section
 *
 * Return: the word that it was probably meant to be, perhaps @name itself; NULL if there is no
 * guess.
 */
const char *mp_hint_add(enum mp_scope here, const char *name, struct mp_strbuf *buf);
