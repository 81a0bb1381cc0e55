/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/loop/server.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <systemd/sd-daemon.h>
#include <urcu/list.h>

#include "base/cleanup.h"
#include "base/hash.h"
#include "base/log.h"
#include "multipathd/loop/accounts.h"
#include "multipathd/loop/holder.h"
#include "multipathd/loop/pool.h"

#define ABSTRACT_NAME "@/org/kernel/linux/storage/multipathd"
#define FILE_NAME RUNTIME_DIR "/multipathd.socket"
#define ROOT_NAME RUNTIME_DIR "/multipathd.root.socket"
#define TIMEOUT_REPLY "fail\ntimeout\n"

enum {
	LISTENERS_MAX = 3,
	INHERITED_MAX = 2,
	CLIENTS_MAX = 16380,
	REQUEST_MAX = 512,
	CLAIM_MAX = 64 << 10, /* it has all that udev knows of a device */
	TIMEOUT_MSEC = 4000,
	RETRY_USEC = 1000000,
	READ_USEC = 10000000, /* a user, other than root, has so long to read an answer */
	SEND_BUFFER = 32 << 10, /* of a user's connection; the kernel doubles it */
	WARN_USEC = 60000000,
	REBIND_USEC = 10000000, /* to a name that somebody else had */
	HOLDER_MSEC = 200, /* to find out who: somebody waits for the daemon to start */

	/*
	 * The longest turn: users have a share of each, so of the CPU. Root's ends when the loop
	 * has nothing else to do.
	 */
	TURN_USEC = 20000,
	/* on requests that wait for their turn, before other sources are looked at */
	SLICE_USEC = 1000,
	ACCEPTS = 64, /* at once */
	/*
	 * in a turn: whoever connects all the time has a share of the CPU, too, and not more of it
	 * than:
	 */
	ACCEPTS_TURN = 256,
	ACCEPTS_USEC = 2000, /* reading and closing take twice that */
	/* that wait for a worker; until some have had one, nobody is accepted */
	CLOSINGS_MAX = 256,

	/* sd-event's: lower is earlier, 0 is the loop's other work. */
	PRIORITY_ROOT = SD_EVENT_PRIORITY_NORMAL,
	PRIORITY_USERS = SD_EVENT_PRIORITY_NORMAL + 50,
	PRIORITY_TURN = SD_EVENT_PRIORITY_IDLE + 1, /* after all else, reconciliation too */
};

/* Linux 6.16; not in all headers yet. */
#ifndef SO_PASSRIGHTS
#define SO_PASSRIGHTS 83
#endif

/* Both directions: the length in the machine's own size and order, then as many bytes. */
typedef size_t frame_length;

enum client_state {
	CLIENT_READING,
	CLIENT_WAITING, /* for the answer */
	CLIENT_SENDING,
	CLIENT_GONE, /* to be freed, where nobody holds it */
	CLIENT_STATES,
};

struct client {
	struct server *server;
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

	size_t skip; /* bytes of a request that was given up before it was whole */
	size_t received;
	char *in; /* usual_in, or malloc'ed for one long request */
	size_t in_size;
	char usual_in[sizeof(frame_length) + REQUEST_MAX];

	char *out; /* what the socket did not take at once */
	size_t out_length, out_sent;
};

/* Root's clients, or all others', that have something to do; by account, which take turns. */
struct queue {
	struct server *server;
	struct cds_list_head accounts;
	struct cds_list_head held; /* accounts that have had their time, or have too much waiting */
	sd_event_source *source;
	uint64_t turn_end_usec; /* 0: nobody waits for it */
	uint64_t ended_usec; /* the last one */
};

struct server {
	const char *long_word; /* of requests that may be long; NULL: none may */
	sd_event *event;
	struct pool *pool; /* NULL: none */
	uint64_t lane;
	bool ending;
	server_request_fn handle;
	void *userdata;
	uint64_t timeout_usec;
	uint64_t last_id;

	int listener_fds[LISTENERS_MAX];
	sd_event_source *listeners[LISTENERS_MAX];
	sd_event_source *roots_listener; /* one of them; NULL: there is none */
	size_t listener_count;
	bool inherited; /* systemd listens on, too */
	bool serving;
	/* accepting pauses: until then, or until a client leaves; 0: it does not */
	uint64_t retry_usec;
	uint64_t accepts_since_usec;
	unsigned accepts; /* of users, since then: a turn at most */
	uint64_t accepts_usec;
	uint64_t rebind_usec; /* 0: the abstract name is ours, or not wanted */
	uint64_t warned_usec;

	struct cds_list_head clients;
	size_t client_count;
	struct accounts accounts;
	struct queue queues[ACCOUNT_CLASSES];
	sd_event_source *on_idle; /* ends root's turn */
	struct mp_hash by_request;
	struct cds_list_head deadlines; /* clients by since_usec */
	struct cds_list_head senders; /* clients by sending_since_usec */
	sd_event_source *timer;
	struct cds_list_head gone;
	sd_event_source *on_gone;
	struct cds_list_head closings;
	size_t closing_count;
};

static uint64_t server_now(struct server *server)
{
	uint64_t now = 0;

	sd_event_now(server->event, CLOCK_MONOTONIC, &now);
	return now;
}

