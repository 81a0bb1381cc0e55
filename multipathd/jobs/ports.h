/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ports.h - the state of Fibre Channel remote ports, which the kernel keeps in their attribute
 * port_state.  For: the daemon's control, checks.
 */
#pragma once
struct daemon;
struct daemon_path;
struct mp_address;

enum port_state {
	PORT_UNKNOWN, /* not read, or neither of the others: it is not connected, for example */
	PORT_ONLINE,
	PORT_MARGINAL, /* it works, but commands that time out there are not retried there */
};

/**
 * ports_written_fn - a write has ended, on the loop
 * @port:	its host, channel and target; paths of it may have gone
 * @error:	0, negative errno; -EINVAL: the port is not connected; -ECANCELED: not tried
 */
typedef void (*ports_written_fn)(struct daemon *daemon, const struct mp_address *port,
				 enum port_state state, int error);

/**
 * ports_write() - set the state of the path's remote port, by a worker
 * @state:	online or marginal; the kernel changes one to the other, and nothing else
 *
 * Return: 0; -ENOMEM: @written is not called
 */
int ports_write(const struct daemon_path *path, enum port_state state, ports_written_fn written);

/** ports_read() - on a worker. @dir: of the path, in sysfs */
enum port_state ports_read(const char *dir);
