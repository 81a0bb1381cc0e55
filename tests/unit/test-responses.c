/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/cleanup.h"
#include "libmpathpersist/mpath_persist.h"
#include "libmpathpersist/parameters.h"
#include "libmpathpersist/responses.h"

/* The layout that programs were compiled with: sizes and offsets on 64-bit machines. */
static void the_layout_of_structures_is_fixed(void **state)
{
	(void)state;
#define OFFSET(type, member, offset) assert_int_equal(offsetof(struct type, member), offset)
	OFFSET(prin_readdescr, key_list, 8);
	OFFSET(prin_resvdescr, key, 8);
	OFFSET(prin_resvdescr, scope_type, 21);
	OFFSET(prin_capdescr, pr_type_mask, 4);
	OFFSET(transportid, iscsi_name, 2);
	OFFSET(prin_fulldescr, flag, 8);
	OFFSET(prin_fulldescr, rtpi, 10);
	OFFSET(prin_fulldescr, trnptid, 12);
	OFFSET(print_fulldescr_list, number_of_descriptor, 4);
	OFFSET(print_fulldescr_list, private_buffer, 8);
	OFFSET(print_fulldescr_list, descriptors, 8200);
	OFFSET(prout_param_descriptor, sa_key, 8);
	OFFSET(prout_param_descriptor, sa_flags, 20);
	OFFSET(prout_param_descriptor, num_transportid, 8216);
	OFFSET(prout_param_descriptor, trnptid_list, 8224);
#undef OFFSET
	assert_int_equal(sizeof(struct prin_readdescr), 8200);
	assert_int_equal(sizeof(struct prin_resvdescr), 24);
	assert_int_equal(sizeof(struct prin_capdescr), 8);
	assert_int_equal(sizeof(struct transportid), 258);
	assert_int_equal(sizeof(struct prin_fulldescr), 270);
	assert_int_equal(sizeof(struct prin_resp), 8200);
	assert_int_equal(sizeof(struct prout_param_descriptor), 8224);
}

static struct prin_resp *response_new(void)
{
	struct prin_resp *response =
		malloc(sizeof(*response) + MPATH_MX_TIDS * sizeof(struct prin_fulldescr *));

	assert_non_null(response);
	memset(response, 0xee, sizeof(*response));
	return response;
}

static void no_more_keys_are_reported_than_were_received(void **state)
{
	_cleanup_free_ struct prin_resp *response = response_new();
	const struct prin_readdescr *keys = &response->prin_descriptor.prin_readkeys;
	uint8_t data[8 + 9000] = { 0, 0, 0, 2, 0xff, 0xff, 0xff, 0xff, 1, 2, 3, 4, 5, 6, 7, 8 };

	(void)state;
	assert_int_equal(response_take(MPATH_PRIN_RKEY_SA, data, 8 + 20, response), 0);
	assert_int_equal(keys->prgeneration, 2);
	assert_int_equal(keys->additional_length, 16);
	assert_memory_equal(keys->key_list, data + 8, 16);
	assert_int_equal(response_take(MPATH_PRIN_RKEY_SA, data, sizeof(data), response), 0);
	assert_int_equal(keys->additional_length, MPATH_MAX_PARAM_LEN);
	data[4] = data[5] = data[6] = data[7] = 0;
	assert_int_equal(response_take(MPATH_PRIN_RKEY_SA, data, sizeof(data), response), 0);
	assert_int_equal(keys->additional_length, 0);
}

static void the_holder_is_in_the_order_of_the_host(void **state)
{
	static const uint8_t data[24] = { 0, 0,	 0,	      3,	   0,	       0,
					  0, 16, [14] = 0x12, [15] = 0x34, [21] = 0x05 };
	static const uint8_t key[8] = { [6] = 0x12, [7] = 0x34 };
	_cleanup_free_ struct prin_resp *response = response_new();
	const struct prin_resvdescr *holder = &response->prin_descriptor.prin_readresv;

	(void)state;
	assert_int_equal(response_take(MPATH_PRIN_RRES_SA, data, sizeof(data), response), 0);
	assert_int_equal(holder->prgeneration, 3);
	assert_int_equal(holder->additional_length, 16);
	assert_memory_equal(holder->key, key, 8);
	assert_int_equal(holder->scope_type, 5);
	assert_int_equal(response_take(MPATH_PRIN_RRES_SA, data, 23, response), 10);
	assert_int_equal(response_take(MPATH_PRIN_RRES_SA, (uint8_t[8]){ 0 }, 8, response), 0);
	assert_int_equal(holder->additional_length, 0);
}

