/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>

#include "base/cleanup.h"
#include "multipathd/loop/accounts.h"

enum { PLENTY = 1 << 20 };

static int set_up(void **state)
{
	struct accounts *accounts = malloc(sizeof(*accounts));

	accounts_init(accounts, PLENTY);
	*state = accounts;
	return 0;
}

static int tear_down(void **state)
{
	struct accounts *accounts = *state;

	assert_true(cds_list_empty(&accounts->all));
	assert_int_equal(accounts->users.connections, 0);
	free(accounts);
	return 0;
}

/* Return: how many were opened of at most @count. */
static size_t open_many(struct accounts *accounts, uid_t uid, size_t count,
			struct account **account)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (account_open(accounts, uid, account) < 0)
			break;
	return i;
}

static void close_many(struct account *account, size_t count)
{
	while (count--)
		account_close(account);
}

static void connections_of_a_user_are_limited_and_those_of_root_are_not(void **state)
{
	struct account *user, *root, *other;
	size_t count = open_many(*state, 1000, PLENTY, &user);

	assert_int_equal(count, user->quota.connections);
	assert_int_equal(account_open(*state, 1000, &user), -EDQUOT);
	assert_int_equal(account_open(*state, 1001, &other), 0);
	assert_int_equal(open_many(*state, 0, 20000, &root), 20000);
	account_close(user);
	assert_int_equal(account_open(*state, 1000, &user), 0);
	close_many(user, count);
	close_many(root, 20000);
	account_close(other);
}

static void all_users_together_leave_room_for_root(void **state)
{
	struct accounts *accounts = *state;
	struct account *users[20000], *root;
	size_t count = 0;

	for (uid_t uid = 1;
	     uid < ARRAY_SIZE(users) && account_open(accounts, uid, &users[count]) == 0; uid++)
		count++;
	assert_int_equal(count, accounts->users.quota.connections);
	assert_int_equal(account_open(accounts, 0, &root), 0);
	account_close(root);
	for (size_t i = 0; i < count; i++)
		account_close(users[i]);
}

static void users_get_a_quarter_of_the_descriptors_when_there_are_few(void **state)
{
	struct accounts accounts;
	struct account *user;

	(void)state;
	accounts_init(&accounts, 40);
	assert_int_equal(open_many(&accounts, 7, PLENTY, &user), 10);
	close_many(user, 10);
}

static void time_of_a_turn_is_shared_by_user_and_by_all_users(void **state)
{
	struct account *users[3], *root;

	assert_int_equal(account_open(*state, 0, &root), 0);
	for (int i = 0; i < 3; i++)
		assert_int_equal(account_open(*state, 1000 + i, &users[i]), 0);

	account_spend(users[0], users[0]->quota.turn_usec - 1);
	assert_false(account_is_spent(users[0]));
	account_spend(users[0], 1);
	assert_true(account_is_spent(users[0]));
	assert_false(account_is_spent(users[1]));
	account_spend(users[1], users[1]->sum->quota.turn_usec);
	assert_true(account_is_spent(users[2]));
	assert_false(account_is_spent(root));

	accounts_next_turn(*state, ACCOUNT_ROOT, 1);
	assert_true(account_is_spent(users[0]));
	accounts_next_turn(*state, ACCOUNT_USERS, 3);
	for (int i = 0; i < 3; i++)
		assert_false(account_is_spent(users[i]));
	account_spend(users[0],
		      users[0]->quota.turn_usec - 1); /* not in addition to the last turn's */
	assert_false(account_is_spent(users[0]));

	account_spend(root, root->quota.turn_usec);
	assert_true(account_is_spent(root));
	assert_false(account_is_spent(users[1]));
	accounts_next_turn(*state, ACCOUNT_ROOT, 1);
	assert_false(account_is_spent(root));
	account_close(root);
	for (int i = 0; i < 3; i++)
		account_close(users[i]);
}

static void a_request_that_took_many_turns_costs_its_user_as_many(void **state)
{
	struct account *user, *other, *root;
	unsigned turns = 0;

	assert_int_equal(account_open(*state, 0, &root), 0);
	assert_int_equal(account_open(*state, 1, &user), 0);
	assert_int_equal(account_open(*state, 2, &other), 0);
	account_spend(user, user->quota.turn_usec * 20);
	for (; account_is_spent(user) && turns < 100; turns++)
		accounts_next_turn(*state, ACCOUNT_USERS, 1);
	assert_int_equal(turns, 20);
	account_spend(user, user->quota.turn_usec * 20);
	assert_true(account_is_spent(other)); /* all users' share */
	accounts_next_turn(*state, ACCOUNT_USERS, 10);
	assert_false(account_is_spent(other));
	assert_true(account_is_spent(user));
	accounts_next_turn(*state, ACCOUNT_USERS, 10);
	assert_false(account_is_spent(user));

	account_spend(user, user->quota.turn_usec * 100000); /* but not for ever */
	accounts_next_turn(*state, ACCOUNT_USERS, 50);
	assert_false(account_is_spent(user));
	account_spend(root, root->quota.turn_usec * 20);
	accounts_next_turn(*state, ACCOUNT_ROOT, 1);
	assert_false(account_is_spent(root));
	account_close(root);
	account_close(user);
	account_close(other);
}

static void unread_answers_are_limited_per_user_and_for_all_users(void **state)
{
	struct account *one, *two, *root;

	assert_int_equal(account_open(*state, 0, &root), 0);
	assert_int_equal(account_open(*state, 1, &one), 0);
	assert_int_equal(account_open(*state, 2, &two), 0);
	account_keep(one, one->quota.waiting_bytes - 1);
	assert_false(account_is_full(one));
	account_keep(one, 1);
	assert_true(account_is_full(one));
	assert_false(account_has_room(one));
	assert_false(account_is_full(two));
	account_keep(one, one->sum->quota.waiting_bytes); /* one answer may be long */
	assert_true(account_is_full(two));
	assert_false(account_is_full(root));
	account_release(one, one->waiting_bytes);
	assert_false(account_is_full(one));
	assert_false(account_is_full(two));
	account_close(one);
	account_close(two);
	account_close(root);
}

static void deferred_requests_are_limited(void **state)
{
	struct account *one, *two;

	assert_int_equal(account_open(*state, 1, &one), 0);
	assert_int_equal(account_open(*state, 2, &two), 0);
	for (size_t i = 0; i < one->quota.pending; i++) {
		assert_false(account_is_full(one));
		account_begin(one);
	}
	assert_true(account_is_full(one));
	assert_true(account_has_room(one));
	assert_false(account_is_full(two));
	account_end(one);
	assert_false(account_is_full(one));
	account_close(one);
	account_close(two);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(connections_of_a_user_are_limited_and_those_of_root_are_not),
		TEST(all_users_together_leave_room_for_root),
		cmocka_unit_test(users_get_a_quarter_of_the_descriptors_when_there_are_few),
		TEST(a_request_that_took_many_turns_costs_its_user_as_many),
		TEST(time_of_a_turn_is_shared_by_user_and_by_all_users),
		TEST(unread_answers_are_limited_per_user_and_for_all_users),
		TEST(deferred_requests_are_limited),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
