/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * server.h - the daemon's sockets and their clients.  For: the daemon's rooms.
 *
 * Made of listeners (the names), clients (requests and answers), accounts (what each user has
 * taken), turns (who is served next) and closings; the server itself accepts.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <systemd/sd-event.h>

#include "multipathd/loop/request.h"

struct pool;
struct server;

/**
 * server_new() - open the sockets, or take systemd's (LISTEN_FDS, 1 or 2 of them); no client is
 * served before server_start()
 * @handle:	answers with server_reply(); meanwhile the server may have answered `timeout`, or
 *		lost the client
 *
 * If one of the two fails to bind, that is reported through @warning (may be NULL) and tolerated;
 * if both fail, it is an error.
 */
int server_new(sd_event *event, request_fn handle, void *userdata,
	       void (*warning)(const char *text), struct server **ret);

/** server_free() - closes all; the path-name socket stays in the file system. Return: NULL. */
struct server *server_free(struct server *server);

/**
 * server_set_pool() - have a worker close connections to which a user may have attached descriptors
 *
 * Without a pool, as in tests, they are closed at once.
 */
void server_set_pool(struct server *server, struct pool *pool, uint64_t lane);

/** server_start() - begin to accept (connects before that wait in the backlog) */
int server_start(struct server *server);

/**
 * server_set_timeout() - from receiving a request's length to its answer; after it the client gets
 * "fail\ntimeout\n"
 */
void server_set_timeout(struct server *server, unsigned timeout_msec);

/**
 * server_set_long_word() - root's requests that begin with @word, which stays, may be longer than
 * others
 */
void server_set_long_word(struct server *server, const char *word);

/** server_reply() - answer a request; unknown ids are ignored */
void server_reply(struct server *server, uint64_t id, const char *text, size_t length);

/**
 * server_charge_users() - charge users for time spent on them elsewhere; they get that much less
 * of the loop's
 */
void server_charge_users(struct server *server, uint64_t usec);

/** server_awaits() - Return: true if a client still waits for the answer to that request */
bool server_awaits(const struct server *server, uint64_t id);

/**
 * server_flush() - try for @timeout_msec at most to send the last answers before the daemon
 * exits
 */
void server_flush(struct server *server, unsigned timeout_msec);
