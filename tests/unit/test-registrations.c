/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "kernel/nexus.h"
#include "kernel/reserving.h"
#include "multipathd/jobs/registrations.h"

/* The target's answers, and the parameters of the last registration. */
static struct {
	int keys_error;
	bool cut_off; /* the list of keys */
	size_t registered; /* registrations of the key */
	size_t registered_after; /* an attempt to register it that failed */
	int nexus_error, status_error; /* of what names the path's ports */
	bool has_initiator;
	enum mp_reservation_presence presence;
	struct mp_reservation_holder holder;
	int holder_error, register_error;
	/* of 0xdef, another key: of how many keys, how many are it, and what a path that is to keep
	 * it answers */
	size_t keys, others_keys;
	int keep_error;
	enum mp_reserving_out action;
	struct mp_reservation_parameters parameters;
	unsigned registrations; /* commands that register or unregister */

	/* The target as it is, where its answers are to follow from that: */
	bool is_real;
	size_t others; /* registrations of the key by this host's other paths */
	bool has_key; /* this path */
	bool has_older_key; /* this path has that of this host in its place */
	bool insists; /* on ALL_TG_PT, to change either */
	unsigned removals; /* commands that unregister */
	bool has_attention; /* its next command is refused: its registration was removed */
	bool tells; /* it is told of that */
	uint32_t generation;
	unsigned commands, happens_at; /* what happens happens before that command; 0 never */
	void (*happens)(void);
} target;

static void preempt(void)
{
	target.generation++;
	target.has_attention = target.tells && target.has_key;
	target.has_key = false;
	target.others = 0;
}

static void other_path_registers(void)
{
	target.generation++;
	target.others++;
}

/* Not by a command: by the target, of its own accord. */
static void other_path_is_forgotten(void)
{
	target.others--;
}

static void other_host_registers(void)
{
	target.generation++;
}

/* Return: true if the command is refused. */
static bool target_begin(void)
{
	bool refused;

	if (++target.commands == target.happens_at)
		target.happens();
	refused = target.has_attention;
	target.has_attention = false;
	return refused;
}

/* Replace those of kernel/reservation.c. */
int mp_reserving_read_keys(int fd, unsigned timeout_msec, uint8_t **data,
			   struct mp_reservation_keys *ret)
{
	(void)fd;
	assert_int_equal(timeout_msec, 3000);
	*data = NULL;
	if (target.is_real) {
		target_begin(); /* read again after a unit attention */
		target.registered = target.others + target.has_key;
	}
	*ret = (struct mp_reservation_keys){ .generation = target.generation,
					     .count = target.keys,
					     .cut_off = target.cut_off };
	return target.keys_error;
}

size_t mp_reservation_count(const struct mp_reservation_keys *keys, uint64_t key)
{
	(void)keys;
	if (key == 0xdef)
		return target.others_keys;
	assert_int_equal(key, 0xabc);
	return target.registered;
}

uint64_t mp_reservation_key(const struct mp_reservation_keys *keys, size_t index)
{
	(void)keys;
	assert_int_equal(index, 0);
	return 0xdef;
}

int mp_nexus_read(int fd, unsigned timeout_msec, struct mp_nexus *ret)
{
	assert_int_equal(fd, 5);
	assert_int_equal(timeout_msec, 3000);
	*ret = (struct mp_nexus){ .target_port = 7, .has_initiator = target.has_initiator };
	return target.nexus_error;
}

int mp_reserving_read_status(int fd, unsigned timeout_msec, uint8_t **data,
			     struct mp_reservation_status *ret)
{
	(void)fd;
	(void)timeout_msec;
	*data = NULL;
	*ret = (struct mp_reservation_status){ 0 };
	return target.status_error;
}

enum mp_reservation_presence mp_reservation_find(struct mp_reservation_status *status, uint64_t key,
						 uint16_t target_port,
						 const struct mp_transport_id *initiator)
{
	(void)status;
	assert_int_equal(key, 0xabc);
	assert_int_equal(target_port, 7);
	assert_int_equal(initiator != NULL, target.has_initiator);
	return target.presence;
}

