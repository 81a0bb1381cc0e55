/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The paths of a map, and an array of spc4r36j 5.13 behind them: which nexus is registered with
 * which key, and which one holds the reservation. What multipathd is told is recorded.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/cleanup.h"
#include "kernel/reserving.h"
#include "kernel/scsi.h"
#include "libmpathpersist/actions.h"
#include "libmpathpersist/looks.h"
#include "libmpathpersist/mpath_persist.h"
#include "libmpathpersist/notes.h"
#include "libmpathpersist/targets.h"
#include "no-map.h"

enum {
	PATHS = 3, /* nexuses 0 to 2 are this host's */
	OTHER = PATHS, /* the one of another host */
	NEXUSES,
	NOBODY = -1,
	NOTHING = -1,
	CHECK_CONDITION = 0x02,
	CONFLICT = 0x18,
	OWN = 0x123abc, /* keys */
	OLD = 0x77,
	THEIRS = 0x999,
};

/* Shared: what is done while the map is suspended is done by another process. */
static struct {
	pthread_mutex_t mutex; /* the library asks paths at the same time */
	uint64_t keys[NEXUSES]; /* 0 not registered */
	bool is_lio; /* with ALL_TG_PT, only what is new is registered on all ports */
	bool is_deaf; /* ALL_TG_PT is ignored */
	bool with_all[NEXUSES]; /* LIO changes this registration with ALL_TG_PT only */
	uint32_t generation;
	int holder;
	uint8_t type;
	bool lost[PATHS]; /* commands do not get through */
	bool up[PATHS]; /* they are usable when they are looked at */
	uint8_t sense[PATHS]; /* a path answers this to all commands; 0 none */
	int loses_answer_to; /* the next of these actions is done, and its answer is lost */
	unsigned shut_out_in; /* at this command from now on another host preempts OWN; 0 never */
	bool shut_out_loses; /* and path 0 is lost */
	unsigned all_lost_from; /* the command before which all paths are lost; 0 never */
	bool suspended;
	unsigned suspensions;
	/* there was a moment in which a path had no registration, and the map took I/O */
	bool exposed;
	unsigned commands; /* that changed something, or tried to */

	/* multipathd */
	bool daemon_is_gone;
	bool shut_out_when_told; /* of a registration */
	bool noted_registered, noted_held;
	uint64_t noted_key;
	unsigned noted_paths;
} * world;

static bool is_shared(void)
{
	return world->holder != NOBODY && mp_reservation_is_shared(world->type);
}

static void forget(int nexus)
{
	world->keys[nexus] = 0;
	if (world->holder == nexus && !is_shared())
		world->holder = NOBODY;
	if (nexus < PATHS && !world->suspended)
		world->exposed = true;
}

static int answer(struct mp_scsi_result *ret, int status)
{
	*ret = (struct mp_scsi_result){ .scsi_status = status };
	return 0;
}

static int refuse(struct mp_scsi_result *ret, uint8_t sense)
{
	*ret = (struct mp_scsi_result){ .scsi_status = CHECK_CONDITION, .sense_key = sense };
	return 0;
}

static int preempt(int nexus, uint8_t type, uint64_t key, struct mp_scsi_result *ret)
{
	bool takes = world->holder != NOBODY &&
		     (is_shared() ? key == 0 : world->keys[world->holder] == key);
	bool found = false;

	for (int i = 0; i < NEXUSES; i++) {
		if (i == nexus || !world->keys[i] || (world->keys[i] != key && !(takes && !key)))
			continue;
		found = true;
		forget(i);
	}
	if (!found && !takes && world->keys[nexus] != key)
		return answer(ret, CONFLICT);
	if (takes) {
		world->holder = nexus;
		world->type = type;
	} else if (world->keys[nexus] == key) {
		forget(nexus); /* as LIO does */
	}
	world->generation++;
	return answer(ret, 0);
}

static bool has_host(int a, int b)
{
	return a < PATHS && b < PATHS && a / 2 == b / 2;
}

static void enroll(int nexus, uint64_t key)
{
	if (key)
		world->keys[nexus] = key;
	else
		forget(nexus);
}

/* Return: false the command is refused */
static bool enroll_ports(int nexus, const struct mp_reservation_parameters *parameters)
{
	const bool all = parameters->all_target_ports && !world->is_deaf;
	const bool was_registered = world->keys[nexus];

	if (world->is_lio && was_registered && world->with_all[nexus] && !all)
		return false;
	for (int i = 0; i < NEXUSES; i++) {
		if (i != nexus && (!all || !has_host(i, nexus)))
			continue;
		if (i != nexus && world->is_lio && was_registered &&
		    (parameters->service_action_key || !world->with_all[nexus] ||
		     !world->with_all[i] || world->keys[i] != parameters->key))
			continue;
		if (!world->keys[i])
			world->with_all[i] = all;
		enroll(i, parameters->service_action_key);
	}
	return true;
}

/* Another host preempts OWN. Return: false if no path is registered with it */
static bool shut_out(void)
{
	bool found = false;

	for (int i = 0; i < NEXUSES; i++) {
		found |= world->keys[i] == OWN;
		world->keys[i] = world->keys[i] == OWN ? 0 : world->keys[i];
	}
	world->generation += found;
	world->lost[0] |= found && world->shut_out_loses;
	return found;
}

static int act(int nexus, enum mp_reserving_out action, uint8_t type,
	       const struct mp_reservation_parameters *parameters, struct mp_scsi_result *ret)
{
	bool known = world->keys[nexus] && world->keys[nexus] == parameters->key;

	world->commands++;
	if (world->shut_out_in && !--world->shut_out_in && !shut_out())
		world->shut_out_in = 1; /* it fails, and is tried again */
	if (world->commands == world->all_lost_from)
		memset(world->lost, true, sizeof(world->lost));
	if (world->lost[nexus]) {
		*ret = (struct mp_scsi_result){ .host_status = MP_SCSI_HOST_NO_CONNECT };
		return 0;
	}
	if (nexus < PATHS && world->sense[nexus])
		return refuse(ret, world->sense[nexus]);
	switch (action) {
	case MP_RESERVING_REGISTER:
		if (world->keys[nexus] != parameters->key)
			return answer(ret, CONFLICT);
		/* fall through */
	case MP_RESERVING_REGISTER_AND_IGNORE:
		if (action == MP_RESERVING_REGISTER_AND_IGNORE && parameters->port_count)
			return refuse(ret, 5);
		if (!enroll_ports(nexus, parameters))
			return refuse(ret, 5);
		world->generation++;
		return answer(ret, 0);
	case MP_RESERVING_RESERVE:
		if (!known ||
		    (world->holder != NOBODY && (world->holder != nexus || world->type != type)))
			return answer(ret, CONFLICT);
		world->holder = nexus;
		world->type = type;
		return answer(ret, 0);
	case MP_RESERVING_RELEASE:
		if (!known)
			return answer(ret, CONFLICT);
		if (world->holder == nexus || is_shared()) {
			if (world->type != type)
				return answer(ret, CONFLICT);
			world->holder = NOBODY;
		}
		return answer(ret, 0);
	case MP_RESERVING_CLEAR:
		if (!known)
			return answer(ret, CONFLICT);
		memset(world->keys, 0, sizeof(world->keys));
		world->holder = NOBODY;
		world->generation++;
		return answer(ret, 0);
	default:
		return known ? preempt(nexus, type, parameters->service_action_key, ret) :
			       answer(ret, CONFLICT);
	}
}

