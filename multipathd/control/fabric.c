/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/fabric.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "base/log.h"
#include "config/config.h"
#include "multipathd/control/health.h"
#include "multipathd/control/schedule.h"
#include "multipathd/state/daemon.h"
#include "multipathd/state/maps.h"
#include "multipathd/state/paths.h"

bool fabric_is_configured(const struct daemon *daemon)
{
	return daemon->inventory.process->marginal_pathgroups == MP_MARGINAL_FPIN;
}

/*
 * The kernel's events have 16 bits for the number of a host. If two Fibre Channel hosts share
 * these, both are meant.
 */
static bool fabric_is_of_host(const struct rport *port, unsigned host)
{
	return (uint16_t)port->address.host == (uint16_t)host;
}

/* The host's own port is named if its own link is impaired. */
static bool fabric_means(const struct mp_fpin *fpin, const struct rport *port)
{
	return fpin->kind == MP_FPIN_CONGESTION || mp_fpin_names(fpin, port->wwpn) ||
	       mp_fpin_names(fpin, port->host_wwpn);
}

static struct daemon_path *fabric_path_of(const struct cds_list_head *in_port)
{
	return caa_container_of(in_port, struct daemon_path, rport.in_port);
}

static void fabric_record(struct rport *port, bool marginal);

static void fabric_on_written(struct daemon *daemon, const struct mp_address *address,
			      enum port_state state, int error)
{
	/* A port that is not connected has the wanted state, as far as that matters, once it is. */
	bool done = error >= 0 || error == -EINVAL, written = state == PORT_MARGINAL;
	uint64_t id = mp_hash_number(mp_hash_text("port_state") - error);
	struct rport *port = rports_find(&daemon->inventory, address);

	if (port && port->writing) {
		bool wanted = port->marginal, again = port->write_again || wanted != written;

		port->writing = port->write_again = false;
		port->epoch++;
		port->marginal = written == done;
		if (done && again)
			fabric_record(port, wanted);
	}
	if (!done && error != -ECANCELED && warnings_is_first(&daemon->warnings, id))
		log_warning("host%d: cannot set the state of a remote port to \"%s\": %s",
			    address->host, written ? "Marginal" : "Online", strerror(-error));
}

/*
 * One write at a time, after which the state wanted by then is written: a write may hang, and
 * congestion can begin and end many times a second. A port that is already marginal is written as
 * well: it may have logged in since its state was read, and the notification is newer than that.
 */
static void fabric_record(struct rport *port, bool marginal)
{
	if (!port->marginal && !marginal)
		return;
	if (port->writing)
		port->write_again = marginal;
	else if (ports_write(fabric_path_of(port->members.next),
			     marginal ? PORT_MARGINAL : PORT_ONLINE, fabric_on_written) < 0)
		return;
	port->marginal = marginal;
	port->writing = true;
	port->epoch++;
}

/*
 * The path is marked once for each fault of its port, and no longer when that is good again.
 * @reason: for the log; NULL: not logged
 * Return: true if that is news
 */
static bool fabric_follow(struct daemon_path *path, const char *reason)
{
	struct rport_member *member = &path->rport;
	bool was = path->path.marginal;

	if (member->port->fault && member->faults != member->port->faults) {
		member->marked = true;
		member->faults = member->port->faults;
		health_set_marginal(path, true);
	} else if (!member->port->fault && member->marked) {
		member->marked = false;
		health_set_marginal(path, false);
	}
	if (was == path->path.marginal)
		return false;
	if (reason)
		log_notice("%s: %s is %s: %s", path->path.map ? path->path.map->name : "[orphan]",
			   mp_path_name(&path->path), was ? "no longer marginal" : "marginal",
			   reason);
	return true;
}

/* Return: true if it is news to any */
static bool fabric_follow_all(const struct rport *port, const char *reason)
{
	struct cds_list_head *in_port;
	bool news = false;

	cds_list_for_each(in_port, &port->members)
		news |= fabric_follow(fabric_path_of(in_port), reason);
	return news;
}

static void fabric_blame(struct rport *port, enum rport_fault fault)
{
	if (port->fault < fault)
		port->fault = fault;
	port->faults++;
}

/* Return: true if it is news to any path of the port */
static bool fabric_apply(struct rport *port, const struct mp_fpin *fpin)
{
	bool news = false;

	switch (mp_fpin_judge(fpin)) {
	case MP_FPIN_IGNORE:
		break;
	case MP_FPIN_MARGINAL:
		fabric_blame(port, mp_fpin_is_congestion(fpin) ? RPORT_CONGESTED : RPORT_IMPAIRED);
		news = fabric_follow_all(port, NULL);
		fabric_record(port, true);
		break;
	case MP_FPIN_CLEAR:
		port->fault = RPORT_GOOD;
		news = fabric_follow_all(port, "congestion has ended");
		fabric_record(port, false);
		break;
	}
	return news;
}

