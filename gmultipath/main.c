/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gmultipath(8): asks the daemon, or does it itself when none runs. */
#include <errno.h>
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
#include "kernel/dm.h"
#include "libmpathcmd/mpath_cmd.h"

enum { REPLY_MSEC = 3600 * 1000 };

static void on_dm_message(int level, const char *text)
{
	log_line(level, "libdevmapper: %s", text);
}

static void print_errors(const char *text)
{
	while (*text) {
		size_t length = strcspn(text, "\n");

		fprintf(stderr, strncmp(text, "usage:", 6) && *text != ' ' ? "gmultipath: %.*s\n" : "%.*s\n", (int)length,
			text);
		text += length + (text[length] == '\n');
	}
}

/* The daemon does not wait for udev: nodes and links are there, or gone, when this returns. */
static void settle(void)
{
	char name[] = "udevadm", verb[] = "settle", limit[] = "--timeout=10";
	char *const arguments[] = { name, verb, limit, NULL };
	pid_t pid;

	if (posix_spawnp(&pid, name, NULL, NULL, arguments, environ) == 0)
		waitpid(pid, NULL, 0);
}

/* Return: exit status, -1 if no daemon takes it. */
static int ask_daemon(const char *const *words, size_t count)
{
	_cleanup_strbuf_ struct mp_strbuf command = MP_STRBUF_INIT;
	_cleanup_free_ char *reply = NULL;
	int fd, status, r;
	size_t out_length;
	int end = 0;

	fd = mpath_connect();
	if (fd < 0)
		return -1;
	mp_strbuf_puts(&command, "@geom");
	for (size_t i = 0; i < count; i++)
		mp_strbuf_printf(&command, " %s", words[i]);
	r = mpath_process_cmd(fd, mp_strbuf_text(&command), &reply, REPLY_MSEC);
	mpath_disconnect(fd);
	if (r < 0 || !reply) {
		fprintf(stderr, "gmultipath: the daemon did not answer\n");
		return 1;
	}
	if (sscanf(reply, "exit %d %zu\n%n", &status, &out_length, &end) < 2 || !end) {
		if (!strncmp(reply, "fail\ntimeout", 12))
			fprintf(stderr, "gmultipath: the daemon has not come to an end in time; it goes on (see "
					"`gmultipath status`)\n");
		else
			fprintf(stderr, "gmultipath: the daemon says: %s", reply);
		return 1;
	}
	fwrite(reply + end, 1, out_length, stdout);
	print_errors(reply + end + out_length);
	if (verbs_changes(words[0]) && status == 0)
		settle();
	return status;
}

static int run_here(const char *const *words, size_t count)
{
	_cleanup_strbuf_ struct mp_strbuf out = MP_STRBUF_INIT, err = MP_STRBUF_INIT;
	struct mp_dm_versions versions;
	int r, status;

	r = mp_dm_open(true, on_dm_message, &versions);
	if (r < 0) {
		fprintf(stderr, "gmultipath: device-mapper: %s\n", strerror(-r));
		return 1;
	}
	status = verbs_run(words, count, false, &out, &err);
	mp_dm_close();
	fputs(mp_strbuf_text(&out), stdout);
	print_errors(mp_strbuf_text(&err));
	return status;
}

int main(int argc, char **argv)
{
	const char *const *words = (const char *const *)argv + 1;
	_cleanup_strbuf_ struct mp_strbuf usage = MP_STRBUF_INIT;
	size_t count = argc - 1;
	int status;

	log_open(LOG_TO_STDERR, "gmultipath");
	log_set_verbosity(LOG_LEVEL_ERROR);
	if (argc < 2 || !strcmp(argv[1], "help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "--help")) {
		verbs_usage(&usage);
		fputs(mp_strbuf_text(&usage), argc < 2 ? stderr : stdout);
		return argc < 2 ? 1 : 0;
	}
	/* Words travel to the daemon with blanks between them; no name of a map or device has one. */
	for (size_t i = 0; i < count; i++)
		if (!words[i][0] || words[i][strcspn(words[i], " \t\n")]) {
			fprintf(stderr, "gmultipath: \"%s\": expected a name without blanks\n", words[i]);
			return 1;
		}
	if (getuid() != 0) {
		fprintf(stderr, "gmultipath: expected to be started by root\n");
		return 1;
	}
	status = ask_daemon(words, count);
	if (status < 0)
		status = run_here(words, count);
	return fflush(stdout) == 0 ? status : 1;
}
