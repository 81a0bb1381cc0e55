/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * places.h - how much work of each class may run at once.  For: crew; no threads here.
 *
 * Work takes a place while it runs. Some of PLACES are reserved for each class, the others
 * are first come, first served. Work that hangs gives its place back and is only counted: each
 * class has a limit on what may run and hang in it. So neither work that hangs nor a burst of work
 * ever keeps another class from starting.
 */
#pragma once
#include <stdbool.h>

#include "multipathd/loop/work.h"

enum {
	PLACES = 14, /* threads while calls return in time */
	PLACES_THREADS_MAX = 112, /* hard limit: the sum of the classes' limits */
};

struct places {
	/* with those that hang */
	unsigned running, running_of[WORK_CLASSES];
	unsigned hanging, hanging_of[WORK_CLASSES];
};

/** places_served() - the class that is served as @number, from 0 to WORK_CLASSES - 1 */
enum work_class places_served(unsigned number);

/** places_room() - pieces of work of that class that may start now */
unsigned places_room(const struct places *places, enum work_class class);

/** places_are_scarce() - a hanging lane of that class keeps one thread only */
bool places_are_scarce(const struct places *places, enum work_class class);

/** places_threads_max() - as many threads may exist now */
unsigned places_threads_max(const struct places *places);

/** places_take() - work starts; places_leave() - it has returned, having hung or not */
void places_take(struct places *places, enum work_class class);
void places_leave(struct places *places, enum work_class class, bool has_hung);

/** places_hang() - running work hangs */
void places_hang(struct places *places, enum work_class class);
