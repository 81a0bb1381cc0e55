/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "base/cleanup.h"
#include "fake-daemon.h"
#include "libmpathpersist/notes.h"
#include "libmpathpersist/targets.h"

static struct target_path paths[3];

/* A map of that name, registered on its first and last path. */
static struct target map_of(const char *name)
{
	struct target map = { .verbosity = -1, .paths = paths, .path_count = ARRAY_SIZE(paths) };

	snprintf(map.map.name, sizeof(map.map.name), "%s", name);
	for (unsigned i = 0; i < ARRAY_SIZE(paths); i++)
		paths[i] = (struct target_path){ .devt = makedev(8, 16 * i), .chosen = true };
	paths[1].code = 11;
	return map;
}

static void the_daemon_is_told_by_its_commands(void **state)
{
	static const struct fake_reply replies[] = { { NULL, "ok\n" } };
	const struct target map = map_of("mpatha"), blank = map_of("a b");
	struct fake_daemon daemon;

	(void)state;
	fake_start(&daemon, replies);
	assert_int_equal(notes_write_key(&map, &(struct mp_prkey){ 0x123abc, false }), 0);
	assert_int_equal(notes_write_key(&map, &(struct mp_prkey){ 1, true }), 0);
	assert_int_equal(notes_write_key(&map, &(struct mp_prkey){ 0 }), 0);
	assert_int_equal(notes_take_registration(&map, true), 0);
	assert_int_equal(notes_take_registration(&map, false), 0);
	assert_int_equal(notes_take_clearing(&map), 0);
	notes_take_reservation(&map, true);
	notes_take_reservation(&map, false);
	assert_false(notes_has_reservation(&blank));
	assert_false(notes_lack_registration(&blank));
	fake_stop(&daemon);
	assert_string_equal(daemon.log, "setprkey map mpatha key 123abc|"
					"setprkey map mpatha key 1:aptpl|"
					"unsetprkey map mpatha|"
					"setprstatus map mpatha pathlist \"8:0 8:32\"|"
					"unsetprstatus map mpatha pathlist \"8:0 8:32\"|"
					"unsetprstatus map mpatha|"
					"setprhold map mpatha|"
					"unsetprhold map mpatha|"
					"getprhold map \"a b\"|"
					"getprstatus map \"a b\"|");
}

/* Otherwise the daemon would register all of them, also on a host that was shut out. */
static void a_list_of_paths_is_never_empty_nor_too_long(void **state)
{
	static const struct fake_reply replies[] = { { NULL, "ok\n" } };
	struct target map = map_of("mpatha");
	struct target_path many[200];
	struct fake_daemon daemon;

	(void)state;
	for (unsigned i = 0; i < ARRAY_SIZE(many); i++)
		many[i] = (struct target_path){ .devt = makedev(8, i), .chosen = true };
	fake_start(&daemon, replies);
	paths[0].code = paths[2].code = 16;
	assert_int_equal(notes_take_registration(&map, true), 0);
	map.paths = many;
	map.path_count = ARRAY_SIZE(many);
	assert_int_equal(notes_take_registration(&map, true), 0);
	fake_stop(&daemon);
	assert_string_equal(strtok(daemon.log, "|"), "setprstatus map mpatha pathlist none");
	assert_in_range(strlen(strtok(NULL, "|")), 450, 511);
}

/* It may have registered the paths already. */
static void a_daemon_that_does_not_answer_is_told_once(void **state)
{
	static const struct fake_reply replies[] = { { NULL, NULL } };
	const struct target map = map_of("mpatha");
	struct fake_daemon daemon;

	(void)state;
	fake_start(&daemon, replies);
	assert_true(notes_take_registration(&map, true) < 0);
	fake_stop(&daemon);
	assert_string_equal(daemon.log, "setprstatus map mpatha pathlist \"8:0 8:32\"|");
}

static void a_daemon_without_lists_is_told_without(void **state)
{
	static const struct fake_reply replies[] = {
		{ "setprstatus map mpatha", "ok" },
		{ "unsetprstatus map mpatha", "ok" },
		{ NULL, "fail\nlist|show daemon\n" },
	};
	const struct target map = map_of("mpatha");
	struct fake_daemon daemon;

	(void)state;
	fake_start(&daemon, replies);
	assert_int_equal(notes_take_registration(&map, true), 0);
	assert_int_equal(notes_take_registration(&map, false), 0);
	notes_take_reservation(&map, true); /* it knows no such note */
	assert_false(notes_has_reservation(&map));
	assert_int_equal(notes_write_key(&map, &(struct mp_prkey){ 1, false }), -EREMOTEIO);
	fake_stop(&daemon);
	assert_string_equal(daemon.log, "setprstatus map mpatha pathlist \"8:0 8:32\"|"
					"setprstatus map mpatha|"
					"unsetprstatus map mpatha pathlist \"8:0 8:32\"|"
					"unsetprstatus map mpatha|"
					"setprhold map mpatha|"
					"getprhold map mpatha|"
					"setprkey map mpatha key 1|");
}

static void a_registration_and_a_reservation_are_noted_or_not(void **state)
{
	static const struct {
		const char *reply;
		bool held, lacking;
	} rows[] = {
		{ "set\n", true, false },      { "set", true, false },
		{ "unset\n", false, true },    { "unset", false, true },
		{ "unknown\n", false, false }, { "fail\ntimeout\n", false, false },
		{ "", false, false },	       { NULL, false, false },
	};
	const struct target map = map_of("mpatha");

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct fake_reply replies[] = { { NULL, rows[i].reply } };
		struct fake_daemon daemon;

		fake_start(&daemon, replies);
		assert_int_equal(notes_has_reservation(&map), rows[i].held);
		assert_int_equal(notes_lack_registration(&map), rows[i].lacking);
		fake_stop(&daemon);
	}
}

static void without_a_daemon_nothing_is_noted(void **state)
{
	const struct target map = map_of("mpatha");

	(void)state;
	setenv("MULTIPATH_SOCKET_NAME", "/nonexistent/socket", 1);
	assert_int_equal(notes_write_key(&map, &(struct mp_prkey){ 1, false }), -ENOENT);
	assert_true(notes_take_registration(&map, true) < 0);
	assert_false(notes_has_reservation(&map));
	assert_false(notes_lack_registration(&map));
	unsetenv("MULTIPATH_SOCKET_NAME");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_daemon_is_told_by_its_commands),
		cmocka_unit_test(a_list_of_paths_is_never_empty_nor_too_long),
		cmocka_unit_test(a_daemon_that_does_not_answer_is_told_once),
		cmocka_unit_test(a_daemon_without_lists_is_told_without),
		cmocka_unit_test(a_registration_and_a_reservation_are_noted_or_not),
		cmocka_unit_test(without_a_daemon_nothing_is_noted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
