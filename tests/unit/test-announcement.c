/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "jobs-recorded.h"

#include <systemd/sd-daemon.h>

#include "base/cleanup.h"
#include "multipathd/announcement.h"

/* Replaces that of libsystemd; the status that comes with it is sent by sd_notifyf(). */
int sd_notify(int unset_environment, const char *text)
{
	(void)unset_environment;
	record("%s\n", text);
	return 1;
}

static void on_ready(struct daemon *daemon)
{
	(void)daemon;
	record("ready\n");
}

/* A map in the kernel; @ready: it has its node. */
static struct daemon_map *existing(struct made *made, const char *wwid, bool ready)
{
	struct daemon_map *map = made_map(made, wwid);

	made_exists(map, wwid);
	map->map.ready = ready;
	return map;
}

static void ready_is_sent_at_once_if_all_maps_have_their_nodes(void **state)
{
	_cleanup_recorded_ struct made made;
	struct announcement announcement = { .daemon = &made.daemon, .on_ready = on_ready };

	(void)state;
	recorded_init(&made, "");
	existing(&made, "3600a", true);
	made_map(&made, "3600b"); /* not in the kernel */
	announcement_begin(&announcement);
	recorded_expect("ready\nREADY=1\n");
	announcement_review(&announcement);
	recorded_expect("");
	assert_false(announcement_cancel(&announcement));
}

static void ready_waits_for_the_last_node(void **state)
{
	_cleanup_recorded_ struct made made;
	struct announcement announcement = { .daemon = &made.daemon, .on_ready = on_ready };
	struct daemon_map *maps[2];

	(void)state;
	recorded_init(&made, "");
	maps[0] = existing(&made, "3600a", false);
	maps[1] = existing(&made, "3600b", false);
	announcement_begin(&announcement);
	recorded_expect("timer in 10 s\n");
	maps[0]->map.ready = true;
	announcement_review(&announcement);
	recorded_expect("");
	maps[1]->map.ready = true;
	announcement_review(&announcement);
	recorded_expect("ready\nREADY=1\n");
	announcement_review(&announcement);
	recorded_expect("");
}

static void ready_waits_ten_seconds_at_most(void **state)
{
	_cleanup_recorded_ struct made made;
	struct announcement announcement = { .daemon = &made.daemon, .on_ready = on_ready };

	(void)state;
	recorded_init(&made, "");
	existing(&made, "3600a", false);
	announcement_begin(&announcement);
	recorded_forget();
	recorded_fire(announcement.timer);
	recorded_expect("ready\nREADY=1\n");
	assert_false(announcement_cancel(&announcement));
}

static void at_the_end_it_is_known_whether_it_was_waiting(void **state)
{
	_cleanup_recorded_ struct made made;
	struct announcement announcement = { .daemon = &made.daemon, .on_ready = on_ready };

	(void)state;
	recorded_init(&made, "");
	existing(&made, "3600a", false);
	announcement_begin(&announcement);
	recorded_forget();
	assert_true(announcement_cancel(&announcement));
	assert_false(announcement_cancel(&announcement));
	recorded_expect("");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ready_is_sent_at_once_if_all_maps_have_their_nodes),
		cmocka_unit_test(ready_waits_for_the_last_node),
		cmocka_unit_test(ready_waits_ten_seconds_at_most),
		cmocka_unit_test(at_the_end_it_is_known_whether_it_was_waiting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
