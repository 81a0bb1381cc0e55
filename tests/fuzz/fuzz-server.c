/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Bytes from a client. The first one determines in what pieces the others arrive, and whether the
 * client is root.
 */
#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/hash.h"
#include "kernel/claimant.h"
#include "multipathd/loop/server.h"

enum { REQUEST_LONGEST = 512, CLAIM_LONGEST = 64 << 10 };

struct fuzz {
	sd_event *event;
	struct server *server;
	struct sockaddr_un address;
	socklen_t address_length;
	uint64_t late; /* a request that has not been answered yet */
};

/* Every other one is answered later. */
static void on_request(void *userdata, const struct request *request)
{
	struct fuzz *fuzz = userdata;
	size_t length = strlen(request->text);

	assert(length <= REQUEST_LONGEST ||
	       (request->is_root && length <= CLAIM_LONGEST &&
		!strncmp(request->text, MP_CLAIMANT_WORD, strlen(MP_CLAIMANT_WORD))));
	if (length % 2)
		fuzz->late = request->id;
	else
		server_reply(fuzz->server, request->id, request->text, length);
}

static struct fuzz *fuzz_open(void)
{
	static struct fuzz fuzz;
	char name[64];
	int length;

	if (fuzz.server)
		return &fuzz;
	mp_hash_register_thread();
	length = snprintf(name, sizeof(name), "@fuzz-server-%d", (int)getpid());
	setenv("MULTIPATH_SOCKET_NAME", name, 1);
	fuzz.address.sun_family = AF_UNIX;
	memcpy(fuzz.address.sun_path + 1, name + 1, length - 1);
	fuzz.address_length = offsetof(struct sockaddr_un, sun_path) + length;
	if (sd_event_new(&fuzz.event) < 0 ||
	    server_new(fuzz.event, on_request, &fuzz, NULL, &fuzz.server) < 0)
		abort();
	server_set_long_word(fuzz.server, "@claim ");
	server_start(fuzz.server);
	return &fuzz;
}

static void turn(struct fuzz *fuzz)
{
	while (sd_event_run(fuzz->event, 0) > 0)
		;
	server_reply(fuzz->server, fuzz->late, "late", 4);
}

static int connect_as(const struct fuzz *fuzz, uid_t uid)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	bool other = geteuid() == 0 && seteuid(uid) == 0;

	if (connect(fd, (const struct sockaddr *)&fuzz->address, fuzz->address_length) < 0)
		abort();
	if (other && seteuid(0) < 0)
		abort();
	return fd;
}

/* Whole answers, or the beginning of one. */
static void read_answers(int fd)
{
	char bytes[4096];

	while (recv(fd, bytes, sizeof(bytes), 0) > 0)
		;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz *fuzz = fuzz_open();
	size_t piece, used = 1;
	int fd;

	if (size < 2)
		return 0;
	fd = connect_as(fuzz, data[0] & 1 ? 65534 : 0);
	piece = data[0] < 64 ? size : (size_t)(data[0] >> 1) * 2 - 63;
	while (used < size) {
		ssize_t sent = send(fd, data + used, size - used < piece ? size - used : piece,
				    MSG_NOSIGNAL);

		if (sent < 0)
			break;
		used += sent;
		turn(fuzz);
		read_answers(fd);
	}
	turn(fuzz);
	close(fd);
	turn(fuzz);
	return 0;
}
