/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * commands-asked.h - the daemon's commands, called as for a client, of a daemon whose jobs are
 * recorded (jobs-recorded.h).  For: tests of commands.
 */
#pragma once
#include "jobs-recorded.h"

#include "multipathd/commands/commands.h"
#include "multipathd/commands/waiting.h"
#include "multipathd/control/admission.h"
#include "multipathd/control/configure.h"
#include "multipathd/control/inspections.h"
#include "multipathd/control/intake.h"
#include "multipathd/jobs/details.h"
#include "multipathd/jobs/readings.h"
#include "multipathd/loop/request.h"

#define TWO_PATHS "0 0 2 1 round-robin 0 1 1 8:0 1 round-robin 0 1 1 8:16 1"

/*
 * Map "w", mpatha, of sda and sdb, one in each group; and sdc, which is in no map.
 */
static struct asked {
	struct made made;
	struct daemon_map *map;
	struct daemon_path *path, *other, *orphan;

	bool client_is_gone;
	unsigned awaited; /* server_awaits() was asked */
	serve_fn then; /* of the last details_read() */
} asked;

bool server_awaits(const struct server *server, uint64_t id)
{
	(void)server;
	(void)id;
	asked.awaited++;
	return !asked.client_is_gone;
}

void server_charge_users(struct server *server, uint64_t usec)
{
	(void)server;
	(void)usec;
}

uint64_t pool_cpu_usec(void)
{
	return 0;
}

int details_read(struct daemon *daemon, unsigned kinds, const struct request *request,
		 serve_fn then)
{
	(void)daemon;
	asked.then = then;
	record("read%s%s%s%s", kinds & DETAILS_PATHS ? " paths" : "",
	       kinds & DETAILS_MAPS ? " maps" : "", kinds & DETAILS_DISKS ? " disks" : "",
	       kinds & DETAILS_FOREIGN ? " foreign" : "");
	record_for(request->id);
	return 0;
}

int readings_start(struct daemon *daemon, const char *const *names, size_t count,
		   const struct request *request, serve_fn then)
{
	(void)daemon;
	asked.then = then;
	record("read");
	for (size_t i = 0; i < count; i++)
		record(" %s", names[i]);
	record_for(request->id);
	return 0;
}

bool readings_are_current(const struct daemon *daemon, const struct disk_reading *reading)
{
	const struct daemon_path *path = paths_find_name(&daemon->inventory, reading->disk.name);

	return path && path->path.epoch == reading->path_epoch;
}

static inline int asked_setup_with(const char *config)
{
	memset(&asked, 0, sizeof(asked));
	recorded_init(&asked.made, config);
	assert_int_equal(intake_new(&asked.made.daemon.intake), 0);
	assert_int_equal(configure_new(&asked.made.daemon, &asked.made.daemon.configure), 0);
	assert_int_equal(waiting_new(&asked.made.daemon.waiting), 0);
	assert_int_equal(inspections_new(&asked.made.daemon, &mp_roots_system, &admission_inspects,
					 &asked.made.daemon.inspections),
			 0);
	asked.map = made_map(&asked.made, "w");
	asked.path = recorded_path(&asked.made, 'a', asked.map);
	asked.other = recorded_path(&asked.made, 'b', asked.map);
	asked.orphan = recorded_path(&asked.made, 'c', NULL);
	recorded_table(asked.map, "mpatha", TWO_PATHS);
	recorded_forget();
	return 0;
}

static inline int asked_setup(void **state)
{
	(void)state;
	return asked_setup_with("");
}

static inline int asked_teardown(void **state)
{
	(void)state;
	recorded_drop_looks();
	asked.made.daemon.inspections = inspections_free(asked.made.daemon.inspections);
	asked.made.daemon.waiting = waiting_free(asked.made.daemon.waiting);
	asked.made.daemon.configure = configure_free(asked.made.daemon.configure);
	asked.made.daemon.intake = intake_free(asked.made.daemon.intake);
	recorded_fini(&asked.made);
	return 0;
}

/* Drops the postponed requests. Return: how many there were. */
static inline unsigned asked_drop_postponed(void)
{
	asked.client_is_gone = true;
	asked.awaited = 0;
	waiting_retry(&asked.made.daemon);
	asked.client_is_gone = false;
	return asked.awaited;
}

/* What the client of request 7 gets at once, and which jobs are requested for it. */
static inline void ask_as(bool is_root, const char *text, const char *expected)
{
	const struct request request = { .id = 7, .is_root = is_root, .text = text };

	commands_serve(&asked.made.daemon, &request);
	recorded_expect(expected);
}

static inline void ask(const char *text, const char *expected)
{
	ask_as(true, text, expected);
}

/* As ask(); the answer comes when the map's next reconciliation is done. */
static inline void ask_and_await(const char *text, const char *expected)
{
	unsigned marks = asked.made.marks;

	assert_true(cds_list_empty(&asked.map->waiters));
	ask(text, expected);
	assert_false(cds_list_empty(&asked.map->waiters));
	assert_int_equal(
		cds_list_first_entry(&asked.map->waiters, struct waiter, in_waiters)->request, 7);
	assert_true(asked.made.marks > marks);
	recorded_forget_waiters(&asked.map->waiters);
	CDS_INIT_LIST_HEAD(&asked.map->waiters);
}

struct asked_row {
	const char *text;
	const char *expected;
};

static inline void ask_rows(const struct asked_row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++)
		ask(rows[i].text, rows[i].expected);
}

#define ASK_ROWS(rows) ask_rows(rows, ARRAY_SIZE(rows))
#define ASKED_TEST(name) cmocka_unit_test_setup_teardown(name, asked_setup, asked_teardown)
