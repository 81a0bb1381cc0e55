/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/server.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <systemd/sd-daemon.h>
#include <urcu/list.h>

#include "base/cleanup.h"
#include "base/hash.h"
#include "kernel/claimant.h"

#define ABSTRACT_NAME "@/org/kernel/linux/storage/multipathd"
#define FILE_NAME RUNTIME_DIR "/multipathd.socket"
#define TIMEOUT_REPLY "fail\ntimeout\n"

enum {
	LISTENERS_MAX = 2,
	CLIENTS_MAX = 16380,
	REQUEST_MAX = 512,
	CLAIM_MAX = 64 << 10, /* it has all that udev knows of a device */
	TIMEOUT_MSEC = 4000,
	RETRY_USEC = 1000000,
};

/* Both directions: the length in the machine's own size and order, then as many bytes. */
typedef size_t frame_length;

enum client_state {
	CLIENT_READING,
	CLIENT_WAITING, /* for the answer */
	CLIENT_SENDING,
	CLIENT_GONE, /* to be freed, where nobody holds it */
};

struct client {
	struct server *server;
	int fd;
	sd_event_source *source;
	uint32_t events;
	bool is_root;
	enum client_state state;
	struct cds_list_head in_clients;
	struct cds_list_head in_ready; /* something to do that is not for its present caller */

	uint64_t request_id; /* of CLIENT_WAITING */
	struct mp_hash_node by_request;
	struct cds_list_head in_deadlines; /* from a request's length to its answer */
	uint64_t since_usec;

	size_t skip; /* bytes of a request that was given up before it was whole */
	size_t received;
	char *in; /* usual_in, or malloc'ed for one long request */
	size_t in_size;
	char usual_in[sizeof(frame_length) + REQUEST_MAX];

	char *out; /* what the socket did not take at once */
	size_t out_length, out_sent;
};

struct server {
	sd_event *event;
	server_request_fn handle;
	void *userdata;
	uint64_t timeout_usec;
	uint64_t last_id;

	int listener_fds[LISTENERS_MAX];
	sd_event_source *listeners[LISTENERS_MAX];
	size_t listener_count;
	uint64_t retry_usec; /* accepting pauses: until then, or until a client leaves; 0: it does not */

	struct cds_list_head clients;
	size_t client_count;
	struct mp_hash by_request;
	struct cds_list_head deadlines; /* clients by since_usec */
	sd_event_source *timer;
	struct cds_list_head ready;
	sd_event_source *on_ready;
};

static uint64_t server_now(struct server *server)
{
	uint64_t now = 0;

	sd_event_now(server->event, CLOCK_MONOTONIC, &now);
	return now;
}

/* One timer: for the request that waits longest, and for a pause of accepting. */
static void server_arm(struct server *server)
{
	uint64_t next = server->retry_usec, deadline;

	if (!cds_list_empty(&server->deadlines)) {
		deadline = cds_list_first_entry(&server->deadlines, struct client, in_deadlines)->since_usec +
			   server->timeout_usec;
		if (next == 0 || deadline < next)
			next = deadline;
	}
	if (next)
		sd_event_source_set_time(server->timer, next);
	sd_event_source_set_enabled(server->timer, next ? SD_EVENT_ONESHOT : SD_EVENT_OFF);
}

static void server_pause(struct server *server)
{
	server->retry_usec = server_now(server) + RETRY_USEC;
	for (size_t i = 0; i < server->listener_count; i++)
		sd_event_source_set_enabled(server->listeners[i], SD_EVENT_OFF);
	server_arm(server);
}

static void server_resume(struct server *server)
{
	server->retry_usec = 0;
	for (size_t i = 0; i < server->listener_count; i++)
		sd_event_source_set_enabled(server->listeners[i], SD_EVENT_ON);
}

/* ---- one client ---- */

/* What the loop shall tell of it; a hang-up it always tells. */
static void client_watch(struct client *client)
{
	static const uint32_t wanted[] = { [CLIENT_READING] = EPOLLIN, [CLIENT_SENDING] = EPOLLOUT,
					   [CLIENT_WAITING] = 0, [CLIENT_GONE] = 0 };

	if (client->state == CLIENT_GONE || client->events == wanted[client->state])
		return;
	client->events = wanted[client->state];
	sd_event_source_set_io_events(client->source, client->events);
}

