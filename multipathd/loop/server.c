/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/loop/server.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "base/log.h"
#include "multipathd/loop/accounts.h"
#include "multipathd/loop/clients.h"
#include "multipathd/loop/closings.h"
#include "multipathd/loop/listeners.h"
#include "multipathd/loop/socket.h"
#include "multipathd/loop/timers.h"
#include "multipathd/loop/turns.h"

enum {
	CLIENTS_MAX = 16380,
	TIMEOUT_MSEC = 4000,
	RETRY_USEC = 1000000,
	WARN_USEC = 60000000,

	ACCEPTS = 64, /* at once */
	/*
	 * of users in a turn (turns.h), so that constant connecting cannot exceed a user's share of
	 * the CPU
	 */
	ACCEPTS_TURN = 256,
	ACCEPTS_USEC = 2000, /* reading and closing take twice that */
};

struct server {
	sd_event *event;
	struct accounts accounts;
	struct turns *turns;
	struct closings *closings;
	struct clients *clients;
	struct listeners *listeners;
	bool serving;

	/* accepting pauses until then, or until a client disconnects; 0: it does not pause */
	uint64_t retry_usec;
	sd_event_source *retry;
	uint64_t accepts_since_usec;
	unsigned accepts; /* of users, since then: a turn at most */
	uint64_t accepts_usec;
	uint64_t warned_usec;
};

/* ---- accepting ---- */

static bool server_has_accepted_enough(const struct server *server)
{
	return server->accepts >= ACCEPTS_TURN || server->accepts_usec >= ACCEPTS_USEC;
}

static void server_update_listeners(struct server *server)
{
	bool accepting = server->serving && !server->retry_usec;

	listeners_enable(server->listeners, accepting,
			 accepting && !server_has_accepted_enough(server) &&
				 !closings_are_many(server->closings));
}

static void server_resume(struct server *server)
{
	server->retry_usec = 0;
	server_update_listeners(server);
}

static int server_on_retry(sd_event_source *source, uint64_t usec, void *userdata);

static void server_pause(struct server *server)
{
	server->retry_usec = timers_now_usec() + RETRY_USEC;
	server_update_listeners(server);
	timers_set(server->event, &server->retry, server->retry_usec, server_on_retry, server);
}

static int server_on_retry(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct server *server = userdata;

	(void)source;
	(void)usec;
	if (!server->retry_usec)
		return 0; /* a client has disconnected in the meantime */
	if (clients_count(server->clients) < CLIENTS_MAX)
		server_resume(server);
	else
		server_pause(server);
	return 0;
}

static void server_refuse(struct server *server, int fd, uid_t uid)
{
	uint64_t now = timers_now_usec();

	if (server->warned_usec == 0 || now - server->warned_usec > WARN_USEC) {
		server->warned_usec = now;
		log_warning("too many connections from uid %u, closing new ones", (unsigned)uid);
	}
	closings_close(server->closings, fd, NULL, uid == 0);
}

static void server_welcome(struct server *server, int fd)
{
	uid_t uid = socket_peer_uid(fd);
	struct account *account;

	server->accepts += uid != 0;
	if (account_open(&server->accounts, uid, &account) < 0) {
		server_refuse(server, fd, uid);
		return;
	}
	if (uid != 0)
		socket_limit(fd);
	if (clients_add(server->clients, fd, account) < 0)
		closings_close(server->closings, fd, account, uid == 0);
}

/* Return: true if there is no further connection, or may be none. */
static bool server_accept(struct server *server, int fd)
{
	int client_fd = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (client_fd >= 0) {
		server_welcome(server, client_fd);
		if (clients_count(server->clients) < CLIENTS_MAX)
			return false;
		server_pause(server);
	} else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
		/* Retrying at once would spin. */
		server_pause(server);
	}
	return true;
}

static void server_accept_root(struct server *server, int fd)
{
	for (int i = 0; i < ACCEPTS; i++)
		if (server_accept(server, fd))
			break;
}

