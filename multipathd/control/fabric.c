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

static bool fabric_is_of_host(const struct daemon_path *path, unsigned host)
{
	return paths_follows_port(path) && path->path.identity.address.host == (int)host;
}

/* The host's own port is named if its own link is impaired. */
static bool fabric_means(const struct mp_fpin *fpin, const struct daemon_path *path, unsigned host)
{
	return fabric_is_of_host(path, host) &&
	       (fpin->kind == MP_FPIN_CONGESTION ||
		mp_fpin_names(fpin, mp_fpin_parse_wwpn(path->path.identity.target_wwpn)) ||
		mp_fpin_names(fpin, mp_fpin_parse_wwpn(path->path.identity.host_wwpn)));
}

/* A remote port has a host, channel and target of its own. */
static bool fabric_is_of_port(const struct daemon_path *path, const struct mp_address *port)
{
	const struct mp_address *address = &path->path.identity.address;

	return paths_follows_port(path) && address->host == port->host &&
	       address->channel == port->channel && address->target == port->target;
}

/* Return: NULL if the port is not being written. */
static struct daemon_path *fabric_find_writing(struct inventory *inventory,
					       const struct mp_address *port)
{
	struct mp_path *path;

	cds_list_for_each_entry(path, &inventory->paths, in_all)
		if (daemon_path_of(path)->port.writing &&
		    fabric_is_of_port(daemon_path_of(path), port))
			return daemon_path_of(path);
	return NULL;
}

static void fabric_record(struct daemon_path *path, bool marginal);

static void fabric_on_written(struct daemon *daemon, const struct mp_address *port,
			      enum port_state state, int error)
{
	/* A port that is not connected has the wanted state, as far as that matters, once it is. */
	bool done = error >= 0 || error == -EINVAL, written = state == PORT_MARGINAL;
	uint64_t id = mp_hash_number(mp_hash_text("port_state") - error);
	struct daemon_path *writer = fabric_find_writing(&daemon->inventory, port);
	bool wanted = writer && writer->port.marginal;
	struct mp_path *other;

	cds_list_for_each_entry(other, &daemon->inventory.paths, in_all) {
		struct daemon_path *path = daemon_path_of(other);

		if (!path->port.writing || !fabric_is_of_port(path, port))
			continue;
		path->port.writing = false;
		path->port.epoch++;
		path->port.marginal = written == done;
	}
	if (done && writer)
		fabric_record(writer, wanted);
	if (!done && error != -ECANCELED && warnings_is_first(&daemon->warnings, id))
		log_warning("host%d: cannot set the state of a remote port to \"%s\": %s",
			    port->host, written ? "Marginal" : "Online", strerror(-error));
}

/*
 * For all paths of the port, in one write. There is one at a time, after which the state wanted by
 * then is written: a write may hang, and congestion can begin and end many times a second.
 */
static void fabric_record(struct daemon_path *path, bool marginal)
{
	const struct mp_address *port = &path->path.identity.address;
	struct mp_path *other;

	if (path->port.marginal == marginal ||
	    (!fabric_find_writing(path->inventory, port) &&
	     ports_write(path, marginal ? PORT_MARGINAL : PORT_ONLINE, fabric_on_written) < 0))
		return;
	cds_list_for_each_entry(other, &path->inventory->paths, in_all) {
		struct daemon_path *same = daemon_path_of(other);

		if (!fabric_is_of_port(same, port))
			continue;
		same->port.marginal = marginal;
		same->port.writing = true;
		same->port.epoch++;
	}
}

static const char *fabric_map_name(const struct daemon_path *path)
{
	return path->path.map ? path->path.map->name : "[orphan]";
}

static void fabric_mark(struct daemon_path *path, enum path_mark mark)
{
	if (path->port.mark < mark)
		path->port.mark = mark;
	health_set_marginal(path, true);
}

static void fabric_unmark(struct daemon_path *path, const char *reason)
{
	path->port.mark = PATH_UNMARKED;
	if (!path->path.marginal)
		return;
	log_notice("%s: %s is no longer marginal: %s", fabric_map_name(path),
		   mp_path_name(&path->path), reason);
	health_set_marginal(path, false);
}

/* What a notification concerns and changes. */
struct fabric_result {
	unsigned paths, news;
};

static void fabric_apply(struct daemon_path *path, const struct mp_fpin *fpin,
			 struct fabric_result *result)
{
	bool was = path->path.marginal;

	switch (mp_fpin_judge(fpin)) {
	case MP_FPIN_IGNORE:
		break;
	case MP_FPIN_MARGINAL:
		fabric_mark(path,
			    mp_fpin_is_congestion(fpin) ? PATH_MARKED_CONGESTED : PATH_MARKED);
		fabric_record(path, true);
		break;
	case MP_FPIN_CLEAR:
		if (path->port.mark != PATH_MARKED_CONGESTED)
			return;
		fabric_unmark(path, "congestion has ended");
		fabric_record(path, false);
		break;
	}
	result->paths++;
	result->news += was != path->path.marginal;
}

/* Repeated notifications are no news: the fabric sends them while the condition lasts. */
static void fabric_log(unsigned host, const struct mp_fpin *fpin,
		       const struct fabric_result *result)
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
	log_line(result->news ? LOG_LEVEL_NOTICE : LOG_LEVEL_INFO,
		 "host%u: fabric notification: %s (%s) at %s: %u path%s %s", host,
		 mp_fpin_kind_text(fpin), mp_fpin_reason_text(fpin), where, result->paths,
		 result->paths == 1 ? "" : "s", verdicts[mp_fpin_judge(fpin)]);
}

void fabric_take(struct daemon *daemon, unsigned host, const struct mp_fpin *fpin)
{
	struct fabric_result result = { 0 };
	struct mp_path *path;

	if (!fabric_is_configured(daemon))
		return;
	cds_list_for_each_entry(path, &daemon->inventory.paths, in_all)
		if (fabric_means(fpin, daemon_path_of(path), host))
			fabric_apply(daemon_path_of(path), fpin, &result);
	fabric_log(host, fpin, &result);
}

void fabric_on_change(struct daemon *daemon, unsigned host)
{
	struct mp_path *other;

	cds_list_for_each_entry(other, &daemon->inventory.paths, in_all) {
		struct daemon_path *path = daemon_path_of(other);

		if (!fabric_is_of_host(path, host) || !path->port.mark)
			continue;
		if (path->port.marginal)
			schedule_now(path);
		else
			fabric_unmark(path, "its fabric has changed");
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
	bool marginal = state == PORT_MARGINAL;

	if (!paths_follows_port(path) || state == PORT_UNKNOWN || path->port.writing ||
	    path->port.epoch != epoch || path->port.marginal == marginal)
		return;
	path->port.marginal = marginal;
	if (!marginal && path->port.mark) {
		fabric_unmark(path, "its remote port is online");
	} else if (marginal) {
		log_notice("%s: %s is marginal: its remote port is", fabric_map_name(path),
			   mp_path_name(&path->path));
		fabric_mark(path, PATH_MARKED);
	}
}

void fabric_forgive(struct daemon_path *path)
{
	path->port.mark = PATH_UNMARKED;
}