static void client_get_ready(struct client *client)
{
	if (!cds_list_empty(&client->in_ready))
		return;
	cds_list_add_tail(&client->in_ready, &client->server->ready);
	sd_event_source_set_enabled(client->server->on_ready, SD_EVENT_ONESHOT);
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
	if (client->state == CLIENT_WAITING)
		mp_hash_remove(&client->server->by_request, &client->by_request);
}

static void client_usual_buffer(struct client *client)
{
	if (client->in != client->usual_in)
		free(client->in);
	client->in = client->usual_in;
	client->in_size = sizeof(client->usual_in);
}

static void client_free(struct client *client)
{
	struct server *server = client->server;

	client_forget_request(client);
	client_usual_buffer(client);
	cds_list_del(&client->in_clients);
	cds_list_del(&client->in_ready);
	if (cds_list_empty(&server->ready))
		sd_event_source_set_enabled(server->on_ready, SD_EVENT_OFF);
	server->client_count--;
	sd_event_source_disable_unref(client->source);
	close(client->fd);
	free(client->out);
	free(client);
	if (server->retry_usec)
		server_resume(server);
}

static void client_give_up(struct client *client)
{
	client_forget_request(client);
	client->state = CLIENT_GONE;
	client_get_ready(client);
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
	free(client->out);
	client->out = NULL;
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
	client->out = malloc(client->out_length);
	if (!client->out) {
		client_give_up(client);
		return;
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
	ssize_t r = send(client->fd, client->out + client->out_sent, client->out_length - client->out_sent,
			 MSG_NOSIGNAL | MSG_DONTWAIT);

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
	struct request request = { .id = ++server->last_id, .is_root = client->is_root, .text = text };

	client->state = CLIENT_WAITING;
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

/* Only root's claims may be long, and only in one piece up to the word that tells them. Return: is there room for it now? */
static bool client_expect_long(struct client *client, size_t length)
{
	static const char word[] = MP_CLAIMANT_WORD;
	const size_t known = sizeof(frame_length) + sizeof(word) - 1;
	size_t whole = sizeof(frame_length) + length;
	char *in;

	if (length > CLAIM_MAX)
		return false;
	if (client->in_size >= whole)
		return true;
	if (!client->is_root || client->received < known ||
	    memcmp(client->in + sizeof(frame_length), word, sizeof(word) - 1))
		return false;
	in = malloc(whole + 1);
	if (!in)
		return false;
	memcpy(in, client->in, client->received);
	client->in = in;
	client->in_size = whole;
	return true;
}

/* As many requests as were read and are answered at once. */
static void client_proceed(struct client *client)
{
	frame_length length;

	while (client->state == CLIENT_READING && client_has_length(client, &length)) {
		if (length == 0 || (length > REQUEST_MAX && !client_expect_long(client, length))) {
			client_give_up(client);
			break;
		}
		client_start_clock(client);
		if (client->received < sizeof(length) + length)
			break;
		if (length > REQUEST_MAX)
			client_handle_long(client, length);
		else
			client_handle_usual(client, length);
	}
}

static void client_read(struct client *client)
{
	bool is_first = client->received == 0;
	size_t space = client->in_size - client->received, skip;
	ssize_t r;

	if (space == 0) /* a whole request waits for its turn */
		return;
	r = recv(client->fd, client->in + client->received, space, MSG_DONTWAIT);
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

static int client_on_event(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	struct client *client = userdata;
	struct server *server = client->server;

	(void)source;
	(void)fd;
	if (revents & EPOLLIN && client->state == CLIENT_READING)
		client_read(client);
	else if (revents & EPOLLOUT && client->state == CLIENT_SENDING)
		client_send(client);
	else if (revents & (EPOLLHUP | EPOLLERR))
		client_give_up(client);

	if (client->state == CLIENT_GONE)
		client_free(client);
	else
		client_watch(client);
	server_arm(server);
	return 0;
}

static int client_new(struct server *server, int fd)
{
	struct client *client = calloc(1, sizeof(*client));
	struct ucred peer = { .uid = (uid_t)-1 };
	socklen_t length = sizeof(peer);
	int r;

	if (!client)
		return -ENOMEM;
	r = sd_event_add_io(server->event, &client->source, fd, EPOLLIN, client_on_event, client);
	if (r < 0) {
		free(client);
		return r;
	}
	client->server = server;
	client->fd = fd;
	client_usual_buffer(client);
	client->events = EPOLLIN;
	client->is_root = getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0 && peer.uid == 0;
	CDS_INIT_LIST_HEAD(&client->in_deadlines);
	CDS_INIT_LIST_HEAD(&client->in_ready);
	cds_list_add_tail(&client->in_clients, &server->clients);
	server->client_count++;
	return 0;
}

/* ---- the server ---- */

static int server_on_connect(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	struct server *server = userdata;
	int client_fd;

	(void)source;
	(void)revents;
	client_fd = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (client_fd < 0) {
		/* Out of descriptors or memory: asking again at once would spin. */
		if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
			server_pause(server);
		return 0;
	}
	if (client_new(server, client_fd) < 0)
		close(client_fd);
	else if (server->client_count >= CLIENTS_MAX)
		server_pause(server);
	return 0;
}

static int server_on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct server *server = userdata;
	uint64_t now = server_now(server);

	(void)source;
	(void)usec;
	while (!cds_list_empty(&server->deadlines)) {
		struct client *client = cds_list_first_entry(&server->deadlines, struct client, in_deadlines);
		frame_length length;

		if (client->since_usec + server->timeout_usec > now)
			break;
		if (client->state == CLIENT_READING && client_has_length(client, &length)) {
			client->skip = sizeof(length) + length - client->received;
			client->received = 0;
			client_usual_buffer(client);
		}
		client_answer(client, TIMEOUT_REPLY, strlen(TIMEOUT_REPLY));
		client_watch(client);
	}
	if (server->retry_usec && server->retry_usec <= now) {
		if (server->client_count < CLIENTS_MAX)
			server_resume(server);
		else
			server->retry_usec = now + RETRY_USEC;
	}
	server_arm(server);
	return 0;
}

static int server_on_ready(sd_event_source *source, void *userdata)
{
	struct server *server = userdata;
	struct client *client, *next;

	(void)source;
	cds_list_for_each_entry_safe(client, next, &server->ready, in_ready) {
		cds_list_del_init(&client->in_ready);
		client_proceed(client);
		if (client->state == CLIENT_GONE)
			client_free(client);
		else
			client_watch(client);
	}
	server_arm(server);
	return 0;
}

static int listener_bind(int fd, const char *name)
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
	if (bind(fd, (struct sockaddr *)&address, offsetof(struct sockaddr_un, sun_path) + length) < 0)
		return -errno;
	if (!is_abstract && chmod(name, 0666) < 0)
		return -errno;
	return listen(fd, SOMAXCONN) < 0 ? -errno : 0;
}

static int server_adopt(struct server *server, int fd)
{
	size_t i = server->listener_count;
	int r;

	r = sd_event_add_io(server->event, &server->listeners[i], fd, EPOLLIN, server_on_connect, server);
	if (r < 0)
		return r;
	sd_event_source_set_enabled(server->listeners[i], SD_EVENT_OFF);
	sd_event_source_set_exit_on_failure(server->listeners[i], true);
	server->listener_fds[i] = fd;
	server->listener_count++;
	return 0;
}

static int server_listen(struct server *server, const char *name)
{
	_cleanup_close_ int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int r;

	if (fd < 0)
		return -errno;
	r = listener_bind(fd, name);
	if (r == 0)
		r = server_adopt(server, fd);
	if (r == 0)
		TAKE_FD(fd);
	return r;
}

static int server_inherit(struct server *server, int count)
{
	int r = 0;

	for (int i = 0; i < count && r == 0; i++) {
		int fd = SD_LISTEN_FDS_START + i, flags = fcntl(fd, F_GETFL);

		if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0)
			return -errno;
		r = server_adopt(server, fd);
	}
	return r;
}

