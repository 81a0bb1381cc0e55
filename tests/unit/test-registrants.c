/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "inventory-made.h"
#include "pool-recorded.h"

#include <errno.h>
#include <fcntl.h>

#include "base/cleanup.h"
#include "kernel/reserving.h"
#include "multipathd/jobs/registrants.h"
#include "multipathd/loop/request.h"
#include "multipathd/loop/server.h"

enum { KEY = 0x123abc };

/* What the array answers next, and what the client got. */
static struct {
	int keys_error, holder_error;
	uint64_t holder;
} array;
static struct registrants told[4];
static size_t told_count;
static unsigned served, failed;

/* Replace those of kernel/reserving.c. */
int mp_reserving_read_keys(int fd, unsigned timeout_msec, uint8_t **data,
			   struct mp_reservation_keys *ret)
{
	static const uint8_t keys[] = { 0, 0, 0, 0, 0, 0x12, 0x3a, 0xbc, 0, 0, 0, 0, 0, 0, 0, 1 };

	assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	assert_true(timeout_msec >= 30000); /* the kernel does not reset what is only slow */
	*data = NULL;
	*ret = (struct mp_reservation_keys){ .count = 2, .keys = keys };
	return array.keys_error;
}

int mp_reserving_read_holder(int fd, unsigned timeout_msec, struct mp_reservation_holder *ret)
{
	(void)fd;
	(void)timeout_msec;
	*ret = (struct mp_reservation_holder){ .held = array.holder != 0, .key = array.holder };
	return array.holder_error;
}

int mp_reserving_read_status(int fd, unsigned timeout_msec, uint8_t **data,
			     struct mp_reservation_status *ret)
{
	(void)fd;
	(void)timeout_msec;
	(void)data;
	(void)ret;
	fail();
	return 0;
}

int mp_reserving_register(int fd, enum mp_reserving_out action,
			  const struct mp_reservation_parameters *parameters, unsigned timeout_msec)
{
	(void)fd;
	(void)action;
	(void)parameters;
	(void)timeout_msec;
	fail(); /* who asks changes nothing */
	return 0;
}

/* Replaces that of the server. */
void server_reply(struct server *server, uint64_t request, const char *text, size_t length)
{
	(void)server;
	assert_int_equal(request, 7);
	assert_memory_equal(text, "fail\n", length);
	failed++;
}

static void on_read(struct daemon *daemon, const struct request *request,
		    const struct details *details)
{
	(void)daemon;
	assert_int_equal(request->id, 7);
	assert_string_equal(request->text, "show reservations");
	assert_true(details->registrant_count <= ARRAY_SIZE(told));
	told_count = details->registrant_count;
	memcpy(told, details->registrants, told_count * sizeof(*told));
	served++;
}

/* "w", with a key; a path "sda" on host 0, "sdb" on the same, "sdc" on host 1, "sdd" on host 2. */
struct san {
	struct made made;
	struct daemon_map *map;
	struct daemon_path *paths[4];
};

static void add_path(struct san *san, unsigned number, int host)
{
	struct daemon_path *path = made_path(&san->made, 'a' + number, san->map);

	path->path.identity.address = (struct mp_address){ .host = host };
	path->fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	assert_true(path->fd >= 0);
	san->paths[number] = path;
}

static void san_init(struct san *san)
{
	static const int hosts[] = { 0, 0, 1, 2 };

	made_init(&san->made, "");
	san->made.inventory.daemon = &san->made.daemon;
	san->made.daemon.server = (struct server *)san; /* only passed to server_reply() */
	san->map = made_map(&san->made, "w");
	made_exists(san->map, "mpatha");
	san->map->reservation.key.key = KEY;
	for (unsigned i = 0; i < ARRAY_SIZE(hosts); i++)
		add_path(san, i, hosts[i]);
	memset(&array, 0, sizeof(array));
	memset(told, 0, sizeof(told));
	submitted.count = 0;
	told_count = 0;
	served = failed = 0;
}