/* The fabric reports the end of congestion only, and a link may be impaired besides. */
static bool fabric_is_concerned(const struct rport *port, const struct mp_fpin *fpin)
{
	return mp_fpin_judge(fpin) != MP_FPIN_CLEAR || port->fault == RPORT_CONGESTED ||
	       port->fault == RPORT_FOUND;
}

/* Repeated notifications are no news: the fabric sends them while the condition lasts. */
static void fabric_log(unsigned host, const struct mp_fpin *fpin, unsigned paths, bool news)
{
	static const char *const verdicts[] = {
		[MP_FPIN_IGNORE] = "affected",
		[MP_FPIN_MARGINAL] = "marginal",
		[MP_FPIN_CLEAR] = "no longer marginal",
	};
	char where[80] = "its own port";

	if (fpin->kind != MP_FPIN_CONGESTION)
		snprintf(where, sizeof(where), "port 0x%016" PRIx64 ", detected by 0x%016" PRIx64,
			 fpin->attached_wwpn, fpin->detecting_wwpn);
	log_line(news ? LOG_LEVEL_NOTICE : LOG_LEVEL_INFO,
		 "host%u: fabric notification: %s (%s) at %s: %u path%s %s", host,
		 mp_fpin_kind_text(fpin), mp_fpin_reason_text(fpin), where, paths,
		 paths == 1 ? "" : "s", verdicts[mp_fpin_judge(fpin)]);
}

void fabric_take(struct daemon *daemon, unsigned host, const struct mp_fpin *fpin)
{
	struct rport *port;
	unsigned paths = 0;
	bool news = false;

	if (!fabric_is_configured(daemon))
		return;
	cds_list_for_each_entry(port, &daemon->inventory.rports, in_all) {
		if (!fabric_is_of_host(port, host) || !fabric_means(fpin, port) ||
		    !fabric_is_concerned(port, fpin))
			continue;
		paths += port->path_count;
		news |= fabric_apply(port, fpin);
	}
	fabric_log(host, fpin, paths, news);
}

void fabric_on_change(struct daemon *daemon, unsigned host)
{
	struct rport *port;

	cds_list_for_each_entry(port, &daemon->inventory.rports, in_all) {
		struct cds_list_head *in_port;

		if (!fabric_is_of_host(port, host) || !port->fault)
			continue;
		if (!port->marginal) {
			port->fault = RPORT_GOOD;
			fabric_follow_all(port, "its fabric has changed");
			continue;
		}
		cds_list_for_each(in_port, &port->members) schedule_now(fabric_path_of(in_port));
	}
}

static void fabric_take_list(struct daemon *daemon, const struct mp_fc_event *event)
{
	struct mp_fpin_list list;
	struct mp_fpin fpin;

	if (mp_fpin_open(event->data, event->size, &list) < 0)
		log_info("host%u: unreadable fabric notification", event->host);
	else
		while (mp_fpin_next(&list, &fpin))
			fabric_take(daemon, event->host, &fpin);
}

void fabric_take_datagram(struct daemon *daemon, const void *data, size_t size)
{
	const uint8_t *at = data;
	struct mp_fc_event event;

	while (mp_fc_event_next(&at, &size, &event)) {
		log_debug("host%u: Fibre Channel event 0x%x", event.host, event.code);
		if (event.code == MP_FC_EVENT_FPIN)
			fabric_take_list(daemon, &event);
		else if (event.code == MP_FC_EVENT_LINK_UP || event.code == MP_FC_EVENT_RSCN)
			fabric_on_change(daemon, event.host);
	}
}

void fabric_take_reading(struct daemon_path *path, enum port_state state, unsigned epoch)
{
	struct rport *port = path->rport.port;
	bool marginal = state == PORT_MARGINAL;

	if (!paths_follows_port(path) || state == PORT_UNKNOWN || port->writing ||
	    port->epoch != epoch)
		return;
	if (port->marginal && !marginal)
		port->fault = RPORT_GOOD;
	else if (!port->marginal && marginal)
		fabric_blame(port, port->was_read ? RPORT_IMPAIRED : RPORT_FOUND);
	if (port->marginal != marginal) {
		port->marginal = marginal;
		fabric_follow_all(port,
				  marginal ? "its remote port is" : "its remote port is online");
	}
	port->was_read = true;
	/* The path may have been added since the port became marginal. */
	fabric_follow(path, port->fault ? "its remote port is" : "its remote port is online");
}

void fabric_forgive(struct daemon_path *path)
{
	path->rport.marked = false;
}
