/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * front.c - /usr/sbin/multipath: delegates to the daemon what it can; starts the program proper for
 * the rest.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/sysmacros.h>
#include <sys/types.h>
#include <unistd.h>

#include "base/log.h"
#include "multipath/arguments.h"
#include "multipath/claims.h"
#include "multipath/delegation.h"
#include "multipath/target.h"
#include "client/client.h"

static int run_local(char *argv[])
{
	char message[512];

	execv(PLUGIN_DIR "/multipath", argv);
	snprintf(message, sizeof(message), "multipath: cannot start %s: %s\n",
		 PLUGIN_DIR "/multipath", strerror(errno));
	client_puts(STDERR_FILENO, message);
	return 1;
}

/* The name of a device-mapper device: "" for other devices. */
static void dm_name_read(dev_t device, char *name, size_t size)
{
	char file[64];
	ssize_t length;
	int fd;

	snprintf(file, sizeof(file), "/sys/dev/block/%u:%u/dm/name", major(device), minor(device));
	fd = open(file, O_RDONLY | O_CLOEXEC);
	length = fd < 0 ? 0 : read(fd, name, size - 1);
	name[length < 0 ? 0 : length] = '\0';
	name[strcspn(name, "\n")] = '\0';
	if (fd >= 0)
		close(fd);
}

/* The daemon removes maps by name. @dm_name: where a name may be kept that the result borrows */
static struct target target_to_flush(struct target target, char *dm_name, size_t size)
{
	if ((target.kind != TARGET_NODE && target.kind != TARGET_NUMBER) || !target_is_dm(&target))
		return target;
	dm_name_read(makedev(target.major, target.minor), dm_name, size);
	return *dm_name ? (struct target){ .kind = TARGET_NAME, .name = dm_name } : target;
}

/* After a failure, without -R: read the configured number. */
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

/* As a program that reads the configuration prints it. Return: 0, negative errno. */
static int print_notes(int fd)
{
	struct client_reply reply;
	const char *rest, *note;
	size_t length;
	int level, r;

	r = client_receive(fd, &reply);
	if (r < 0)
		return r;
	log_set_verbosity(LOG_LEVEL_DEBUG); /* the daemon has chosen */
	for (rest = reply.text; (note = delegation_next_note(&rest, &level, &length));)
		log_line(level, "%.*s", (int)length, note);
	client_reply_fini(&reply);
	return 0;
}

/* The first request also asks for the warnings about the configuration. */
static int ask(const struct arguments *arguments, int fd, const char *command, bool first,
	       struct client_reply *reply)
{
	char notes[DELEGATION_COMMAND_SIZE];
	int r = 0;

	if (first) {
		delegation_format_notes(arguments, notes);
		r = client_send(fd, notes);
	}
	if (r == 0)
		r = client_send(fd, command);
	if (r == 0 && first)
		r = print_notes(fd);
	return r < 0 ? r : client_receive(fd, reply);
}

/* Return: exit status, or negative if the work is still to be done. */
static int delegate(const struct arguments *arguments, int fd, const char *command)
{
	struct delegation_answer answer;
	struct client_reply reply;
	int retries, tried, r;

	for (retries = 0, tried = 0;; tried++) {
		r = ask(arguments, fd, command, !tried, &reply);
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

	r = client_print(answer.status && arguments->mode == MODE_EXPLAIN ? STDERR_FILENO :
									    STDOUT_FILENO,
			 reply.text + (answer.text - reply.text), strlen(answer.text));
	client_reply_fini(&reply);
	return r < 0 ? 1 : answer.status;
}

/* Return: exit status. */
static int claim(const struct arguments *arguments, const struct target *target)
{
	bool is_path = arguments->mode == MODE_IS_PATH;
	int status;

	log_open(arguments->from_udev ? LOG_TO_SYSLOG : LOG_TO_STDERR_WITH_TIME, "multipath");
	if (arguments->has_verbosity)
		log_set_verbosity(arguments->verbosity);
	if (!arguments->from_udev && target->kind == TARGET_INVALID) {
		log_error("'%s' is not a valid argument", arguments->device);
		return 1;
	}
	if (!arguments->device || (is_path && !arguments->from_udev &&
				   (!target_has_number(target) || target_is_dm(target)))) {
		log_error("the -%c option requires a %s to check", is_path ? 'c' : 'C',
			  is_path ? "path" : "map");
		return 1;
	}
	status = is_path ? claims_is_path(arguments, target) : claims_is_usable(target);
	return fflush(stdout) == 0 ? status : 1;
}

int main(int argc, char *argv[])
{
	char command[DELEGATION_COMMAND_SIZE], dm_name[256];
	struct arguments arguments;
	struct target target;
	int fd, r;

	arguments_parse(argc, argv, &arguments);
	if (!arguments.error) {
		if (arguments.mode == MODE_USAGE)
			return arguments_complain(&arguments);
		if (!arguments_are_for_anybody(&arguments) && getauxval(AT_UID) != 0) {
			client_puts(STDERR_FILENO, "need to be root\n");
			return 1;
		}
	}

	target = target_resolve(arguments.device);
	if (arguments.mode == MODE_FLUSH)
		target = target_to_flush(target, dm_name, sizeof(dm_name));
	if (!arguments.error &&
	    (arguments.mode == MODE_IS_PATH || arguments.mode == MODE_IS_USABLE))
		return claim(&arguments, &target);
	if (delegation_format(&arguments, &target, isatty(STDOUT_FILENO), command) < 0)
		return run_local(argv);
	fd = client_connect();
	if (fd < 0)
		return run_local(argv);
	r = delegate(&arguments, fd, command);
	return r < 0 ? run_local(argv) : r;
}