static void san_fini(struct san *san)
{
	assert_int_equal(submitted.count, 0);
	for (unsigned i = 0; i < ARRAY_SIZE(san->paths); i++) {
		close(san->paths[i]->fd);
		san->paths[i]->fd = -1;
	}
	made_fini(&san->made);
}

#define _cleanup_san_ _cleanup_(san_fini)

static void ask(struct san *san, const struct daemon_map *only)
{
	char text[] = "show reservations";
	const struct request request = { .id = 7, .is_root = true, .text = text };

	assert_int_equal(registrants_read(&san->made.daemon, only, &request, on_read), 0);
	text[0] = '\0'; /* the job has a copy */
}

/* The oldest question is not answered in time. Return: it; it goes on. */
static struct work *expire(void)
{
	struct work *work = submitted_take();

	assert_non_null(work);
	assert_true(work->timeout_usec > 0);
	work->expired(work);
	return work;
}

static void answer(struct work *work)
{
	work->run(work);
	work->done(work);
}

static void one_path_is_asked_for_a_map(void **state)
{
	_cleanup_san_ struct san san;

	(void)state;
	san_init(&san);
	array.holder = 0x1;
	ask(&san, NULL);
	assert_int_equal(submitted.count, 1);
	assert_int_equal(served, 0);
	submitted_run();
	assert_int_equal(served, 1);
	assert_int_equal(told_count, 1);
	assert_string_equal(told[0].wwid, "w");
	assert_int_equal(told[0].key.key, KEY);
	assert_int_equal(told[0].error, 0);
	assert_int_equal(told[0].count, 2);
	assert_int_equal(told[0].own_count, 1);
	assert_true(told[0].holder.held);
	assert_int_equal(told[0].holder.key, 0x1);
}

static void the_next_path_is_asked_if_one_fails_or_is_late(void **state)
{
	for (int late = 0; late < 2; late++) {
		struct work *first = NULL;
		_cleanup_san_ struct san san;

		(void)state;
		san_init(&san);
		ask(&san, san.map);
		array.keys_error = late ? 0 : -EIO;
		if (late)
			first = expire();
		else
			submitted_run();
		assert_int_equal(submitted.count, 1);
		array.keys_error = 0;
		submitted_run();
		assert_int_equal(served, 1);
		assert_int_equal(told[0].error, 0);
		if (first) {
			answer(first);
			assert_int_equal(served, 1);
		}
	}
}

static void a_late_answer_counts_while_another_path_is_asked(void **state)
{
	_cleanup_san_ struct san san;
	struct work *first;

	(void)state;
	san_init(&san);
	ask(&san, NULL);
	first = expire();
	answer(first);
	assert_int_equal(served, 1);
	assert_int_equal(told[0].error, 0);
	submitted_run();
	assert_int_equal(served, 1);
}

static void a_late_failure_is_no_answer(void **state)
{
	_cleanup_san_ struct san san;
	struct work *first;

	(void)state;
	san_init(&san);
	ask(&san, NULL);
	first = expire();
	array.keys_error = -EIO;
	answer(first);
	assert_int_equal(submitted.count, 1);
	array.keys_error = 0;
	submitted_run();
	assert_int_equal(served, 1);
	assert_int_equal(told[0].error, 0);
}

static void paths_of_different_ports_are_asked_first(void **state)
{
	_cleanup_san_ struct san san;
	struct work *works[3];

	(void)state;
	san_init(&san);
	ask(&san, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(works); i++)
		works[i] = expire();
	assert_int_equal(submitted.count, 0); /* not more than three */
	assert_true(works[0]->lane != works[1]->lane && works[1]->lane != works[2]->lane &&
		    works[0]->lane != works[2]->lane);
	assert_int_equal(served, 1);
	assert_int_equal(told[0].error, -ETIMEDOUT);
	for (size_t i = 0; i < ARRAY_SIZE(works); i++)
		answer(works[i]);
	assert_int_equal(served, 1);
}

