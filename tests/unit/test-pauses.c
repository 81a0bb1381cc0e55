/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdbool.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "libmpathpersist/mpath_persist.h"
#include "libmpathpersist/pauses.h"
#include "libmpathpersist/targets.h"
#include "no-map.h"

/* What the processes of a test did to the map: a letter each; they share the pipe. */
static int done[2];
static int open_error, suspend_error;
static int failing_resumes; /* of each process */

static void tell(char what)
{
	assert_int_equal(write(done[1], &what, 1), 1);
}

static void expect(const char *wanted)
{
	char text[16] = "";
	size_t length = 0;
	struct pollfd readable = { .fd = done[0], .events = POLLIN };

	/* Those who tell may still be at it; what must not come would be here before. */
	while (length < strlen(wanted) && poll(&readable, 1, 10000) == 1)
		length += read(done[0], text + length, 1);
	if (poll(&readable, 1, 0) == 1)
		length += read(done[0], text + length, 1);
	assert_string_equal(text, wanted);
}

int mp_dm_ioctl_open(void)
{
	return open_error ? open_error : dup(done[1]);
}

int mp_dm_ioctl_suspend(int fd, dev_t devt)
{
	assert_true(fcntl(fd, F_GETFD) >= 0);
	(void)devt;
	if (!suspend_error)
		tell('s');
	return suspend_error;
}

int mp_dm_ioctl_resume(int fd, dev_t devt)
{
	assert_true(fcntl(fd, F_GETFD) >= 0);
	(void)devt;
	if (failing_resumes && failing_resumes--)
		return -ENOMEM;
	tell('r');
	return 0;
}

static int setup(void **state)
{
	(void)state;
	open_error = suspend_error = failing_resumes = 0;
	return pipe2(done, O_CLOEXEC);
}

static int teardown(void **state)
{
	(void)state;
	close(done[0]);
	close(done[1]);
	return 0;
}

static int run_conflict(struct target *target, const void *argument)
{
	(void)target;
	(void)argument;
	tell('w');
	return MPATH_PR_RESERV_CONFLICT;
}

static void the_map_is_suspended_meanwhile(void **state)
{
	struct target map = { .verbosity = -1 };

	(void)state;
	assert_int_equal(pause_run(&map, run_conflict, NULL), MPATH_PR_RESERV_CONFLICT);
	expect("swr");
	assert_null(map.lines);
}

static void a_program_may_ignore_its_children(void **state)
{
	struct target map = { .verbosity = -1 };
	void (*before)(int) = signal(SIGCHLD, SIG_IGN);

	(void)state;
	assert_int_equal(pause_run(&map, run_conflict, NULL), MPATH_PR_RESERV_CONFLICT);
	signal(SIGCHLD, before);
	expect("swr");
}

static void nothing_is_done_if_it_cannot_be_suspended(void **state)
{
	struct target map = { .verbosity = -1 };

	(void)state;
	suspend_error = -EBUSY;
	assert_int_equal(pause_run(&map, run_conflict, NULL), MPATH_PR_DMMP_ERROR);
	expect("");

	open_error = -ENFILE;
	assert_int_equal(pause_run(&map, run_conflict, NULL), MPATH_PR_OTHER);
	expect("");
}

static void a_map_that_cannot_be_resumed_at_once_is_resumed_later(void **state)
{
	struct target map = { .verbosity = -1 };

	(void)state;
	failing_resumes = 2;
	assert_int_equal(pause_run(&map, run_conflict, NULL), MPATH_PR_RESERV_CONFLICT);
	expect("swr");
}

static int run_done(struct target *target, const void *argument)
{
	(void)target;
	(void)argument;
	return MPATH_PR_SUCCESS;
}

static void a_map_that_stays_suspended_is_an_error(void **state)
{
	struct target map = { .verbosity = -1 };

	(void)state;
	failing_resumes = 1000;
	assert_int_equal(pause_run(&map, run_done, NULL), MPATH_PR_DMMP_ERROR);
	expect("s");
}

static int run_killed(struct target *target, const void *argument)
{
	(void)target;
	(void)argument;
	tell('w');
	raise(SIGKILL);
	return MPATH_PR_SUCCESS;
}

static int run_changing(struct target *target, const void *argument)
{
	(void)argument;
	target->paths[1].code = MPATH_PR_RESERV_CONFLICT;
	target->key.key = 1;
	return MPATH_PR_SUCCESS;
}

static void the_answers_of_paths_are_kept(void **state)
{
	struct target_path paths[2] = { { .fd = 3 }, { .fd = 4 } };
	struct target map = { .verbosity = -1, .paths = paths, .path_count = 2 };

	(void)state;
	assert_int_equal(pause_run(&map, run_changing, NULL), MPATH_PR_SUCCESS);
	assert_ptr_equal(map.paths, paths);
	assert_int_equal(paths[1].code, MPATH_PR_RESERV_CONFLICT);
	assert_true(paths[0].fd == 3 && paths[1].fd == 4 && !map.key.key);
}

