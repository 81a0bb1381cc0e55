/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/loop/places.h"

enum { SCARCE_HANGING = 8 };

static const struct rule {
	unsigned kept; /* places */
	unsigned most; /* running and hanging */
} rules[WORK_CLASSES] = {
	[WORK_MESSAGES] = { 2, 8 }, [WORK_HOUSE] = { 2, 16 },	  [WORK_TABLES] = { 1, 48 },
	[WORK_CHECKS] = { 1, 24 },  [WORK_QUESTIONS] = { 1, 16 },
};

enum work_class places_served(unsigned number)
{
	static const enum work_class order[WORK_CLASSES] = { WORK_MESSAGES, WORK_HOUSE, WORK_TABLES,
							     WORK_CHECKS, WORK_QUESTIONS };

	return order[number];
}

static unsigned places_taken(const struct places *places, enum work_class class)
{
	return places->running_of[class] - places->hanging_of[class];
}

/* Places that are neither taken nor reserved for another class. */
static unsigned places_free(const struct places *places)
{
	unsigned used = 0;

	for (int class = 0; class < WORK_CLASSES; class ++) {
		unsigned taken = places_taken(places, class);

		used += taken > rules[class].kept ? taken : rules[class].kept;
	}
	return used < PLACES ? PLACES - used : 0;
}

unsigned places_room(const struct places *places, enum work_class class)
{
	unsigned taken = places_taken(places, class), free = places_free(places);
	unsigned room = rules[class].most - places->running_of[class];

	if (taken < rules[class].kept)
		free += rules[class].kept - taken;
	return room < free ? room : free;
}

bool places_are_scarce(const struct places *places, enum work_class class)
{
	return places->hanging_of[class] >= SCARCE_HANGING;
}

unsigned places_threads_max(const struct places *places)
{
	unsigned max = places->hanging + PLACES;

	return max < PLACES_THREADS_MAX ? max : PLACES_THREADS_MAX;
}

void places_take(struct places *places, enum work_class class)
{
	places->running++;
	places->running_of[class]++;
}

void places_leave(struct places *places, enum work_class class, bool has_hung)
{
	places->running--;
	places->running_of[class]--;
	places->hanging -= has_hung;
	places->hanging_of[class] -= has_hung;
}

void places_hang(struct places *places, enum work_class class)
{
	places->hanging++;
	places->hanging_of[class]++;
}
