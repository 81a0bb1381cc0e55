/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * announcement.h - READY=1 to systemd: services ordered after the daemon must find
 * /dev/mapper/NAME, so it waits for the device nodes of new maps.  For: main.
 */
#pragma once
#include <stdbool.h>
#include <systemd/sd-event.h>

struct daemon;

struct announcement {
	struct daemon *daemon;
	void (*on_ready)(struct daemon *daemon); /* called before READY=1 is sent */
	sd_event_source *timer; /* waiting for nodes; NULL: not */
};

/** announcement_begin() - send READY=1 once all maps have their nodes, at the latest in 10 seconds
 */
void announcement_begin(struct announcement *announcement);

/** announcement_review() - maps have changed: send it if that was all it waited for */
void announcement_review(struct announcement *announcement);

/** announcement_cancel() - the daemon ends. Return: true if it was still waiting. */
bool announcement_cancel(struct announcement *announcement);
