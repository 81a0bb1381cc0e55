/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* apply.h - plans become device-mapper operations.  For: the daemon's loop. */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-event.h>

struct daemon;
struct daemon_map;
struct mp_plan;

/**
 * apply_plan() - start all steps; nothing is decided here
 *
 * Return: 1 an operation on the table is under way (the map is touched again when it ends), 0 nothing to wait for, negative errno.
 */
int apply_plan(struct daemon_map *map, const struct mp_plan *plan);

/** apply_check_load() - what a path of the map was is not known any more, or it is gone: a load of it that still waits is called off */
void apply_check_load(struct daemon_map *map);

/** apply_reply() - answer a request of a client; 0: nobody asked */
void apply_reply(struct daemon *daemon, uint64_t request, const char *reply);

/** apply_check_configured() - has the start or reconfigure come to its end? */
void apply_check_configured(struct daemon *daemon);

/** apply_set_timer() - one-shot, made if *source is NULL */
int apply_set_timer(struct daemon *daemon, sd_event_source **source, uint64_t usec, sd_event_time_handler_t handler,
		    void *userdata);
