/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * knock.h - does a SCSI disk answer? Asked without a thread that waits for it.  For: the daemon's
 * checks.
 *
 * SG_IO returns when the command has ended; the disk's sg device takes a command and has its answer
 * later.
 */
#pragma once

struct mp_roots;
struct mp_scsi_result;

/**
 * mp_knock() - send TEST UNIT READY (spc4r36j 6.47)
 * @dir:	sysfs directory of the disk
 *
 * Does not wait for the device, nor for its host's error recovery. The command is dropped when the
 * descriptor is closed.
 * Return: a descriptor that becomes readable when the command has ended; -ENOENT the disk has no sg
 * device (the module is not loaded), negative errno.
 */
int mp_knock(const struct mp_roots *roots, const char *dir, unsigned timeout_msec);

/**
 * mp_knock_answer() - how it ended; does not block. Return: 0, -EAGAIN not yet, -ENODEV the disk is
 * gone, negative errno.
 */
int mp_knock_answer(int fd, struct mp_scsi_result *ret);