/* Time goes on during a turn of the loop. */
static uint64_t clock_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
	return a == 0 || (b != 0 && b < a) ? b : a;
}

/*
 * One timer: for the request that waits longest, the answer that is not read, a pause of accepting,
 * and the turn's end.
 */
static void server_arm(struct server *server)
{
	uint64_t next = earlier(server->retry_usec, server->rebind_usec);

	for (int i = 0; i < ACCOUNT_CLASSES; i++)
		next = earlier(next, server->queues[i].turn_end_usec);
	if (!cds_list_empty(&server->deadlines))
		next = earlier(next,
			       cds_list_first_entry(&server->deadlines, struct client, in_deadlines)
					       ->since_usec +
				       server->timeout_usec);
	if (!cds_list_empty(&server->senders))
		next = earlier(next,
			       cds_list_first_entry(&server->senders, struct client, in_senders)
					       ->sending_since_usec +
				       READ_USEC);
	if (next)
		sd_event_source_set_time(server->timer, next);
	sd_event_source_set_enabled(server->timer, next ? SD_EVENT_ONESHOT : SD_EVENT_OFF);
}

static void server_update_listeners(struct server *server)
{
	bool accepting = server->serving && !server->retry_usec;
	bool users_may = server->accepts < ACCEPTS_TURN && server->accepts_usec < ACCEPTS_USEC &&
			 server->closing_count < CLOSINGS_MAX;

	for (size_t i = 0; i < server->listener_count; i++) {
		bool on = accepting &&
			  (users_may || server->listeners[i] == server->roots_listener);

		sd_event_source_set_enabled(server->listeners[i], on ? SD_EVENT_ON : SD_EVENT_OFF);
	}
}

static void server_pause(struct server *server)
{
	server->retry_usec = server_now(server) + RETRY_USEC;
	server_update_listeners(server);
	server_arm(server);
}

static void server_resume(struct server *server)
{
	server->retry_usec = 0;
	server_update_listeners(server);
}

/* ---- turns ---- */

/* They are looked at again: they may have time, or room, now. */
static void queue_let_go(struct queue *queue)
{
	if (cds_list_empty(&queue->held))
		return;
	cds_list_splice(&queue->held, &queue->accounts);
	CDS_INIT_LIST_HEAD(&queue->held);
	sd_event_source_set_enabled(queue->source, SD_EVENT_ONESHOT);
}

static void queue_end_turn(struct server *server, enum account_class class)
{
	struct queue *queue = &server->queues[class];
	uint64_t now = clock_now(), turns = (now - queue->ended_usec) / TURN_USEC;

	queue->turn_end_usec = 0;
	queue->ended_usec = now;
	accounts_next_turn(&server->accounts, class,
			   turns < 1	      ? 1 :
			   turns < UINT16_MAX ? turns :
						UINT16_MAX);
	queue_let_go(queue);
	if (class == ACCOUNT_USERS && server->accepts) {
		server->accepts = 0;
		server->accepts_usec = 0;
		server_update_listeners(server);
	}
}

/* Somebody has had all of a turn's time. */
static void queue_await_turn(struct server *server, enum account_class class)
{
	struct queue *queue = &server->queues[class];

	if (queue->turn_end_usec == 0)
		queue->turn_end_usec = clock_now() + TURN_USEC;
	if (class == ACCOUNT_ROOT)
		sd_event_source_set_enabled(server->on_idle, SD_EVENT_ONESHOT);
}

static int server_on_idle(sd_event_source *source, void *userdata)
{
	struct server *server = userdata;

	(void)source;
	queue_end_turn(server, ACCOUNT_ROOT);
	server_arm(server);
	return 0;
}

static void account_get_ready(struct account *account, struct server *server)
{
	struct queue *queue = &server->queues[account->class];

	if (!cds_list_empty(&account->in_ready))
		return;
	cds_list_add_tail(&account->in_ready, &queue->accounts);
	sd_event_source_set_enabled(queue->source, SD_EVENT_ONESHOT);
}

/* May its user ask now? If not, it is looked at again when that changes. */
static bool account_may_ask(struct account *account, struct server *server)
{
	if (account_is_spent(account)) {
		queue_await_turn(server, account->class);
		return false;
	}
	return !account_is_full(account);
}

/* ---- closing ---- */

/*
 * Descriptors that a user sends along are closed when the kernel finds nobody who wants them, by
 * the thread that reads or closes the socket; and that may take as long as the user likes
 * (SO_LINGER of a TCP socket). So what may hold some is closed by a worker, or rather for it: a
 * thread that ends waits for no socket, and what closes at its end is all that its table of
 * descriptors alone has. Hence such work does not hang, and what waits for it can be limited.
 */
struct closing {
	struct work work;
	int fd;
	struct server *server; /* NULL: it is gone */
	/* the connection still counts; NULL: it never did, or the server is gone */
	struct account *account;
	struct cds_list_head in_closings;
};

static void *leaver_main(void *userdata)
{
	pthread_barrier_t *meeting = userdata;

	/* if the kernel does not let it, the worker is the last to have it, and may wait */
	unshare(CLONE_FILES);
	pthread_barrier_wait(meeting); /* both have it */
	pthread_barrier_wait(meeting); /* this thread alone has */
	return NULL;
}

