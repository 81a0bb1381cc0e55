/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * clients.h - connected clients: their requests and answers, and the time limits of both.
 * For: server.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <systemd/sd-event.h>
#include <urcu/list.h>

#include "multipathd/loop/request.h"

struct account;
struct clients;
struct closings;
struct turns;

struct clients_hooks {
	request_fn on_request; /* answered with clients_reply() */
	void *requests_userdata;
	void (*on_leave)(void *userdata); /* a client has disconnected */
	void *userdata;
};

/**
 * clients_new() - no client yet
 * @turns:	it calls clients_attend()
 *
 * Return: 0 or more, negative errno.
 */
int clients_new(sd_event *event, struct turns *turns, struct closings *closings,
		const struct clients_hooks *hooks, struct clients **ret);

/** clients_free() - disconnect all. Return: NULL. */
struct clients *clients_free(struct clients *clients);

/** clients_set_timeout() - from a request's length until its answer */
void clients_set_timeout(struct clients *clients, unsigned timeout_msec);

/** clients_set_long_word() - root's requests that begin with @word, which stays, may be longer */
void clients_set_long_word(struct clients *clients, const char *word);

/**
 * clients_add() - a client has connected
 * @fd:		taken on success
 * @account:	taken on success
 *
 * Return: 0, negative errno.
 */
int clients_add(struct clients *clients, int fd, struct account *account);

/** clients_count() - how many there are */
size_t clients_count(const struct clients *clients);

/** clients_attend() - turns_attend_fn */
void clients_attend(struct cds_list_head *in_ready, uint64_t begin_usec);

/** clients_reply() - answer a request; unknown ids are ignored */
void clients_reply(struct clients *clients, uint64_t id, const char *text, size_t length);

/** clients_await() - Return: true if a client still waits for the answer to that request */
bool clients_await(const struct clients *clients, uint64_t id);

/** clients_flush() - send unsent answers, within @timeout_msec */
void clients_flush(struct clients *clients, unsigned timeout_msec);
