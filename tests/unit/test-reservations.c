/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/reservations.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/cleanup.h"
#include "jobs-recorded.h"
#include "kernel/reserving.h"
#include "multipathd/control/settings.h"
#include "multipathd/state/inventory.h"
#include "multipathd/state/maps.h"
#include "multipathd/state/paths.h"

enum { KEY = 0x123abc };

/* A map of one path. */
struct world {
	struct inventory inventory;
	struct daemon_map map;
	struct daemon_path path;
};

static int world_make(void **state)
{
	static const struct mp_identity identity = { .name = "sda",
						     .wwid = "w",
						     .protocol = MP_PROTOCOL_SCSI_FCP };
	struct world *world = calloc(1, sizeof(*world));

	assert_non_null(world);
	assert_int_equal(mp_map_init(&world->map.map, "w", "w"), 0);
	world->map.inventory = world->path.inventory = &world->inventory;
	mp_path_init(&world->path.path, 1, &identity);
	mp_map_add_path(&world->map.map, &world->path.path);
	world->map.map.settings.reservation_source = MP_RESERVATION_CONFIGURED;
	world->map.map.settings.reservation_key = KEY;
	reservations_resolve(&world->map);
	*state = world;
	return 0;
}

static int world_free(void **state)
{
	struct world *world = *state;

	mp_map_remove_path(&world->path.path);
	mp_path_fini(&world->path.path);
	mp_map_fini(&world->map.map);
	free(world);
	return 0;
}

static bool is_asked(const struct world *world)
{
	struct reservation_check check = { 0 };

	reservation_check_prepare(&check, &world->path);
	assert_true(!check.wanted || (check.key.key == KEY && check.path_count == 1));
	return check.wanted;
}

/* What a check that was asked reports. Return: true if the path may be used. */
static bool told(struct world *world, bool registered, bool held, int error)
{
	struct reservation_check check = { 0 };

	reservation_check_prepare(&check, &world->path);
	check.told = check.wanted;
	check.registered = registered;
	check.held = held;
	check.left = check.leaves && !registered && error >= 0;
	check.error = error;
	return !reservation_check_take(&check, &world->path);
}

static void the_first_path_determines_what_is_registered(void **state)
{
	static const struct {
		bool registered, held;
		int error;
		enum reservation_flag flag, hold;
		bool use, ask_again;
	} rows[] = {
		{ false, false, 0, RESERVATION_UNSET, RESERVATION_UNSET, true, false },
		{ true, false, 0, RESERVATION_SET, RESERVATION_UNSET, true, false },
		{ true, true, 0, RESERVATION_SET, RESERVATION_SET, true, false },
		{ true, true, -EIO, RESERVATION_SET, RESERVATION_SET, false, true },
		{ false, false, -EIO, RESERVATION_UNKNOWN, RESERVATION_UNKNOWN, true, true },
	};
	struct world *world = *state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		world->map.reservation.registered = world->map.reservation.held =
			RESERVATION_UNKNOWN;
		world->path.registered_key = 0;
		assert_true(is_asked(world));
		assert_int_equal(told(world, rows[i].registered, rows[i].held, rows[i].error),
				 rows[i].use);
		assert_int_equal(world->map.reservation.registered, rows[i].flag);
		assert_int_equal(world->map.reservation.held, rows[i].hold);
		assert_int_equal(is_asked(world), rows[i].ask_again);
	}
}

static void a_path_that_comes_back_waits_for_its_registration(void **state)
{
	struct world *world = *state;
	const struct reservation_check before = { 0 };

	world->map.reservation.registered = RESERVATION_SET;
	world->path.answered_state = MP_PATH_DOWN;
	/* setprstatus came while it was checked */
	assert_non_null(reservation_check_take(&before, &world->path));
	assert_false(told(world, true, false, -EBUSY));
	assert_true(told(world, true, false, 0));
	assert_false(is_asked(world));
}

static void a_path_in_use_stays_in_use_if_it_cannot_be_registered(void **state)
{
	struct world *world = *state;

	world->map.reservation.registered = RESERVATION_SET;
	world->path.answered_state = MP_PATH_UP;
	assert_true(told(world, true, false, -EIO));
	assert_true(is_asked(world));
	assert_true(world->path.registration_failed);
	assert_true(told(world, true, false, 0));
	assert_false(world->path.registration_failed);
}

