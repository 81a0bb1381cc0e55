/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/fabric.h"

#include <errno.h>

#include "jobs-recorded.h"

#define FPIN "defaults {\nmarginal_pathgroups fpin\n}\n"

enum { HOST = 3 };

/* sda and sdb through one remote port of host 3, sdc through another; sdd through host 4. */
static struct world {
	struct made made;
	struct daemon_map *map;
	struct daemon_path *paths[4];
} world;

struct place {
	int host, target;
	const char *host_wwpn, *target_wwpn;
};

static void move_path(struct daemon_path *path, const struct place *place)
{
	struct mp_identity identity = path->path.identity;

	identity.address.host = place->host;
	identity.address.target = place->target;
	identity.host_wwpn = place->host_wwpn;
	identity.target_wwpn = place->target_wwpn;
	assert_int_equal(paths_set_identity(path, &identity), 0);
}

static void world_begin(const char *config)
{
	static const struct place places[] = {
		{ HOST, 0, "0x2000000000000001", "0x200000000000000a" },
		{ HOST, 0, "0x2000000000000001", "0x200000000000000a" },
		{ HOST, 1, "0x2000000000000001", "0x200000000000000b" },
		{ HOST + 1, 0, "0x2000000000000002", "0x200000000000000a" },
	};

	recorded_init(&world.made, config);
	world.map = made_map(&world.made, "w");
	maps_rename(world.map, "mpatha");
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		world.paths[i] = recorded_path(&world.made, 'a' + i, world.map);
		move_path(world.paths[i], &places[i]);
	}
	recorded_forget();
	world.made.marks = 0;
}

static int setup(void **state)
{
	(void)state;
	world_begin(FPIN);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	recorded_fini(&world.made);
	return 0;
}

/* "ab": these paths are marginal. */
static void expect_marginal(const char *letters)
{
	for (size_t i = 0; i < ARRAY_SIZE(world.paths); i++)
		assert_int_equal(world.paths[i]->path.marginal,
				 strchr(letters, 'a' + (int)i) != NULL);
}

static void take(enum mp_fpin_kind kind, uint32_t reason, uint64_t port)
{
	const struct mp_fpin fpin = { .kind = kind, .reason = reason, .attached_wwpn = port };

	fabric_take(&world.made.daemon, HOST, &fpin);
}

static void take_link(uint64_t port)
{
	take(MP_FPIN_LINK_INTEGRITY, 6, port);
}

static void end_write(size_t i, enum port_state port, int error)
{
	recorded.ports_written(&world.made.daemon, &world.paths[i]->path.identity.address, port,
			       error);
}

static void read_port(size_t i, enum port_state port)
{
	fabric_take_reading(world.paths[i], port, world.paths[i]->rport.port->epoch);
}

static void a_notification_is_about_the_ports_that_it_names_on_its_host(void **state)
{
	static const uint8_t both[] = {
		0x20, 0, 0, 0, 0, 0, 0, 0x0a, 0x20, 0, 0, 0, 0, 0, 0, 0x0b
	};
	/* clang-format off */
	static const struct {
		const char *config;
		struct mp_fpin fpin;
		const char *marginal, *requests;
	} rows[] = {
		{ FPIN, { MP_FPIN_LINK_INTEGRITY, .attached_wwpn = 0x200000000000000a }, "ab", "port of sda is marginal\n" },
		{ FPIN, { MP_FPIN_LINK_INTEGRITY, .detecting_wwpn = 0x200000000000000b }, "c", "port of sdc is marginal\n" },
		{ FPIN, { MP_FPIN_DELIVERY, 1, .attached_wwpn = 0x200000000000000b }, "c", "port of sdc is marginal\n" },
		{ FPIN, { MP_FPIN_LINK_INTEGRITY, .ports = both, .port_count = 2 }, "abc",
		  "port of sda is marginal\nport of sdc is marginal\n" },
		/* the host's own link */
		{ FPIN, { MP_FPIN_LINK_INTEGRITY, .attached_wwpn = 0x2000000000000001 }, "abc",
		  "port of sda is marginal\nport of sdc is marginal\n" },
		{ FPIN, { .kind = MP_FPIN_CONGESTION, .reason = 1 }, "abc", "port of sda is marginal\nport of sdc is marginal\n" },
		{ FPIN, { MP_FPIN_PEER_CONGESTION, 2, .attached_wwpn = 0x200000000000000b }, "c", "port of sdc is marginal\n" },
		/* another host's, or nobody's */
		{ FPIN, { MP_FPIN_LINK_INTEGRITY, .attached_wwpn = 0x2000000000000002 }, "", "" },
		{ FPIN, { .kind = MP_FPIN_LINK_INTEGRITY }, "", "" },
		/* the port works at full speed */
		{ FPIN, { MP_FPIN_PEER_CONGESTION, 3, .attached_wwpn = 0x200000000000000b }, "", "" },
		{ FPIN, { .kind = MP_FPIN_CONGESTION }, "", "" },
		/* it is not asked for */
		{ "", { MP_FPIN_LINK_INTEGRITY, .attached_wwpn = 0x200000000000000a }, "", "" },
		{ "defaults {\nmarginal_pathgroups on\n}\n", { .kind = MP_FPIN_CONGESTION, .reason = 1 }, "", "" },
	};
	/* clang-format on */

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		teardown(state);
		world_begin(rows[i].config);
		fabric_take(&world.made.daemon, HOST, &rows[i].fpin);
		expect_marginal(rows[i].marginal);
		recorded_expect(rows[i].requests);
		assert_int_equal(world.made.marks > 0, *rows[i].marginal != '\0');
	}
}

