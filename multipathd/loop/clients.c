/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/loop/clients.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "base/cleanup.h"
#include "base/hash.h"
#include "multipathd/loop/accounts.h"
#include "multipathd/loop/closings.h"
#include "multipathd/loop/inbox.h"
#include "multipathd/loop/socket.h"
#include "multipathd/loop/timers.h"
#include "multipathd/loop/turns.h"

#define TIMEOUT_REPLY "fail\ntimeout\n"

enum {
	READ_USEC = 10000000, /* time for a user other than root to read an answer */
	ACCURACY_USEC = 5000, /* of both limits */
};

enum client_state {
	CLIENT_READING,
	CLIENT_WAITING, /* for the answer */
	CLIENT_SENDING,
	CLIENT_GONE, /* to be freed once no caller refers to it */
	CLIENT_STATES,
};

struct client {
	struct clients *clients;
	int fd;
	sd_event_source *source;
	uint32_t events;
	struct account *account;
	enum client_state state;
	struct cds_list_head in_clients;
	/* something to do that is not for its present caller, or not now; or gone */
	struct cds_list_head in_ready;
	struct cds_list_head in_senders; /* a user's, from the beginning of an answer to its end */

	uint64_t request_id; /* of CLIENT_WAITING */
	struct mp_hash_node by_request;
	struct cds_list_head in_deadlines; /* from a request's length to its answer */
	uint64_t since_usec, sending_since_usec;

	struct inbox in;
	char *out; /* what the socket did not take at once */
	size_t out_length, out_sent;
};

struct clients {
	sd_event *event;
	struct turns *turns;
	struct closings *closings;
	struct clients_hooks hooks;
	const char *long_word; /* of requests that may be long; NULL: none may */
	uint64_t timeout_usec;
	uint64_t last_id;

	struct cds_list_head all;
	size_t count;
	struct mp_hash by_request;
	struct cds_list_head deadlines; /* clients by since_usec */
	struct cds_list_head senders; /* clients by sending_since_usec */
	sd_event_source *timer; /* for the first of either */
	uint64_t armed_usec; /* 0: it is off */
	struct cds_list_head gone;
	sd_event_source *on_gone;
};

static uint64_t clients_now(struct clients *clients)
{
	uint64_t now = 0;

	sd_event_now(clients->event, CLOCK_MONOTONIC, &now);
	return now;
}

/* For the request that waits longest, and the answer that has not been read for longest. */
static void clients_arm(struct clients *clients)
{
	uint64_t next = 0, end;

	if (!cds_list_empty(&clients->deadlines))
		next = cds_list_first_entry(&clients->deadlines, struct client, in_deadlines)
			       ->since_usec +
		       clients->timeout_usec;
	if (!cds_list_empty(&clients->senders)) {
		end = cds_list_first_entry(&clients->senders, struct client, in_senders)
			      ->sending_since_usec +
		      READ_USEC;
		next = next == 0 || end < next ? end : next;
	}
	if (next == clients->armed_usec)
		return;
	clients->armed_usec = next;
	timers_arm(clients->timer, next);
}

/* What the loop shall report of it; hang-ups are always reported. */
static void client_watch(struct client *client)
{
	static const uint32_t of_states[CLIENT_STATES] = {
		[CLIENT_READING] = EPOLLIN, [CLIENT_SENDING] = EPOLLOUT
	};
	/* A client that already has something to do needs no further event. */
	uint32_t wanted = cds_list_empty(&client->in_ready) ? of_states[client->state] : 0;

	if (client->state == CLIENT_GONE || client->events == wanted)
		return;
	client->events = wanted;
	sd_event_source_set_io_events(client->source, wanted);
}

static void client_get_ready(struct client *client)
{
	if (!cds_list_empty(&client->in_ready))
		return;
	cds_list_add_tail(&client->in_ready, &client->account->ready);
	turns_add(client->clients->turns, client->account);
}

/* Its account has nothing to do either, unless another client of it does. */
static void client_leave_ready(struct client *client)
{
	cds_list_del_init(&client->in_ready);
	if (cds_list_empty(&client->account->ready))
		cds_list_del_init(&client->account->in_ready);
}

static void client_start_clock(struct client *client)
{
	if (!cds_list_empty(&client->in_deadlines))
		return;
	client->since_usec = clients_now(client->clients);
	cds_list_add_tail(&client->in_deadlines, &client->clients->deadlines);
}