static void a_key_that_was_preempted_is_not_registered_again(void **state)
{
	struct world *world = *state;

	world->map.reservation.registered = world->map.reservation.held = RESERVATION_SET;
	world->path.answered_state = MP_PATH_DOWN;
	/* a command is about to register it */
	world->map.reservation.registering = 1;
	assert_false(told(world, false, false, 0));
	assert_int_equal(world->map.reservation.registered, RESERVATION_SET);
	assert_false(world->map.reservation.lost);
	world->map.reservation.registering = 0;
	assert_true(told(world, false, false, 0));
	assert_int_equal(world->map.reservation.registered, RESERVATION_UNSET);
	assert_int_equal(world->map.reservation.held, RESERVATION_UNSET);
	assert_true(world->map.reservation.lost);
	assert_false(is_asked(world));
	/* unsetprstatus: nothing is missing any more */
	reservations_forget(&world->map, NULL);
	assert_false(world->map.reservation.lost);
}

static void a_change_is_noted_with_its_time(void **state)
{
	const time_t begin = time(NULL);
	struct world *world = *state;
	struct reservation *reservation = &world->map.reservation;

	assert_true(told(world, true, false, 0));
	assert_true(reservation->registered_since >= begin);
	assert_true(reservation->held_since >= begin);

	reservation->registered_since = reservation->held_since = 1;
	reservations_hold(&world->map, false);
	assert_int_equal(reservation->held_since, 1); /* it was so before */
	reservations_hold(&world->map, true);
	assert_true(reservation->held_since >= begin);
	assert_int_equal(reservation->registered_since, 1);
	reservations_forget(&world->map, NULL);
	assert_true(reservation->registered_since >= begin);
}

/* Its key was preempted; this path may have been down when the key before that was replaced. */
static void a_path_of_a_fenced_host_is_used_once_it_has_no_older_key(void **state)
{
	struct world *world = *state;
	struct reservation_check check = { 0 };

	world->map.reservation.registered = RESERVATION_SET;
	world->path.answered_state = MP_PATH_DOWN;
	reservation_check_prepare(&check, &world->path);
	assert_true(check.wanted && check.leaves);
	/* a command is about to register it */
	world->map.reservation.registering = 1;
	reservation_check_prepare(&check, &world->path);
	assert_true(check.wanted && !check.leaves);
	world->map.reservation.registering = 0;
	/* another path has found it */
	assert_true(told(world, false, false, 0));
	world->path.has_left = false; /* it was down again */
	assert_true(is_asked(world));
	assert_false(told(world, false, false, -EIO));
	assert_true(told(world, false, false, 0));
	assert_false(is_asked(world));
	/* the operator says that it is not registered, or registers it */
	world->path.has_left = false;
	world->path.path.state = MP_PATH_UP;
	reservations_forget(&world->map, NULL);
	assert_false(is_asked(world));
}

/* Its key was preempted, and has been registered since without the daemon being told. */
static void a_path_of_a_fenced_host_is_used_once_it_has_the_key_again(void **state)
{
	struct world *world = *state;

	world->map.reservation.lost = true;
	world->map.reservation.registered = RESERVATION_UNSET;
	world->path.answered_state = MP_PATH_DOWN;
	assert_false(told(world, true, false, -EIO));
	assert_true(told(world, true, false, 0));
	assert_false(is_asked(world));
	paths_doubt_registration(&world->path); /* it is down */
	assert_true(is_asked(world));
}

static struct reservation_check begun(const struct world *world)
{
	struct reservation_check check = { 0 };

	reservation_check_prepare(&check, &world->path);
	check.told = check.wanted;
	return check;
}