/* It may have logged in again since its state was read: that was before the notification. */
static void each_notification_is_written_to_the_port(void **state)
{
	(void)state;
	take_link(0x200000000000000a);
	recorded_expect("port of sda is marginal\n");
	take_link(0x200000000000000a);
	take_link(0x200000000000000a);
	recorded_expect("");
	end_write(0, PORT_MARGINAL, 0);
	recorded_expect("port of sda is marginal\n");
	end_write(0, PORT_MARGINAL, 0);
	recorded_expect("");
	take_link(0x200000000000000a);
	recorded_expect("port of sda is marginal\n");
}

static void a_notification_after_a_new_login_outlives_the_next_check(void **state)
{
	const struct rport *port = world.paths[0]->rport.port;
	unsigned before;

	(void)state;
	take_link(0x200000000000000a);
	end_write(0, PORT_MARGINAL, 0);
	recorded_forget();
	/* It logs in, a check reads that, and a notification is received before the check's answer.
	 */
	before = port->epoch;
	take_link(0x200000000000000a);
	fabric_take_reading(world.paths[0], PORT_ONLINE, before);
	end_write(0, PORT_MARGINAL, 0);
	fabric_take_reading(world.paths[0], PORT_ONLINE, before);
	expect_marginal("ab");
	recorded_expect("port of sda is marginal\n");
	/* Or it logs in while a worker is writing. */
	take_link(0x200000000000000a);
	before = port->epoch;
	take_link(0x200000000000000a);
	end_write(0, PORT_MARGINAL, 0);
	recorded_expect("port of sda is marginal\nport of sda is marginal\n");
	fabric_take_reading(world.paths[0], PORT_ONLINE, before);
	end_write(0, PORT_MARGINAL, 0);
	read_port(0, PORT_MARGINAL);
	expect_marginal("ab");
	read_port(0, PORT_ONLINE);
	expect_marginal("");
}

/* A write may hang, while congestion begins and ends many times. */
static void a_port_has_one_write_at_a_time(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++) {
		take(MP_FPIN_PEER_CONGESTION, 2, 0x200000000000000a);
		take(MP_FPIN_PEER_CONGESTION, 0, 0x200000000000000a);
	}
	recorded_expect("port of sda is marginal\n");
	end_write(0, PORT_MARGINAL, 0);
	recorded_expect("port of sda is online\n");
	read_port(0, PORT_MARGINAL);
	expect_marginal("");
	take(MP_FPIN_PEER_CONGESTION, 2, 0x200000000000000a);
	take(MP_FPIN_PEER_CONGESTION, 0, 0x200000000000000a);
	end_write(0, PORT_ONLINE, 0);
	recorded_expect("");
	read_port(0, PORT_ONLINE);
	expect_marginal("");
	read_port(0, PORT_MARGINAL);
	expect_marginal("ab");

	/* it cannot be written: the last state remains */
	take_link(0x200000000000000b);
	recorded_expect("port of sdc is marginal\n");
	end_write(2, PORT_MARGINAL, -EACCES);
	recorded_expect("");
}

static void a_path_is_marginal_as_long_as_its_port_is(void **state)
{
	(void)state;
	read_port(0, PORT_ONLINE);
	expect_marginal("");
	read_port(0, PORT_MARGINAL); /* as after a restart */
	expect_marginal("ab");
	read_port(0, PORT_UNKNOWN); /* it is not connected */
	expect_marginal("ab");
	read_port(1, PORT_ONLINE);
	expect_marginal("");
	recorded_expect("");

	take_link(0x200000000000000a);
	recorded_expect("port of sda is marginal\n");
	end_write(0, PORT_MARGINAL, 0);
	read_port(0, PORT_MARGINAL);
	expect_marginal("ab");
	read_port(0, PORT_ONLINE);
	expect_marginal("");
}

