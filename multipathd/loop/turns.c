/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/loop/turns.h"

#include <errno.h>
#include <stdlib.h>

#include "multipathd/loop/priorities.h"
#include "multipathd/loop/timers.h"

/* Root's, or all others'. */
struct turn {
	struct turns *turns;
	enum account_class class;
	struct cds_list_head accounts; /* that have something to do */
	struct cds_list_head
		held; /* accounts that have spent their time, or have too much waiting */
	sd_event_source *source;
	uint64_t end_usec; /* 0: no account waits for it */
	uint64_t ended_usec; /* the last one */
};

struct turns {
	struct accounts *accounts;
	turns_attend_fn attend;
	void (*on_users_turn)(void *userdata);
	void *userdata;
	struct turn of_class[ACCOUNT_CLASSES];
	sd_event_source *on_idle; /* ends root's turn */
	sd_event_source *timer; /* the earlier end of the two */
};

int turns_priority(enum account_class class)
{
	return class == ACCOUNT_ROOT ? PRIORITY_NORMAL : PRIORITY_USERS;
}

static void turns_arm(struct turns *turns)
{
	uint64_t root = turns->of_class[ACCOUNT_ROOT].end_usec,
		 users = turns->of_class[ACCOUNT_USERS].end_usec;

	timers_arm(turns->timer, root == 0 || (users != 0 && users < root) ? users : root);
}

/* Held accounts are looked at again: they may have time, or room, now. */
static void turn_let_go(struct turn *turn)
{
	if (cds_list_empty(&turn->held))
		return;
	cds_list_splice(&turn->held, &turn->accounts);
	CDS_INIT_LIST_HEAD(&turn->held);
	sd_event_source_set_enabled(turn->source, SD_EVENT_ONESHOT);
}

static void turn_end(struct turn *turn)
{
	struct turns *turns = turn->turns;
	uint64_t now = timers_now_usec(), count = (now - turn->ended_usec) / TURNS_USEC;

	turn->end_usec = 0;
	turn->ended_usec = now;
	accounts_next_turn(turns->accounts, turn->class,
			   count < 1	      ? 1 :
			   count < UINT16_MAX ? count :
						UINT16_MAX);
	turn_let_go(turn);
	if (turn->class == ACCOUNT_USERS)
		turns->on_users_turn(turns->userdata);
}

static int turns_on_idle(sd_event_source *source, void *userdata)
{
	struct turns *turns = userdata;

	(void)source;
	turn_end(&turns->of_class[ACCOUNT_ROOT]);
	turns_arm(turns);
	return 0;
}

static int turns_on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct turns *turns = userdata;
	uint64_t now = timers_now_usec();

	(void)source;
	(void)usec;
	for (int i = 0; i < ACCOUNT_CLASSES; i++)
		if (turns->of_class[i].end_usec && turns->of_class[i].end_usec <= now)
			turn_end(&turns->of_class[i]);
	turns_arm(turns);
	return 0;
}

void turns_await(struct turns *turns, enum account_class class)
{
	struct turn *turn = &turns->of_class[class];

	if (turn->end_usec == 0) {
		turn->end_usec = timers_now_usec() + TURNS_USEC;
		turns_arm(turns);
	}
	if (class == ACCOUNT_ROOT)
		sd_event_source_set_enabled(turns->on_idle, SD_EVENT_ONESHOT);
}

void turns_add(struct turns *turns, struct account *account)
{
	struct turn *turn = &turns->of_class[account->class];

	if (!cds_list_empty(&account->in_ready))
		return;
	cds_list_add_tail(&account->in_ready, &turn->accounts);
	sd_event_source_set_enabled(turn->source, SD_EVENT_ONESHOT);
}

bool turns_may_ask(struct turns *turns, const struct account *account)
{
	if (account_is_spent(account)) {
		turns_await(turns, account->class);
		return false;
	}
	return !account_is_full(account);
}

void turns_review(struct turns *turns, enum account_class class)
{
	turn_let_go(&turns->of_class[class]);
}

/* The first account's first client; the account goes to the end of the others. */
static void turn_serve(struct turn *turn, uint64_t now_usec)
{
	struct account *account = cds_list_first_entry(&turn->accounts, struct account, in_ready);
	struct cds_list_head *client = account->ready.next;

	cds_list_del(&account->in_ready);
	if (!turns_may_ask(turn->turns, account)) {
		cds_list_add_tail(&account->in_ready, &turn->held);
		return;
	}
	cds_list_add_tail(&account->in_ready, &turn->accounts);
	cds_list_del_init(client);
	if (cds_list_empty(&account->ready))
		cds_list_del_init(&account->in_ready);
	turn->turns->attend(client, now_usec);
}

static int turn_on_ready(sd_event_source *source, void *userdata)
{
	struct turn *turn = userdata;
	uint64_t begin = timers_now_usec(), now = begin;

	(void)source;
	while (!cds_list_empty(&turn->accounts) && now - begin < TURNS_SLICE_USEC) {
		turn_serve(turn, now);
		now = timers_now_usec();
	}
	if (!cds_list_empty(&turn->accounts))
		sd_event_source_set_enabled(turn->source, SD_EVENT_ONESHOT);
	return 0;
}

static int turn_init(struct turn *turn, sd_event *event, struct turns *turns,
		     enum account_class class)
{
	turn->turns = turns;
	turn->class = class;
	CDS_INIT_LIST_HEAD(&turn->accounts);
	CDS_INIT_LIST_HEAD(&turn->held);
	return timers_add_defer(event, &turn->source, turns_priority(class), turn_on_ready, turn);
}

int turns_new(sd_event *event, struct accounts *accounts, turns_attend_fn attend,
	      void (*on_users_turn)(void *userdata), void *userdata, struct turns **ret)
{
	struct turns *turns = calloc(1, sizeof(*turns));
	int r = 0;

	if (!turns)
		return -ENOMEM;
	turns->accounts = accounts;
	turns->attend = attend;
	turns->on_users_turn = on_users_turn;
	turns->userdata = userdata;
	for (int i = 0; i < ACCOUNT_CLASSES && r >= 0; i++)
		r = turn_init(&turns->of_class[i], event, turns, i);
	if (r >= 0)
		r = timers_add_defer(event, &turns->on_idle, PRIORITY_LAST, turns_on_idle, turns);
	if (r >= 0)
		r = timers_add(event, &turns->timer, TURNS_USEC / 4, turns_on_timer, turns);
	if (r < 0) {
		turns_free(turns);
		return r;
	}
	*ret = turns;
	return 0;
}

struct turns *turns_free(struct turns *turns)
{
	if (!turns)
		return NULL;
	for (int i = 0; i < ACCOUNT_CLASSES; i++)
		sd_event_source_disable_unref(turns->of_class[i].source);
	sd_event_source_disable_unref(turns->on_idle);
	sd_event_source_disable_unref(turns->timer);
	free(turns);
	return NULL;
}
