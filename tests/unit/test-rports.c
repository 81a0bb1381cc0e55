/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "inventory-made.h"

#include "multipathd/state/rports.h"

static size_t count_ports(const struct inventory *inventory)
{
	const struct rport *port;
	size_t count = 0;

	cds_list_for_each_entry(port, &inventory->rports, in_all)
		count++;
	assert_int_equal(inventory->rports_by_address.count, count);
	return count;
}

static void move(struct daemon_path *path, enum mp_protocol protocol, int host, int channel,
		 int target)
{
	struct mp_identity identity = path->path.identity;

	identity.protocol = protocol;
	identity.address = (struct mp_address){ host, channel, target, 5 };
	assert_int_equal(paths_set_identity(path, &identity), 0);
}

static void paths_of_the_same_host_channel_and_target_share_a_port(void **state)
{
	static const struct {
		int host, channel, target;
		bool same;
	} rows[] = {
		{ 3, 0, 7, true },  { 4, 0, 7, false },		  { 3, 1, 7, false },
		{ 3, 0, 8, false }, { 3 + 0x10000, 0, 7, false },
	};
	_cleanup_made_ struct made made;
	struct daemon_path *a, *b;

	(void)state;
	made_init(&made, "");
	a = made_path(&made, 'a', NULL);
	b = made_path(&made, 'b', NULL);
	move(a, MP_PROTOCOL_SCSI_FCP, 3, 0, 7);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct mp_address address = { rows[i].host, rows[i].channel, rows[i].target,
						    99 };

		move(b, MP_PROTOCOL_SCSI_FCP, address.host, address.channel, address.target);
		assert_ptr_equal(rports_find(&made.inventory, &address), b->rport.port);
		assert_int_equal(a->rport.port == b->rport.port, rows[i].same);
		assert_int_equal(a->rport.port->path_count, rows[i].same ? 2 : 1);
		assert_int_equal(count_ports(&made.inventory), rows[i].same ? 1 : 2);
	}
}

static void a_port_exists_while_it_has_paths(void **state)
{
	const struct mp_address address = { 3, 0, 7, 0 };
	_cleanup_made_ struct made made;
	struct daemon_path *a, *b;

	(void)state;
	made_init(&made, "");
	a = made_path(&made, 'a', NULL);
	b = made_path(&made, 'b', NULL);
	assert_null(a->rport.port);
	move(a, MP_PROTOCOL_SCSI_FCP, 3, 0, 7);
	move(b, MP_PROTOCOL_SCSI_FCP, 3, 0, 7);
	a->rport.port->faults = a->rport.faults = 2;
	move(a, MP_PROTOCOL_SCSI_ISCSI, 3, 0, 7);
	assert_null(a->rport.port);
	assert_int_equal(a->rport.faults, 0);
	assert_int_equal(b->rport.port->faults, 2);
	paths_free(b);
	assert_null(rports_find(&made.inventory, &address));
	assert_int_equal(count_ports(&made.inventory), 0);
	/* It is another port now. */
	move(a, MP_PROTOCOL_SCSI_FCP, 3, 0, 7);
	assert_int_equal(a->rport.port->faults, 0);
}

static void a_port_keeps_its_names_while_they_cannot_be_read(void **state)
{
	struct mp_identity identity;
	_cleanup_made_ struct made made;
	struct daemon_path *path;

	(void)state;
	made_init(&made, "");
	path = made_path(&made, 'a', NULL);
	identity = path->path.identity;
	identity.address.host = 3;
	identity.target_wwpn = "0x200000000000000a";
	identity.host_wwpn = "0x2000000000000001";
	assert_int_equal(paths_set_identity(path, &identity), 0);
	assert_true(path->rport.port->wwpn == 0x200000000000000a);
	assert_true(path->rport.port->host_wwpn == 0x2000000000000001);
	identity.target_wwpn = "";
	identity.host_wwpn = "0x2000000000000002";
	assert_int_equal(paths_set_identity(path, &identity), 0);
	assert_true(path->rport.port->wwpn == 0x200000000000000a);
	assert_true(path->rport.port->host_wwpn == 0x2000000000000002);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths_of_the_same_host_channel_and_target_share_a_port),
		cmocka_unit_test(a_port_exists_while_it_has_paths),
		cmocka_unit_test(a_port_keeps_its_names_while_they_cannot_be_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