static void a_target_without_reservations_is_asked_once(void **state)
{
	_cleanup_san_ struct san san;

	(void)state;
	san_init(&san);
	ask(&san, NULL);
	array.keys_error = -EOPNOTSUPP;
	submitted_run();
	assert_int_equal(served, 1);
	assert_int_equal(told[0].error, -EOPNOTSUPP);
}

static void if_all_paths_fail_the_reason_is_reported(void **state)
{
	_cleanup_san_ struct san san;

	(void)state;
	san_init(&san);
	ask(&san, NULL);
	array.holder_error = -EIO;
	for (int i = 0; i < 3; i++)
		submitted_run();
	assert_int_equal(served, 1);
	assert_int_equal(told[0].error, -EIO);
}

static void paths_that_are_down_or_gone_are_not_asked(void **state)
{
	_cleanup_san_ struct san san;
	struct work *first;

	(void)state;
	san_init(&san);
	for (int i = 0; i < 2; i++)
		san.paths[i]->path.state = MP_PATH_DOWN;
	ask(&san, NULL);
	san.paths[3]->path.state = MP_PATH_DOWN;
	first = expire(); /* of sdc */
	assert_int_equal(submitted.count, 0);
	assert_int_equal(told[0].error, -ETIMEDOUT);
	answer(first);

	san.paths[2]->path.state = MP_PATH_DOWN;
	ask(&san, NULL);
	assert_int_equal(submitted.count, 0);
	assert_int_equal(served, 2);
	assert_int_equal(told[0].error, -ENODEV);

	for (int i = 0; i < 4; i++)
		san.paths[i]->path.identity.protocol = MP_PROTOCOL_NVME_PCIE;
	ask(&san, NULL);
	assert_int_equal(told[0].error, -EOPNOTSUPP);
}

static void all_maps_of_the_kernel_are_asked_at_once(void **state)
{
	_cleanup_san_ struct san san;
	struct daemon_map *other;

	(void)state;
	san_init(&san);
	made_map(&san.made, "not in the kernel");
	other = made_map(&san.made, "x");
	made_exists(other, "mpathb");
	ask(&san, NULL);
	assert_int_equal(served, 0);
	submitted_run();
	assert_int_equal(served, 1);
	assert_int_equal(told_count, 2);
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(told[i].error, strcmp(told[i].wwid, "w") ? -ENODEV : 0);

	ask(&san, other);
	assert_int_equal(told_count, 1);
	assert_string_equal(told[0].wwid, "x");
}

static void the_client_gets_a_failure_if_the_daemon_ends(void **state)
{
	_cleanup_san_ struct san san;

	(void)state;
	san_init(&san);
	ask(&san, NULL);
	submitted_skip();
	assert_int_equal(served, 0);
	assert_int_equal(failed, 1);
}

/* Its turn came after the next path was asked. */
static void what_expired_in_the_queue_is_no_answer(void **state)
{
	_cleanup_san_ struct san san;
	struct work *first;

	(void)state;
	san_init(&san);
	ask(&san, NULL);
	first = expire();
	first->skipped = true;
	first->done(first);
	assert_int_equal(served + failed, 0);
	submitted_run();
	assert_int_equal(served, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_path_is_asked_for_a_map),
		cmocka_unit_test(the_next_path_is_asked_if_one_fails_or_is_late),
		cmocka_unit_test(a_late_answer_counts_while_another_path_is_asked),
		cmocka_unit_test(a_late_failure_is_no_answer),
		cmocka_unit_test(paths_of_different_ports_are_asked_first),
		cmocka_unit_test(a_target_without_reservations_is_asked_once),
		cmocka_unit_test(if_all_paths_fail_the_reason_is_reported),
		cmocka_unit_test(paths_that_are_down_or_gone_are_not_asked),
		cmocka_unit_test(all_maps_of_the_kernel_are_asked_at_once),
		cmocka_unit_test(the_client_gets_a_failure_if_the_daemon_ends),
		cmocka_unit_test(what_expired_in_the_queue_is_no_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
