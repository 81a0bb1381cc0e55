/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/state/rports.h"

#include <stdlib.h>

#include "kernel/fpin.h"
#include "multipathd/state/inventory.h"

static uint64_t rports_hash(const struct mp_address *address)
{
	return mp_hash_number((uint64_t)(uint32_t)address->host << 32 |
			      (uint64_t)(address->channel & 0xff) << 24 |
			      (address->target & 0xffffff));
}

static bool rports_match(const struct mp_hash_node *node, const void *key)
{
	const struct rport *port = caa_container_of(node, struct rport, by_address);
	const struct mp_address *address = key;

	return port->address.host == address->host && port->address.channel == address->channel &&
	       port->address.target == address->target;
}

struct rport *rports_find(const struct inventory *inventory, const struct mp_address *address)
{
	struct mp_hash_node *node = mp_hash_find(&inventory->rports_by_address,
						 rports_hash(address), rports_match, address);

	return node ? caa_container_of(node, struct rport, by_address) : NULL;
}

/* Return: NULL without memory. */
static struct rport *rports_new(struct inventory *inventory, const struct mp_address *address)
{
	struct rport *port = calloc(1, sizeof(*port));

	if (!port)
		return NULL;
	port->address = *address;
	CDS_INIT_LIST_HEAD(&port->members);
	cds_list_add_tail(&port->in_all, &inventory->rports);
	mp_hash_add(&inventory->rports_by_address, &port->by_address, rports_hash(address));
	return port;
}

/* A name that could not be read says nothing. */
static void rports_name(struct rport *port, const struct mp_identity *identity)
{
	uint64_t wwpn = mp_fpin_parse_wwpn(identity->target_wwpn),
		 host_wwpn = mp_fpin_parse_wwpn(identity->host_wwpn);

	if (wwpn)
		port->wwpn = wwpn;
	if (host_wwpn)
		port->host_wwpn = host_wwpn;
}

void rports_join(struct inventory *inventory, struct rport_member *member,
		 const struct mp_identity *identity)
{
	bool has_port = identity->protocol == MP_PROTOCOL_SCSI_FCP && identity->address.host >= 0;
	struct rport *port = has_port ? rports_find(inventory, &identity->address) : NULL;

	if (has_port && !port)
		port = rports_new(inventory, &identity->address);
	if (port)
		rports_name(port, identity);
	if (port == member->port)
		return;
	rports_leave(inventory, member);
	if (!port)
		return;
	member->port = port;
	cds_list_add_tail(&member->in_port, &port->members);
	port->path_count++;
}

void rports_leave(struct inventory *inventory, struct rport_member *member)
{
	struct rport *port = member->port;

	if (!port)
		return;
	member->port = NULL;
	member->faults = 0;
	cds_list_del(&member->in_port);
	if (--port->path_count)
		return;
	cds_list_del(&port->in_all);
	mp_hash_remove(&inventory->rports_by_address, &port->by_address);
	free(port);
}