static void a_check_that_began_before_setprstatus_does_not_contradict_it(void **state)
{
	struct world *world = *state;
	struct reservation *reservation = &world->map.reservation;
	struct reservation_check check;

	world->path.answered_state = MP_PATH_DOWN;
	reservation->registered = RESERVATION_SET;
	check = begun(world);
	reservation->epoch++;
	assert_non_null(reservation_check_take(&check, &world->path));
	assert_int_equal(reservation->registered, RESERVATION_SET);
	check = begun(world);
	reservation_check_take(&check, &world->path);
	assert_int_equal(reservation->registered, RESERVATION_UNSET);
	assert_true(reservation->lost);
}

/* What it has registered may have been taken away since: mpathpersist has preempted this host. */
static void a_check_that_began_before_setprstatus_does_not_vouch_for_its_path(void **state)
{
	struct world *world = *state;
	struct reservation_check check;

	world->path.answered_state = MP_PATH_DOWN;
	world->map.reservation.registered = RESERVATION_SET;
	check = begun(world);
	check.registered = true;
	world->map.reservation.epoch++;
	assert_non_null(reservation_check_take(&check, &world->path));
	assert_true(is_asked(world));
	assert_true(told(world, true, false, 0));
	assert_false(is_asked(world));
}

/* It has taken the registration away that a command had just made. */
static void a_path_that_has_left_too_late_is_not_used(void **state)
{
	struct world *world = *state;
	struct reservation *reservation = &world->map.reservation;
	struct reservation_check check;

	for (int i = 0; i < 2; i++) {
		reservation->lost = true;
		reservation->registered = RESERVATION_UNSET;
		reservation->key.key = KEY;
		world->path.answered_state = MP_PATH_UP;
		world->path.registered_key = 0;
		world->path.has_left = false;
		check = begun(world);
		check.left = check.leaves;
		assert_true(check.left);

		reservation->key.key += i; /* with another key, or the same */
		reservation->epoch++;
		reservation->lost = false;
		reservation->registered = RESERVATION_SET;
		world->path.registered_key = reservation->key.key;
		assert_non_null(reservation_check_take(&check, &world->path));
		assert_int_equal(reservation->registered, RESERVATION_SET);
		assert_true(world->path.registered_key == 0);
	}
}

/* The map is seen with a key in the file, and its path is down. The file is to be forgotten again.
 */
static void meet_with_key_file(struct world *world, struct reservation before)
{
	static char text[] = "0x0000000000123abc w\n";

	world->map.map.settings.reservation_source = MP_RESERVATION_PRKEYS;
	world->inventory.prkeys = text;
	world->path.answered_state = MP_PATH_DOWN;
	world->path.has_left = false;
	world->map.reservation = before;
	reservations_resolve(&world->map);
}

/* It was shut out while there was no daemon, or no map. */
static void a_key_in_the_file_that_is_registered_nowhere_is_lost(void **state)
{
	struct world *world = *state;
	struct reservation *reservation = &world->map.reservation;
	struct reservation_check check;

	for (int known = 0; known < 2; known++) {
		meet_with_key_file(world, (struct reservation){ .resolved = known });
		check = begun(world);
		assert_int_equal(check.leaves, !known);
		/* a program that registers it just now says so later */
		reservation->registering = 1;
		assert_false(begun(world).leaves);
		reservation->registering = 0;
		assert_true(told(world, false, false, 0));
		assert_int_equal(reservation->lost, !known);
		assert_int_equal(reservation->registered, RESERVATION_UNSET);
		paths_doubt_registration(&world->path);
		assert_int_equal(begun(world).leaves, !known);
	}
	meet_with_key_file(world, (struct reservation){ 0 });
	assert_true(told(world, true, false, 0));
	assert_int_equal(reservation->registered, RESERVATION_SET);
	world->inventory.prkeys = NULL;
}

/* A host that was shut out does not hold the reservation: the file is not up to date. */
static void a_host_whose_path_holds_the_reservation_with_another_key_is_not_lost(void **state)
{
	struct world *world = *state;
	struct reservation *reservation = &world->map.reservation;
	struct reservation_check check;

	for (int lost = 0; lost < 2; lost++) {
		meet_with_key_file(world, (struct reservation){ .lost = lost });
		/* another path has no registration */
		if (lost)
			reservation->registered = RESERVATION_UNSET;
		check = begun(world);
		assert_true(check.leaves);
		check.keeps = true;
		assert_null(reservation_check_take(&check, &world->path));
		assert_int_equal(reservation->lost, lost);
		assert_int_equal(reservation->registered, RESERVATION_UNSET);
		assert_false(begun(world).wanted);
	}
	world->inventory.prkeys = NULL;
}

