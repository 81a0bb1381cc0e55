/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * agenda.h - entries that fall due at certain seconds, with one timer for all of them.  For:
 * checks.
 */
#pragma once
#include <stdint.h>
#include <systemd/sd-event.h>
#include <urcu/list.h>

struct agenda;

struct agenda_entry {
	struct cds_list_head in_second;
	uint64_t sec; /* CLOCK_MONOTONIC */
};

/**
 * agenda_new() - an empty one
 * @due:	called on the loop for each entry when its time has come; it may set and clear any
 *		entry
 * @ret:	agenda_free(), when all entries are cleared
 *
 * Return: 0, negative errno.
 */
int agenda_new(sd_event *event, void (*due)(struct agenda_entry *entry), struct agenda **ret);

/** agenda_free() - Return: NULL */
struct agenda *agenda_free(struct agenda *agenda);

/** agenda_init() - initialize an entry that is not due */
void agenda_init(struct agenda_entry *entry);

/**
 * agenda_set() - make an entry due once at @usec (CLOCK_MONOTONIC), rounded to the second; never in
 * this turn of the loop
 */
int agenda_set(struct agenda *agenda, struct agenda_entry *entry, uint64_t usec);

/** agenda_clear() - make an entry not due; harmless if it is not */
void agenda_clear(struct agenda_entry *entry);
