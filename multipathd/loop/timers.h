/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* timers.h - one-shot timers and deferred calls of the loop.  For: the daemon's rooms. */
#pragma once
#include <stdint.h>
#include <systemd/sd-event.h>

/**
 * timers_now_usec() - the current CLOCK_MONOTONIC; sd_event_now() does not advance during a turn of
 * the loop
 */
uint64_t timers_now_usec(void);

/**
 * timers_set() - set a one-shot timer; the loop ends if its handler fails
 * @source:	created if NULL; release it by sd_event_source_disable_unref()
 * @usec:	CLOCK_MONOTONIC; it may expire up to a tenth of a second later
 *
 * Return: 0 or more, negative errno.
 */
int timers_set(sd_event *event, sd_event_source **source, uint64_t usec,
	       sd_event_time_handler_t handler, void *userdata);

/**
 * timers_add() - create a timer that is off; the loop ends if its handler fails
 * @accuracy_usec:	it may expire up to this much later
 * @ret:		timers_arm(), sd_event_source_disable_unref(); may be set on failure, too
 *
 * Return: 0 or more, negative errno.
 */
int timers_add(sd_event *event, sd_event_source **ret, uint64_t accuracy_usec,
	       sd_event_time_handler_t handler, void *userdata);

/**
 * timers_arm() - arm a timer of timers_add() once
 * @usec:	of CLOCK_MONOTONIC; 0: not at all
 *
 * Return: 0 or more, negative errno.
 */
int timers_arm(sd_event_source *source, uint64_t usec);

/**
 * timers_add_defer() - create a source whose handler is called once in the next turn of the loop
 * whenever it is enabled (SD_EVENT_ONESHOT); the loop ends if its handler fails
 * @ret:	disabled; may be set on failure, too
 *
 * Return: 0 or more, negative errno.
 */
int timers_add_defer(sd_event *event, sd_event_source **ret, int64_t priority,
		     sd_event_handler_t handler, void *userdata);