static void client_forget_request(struct client *client)
{
	cds_list_del_init(&client->in_deadlines);
	if (client->state != CLIENT_WAITING)
		return;
	mp_hash_remove(&client->clients->by_request, &client->by_request);
	account_end(client->account);
	turns_review(client->clients->turns, client->account->class);
}

/* The answer was sent, or the client does not read it. */
static void client_forget_answer(struct client *client)
{
	cds_list_del_init(&client->in_senders);
	if (!client->out)
		return;
	account_release(client->account, client->out_length);
	turns_review(client->clients->turns, client->account->class);
	free(client->out);
	client->out = NULL;
}

static bool client_is_root(const struct client *client)
{
	return client->account->class == ACCOUNT_ROOT;
}

static void client_free(struct client *client)
{
	struct clients *clients = client->clients;

	client_forget_request(client);
	client_forget_answer(client);
	inbox_fini(&client->in);
	cds_list_del(&client->in_clients);
	client_leave_ready(client);
	clients->count--;
	sd_event_source_disable_unref(client->source);
	closings_close(clients->closings, client->fd, client->account, client_is_root(client));
	free(client);
	clients->hooks.on_leave(clients->hooks.userdata);
}

static void client_give_up(struct client *client)
{
	client_forget_request(client);
	client->state = CLIENT_GONE;
	client_leave_ready(client);
	cds_list_add_tail(&client->in_ready, &client->clients->gone);
	sd_event_source_set_enabled(client->clients->on_gone, SD_EVENT_ONESHOT);
}

static void client_sent(struct client *client)
{
	client_forget_answer(client);
	client->state = CLIENT_READING;
	/* Callers that answer do not expect the next request in between. */
	if (client->in.received > 0)
		client_get_ready(client);
}

/* Keeps what the socket did not take. */
static void client_keep(struct client *client, const struct iovec *parts, size_t count,
			size_t total, size_t sent)
{
	char *rest;

	client->out_length = total - sent;
	client->out_sent = 0;
	client->out = account_has_room(client->account) ? malloc(client->out_length) : NULL;
	if (!client->out) {
		client_give_up(client);
		return;
	}
	account_keep(client->account, client->out_length);
	if (!client_is_root(client)) {
		client->sending_since_usec = clients_now(client->clients);
		cds_list_add_tail(&client->in_senders, &client->clients->senders);
	}
	rest = client->out;
	for (size_t i = 0; i < count; i++) {
		size_t skip = sent < parts[i].iov_len ? sent : parts[i].iov_len;

		rest = mempcpy(rest, (char *)parts[i].iov_base + skip, parts[i].iov_len - skip);
		sent -= skip;
	}
}

