/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "client/client.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "libmpathcmd/address.h"
#include "libmpathcmd/mpath_cmd.h"
#include "client/terminal.h"
#include "client/uxsock_timeout.h"

#define TIMEOUT_MSEC (UXSOCK_TIMEOUT_DEFAULT_MSEC + UXSOCK_TIMEOUT_GRACE_MSEC)

int client_connect(void)
{
	return mp_address_connect(0, TIMEOUT_MSEC);
}

void client_complain(int error)
{
	client_puts(STDERR_FILENO, "ERROR: failed to connect to multipathd\n");
	if (error == -EPERM)
		client_puts(STDERR_FILENO, "its socket " MP_ADDRESS_ABSTRACT
					   " is held by another user's process\n");
}

int client_send(int fd, const char *command)
{
	return mpath_send_cmd(fd, command) < 0 ? -errno : 0;
}

int client_receive(int fd, struct client_reply *reply)
{
	unsigned int longest;
	char *text = reply->inline_text;
	ssize_t length;
	int r;

	length = mpath_recv_reply_len(fd, TIMEOUT_MSEC);
	if (length < 0 && errno == ETIMEDOUT) {
		/* Only who had to wait this long pays for a look at the configuration. */
		longest = uxsock_timeout_read(CONFIG_FILE, CONFIG_DIR);
		errno = ETIMEDOUT;
		if (longest > UXSOCK_TIMEOUT_DEFAULT_MSEC)
			length = mpath_recv_reply_len(fd, longest - UXSOCK_TIMEOUT_DEFAULT_MSEC);
	}
	if (length < 0)
		return -errno;

	if ((size_t)length > sizeof(reply->inline_text)) {
		text = malloc(length);
		if (!text)
			return -ENOMEM;
	}
	if (mpath_recv_reply_data(fd, text, length, TIMEOUT_MSEC) < 0) {
		r = -errno;
		if (text != reply->inline_text)
			free(text);
		return r;
	}
	reply->text = text;
	reply->length = strlen(text);
	return 0;
}

int client_ask(int fd, const char *command, struct client_reply *reply)
{
	int r;

	r = client_send(fd, command);
	return r < 0 ? r : client_receive(fd, reply);
}

void client_reply_fini(struct client_reply *reply)
{
	if (reply->text != reply->inline_text)
		free(reply->text);
	reply->text = NULL;
}

bool client_is_failure(const char *text)
{
	return !strncmp(text, CLIENT_FAIL_LINE, strlen(CLIENT_FAIL_LINE)) || !strcmp(text, "fail");
}

int client_write(int fd, const char *text, size_t length)
{
	while (length) {
		ssize_t written = write(fd, text, length);

		if (written >= 0) {
			text += written;
			length -= written;
		} else if (errno == EAGAIN) {
			struct pollfd wait = { .fd = fd, .events = POLLOUT };

			poll(&wait, 1, -1);
		} else if (errno != EINTR) {
			return -errno;
		}
	}
	return 0;
}

int client_puts(int fd, const char *text)
{
	return client_write(fd, text, strlen(text));
}

int client_print(int fd, char *text, size_t length)
{
	if (isatty(fd))
		terminal_clean(text, length);
	return client_write(fd, text, length);
}
