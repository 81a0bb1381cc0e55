/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* suggest.h - what a misspelt word was meant to be.  For: every room. */
#pragma once

/* Words are offered one by one; the nearest of them stays. */
struct mp_suggestion {
	const char *word; /* misspelt */
	const char *best; /* NULL: none is near enough */
	const char *rival; /* another one that is as near; NULL: none */
	unsigned distance; /* of the best: at most this one is of interest */
};

/** mp_suggest_start() - @word is borrowed; a long one gets no suggestion */
struct mp_suggestion mp_suggest_start(const char *word);

/** mp_suggest_offer() - @candidate is borrowed; of equally near ones the first stays */
void mp_suggest_offer(struct mp_suggestion *suggestion, const char *candidate);

/**
 * mp_suggest_distance() - letters left out, put in, exchanged, or swapped with their neighbour;
 * upper and lower case are the same
 * @limit:	more is not of interest
 *
 * Return: their number, or anything above @limit. Texts of more than 63 letters are never near.
 */
unsigned mp_suggest_distance(const char *a, const char *b, unsigned limit);
