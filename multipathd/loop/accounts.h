/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * accounts.h - how much of the server each user takes, and how much a user may.  For: server; no
 * I/O, no clock.
 *
 * Every uid but 0 has quotas, and all such uids together have others: with subordinate uids one
 * person is many. Root's connections are limited by the server alone, and the time spent on them in
 * one turn of the loop by its quota.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <urcu/list.h>

enum account_class { ACCOUNT_ROOT, ACCOUNT_USERS, ACCOUNT_CLASSES };

struct quota {
	size_t connections;
	size_t waiting_bytes; /* of answers that were not read yet, beyond what the kernel keeps */
	size_t pending; /* requests that are answered later */
	uint64_t turn_usec; /* time spent on requests, each turn */
};

struct account {
	uid_t uid;
	enum account_class class;
	struct accounts *accounts;
	struct account *sum; /* of all users; NULL: this is root, or the sum */
	struct quota quota;
	size_t connections, waiting_bytes, pending;
	uint64_t spent_usec;
	unsigned turn; /* that it was spent in */
	struct cds_list_head in_accounts;

	/* the server's */
	struct cds_list_head ready; /* clients */
	struct cds_list_head in_ready;
};

struct accounts {
	struct account users; /* the sum */
	struct cds_list_head all;
	unsigned turns[ACCOUNT_CLASSES];
};

/** accounts_init() - @descriptors: how many the process may have; users get a quarter at most */
void accounts_init(struct accounts *accounts, size_t descriptors);

/**
 * account_open() - one more connection of @uid
 * @ret:	lives until as many account_close(); written on success only
 *
 * Return: 0, -EDQUOT if the user, or all users, have as many as they may, -ENOMEM.
 */
int account_open(struct accounts *accounts, uid_t uid, struct account **ret);
void account_close(struct account *account);

/** account_spend() - time was spent on a request */
void account_spend(struct account *account, uint64_t usec);

/** account_is_spent() - the turn's time is used up */
bool account_is_spent(const struct account *account);

/** account_is_full() - too many answers wait to be read, or requests to be answered */
bool account_is_full(const struct account *account);

/** account_has_room() - an answer that nobody has read yet may be kept */
bool account_has_room(const struct account *account);

/**
 * account_keep() - so many bytes more wait to be read. account_release(): were read, or given up.
 */
void account_keep(struct account *account, size_t bytes);
void account_release(struct account *account, size_t bytes);

/** account_begin() - a request was taken. account_end(): and answered. */
void account_begin(struct account *account);
void account_end(struct account *account);

/**
 * accounts_next_turn() - all of a class have their time again, @turns times; users first pay for
 * what they had beyond it
 */
void accounts_next_turn(struct accounts *accounts, enum account_class class, unsigned turns);
