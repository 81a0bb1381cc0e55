/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "mpathpersist/report.h"

#include <string.h>

#include "base/bytes.h"
#include "base/cleanup.h"
#include "base/strbuf.h"
#include "kernel/reservation.h"
#include "libmpathpersist/mpath_persist.h"

enum { HOLDER = 0x01, ALL_TARGET_PORTS = 0x02 };

static void put_type(struct mp_strbuf *buf, unsigned type)
{
	static const char *const names[] = {
		[MPATH_PRTPE_WE] = "Write Exclusive",
		[MPATH_PRTPE_EA] = "Exclusive Access",
		[MPATH_PRTPE_WE_RO] = "Write Exclusive, registrants only",
		[MPATH_PRTPE_EA_RO] = "Exclusive Access, registrants only",
		[MPATH_PRTPE_WE_AR] = "Write Exclusive, all registrants",
		[MPATH_PRTPE_EA_AR] = "Exclusive Access, all registrants",
	};

	if (type < ARRAY_SIZE(names) && names[type])
		mp_strbuf_puts(buf, names[type]);
	else
		mp_strbuf_printf(buf, "obsolete [%u]", type);
}

static void put_scope(struct mp_strbuf *buf, uint8_t scope_type)
{
	if (scope_type & MPATH_PR_SCOPE_MASK)
		mp_strbuf_printf(buf, "%u", scope_type >> 4);
	else
		mp_strbuf_puts(buf, "LU_SCOPE");
}

static void put_key(struct mp_strbuf *buf, const uint8_t *key)
{
	mp_strbuf_printf(buf, "0x%llx\n", (unsigned long long)mp_bytes_be64(key));
}

static void report_keys(struct mp_strbuf *buf, const struct prin_readdescr *keys)
{
	size_t count = keys->additional_length / 8;

	if (count > sizeof(keys->key_list) / 8)
		count = sizeof(keys->key_list) / 8;
	mp_strbuf_printf(buf, "  PR generation=0x%x, \t", keys->prgeneration);
	if (!count)
		mp_strbuf_puts(buf, "0 registered reservation key.\n");
	else if (count == 1)
		mp_strbuf_puts(buf, "1 registered reservation key follows:\n");
	else
		mp_strbuf_printf(buf, "%zu registered reservation keys follow:\n", count);
	for (size_t i = 0; i < count; i++) {
		mp_strbuf_puts(buf, "    ");
		put_key(buf, keys->key_list + 8 * i);
	}
}

static void report_holder(struct mp_strbuf *buf, const struct prin_resvdescr *holder)
{
	mp_strbuf_printf(buf, "  PR generation=0x%x, ", holder->prgeneration);
	if (!holder->additional_length) {
		mp_strbuf_puts(buf, "there is NO reservation held \n");
		return;
	}
	mp_strbuf_puts(buf, "Reservation follows:\n   Key = ");
	put_key(buf, holder->key);
	mp_strbuf_puts(buf, "  scope = ");
	put_scope(buf, holder->scope_type);
	mp_strbuf_puts(buf, ", type = ");
	put_type(buf, holder->scope_type & MPATH_PR_TYPE_MASK);
	mp_strbuf_putc(buf, '\n');
}

/* Bits of bytes 2 and 3, and of the type mask: spc4r36j 6.16.4, tables 214 to 216. */
static void report_capabilities(struct mp_strbuf *buf, const struct prin_capdescr *capabilities)
{
	static const struct {
		const char *name;
		unsigned byte, mask;
	} flags[] = {
		{ "Compatible Reservation Handling(CRH)", 0, 0x10 },
		{ "Specify Initiator Ports Capable(SIP_C)", 0, 0x08 },
		{ "All Target Ports Capable(ATP_C)", 0, 0x04 },
		{ "Persist Through Power Loss Capable(PTPL_C)", 0, 0x01 },
		{ "Type Mask Valid(TMV)", 1, 0x80 },
		{ "Allow Commands", 1, 0x70 },
		{ "Persist Through Power Loss Active(PTPL_A)", 1, 0x01 },
	};
	static const struct {
		unsigned type, mask;
	} types[] = {
		{ MPATH_PRTPE_WE_AR, 0x8000 }, { MPATH_PRTPE_EA_RO, 0x4000 },
		{ MPATH_PRTPE_WE_RO, 0x2000 }, { MPATH_PRTPE_EA, 0x0800 },
		{ MPATH_PRTPE_WE, 0x0200 },    { MPATH_PRTPE_EA_AR, 0x0001 },
	};

	mp_strbuf_puts(buf, "Report capabilities response:\n");
	for (size_t i = 0; i < ARRAY_SIZE(flags); i++)
		mp_strbuf_printf(buf, "  %s: %d\n", flags[i].name,
				 !!(capabilities->flags[flags[i].byte] & flags[i].mask));
	if (!(capabilities->flags[1] & 0x80))
		return;
	mp_strbuf_puts(buf, "    Support indicated in Type mask:\n");
	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		mp_strbuf_puts(buf, "      ");
		put_type(buf, types[i].type);
		mp_strbuf_printf(buf, ": %d\n", !!(capabilities->pr_type_mask & types[i].mask));
	}
}

