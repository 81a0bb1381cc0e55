/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gmultipath(8): has the daemon execute the command, or does so itself if none runs. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/strbuf.h"
#include "gmultipath/verbs.h"
#include "kernel/dm_library.h"
#include "client/client.h"
#include "client/terminal.h"

enum { HERE_MSEC = 20 * 1000 };

static void on_dm_message(int level, const char *text)
{
	log_line(level, "libdevmapper: %s", text);
}

static void print_errors(const char *text)
{
	while (*text) {
		size_t length = strcspn(text, "\n");

		fprintf(stderr,
			strncmp(text, "usage:", 6) && *text != ' ' ? "gmultipath: %.*s\n" :
								     "%.*s\n",
			(int)length, text);
		text += length + (text[length] == '\n');
	}
}

/* The daemon does not wait for udev. After this, nodes and links are created or removed. */
static void settle(void)
{
	char name[] = "udevadm", verb[] = "settle", limit[] = "--timeout=10";
	char *const arguments[] = { name, verb, limit, NULL };
	pid_t pid;

	if (posix_spawnp(&pid, name, NULL, NULL, arguments, environ) == 0)
		waitpid(pid, NULL, 0);
}

/* Return: exit status, -1 if it is no reply. */
static int print_reply(char *reply)
{
	size_t out_length;
	int status;
	const char *out;

	if (isatty(STDOUT_FILENO) || isatty(STDERR_FILENO))
		terminal_clean(reply, strlen(reply));
	out = verbs_reply_parse(reply, &status, &out_length);

	if (!out)
		return -1;
	fwrite(out, 1, out_length, stdout);
	print_errors(out + out_length);
	return status;
}

static int complain(const char *text)
{
	fprintf(stderr, "gmultipath: %s\n", text);
	return 1;
}

/* Return: exit status, -1 if no daemon runs. */
static int ask_daemon(const char *const *words, size_t count)
{
	_cleanup_strbuf_ struct mp_strbuf command = MP_STRBUF_INIT;
	_cleanup_close_ int fd = client_connect();
	struct client_reply reply;
	int status, r;

	if (fd < 0)
		return fd == -EAGAIN ? complain("the daemon does not answer") : -1;
	mp_strbuf_puts(&command, "@geom");
	for (size_t i = 0; i < count; i++)
		mp_strbuf_printf(&command, " %s", words[i]);
	r = command.error ? command.error : client_ask(fd, mp_strbuf_text(&command), &reply);
	if (r < 0)
		return complain("the daemon stopped or does not answer (see `gmultipath status`)");
	status = print_reply(reply.text);
	if (status == 0 && verbs_changes(words[0]))
		settle();
	if (status < 0) {
		status = 1;
		if (!strncmp(reply.text, "fail\ntimeout", 12))
			complain(
				"timed out on an unresponsive device; still running (see `gmultipath status`)");
		else
			fprintf(stderr, "gmultipath: unexpected reply from the daemon: %s",
				reply.text);
	}
	client_reply_fini(&reply);
	return status;
}

static void run(const char *const *words, size_t count, struct mp_strbuf *reply)
{
	_cleanup_strbuf_ struct mp_strbuf out = MP_STRBUF_INIT, err = MP_STRBUF_INIT;
	const struct verbs_caller caller = { .watches = false };
	struct mp_dm_versions versions;
	int r, status = 1;

	r = mp_dm_open(true, on_dm_message, &versions);
	if (r < 0) {
		mp_strbuf_puts(&err, "device-mapper: ");
		mp_dm_explain(r, &err);
		mp_strbuf_putc(&err, '\n');
	} else {
		status = verbs_run(words, count, &caller, &out, &err);
		mp_dm_close();
	}
	verbs_reply(status, &out, &err, reply);
}

/* Return: 0, -ETIMEDOUT, negative errno; what arrived until then is in @reply. */
static int read_all(int fd, struct mp_strbuf *reply)
{
	struct pollfd input = { .fd = fd, .events = POLLIN };
	char chunk[4096];
	ssize_t n;
	int r;

	for (;;) {
		r = poll(&input, 1, HERE_MSEC);
		if (r == 0)
			return -ETIMEDOUT;
		n = r < 0 ? r : read(fd, chunk, sizeof(chunk));
		if (n == 0)
			return 0;
		if (n < 0 && errno != EINTR)
			return -errno;
		if (n > 0)
			mp_strbuf_add(reply, chunk, n);
	}
}

/* In a child process, so that a device that hangs does not block the caller. */
static int run_here(const char *const *words, size_t count)
{
	_cleanup_strbuf_ struct mp_strbuf reply = MP_STRBUF_INIT;
	_cleanup_close_ int input = -1;
	int ends[2], status, r;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return complain(strerror(errno));
	pid = fork();
	if (pid == 0) {
		int null = open("/dev/null", O_RDWR);

		/* The reader of our output must not wait for the child either. */
		for (int fd = 0; fd < 3; fd++)
			dup2(null, fd);
		run(words, count, &reply);
		_exit(client_puts(ends[1], mp_strbuf_text(&reply)) < 0);
	}
	close(ends[1]);
	input = ends[0];
	if (pid < 0)
		return complain(strerror(errno));
	r = read_all(input, &reply);
	if (r == -ETIMEDOUT) {
		fprintf(stderr,
			"gmultipath: timed out after %d s on an unresponsive device; still running as pid %d\n",
			HERE_MSEC / 1000, (int)pid);
		return 1;
	}
	waitpid(pid, NULL, 0);
	status = r < 0 || !reply.text ? -1 : print_reply(reply.text);
	return status < 0 ? complain("the command was killed before it finished") : status;
}

int main(int argc, char **argv)
{
	const char *const *words = (const char *const *)argv + 1;
	_cleanup_strbuf_ struct mp_strbuf usage = MP_STRBUF_INIT, wrong = MP_STRBUF_INIT;
	size_t count = argc - 1;
	int status;

	log_open(LOG_TO_STDERR, "gmultipath");
	log_set_verbosity(LOG_LEVEL_ERROR);
	if (argc < 2 || !strcmp(argv[1], "help") || !strcmp(argv[1], "-h") ||
	    !strcmp(argv[1], "--help")) {
		verbs_usage(&usage);
		fputs(mp_strbuf_text(&usage), argc < 2 ? stderr : stdout);
		return argc < 2 ? 1 : 0;
	}
	/*
	 * Words are sent to the daemon separated by blanks; no map or device name contains one.
	 */
	for (size_t i = 0; i < count; i++)
		if (!words[i][0] || words[i][strcspn(words[i], " \t\n")]) {
			fprintf(stderr, "gmultipath: \"%s\": expected a name without blanks\n",
				words[i]);
			return 1;
		}
	if (!verbs_check(words, count, &wrong)) {
		print_errors(mp_strbuf_text(&wrong));
		return 1;
	}
	if (getuid() != 0) {
		fprintf(stderr, "gmultipath: must be run as root\n");
		return 1;
	}
	status = ask_daemon(words, count);
	if (status < 0)
		status = run_here(words, count);
	return fflush(stdout) == 0 ? status : 1;
}
