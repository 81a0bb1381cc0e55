/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * spawn N PROGRAM [ARGUMENT]... - run it N times, output to /dev/null; prints the CPU microseconds
 * of one run.
 */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>

extern char **environ;

static double children_usec(void)
{
	struct rusage used;

	getrusage(RUSAGE_CHILDREN, &used);
	return (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1e6 + used.ru_utime.tv_usec +
	       used.ru_stime.tv_usec;
}

int main(int argc, char *argv[])
{
	posix_spawn_file_actions_t actions;
	double before = children_usec();
	int count = argc > 2 ? atoi(argv[1]) : 0, status;
	pid_t child;

	if (count <= 0)
		return 2;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
	for (int i = 0; i < count; i++) {
		if (posix_spawn(&child, argv[2], &actions, NULL, argv + 2, environ)) {
			perror(argv[2]);
			return 1;
		}
		waitpid(child, &status, 0);
	}
	printf("%.0f\n", (children_usec() - before) / count);
	return 0;
}
