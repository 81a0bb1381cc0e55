/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/cleanup.h"
#include "multipathd/loop/turns.h"

enum { CLIENTS = 3, USERS = 2 };

struct client {
	struct cds_list_head in_ready;
	struct fixture *fixture;
	struct account *account;
	char name;
};

struct fixture {
	sd_event *event;
	struct accounts accounts;
	struct turns *turns;
	struct account *root, *users[USERS];
	struct client clients[1 + USERS][CLIENTS];
	char served[100];
	uint64_t cost_usec; /* of each */
	unsigned new_turns;
};

/*
 * The accounts served, in order: A, B, C of root, a, b, c of the first user, l, m, n of the
 * second.
 */
static void on_attend(struct cds_list_head *in_ready, uint64_t begin_usec)
{
	struct client *client = caa_container_of(in_ready, struct client, in_ready);
	struct fixture *fixture = client->fixture;

	assert_true(begin_usec > 0);
	strncat(fixture->served, &client->name, 1);
	account_spend(client->account, fixture->cost_usec);
}

static void on_users_turn(void *userdata)
{
	struct fixture *fixture = userdata;

	fixture->new_turns++;
}

static int set_up(void **state)
{
	static const char first[] = "Aal";
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	assert_int_equal(sd_event_new(&fixture->event), 0);
	accounts_init(&fixture->accounts, 1000);
	assert_true(turns_new(fixture->event, &fixture->accounts, on_attend, on_users_turn, fixture,
			      &fixture->turns) >= 0);
	assert_int_equal(account_open(&fixture->accounts, 0, &fixture->root), 0);
	for (int i = 0; i < USERS; i++)
		assert_int_equal(account_open(&fixture->accounts, 1000 + i, &fixture->users[i]), 0);
	for (int i = 0; i < 1 + USERS; i++)
		for (int j = 0; j < CLIENTS; j++) {
			fixture->clients[i][j] = (struct client){
				.fixture = fixture,
				.account = i == 0 ? fixture->root : fixture->users[i - 1],
				.name = first[i] + j,
			};
			CDS_INIT_LIST_HEAD(&fixture->clients[i][j].in_ready);
		}
	*state = fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	account_close(fixture->root);
	for (int i = 0; i < USERS; i++)
		account_close(fixture->users[i]);
	turns_free(fixture->turns);
	sd_event_unref(fixture->event);
	free(fixture);
	return 0;
}

static void get_ready(struct fixture *fixture, int account)
{
	for (int i = 0; i < CLIENTS; i++) {
		struct client *client = &fixture->clients[account][i];

		cds_list_add_tail(&client->in_ready, &client->account->ready);
		turns_add(fixture->turns, client->account);
	}
}

/* Until nothing can be done at once. */
static void settle(struct fixture *fixture)
{
	while (sd_event_run(fixture->event, 0) > 0)
		;
}

/* Includes what must be waited for. */
static void serve_all(struct fixture *fixture)
{
	for (int i = 0; i < 1 + USERS; i++)
		while (!cds_list_empty(&fixture->clients[i][0].account->ready))
			assert_true(sd_event_run(fixture->event, UINT64_MAX) >= 0);
}

static void accounts_take_turns_and_root_comes_before_users(void **state)
{
	struct fixture *fixture = *state;

	get_ready(fixture, 1);
	get_ready(fixture, 2);
	get_ready(fixture, 0);
	settle(fixture);
	assert_string_equal(fixture->served, "ABCalbmcn");
}

static void a_user_without_time_left_waits_for_the_next_turn_and_others_do_not(void **state)
{
	struct fixture *fixture = *state;
	unsigned new_turns;

	do { /* on a busy machine, a turn may pass meanwhile: once more */
		serve_all(fixture);
		new_turns = fixture->new_turns;
		fixture->served[0] = '\0';
		account_spend(fixture->users[0], fixture->users[0]->quota.turn_usec);
		assert_false(turns_may_ask(fixture->turns, fixture->users[0]));
		assert_true(turns_may_ask(fixture->turns, fixture->users[1]));
		get_ready(fixture, 1);
		get_ready(fixture, 2);
		settle(fixture);
	} while (fixture->new_turns > new_turns);
	assert_string_equal(fixture->served, "lmn");
	serve_all(fixture);
	assert_true(fixture->new_turns > new_turns);
	assert_string_equal(fixture->served, "lmnabc");
}

static void roots_turn_ends_when_the_loop_is_otherwise_idle(void **state)
{
	struct fixture *fixture = *state;

	fixture->cost_usec = fixture->root->quota.turn_usec;
	get_ready(fixture, 0);
	settle(fixture);
	assert_string_equal(fixture->served, "ABC");
}

static void an_account_with_too_much_pending_waits_until_there_is_room(void **state)
{
	struct fixture *fixture = *state;
	size_t pending = fixture->users[0]->quota.pending;

	for (size_t i = 0; i < pending; i++)
		account_begin(fixture->users[0]);
	get_ready(fixture, 1);
	settle(fixture);
	assert_string_equal(fixture->served, "");
	turns_review(fixture->turns, ACCOUNT_USERS);
	settle(fixture);
	assert_string_equal(fixture->served, "");
	for (size_t i = 0; i < pending; i++)
		account_end(fixture->users[0]);
	settle(fixture);
	assert_string_equal(fixture->served, "");
	turns_review(fixture->turns, ACCOUNT_USERS);
	settle(fixture);
	assert_string_equal(fixture->served, "abc");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(accounts_take_turns_and_root_comes_before_users),
		TEST(a_user_without_time_left_waits_for_the_next_turn_and_others_do_not),
		TEST(roots_turn_ends_when_the_loop_is_otherwise_idle),
		TEST(an_account_with_too_much_pending_waits_until_there_is_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