static void set_key(struct world *world, uint64_t key)
{
	world->map.map.settings.reservation_source = key ? MP_RESERVATION_CONFIGURED :
							   MP_RESERVATION_NONE;
	world->map.map.settings.reservation_key = key;
	reservations_resolve(&world->map);
}

/* A command that registers another key, or unregisters, is refused, and writes the key back. */
static void a_map_stays_lost_until_something_is_registered(void **state)
{
	static const uint64_t others[] = { KEY + 1, 0 };
	struct world *world = *state;
	struct reservation *reservation = &world->map.reservation;
	struct reservation_check check;

	world->path.answered_state = MP_PATH_DOWN;
	reservation->registered = RESERVATION_SET;
	told(world, false, false, 0);
	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		set_key(world, others[i]);
		/* the command may be about to register it */
		check = begun(world);
		assert_int_equal(check.wanted, others[i] != 0);
		assert_false(check.leaves);
		assert_null(reservation_check_take(&(struct reservation_check){ 0 }, &world->path));
		set_key(world, KEY);
		assert_int_equal(reservation->registered, RESERVATION_UNKNOWN);
		assert_false(told(world, false, false, 0));
		assert_int_equal(reservation->registered, RESERVATION_UNSET);
		assert_true(reservation->lost);
		assert_true(told(world, false, false, 0)); /* it has left */
	}
	set_key(world, KEY + 1);
	check = begun(world);
	check.registered = true;
	assert_null(reservation_check_take(&check, &world->path));
	assert_int_equal(reservation->registered, RESERVATION_SET);
	assert_false(reservation->lost);
}

/* Is the path asked to give it up? */
static bool must_retire(const struct world *world)
{
	const struct reservation_check check = begun(world);

	assert_true(!check.former_key ||
		    (check.wanted && check.former_key == KEY && check.path_count == 1));
	return check.former_key;
}

static void registered(struct world *world)
{
	set_key(world, KEY);
	world->map.reservation.registered = RESERVATION_UNKNOWN;
	told(world, true, false, 0);
	assert_int_equal(world->map.reservation.registered, RESERVATION_SET);
	assert_false(must_retire(world));
}

/* unsetprstatus; if the key is in the file, unsetprkey before it */
static void unregistered(struct world *world, bool key)
{
	if (key)
		set_key(world, 0);
	reservations_forget(&world->map, NULL);
}

static void a_key_that_was_unregistered_is_so_on_paths_that_were_down(void **state)
{
	struct world *world = *state;
	struct reservation_check check;

	for (int key = 0; key < 2; key++) {
		registered(world);
		world->path.path.state = MP_PATH_UP;
		unregistered(world, key);
		assert_false(must_retire(world));

		registered(world);
		world->path.path.state = MP_PATH_DOWN;
		unregistered(world, key);
		assert_true(must_retire(world));

		/* it may be used all the same */
		check = begun(world);
		check.leave_error = -EIO;
		assert_null(reservation_check_take(&check, &world->path));
		assert_true(world->path.registration_failed && must_retire(world));
		check = begun(world);
		check.left = true;
		assert_null(reservation_check_take(&check, &world->path));
		assert_false(world->path.registration_failed || must_retire(world));
		/* the array is asked again once it was down: the daemon may see that too late */
		paths_doubt_registration(&world->path);
		assert_true(must_retire(world));
	}
}

/* The daemon has not noticed that it was. */
static void a_key_that_was_not_unregistered_on_a_path_is_so_by_its_check(void **state)
{
	static const struct {
		const char *listed;
		bool asked;
	} rows[] = {
		{ NULL, false },  { "0:0", false }, { "8:16 sda", false },
		{ "8:16", true }, { "none", true },
	};
	struct world *world = *state;
	struct reservation_check check;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		registered(world);
		world->path.path.state = world->path.answered_state = MP_PATH_UP;
		set_key(world, 0);
		reservations_forget(&world->map, rows[i].listed);
		assert_int_equal(must_retire(world), rows[i].asked);
		if (!rows[i].asked)
			continue;
		check = begun(world);
		check.left = true;
		reservation_check_take(&check, &world->path);
		assert_false(must_retire(world));
	}
}