static void a_path_that_is_added_to_a_marginal_port_is_marginal(void **state)
{
	static const struct place place = { HOST, 0, "", "" };

	(void)state;
	take(MP_FPIN_PEER_CONGESTION, 2, 0x200000000000000a);
	end_write(0, PORT_MARGINAL, 0);
	recorded_forget();
	move_path(world.paths[3], &place);
	expect_marginal("ab");
	read_port(3, PORT_MARGINAL);
	expect_marginal("abd");
	take(MP_FPIN_PEER_CONGESTION, 0, 0x200000000000000a);
	expect_marginal("");
	recorded_expect("port of sda is online\n");
}

static void a_path_that_leaves_a_marginal_port_is_not_marginal(void **state)
{
	static const struct place place = { HOST, 1, "", "" };

	(void)state;
	take_link(0x200000000000000a);
	end_write(0, PORT_MARGINAL, 0);
	move_path(world.paths[1], &place);
	read_port(1, PORT_ONLINE);
	expect_marginal("a");
}

static void what_was_read_before_the_port_was_written_is_outdated(void **state)
{
	unsigned before = world.paths[0]->rport.port->epoch, during;

	(void)state;
	take_link(0x200000000000000a);
	during = world.paths[0]->rport.port->epoch;
	fabric_take_reading(world.paths[0], PORT_ONLINE, before);
	fabric_take_reading(world.paths[0], PORT_ONLINE, during);
	end_write(0, PORT_MARGINAL, 0);
	fabric_take_reading(world.paths[0], PORT_ONLINE, before);
	fabric_take_reading(world.paths[0], PORT_ONLINE, during);
	expect_marginal("ab");
	read_port(0, PORT_ONLINE);
	expect_marginal("");
}

/* Before Linux 5.11 port_state could not be written. */
static void a_mark_that_the_kernel_does_not_keep_ends_with_a_change_of_the_fabric(void **state)
{
	(void)state;
	take_link(0x200000000000000a);
	end_write(0, PORT_MARGINAL, -EACCES);
	read_port(0, PORT_ONLINE);
	expect_marginal("ab");
	fabric_on_change(&world.made.daemon, HOST + 1);
	expect_marginal("ab");
	fabric_on_change(&world.made.daemon, HOST);
	expect_marginal("");
}

static void a_change_of_the_fabric_has_marginal_paths_checked(void **state)
{
	(void)state;
	take_link(0x200000000000000b);
	end_write(2, PORT_MARGINAL, 0);
	recorded_forget();
	fabric_on_change(&world.made.daemon, HOST);
	assert_null(world.paths[0]->job);
	assert_non_null(world.paths[2]->job);
	assert_true(world.paths[2]->job->ask_port);
	expect_marginal("c");
}

static void a_port_that_was_not_connected_is_marginal_until_it_is_online(void **state)
{
	(void)state;
	take_link(0x200000000000000b);
	end_write(2, PORT_MARGINAL, -EINVAL);
	expect_marginal("c");
	read_port(2, PORT_ONLINE);
	expect_marginal("");
}

static void only_congestion_can_be_reported_as_over(void **state)
{
	(void)state;
	take(MP_FPIN_PEER_CONGESTION, 2, 0x200000000000000a);
	take_link(0x200000000000000b);
	end_write(0, PORT_MARGINAL, 0);
	end_write(2, PORT_MARGINAL, 0);
	expect_marginal("abc");
	recorded_forget();
	take(MP_FPIN_PEER_CONGESTION, 0, 0x200000000000000b);
	expect_marginal("abc");
	take(MP_FPIN_PEER_CONGESTION, 0, 0x200000000000000a);
	expect_marginal("c");
	recorded_expect("port of sda is online\n");
	end_write(0, PORT_ONLINE, 0);
	read_port(0, PORT_ONLINE);
	expect_marginal("c");

	/* A link that is also impaired stays marginal. */
	take(MP_FPIN_PEER_CONGESTION, 2, 0x200000000000000a);
	take_link(0x200000000000000a);
	take(MP_FPIN_PEER_CONGESTION, 1, 0x200000000000000a);
	take(MP_FPIN_PEER_CONGESTION, 0, 0x200000000000000a);
	expect_marginal("abc");
}

/* The kernel does not keep the reason. */
static void a_port_that_was_marginal_before_the_start_may_have_been_congested(void **state)
{
	(void)state;
	read_port(0, PORT_MARGINAL);
	read_port(2, PORT_MARGINAL);
	take_link(0x200000000000000b);
	end_write(2, PORT_MARGINAL, 0);
	expect_marginal("abc");
	recorded_forget();
	take(MP_FPIN_PEER_CONGESTION, 0, 0x200000000000000a);
	take(MP_FPIN_PEER_CONGESTION, 0, 0x200000000000000b);
	expect_marginal("c");
	recorded_expect("port of sda is online\n");
}

