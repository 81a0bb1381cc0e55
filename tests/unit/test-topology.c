/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "show/topology.h"

#include "san.h"

static void two_groups_make_a_tree_of_two_branches(void **state)
{
	_cleanup_san_ struct san san = SAN_INIT;

	(void)state;
	mp_show_topology(&san.context, san_add_alua_map(&san), NULL, &san.out);
	assert_rendered(&san, "mpatha (1Linux_scsi_debug_2000) dm-0 Linux,scsi_debug\n"
			      "size=8.0M features='1 queue_if_no_path' hwhandler='1 alua' wp=rw\n"
			      "|-+- policy='service-time 0' prio=50 status=active\n"
			      "| `- 0:0:0:0 sda 8:0  active ready running\n"
			      "`-+- policy='service-time 0' prio=10 status=enabled\n"
			      "  `- 1:0:0:0 sdc 8:32 active ready running\n");
}

static void all_columns_are_as_wide_as_their_longest_value(void **state)
{
	_cleanup_san_ struct san san = SAN_INIT;
	struct mp_map *map = san_add_map(&san, "mpathb", "w",
					 "0 0 1 1 service-time 0 3 1 8:0 1 65:64 1 65:32 1");
	struct mp_path *path = san_add_path(&san, map, "sda", 0, 0, 0, 1);

	(void)state;
	path->state = MP_PATH_DOWN;
	path->identity.offline = true;
	san_add_path(&san, map, "sdu", 256 + 64, 10, 0, 1);
	san_add_path(&san, map, "sds", 256 + 32, 9, 0, 1);
	map->kernel.table.groups[0].state = MP_GROUP_ENABLED;
	assert_int_equal(mp_map_update_groups(map), 0);
	mp_show_topology(&san.context, map, NULL, &san.out);
	assert_rendered(&san, "mpathb (w) dm-0 Linux,scsi_debug\n"
			      "size=8.0M features='0' hwhandler='0' wp=rw\n"
			      "`-+- policy='service-time 0' prio=1 status=enabled\n"
			      "  |- 0:0:0:0  sda 8:0   active faulty offline\n"
			      "  |- 10:0:0:0 sdu 65:64 active ready  running\n"
			      "  `- 9:0:0:0  sds 65:32 active ready  running\n");
}

static void a_map_that_does_not_exist_yet_has_undefined_kernel_values(void **state)
{
	_cleanup_san_ struct san san = SAN_INIT;
	struct mp_map *map = san_add_alua_map(&san);

	(void)state;
	map->kernel.exists = false;
	map->action = MP_ACTION_CREATE;
	free(map->kernel.table.features);
	map->kernel.table.features = NULL;
	map->settings.features = "0";
	for (size_t i = 0; i < 2; i++) {
		map->kernel.table.groups[i].state = MP_GROUP_UNDEF;
		map->kernel.table.groups[i].paths[0].state = MP_DM_UNDEF;
	}
	map->kernel.table.size_sectors = 0;
	assert_int_equal(mp_map_update_groups(map), 0);
	mp_show_topology(&san.context, map, NULL, &san.out);
	assert_rendered(&san, "create: mpatha (1Linux_scsi_debug_2000) undef Linux,scsi_debug\n"
			      "size=8.0M features='0' hwhandler='1 alua' wp=undef\n"
			      "|-+- policy='service-time 0' prio=50 status=undef\n"
			      "| `- 0:0:0:0 sda 8:0  undef ready running\n"
			      "`-+- policy='service-time 0' prio=10 status=undef\n"
			      "  `- 1:0:0:0 sdc 8:32 undef ready running\n");
}

static void an_unchecked_tree_has_no_priorities_and_no_checker_states(void **state)
{
	_cleanup_san_ struct san san = SAN_INIT;

	(void)state;
	san.context.unchecked = true;
	mp_show_topology(&san.context, san_add_alua_map(&san), NULL, &san.out);
	assert_rendered(&san, "mpatha (1Linux_scsi_debug_2000) dm-0 Linux,scsi_debug\n"
			      "size=8.0M features='1 queue_if_no_path' hwhandler='1 alua' wp=rw\n"
			      "|-+- policy='service-time 0' prio=0 status=active\n"
			      "| `- 0:0:0:0 sda 8:0  active undef running\n"
			      "`-+- policy='service-time 0' prio=0 status=enabled\n"
			      "  `- 1:0:0:0 sdc 8:32 active undef running\n");
}