/* Without the command that says so, the key is only unknown. */
static void a_key_that_is_not_in_the_file_any_more_is_not_unregistered(void **state)
{
	struct world *world = *state;

	registered(world);
	world->path.path.state = MP_PATH_DOWN;
	set_key(world, 0);
	assert_false(must_retire(world));

	/* it is written back: the command that unregisters was refused */
	reservations_forget(&world->map, NULL);
	assert_true(must_retire(world));
	set_key(world, KEY);
	told(world, false, false, 0);
	assert_int_equal(world->map.reservation.registered, RESERVATION_UNSET);
	assert_false(must_retire(world));
}

static void a_check_that_registers_a_key_too_late_is_followed_by_one_that_removes_it(void **state)
{
	struct world *world = *state;
	struct reservation_check check;

	registered(world);
	world->path.path.state = world->path.answered_state = MP_PATH_UP;
	paths_doubt_registration(&world->path);
	check = begun(world);
	unregistered(world, true);
	assert_false(must_retire(world));
	check.told = check.registered = true;
	assert_null(reservation_check_take(&check, &world->path));
	assert_true(must_retire(world));
}

static void an_answer_about_an_old_key_is_ignored(void **state)
{
	struct world *world = *state;
	struct reservation_check check = { .told = true, .registered = true, .key = { .key = 7 } };

	assert_null(reservation_check_take(&check, &world->path));
	assert_int_equal(world->map.reservation.registered, RESERVATION_UNKNOWN);
	assert_true(world->path.registered_key == 0);
}

static void the_key_follows_settings_and_file(void **state)
{
	static char text[] = "0X0000000000000007 w\n";
	struct world *world = *state;
	struct reservation *reservation = &world->map.reservation;

	assert_true(reservation->key.key == KEY && !reservation->key.aptpl);
	reservation->registered = reservation->held = RESERVATION_SET;
	world->map.map.settings.reservation_aptpl = true;
	reservations_resolve(&world->map);
	assert_true(reservation->key.aptpl);
	assert_int_equal(reservation->registered, RESERVATION_SET);

	world->map.map.settings.reservation_source = MP_RESERVATION_PRKEYS;
	world->inventory.prkeys = text;
	reservations_resolve(&world->map);
	assert_true(reservation->key.key == 7);
	assert_int_equal(reservation->registered, RESERVATION_UNKNOWN);

	world->inventory.prkeys = NULL;
	reservations_resolve(&world->map);
	assert_true(reservation->key.key == 0);
	assert_int_equal(reservation->registered, RESERVATION_UNSET);
	assert_int_equal(reservation->held, RESERVATION_UNSET);
	assert_false(is_asked(world));
	/* The operator's flag stays without a key, and holds back no path. */
	reservation->registered = RESERVATION_SET;
	reservations_resolve(&world->map);
	assert_int_equal(reservation->registered, RESERVATION_SET);
	assert_true(told(world, false, false, 0));
}

/* Commands, for a map of sda and sdb with a key. */
static struct daemon_map *command_init(struct made *made)
{
	struct daemon_map *map;

	recorded_init(made, "defaults {\nreservation_key 0x123abc\n}\n");
	map = made_map(made, "w");
	for (char letter = 'a'; letter <= 'b'; letter++) {
		struct daemon_path *path = recorded_path(made, letter, map);

		path->fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
		assert_true(path->fd >= 0);
		path->registered_key = 7;
	}
	recorded_table(map, "mpatha", "0 0 1 1 round-robin 0 2 1 8:0 1 8:16 1");
	settings_resolve(map);
	assert_true(map->reservation.key.key == KEY);
	return map;
}

static void command_fini(struct made *made)
{
	struct mp_path *path;

	cds_list_for_each_entry(path, &made->inventory.paths, in_all) {
		if (daemon_path_of(path)->fd >= 0)
			close(daemon_path_of(path)->fd);
		daemon_path_of(path)->fd = -1;
	}
	recorded_fini(made);
}