static void closing_run(struct work *work)
{
	int fd = caa_container_of(work, struct closing, work)->fd;
	pthread_barrier_t meeting;
	pthread_t leaver;

	pthread_barrier_init(&meeting, NULL, 2);
	if (pthread_create(&leaver, NULL, leaver_main, &meeting) == 0) {
		pthread_barrier_wait(&meeting);
		close(fd);
		pthread_barrier_wait(&meeting);
		pthread_join(leaver, NULL); /* which the kernel says before it closes anything */
	} else {
		close(fd);
	}
	pthread_barrier_destroy(&meeting);
}

static void closing_done(struct work *work)
{
	struct closing *closing = caa_container_of(work, struct closing, work);
	struct server *server = closing->server;

	if (closing->account)
		account_close(closing->account);
	cds_list_del(&closing->in_closings);
	free(closing);
	if (server && server->closing_count-- == CLOSINGS_MAX)
		server_update_listeners(server);
}

/*
 * Return: bytes that may be read, 0 at the end, -1 and errno: EBADMSG if descriptors come along
 * with them.
 */
static ssize_t socket_look(int fd, void *data, size_t size)
{
	struct iovec part = { .iov_base = data, .iov_len = size };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
	ssize_t r = recvmsg(fd, &message, MSG_DONTWAIT | MSG_PEEK);

	if (r >= 0 && message.msg_flags & MSG_CTRUNC) {
		errno = EBADMSG;
		return -1;
	}
	return r;
}

/*
 * Nothing arrives after that; and nothing came along with what is unread, if that is nothing or can
 * be looked at.
 */
static bool socket_closes_at_once(int fd)
{
	char bytes[1024];
	int unread = 0;

	if (shutdown(fd, SHUT_RDWR) < 0 || ioctl(fd, FIONREAD, &unread) < 0)
		return false;
	return unread == 0 ||
	       ((size_t)unread <= sizeof(bytes) && socket_look(fd, bytes, sizeof(bytes)) == unread);
}

/*
 * Takes the descriptor and, if not NULL, the account. One that waits for a worker when the process
 * ends goes with it.
 */
static void server_close(struct server *server, int fd, struct account *account, bool is_root)
{
	struct closing *closing = NULL;

	if (!is_root && (server->pool || server->ending) && !socket_closes_at_once(fd)) {
		if (server->ending)
			return; /* the end of a process waits for nothing */
		closing = calloc(1, sizeof(*closing));
	}
	if (closing) {
		closing->work.run = closing_run;
		closing->work.done = closing_done;
		closing->work.lane = server->lane;
		closing->fd = fd;
		closing->account = account;
		closing->server = server;
		cds_list_add(&closing->in_closings, &server->closings);
		if (++server->closing_count == CLOSINGS_MAX)
			server_update_listeners(server);
		pool_submit(server->pool, &closing->work);
		return;
	}
	close(fd);
	if (account)
		account_close(account);
}

/* ---- one client ---- */

/* What the loop shall tell of it; a hang-up it always tells. */
static void client_watch(struct client *client)
{
	static const uint32_t of_states[CLIENT_STATES] = {
		[CLIENT_READING] = EPOLLIN, [CLIENT_SENDING] = EPOLLOUT
	};
	/* What is known to have something to do need not be told so. */
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
	account_get_ready(client->account, client->server);
}

static void client_start_clock(struct client *client)
{
	if (!cds_list_empty(&client->in_deadlines))
		return;
	client->since_usec = server_now(client->server);
	cds_list_add_tail(&client->in_deadlines, &client->server->deadlines);
}

static void client_forget_request(struct client *client)
{
	cds_list_del_init(&client->in_deadlines);
	if (client->state != CLIENT_WAITING)
		return;
	mp_hash_remove(&client->server->by_request, &client->by_request);
	account_end(client->account);
	queue_let_go(&client->server->queues[client->account->class]);
}

/* The answer was sent, or nobody will read it. */
static void client_forget_answer(struct client *client)
{
	cds_list_del_init(&client->in_senders);
	if (!client->out)
		return;
	account_release(client->account, client->out_length);
	queue_let_go(&client->server->queues[client->account->class]);
	free(client->out);
	client->out = NULL;
}

static void client_usual_buffer(struct client *client)
{
	if (client->in != client->usual_in)
		free(client->in);
	client->in = client->usual_in;
	client->in_size = sizeof(client->usual_in);
}

static bool client_is_root(const struct client *client)
{
	return client->account->class == ACCOUNT_ROOT;
}

static void client_free(struct client *client)
{
	struct server *server = client->server;

	client_forget_request(client);
	client_forget_answer(client);
	client_usual_buffer(client);
	cds_list_del(&client->in_clients);
	cds_list_del(&client->in_ready);
	if (cds_list_empty(&client->account->ready))
		cds_list_del_init(&client->account->in_ready);
	server->client_count--;
	sd_event_source_disable_unref(client->source);
	server_close(server, client->fd, client->account, client_is_root(client));
	free(client);
	if (server->retry_usec)
		server_resume(server);
}