int mp_reserving_read_holder(int fd, unsigned timeout_msec, struct mp_reservation_holder *ret)
{
	(void)fd;
	(void)timeout_msec;
	*ret = target.holder;
	return target.holder_error;
}

static int target_register(enum mp_reserving_out action,
			   const struct mp_reservation_parameters *parameters)
{
	const uint64_t key = parameters->service_action_key;

	target.removals += !key;
	if (target_begin() && key)
		return -ESTALE;
	if (action == MP_RESERVING_REGISTER && !target.has_key)
		return -EBUSY;
	if ((target.has_key || target.has_older_key) && target.insists &&
	    !parameters->all_target_ports)
		return -EIO;
	target.generation++;
	target.has_key = key;
	target.has_older_key = false;
	return 0;
}

int mp_reserving_register(int fd, enum mp_reserving_out action,
			  const struct mp_reservation_parameters *parameters, unsigned timeout_msec)
{
	(void)fd;
	(void)timeout_msec;
	target.action = action;
	target.parameters = *parameters;
	target.registrations++;
	if (action == MP_RESERVING_REGISTER && parameters->key == 0xdef) {
		assert_true(parameters->service_action_key == 0xdef);
		return target.keep_error;
	}
	if (target.is_real)
		return target_register(action, parameters);
	if (target.register_error < 0)
		target.registered = target.registered_after;
	return target.register_error;
}

static struct reservation_check checked_with(bool wanted, bool all_target_ports)
{
	struct reservation_check check = { .wanted = wanted,
					   .key = { .key = 0xabc },
					   .all_target_ports = all_target_ports };

	registration_check_run(&check, 5, 3000);
	return check;
}

static struct reservation_check checked(bool wanted)
{
	return checked_with(wanted, false);
}