/* The length, the text and a NUL. */
static void client_answer(struct client *client, const char *text, size_t length)
{
	size_t frame = length + 1, total = sizeof(frame) + frame;
	struct iovec parts[] = {
		{ .iov_base = &frame, .iov_len = sizeof(frame) },
		{ .iov_base = (char *)text, .iov_len = length },
		{ .iov_base = (char *)"", .iov_len = 1 },
	};
	struct msghdr message = { .msg_iov = parts, .msg_iovlen = ARRAY_SIZE(parts) };
	ssize_t r;

	client_forget_request(client);
	client->state = CLIENT_SENDING;
	r = sendmsg(client->fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
	if (r < 0 && errno != EAGAIN && errno != EINTR)
		client_give_up(client);
	else if (r >= 0 && (size_t)r == total)
		client_sent(client);
	else
		client_keep(client, parts, ARRAY_SIZE(parts), total, r < 0 ? 0 : r);
}

static void client_send(struct client *client)
{
	ssize_t r = send(client->fd, client->out + client->out_sent,
			 client->out_length - client->out_sent, MSG_NOSIGNAL | MSG_DONTWAIT);

	if (r < 0) {
		if (errno != EAGAIN && errno != EINTR)
			client_give_up(client);
		return;
	}
	client->out_sent += r;
	if (client->out_sent == client->out_length)
		client_sent(client);
}

static void client_handle(struct client *client)
{
	struct clients *clients = client->clients;
	char usual[INBOX_REQUEST_MAX + 1];
	_cleanup_free_ char *long_text = NULL;
	struct request request = { .id = ++clients->last_id,
				   .is_root = client_is_root(client),
				   .text = inbox_take(&client->in, usual, &long_text) };

	client->state = CLIENT_WAITING;
	account_begin(client->account);
	client->request_id = request.id;
	mp_hash_add(&clients->by_request, &client->by_request, mp_hash_number(request.id));
	clients->hooks.on_request(clients->hooks.requests_userdata, &request);
}

/*
 * The next request, if it was read whole and its user may ask now. Further requests wait for their
 * turn.
 */
static void client_proceed(struct client *client)
{
	enum inbox_state state;

	if (client->state != CLIENT_READING)
		return;
	state = inbox_look(&client->in, client_is_root(client) ? client->clients->long_word : NULL);
	if (state == INBOX_BAD)
		client_give_up(client);
	if (state == INBOX_HALF || state == INBOX_WHOLE)
		client_start_clock(client);
	if (state == INBOX_WHOLE)
		client_handle(client);
}

/* Users' descriptors are not received: a connection that has some is closed. */
static ssize_t client_receive(struct client *client, void *data, size_t size)
{
	ssize_t r = client_is_root(client) || !closings_has_pool(client->clients->closings) ?
			    (ssize_t)size :
			    socket_peek(client->fd, data, size);

	return r > 0 ? recv(client->fd, data, r, MSG_DONTWAIT) : r;
}

static void client_read(struct client *client)
{
	void *data;
	size_t space = inbox_space(&client->in, &data);
	ssize_t r;

	if (space == 0) /* a whole request waits for its turn */
		return;
	r = client_receive(client, data, space);
	if (r < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (r <= 0 || !inbox_add(&client->in, r))
		client_give_up(client);
	else
		client_proceed(client);
}

/* Call after all work for a client is done, with the time when it began. */
static void client_settle(struct client *client, uint64_t begin_usec)
{
	struct clients *clients = client->clients;

	account_spend(client->account, timers_now_usec() - begin_usec);
	if (client->state == CLIENT_GONE)
		client_free(client);
	else
		client_watch(client);
	clients_arm(clients);
}

/* It has something to do, and its user may: a request that was read, or one that was not. */
void clients_attend(struct cds_list_head *in_ready, uint64_t begin_usec)
{
	struct client *client = caa_container_of(in_ready, struct client, in_ready);

	if (client->state == CLIENT_READING && !inbox_is_whole(&client->in))
		client_read(client);
	else
		client_proceed(client);
	client_settle(client, begin_usec);
}

static int client_on_event(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	struct client *client = userdata;
	uint64_t begin = timers_now_usec();

	(void)source;
	(void)fd;
	if (revents & EPOLLIN && client->state == CLIENT_READING) {
		if (turns_may_ask(client->clients->turns, client->account))
			client_read(client);
		else
			client_get_ready(client);
	} else if (revents & EPOLLOUT && client->state == CLIENT_SENDING) {
		client_send(client);
	} else if (revents & (EPOLLHUP | EPOLLERR)) {
		client_give_up(client);
	}
	client_settle(client, begin);
	return 0;
}

int clients_add(struct clients *clients, int fd, struct account *account)
{
	struct client *client = calloc(1, sizeof(*client));
	int r;

	if (!client)
		return -ENOMEM;
	r = sd_event_add_io(clients->event, &client->source, fd, EPOLLIN, client_on_event, client);
	if (r >= 0)
		r = sd_event_source_set_priority(client->source, turns_priority(account->class));
	if (r < 0) {
		sd_event_source_disable_unref(client->source);
		free(client);
		return r;
	}
	client->clients = clients;
	client->account = account;
	client->fd = fd;
	inbox_init(&client->in);
	client->events = EPOLLIN;
	CDS_INIT_LIST_HEAD(&client->in_deadlines);
	CDS_INIT_LIST_HEAD(&client->in_ready);
	CDS_INIT_LIST_HEAD(&client->in_senders);
	cds_list_add_tail(&client->in_clients, &clients->all);
	clients->count++;
	return 0;
}

size_t clients_count(const struct clients *clients)
{
	return clients->count;
}

static void clients_time_out(struct clients *clients, uint64_t now)
{
	while (!cds_list_empty(&clients->deadlines)) {
		struct client *client =
			cds_list_first_entry(&clients->deadlines, struct client, in_deadlines);

		if (client->since_usec + clients->timeout_usec > now)
			break;
		if (client->state == CLIENT_READING)
			inbox_drop_half(&client->in);
		client_answer(client, TIMEOUT_REPLY, strlen(TIMEOUT_REPLY));
		client_watch(client);
	}
	while (!cds_list_empty(&clients->senders)) {
		struct client *client =
			cds_list_first_entry(&clients->senders, struct client, in_senders);

		if (client->sending_since_usec + READ_USEC > now)
			break;
		cds_list_del_init(&client->in_senders);
		client_give_up(client);
	}
}

static int clients_on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct clients *clients = userdata;

	(void)source;
	(void)usec;
	clients->armed_usec = 0;
	clients_time_out(clients, clients_now(clients));
	clients_arm(clients);
	return 0;
}

static int clients_on_gone(sd_event_source *source, void *userdata)
{
	struct clients *clients = userdata;
	struct client *client, *next;

	(void)source;
	cds_list_for_each_entry_safe(client, next, &clients->gone, in_ready)
		client_free(client);
	clients_arm(clients);
	return 0;
}

int clients_new(sd_event *event, struct turns *turns, struct closings *closings,
		const struct clients_hooks *hooks, struct clients **ret)
{
	struct clients *clients = calloc(1, sizeof(*clients));
	int r;

	if (!clients)
		return -ENOMEM;
	clients->event = event;
	clients->turns = turns;
	clients->closings = closings;
	clients->hooks = *hooks;
	CDS_INIT_LIST_HEAD(&clients->all);
	CDS_INIT_LIST_HEAD(&clients->deadlines);
	CDS_INIT_LIST_HEAD(&clients->senders);
	CDS_INIT_LIST_HEAD(&clients->gone);
	r = mp_hash_init(&clients->by_request);
	if (r == 0)
		r = timers_add(event, &clients->timer, ACCURACY_USEC, clients_on_timer, clients);
	if (r >= 0)
		r = timers_add_defer(event, &clients->on_gone, SD_EVENT_PRIORITY_NORMAL,
				     clients_on_gone, clients);
	if (r < 0) {
		clients_free(clients);
		return r;
	}
	*ret = clients;
	return 0;
}

struct clients *clients_free(struct clients *clients)
{
	struct client *client, *next;

	if (!clients)
		return NULL;
	cds_list_for_each_entry_safe(client, next, &clients->all, in_clients)
		client_free(client);
	sd_event_source_disable_unref(clients->timer);
	sd_event_source_disable_unref(clients->on_gone);
	mp_hash_fini(&clients->by_request);
	free(clients);
	return NULL;
}

void clients_set_timeout(struct clients *clients, unsigned timeout_msec)
{
	clients->timeout_usec = (uint64_t)timeout_msec * 1000;
}

void clients_set_long_word(struct clients *clients, const char *word)
{
	clients->long_word = word;
}

static bool client_match(const struct mp_hash_node *node, const void *key)
{
	return caa_container_of(node, struct client, by_request)->request_id ==
	       *(const uint64_t *)key;
}

static struct mp_hash_node *clients_find(const struct clients *clients, uint64_t id)
{
	return mp_hash_find(&clients->by_request, mp_hash_number(id), client_match, &id);
}

bool clients_await(const struct clients *clients, uint64_t id)
{
	return clients_find(clients, id);
}

void clients_reply(struct clients *clients, uint64_t id, const char *text, size_t length)
{
	struct mp_hash_node *node = clients_find(clients, id);
	struct client *client;

	if (!node)
		return;
	client = caa_container_of(node, struct client, by_request);
	client_answer(client, text, length);
	client_watch(client);
	clients_arm(clients);
}

/* Of clients whose answer has not been sent; there is room for all. */
static nfds_t clients_list_senders(struct clients *clients, struct client **senders,
				   struct pollfd *fds)
{
	struct client *client;
	nfds_t count = 0;

	cds_list_for_each_entry(client, &clients->all, in_clients) {
		if (client->state != CLIENT_SENDING)
			continue;
		senders[count] = client;
		fds[count++] = (struct pollfd){ .fd = client->fd, .events = POLLOUT };
	}
	return count;
}

void clients_flush(struct clients *clients, unsigned timeout_msec)
{
	_cleanup_free_ struct pollfd *fds = calloc(clients->count + 1, sizeof(*fds));
	_cleanup_free_ struct client **senders =
		calloc(clients->count + 1, sizeof(struct client *));
	uint64_t now_msec = timers_now_usec() / 1000, end_msec = now_msec + timeout_msec;
	nfds_t count;

	while (fds && senders) {
		count = clients_list_senders(clients, senders, fds);
		if (count == 0 || now_msec >= end_msec ||
		    poll(fds, count, end_msec - now_msec) <= 0)
			return;
		for (nfds_t i = 0; i < count; i++)
			if (fds[i].revents)
				client_send(senders[i]);
		now_msec = timers_now_usec() / 1000;
	}
}
