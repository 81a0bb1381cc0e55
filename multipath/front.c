/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* front.c - /usr/sbin/multipath: lets the daemon do what it can; the rest is for the program that does the work. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "multipath/arguments.h"
#include "multipath/delegation.h"
#include "multipathd/client.h"

static int run_local(char *argv[])
{
	char message[512];

	execv(PLUGIN_DIR "/multipath", argv);
	snprintf(message, sizeof(message), "multipath: cannot start %s: %s\n", PLUGIN_DIR "/multipath",
		 strerror(errno));
	client_puts(STDERR_FILENO, message);
	return 1;
}

static bool is_dm(unsigned int major, unsigned int minor)
{
	char link[64], device[4096];
	const char *base;
	ssize_t length;

	snprintf(link, sizeof(link), "/sys/dev/block/%u:%u", major, minor);
	length = readlink(link, device, sizeof(device) - 1);
	device[length < 0 ? 0 : length] = '\0';
	base = strrchr(device, '/');
	return base && !strncmp(base, "/dm-", strlen("/dm-"));
}

static struct target target_resolve(const struct arguments *arguments)
{
	struct target target = { .kind = TARGET_NODE };
	struct stat node;

	if (!arguments->device || stat(arguments->device, &node) < 0 || !S_ISBLK(node.st_mode))
		return target_parse(arguments->device);

	target.major = major(node.st_rdev);
	target.minor = minor(node.st_rdev);
	if (arguments->mode == MODE_FLUSH && is_dm(target.major, target.minor))
		target.kind = TARGET_DM_NODE;
	return target;
}

/* Only who failed, and was told no number, asks what is configured. */
static int retries_find(const struct arguments *arguments, int fd)
{
	struct client_reply reply;
	int retries;

	if (arguments->has_retries)
		return arguments->retries;
	if (client_ask(fd, "show config local", &reply) < 0)
		return 0;
	retries = delegation_retries(reply.text);
	client_reply_fini(&reply);
	return retries;
}

/* Return: exit status, or negative if the work is still to be done. */
static int delegate(const struct arguments *arguments, int fd, const char *command)
{
	struct delegation_answer answer;
	struct client_reply reply;
	int retries, tried, r;

	for (retries = 0, tried = 0;; tried++) {
		r = client_ask(fd, command, &reply);
		if (r < 0)
			return r;
		answer = delegation_read(arguments, reply.text);
		if (answer.result == DELEGATION_LOCAL) {
			client_reply_fini(&reply);
			return -EOPNOTSUPP;
		}
		if (answer.result == DELEGATION_FAILED && !tried)
			retries = retries_find(arguments, fd);
		if (answer.result == DELEGATION_DONE || tried >= retries)
			break;
		client_reply_fini(&reply);
		sleep(1);
	}

	r = client_puts(STDOUT_FILENO, answer.text);
	client_reply_fini(&reply);
	return r < 0 ? 1 : answer.status;
}

int main(int argc, char *argv[])
{
	char command[DELEGATION_COMMAND_SIZE];
	struct arguments arguments;
	struct target target;
	int fd, r;

	arguments_parse(argc, argv, &arguments);
	if (!arguments.error) {
		if (arguments.mode == MODE_USAGE)
			return arguments_complain(&arguments);
		if (arguments.mode != MODE_PRINT_CONFIG && getauxval(AT_UID) != 0) {
			client_puts(STDERR_FILENO, "need to be root\n");
			return 1;
		}
	}

	target = target_resolve(&arguments);
	if (delegation_format(&arguments, &target, isatty(STDOUT_FILENO), command) < 0)
		return run_local(argv);
	fd = client_connect();
	if (fd < 0)
		return run_local(argv);
	r = delegate(&arguments, fd, command);
	return r < 0 ? run_local(argv) : r;
}