int mp_reserving_out(int fd, enum mp_reserving_out action, uint8_t scope_type,
		     const struct mp_reservation_parameters *parameters, unsigned timeout_msec,
		     struct mp_scsi_result *ret)
{
	int r;

	(void)timeout_msec;
	pthread_mutex_lock(&world->mutex);
	r = act(fd, action, scope_type, parameters, ret);
	if ((int)action == world->loses_answer_to && mp_scsi_is_good(ret)) {
		world->loses_answer_to = NOTHING;
		*ret = (struct mp_scsi_result){ .host_status = MP_SCSI_HOST_TIMEOUT };
	}
	pthread_mutex_unlock(&world->mutex);
	return r;
}

static int send_keys(uint8_t *data, struct mp_scsi_result *ret)
{
	*ret = (struct mp_scsi_result){ .received = 8 };
	mp_bytes_put_be32(data, world->generation);
	for (int i = 0; i < NEXUSES; i++) {
		if (!world->keys[i])
			continue;
		mp_bytes_put_be64(data + ret->received, world->keys[i]);
		ret->received += 8;
	}
	data[7] = ret->received - 8;
	return 0;
}

int mp_reserving_in(int fd, enum mp_reserving_in action, uint8_t *data, size_t size,
		    unsigned timeout_msec, struct mp_scsi_result *ret)
{
	(void)timeout_msec;
	if (world->lost[fd]) {
		*ret = (struct mp_scsi_result){ .host_status = MP_SCSI_HOST_NO_CONNECT };
		return 0;
	}
	if (world->sense[fd])
		return refuse(ret, world->sense[fd]);
	memset(data, 0, size);
	if (action == MP_RESERVING_READ_KEYS)
		return send_keys(data, ret);
	assert_int_equal(action, MP_RESERVING_READ_RESERVATION);
	assert_int_equal(size, 24);
	*ret = (struct mp_scsi_result){ .received = world->holder == NOBODY ? 8 : 24 };
	mp_bytes_put_be32(data, world->generation);
	if (world->holder == NOBODY)
		return 0;
	data[7] = 16;
	mp_bytes_put_be64(data + 8, is_shared() ? 0 : world->keys[world->holder]);
	data[21] = world->type;
	return 0;
}

int mp_dm_ioctl_open(void)
{
	return dup(STDERR_FILENO);
}

int mp_dm_ioctl_suspend(int fd, dev_t devt)
{
	(void)fd;
	(void)devt;
	world->suspended = true;
	world->suspensions++;
	return 0;
}

int mp_dm_ioctl_resume(int fd, dev_t devt)
{
	(void)fd;
	(void)devt;
	for (int i = 0; i < PATHS; i++)
		world->exposed |= !world->lost[i] && !world->keys[i];
	world->suspended = false;
	return 0;
}

void looks_take(struct target *target)
{
	for (int i = 0; i < PATHS; i++)
		if (target->paths[i].chosen)
			target->paths[i].usable = world->up[i];
}

int notes_write_key(const struct target *target, const struct mp_prkey *key)
{
	(void)target;
	if (world->daemon_is_gone)
		return -ECONNREFUSED;
	/* as the daemon does: it reads it from the array later */
	if (world->noted_key != key->key)
		world->noted_held = world->noted_registered = false;
	world->noted_key = key->key;
	return 0;
}

int notes_take_registration(const struct target *target, bool registered)
{
	if (world->daemon_is_gone)
		return -ECONNREFUSED;
	if (registered && world->shut_out_when_told)
		shut_out();
	/* as the daemon does: a key that is nowhere was taken away */
	world->noted_registered = false;
	for (int i = 0; registered && i < PATHS; i++)
		world->noted_registered |= world->keys[i] == world->noted_key;
	world->noted_paths = 0;
	for (size_t i = 0; i < target->path_count; i++)
		world->noted_paths += target->paths[i].code == 0;
	return 0;
}

int notes_take_clearing(const struct target *target)
{
	(void)target;
	if (world->daemon_is_gone)
		return -ECONNREFUSED;
	world->noted_registered = false;
	return 0;
}

bool notes_lack_registration(const struct target *target)
{
	(void)target;
	return !world->daemon_is_gone && !world->noted_registered;
}

bool notes_has_reservation(const struct target *target)
{
	(void)target;
	return !world->daemon_is_gone && world->noted_held;
}

void notes_take_reservation(const struct target *target, bool held)
{
	(void)target;
	world->noted_held = held;
}

/* A map of that key, with all of its paths registered, if there is one, and one reserved. */
static struct target_path paths[PATHS];
static struct target map;

static void begin(enum mp_reservation_source source, uint64_t key, int holder, uint8_t type)
{
	map = (struct target){ .verbosity = -1,
			       .source = source,
			       .key = { .key = key },
			       .paths = paths,
			       .path_count = PATHS };
	for (int i = 0; i < PATHS; i++)
		paths[i] = (struct target_path){ .fd = i,
						 .usable = true,
						 .host = i / 2 }; /* as has_host() */
	for (int i = 0; i < PATHS; i++) {
		world->keys[i] = key;
		world->lost[i] = false;
		world->sense[i] = 0;
		world->up[i] = false;
	}
	world->keys[OTHER] = 0;
	world->is_lio = world->is_deaf = false;
	world->holder = holder;
	world->type = type;
	world->suspended = world->exposed = world->daemon_is_gone = false;
	world->loses_answer_to = NOTHING;
	world->shut_out_in = world->all_lost_from = 0;
	world->shut_out_loses = world->shut_out_when_told = false;
	world->suspensions = world->commands = world->noted_paths = 0;
	world->noted_held = holder >= 0 && holder < PATHS;
	world->noted_registered = key != 0;
	world->noted_key = key;
}

/* Down, as it was when the library looked. */
static void lose(int path)
{
	world->lost[path] = true;
	paths[path].usable = false;
}

