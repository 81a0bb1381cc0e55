/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* dm_events.h - the control device: readable when a map has an event.  For: programs. */
#pragma once

#define MP_DM_CONTROL_FILE "/dev/mapper/control"

/**
 * mp_dm_events_open() - own descriptor of the control device, to be polled for POLLIN. Return: fd,
 * negative errno.
 */
int mp_dm_events_open(void);

/** mp_dm_events_arm() - DM_DEV_ARM_POLL: readable again at the next event after this call */
int mp_dm_events_arm(int fd);
