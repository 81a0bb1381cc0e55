/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* timers.h - one-shot timers of the loop.  For: the daemon's rooms. */
#pragma once
#include <stdint.h>
#include <systemd/sd-event.h>

/**
 * timers_set() - let it go off once; the loop ends if its handler fails
 * @source:	NULL: made; sd_event_source_disable_unref() ends it
 * @usec:	of CLOCK_MONOTONIC; up to a tenth of a second later
 *
 * Return: 0 or more, negative errno.
 */
int timers_set(sd_event *event, sd_event_source **source, uint64_t usec,
	       sd_event_time_handler_t handler, void *userdata);