static void capabilities_are_in_the_order_of_the_host(void **state)
{
	static const uint8_t data[8] = { 0, 8, 0x1d, 0x91, 0xea, 0x01 };
	_cleanup_free_ struct prin_resp *response = response_new();
	const struct prin_capdescr *capabilities = &response->prin_descriptor.prin_readcap;

	(void)state;
	assert_int_equal(response_take(MPATH_PRIN_RCAP_SA, data, sizeof(data), response), 0);
	assert_int_equal(capabilities->length, 8);
	assert_int_equal(capabilities->flags[0], 0x1d);
	assert_int_equal(capabilities->pr_type_mask, 0xea01);
	assert_int_equal(response_take(MPATH_PRIN_RCAP_SA, data, 7, response), 10);
	assert_int_equal(response_take(4, data, sizeof(data), response), 1);
}

static void as_many_registrants_are_reported_as_there_is_room_for(void **state)
{
	enum { REGISTRANT = 24 + 24, COUNT = 40 };
	_cleanup_free_ struct prin_resp *response = response_new();
	const struct print_fulldescr_list *list = &response->prin_descriptor.prin_readfd;
	uint8_t data[8 + REGISTRANT * COUNT] = { 0, 0, 0, 2, 0, 0, 0xff, 0xff };

	(void)state;
	for (unsigned i = 0; i < COUNT; i++) {
		uint8_t *one = data + 8 + REGISTRANT * i;

		one[7] = i;
		one[12] = i == 1;
		one[13] = i == 1 ? 0x05 : 0;
		one[19] = i + 1;
		one[23] = 24;
		one[24] = 0x06;
		one[28] = 0x60;
	}
	assert_int_equal(response_take(MPATH_PRIN_RFSTAT_SA, data, sizeof(data), response), 0);
	assert_int_equal(list->number_of_descriptor, 30);
	for (unsigned i = 0; i < 30; i++) {
		const struct prin_fulldescr *one = list->descriptors[i];

		assert_ptr_equal(one, list->private_buffer + 270 * i);
		assert_int_equal(one->key[7], i);
		assert_int_equal(one->flag, i == 1);
		assert_int_equal(one->rtpi, i + 1);
		assert_int_equal(one->trnptid.protocol_id, MPATH_PROTOCOL_ID_SAS);
		assert_int_equal(one->trnptid.sas_address[0], 0x60);
	}
	assert_int_equal(response_take(MPATH_PRIN_RFSTAT_SA, data, 8 + 2 * REGISTRANT - 1,
				       response),
			 0);
	assert_int_equal(list->number_of_descriptor, 1);
}

static void a_name_without_end_stays_within_its_descriptor(void **state)
{
	uint8_t data[8 + 24 + 4 + 1000] = {
		[7] = 0xff, [6] = 0xff, [8 + 22] = 1004 >> 8, [8 + 23] = 1004 & 0xff
	};
	_cleanup_free_ struct prin_resp *response = response_new();
	const struct print_fulldescr_list *list = &response->prin_descriptor.prin_readfd;

	(void)state;
	memset(data + 8 + 24, 'x', 1004);
	data[8 + 24] = 0x45;
	assert_int_equal(response_take(MPATH_PRIN_RFSTAT_SA, data, sizeof(data), response), 0);
	assert_int_equal(list->number_of_descriptor, 1);
	assert_int_equal(list->descriptors[0]->trnptid.format_code, MPATH_WWUI_PORT_IDENTIFIER);
	assert_int_equal(strlen((const char *)list->descriptors[0]->trnptid.iscsi_name), 255);
	/* what follows the descriptor was not written to */
	assert_int_equal(list->private_buffer[270], 0xee);
}