static void setprstatus_registers_each_usable_path_and_is_answered_after_the_last(void **state)
{
	struct daemon_path *paths[2];
	struct daemon_map *map;
	struct made made;

	(void)state;
	map = command_init(&made);
	paths[0] = paths_find_name(&made.inventory, "sda");
	paths[1] = paths_find_name(&made.inventory, "sdb");
	assert_int_equal(reservations_register(map, "8:0 8:16", 9), 0);
	recorded_expect("work\n"
			"work\n");
	assert_int_equal(map->reservation.registered, RESERVATION_SET);
	assert_int_equal(map->reservation.registering, 1);
	assert_int_equal(map->reservation.epoch, 1);
	assert_true(paths[0]->registered_key == 0 && paths[1]->registered_key == 0);

	recorded.works[0]->done(recorded.works[0]);
	recorded_expect("");
	assert_true(paths[0]->registered_key == KEY);
	recorded.works[1]->skipped = true; /* its port hangs: the next check registers it */
	recorded.works[1]->done(recorded.works[1]);
	recorded_expect("reply 9: ok\n");
	assert_true(paths[1]->registered_key == 0);
	assert_int_equal(map->reservation.registering, 0);
	command_fini(&made);
}

/* The array: so many registrations of KEY, and what has been asked of it. */
static struct {
	size_t keys, registrations;
} array;

int mp_reserving_read_keys(int fd, unsigned timeout_msec, uint8_t **data,
			   struct mp_reservation_keys *ret)
{
	(void)fd;
	(void)timeout_msec;
	*data = calloc(array.keys + 1, 8);
	assert_non_null(*data);
	for (size_t i = 0; i < array.keys; i++)
		mp_bytes_put_be64(*data + 8 * i, KEY);
	*ret = (struct mp_reservation_keys){ .count = array.keys, .keys = *data };
	return 0;
}

int mp_reserving_read_status(int fd, unsigned timeout_msec, uint8_t **data,
			     struct mp_reservation_status *ret)
{
	(void)fd;
	(void)timeout_msec;
	(void)data;
	(void)ret;
	return -EOPNOTSUPP;
}

int mp_reserving_read_holder(int fd, unsigned timeout_msec, struct mp_reservation_holder *ret)
{
	(void)fd;
	(void)timeout_msec;
	*ret = (struct mp_reservation_holder){ 0 };
	return 0;
}

int mp_reserving_register(int fd, enum mp_reserving_out action,
			  const struct mp_reservation_parameters *parameters, unsigned timeout_msec)
{
	(void)fd;
	(void)action;
	(void)timeout_msec;
	assert_true(parameters->service_action_key == KEY);
	array.registrations++;
	return 0;
}

static void listed_paths_are_those_that_are_registered(void **state)
{
	static const struct {
		const char *listed;
		size_t keys, registrations;
		enum reservation_flag registered;
	} rows[] = {
		{ NULL, 0, 2, RESERVATION_SET },
		{ NULL, 2, 2, RESERVATION_SET },
		{ "8:0 8:16", 2, 0, RESERVATION_SET },
		{ "sda 8:16", 2, 0, RESERVATION_SET },
		{ " sda\tsdb ", 2, 0, RESERVATION_SET },
		{ "8:0", 1, 1, RESERVATION_SET },
		{ "sdb", 1, 1, RESERVATION_SET },
		{ "8:0 8:16", 1, 2, RESERVATION_SET }, /* one of them is not: unknown which */
		{ "sd 8:1 8:160", 3, 2, RESERVATION_SET },
		/* another host has shut this one out meanwhile */
		{ "8:0 8:16", 0, 0, RESERVATION_UNSET },
		{ "sda", 0, 0, RESERVATION_UNSET },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct daemon_map *map;
		struct made made;

		map = command_init(&made);
		array.keys = rows[i].keys;
		array.registrations = 0;
		assert_int_equal(reservations_register(map, rows[i].listed, 9), 0);
		recorded_expect("work\n"
				"work\n");
		for (int j = 0; j < 2; j++)
			recorded.works[j]->run(recorded.works[j]);
		for (int j = 0; j < 2; j++)
			recorded.works[j]->done(recorded.works[j]);
		recorded_expect("reply 9: ok\n");
		assert_int_equal(array.registrations, rows[i].registrations);
		assert_int_equal(map->reservation.registered, rows[i].registered);
		command_fini(&made);
	}
}