static void client_give_up(struct client *client)
{
	client_forget_request(client);
	client->state = CLIENT_GONE;
	cds_list_del(&client->in_ready);
	if (cds_list_empty(&client->account->ready))
		cds_list_del_init(&client->account->in_ready);
	cds_list_add_tail(&client->in_ready, &client->server->gone);
	sd_event_source_set_enabled(client->server->on_gone, SD_EVENT_ONESHOT);
}

static bool client_has_length(const struct client *client, frame_length *ret)
{
	if (client->received < sizeof(*ret))
		return false;
	memcpy(ret, client->in, sizeof(*ret));
	return true;
}

static void client_sent(struct client *client)
{
	client_forget_answer(client);
	client->state = CLIENT_READING;
	/* Whoever answers does not expect the next request meanwhile. */
	if (client->received > 0)
		client_get_ready(client);
}

static void client_answer(struct client *client, const char *text, size_t length)
{
	frame_length frame = length + 1;
	struct iovec parts[] = {
		{ .iov_base = &frame, .iov_len = sizeof(frame) },
		{ .iov_base = (char *)text, .iov_len = length },
		{ .iov_base = (char *)"", .iov_len = 1 },
	};
	struct msghdr message = { .msg_iov = parts, .msg_iovlen = ARRAY_SIZE(parts) };
	size_t total = sizeof(frame) + frame, sent;
	char *rest;
	ssize_t r;

	client_forget_request(client);
	client->state = CLIENT_SENDING;
	r = sendmsg(client->fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
	if (r < 0 && errno != EAGAIN && errno != EINTR) {
		client_give_up(client);
		return;
	}
	sent = r < 0 ? 0 : r;
	if (sent == total) {
		client_sent(client);
		return;
	}

	client->out_length = total - sent;
	client->out_sent = 0;
	client->out = account_has_room(client->account) ? malloc(client->out_length) : NULL;
	if (!client->out) {
		client_give_up(client);
		return;
	}
	account_keep(client->account, client->out_length);
	if (!client_is_root(client)) {
		client->sending_since_usec = server_now(client->server);
		cds_list_add_tail(&client->in_senders, &client->server->senders);
	}
	rest = client->out;
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		size_t skip = sent < parts[i].iov_len ? sent : parts[i].iov_len;

		rest = mempcpy(rest, (char *)parts[i].iov_base + skip, parts[i].iov_len - skip);
		sent -= skip;
	}
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

static void client_handle(struct client *client, const char *text)
{
	struct server *server = client->server;
	struct request request = { .id = ++server->last_id,
				   .is_root = client_is_root(client),
				   .text = text };

	client->state = CLIENT_WAITING;
	account_begin(client->account);
	client->request_id = request.id;
	mp_hash_add(&server->by_request, &client->by_request, mp_hash_number(request.id));
	server->handle(server->userdata, &request);
}

static void client_handle_usual(struct client *client, size_t length)
{
	size_t whole = sizeof(frame_length) + length;
	char text[REQUEST_MAX + 1];

	memcpy(text, client->in + sizeof(frame_length), length);
	text[length] = '\0';
	client->received -= whole;
	memmove(client->in, client->in + whole, client->received);
	client_handle(client, text);
}

static void client_handle_long(struct client *client, size_t length)
{
	_cleanup_free_ char *in = client->in;

	in[sizeof(frame_length) + length] = '\0';
	client->in = client->usual_in;
	client_usual_buffer(client);
	client->received = 0;
	client_handle(client, in + sizeof(frame_length));
}

/*
 * Only root's requests of one kind may be long, and only in one piece up to the word that tells
 * them. Return: is there room for it now?
 */
static bool client_expect_long(struct client *client, size_t length)
{
	const char *word = client->server->long_word;
	const size_t known = sizeof(frame_length) + (word ? strlen(word) : 0);
	size_t whole = sizeof(frame_length) + length;
	char *in;

	if (length > CLAIM_MAX)
		return false;
	if (client->in_size >= whole)
		return true;
	if (!word || !client_is_root(client) || client->received < known ||
	    memcmp(client->in + sizeof(frame_length), word, strlen(word)))
		return false;
	in = malloc(whole + 1);
	if (!in)
		return false;
	memcpy(in, client->in, client->received);
	client->in = in;
	client->in_size = whole;
	return true;
}

/*
 * The next request, if all of it was read; its user may ask now. What follows it waits for its
 * turn.
 */
static void client_proceed(struct client *client)
{
	frame_length length;

	if (client->state != CLIENT_READING || !client_has_length(client, &length))
		return;
	if (length == 0 || (length > REQUEST_MAX && !client_expect_long(client, length))) {
		client_give_up(client);
		return;
	}
	client_start_clock(client);
	if (client->received < sizeof(length) + length)
		return;
	if (length > REQUEST_MAX)
		client_handle_long(client, length);
	else
		client_handle_usual(client, length);
}

static ssize_t client_receive(struct client *client, void *data, size_t size)
{
	ssize_t r = client_is_root(client) || !client->server->pool ?
			    (ssize_t)size :
			    socket_look(client->fd, data, size);

	return r > 0 ? recv(client->fd, data, r, MSG_DONTWAIT) : r;
}

static void client_read(struct client *client)
{
	bool is_first = client->received == 0;
	size_t space = client->in_size - client->received, skip;
	ssize_t r;

	if (space == 0) /* a whole request waits for its turn */
		return;
	r = client_receive(client, client->in + client->received, space);
	if (r < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (r <= 0) {
		client_give_up(client);
		return;
	}
	skip = (size_t)r < client->skip ? (size_t)r : client->skip;
	if (skip > 0) {
		/* Only ever with an empty buffer. */
		client->skip -= skip;
		r -= skip;
		memmove(client->in, client->in + skip, r);
		is_first = is_first && r > 0;
	}
	client->received += r;
	/* A length in pieces is no length: nobody who speaks this protocol sends one. */
	if (is_first && client->received < sizeof(frame_length))
		client_give_up(client);
	else
		client_proceed(client);
}

static bool client_has_request(const struct client *client)
{
	frame_length length;

	return client_has_length(client, &length) && length <= CLAIM_MAX &&
	       client->received >= sizeof(length) + length;
}

/* It has something to do, and its user may: a request that was read, or one that was not. */
static void client_attend(struct client *client)
{
	if (client->state == CLIENT_READING && !client_has_request(client))
		client_read(client);
	else
		client_proceed(client);
}

/* After all that was done for it, since then. */
static void client_settle(struct client *client, uint64_t begin_usec)
{
	account_spend(client->account, clock_now() - begin_usec);
	if (client->state == CLIENT_GONE)
		client_free(client);
	else
		client_watch(client);
}

static int queue_on_ready(sd_event_source *source, void *userdata)
{
	struct queue *queue = userdata;
	struct server *server = queue->server;
	uint64_t begin = clock_now(), now = begin;

	(void)source;
	while (!cds_list_empty(&queue->accounts) && now - begin < SLICE_USEC) {
		struct account *account =
			cds_list_first_entry(&queue->accounts, struct account, in_ready);
		struct client *client =
			cds_list_first_entry(&account->ready, struct client, in_ready);

		cds_list_del(&account->in_ready);
		if (!account_may_ask(account, server)) {
			cds_list_add_tail(&account->in_ready, &queue->held);
			continue;
		}
		cds_list_add_tail(&account->in_ready, &queue->accounts);
		cds_list_del_init(&client->in_ready);
		if (cds_list_empty(&account->ready))
			cds_list_del_init(&account->in_ready);
		client_attend(client);
		client_settle(client, now);
		now = clock_now();
	}
	if (!cds_list_empty(&queue->accounts))
		sd_event_source_set_enabled(queue->source, SD_EVENT_ONESHOT);
	server_arm(server);
	return 0;
}

static int client_on_event(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	struct client *client = userdata;
	struct server *server = client->server;
	uint64_t begin = clock_now();

	(void)source;
	(void)fd;
	if (revents & EPOLLIN && client->state == CLIENT_READING) {
		if (account_may_ask(client->account, server))
			client_read(client);
		else
			client_get_ready(client);
	} else if (revents & EPOLLOUT && client->state == CLIENT_SENDING) {
		client_send(client);
	} else if (revents & (EPOLLHUP | EPOLLERR)) {
		client_give_up(client);
	}
	client_settle(client, begin);
	server_arm(server);
	return 0;
}

/* Takes the account if it succeeds. */
static int client_new(struct server *server, int fd, struct account *account)
{
	static const int priorities[] = {
		[ACCOUNT_ROOT] = PRIORITY_ROOT, [ACCOUNT_USERS] = PRIORITY_USERS
	};
	struct client *client = calloc(1, sizeof(*client));
	int r;

	if (!client)
		return -ENOMEM;
	r = sd_event_add_io(server->event, &client->source, fd, EPOLLIN, client_on_event, client);
	if (r >= 0)
		r = sd_event_source_set_priority(client->source, priorities[account->class]);
	if (r < 0) {
		sd_event_source_disable_unref(client->source);
		free(client);
		return r;
	}
	client->server = server;
	client->account = account;
	client->fd = fd;
	client_usual_buffer(client);
	client->events = EPOLLIN;
	CDS_INIT_LIST_HEAD(&client->in_deadlines);
	CDS_INIT_LIST_HEAD(&client->in_ready);
	CDS_INIT_LIST_HEAD(&client->in_senders);
	cds_list_add_tail(&client->in_clients, &server->clients);
	server->client_count++;
	return 0;
}

/* ---- the server ---- */

static void server_refuse(struct server *server, int fd, uid_t uid)
{
	uint64_t now = server_now(server);

	if (server->warned_usec == 0 || now - server->warned_usec > WARN_USEC) {
		server->warned_usec = now;
		log_warning("too many connections of uid %u: closing new ones", (unsigned)uid);
	}
	server_close(server, fd, NULL, uid == 0);
}

static void server_welcome(struct server *server, int fd)
{
	struct ucred peer = { .uid = (uid_t)-1 };
	socklen_t length = sizeof(peer);
	int buffer = SEND_BUFFER, on = 1;
	struct account *account;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) < 0)
		peer.uid = -1;
	server->accepts += peer.uid != 0;
	if (account_open(&server->accounts, peer.uid, &account) < 0) {
		server_refuse(server, fd, peer.uid);
		return;
	}
	if (peer.uid != 0) {
		setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof(buffer));
		/*
		 * An urgent byte is a byte like any other: looking does not pass one that is not.
		 */
		setsockopt(fd, SOL_SOCKET, SO_OOBINLINE, &on, sizeof(on));
	}
	if (client_new(server, fd, account) < 0)
		server_close(server, fd, account, peer.uid == 0);
}