/* Three paths of which the kernel's table has the first. */
static struct mp_map *add_map_with_paths_down(struct san *san)
{
	struct mp_map *map = san_add_map(san, "mpatha", "w", "0 0 1 1 service-time 0 1 1 8:0 1");

	san_add_path(san, map, "sda", 0, 0, 0, 1);
	san_add_path(san, map, "sdu", 256 + 64, 10, 0, 1)->state = MP_PATH_DOWN;
	san_add_path(san, map, "sdv", 256 + 80, 9, 0, 1)->identity.offline = true;
	san->paths[2]->state = MP_PATH_PENDING;
	return map;
}

static void paths_that_are_down_and_not_in_the_table_have_lines_in_a_last_group(void **state)
{
	static const char expected[] = "mpatha (w) dm-0 Linux,scsi_debug\n"
				       "size=8.0M features='0' hwhandler='0' wp=rw\n"
				       "|-+- policy='service-time 0' prio=1 status=active\n"
				       "| `- 0:0:0:0  sda 8:0   active ready       running\n"
				       "`-+- policy='service-time 0' prio=0 status=undef\n"
				       "  |- 10:0:0:0 sdu 65:64 failed faulty      running\n"
				       "  `- 9:0:0:0  sdv 65:80 failed i/o pending offline\n";
	_cleanup_san_ struct san san = SAN_INIT;
	struct mp_map *map = add_map_with_paths_down(&san);

	(void)state;
	mp_show_topology(&san.context, map, NULL, &san.out);
	assert_rendered(&san, expected);
}

static void a_path_that_joins_its_map_with_the_next_load_is_not_shown_as_failed(void **state)
{
	_cleanup_san_ struct san san = SAN_INIT;
	struct mp_map *map = add_map_with_paths_down(&san);

	(void)state;
	san.paths[1]->state = MP_PATH_UP;
	san.paths[2]->identity.offline = false;
	mp_show_topology(&san.context, map, NULL, &san.out);
	assert_rendered(&san, "mpatha (w) dm-0 Linux,scsi_debug\n"
			      "size=8.0M features='0' hwhandler='0' wp=rw\n"
			      "`-+- policy='service-time 0' prio=1 status=active\n"
			      "  `- 0:0:0:0 sda 8:0 active ready running\n");
}

static void an_unchecked_tree_has_the_paths_that_are_down_as_failed(void **state)
{
	_cleanup_san_ struct san san = SAN_INIT;
	struct mp_map *map = add_map_with_paths_down(&san);

	(void)state;
	san.context.unchecked = true;
	mp_show_topology(&san.context, map, NULL, &san.out);
	assert_rendered(&san, "mpatha (w) dm-0 Linux,scsi_debug\n"
			      "size=8.0M features='0' hwhandler='0' wp=rw\n"
			      "|-+- policy='service-time 0' prio=0 status=active\n"
			      "| `- 0:0:0:0  sda 8:0   active undef  running\n"
			      "`-+- policy='service-time 0' prio=0 status=undef\n"
			      "  |- 10:0:0:0 sdu 65:64 failed undef  running\n"
			      "  `- 9:0:0:0  sdv 65:80 failed faulty offline\n");
}

static void the_first_line_shows_the_action(void **state)
{
	static const struct {
		enum mp_map_action action;
		const char *line;
	} cases[] = {
		{ MP_ACTION_NONE, "w dm-0 ##,##\n" },
		{ MP_ACTION_REJECT, "reject: w dm-0 ##,##\n" },
		{ MP_ACTION_RENAME, "rename: w dm-0 ##,##\n" },
		{ MP_ACTION_RELOAD, "reload: w dm-0 ##,##\n" },
		{ MP_ACTION_CREATE, "create: w dm-0 ##,##\n" },
		{ MP_ACTION_SWITCH, "switchpg: w dm-0 ##,##\n" },
		{ MP_ACTION_DRY_RUN, ": w dm-0 ##,##\n" },
	};
	_cleanup_san_ struct san san = SAN_INIT;
	struct mp_map *map = san_add_map(&san, "w", "w", "0 0 0 0");

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		map->action = cases[i].action;
		mp_show_topology(&san.context, map, NULL, &san.out);
		*strchr(san.out.text, '\n') = '\0';
		assert_memory_equal(san.out.text, cases[i].line, strlen(cases[i].line) - 1);
		assert_int_equal(strlen(san.out.text), strlen(cases[i].line) - 1);
		mp_strbuf_clear(&san.out);
	}
}