static bool paths_have(uint64_t key)
{
	for (int i = 0; i < PATHS; i++)
		if (!world->lost[i] && world->keys[i] != key)
			return false;
	return true;
}

static int reg(uint64_t key, uint64_t new_key, bool ignores)
{
	const struct mp_reservation_parameters parameters = { .key = key,
							      .service_action_key = new_key };

	return action_register(&map, ignores, &parameters);
}

static int act_with(int (*action)(struct target *target, uint8_t scope_type,
				  const struct mp_reservation_parameters *parameters),
		    uint64_t key, uint8_t type)
{
	const struct mp_reservation_parameters parameters = { .key = key };

	return action(&map, type, &parameters);
}

static int preempt_with(uint64_t key, uint64_t victim, uint8_t type)
{
	const struct mp_reservation_parameters parameters = { .key = key,
							      .service_action_key = victim };

	return action_preempt(&map, false, type, &parameters);
}

static void a_key_is_registered_with_all_paths(void **state)
{
	(void)state;
	begin(MP_RESERVATION_PRKEYS, 0, NOBODY, 0);
	assert_int_equal(reg(0, OWN, false), 0);
	assert_true(paths_have(OWN) && world->noted_registered && world->noted_key == OWN);
	assert_int_equal(world->noted_paths, PATHS);

	/* with another one in its place */
	map.key.key = OWN;
	assert_int_equal(reg(OWN, OLD, false), 0);
	assert_true(paths_have(OLD) && world->noted_key == OLD);

	begin(MP_RESERVATION_CONFIGURED, OWN, NOBODY, 0);
	memset(world->keys, 0, sizeof(world->keys));
	assert_int_equal(reg(0, OWN, false), 0);
	assert_true(paths_have(OWN));
}

static void a_path_that_is_down_is_left_to_the_daemon(void **state)
{
	(void)state;
	begin(MP_RESERVATION_PRKEYS, 0, NOBODY, 0);
	lose(1);
	assert_int_equal(reg(0, OWN, false), 0);
	assert_true(paths_have(OWN) && world->noted_registered);
	assert_int_equal(world->noted_paths, PATHS - 1);

	/* also if it goes down in between: it has no device here, so it is not up */
	begin(MP_RESERVATION_PRKEYS, 0, NOBODY, 0);
	world->lost[1] = true;
	assert_int_equal(reg(0, OWN, false), 0);
	assert_true(world->noted_registered);
}

static void a_path_with_another_key_gets_that_of_the_others(void **state)
{
	static const struct mp_transport_id port = { .protocol = MP_TRANSPORT_FC };
	static const struct mp_reservation_parameters with_port = {
		.key = OWN, .service_action_key = THEIRS, .ports = &port, .port_count = 1
	};

	(void)state;
	begin(MP_RESERVATION_PRKEYS, OWN, NOBODY, 0);
	world->keys[2] = OLD;
	assert_int_equal(reg(OWN, THEIRS, false), 0);
	assert_true(paths_have(THEIRS));

	/* with ports of others, which the command for it must not have */
	begin(MP_RESERVATION_PRKEYS, OWN, NOBODY, 0);
	world->keys[2] = OLD;
	assert_int_equal(action_register(&map, false, &with_port), 0);
	assert_true(paths_have(THEIRS));
}

static void a_host_that_is_shut_out_while_it_registers_stays_out(void **state)
{
	unsigned at;

	(void)state;
	for (at = 1;; at++) {
		int code;

		begin(MP_RESERVATION_PRKEYS, OWN, NOBODY, 0);
		world->keys[OTHER] = THEIRS;
		world->shut_out_in = at;
		code = reg(OWN, OWN, false);
		if (world->shut_out_in)
			break;
		/* after the last command, it is a fence like any other */
		assert_true(code == MPATH_PR_RESERV_CONFLICT || world->commands == at);
		assert_true(paths_have(0));
	}
	assert_in_range(at, PATHS + 1, 10);
}

/* The key that is given with it says nothing: it is not that of this host's reservation. */
static void registering_whatever_the_key_is_takes_no_reservation(void **state)
{
	(void)state;
	begin(MP_RESERVATION_CONFIGURED, OWN, OTHER, 5);
	memset(world->keys, 0, sizeof(world->keys));
	world->keys[OTHER] = THEIRS;
	world->noted_held = true;
	assert_int_equal(reg(THEIRS, OWN, true), 0);
	assert_true(paths_have(OWN) && world->keys[OTHER] == THEIRS && world->holder == OTHER);
}

static void a_registration_that_is_refused_changes_no_key(void **state)
{
	(void)state;
	begin(MP_RESERVATION_PRKEYS, OWN, NOBODY, 0);
	for (int i = 0; i < PATHS; i++)
		world->keys[i] = OLD;
	assert_int_equal(reg(OWN, THEIRS, false), MPATH_PR_RESERV_CONFLICT);
	assert_true(paths_have(OLD) && world->noted_key == OWN);

	begin(MP_RESERVATION_PRKEYS, 0, NOBODY, 0);
	for (int i = 0; i < PATHS; i++)
		lose(i);
	assert_int_equal(reg(0, OWN, false), MPATH_PR_DMMP_ERROR);
	assert_true(world->noted_key == 0 && !world->noted_registered);

	/* all go down in between */
	begin(MP_RESERVATION_PRKEYS, 0, NOBODY, 0);
	memset(world->lost, true, sizeof(world->lost));
	assert_int_equal(reg(0, OWN, false), MPATH_PR_OTHER);
	assert_true(world->noted_key == 0);
}

static void a_registration_that_the_daemon_does_not_find_has_failed(void **state)
{
	(void)state;
	for (int fixed = 0; fixed < 2; fixed++) {
		begin(fixed ? MP_RESERVATION_CONFIGURED : MP_RESERVATION_PRKEYS, fixed ? OWN : 0,
		      NOBODY, 0);
		memset(world->keys, 0, sizeof(world->keys));
		world->shut_out_when_told = true;
		assert_int_equal(reg(0, OWN, false), MPATH_PR_RESERV_CONFLICT);
		assert_true(paths_have(0) && !world->noted_registered);
		assert_true(world->noted_key == (fixed ? OWN : 0));
	}
}

static void paths_that_all_die_are_not_taken_for_another_hosts_doing(void **state)
{
	(void)state;
	begin(MP_RESERVATION_PRKEYS, OLD, NOBODY, 0);
	world->keys[1] = THEIRS;
	/* after the path with another key was registered */
	world->all_lost_from = PATHS + 2;
	assert_int_equal(reg(OLD, OWN, false), MPATH_PR_OTHER);
	assert_true(world->keys[1] == OWN && world->noted_key == OLD);
}