/* Return: is there, or may there be, nobody else? */
static bool server_accept(struct server *server, int fd)
{
	int client_fd = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (client_fd >= 0) {
		server_welcome(server, client_fd);
		if (server->client_count < CLIENTS_MAX)
			return false;
		server_pause(server);
	} else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
		/* Out of descriptors or memory: asking again at once would spin. */
		server_pause(server);
	}
	return true;
}

static int server_on_root_connect(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	(void)source;
	(void)revents;
	for (int i = 0; i < ACCEPTS; i++)
		if (server_accept(userdata, fd))
			break;
	return 0;
}

static int server_on_connect(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	struct server *server = userdata;
	uint64_t begin = clock_now(), now = begin;

	(void)source;
	(void)revents;
	if (begin - server->accepts_since_usec > TURN_USEC) {
		server->accepts_since_usec = begin;
		server->accepts = 0;
		server->accepts_usec = 0;
	}
	for (int i = 0;
	     i < ACCEPTS && now - begin < SLICE_USEC && server->closing_count < CLOSINGS_MAX; i++) {
		unsigned before = server->accepts;
		uint64_t since = now;
		bool last = server_accept(server, fd);

		now = clock_now();
		if (server->accepts > before)
			server->accepts_usec += now - since;
		if (last)
			break;
	}
	if (server->accepts >= ACCEPTS_TURN || server->accepts_usec >= ACCEPTS_USEC) {
		server_update_listeners(server);
		queue_await_turn(server, ACCOUNT_USERS);
		server_arm(server);
	}
	return 0;
}

