/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fabric.h - paths that a Fibre Channel fabric reports as impaired (marginal_pathgroups fpin).
 * For: the daemon's events, control and commands.
 *
 * A notification makes the paths through the ports that it names marginal, and the kernel is told:
 * it keeps that as the state of the remote port until the port has logged in again. Each check of a
 * path reads this state, so the paths of a port are marginal as long as it is, after a restart of
 * the daemon as well, and whatever writes the state.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "kernel/fpin.h"
#include "multipathd/jobs/ports.h"

struct daemon;
struct daemon_path;

/** fabric_is_configured() - Return: true with marginal_pathgroups fpin */
bool fabric_is_configured(const struct daemon *daemon);

/**
 * fabric_take_datagram() - events of hosts
 * @data:	as received from the kernel
 */
void fabric_take_datagram(struct daemon *daemon, const void *data, size_t size);

/**
 * fabric_take() - a notification
 * @host:	SCSI host that received it, modulo 65536: only its paths are meant
 */
void fabric_take(struct daemon *daemon, unsigned host, const struct mp_fpin *fpin);

/**
 * fabric_on_change() - a host's link came up, or ports of its fabric have changed (RSCN)
 *
 * Paths whose mark the kernel does not keep lose it, others are checked, which reads their ports.
 */
void fabric_on_change(struct daemon *daemon, unsigned host);

/**
 * fabric_take_reading() - what a check has read
 * @epoch:	of the path's struct rport when the check began
 */
void fabric_take_reading(struct daemon_path *path, enum port_state state, unsigned epoch);

/**
 * fabric_forgive() - the operator has cleared the mark of the path: the state of its port counts
 * again when it changes
 */
void fabric_forgive(struct daemon_path *path);