static int server_open(struct server *server, void (*warning)(const char *text))
{
	static const char *const names[] = { ABSTRACT_NAME, FILE_NAME };
	const char *name = getenv("MULTIPATH_SOCKET_NAME");
	int inherited = sd_listen_fds(0), failure = 0, r;
	char text[256];

	if (inherited > 0 && inherited <= LISTENERS_MAX)
		return server_inherit(server, inherited);
	if (name && *name)
		return server_listen(server, name);

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		r = server_listen(server, names[i]);
		if (r == 0)
			continue;
		failure = r;
		snprintf(text, sizeof(text), "socket %s: %s", names[i], strerror(-r));
		if (warning)
			warning(text);
	}
	return server->listener_count > 0 ? 0 : failure;
}

int server_new(sd_event *event, server_request_fn handle, void *userdata, void (*warning)(const char *text),
	       struct server **ret)
{
	struct server *server = calloc(1, sizeof(*server));
	int r;

	if (!server)
		return -ENOMEM;
	server->event = sd_event_ref(event);
	server->handle = handle;
	server->userdata = userdata;
	server_set_timeout(server, TIMEOUT_MSEC);
	CDS_INIT_LIST_HEAD(&server->clients);
	CDS_INIT_LIST_HEAD(&server->deadlines);
	CDS_INIT_LIST_HEAD(&server->ready);

