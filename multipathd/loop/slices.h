/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * slices.h - long work done in slices of a few milliseconds, between which the loop serves
 * everything else.  For: the daemon's rooms.
 *
 * The objects may change between two slices: a step finds its object again by something that
 * survives (an id, a device number, a WWID, the head of a list that its members leave by
 * themselves), never by a pointer kept from the previous step.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-event.h>

enum {
	SLICE_STEPS = 64,
	SLICE_USEC = 5000,
	/* The maximum delay of the next slice by other work. */
	SLICE_PAUSE_USEC = 20000,
};

/* The remainder of one slice. */
struct slice {
	unsigned steps;
	uint64_t end_usec; /* of CLOCK_MONOTONIC */
};

/** slice_begin() - start a slice of SLICE_STEPS steps or SLICE_USEC, whichever ends first */
struct slice slice_begin(void);

/**
 * slice_is_over() - count one step. Return: true if no further step may begin in this slice
 */
bool slice_is_over(struct slice *slice);

/** slices_step_fn - do one step of the work. Return: true if there is another one. */
typedef bool (*slices_step_fn)(void *userdata);

struct slices;

/** slices_new() - @step: called by slices_run(). Return: 0, negative errno. */
int slices_new(sd_event *event, slices_step_fn step, void *userdata, struct slices **ret);

/** slices_free() - drop the remaining steps. Return: NULL. */
struct slices *slices_free(struct slices *slices);

/**
 * slices_run() - run the first slice now, and the others in later turns of the loop, after its
 * other work
 *
 * Small work is done when this returns. While it is running, another call does nothing.
 */
void slices_run(struct slices *slices);

/** slices_go_on() - Return: true while steps are left */
bool slices_go_on(const struct slices *slices);