static void a_path_that_cannot_be_registered_now_is_registered_by_its_check(void **state)
{
	struct daemon_path *path;
	struct daemon_map *map;
	struct made made;

	(void)state;
	map = command_init(&made);
	path = paths_find_name(&made.inventory, "sda");
	close(path->fd);
	path->fd = -1;
	paths_find_name(&made.inventory, "sdb")->path.state = MP_PATH_DOWN;
	assert_int_equal(reservations_register(map, NULL, 9), 0);
	recorded_expect("reply 9: ok\n");
	assert_int_equal(map->reservation.registered, RESERVATION_SET);
	assert_true(path->registered_key == 0);
	command_fini(&made);
}

static void setprkey_is_answered_by_the_maps_resulting_key(void **state)
{
	static const struct {
		enum mp_reservation_source source;
		bool removes;
		const char *reply;
	} rows[] = {
		{ MP_RESERVATION_PRKEYS, false, "reply 9: ok\n" },
		/* its key is from the configuration, so it does not use this one */
		{ MP_RESERVATION_CONFIGURED, false, "reply 9: fail\n" },
		{ MP_RESERVATION_PRKEYS, true, "reply 9: ok\n" },
		{ MP_RESERVATION_CONFIGURED, true, "reply 9: fail\n" }, /* it still has one */
	};
	const struct mp_prkey key = { .key = KEY };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct daemon_map *map;
		struct made made;

		map = command_init(&made);
		map->map.settings.reservation_source = rows[i].source;
		assert_int_equal(reservations_write_key(map, rows[i].removes ? NULL : &key, 9), 0);
		recorded_expect("work\n");
		recorded.work->done(recorded.work);
		recorded_expect(rows[i].reply);
		free(made.inventory.prkeys);
		command_fini(&made);
	}
}

#define world_test(f) cmocka_unit_test_setup_teardown(f, world_make, world_free)

int main(void)
{
	const struct CMUnitTest tests[] = {
		world_test(the_first_path_determines_what_is_registered),
		world_test(a_path_that_comes_back_waits_for_its_registration),
		world_test(a_path_in_use_stays_in_use_if_it_cannot_be_registered),
		world_test(a_key_that_was_preempted_is_not_registered_again),
		world_test(a_path_of_a_fenced_host_is_used_once_it_has_no_older_key),
		world_test(a_path_of_a_fenced_host_is_used_once_it_has_the_key_again),
		world_test(a_check_that_began_before_setprstatus_does_not_contradict_it),
		world_test(a_check_that_began_before_setprstatus_does_not_vouch_for_its_path),
		world_test(a_path_that_has_left_too_late_is_not_used),
		world_test(a_map_stays_lost_until_something_is_registered),
		world_test(a_change_is_noted_with_its_time),
		world_test(a_key_in_the_file_that_is_registered_nowhere_is_lost),
		world_test(a_host_whose_path_holds_the_reservation_with_another_key_is_not_lost),
		world_test(a_key_that_was_unregistered_is_so_on_paths_that_were_down),
		world_test(a_key_that_was_not_unregistered_on_a_path_is_so_by_its_check),
		world_test(a_key_that_is_not_in_the_file_any_more_is_not_unregistered),
		world_test(
			a_check_that_registers_a_key_too_late_is_followed_by_one_that_removes_it),
		world_test(an_answer_about_an_old_key_is_ignored),
		world_test(the_key_follows_settings_and_file),
		cmocka_unit_test(
			setprstatus_registers_each_usable_path_and_is_answered_after_the_last),
		cmocka_unit_test(listed_paths_are_those_that_are_registered),
		cmocka_unit_test(a_path_that_cannot_be_registered_now_is_registered_by_its_check),
		cmocka_unit_test(setprkey_is_answered_by_the_maps_resulting_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
