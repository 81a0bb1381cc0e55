/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/loop/accounts.h"

#include <errno.h>
#include <stdlib.h>

static const struct quota of_root = { SIZE_MAX, SIZE_MAX, SIZE_MAX, 20000 };
static const struct quota of_a_user = { 128, 4 << 20, 2, 2000 };
static const struct quota of_all_users = { 1024, 16 << 20, 4, 5000 };

/* Debt beyond this number of turns is forgiven. */
enum { DEBT_TURNS = 50 };

void accounts_init(struct accounts *accounts, size_t descriptors)
{
	*accounts = (struct accounts){
		.users = { .class = ACCOUNT_USERS, .accounts = accounts, .quota = of_all_users },
	};
	if (accounts->users.quota.connections > descriptors / 4)
		accounts->users.quota.connections = descriptors / 4;
	CDS_INIT_LIST_HEAD(&accounts->all);
}

static struct account *account_find(struct accounts *accounts, uid_t uid)
{
	struct account *account;

	cds_list_for_each_entry(account, &accounts->all, in_accounts)
		if (account->uid == uid)
			return account;
	return NULL;
}

int account_open(struct accounts *accounts, uid_t uid, struct account **ret)
{
	struct account *account = account_find(accounts, uid),
		       *sum = uid == 0 ? NULL : &accounts->users;

	if ((account && account->connections >= account->quota.connections) ||
	    (sum && sum->connections >= sum->quota.connections))
		return -EDQUOT;
	if (!account) {
		account = calloc(1, sizeof(*account));
		if (!account)
			return -ENOMEM;
		account->uid = uid;
		account->class = sum ? ACCOUNT_USERS : ACCOUNT_ROOT;
		account->accounts = accounts;
		account->sum = sum;
		account->quota = sum ? of_a_user : of_root;
		CDS_INIT_LIST_HEAD(&account->ready);
		CDS_INIT_LIST_HEAD(&account->in_ready);
		cds_list_add(&account->in_accounts, &accounts->all);
	}
	account->connections++;
	if (sum)
		sum->connections++;
	*ret = account;
	return 0;
}

void account_close(struct account *account)
{
	if (account->sum)
		account->sum->connections--;
	if (--account->connections > 0)
		return;
	cds_list_del(&account->in_ready);
	cds_list_del(&account->in_accounts);
	free(account);
}

/*
 * Time beyond a turn's quota is charged to the next turns: one request may cost many turns.
 */
static uint64_t account_spent(const struct account *account, unsigned turn)
{
	uint64_t turns = turn - account->turn, most = account->quota.turn_usec * DEBT_TURNS;
	uint64_t spent = account->spent_usec < most ? account->spent_usec : most;

	if (turns == 0)
		return account->spent_usec;
	if (account->class == ACCOUNT_ROOT || spent <= turns * account->quota.turn_usec)
		return 0;
	return spent - turns * account->quota.turn_usec;
}

void account_spend(struct account *account, uint64_t usec)
{
	unsigned turn = account->accounts->turns[account->class];

	for (; account; account = account->sum) {
		account->spent_usec = account_spent(account, turn) + usec;
		account->turn = turn;
	}
}

bool account_is_spent(const struct account *account)
{
	unsigned turn = account->accounts->turns[account->class];

	for (; account; account = account->sum)
		if (account_spent(account, turn) >= account->quota.turn_usec)
			return true;
	return false;
}

bool account_has_room(const struct account *account)
{
	for (; account; account = account->sum)
		if (account->waiting_bytes >= account->quota.waiting_bytes)
			return false;
	return true;
}

bool account_is_full(const struct account *account)
{
	if (!account_has_room(account))
		return true;
	for (; account; account = account->sum)
		if (account->pending >= account->quota.pending)
			return true;
	return false;
}

void account_keep(struct account *account, size_t bytes)
{
	for (; account; account = account->sum)
		account->waiting_bytes += bytes;
}

void account_release(struct account *account, size_t bytes)
{
	for (; account; account = account->sum)
		account->waiting_bytes -= bytes;
}

void account_begin(struct account *account)
{
	for (; account; account = account->sum)
		account->pending++;
}

void account_end(struct account *account)
{
	for (; account; account = account->sum)
		account->pending--;
}

void accounts_next_turn(struct accounts *accounts, enum account_class class, unsigned turns)
{
	accounts->turns[class] += turns;
}