static int listener_bind(int fd, const char *name, mode_t mode)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	size_t length = strlen(name);
	bool is_abstract = name[0] == '@';
	struct stat node;

	if (length == 0 || length >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	memcpy(address.sun_path, name, length);
	if (is_abstract)
		address.sun_path[0] = '\0';
	else if (lstat(name, &node) == 0 && S_ISSOCK(node.st_mode))
		unlink(name);
	if (bind(fd, (struct sockaddr *)&address, offsetof(struct sockaddr_un, sun_path) + length) <
	    0)
		return -errno;
	if (!is_abstract && chmod(name, mode) < 0)
		return -errno;
	return listen(fd, SOMAXCONN) < 0 ? -errno : 0;
}

static int server_adopt(struct server *server, int fd, sd_event_io_handler_t on_connect)
{
	size_t i = server->listener_count;
	int off = 0, r;

	/* Its clients inherit it. Kernels that do not know it do without. */
	setsockopt(fd, SOL_SOCKET, SO_PASSRIGHTS, &off, sizeof(off));
	r = sd_event_add_io(server->event, &server->listeners[i], fd, EPOLLIN, on_connect, server);
	if (r < 0)
		return r;
	sd_event_source_set_enabled(server->listeners[i], SD_EVENT_OFF);
	sd_event_source_set_exit_on_failure(server->listeners[i], true);
	server->listener_fds[i] = fd;
	server->listener_count++;
	return 0;
}

static int server_listen_as(struct server *server, const char *name, mode_t mode,
			    sd_event_io_handler_t on_connect)
{
	_cleanup_close_ int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int r;

	if (fd < 0)
		return -errno;
	r = listener_bind(fd, name, mode);
	if (r == 0)
		r = server_adopt(server, fd, on_connect);
	if (r == 0)
		TAKE_FD(fd);
	return r;
}

static int server_listen(struct server *server, const char *name)
{
	return server_listen_as(server, name, 0666, server_on_connect);
}

/*
 * The kernel lets only root connect to it: whoever wants to keep root waiting cannot stand in line
 * there.
 */
static int server_listen_for_root(struct server *server)
{
	int r = server_listen_as(server, ROOT_NAME, 0600, server_on_root_connect);

	if (r == 0)
		server->roots_listener = server->listeners[server->listener_count - 1];
	return r;
}

/* What is still to come of it is skipped. */
static void client_drop_half_request(struct client *client)
{
	frame_length length;

	if (client->state != CLIENT_READING || !client_has_length(client, &length))
		return;
	client->skip = sizeof(length) + length - client->received;
	client->received = 0;
	client_usual_buffer(client);
}

static void server_time_out(struct server *server, uint64_t now)
{
	while (!cds_list_empty(&server->deadlines)) {
		struct client *client =
			cds_list_first_entry(&server->deadlines, struct client, in_deadlines);

		if (client->since_usec + server->timeout_usec > now)
			break;
		client_drop_half_request(client);
		client_answer(client, TIMEOUT_REPLY, strlen(TIMEOUT_REPLY));
		client_watch(client);
	}
	while (!cds_list_empty(&server->senders)) {
		struct client *client =
			cds_list_first_entry(&server->senders, struct client, in_senders);

		if (client->sending_since_usec + READ_USEC > now)
			break;
		cds_list_del_init(&client->in_senders);
		client_give_up(client);
	}
}

