/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libmpathpersist/responses.h"

#include <string.h>

#include "base/bytes.h"
#include "kernel/reservation.h"
#include "libmpathpersist/mpath_persist.h"
#include "libmpathpersist/transportids.h"

enum {
	HOLDER_LENGTH = 16, /* of READ RESERVATION, after its header */
	FLAG_HOLDER = 0x01,
	FLAG_ALL_TARGET_PORTS = 0x02,
	/* As many descriptors as there is memory for them. */
	DESCRIPTORS = MPATH_MAX_PARAM_LEN / sizeof(struct prin_fulldescr),
};

_Static_assert(DESCRIPTORS <= MPATH_MX_TIDS, "callers have no room for more pointers");
_Static_assert(sizeof(((struct transportid *)0)->iscsi_name) == MP_TRANSPORT_NAME_SIZE,
	       "names have the same room");

static int take_keys(const uint8_t *data, size_t size, struct prin_readdescr *ret)
{
	struct mp_reservation_keys keys;

	if (mp_reservation_decode_keys(data, size, &keys) < 0)
		return MPATH_PR_SENSE_MALFORMED;
	if (keys.count > sizeof(ret->key_list) / 8)
		keys.count = sizeof(ret->key_list) / 8;
	ret->prgeneration = keys.generation;
	ret->additional_length = keys.count * 8;
	memcpy(ret->key_list, keys.keys, keys.count * 8);
	return MPATH_PR_SUCCESS;
}

static int take_holder(const uint8_t *data, size_t size, struct prin_resvdescr *ret)
{
	struct mp_reservation_holder holder;

	if (mp_reservation_decode_holder(data, size, &holder) < 0)
		return MPATH_PR_SENSE_MALFORMED;
	*ret = (struct prin_resvdescr){ .prgeneration = holder.generation };
	if (!holder.held)
		return MPATH_PR_SUCCESS;
	ret->additional_length = HOLDER_LENGTH;
	mp_bytes_put_be64(ret->key, holder.key);
	ret->scope_type = holder.scope << 4 | holder.type;
	return MPATH_PR_SUCCESS;
}

static int take_capabilities(const uint8_t *data, size_t size, struct prin_capdescr *ret)
{
	struct mp_reservation_capabilities capabilities;

	if (mp_reservation_decode_capabilities(data, size, &capabilities) < 0)
		return MPATH_PR_SENSE_MALFORMED;
	*ret = (struct prin_capdescr){
		.length = capabilities.length,
		.flags = { capabilities.flags[0], capabilities.flags[1] },
		.pr_type_mask = capabilities.types,
	};
	return MPATH_PR_SUCCESS;
}

static void take_registrant(const struct mp_reservation_registrant *one, struct prin_fulldescr *ret)
{
	memset(ret, 0, sizeof(*ret));
	mp_bytes_put_be64(ret->key, one->key);
	ret->flag = (one->holder ? FLAG_HOLDER : 0) |
		    (one->all_target_ports ? FLAG_ALL_TARGET_PORTS : 0);
	ret->scope_type = one->scope << 4 | one->type;
	ret->rtpi = one->target_port;
	if (one->has_transport)
		transportid_fill(&one->transport, &ret->trnptid);
	else
		ret->trnptid.protocol_id = 0xf; /* spc4r36j table 477: no specific protocol */
}

static int take_status(const uint8_t *data, size_t size, struct print_fulldescr_list *ret)
{
	struct prin_fulldescr *room = (struct prin_fulldescr *)ret->private_buffer;
	struct mp_reservation_registrant one;
	struct mp_reservation_status status;
	uint32_t count = 0;

	if (mp_reservation_decode_status(data, size, &status) < 0)
		return MPATH_PR_SENSE_MALFORMED;
	for (; count < DESCRIPTORS && mp_reservation_next(&status, &one); count++) {
		take_registrant(&one, &room[count]);
		ret->descriptors[count] = &room[count];
	}
	ret->prgeneration = status.generation;
	ret->number_of_descriptor = count;
	return MPATH_PR_SUCCESS;
}

int response_take(int action, const uint8_t *data, size_t size, struct prin_resp *ret)
{
	switch (action) {
	case MPATH_PRIN_RKEY_SA:
		return take_keys(data, size, &ret->prin_descriptor.prin_readkeys);
	case MPATH_PRIN_RRES_SA:
		return take_holder(data, size, &ret->prin_descriptor.prin_readresv);
	case MPATH_PRIN_RCAP_SA:
		return take_capabilities(data, size, &ret->prin_descriptor.prin_readcap);
	case MPATH_PRIN_RFSTAT_SA:
		return take_status(data, size, &ret->prin_descriptor.prin_readfd);
	default:
		return MPATH_PR_SYNTAX_ERROR;
	}
}