static void put_address(struct mp_strbuf *buf, const char *protocol, const uint8_t *address)
{
	mp_strbuf_printf(buf, "   %s        ", protocol);
	for (size_t i = 0; i < MP_TRANSPORT_ADDRESS_SIZE; i++)
		mp_strbuf_printf(buf, " %02x", address[i]);
	mp_strbuf_putc(buf, '\n');
}

/* It is text of another initiator, for this one's terminal, which takes commands in UTF-8, too. */
static void put_name(struct mp_strbuf *buf, const char *what, const uint8_t *name)
{
	mp_strbuf_printf(buf, "   iSCSI %s: ", what);
	for (size_t i = 0; i < MPATH_MX_TID_LEN && name[i]; i++)
		mp_strbuf_putc(buf, name[i] < ' ' || name[i] >= 0x7f ? '?' : name[i]);
	mp_strbuf_putc(buf, '\n');
}

static void put_transport(struct mp_strbuf *buf, const struct transportid *id)
{
	switch (id->protocol_id) {
	case MPATH_PROTOCOL_ID_FC:
		put_address(buf, "FCP-2", id->n_port_name);
		break;
	case MPATH_PROTOCOL_ID_SAS:
		put_address(buf, "SAS", id->sas_address);
		break;
	case MPATH_PROTOCOL_ID_ISCSI:
		put_name(buf,
			 id->format_code == MPATH_WWUI_PORT_IDENTIFIER ?
				 "world wide unique port id" :
				 "name",
			 id->iscsi_name);
		break;
	}
}

static void report_registrant(struct mp_strbuf *buf, const struct prin_fulldescr *one)
{
	mp_strbuf_puts(buf, "   Key = ");
	put_key(buf, one->key);
	if (one->flag & ALL_TARGET_PORTS)
		mp_strbuf_puts(buf, "      All target ports bit set\n");
	else
		mp_strbuf_printf(buf,
				 "      All target ports bit clear\n"
				 "      Relative port address: 0x%x\n",
				 one->rtpi);
	if (one->flag & HOLDER) {
		mp_strbuf_puts(buf, "      << Reservation holder >>\n      scope: ");
		put_scope(buf, one->scope_type);
		mp_strbuf_puts(buf, ",  type: ");
		put_type(buf, one->scope_type & MPATH_PR_TYPE_MASK);
		mp_strbuf_putc(buf, '\n');
	} else {
		mp_strbuf_puts(buf, "      not reservation holder\n");
	}
	put_transport(buf, &one->trnptid);
}

static void report_status(struct mp_strbuf *buf, const struct print_fulldescr_list *status)
{
	mp_strbuf_printf(buf, "  PR generation=0x%x \n", status->prgeneration);
	for (uint32_t i = 0; i < status->number_of_descriptor; i++)
		report_registrant(buf, status->descriptors[i]);
}

void report_response(struct mp_strbuf *buf, int action, const struct prin_resp *response)
{
	switch (action) {
	case MPATH_PRIN_RKEY_SA:
		report_keys(buf, &response->prin_descriptor.prin_readkeys);
		break;
	case MPATH_PRIN_RRES_SA:
		report_holder(buf, &response->prin_descriptor.prin_readresv);
		break;
	case MPATH_PRIN_RCAP_SA:
		report_capabilities(buf, &response->prin_descriptor.prin_readcap);
		break;
	case MPATH_PRIN_RFSTAT_SA:
		report_status(buf, &response->prin_descriptor.prin_readfd);
		break;
	}
}