static void the_map_is_resumed_for_one_that_was_killed(void **state)
{
	struct target map = { .verbosity = -1 };

	(void)state;
	assert_int_equal(pause_run(&map, run_killed, NULL), MPATH_PR_OTHER);
	expect("swr");
}

/* Return: when the other end is closed, or something came */
static int run_held(struct target *target, const void *argument)
{
	const int *held = argument;
	char c;

	(void)target;
	tell('w');
	close(held[1]);
	if (read(held[0], &c, 1) < 0)
		return MPATH_PR_OTHER;
	tell('e');
	return MPATH_PR_SUCCESS;
}

static void work_goes_on_without_the_program(void **state)
{
	struct target map = { .verbosity = -1 };
	int held[2], status;
	pid_t program;

	(void)state;
	assert_int_equal(pipe(held), 0);
	program = fork();
	if (program == 0) {
		setpgid(0, 0);
		pause_run(&map, run_held, held);
		_exit(0);
	}
	expect("sw");
	/* With all of its process group. */
	assert_int_equal(kill(-program, SIGKILL), 0);
	assert_int_equal(waitpid(program, &status, 0), program);
	assert_true(WIFSIGNALED(status));
	expect("");
	close(held[0]);
	close(held[1]);
	expect("er");
}

static int run_logging(struct target *target, const void *argument)
{
	const int *errors = argument;
	int written = -1;

	target_log(target, LOG_LEVEL_ERROR, "%s", "first");
	for (int i = 0; i < 1000; i++)
		target_log(target, LOG_LEVEL_ERROR, "%0500d", i);
	return ioctl(errors[0], FIONREAD, &written) < 0 ? -1 : written;
}

static void lines_are_printed_when_it_is_resumed(void **state)
{
	struct target map = { .verbosity = LOG_LEVEL_ERROR };
	char text[sizeof(struct target_lines) + 1] = "";
	int errors[2], before = dup(STDERR_FILENO), code;
	ssize_t length;

	(void)state;
	assert_int_equal(pipe(errors), 0);
	assert_int_equal(dup2(errors[1], STDERR_FILENO), STDERR_FILENO);
	code = pause_run(&map, run_logging, errors);
	dup2(before, STDERR_FILENO);
	close(before);
	close(errors[1]);
	length = read(errors[0], text, sizeof(text) - 1);
	close(errors[0]);
	assert_int_equal(code, 0); /* bytes that were there before */
	assert_non_null(strstr(text, " | first\n"));
	assert_true(length > 1000);
	assert_int_equal(text[length - 1], '\n');
}

static int run_locked(struct target *target, const void *argument)
{
	FILE *file = fopen("/proc/self/status", "r");
	char line[256];
	long locked = 0;

	(void)target;
	(void)argument;
	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "VmLck: %ld", &locked) == 1)
			break;
	if (file)
		fclose(file);
	return locked > 0;
}

static void its_memory_is_locked_and_that_of_the_program_is_not(void **state)
{
	struct target map = { .verbosity = -1 };
	bool able;

	(void)state;
	/* A user may lock less, and AddressSanitizer locks nothing. */
	able = mlockall(MCL_CURRENT) == 0 && run_locked(&map, NULL);
	munlockall();
	if (!able)
		skip();
	assert_int_equal(pause_run(&map, run_locked, NULL), 1);
	assert_int_equal(run_locked(&map, NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_map_is_suspended_meanwhile, setup, teardown),
		cmocka_unit_test_setup_teardown(a_program_may_ignore_its_children, setup, teardown),
		cmocka_unit_test_setup_teardown(nothing_is_done_if_it_cannot_be_suspended, setup,
						teardown),
		cmocka_unit_test_setup_teardown(
			a_map_that_cannot_be_resumed_at_once_is_resumed_later, setup, teardown),
		cmocka_unit_test_setup_teardown(a_map_that_stays_suspended_is_an_error, setup,
						teardown),
		cmocka_unit_test_setup_teardown(the_answers_of_paths_are_kept, setup, teardown),
		cmocka_unit_test_setup_teardown(the_map_is_resumed_for_one_that_was_killed, setup,
						teardown),
		cmocka_unit_test_setup_teardown(work_goes_on_without_the_program, setup, teardown),
		cmocka_unit_test_setup_teardown(lines_are_printed_when_it_is_resumed, setup,
						teardown),
		cmocka_unit_test_setup_teardown(its_memory_is_locked_and_that_of_the_program_is_not,
						setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