static void the_end_of_congestion_does_not_undo_what_the_administrator_has_written(void **state)
{
	(void)state;
	read_port(0, PORT_ONLINE);
	read_port(0, PORT_MARGINAL);
	take(MP_FPIN_PEER_CONGESTION, 0, 0x200000000000000a);
	expect_marginal("ab");
	recorded_expect("");
}

/* The kernel's events have 16 bits for it. */
static void a_host_has_any_number(void **state)
{
	static const struct place place = { HOST + 0x10000, 2, "0x2000000000000003",
					    "0x200000000000000c" };

	(void)state;
	move_path(world.paths[3], &place);
	take_link(0x200000000000000c);
	expect_marginal("d");
	end_write(3, PORT_MARGINAL, -EACCES);
	fabric_on_change(&world.made.daemon, HOST);
	expect_marginal("");
}

static void the_operator_clears_a_mark_until_the_port_changes(void **state)
{
	(void)state;
	read_port(0, PORT_MARGINAL);
	world.paths[0]->path.marginal = false; /* as the command does */
	fabric_forgive(world.paths[0]);
	read_port(0, PORT_MARGINAL);
	expect_marginal("b");
	take_link(0x200000000000000a);
	expect_marginal("ab");
}

static void a_mark_of_the_operator_does_not_depend_on_the_port(void **state)
{
	(void)state;
	world.paths[0]->path.marginal = true;
	read_port(0, PORT_ONLINE);
	fabric_on_change(&world.made.daemon, HOST);
	take(MP_FPIN_PEER_CONGESTION, 0, 0x200000000000000a);
	expect_marginal("a");
}

/* As received from the kernel: a fabric event of host 3, and a notification with two descriptors.
 */
static void a_datagram_is_taken_event_by_event(void **state)
{
	static const uint32_t words[] = {
		64,
		0x11,
		0,
		0,
		0xa1b20101,
		0x00280100,
		0,
		0,
		0,
		0,
		0x00040003,
		1,
		5,
		0,
		0,
		0,
		/* length and type of the message, ..., host and size of the data, number, code */
		116,
		0x11,
		0,
		0,
		0xa1b20101,
		0x00640100,
		0,
		0,
		0,
		0,
		0x00400003,
		2,
		0x501,
	};
	static const uint8_t els[] = {
		0x16, 0, 0, 0, 0, 0, 0, 56, 0,	  2, 0, 2, 0, 0, 0, 20, /* delivery */
		0x10, 0, 0, 0, 0, 0, 0, 1,  0x20, 0, 0, 0, 0, 0, 0, 0x0a, 0, 0, 0, 1, /* timeout */
		0,    2, 0, 2, 0, 0, 0, 20, /* delivery */
		0x10, 0, 0, 0, 0, 0, 0, 1,  0x20, 0, 0, 0, 0, 0, 0, 0x0b, 0, 0, 0, 1, /* timeout */
	};
	uint8_t datagram[sizeof(words) + sizeof(els)];

	(void)state;
	memcpy(datagram, words, sizeof(words));
	memcpy(datagram + sizeof(words), els, sizeof(els));
	fabric_take_datagram(&world.made.daemon, datagram, sizeof(datagram));
	expect_marginal("abc");
	for (size_t size = 0; size < sizeof(datagram); size++)
		fabric_take_datagram(&world.made.daemon, datagram, size);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define ROW(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
		ROW(a_notification_is_about_the_ports_that_it_names_on_its_host),
		ROW(each_notification_is_written_to_the_port),
		ROW(a_notification_after_a_new_login_outlives_the_next_check),
		ROW(a_port_has_one_write_at_a_time),
		ROW(a_path_is_marginal_as_long_as_its_port_is),
		ROW(a_path_that_is_added_to_a_marginal_port_is_marginal),
		ROW(a_path_that_leaves_a_marginal_port_is_not_marginal),
		ROW(what_was_read_before_the_port_was_written_is_outdated),
		ROW(a_mark_that_the_kernel_does_not_keep_ends_with_a_change_of_the_fabric),
		ROW(a_change_of_the_fabric_has_marginal_paths_checked),
		ROW(a_port_that_was_not_connected_is_marginal_until_it_is_online),
		ROW(only_congestion_can_be_reported_as_over),
		ROW(a_port_that_was_marginal_before_the_start_may_have_been_congested),
		ROW(the_end_of_congestion_does_not_undo_what_the_administrator_has_written),
		ROW(a_host_has_any_number),
		ROW(the_operator_clears_a_mark_until_the_port_changes),
		ROW(a_mark_of_the_operator_does_not_depend_on_the_port),
		ROW(a_datagram_is_taken_event_by_event),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
