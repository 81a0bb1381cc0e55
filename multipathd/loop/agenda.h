/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * agenda.h - what is due at which second: one timer, and what is due together is done together.
 * For: checks.
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

/** agenda_init() - an entry that is not due */
void agenda_init(struct agenda_entry *entry);

/**
 * agenda_set() - due once at @usec (CLOCK_MONOTONIC), rounded to the second; never in this turn of
 * the loop
 */
int agenda_set(struct agenda *agenda, struct agenda_entry *entry, uint64_t usec);

/** agenda_clear() - not due; it may be so already */
void agenda_clear(struct agenda_entry *entry);
