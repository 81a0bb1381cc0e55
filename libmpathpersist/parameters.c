/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libmpathpersist/parameters.h"

#include <string.h>

#include "base/bytes.h"
#include "libmpathpersist/mpath_persist.h"

static void take_port(const struct transportid *port, struct mp_transport_id *ret)
{
	*ret = (struct mp_transport_id){
		.protocol = port->protocol_id,
		.format = port->format_code >> 6,
	};
	if (ret->protocol == MP_TRANSPORT_ISCSI)
		memcpy(ret->name, port->iscsi_name,
		       strnlen((const char *)port->iscsi_name, sizeof(ret->name) - 1));
	else
		memcpy(ret->address, port->n_port_name, sizeof(ret->address));
}

int parameters_take(const struct prout_param_descriptor *descriptor, struct parameters *ret)
{
	uint8_t encoded[MP_TRANSPORT_ID_SIZE_MAX];
	size_t count = descriptor->sa_flags & MPATH_F_SPEC_I_PT_MASK ? descriptor->num_transportid :
								       0;

	if (count > MP_RESERVATION_PORTS)
		return MPATH_PR_SYNTAX_ERROR;
	for (size_t i = 0; i < count; i++) {
		if (!descriptor->trnptid_list[i])
			return MPATH_PR_SYNTAX_ERROR;
		take_port(descriptor->trnptid_list[i], &ret->ports[i]);
		if (mp_transport_id_encode(&ret->ports[i], encoded, sizeof(encoded)) < 0)
			return MPATH_PR_SYNTAX_ERROR;
	}
	ret->list = (struct mp_reservation_parameters){
		.key = mp_bytes_be64(descriptor->key),
		.service_action_key = mp_bytes_be64(descriptor->sa_key),
		.all_target_ports = descriptor->sa_flags & MPATH_F_ALL_TG_PT_MASK,
		.through_power_loss = descriptor->sa_flags & MPATH_F_APTPL_MASK,
		.ports = ret->ports,
		.port_count = count,
	};
	return MPATH_PR_SUCCESS;
}
