/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * accounts.h - each user's share of the server, and its limits.  For: server; no I/O, no clock.
 *
 * Every uid except 0 has quotas, and all of them together have others, because with subordinate
 * uids one person can be many users. Root's connections are limited by the server alone, and the
 * time spent on them in one turn (turns.h) by its quota.
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
	size_t waiting_bytes; /* of replies not read yet, beyond what the kernel buffers */
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
	unsigned turn; /* in which it was spent */
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

/** accounts_init() - @descriptors: limit of the process, of which users get at most a quarter */
void accounts_init(struct accounts *accounts, size_t descriptors);

/**
 * account_open() - count a new connection of @uid
 * @ret:	valid until account_close() has been called as often; written on success only
 *
 * Return: 0, -EDQUOT if the user, or all users together, have reached the limit, -ENOMEM.
 */
int account_open(struct accounts *accounts, uid_t uid, struct account **ret);
void account_close(struct account *account);

/** account_spend() - time was spent on a request */
void account_spend(struct account *account, uint64_t usec);

/** account_is_spent() - Return: true if the turn's time is used up */
bool account_is_spent(const struct account *account);

/**
 * account_is_full() - Return: true if too many replies are unread or too many requests unanswered
 */
bool account_is_full(const struct account *account);

/** account_has_room() - Return: true if another unread reply may be kept */
bool account_has_room(const struct account *account);

/**
 * account_keep() - more bytes are waiting to be read. account_release(): they were read or dropped.
 */
void account_keep(struct account *account, size_t bytes);
void account_release(struct account *account, size_t bytes);

/** account_begin() - a request was accepted. account_end(): it was answered. */
void account_begin(struct account *account);
void account_end(struct account *account);

/**
 * accounts_next_turn() - renew the time of all accounts of a class, @turns times; users first pay
 * for time beyond it
 */
void accounts_next_turn(struct accounts *accounts, enum account_class class, unsigned turns);