static void server_accept_users(struct server *server, int fd)
{
	uint64_t begin = timers_now_usec(), now = begin;

	if (begin - server->accepts_since_usec > TURNS_USEC) {
		server->accepts_since_usec = begin;
		server->accepts = 0;
		server->accepts_usec = 0;
	}
	for (int i = 0;
	     i < ACCEPTS && now - begin < TURNS_SLICE_USEC && !closings_are_many(server->closings);
	     i++) {
		unsigned before = server->accepts;
		uint64_t since = now;
		bool last = server_accept(server, fd);

		now = timers_now_usec();
		if (server->accepts > before)
			server->accepts_usec += now - since;
		if (last)
			break;
	}
	if (server_has_accepted_enough(server)) {
		server_update_listeners(server);
		turns_await(server->turns, ACCOUNT_USERS);
	}
}

/* ---- callbacks of its parts ---- */

static void server_on_connect(void *userdata, int fd, bool is_roots)
{
	if (is_roots)
		server_accept_root(userdata, fd);
	else
		server_accept_users(userdata, fd);
}

static void server_on_users_turn(void *userdata)
{
	struct server *server = userdata;

	if (!server->accepts)
		return;
	server->accepts = 0;
	server->accepts_usec = 0;
	server_update_listeners(server);
}

static void server_on_closing(void *userdata)
{
	server_update_listeners(userdata);
}

static void server_on_leave(void *userdata)
{
	struct server *server = userdata;

	if (server->retry_usec)
		server_resume(server);
}

/* ---- the server ---- */

static int server_make_parts(struct server *server, request_fn handle, void *userdata,
			     void (*warning)(const char *text))
{
	const struct clients_hooks of_clients = {
		.on_request = handle,
		.requests_userdata = userdata,
		.on_leave = server_on_leave,
		.userdata = server,
	};
	const struct listeners_hooks of_listeners = { .on_connect = server_on_connect,
						      .userdata = server };
	int r = turns_new(server->event, &server->accounts, clients_attend, server_on_users_turn,
			  server, &server->turns);

	if (r >= 0)
		r = closings_new(server_on_closing, server, &server->closings);
	if (r >= 0)
		r = clients_new(server->event, server->turns, server->closings, &of_clients,
				&server->clients);
	if (r >= 0)
		r = listeners_new(server->event, server->closings, &of_listeners, warning,
				  &server->listeners);
	return r;
}

int server_new(sd_event *event, request_fn handle, void *userdata,
	       void (*warning)(const char *text), struct server **ret)
{
	struct server *server = calloc(1, sizeof(*server));
	struct rlimit descriptors = { .rlim_cur = 1024 };
	int r;

	if (!server)
		return -ENOMEM;
	server->event = sd_event_ref(event);
	getrlimit(RLIMIT_NOFILE, &descriptors);
	accounts_init(&server->accounts, descriptors.rlim_cur);
	r = server_make_parts(server, handle, userdata, warning);
	if (r < 0) {
		server_free(server);
		return r;
	}
	server_set_timeout(server, TIMEOUT_MSEC);
	*ret = server;
	return 0;
}

struct server *server_free(struct server *server)
{
	if (!server)
		return NULL;
	server->serving = false;
	if (server->closings)
		closings_end(server->closings);
	clients_free(server->clients);
	listeners_free(server->listeners);
	closings_free(server->closings);
	turns_free(server->turns);
	sd_event_source_disable_unref(server->retry);
	sd_event_unref(server->event);
	free(server);
	return NULL;
}

int server_start(struct server *server)
{
	server->serving = true;
	server_update_listeners(server);
	return 0;
}

void server_set_pool(struct server *server, struct pool *pool, uint64_t lane)
{
	closings_set_pool(server->closings, pool, lane);
}

void server_set_timeout(struct server *server, unsigned timeout_msec)
{
	clients_set_timeout(server->clients, timeout_msec);
}

void server_set_long_word(struct server *server, const char *word)
{
	clients_set_long_word(server->clients, word);
}

bool server_awaits(const struct server *server, uint64_t id)
{
	return clients_await(server->clients, id);
}

void server_charge_users(struct server *server, uint64_t usec)
{
	account_spend(&server->accounts.users, usec);
}

void server_reply(struct server *server, uint64_t id, const char *text, size_t length)
{
	clients_reply(server->clients, id, text, length);
}

void server_flush(struct server *server, unsigned timeout_msec)
{
	clients_flush(server->clients, timeout_msec);
}