static void a_path_is_registered_only_if_the_key_still_is(void **state)
{
	static const struct {
		bool wanted;
		int keys_error;
		size_t registered;
		bool told, says_registered;
		unsigned registrations;
		int register_error, error;
	} rows[] = {
		{ false, 0, 1, false, false, 0, 0, 0 },
		{ true, 0, 1, true, true, 1, 0, 0 },
		/* with ALL_TG_PT and without */
		{ true, 0, 2, true, true, 2, -EIO, -EIO },
		/* it was preempted, to fence this host */
		{ true, 0, 0, true, false, 0, 0, 0 },
		{ true, -EIO, 1, true, false, 0, 0, -EIO },
		/* a target without reservations has no key */
		{ true, -EOPNOTSUPP, 1, true, false, 0, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct reservation_check check;

		memset(&target, 0, sizeof(target));
		target.keys_error = rows[i].keys_error;
		target.registered = rows[i].registered;
		target.register_error = rows[i].register_error;
		check = checked(rows[i].wanted);
		assert_int_equal(check.told, rows[i].told);
		assert_int_equal(check.registered, rows[i].says_registered);
		assert_int_equal(check.error, rows[i].error);
		assert_int_equal(target.registrations, rows[i].registrations);
	}
}

static void a_path_loses_an_older_key_if_the_key_is_registered_nowhere(void **state)
{
	static const struct {
		bool leaves;
		int keys_error;
		bool cut_off;
		size_t registered;
		int register_error;
		bool left;
		int error, leave_error;
		unsigned registrations;
		uint64_t key; /* of the last one */
	} rows[] = {
		{ true, 0, false, 0, 0, true, 0, 0, 1, 0 },
		{ false, 0, false, 0, 0, false, 0, 0, 0, 0 },
		{ true, 0, false, 0, -EIO, false, 0, -EIO, 2, 0 },
		{ true, 0, false, 1, 0, false, 0, 0, 1, 0xabc },
		{ true, -EIO, false, 0, 0, false, -EIO, 0, 0, 0 },
		/* nobody has said that it is not registered */
		{ true, -EOPNOTSUPP, false, 0, 0, false, -EOPNOTSUPP, 0, 0, 0 },
		{ true, 0, true, 0, 0, false, -EMSGSIZE, 0, 0, 0 },
		{ true, 0, true, 1, 0, false, 0, 0, 1, 0xabc },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct reservation_check check = { .wanted = true,
						   .key = { .key = 0xabc },
						   .leaves = rows[i].leaves };

		memset(&target, 0, sizeof(target));
		target.cut_off = rows[i].cut_off;
		target.keys_error = rows[i].keys_error;
		target.registered = rows[i].registered;
		target.register_error = rows[i].register_error;
		registration_check_run(&check, 5, 3000);
		assert_int_equal(check.left, rows[i].left);
		assert_int_equal(check.leave_error, rows[i].leave_error);
		assert_int_equal(check.error, rows[i].error);
		assert_int_equal(target.registrations, rows[i].registrations);
		assert_true(target.parameters.service_action_key == rows[i].key);
	}
}

/* The file's key is an old one: a command was interrupted, or it is the file of the initramfs. */
static void a_registration_that_holds_the_reservation_stays(void **state)
{
	static const struct {
		struct mp_reservation_holder holder;
		int holder_error, keep_error;
		size_t keys, others_keys;
		bool keeps, left;
		int leave_error;
		unsigned registrations;
	} rows[] = {
		{ { .held = true, .key = 0xdef, .type = 5 }, 0, 0, 3, 2, true, false, 0, 1 },
		/* another path, or another host */
		{ { .held = true, .key = 0xdef, .type = 5 }, 0, -EBUSY, 3, 2, false, true, 0, 2 },
		{ { .held = true, .key = 0xdef, .type = 5 }, 0, -EIO, 3, 2, false, false, -EIO, 2 },
		{ { .held = false }, 0, 0, 3, 3, false, true, 0, 1 },
		{ { .held = false }, -EIO, 0, 3, 3, false, false, -EIO, 0 },
		/* all registrants hold it: it would end with the last one */
		{ { .held = true, .type = 7 }, 0, 0, 2, 2, true, false, 0, 1 },
		{ { .held = true, .type = 8 }, 0, -EBUSY, 2, 2, false, true, 0, 2 },
		{ { .held = true, .type = 7 }, 0, 0, 3, 2, false, true, 0, 1 },
		{ { .held = true, .type = 7 }, 0, 0, 0, 0, false, true, 0, 1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct reservation_check check = { .wanted = true,
						   .key = { .key = 0xabc, .aptpl = true },
						   .leaves = true };

		memset(&target, 0, sizeof(target));
		target.holder = rows[i].holder;
		target.holder_error = rows[i].holder_error;
		target.keep_error = rows[i].keep_error;
		target.keys = rows[i].keys;
		target.others_keys = rows[i].others_keys;
		registration_check_run(&check, 5, 3000);
		assert_true(check.told && !check.registered && check.error == 0);
		assert_int_equal(check.keeps, rows[i].keeps);
		assert_int_equal(check.left, rows[i].left);
		assert_int_equal(check.leave_error, rows[i].leave_error);
		assert_int_equal(target.registrations, rows[i].registrations);
		if (check.keeps)
			assert_true(target.parameters.through_power_loss);
	}
}

static void a_path_that_the_target_does_not_register_again_may_be_registered(void **state)
{
	static const struct {
		size_t paths, before, after;
		int error;
	} rows[] = {
		{ 2, 1, 1, -EIO }, /* the other path's */
		{ 2, 1, 2, 0 }, /* the command had its effect */
		{ 2, 2, 2, 0 }, /* it was there before */
		{ 4, 3, 3, -EIO }, { 2, 2, 0, -EIO }, /* preempted since */
		{ 0, 2, 2, -EIO },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct reservation_check check = { .wanted = true,
						   .key = { .key = 0xabc },
						   .path_count = rows[i].paths };

		memset(&target, 0, sizeof(target));
		target.registered = rows[i].before;
		target.registered_after = rows[i].after;
		target.register_error = -EIO;
		target.presence = MP_RESERVATION_UNSURE;
		registration_check_run(&check, 5, 3000);
		assert_int_equal(check.error, rows[i].error);
		assert_int_equal(target.registrations, 2);
	}
}

/* Counts would say the opposite. */
static void the_ports_of_a_path_say_more_than_counts(void **state)
{
	static const struct {
		enum mp_reservation_presence presence;
		bool has_initiator;
		int nexus_error, status_error;
		size_t registered; /* of two paths */
		int error;
	} rows[] = {
		/* a registration of a path that is gone, or of another host */
		{ MP_RESERVATION_ABSENT, false, 0, 0, 2, -EIO },
		{ MP_RESERVATION_PRESENT, true, 0, 0, 1, 0 },
		/* the target does not tell */
		{ MP_RESERVATION_ABSENT, false, -ENOENT, 0, 2, 0 },
		{ MP_RESERVATION_ABSENT, false, 0, -EOPNOTSUPP, 2, 0 },
		{ MP_RESERVATION_UNSURE, true, 0, 0, 2, 0 },
		{ MP_RESERVATION_UNSURE, true, 0, 0, 1, -EIO },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct reservation_check check = { .wanted = true,
						   .key = { .key = 0xabc },
						   .path_count = 2 };

		memset(&target, 0, sizeof(target));
		target.registered = target.registered_after = rows[i].registered;
		target.register_error = -EIO;
		target.presence = rows[i].presence;
		target.has_initiator = rows[i].has_initiator;
		target.nexus_error = rows[i].nexus_error;
		target.status_error = rows[i].status_error;
		registration_check_run(&check, 5, 3000);
		assert_int_equal(check.error, rows[i].error);
	}
}

static void a_former_key_is_unregistered_if_it_is_left_over(void **state)
{
	static const struct {
		size_t registered, path_count;
		struct mp_reservation_holder holder;
		int keys_error, holder_error, register_error;
		bool left;
		int leave_error;
		unsigned registrations;
	} rows[] = {
		{ 1, 1, { 0 }, 0, 0, 0, true, 0, 1 },
		{ 1, 2, { .held = true, .key = 7, .type = 5 }, 0, 0, 0, true, 0, 1 },
		{ 0, 1, { 0 }, 0, 0, 0, true, 0, 0 },
		/* it has another key, or none */
		{ 1, 2, { 0 }, 0, 0, -EBUSY, true, 0, 1 },
		/* other paths have it */
		{ 2, 1, { 0 }, 0, 0, 0, false, 0, 0 },
		{ 1, 1, { .held = true, .key = 0xabc, .type = 5 }, 0, 0, 0, false, 0, 0 },
		{ 1, 1, { .held = true, .type = 7 }, 0, 0, 0, false, 0, 0 },
		/* with ALL_TG_PT and without */
		{ 1, 1, { 0 }, 0, 0, -EIO, false, -EIO, 2 },
		{ 1, 1, { 0 }, 0, 0, -ESTALE, false, -ESTALE, 5 },
		{ 1, 1, { 0 }, -EIO, 0, 0, false, -EIO, 0 },
		{ 1, 1, { 0 }, 0, -EIO, 0, false, -EIO, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct reservation_check check = { .wanted = true,
						   .former_key = 0xabc,
						   .path_count = rows[i].path_count };

		memset(&target, 0, sizeof(target));
		target.registered = target.registered_after = rows[i].registered;
		target.holder = rows[i].holder;
		target.keys_error = rows[i].keys_error;
		target.holder_error = rows[i].holder_error;
		target.register_error = rows[i].register_error;
		registration_check_run(&check, 5, 3000);
		assert_false(check.told || check.registered);
		assert_int_equal(check.left, rows[i].left);
		assert_int_equal(check.leave_error, rows[i].leave_error);
		assert_int_equal(target.registrations, rows[i].registrations);
		if (!target.registrations)
			continue;
		assert_int_equal(target.action, MP_RESERVING_REGISTER);
		assert_true(target.parameters.key == 0xabc);
		assert_true(target.parameters.service_action_key == 0);
	}
}

/* With so many registrations by other paths; @happens before command @at, 0 never */
static void target_is_real(size_t others, bool has_key, unsigned at, void (*happens)(void))
{
	memset(&target, 0, sizeof(target));
	target.is_real = true;
	target.others = others;
	target.has_key = has_key;
	target.happens_at = at;
	target.happens = happens;
}

/* One command that makes several registrations would not tell who made them. */
static void a_path_is_registered_without_the_other_ports(void **state)
{
	struct reservation_check check = { .wanted = true,
					   .key = { .key = 0xabc },
					   .all_target_ports = true };

	(void)state;
	target_is_real(2, false, 0, NULL);
	registration_check_run(&check, 5, 3000);
	assert_true(check.error == 0 && target.has_key);
	assert_int_equal(target.action, MP_RESERVING_REGISTER_AND_IGNORE);
	assert_false(target.parameters.all_target_ports);
	/* once it is, the key is only confirmed, as it was configured */
	registration_check_run(&check, 5, 3000);
	assert_int_equal(target.action, MP_RESERVING_REGISTER);
	assert_true(target.parameters.all_target_ports);
}

/* It may hold the reservation, which would end. */
static void an_older_key_is_replaced_and_not_unregistered(void **state)
{
	(void)state;
	for (unsigned facts = 0; facts < 4; facts++) {
		target_is_real(2, false, 0, NULL);
		target.has_older_key = true;
		target.insists = facts & 2;
		assert_int_equal(checked_with(true, facts & 1).error, 0);
		assert_true(target.has_key);
		assert_int_equal(target.removals, 0);
	}
}

static void how_a_path_was_registered_does_not_matter(void **state)
{
	(void)state;
	for (unsigned facts = 0; facts < 4; facts++) {
		struct reservation_check check;

		target_is_real(0, true, 0, NULL);
		target.insists = facts & 2;
		assert_int_equal(checked_with(true, facts & 1).error, 0);
		/* to unregister it, too */
		check = (struct reservation_check){ .wanted = true,
						    .former_key = 0xabc,
						    .path_count = 1,
						    .all_target_ports = facts & 1 };
		registration_check_run(&check, 5, 3000);
		assert_true(check.left && !target.has_key);
	}
}

static void preempt_and_another_path_registers(void)
{
	preempt();
	other_path_registers();
}

static void a_path_that_is_being_registered_does_not_vouch_for_another(void **state)
{
	struct reservation_check check;

	(void)state;
	for (unsigned happens_at = 2, last = 2; happens_at <= last; happens_at++) {
		target_is_real(1, false, happens_at, preempt_and_another_path_registers);
		check = checked(true);
		last = target.commands;
		if (happens_at > last)
			break;
		assert_false(target.has_key);
		assert_int_equal(check.error, -EAGAIN);
	}
	/* nor if it was first */
	for (size_t others = 0; others < 3; others++) {
		target_is_real(1, false, 0, NULL);
		check = (struct reservation_check){ .wanted = true,
						    .key = { .key = 0xabc },
						    .others = others };
		registration_check_run(&check, 5, 3000);
		assert_int_equal(target.has_key, !others);
		assert_int_equal(check.error, others ? -EAGAIN : 0);
		assert_true(check.registered);
	}
}

static void a_host_that_is_shut_out_meanwhile_is_not_registered(void **state)
{
	(void)state;
	for (unsigned facts = 0; facts < 4; facts++)
		for (unsigned happens_at = 2, last = 2; happens_at <= last; happens_at++) {
			struct reservation_check check;

			target_is_real(2, facts & 1, happens_at, preempt);
			target.tells = facts & 2;
			check = checked(true);
			last = target.commands;
			if (happens_at > last)
				break;
			assert_int_equal(target.others + target.has_key, 0);
			assert_int_equal(check.error, 0);
			assert_false(check.registered);
		}
}

static void a_path_is_registered_whatever_else_registers_meanwhile(void **state)
{
	static void (*const others[])(void) = { other_path_registers, other_host_registers };

	(void)state;
	for (unsigned facts = 0; facts < 4; facts++)
		for (unsigned happens_at = 0; happens_at < 6; happens_at++) {
			struct reservation_check check;

			target_is_real(1, facts & 1, happens_at, others[facts >> 1]);
			check = checked(true);
			if (check.error == -EAGAIN) {
				/* nobody knows what it was, or who: by the next check */
				assert_false(target.has_key);
				check = checked(true);
			}
			assert_int_equal(check.error, 0);
			assert_true(check.registered && target.has_key);
		}
}

/* Its answers are those of a target that lists a key once, however often it is registered. */
static void a_registration_counts_that_was_the_only_change(void **state)
{
	(void)state;
	target_is_real(1, false, 4, other_path_is_forgotten);
	assert_int_equal(checked(true).error, 0);
	assert_true(target.has_key);
}

static void the_reservation_is_held_by_the_key_or_by_all_registrants(void **state)
{
	static const struct {
		struct mp_reservation_holder holder;
		int error;
		bool held;
	} rows[] = {
		{ { .held = false }, 0, false },
		{ { .held = true, .key = 0xabc }, 0, true },
		{ { .held = true, .key = 0xdef }, 0, false },
		{ { .held = true, .type = MP_RESERVATION_WRITE_EXCLUSIVE_ALL }, 0, true },
		{ { .held = true, .type = MP_RESERVATION_EXCLUSIVE_ACCESS_ALL }, 0, true },
		{ { .held = true, .key = 0xabc }, -EIO, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		memset(&target, 0, sizeof(target));
		target.registered = 1;
		target.holder = rows[i].holder;
		target.holder_error = rows[i].error;
		assert_int_equal(checked(true).held, rows[i].held);
		assert_int_equal(target.registrations, 1); /* in any case */
	}
}

static void the_key_is_registered_with_its_options(void **state)
{
	const struct mp_prkey key = { .key = 0xabc, .aptpl = true };

	(void)state;
	memset(&target, 0, sizeof(target));
	target.register_error = -EBUSY;
	assert_int_equal(registration_register(5, &key, true, 3000), -EBUSY);
	assert_int_equal(target.parameters.service_action_key, 0xabc);
	assert_true(target.parameters.all_target_ports);
	assert_true(target.parameters.through_power_loss);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_path_is_registered_only_if_the_key_still_is),
		cmocka_unit_test(a_path_loses_an_older_key_if_the_key_is_registered_nowhere),
		cmocka_unit_test(a_registration_that_holds_the_reservation_stays),
		cmocka_unit_test(a_path_that_the_target_does_not_register_again_may_be_registered),
		cmocka_unit_test(the_ports_of_a_path_say_more_than_counts),
		cmocka_unit_test(a_former_key_is_unregistered_if_it_is_left_over),
		cmocka_unit_test(a_path_is_registered_without_the_other_ports),
		cmocka_unit_test(an_older_key_is_replaced_and_not_unregistered),
		cmocka_unit_test(how_a_path_was_registered_does_not_matter),
		cmocka_unit_test(a_path_that_is_being_registered_does_not_vouch_for_another),
		cmocka_unit_test(a_host_that_is_shut_out_meanwhile_is_not_registered),
		cmocka_unit_test(a_path_is_registered_whatever_else_registers_meanwhile),
		cmocka_unit_test(a_registration_counts_that_was_the_only_change),
		cmocka_unit_test(the_reservation_is_held_by_the_key_or_by_all_registrants),
		cmocka_unit_test(the_key_is_registered_with_its_options),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
