/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* transportids.h - TransportIDs in the form of the interface.  For: responses, mpathpersist. */
#pragma once
#include <string.h>

#include "kernel/transport_id.h"
#include "libmpathpersist/mpath_persist.h"

/**
 * transportid_fill() - a protocol that has no member, or none at all, keeps an address of zeros
 * @ret:	zeros
 */
static inline void transportid_fill(const struct mp_transport_id *id, struct transportid *ret)
{
	ret->format_code = id->format << 6;
	ret->protocol_id = id->protocol;
	if (id->protocol == MP_TRANSPORT_ISCSI)
		memcpy(ret->iscsi_name, id->name, sizeof(ret->iscsi_name));
	else
		memcpy(ret->n_port_name, id->address, sizeof(ret->n_port_name));
}
