/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * turns.h - which client is served next, and how much time its user has left.  For: server.
 *
 * Accounts with something to do take turns, root's and users' apart. A turn is a period of 20 ms,
 * mostly many iterations of the loop. Each account may spend its quota in it; one that has spent it
 * waits for the next turn. Users have a share of the CPU in that way, and root's turn ends as soon
 * as the loop has nothing else to do.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-event.h>
#include <urcu/list.h>

#include "multipathd/loop/accounts.h"

struct turns;

enum {
	TURNS_USEC = 20000, /* the longest turn */
	TURNS_SLICE_USEC = 1000, /* for clients, before the loop looks at other sources */
};

/**
 * turns_attend_fn - it is a client's turn
 * @client:	its link, taken out of account->ready
 * @begin_usec:	when work for it began (timers_now_usec())
 */
typedef void (*turns_attend_fn)(struct cds_list_head *client, uint64_t begin_usec);

/**
 * turns_new() - the turns of @accounts, which outlive them
 * @on_users_turn:	a new turn of users begins
 *
 * Return: 0 or more, negative errno.
 */
int turns_new(sd_event *event, struct accounts *accounts, turns_attend_fn attend,
	      void (*on_users_turn)(void *userdata), void *userdata, struct turns **ret);

/** turns_free() - once no account is left in them. Return: NULL. */
struct turns *turns_free(struct turns *turns);

/** turns_priority() - of sources that serve clients of that class; lower is earlier, 0 the rest */
int turns_priority(enum account_class class);

/** turns_add() - something was added to account->ready */
void turns_add(struct turns *turns, struct account *account);

/**
 * turns_may_ask() - Return: true if the account's user may ask now; if not, its turn comes later.
 */
bool turns_may_ask(struct turns *turns, const struct account *account);

/** turns_review() - an account of that class may have more room for requests or answers now */
void turns_review(struct turns *turns, enum account_class class);

/** turns_await() - an account, or its whole class, has spent the time of this turn */
void turns_await(struct turns *turns, enum account_class class);
