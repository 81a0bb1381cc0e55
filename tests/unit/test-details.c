/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "inventory-made.h"
#include "pool-recorded.h"

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "multipathd/jobs/details.h"
#include "multipathd/loop/server.h"

static uint64_t cpu_usec, charged_usec;
static char replied[64], served[64];

/* Replace those of the pool and the server. */
uint64_t pool_cpu_usec(void)
{
	cpu_usec += 40;
	return cpu_usec;
}

void server_charge_users(struct server *server, uint64_t usec)
{
	(void)server;
	charged_usec += usec;
}

void server_reply(struct server *server, uint64_t request, const char *text, size_t length)
{
	(void)server;
	snprintf(replied, sizeof(replied), "%llu %.*s", (unsigned long long)request, (int)length,
		 text);
}

static void on_read(struct daemon *daemon, const struct request *request,
		    const struct details *details)
{
	(void)daemon;
	assert_non_null(details);
	snprintf(served, sizeof(served), "%llu %s", (unsigned long long)request->id, request->text);
}

static void init(struct made *made)
{
	made_init(made, "");
	made->inventory.daemon = &made->daemon;
	made->daemon.server = (struct server *)made; /* only passed to the functions above */
	submitted.count = 0;
	charged_usec = 0;
	*replied = *served = '\0';
}

static void a_request_is_served_once_its_values_are_read(void **state)
{
	(void)state;
	for (int is_root = 0; is_root < 2; is_root++) {
		char text[] = "show paths";
		const struct request request = { .id = 7, .is_root = is_root, .text = text };
		_cleanup_made_ struct made made;

		init(&made);
		made_path(&made, 'a', NULL);
		assert_int_equal(details_read(&made.daemon, DETAILS_PATHS, &request, on_read), 0);
		text[0] = '\0'; /* the job has a copy */
		assert_string_equal(served, "");
		submitted_run();
		assert_string_equal(served, "7 show paths");
		assert_int_equal(charged_usec, is_root ? 0 : 40); /* the worker's time */
		assert_string_equal(replied, "");
	}
}

static void paths_and_maps_that_are_gone_meanwhile_are_left_out(void **state)
{
	const struct request request = { .id = 7, .is_root = true, .text = "show maps" };
	_cleanup_made_ struct made made;
	struct daemon_path *path;
	struct daemon_map *map;

	(void)state;
	init(&made);
	map = made_map(&made, "3600a");
	made_exists(map, "mpatha");
	path = made_path(&made, 'a', map);
	assert_int_equal(details_read(&made.daemon, DETAILS_PATHS | DETAILS_MAPS, &request,
				      on_read),
			 0);
	paths_free(path);
	maps_free(map);
	submitted_run();
	assert_string_equal(served, "7 show maps");
}

static void a_request_fails_if_the_daemon_ends_before(void **state)
{
	const struct request request = { .id = 7, .is_root = true, .text = "show paths" };
	_cleanup_made_ struct made made;

	(void)state;
	init(&made);
	assert_int_equal(details_read(&made.daemon, DETAILS_PATHS, &request, on_read), 0);
	submitted_skip();
	assert_string_equal(replied, "7 fail\n");
	assert_string_equal(served, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_request_is_served_once_its_values_are_read),
		cmocka_unit_test(paths_and_maps_that_are_gone_meanwhile_are_left_out),
		cmocka_unit_test(a_request_fails_if_the_daemon_ends_before),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