static void a_terminal_gets_a_bold_first_line(void **state)
{
	_cleanup_san_ struct san san = SAN_INIT;

	(void)state;
	san.context.bold = true;
	mp_show_topology(&san.context, san_add_map(&san, "mpatha", "w", "0 0 0 0"), NULL, &san.out);
	assert_rendered(
		&san,
		"\033[1mmpatha (w) dm-0 ##,##\033[0m\nsize=8.0M features='0' hwhandler='0' wp=rw\n");
}

static void verbosity_0_shows_nothing_and_1_names_only(void **state)
{
	_cleanup_san_ struct san san = SAN_INIT;
	struct mp_map *map = san_add_alua_map(&san);

	(void)state;
	map->action = MP_ACTION_CREATE;
	san.context.verbosity = 0;
	mp_show_topology(&san.context, map, NULL, &san.out);
	assert_rendered(&san, "");
	san.context.verbosity = 1;
	mp_show_topology(&san.context, map, NULL, &san.out);
	assert_rendered(&san, "mpatha\n");
}

static void the_daemon_pads_to_all_its_paths(void **state)
{
	_cleanup_san_ struct san san = SAN_INIT;
	struct mp_topology_widths widths;
	struct mp_map *map =
		san_add_map(&san, "mpatha", "mpatha", "0 0 1 1 service-time 0 1 1 8:0 1");

	(void)state;
	san_add_path(&san, map, "sda", 0, 0, 0, 1);
	san_add_path(&san, NULL, "sdaa", 256 + 160, 12, 345, 1);
	mp_topology_measure(&san.context, san_paths(&san), san.path_count, &widths);
	mp_show_topology(&san.context, map, &widths, &san.out);
	assert_rendered(&san, "mpatha dm-0 Linux,scsi_debug\n"
			      "size=8.0M features='0' hwhandler='0' wp=rw\n"
			      "`-+- policy='service-time 0' prio=1 status=active\n"
			      "  `- 0:0:0:0    sda  8:0    active ready running\n");
}

static void a_group_whose_paths_are_unknown_has_no_path_lines(void **state)
{
	_cleanup_san_ struct san san = SAN_INIT;
	struct mp_map *map = san_add_map(&san, "w", "w", "0 0 1 1 round-robin 0 1 1 8:0 1");

	(void)state;
	assert_int_equal(mp_map_update_groups(map), 0);
	mp_show_topology(&san.context, map, NULL, &san.out);
	assert_rendered(&san, "w dm-0 ##,##\n"
			      "size=8.0M features='0' hwhandler='0' wp=rw\n"
			      "`-+- policy='round-robin 0' prio=0 status=active\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_groups_make_a_tree_of_two_branches),
		cmocka_unit_test(all_columns_are_as_wide_as_their_longest_value),
		cmocka_unit_test(a_map_that_does_not_exist_yet_has_undefined_kernel_values),
		cmocka_unit_test(an_unchecked_tree_has_no_priorities_and_no_checker_states),
		cmocka_unit_test(
			paths_that_are_down_and_not_in_the_table_have_lines_in_a_last_group),
		cmocka_unit_test(
			a_path_that_joins_its_map_with_the_next_load_is_not_shown_as_failed),
		cmocka_unit_test(an_unchecked_tree_has_the_paths_that_are_down_as_failed),
		cmocka_unit_test(the_first_line_shows_the_action),
		cmocka_unit_test(a_terminal_gets_a_bold_first_line),
		cmocka_unit_test(verbosity_0_shows_nothing_and_1_names_only),
		cmocka_unit_test(the_daemon_pads_to_all_its_paths),
		cmocka_unit_test(a_group_whose_paths_are_unknown_has_no_path_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