/* Who had the daemon's name may have ended. */
static void server_rebind(struct server *server, uint64_t now)
{
	server->rebind_usec = now + REBIND_USEC;
	if (server_listen(server, ABSTRACT_NAME) < 0)
		return;
	server->rebind_usec = 0;
	server_update_listeners(server);
	log_notice("socket " ABSTRACT_NAME " is free and taken");
}

static int server_on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct server *server = userdata;
	uint64_t now = server_now(server);

	(void)source;
	(void)usec;
	server_time_out(server, now);
	if (server->rebind_usec && server->rebind_usec <= now)
		server_rebind(server, now);
	for (int i = 0; i < ACCOUNT_CLASSES; i++)
		if (server->queues[i].turn_end_usec && server->queues[i].turn_end_usec <= now)
			queue_end_turn(server, i);
	if (server->retry_usec && server->retry_usec <= now) {
		if (server->client_count < CLIENTS_MAX)
			server_resume(server);
		else
			server->retry_usec = now + RETRY_USEC;
	}
	server_arm(server);
	return 0;
}

static int server_on_gone(sd_event_source *source, void *userdata)
{
	struct server *server = userdata;
	struct client *client, *next;

	(void)source;
	cds_list_for_each_entry_safe(client, next, &server->gone, in_ready)
		client_free(client);
	server_arm(server);
	return 0;
}

static int server_inherit(struct server *server, int count)
{
	int r = 0;

	for (int i = 0; i < count && r == 0; i++) {
		int fd = SD_LISTEN_FDS_START + i, flags = fcntl(fd, F_GETFL);

		if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0)
			return -errno;
		r = server_adopt(server, fd, server_on_connect);
	}
	return r;
}

/* Any user may take an abstract name while nobody has it. */
static void describe_failure(const char *name, int error, char *text, size_t size)
{
	struct holder holder;

	if (error == -EADDRINUSE && *name == '@' && holder_find(name, HOLDER_MSEC, &holder) == 0)
		snprintf(text, size, "socket %s is held by process %d (%s) of uid %u", name,
			 (int)holder.pid, holder.command, (unsigned)holder.uid);
	else if (error == -EADDRINUSE && *name == '@')
		snprintf(text, size,
			 "socket %s is held by another process (\"ss -xap\" shows which)", name);
	else
		snprintf(text, size, "socket %s: %s", name, strerror(-error));
}

static int server_open(struct server *server, void (*warning)(const char *text))
{
	static const char *const names[] = { ABSTRACT_NAME, FILE_NAME };
	const char *name = getenv("MULTIPATH_SOCKET_NAME");
	int inherited = sd_listen_fds(0), failure = 0, r;
	char text[256];

	server->inherited = inherited > 0 && inherited <= INHERITED_MAX;
	if (!server->inherited && name && *name)
		return server_listen(server, name);
	r = name && *name ? 0 : server_listen_for_root(server);
	if (r < 0 && warning) {
		describe_failure(ROOT_NAME, r, text, sizeof(text));
		warning(text);
	}
	if (server->inherited)
		return server_inherit(server, inherited);

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		r = server_listen(server, names[i]);
		if (r == 0)
			continue;
		failure = r;
		if (names[i][0] == '@')
			server->rebind_usec = clock_now() + REBIND_USEC;
		describe_failure(names[i], r, text, sizeof(text));
		if (warning)
			warning(text);
	}
	return server->listener_count > (server->roots_listener ? 1 : 0) ? 0 : failure;
}

static int server_add_defer(struct server *server, sd_event_source **ret,
			    sd_event_handler_t handler, void *userdata, int priority)
{
	int r = sd_event_add_defer(server->event, ret, handler, userdata);

	if (r >= 0)
		r = sd_event_source_set_enabled(*ret, SD_EVENT_OFF);
	if (r >= 0)
		r = sd_event_source_set_priority(*ret, priority);
	return r < 0 ? r : sd_event_source_set_exit_on_failure(*ret, true);
}

static int server_add_queue(struct server *server, enum account_class class, int priority)
{
	struct queue *queue = &server->queues[class];

	return server_add_defer(server, &queue->source, queue_on_ready, queue, priority);
}

static int server_add_sources(struct server *server)
{
	int r = sd_event_add_time(server->event, &server->timer, CLOCK_MONOTONIC, 0, TURN_USEC / 4,
				  server_on_timer, server);

	if (r >= 0)
		r = sd_event_source_set_enabled(server->timer, SD_EVENT_OFF);
	if (r >= 0)
		r = sd_event_source_set_exit_on_failure(server->timer, true);
	if (r >= 0)
		r = server_add_queue(server, ACCOUNT_ROOT, PRIORITY_ROOT);
	if (r >= 0)
		r = server_add_queue(server, ACCOUNT_USERS, PRIORITY_USERS);
	if (r >= 0)
		r = server_add_defer(server, &server->on_idle, server_on_idle, server,
				     PRIORITY_TURN);
	if (r >= 0)
		r = server_add_defer(server, &server->on_gone, server_on_gone, server,
				     PRIORITY_ROOT);
	return r;
}