	r = mp_hash_init(&server->by_request);
	if (r == 0)
		r = sd_event_add_time(event, &server->timer, CLOCK_MONOTONIC, 0, 10000, server_on_timer, server);
	if (r >= 0)
		r = sd_event_source_set_enabled(server->timer, SD_EVENT_OFF);
	if (r >= 0)
		r = sd_event_source_set_exit_on_failure(server->timer, true);
	if (r >= 0)
		r = sd_event_add_defer(event, &server->on_ready, server_on_ready, server);
	if (r >= 0)
		r = sd_event_source_set_enabled(server->on_ready, SD_EVENT_OFF);
	if (r >= 0)
		r = sd_event_source_set_exit_on_failure(server->on_ready, true);
	if (r >= 0)
		r = server_open(server, warning);
	if (r < 0) {
		server_free(server);
		return r;
	}
	*ret = server;
	return 0;
}

struct server *server_free(struct server *server)
{
	struct client *client, *next;

	if (!server)
		return NULL;
	server->retry_usec = 0;
	cds_list_for_each_entry_safe(client, next, &server->clients, in_clients)
		client_free(client);
	for (size_t i = 0; i < server->listener_count; i++) {
		sd_event_source_disable_unref(server->listeners[i]);
		close(server->listener_fds[i]);
	}
	sd_event_source_disable_unref(server->timer);
	sd_event_source_disable_unref(server->on_ready);
	sd_event_unref(server->event);
	mp_hash_fini(&server->by_request);
	free(server);
	return NULL;
}

int server_start(struct server *server)
{
	int r = 0;

	for (size_t i = 0; i < server->listener_count && r >= 0; i++)
		r = sd_event_source_set_enabled(server->listeners[i], SD_EVENT_ON);
	return r;
}

void server_set_timeout(struct server *server, unsigned timeout_msec)
{
	server->timeout_usec = (uint64_t)timeout_msec * 1000;
}

static bool client_match(const struct mp_hash_node *node, const void *key)
{
	return caa_container_of(node, struct client, by_request)->request_id == *(const uint64_t *)key;
}

void server_reply(struct server *server, uint64_t id, const char *text, size_t length)
{
	struct mp_hash_node *node = mp_hash_find(&server->by_request, mp_hash_number(id), client_match, &id);

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
	_cleanup_free_ struct client **senders = calloc(server->client_count + 1, sizeof(struct client *));
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
		if (count == 0 || now_msec >= end_msec || poll(fds, count, end_msec - now_msec) <= 0)
			return;
		for (nfds_t i = 0; i < count; i++) {
			if (fds[i].revents)
				client_send(senders[i]);
		}
	}
}
