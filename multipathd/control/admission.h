/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * admission.h - what is read of a disk, and whether it may be a path.  For: the daemon's loop.
 */
#pragma once
#include <stdbool.h>

struct daemon;
struct daemon_path;
struct inspection_ask;
struct inspections_callbacks;
struct mp_reading;

/**
 * admission_on_event() - udev says that a disk is there, or has changed: have it read, after
 * inspections_go()
 * @event:	without reasons
 * @is_news:	it may be another device, or another LUN: its path is in doubt until it is proven
 *		again, from now on
 *
 * Return: 0, -ENOMEM.
 */
int admission_on_event(struct daemon *daemon, const struct inspection_ask *event, bool is_news);

/** admission_ask() - inspections_ask() for a path. Return: 0, -ENOMEM. */
int admission_ask(const struct daemon_path *path, unsigned reasons);

/**
 * admission_prepare() - what is to be read of a device
 * @reading:	names it; what it asks for is set here
 * @reasons:	of enum inspection_reason
 *
 * Return: false if nothing needs to be read.
 */
bool admission_prepare(struct daemon *daemon, struct mp_reading *reading, unsigned reasons);

/**
 * admission_take() - a device has been read: find out what it is, possibly again
 * @reading:	its texts may be changed
 *
 * Return: 1 if it is now a path (or already was), 0 if it is filtered out, negative errno.
 */
int admission_take(struct daemon *daemon, struct mp_reading *reading, unsigned reasons);

/* admission_prepare() and admission_take(), for inspections */
extern const struct inspections_callbacks admission_inspects;

/**
 * admission_on_missing_udev() - udev has not provided a WWID in time: retrigger it, or continue
 * without
 */
void admission_on_missing_udev(struct daemon_path *path);