static void a_registration_that_fails_leaves_the_former_keys(void **state)
{
	static const struct {
		uint64_t before, key, new_key;
		bool ignores;
		uint64_t after;
	} rows[] = {
		{ 0, 0, OWN, false, 0 },
		{ 0, 0, OWN, true, 0 },
		{ OWN, OWN, OLD, false, OWN },
		{ OWN, OWN, OLD, true, OWN },
		{ OWN, OWN, 0, false, OWN },
		/* it was shut out before */
		{ 0, OWN, OLD, true, 0 },
		{ 0, OWN, OWN, true, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		/* one path is up, but does not answer; or is passive, and not ready */
		for (int ready = 0; ready < 2; ready++) {
			begin(MP_RESERVATION_PRKEYS, rows[i].before, NOBODY, 0);
			map.key.key = world->noted_key = rows[i].key;
			world->lost[1] = world->up[1] = ready;
			world->sense[1] = ready ? 0 : 2;
			assert_int_not_equal(reg(rows[i].key, rows[i].new_key, rows[i].ignores), 0);
			for (int path = 0; path < PATHS; path++)
				assert_true(world->keys[path] == rows[i].after);
			assert_true(world->noted_key == rows[i].key);
		}
	}
}

static void a_path_whose_answer_is_lost_gets_the_former_key_again(void **state)
{
	static const struct {
		uint64_t before, new_key;
		bool ignores;
		uint64_t after;
	} rows[] = {
		{ 0, OWN, false, 0 },
		{ 0, OWN, true, 0 },
		{ OWN, OLD, false, OWN },
		{ OWN, OLD, true, OWN },
		/* none is left: another host might have removed the last one */
		{ OWN, 0, false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		begin(MP_RESERVATION_PRKEYS, rows[i].before, NOBODY, 0);
		memset(world->up, true, sizeof(world->up));
		world->loses_answer_to = rows[i].ignores ? MP_RESERVING_REGISTER_AND_IGNORE :
							   MP_RESERVING_REGISTER;
		assert_int_equal(reg(rows[i].before, rows[i].new_key, rows[i].ignores),
				 MPATH_PR_OTHER);
		assert_true(paths_have(rows[i].after) && world->noted_key == rows[i].before);
	}
}

static void a_host_that_is_shut_out_while_it_fails_to_unregister_stays_out(void **state)
{
	unsigned at;

	(void)state;
	for (at = 1;; at++) {
		begin(MP_RESERVATION_PRKEYS, OWN, NOBODY, 0);
		world->keys[OTHER] = THEIRS;
		world->sense[1] = 2; /* passive, and not ready */
		world->shut_out_in = at;
		assert_int_not_equal(reg(OWN, 0, false), 0);
		if (world->shut_out_in)
			break;
		assert_true(paths_have(0));
	}
	assert_in_range(at, PATHS + 3, 15);
}

static void only_the_key_of_the_map_is_sent(void **state)
{
	static const struct {
		enum mp_reservation_source source;
		uint64_t configured, key;
	} rows[] = {
		{ MP_RESERVATION_NONE, 0, OWN },	 { MP_RESERVATION_PRKEYS, 0, OWN },
		{ MP_RESERVATION_PRKEYS, 0, 0 },	 { MP_RESERVATION_PRKEYS, OLD, OWN },
		{ MP_RESERVATION_CONFIGURED, OLD, OWN }, { MP_RESERVATION_CONFIGURED, OLD, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct mp_reservation_parameters parameters = { .key = rows[i].key };

		begin(rows[i].source, rows[i].configured, NOBODY, 0);
		assert_int_equal(act_with(action_reserve, rows[i].key, 5), 1);
		assert_int_equal(act_with(action_release, rows[i].key, 5), 1);
		assert_int_equal(preempt_with(rows[i].key, THEIRS, 5), 1);
		assert_int_equal(action_clear(&map, &parameters), 1);
		assert_int_equal(world->commands, 0);
	}
	begin(MP_RESERVATION_CONFIGURED, OLD, NOBODY, 0);
	assert_int_equal(reg(OLD, OWN, true), 1);
	begin(MP_RESERVATION_NONE, 0, NOBODY, 0);
	assert_int_equal(reg(0, OWN, true), 1);
	begin(MP_RESERVATION_PRKEYS, OLD, NOBODY, 0);
	assert_int_equal(reg(THEIRS, OWN, false), 1);
	assert_true(world->noted_key == OLD);
	assert_int_equal(world->commands, 0);
}

static void
without_the_daemon_a_key_is_not_registered_that_it_could_not_register_later(void **state)
{
	(void)state;
	begin(MP_RESERVATION_PRKEYS, 0, NOBODY, 0);
	world->daemon_is_gone = true;
	assert_int_equal(reg(0, OWN, false), MPATH_PR_DMMP_ERROR);
	assert_int_equal(world->commands, 0);

	/* a configured one it finds at its start */
	begin(MP_RESERVATION_CONFIGURED, OWN, NOBODY, 0);
	memset(world->keys, 0, sizeof(world->keys));
	world->daemon_is_gone = true;
	assert_int_equal(reg(0, OWN, false), 0);
	assert_true(paths_have(OWN));
}

static void unregistering_ends_the_reservation_first(void **state)
{
	(void)state;
	begin(MP_RESERVATION_PRKEYS, OWN, 1, 5);
	assert_int_equal(reg(OWN, 0, false), 0);
	assert_true(paths_have(0) && world->holder == NOBODY);
	assert_true(!world->noted_held && !world->noted_registered && !world->noted_key);
	assert_int_equal(world->noted_paths, PATHS);

	/* although its path is gone */
	begin(MP_RESERVATION_PRKEYS, OWN, 1, 5);
	lose(1);
	assert_int_equal(reg(OWN, 0, false), 0);
	assert_true(paths_have(0) && world->holder == NOBODY);
	assert_int_equal(world->suspensions, 1);
	assert_false(world->suspended);
	assert_int_equal(world->noted_paths, PATHS - 1);
}

static void a_reservation_moves_to_the_new_key_if_its_path_is_gone(void **state)
{
	(void)state;
	begin(MP_RESERVATION_PRKEYS, OLD, 1, 6);
	lose(1);
	assert_int_equal(reg(OLD, OWN, false), 0);
	assert_true(world->holder != NOBODY && world->holder != 1);
	assert_true(world->keys[world->holder] == OWN && world->keys[1] == 0);
	assert_int_equal(world->type, 6);
	assert_true(world->noted_held);

	/* it has moved with its path's registration */
	begin(MP_RESERVATION_PRKEYS, OLD, 1, 6);
	assert_int_equal(reg(OLD, OWN, false), 0);
	assert_int_equal(world->holder, 1);
	assert_true(paths_have(OWN));
}

/* It knew nothing of it after the change. */
static void a_fixed_key_that_changes_still_holds_its_reservation(void **state)
{
	(void)state;
	begin(MP_RESERVATION_CONFIGURED, OLD, 1, 5);
	map.key.key = world->noted_key = OWN;
	world->noted_held = world->noted_registered = false;
	assert_int_equal(reg(OLD, OWN, false), 0);
	assert_true(paths_have(OWN) && world->holder == 1 && world->noted_held);

	/* so that it ends when it is unregistered */
	assert_int_equal(reg(OWN, 0, false), 0);
	assert_true(paths_have(0) && world->holder == NOBODY);
	assert_int_equal(world->suspensions, 0);

	begin(MP_RESERVATION_CONFIGURED, OWN, OTHER, 5);
	world->keys[OTHER] = THEIRS;
	assert_int_equal(reg(OWN, OWN, false), 0);
	assert_false(world->noted_held);
}

static void one_path_reserves(void **state)
{
	(void)state;
	begin(MP_RESERVATION_CONFIGURED, OWN, NOBODY, 0);
	lose(0);
	assert_int_equal(act_with(action_reserve, OWN, 5), 0);
	assert_int_equal(world->holder, 1);
	assert_true(world->noted_held);

	/* again: it is another path's turn first, which has a conflict */
	assert_int_equal(act_with(action_reserve, OWN, 5), 0);
	assert_int_equal(world->holder, 1);
	paths[0].usable = true;
	world->lost[0] = false;
	assert_int_equal(act_with(action_reserve, OWN, 5), 0);
	assert_int_equal(world->holder, 1);

	/* another type */
	assert_int_equal(act_with(action_reserve, OWN, 6), MPATH_PR_RESERV_CONFLICT);
}

static void what_a_lost_path_holds_is_held(void **state)
{
	(void)state;
	begin(MP_RESERVATION_CONFIGURED, OWN, 1, 5);
	lose(1);
	assert_int_equal(act_with(action_reserve, OWN, 5), 0);
	assert_int_equal(act_with(action_reserve, OWN, 6), MPATH_PR_RESERV_CONFLICT);

	/* unless multipathd knows nothing of it */
	world->noted_held = false;
	assert_int_equal(act_with(action_reserve, OWN, 5), MPATH_PR_RESERV_CONFLICT);
}

static void what_another_host_holds_stays_its(void **state)
{
	(void)state;
	begin(MP_RESERVATION_CONFIGURED, OWN, OTHER, 5);
	world->keys[OTHER] = THEIRS;
	assert_int_equal(act_with(action_reserve, OWN, 5), MPATH_PR_RESERV_CONFLICT);
	assert_false(world->noted_held);
	/* nothing of this host to release: SPC says that this is no error */
	assert_int_equal(act_with(action_release, OWN, 5), 0);
	assert_int_equal(world->holder, OTHER);
	assert_int_equal(world->suspensions, 0);
}

static void the_holder_releases(void **state)
{
	(void)state;
	for (int holder = 0; holder < PATHS; holder++) {
		begin(MP_RESERVATION_CONFIGURED, OWN, holder, 5);
		assert_int_equal(act_with(action_release, OWN, 6), MPATH_PR_RESERV_CONFLICT);
		assert_int_equal(world->holder, holder);
		assert_int_equal(act_with(action_release, OWN, 5), 0);
		assert_int_equal(world->holder, NOBODY);
		assert_false(world->noted_held);
		assert_int_equal(world->suspensions, 0);
	}
	begin(MP_RESERVATION_CONFIGURED, OWN, 0, 7);
	lose(0);
	assert_int_equal(act_with(action_release, OWN, 7), 0);
	assert_int_equal(world->holder, NOBODY);
	assert_int_equal(world->suspensions, 0);
}

static void another_path_releases_what_a_lost_one_holds(void **state)
{
	(void)state;
	begin(MP_RESERVATION_CONFIGURED, OWN, 1, 5);
	world->keys[OTHER] = THEIRS;
	lose(1);
	assert_int_equal(act_with(action_release, OWN, 5), 0);
	assert_int_equal(world->holder, NOBODY);
	assert_true(paths_have(OWN) && world->keys[OTHER] == THEIRS);
	assert_int_equal(world->suspensions, 1);
	assert_false(world->suspended || world->exposed || world->noted_held);

	begin(MP_RESERVATION_CONFIGURED, OWN, 1, 5);
	lose(1);
	assert_int_equal(act_with(action_release, OWN, 6), MPATH_PR_RESERV_CONFLICT);
	assert_int_equal(world->holder, 1);
}

static void preempting_oneself_leaves_all_paths_registered(void **state)
{
	(void)state;
	begin(MP_RESERVATION_CONFIGURED, OWN, 1, 5);
	assert_int_equal(preempt_with(OWN, OWN, 6), 0);
	assert_true(paths_have(OWN) && world->holder == 0 && world->type == 6);
	assert_int_equal(world->suspensions, 1);
	assert_false(world->suspended || world->exposed);

	/* there is nothing to take over */
	begin(MP_RESERVATION_CONFIGURED, OWN, NOBODY, 0);
	assert_int_equal(preempt_with(OWN, OWN, 6), 0);
	assert_true(paths_have(OWN) && world->holder == NOBODY);
	assert_false(world->suspended || world->exposed);

	/* 0: all that hold it, which are all */
	begin(MP_RESERVATION_CONFIGURED, OWN, 1, 7);
	world->keys[OTHER] = THEIRS;
	assert_int_equal(preempt_with(OWN, 0, 8), 0);
	assert_true(paths_have(OWN) && world->keys[OTHER] == 0 && world->type == 8);
	assert_int_equal(world->suspensions, 1);
	assert_false(world->suspended || world->exposed);
}

static void what_was_not_registered_again_is_left_to_the_daemon(void **state)
{
	(void)state;
	begin(MP_RESERVATION_CONFIGURED, OWN, 1, 5);
	world->noted_registered = false;
	world->sense[2] = 2;
	assert_int_equal(preempt_with(OWN, OWN, 6), 0);
	assert_true(world->noted_registered && world->noted_paths == 2);

	begin(MP_RESERVATION_CONFIGURED, OWN, 1, 5);
	world->noted_registered = false;
	lose(1);
	assert_int_equal(act_with(action_release, OWN, 5), 0);
	assert_true(world->noted_registered && world->noted_paths == 2);

	/* also if the array does not tell whether there are any: all paths are lost at the end */
	begin(MP_RESERVATION_CONFIGURED, OWN, 1, 5);
	world->noted_registered = false;
	lose(2);
	world->all_lost_from = 5;
	assert_int_equal(preempt_with(OWN, OWN, 6), 0);
	assert_true(world->keys[1] == OWN && world->keys[2] == 0 && world->noted_registered);

	/* a path that has come up gets I/O as soon as the map is resumed */
	begin(MP_RESERVATION_CONFIGURED, OWN, 1, 5);
	paths[2].usable = false;
	world->up[2] = true;
	assert_int_equal(preempt_with(OWN, OWN, 6), 0);
	assert_true(paths_have(OWN) && world->noted_paths == 3);
	assert_false(world->exposed);
}

static void a_preemption_of_oneself_whose_answer_is_lost_is_repeated(void **state)
{
	(void)state;
	for (int type = 5; type <= 6; type++) {
		begin(MP_RESERVATION_CONFIGURED, OWN, 1, 5);
		world->loses_answer_to = MP_RESERVING_PREEMPT;
		assert_int_equal(preempt_with(OWN, OWN, type), 0);
		assert_true(paths_have(OWN) && world->holder != NOBODY && world->type == type);
		assert_false(world->suspended || world->exposed);
	}

	begin(MP_RESERVATION_CONFIGURED, OWN, 1, 5);
	lose(1);
	world->loses_answer_to = MP_RESERVING_PREEMPT;
	assert_int_equal(act_with(action_release, OWN, 5), 0);
	assert_int_equal(world->holder, NOBODY);
	assert_true(paths_have(OWN));
	assert_false(world->suspended || world->exposed || world->noted_held);

	/* the path that has preempted does not say that it is registered */
	begin(MP_RESERVATION_CONFIGURED, OWN, 1, 5);
	world->loses_answer_to = MP_RESERVING_REGISTER;
	assert_int_equal(preempt_with(OWN, OWN, 6), 0);
	assert_true(paths_have(OWN) && world->holder == 0 && world->noted_paths == PATHS);
	assert_false(world->suspended || world->exposed);

	/* but not those that another host took */
	begin(MP_RESERVATION_CONFIGURED, OWN, OTHER, 5);
	memset(world->keys, 0, sizeof(world->keys));
	world->keys[OTHER] = THEIRS;
	world->noted_registered = false;
	assert_int_equal(preempt_with(OWN, OWN, 6), MPATH_PR_RESERV_CONFLICT);
	assert_true(paths_have(0) && !world->noted_registered);
	assert_false(world->suspended);
}

struct shut_out_row {
	int holder;
	uint8_t type;
	uint64_t victim;
	bool all_target_ports;
	bool answer_lost; /* that of the preemption */
	bool path_lost; /* with the shutting out: the one that has preempted */
};

/* Return: false if the preemption had ended before */
static bool shut_out_at(unsigned at, const struct shut_out_row *row)
{
	int code;

	begin(MP_RESERVATION_CONFIGURED, OWN, row->holder, row->type);
	map.all_target_ports = row->all_target_ports;
	world->keys[OTHER] = THEIRS;
	world->loses_answer_to = row->answer_lost ? MP_RESERVING_PREEMPT : NOTHING;
	world->shut_out_in = at;
	world->shut_out_loses = row->path_lost;
	code = preempt_with(OWN, row->victim, 6);
	if (world->shut_out_in)
		return false;
	assert_int_equal(code, MPATH_PR_RESERV_CONFLICT);
	assert_true(paths_have(0));
	assert_int_equal(world->noted_paths, 0);
	return true;
}

static void a_host_that_is_shut_out_while_it_preempts_itself_stays_out(void **state)
{
	static const struct shut_out_row rows[] = {
		{ 1, 5, OWN, .path_lost = false },
		{ 1, 5, OWN, .all_target_ports = true },
		{ 1, 5, OWN, .answer_lost = true },
		{ 1, 5, OWN, .path_lost = true },
		{ NOBODY, 0, OWN, .path_lost = false },
		{ NOBODY, 0, OWN, .all_target_ports = true },
		{ NOBODY, 0, OWN, .path_lost = true },
		{ 1, 7, 0, .path_lost = false },
		{ 1, 7, 0, .answer_lost = true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		unsigned at = 2;

		while (shut_out_at(at, &rows[i]))
			at++;
		assert_in_range(at, 5, 30);
	}
}

static void another_host_is_shut_out(void **state)
{
	(void)state;
	begin(MP_RESERVATION_CONFIGURED, OWN, OTHER, 5);
	world->keys[OTHER] = THEIRS;
	assert_int_equal(preempt_with(OWN, THEIRS, 5), 0);
	assert_true(paths_have(OWN) && world->keys[OTHER] == 0 && world->holder == 0);
	assert_true(world->noted_held);
	assert_int_equal(world->suspensions, 0);

	/* it held nothing */
	begin(MP_RESERVATION_CONFIGURED, OWN, NOBODY, 5);
	world->keys[OTHER] = THEIRS;
	assert_int_equal(preempt_with(OWN, THEIRS, 5), 0);
	assert_true(world->keys[OTHER] == 0 && world->holder == NOBODY && !world->noted_held);

	/* it is not there */
	assert_int_equal(preempt_with(OWN, THEIRS, 5), MPATH_PR_RESERV_CONFLICT);
}

static void a_command_whose_answer_is_lost_has_succeeded_if_it_was_done(void **state)
{
	const struct mp_reservation_parameters parameters = { .key = OWN };

	(void)state;
	begin(MP_RESERVATION_CONFIGURED, OWN, OTHER, 5);
	world->keys[OTHER] = THEIRS;
	world->loses_answer_to = MP_RESERVING_PREEMPT;
	assert_int_equal(preempt_with(OWN, THEIRS, 5), 0);
	assert_true(world->keys[OTHER] == 0 && world->holder == 0 && world->noted_held);

	/* all that hold it, and then there is no such reservation any more */
	begin(MP_RESERVATION_CONFIGURED, OWN, 1, 7);
	world->keys[OTHER] = THEIRS;
	world->loses_answer_to = MP_RESERVING_PREEMPT;
	assert_int_equal(preempt_with(OWN, 0, 5), 0);
	assert_true(paths_have(OWN) && world->keys[OTHER] == 0 && world->type == 5);
	assert_false(world->suspended || world->exposed);

	begin(MP_RESERVATION_PRKEYS, OWN, 0, 5);
	world->keys[OTHER] = THEIRS;
	world->loses_answer_to = MP_RESERVING_CLEAR;
	assert_int_equal(action_clear(&map, &parameters), 0);
	assert_true(!world->noted_registered && !world->noted_key);

	begin(MP_RESERVATION_CONFIGURED, OWN, NOBODY, 0);
	world->loses_answer_to = MP_RESERVING_RESERVE;
	assert_int_equal(act_with(action_reserve, OWN, 5), 0);
	assert_true(world->holder == 0 && world->noted_held);

	for (int lost = 0; lost < 2; lost++) {
		begin(MP_RESERVATION_CONFIGURED, OWN, lost, 5);
		if (lost)
			lose(lost);
		world->loses_answer_to = MP_RESERVING_RELEASE;
		assert_int_equal(act_with(action_release, OWN, 5), 0);
		assert_true(world->holder == NOBODY && !world->noted_held);
	}
}

static void a_lost_command_that_was_not_done_has_failed(void **state)
{
	const struct mp_reservation_parameters parameters = { .key = OWN };

	(void)state;
	for (int registered = 0; registered < 2; registered++) {
		begin(MP_RESERVATION_CONFIGURED, OWN, OTHER, 5);
		world->keys[OTHER] = THEIRS;
		world->keys[1] = world->keys[2] = registered ? OWN : 0;
		world->lost[0] = true;
		assert_int_equal(act_with(action_reserve, OWN, 5), MPATH_PR_RESERV_CONFLICT);
		/* nobody had this one: that it is not there now says nothing */
		assert_int_equal(preempt_with(OWN, OLD, 5), MPATH_PR_RESERV_CONFLICT);
		if (registered)
			continue;
		assert_int_equal(preempt_with(OWN, THEIRS, 5), MPATH_PR_RESERV_CONFLICT);
		assert_int_equal(action_clear(&map, &parameters), MPATH_PR_RESERV_CONFLICT);
		/* nor if the victim has gone, and this host, too: it was fenced */
		world->keys[0] = world->keys[OTHER] = 0;
		assert_int_equal(preempt_with(OWN, THEIRS, 5), MPATH_PR_RESERV_CONFLICT);
	}
	assert_false(world->noted_held);
}

static void a_path_that_is_not_registered_yet_stops_no_action(void **state)
{
	const struct mp_reservation_parameters parameters = { .key = OWN };

	(void)state;
	begin(MP_RESERVATION_CONFIGURED, OWN, OTHER, 5);
	world->keys[0] = 0;
	world->keys[OTHER] = THEIRS;
	assert_int_equal(act_with(action_reserve, OWN, 5), MPATH_PR_RESERV_CONFLICT);
	assert_int_equal(preempt_with(OWN, THEIRS, 5), 0);
	assert_true(world->keys[OTHER] == 0 && world->holder == 1 && world->noted_held);

	begin(MP_RESERVATION_CONFIGURED, OWN, 2, 5);
	world->keys[0] = 0;
	assert_int_equal(preempt_with(OWN, OWN, 6), 0);
	assert_true(paths_have(OWN) && world->holder == 1 && world->type == 6);

	begin(MP_RESERVATION_CONFIGURED, OWN, 2, 5);
	world->keys[0] = 0;
	lose(2);
	assert_int_equal(act_with(action_release, OWN, 5), 0);
	assert_int_equal(world->holder, NOBODY);

	begin(MP_RESERVATION_CONFIGURED, OWN, NOBODY, 0);
	world->keys[0] = 0;
	assert_int_equal(action_clear(&map, &parameters), 0);
	assert_true(paths_have(0));
}

static void a_passive_path_does_not_answer_for_the_others(void **state)
{
	static const uint8_t senses[] = { 2, 5 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(senses); i++) {
		begin(MP_RESERVATION_CONFIGURED, OWN, OTHER, 5);
		paths[0].passive = true;
		world->sense[0] = senses[i];
		world->keys[OTHER] = THEIRS;
		assert_int_equal(act_with(action_reserve, OWN, 5), MPATH_PR_RESERV_CONFLICT);
		world->commands = 0;
		assert_int_equal(preempt_with(OWN, THEIRS, 5), 0);
		assert_int_equal(world->commands, 1);
		assert_int_equal(act_with(action_reserve, OWN, 5), 0);
		assert_int_equal(world->holder, 1);

		/* it is all there is */
		lose(1);
		lose(2);
		paths[0].usable = true;
		assert_int_equal(act_with(action_reserve, OWN, 5), senses[i]);
	}

	/* an active one is asked before multipathd finds it down */
	begin(MP_RESERVATION_CONFIGURED, OWN, NOBODY, 0);
	world->sense[0] = 2;
	assert_int_equal(act_with(action_reserve, OWN, 5), 0);
	assert_int_equal(world->holder, 1);

	/* what the LUN does not know */
	world->sense[0] = 5;
	world->commands = 0;
	assert_int_equal(act_with(action_reserve, OWN, 5), MPATH_PR_ILLEGAL_REQ);
	assert_int_equal(world->commands, 1);
}

static void a_passive_path_that_is_not_ready_does_not_prevent_a_release(void **state)
{
	(void)state;
	for (int holder = 0; holder < 2; holder++) {
		begin(MP_RESERVATION_CONFIGURED, OWN, holder, 5);
		paths[0].passive = true;
		world->sense[0] = 2;
		assert_int_equal(act_with(action_release, OWN, 5), 0);
		assert_int_equal(world->holder, NOBODY);
		assert_false(world->noted_held);
	}
	/* all there are */
	begin(MP_RESERVATION_CONFIGURED, OWN, 0, 5);
	for (int i = 0; i < PATHS; i++)
		world->sense[i] = 2;
	assert_int_equal(act_with(action_release, OWN, 5), MPATH_PR_SENSE_NOT_READY);
}

static void clearing_leaves_nothing(void **state)
{
	const struct mp_reservation_parameters parameters = { .key = OWN };

	(void)state;
	begin(MP_RESERVATION_PRKEYS, OWN, 0, 5);
	world->keys[OTHER] = THEIRS;
	assert_int_equal(action_clear(&map, &parameters), 0);
	assert_true(paths_have(0) && world->keys[OTHER] == 0 && world->holder == NOBODY);
	assert_true(!world->noted_registered && !world->noted_key);
}

static void with_all_target_ports_one_path_of_a_host_registers(void **state)
{
	(void)state;
	begin(MP_RESERVATION_PRKEYS, 0, NOBODY, 0);
	map.all_target_ports = true;
	assert_int_equal(reg(0, OWN, true), 0);
	assert_int_equal(world->commands, 3); /* the last one only asks */
	assert_int_equal(world->noted_paths, PATHS);

	/* the next one, if that does not answer */
	begin(MP_RESERVATION_PRKEYS, 0, NOBODY, 0);
	map.all_target_ports = true;
	world->lost[0] = true;
	assert_int_equal(reg(0, OWN, true), 0);
	assert_int_equal(world->commands, 3);
	assert_true(world->keys[1] == OWN && world->keys[2] == OWN);

	/* which finds itself registered by what the lost one had done */
	begin(MP_RESERVATION_PRKEYS, 0, NOBODY, 0);
	map.all_target_ports = true;
	world->lost[0] = true;
	world->keys[1] = OWN;
	assert_int_equal(reg(0, OWN, false), 0);

	/* none of the host does */
	begin(MP_RESERVATION_PRKEYS, 0, NOBODY, 0);
	map.all_target_ports = true;
	world->lost[0] = world->lost[1] = true;
	assert_int_equal(reg(0, OWN, true), 0);
	assert_true(world->keys[2] == OWN);
}

/* No path is without a registration meanwhile, which could hold the reservation. */
static void with_all_target_ports_all_get_another_key(void **state)
{
	(void)state;
	for (unsigned facts = 0; facts < 8; facts++)
		for (int holder = 0; holder < PATHS; holder++) {
			begin(MP_RESERVATION_PRKEYS, 0, NOBODY, 0);
			map.all_target_ports = true;
			world->is_lio = facts & 1;
			assert_int_equal(reg(0, OLD, false), 0);
			assert_true(paths_have(OLD));
			map.key.key = OLD;
			world->holder = holder;
			world->type = 5;
			world->noted_held = true;
			world->exposed = false;
			if (facts & 4)
				lose(holder);
			assert_int_equal(reg(OLD, OWN, facts & 2), 0);
			assert_true(paths_have(OWN));
			assert_true(world->holder != NOBODY && world->keys[world->holder] == OWN);
			assert_true(facts & 4 || !world->exposed);
			assert_true(world->noted_held && world->noted_registered);
		}
}

/* A target that has never heard of ALL_TG_PT. */
static void with_all_target_ports_those_are_registered_that_are_not(void **state)
{
	(void)state;
	for (unsigned ignores = 0; ignores < 2; ignores++) {
		begin(MP_RESERVATION_PRKEYS, 0, NOBODY, 0);
		map.all_target_ports = true;
		world->is_deaf = true;
		assert_int_equal(reg(0, OWN, ignores), 0);
		assert_true(paths_have(OWN));
		assert_int_equal(world->noted_paths, PATHS);
	}
}

static void with_all_target_ports_a_host_that_is_shut_out_meanwhile_stays_out(void **state)
{
	(void)state;
	for (unsigned facts = 0; facts < 8; facts++)
		for (unsigned at = 3; at < 10; at++) { /* the first two are sent at once */
			begin(MP_RESERVATION_PRKEYS, 0, NOBODY, 0);
			map.all_target_ports = true;
			world->is_lio = facts & 1;
			world->is_deaf = facts & 4;
			world->shut_out_in = at;
			if (reg(0, OWN, facts & 2) == 0 && world->shut_out_in)
				continue; /* it has not happened */
			assert_true(paths_have(0));
		}
}

static void what_was_registered_with_all_target_ports_is_unregistered(void **state)
{
	(void)state;
	for (unsigned facts = 0; facts < 4; facts++) {
		begin(MP_RESERVATION_PRKEYS, 0, NOBODY, 0);
		map.all_target_ports = true;
		world->is_lio = facts & 1;
		assert_int_equal(reg(0, OWN, false), 0);
		map.key.key = OWN;
		assert_int_equal(reg(OWN, 0, facts & 2), 0);
		assert_true(paths_have(0) && !world->noted_registered);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_key_is_registered_with_all_paths),
		cmocka_unit_test(a_path_that_is_down_is_left_to_the_daemon),
		cmocka_unit_test(a_path_with_another_key_gets_that_of_the_others),
		cmocka_unit_test(a_host_that_is_shut_out_while_it_registers_stays_out),
		cmocka_unit_test(registering_whatever_the_key_is_takes_no_reservation),
		cmocka_unit_test(a_registration_that_is_refused_changes_no_key),
		cmocka_unit_test(a_registration_that_the_daemon_does_not_find_has_failed),
		cmocka_unit_test(paths_that_all_die_are_not_taken_for_another_hosts_doing),
		cmocka_unit_test(a_registration_that_fails_leaves_the_former_keys),
		cmocka_unit_test(a_path_whose_answer_is_lost_gets_the_former_key_again),
		cmocka_unit_test(a_host_that_is_shut_out_while_it_fails_to_unregister_stays_out),
		cmocka_unit_test(only_the_key_of_the_map_is_sent),
		cmocka_unit_test(
			without_the_daemon_a_key_is_not_registered_that_it_could_not_register_later),
		cmocka_unit_test(unregistering_ends_the_reservation_first),
		cmocka_unit_test(a_reservation_moves_to_the_new_key_if_its_path_is_gone),
		cmocka_unit_test(a_fixed_key_that_changes_still_holds_its_reservation),
		cmocka_unit_test(one_path_reserves),
		cmocka_unit_test(what_a_lost_path_holds_is_held),
		cmocka_unit_test(what_another_host_holds_stays_its),
		cmocka_unit_test(the_holder_releases),
		cmocka_unit_test(another_path_releases_what_a_lost_one_holds),
		cmocka_unit_test(preempting_oneself_leaves_all_paths_registered),
		cmocka_unit_test(what_was_not_registered_again_is_left_to_the_daemon),
		cmocka_unit_test(a_preemption_of_oneself_whose_answer_is_lost_is_repeated),
		cmocka_unit_test(a_command_whose_answer_is_lost_has_succeeded_if_it_was_done),
		cmocka_unit_test(a_lost_command_that_was_not_done_has_failed),
		cmocka_unit_test(a_host_that_is_shut_out_while_it_preempts_itself_stays_out),
		cmocka_unit_test(another_host_is_shut_out),
		cmocka_unit_test(a_path_that_is_not_registered_yet_stops_no_action),
		cmocka_unit_test(a_passive_path_does_not_answer_for_the_others),
		cmocka_unit_test(a_passive_path_that_is_not_ready_does_not_prevent_a_release),
		cmocka_unit_test(clearing_leaves_nothing),
		cmocka_unit_test(with_all_target_ports_one_path_of_a_host_registers),
		cmocka_unit_test(with_all_target_ports_all_get_another_key),
		cmocka_unit_test(with_all_target_ports_those_are_registered_that_are_not),
		cmocka_unit_test(with_all_target_ports_a_host_that_is_shut_out_meanwhile_stays_out),
		cmocka_unit_test(what_was_registered_with_all_target_ports_is_unregistered),
	};

	world = mmap(NULL, sizeof(*world), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		     0);
	if (world == MAP_FAILED)
		return 1;
	pthread_mutex_init(&world->mutex, NULL);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
