/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "commands-asked.h"

#include <errno.h>
#include <unistd.h>

#define NOT_FOUND "reply 7: fail\ndevice not found\n"
#define TOPOLOGY \
	"mpatha (w) dm-0 ##,##\n" \
	"size=1.0M features='0' hwhandler='0' wp=rw\n" \
	"|-+- policy='round-robin 0' prio=-1 status=undef\n" \
	"| `- #:#:#:# sda 8:0  active ready running\n" \
	"`-+- policy='round-robin 0' prio=-1 status=undef\n" \
	"  `- #:#:#:# sdb 8:16 active ready running\n"

static void commands_answered_from_memory_are_answered_at_once(void **state)
{
	static const struct asked_row rows[] = {
		{ "show maps", "reply 7: name   sysfs uuid\nmpatha dm-0  w   \n" },
		{ "list multipaths", "reply 7: name   sysfs uuid\nmpatha dm-0  w   \n" },
		{ "show maps raw format \"%n|%w\"", "reply 7: mpatha|w\n" },
		{ "show map mpatha format %n", "reply 7: mpatha\n" },
		{ "show map dm-0 format %n", "reply 7: mpatha\n" },
		{ "show map w format %n", "reply 7: mpatha\n" },
		{ "show paths raw format \"%d %m\"",
		  "reply 7: sda mpatha\nsdb mpatha\nsdc [orphan]\n" },
		{ "show path sda", "reply 7: running\n" },
		{ "show path 8:16", "reply 7: running\n" },
		{ "show topology", "reply 7: " TOPOLOGY },
		{ "show map mpatha topology", "reply 7: " TOPOLOGY },
	};

	(void)state;
	ASK_ROWS(rows);
}

static void unknown_objects_are_not_found(void **state)
{
	static const struct asked_row rows[] = {
		{ "show path sdz", NOT_FOUND },
		{ "show map mpathz format %n", NOT_FOUND },
		{ "show map mpathz format %k", NOT_FOUND }, /* nothing is read for it */
		{ "show map mpathz topology", NOT_FOUND },
		{ "show map mpathz json", NOT_FOUND },
	};

	(void)state;
	ASK_ROWS(rows);
}

static void values_from_sysfs_are_read_by_a_worker_first(void **state)
{
	static const struct asked_row rows[] = {
		{ "show paths format %z", "read paths for request 7\n" },
		{ "show paths format %k", "read paths for request 7\n" },
		{ "show maps format %k", "read maps for request 7\n" },
		{ "show map mpatha format %k", "read maps for request 7\n" },
		{ "show devices", "read disks for request 7\n" },
	};
	const struct request request = { .id = 7, .text = "show maps format %n" };

	(void)state;
	ASK_ROWS(rows);
	/* then the request is served once more */
	asked.then(&asked.made.daemon, &request, &(struct details){ 0 });
	recorded_expect("reply 7: name  \nmpatha\n");
}

static void foreign_maps_are_read_by_a_worker_unless_disabled(void **state)
{
	(void)state;
	asked.made.inventory.options.all_foreign = true;
	ask("show maps", "read foreign for request 7\n");
	ask("show topology", "read foreign for request 7\n");
	ask("show paths format %z", "read paths foreign for request 7\n");
	ask("@list l 2 0", "read foreign for request 7\n");
	ask("show path sda", "reply 7: running\n");
}

static void show_devices_lists_each_disk_with_the_daemons_verdict(void **state)
{
	struct details_disk disks[] = { { makedev(8, 0), "sda" },
					{ makedev(8, 240), "sdp" },
					{ makedev(1, 0), "ram0" } };
	const struct request request = { .id = 7, .text = "show devices" };

	(void)state;
	ask("show devices", "read disks for request 7\n");
	asked.then(&asked.made.daemon, &request,
		   &(struct details){ .disks = disks, .disk_count = ARRAY_SIZE(disks) });
	recorded_expect("reply 7: available block devices:\n"
			"    sda  devnode whitelisted, monitored\n"
			"    sdp devnode whitelisted, unmonitored\n"
			"    ram0 devnode blacklisted, unmonitored\n");
	asked.then(&asked.made.daemon, &request, &(struct details){ .error = -EIO });
	recorded_expect("reply 7: fail\n");
}

static void status_counts_paths_by_state_and_reports_a_busy_daemon(void **state)
{
	(void)state;
	asked.other->path.state = MP_PATH_DOWN;
	ask("show status", "reply 7: path checker states:\n"
			   "down                1\n"
			   "up                  2\n"
			   "\n"
			   "paths: 0\n"
			   "busy: False\n");
	asked.made.daemon.operations = 1;
	asked.path->path.state = MP_PATH_DOWN;
	asked.orphan->path.state = MP_PATH_DOWN;
	ask("show status", "reply 7: path checker states:\n"
			   "down                3\n"
			   "\n"
			   "paths: 0\n"
			   "busy: True\n");
}

static void the_daemon_is_running_while_it_is_busy_and_idle_otherwise(void **state)
{
	char expected[64];

	(void)state;
	asked.made.daemon.state = DAEMON_IDLE;
	snprintf(expected, sizeof(expected), "reply 7: pid %d idle\n", (int)getpid());
	ask("show daemon", expected);
	asked.made.daemon.operations = 1;
	snprintf(expected, sizeof(expected), "reply 7: pid %d running\n", (int)getpid());
	ask("show daemon", expected);
}

static void users_may_only_read(void **state)
{
	static const char denied[] = "reply 7: fail\npermission deny: need to be root\n";

	(void)state;
	ask_as(false, "show path sda", "reply 7: running\n");
	ask_as(false, "fail path sda", denied);
	ask_as(false, "show config diff", denied);
	ask_as(false, "shutdown", denied);
}

static void keys_are_hidden_from_users(void **state)
{
	struct request request = { .id = 7, .text = "show config" };

	asked_setup_with("defaults {\n\treservation_key 0x123abc\n}\n");
	commands_serve(&asked.made.daemon, &request);
	assert_non_null(strstr(mp_strbuf_text(&recorded.text), "polling_interval"));
	assert_null(strstr(mp_strbuf_text(&recorded.text), "reservation_key 0x123abc"));
	recorded_forget();
	request.is_root = true;
	commands_serve(&asked.made.daemon, &request);
	assert_non_null(strstr(mp_strbuf_text(&recorded.text), "reservation_key 0x123abc"));
	recorded_forget();
	asked_teardown(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ASKED_TEST(commands_answered_from_memory_are_answered_at_once),
		ASKED_TEST(unknown_objects_are_not_found),
		ASKED_TEST(values_from_sysfs_are_read_by_a_worker_first),
		ASKED_TEST(foreign_maps_are_read_by_a_worker_unless_disabled),
		ASKED_TEST(show_devices_lists_each_disk_with_the_daemons_verdict),
		ASKED_TEST(status_counts_paths_by_state_and_reports_a_busy_daemon),
		ASKED_TEST(the_daemon_is_running_while_it_is_busy_and_idle_otherwise),
		ASKED_TEST(users_may_only_read),
		cmocka_unit_test(keys_are_hidden_from_users),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