static struct prout_param_descriptor *descriptor_new(void)
{
	struct prout_param_descriptor *descriptor =
		calloc(1, sizeof(*descriptor) + MPATH_MX_TIDS * sizeof(struct transportid *));

	assert_non_null(descriptor);
	return descriptor;
}

static void parameters_of_callers_are_taken(void **state)
{
	struct transportid fc = { .protocol_id = MPATH_PROTOCOL_ID_FC, .n_port_name = { 1, 2 } };
	struct transportid iscsi = { .protocol_id = MPATH_PROTOCOL_ID_ISCSI,
				     .format_code = MPATH_WWUI_PORT_IDENTIFIER,
				     .iscsi_name = "iqn.x,i,0x00023d000001" };
	_cleanup_free_ struct prout_param_descriptor *descriptor = descriptor_new();
	struct parameters taken;

	(void)state;
	descriptor->key[7] = 1;
	descriptor->sa_key[0] = 2;
	descriptor->sa_flags = MPATH_F_APTPL_MASK;
	descriptor->num_transportid = 2;
	descriptor->trnptid_list[0] = &fc;
	descriptor->trnptid_list[1] = &iscsi;
	assert_int_equal(parameters_take(descriptor, &taken), 0);
	assert_true(taken.list.key == 1 && taken.list.service_action_key == 2ULL << 56);
	assert_true(taken.list.through_power_loss && !taken.list.all_target_ports);
	assert_int_equal(taken.list.port_count, 0);

	descriptor->sa_flags = MPATH_F_SPEC_I_PT_MASK | MPATH_F_ALL_TG_PT_MASK;
	assert_int_equal(parameters_take(descriptor, &taken), 0);
	assert_true(!taken.list.through_power_loss && taken.list.all_target_ports);
	assert_int_equal(taken.list.port_count, 2);
	assert_int_equal(taken.list.ports[0].address[1], 2);
	assert_int_equal(taken.list.ports[1].format, MP_TRANSPORT_PORT);
	assert_string_equal(taken.list.ports[1].name, "iqn.x,i,0x00023d000001");
}

static void parameters_that_cannot_be_sent_are_refused(void **state)
{
	struct transportid port = { .protocol_id = 3 };
	_cleanup_free_ struct prout_param_descriptor *descriptor = descriptor_new();
	struct parameters taken;

	(void)state;
	descriptor->sa_flags = MPATH_F_SPEC_I_PT_MASK;
	descriptor->num_transportid = 1;
	assert_int_equal(parameters_take(descriptor, &taken), MPATH_PR_SYNTAX_ERROR);
	descriptor->trnptid_list[0] = &port;
	assert_int_equal(parameters_take(descriptor, &taken), MPATH_PR_SYNTAX_ERROR);
	port.protocol_id = MPATH_PROTOCOL_ID_ISCSI;
	memset(port.iscsi_name, 'x', sizeof(port.iscsi_name));
	assert_int_equal(parameters_take(descriptor, &taken), MPATH_PR_SYNTAX_ERROR);
	port.protocol_id = MPATH_PROTOCOL_ID_SAS;
	assert_int_equal(parameters_take(descriptor, &taken), 0);
	descriptor->num_transportid = MPATH_MX_TIDS + 1;
	assert_int_equal(parameters_take(descriptor, &taken), MPATH_PR_SYNTAX_ERROR);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_layout_of_structures_is_fixed),
		cmocka_unit_test(no_more_keys_are_reported_than_were_received),
		cmocka_unit_test(the_holder_is_in_the_order_of_the_host),
		cmocka_unit_test(capabilities_are_in_the_order_of_the_host),
		cmocka_unit_test(as_many_registrants_are_reported_as_there_is_room_for),
		cmocka_unit_test(a_name_without_end_stays_within_its_descriptor),
		cmocka_unit_test(parameters_of_callers_are_taken),
		cmocka_unit_test(parameters_that_cannot_be_sent_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
