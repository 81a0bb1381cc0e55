/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * front.c - /usr/sbin/multipathd: a client of the daemon that starts fast, or a door to the
 * daemon's program.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "client/client.h"
#include "client/invocation.h"
#include "client/uxsock_timeout.h"

static int command_run(const char *command)
{
	struct client_reply reply;
	char *text;
	char message[64];
	int fd, r;

	fd = client_connect();
	if (fd < 0) {
		client_complain(fd);
		return 1;
	}
	r = client_send(fd, command);
	if (r < 0) {
		client_puts(STDOUT_FILENO, "cannot send packet\n");
		return 1;
	}
	r = client_receive(fd, &reply);
	if (r == -ETIMEDOUT) {
		client_puts(STDOUT_FILENO, "timeout receiving packet\n");
		return 1;
	}
	if (r < 0) {
		snprintf(message, sizeof(message), "error %d receiving packet\n", r);
		client_puts(STDOUT_FILENO, message);
		return 1;
	}

	text = reply.text;
	if (client_is_failure(text) && reply.length > strlen(CLIENT_FAIL_LINE))
		text += strlen(CLIENT_FAIL_LINE);
	r = client_print(STDOUT_FILENO, text, reply.length - (text - reply.text));
	return r < 0 || client_is_failure(reply.text);
}

/* The shell is installed beside this program. */
static int shell_run(void)
{
	char file[4096], name[] = "multipathc", timeout[16];
	char *argv[] = { name, timeout, NULL };
	ssize_t length;
	char *base;

	length = readlink("/proc/self/exe", file, sizeof(file) - sizeof(name));
	file[length < 0 ? 0 : length] = '\0';
	base = strrchr(file, '/');
	strcpy(base ? base + 1 : file, name);
	snprintf(timeout, sizeof(timeout), "%u",
		 uxsock_timeout_read(CONFIG_FILE, CONFIG_DIR) + UXSOCK_TIMEOUT_GRACE_MSEC);
	execvp(file, argv);
	return -errno;
}

int main(int argc, char *argv[])
{
	struct invocation invocation;
	const char *program = PLUGIN_DIR "/multipathd";
	char message[4200];
	int r = 0;

	invocation_parse(argc, argv, &invocation);
	switch (invocation.kind) {
	case INVOCATION_COMMAND:
		return command_run(invocation.command);
	case INVOCATION_TOO_LARGE:
		client_puts(STDERR_FILENO, "multipathd command too large\n");
		return 1;
	case INVOCATION_SHELL:
		program = "multipathc";
		r = shell_run();
		break;
	case INVOCATION_DAEMON:
		execv(program, argv);
		r = -errno;
		break;
	}
	snprintf(message, sizeof(message), "multipathd: cannot start %s: %s\n", program,
		 strerror(-r));
	client_puts(STDERR_FILENO, message);
	return 1;
}
