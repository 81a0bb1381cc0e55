/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * looks.h - which paths of a map may be sent commands.  For: libmpathpersist.
 */
#pragma once

struct target;

/** looks_take() - ask the chosen paths, at the same time, whether they are usable */
void looks_take(struct target *target);