int server_new(sd_event *event, server_request_fn handle, void *userdata,
	       void (*warning)(const char *text), struct server **ret)
{
	struct server *server = calloc(1, sizeof(*server));
	struct rlimit descriptors = { .rlim_cur = 1024 };
	int r;

	if (!server)
		return -ENOMEM;
	server->event = sd_event_ref(event);
	server->handle = handle;
	server->userdata = userdata;
	server_set_timeout(server, TIMEOUT_MSEC);
	CDS_INIT_LIST_HEAD(&server->clients);
	CDS_INIT_LIST_HEAD(&server->deadlines);
	CDS_INIT_LIST_HEAD(&server->senders);
	CDS_INIT_LIST_HEAD(&server->gone);
	CDS_INIT_LIST_HEAD(&server->closings);
	getrlimit(RLIMIT_NOFILE, &descriptors);
	accounts_init(&server->accounts, descriptors.rlim_cur);
	for (int i = 0; i < ACCOUNT_CLASSES; i++) {
		server->queues[i].server = server;
		CDS_INIT_LIST_HEAD(&server->queues[i].accounts);
		CDS_INIT_LIST_HEAD(&server->queues[i].held);
	}

	r = mp_hash_init(&server->by_request);
	if (r == 0)
		r = server_add_sources(server);
	if (r >= 0)
		r = server_open(server, warning);
	if (r < 0) {
		server_free(server);
		return r;
	}
	*ret = server;
	return 0;
}

void server_set_pool(struct server *server, struct pool *pool, uint64_t lane)
{
	server->lane = lane;
	server->pool = pool;
}

/*
 * Whoever waits to be accepted is let go as clients are: what lies in such a socket is closed with
 * the listener.
 */
static void server_close_listener(struct server *server, int fd)
{
	int client_fd;

	if (!server->inherited && shutdown(fd, SHUT_RDWR) == 0)
		while ((client_fd = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK)) >= 0)
			server_close(server, client_fd, NULL, false);
	close(fd);
}

struct server *server_free(struct server *server)
{
	struct client *client, *next;
	struct closing *closing;

	if (!server)
		return NULL;
	server->serving = false;
	server->ending = server->pool;
	cds_list_for_each_entry_safe(client, next, &server->clients, in_clients)
		client_free(client);
	cds_list_for_each_entry(closing, &server->closings, in_closings) {
		if (closing->account)
			account_close(closing->account);
		closing->account = NULL;
		closing->server = NULL;
	}
	/* Work that ends later leaves an empty list. */
	if (!cds_list_empty(&server->closings))
		cds_list_del_init(&server->closings);
	for (size_t i = 0; i < server->listener_count; i++) {
		sd_event_source_disable_unref(server->listeners[i]);
		server_close_listener(server, server->listener_fds[i]);
	}
	sd_event_source_disable_unref(server->timer);
	for (int i = 0; i < ACCOUNT_CLASSES; i++)
		sd_event_source_disable_unref(server->queues[i].source);
	sd_event_source_disable_unref(server->on_idle);
	sd_event_source_disable_unref(server->on_gone);
	sd_event_unref(server->event);
	mp_hash_fini(&server->by_request);
	free(server);
	return NULL;
}

int server_start(struct server *server)
{
	server->serving = true;
	server_update_listeners(server);
	server_arm(server);
	return 0;
}

void server_set_timeout(struct server *server, unsigned timeout_msec)
{
	server->timeout_usec = (uint64_t)timeout_msec * 1000;
}

void server_set_long_word(struct server *server, const char *word)
{
	server->long_word = word;
}

static bool client_match(const struct mp_hash_node *node, const void *key)
{
	return caa_container_of(node, struct client, by_request)->request_id ==
	       *(const uint64_t *)key;
}

bool server_awaits(const struct server *server, uint64_t id)
{
	return mp_hash_find(&server->by_request, mp_hash_number(id), client_match, &id);
}

void server_charge_users(struct server *server, uint64_t usec)
{
	account_spend(&server->accounts.users, usec);
}

void server_reply(struct server *server, uint64_t id, const char *text, size_t length)
{
	struct mp_hash_node *node =
		mp_hash_find(&server->by_request, mp_hash_number(id), client_match, &id);

	struct client *client;

	if (!node)
		return;
	client = caa_container_of(node, struct client, by_request);
	client_answer(client, text, length);
	client_watch(client);
	server_arm(server);
}

void server_flush(struct server *server, unsigned timeout_msec)
{
	_cleanup_free_ struct pollfd *fds = calloc(server->client_count + 1, sizeof(*fds));
	_cleanup_free_ struct client **senders =
		calloc(server->client_count + 1, sizeof(struct client *));
	struct timespec now;
	uint64_t end_msec = 0, now_msec;
	struct client *client;
	nfds_t count;

	while (fds && senders) {
		clock_gettime(CLOCK_MONOTONIC, &now);
		now_msec = (uint64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
		if (end_msec == 0)
			end_msec = now_msec + timeout_msec;
		count = 0;
		cds_list_for_each_entry(client, &server->clients, in_clients) {
			if (client->state != CLIENT_SENDING)
				continue;
			senders[count] = client;
			fds[count++] = (struct pollfd){ .fd = client->fd, .events = POLLOUT };
		}
		if (count == 0 || now_msec >= end_msec ||
		    poll(fds, count, end_msec - now_msec) <= 0)
			return;
		for (nfds_t i = 0; i < count; i++) {
			if (fds[i].revents)
				client_send(senders[i]);
		}
	}
}
