/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Starts the programs as scripts do, with a daemon that answers from a table. */
#include "tests/unit/fake-daemon.h"

#include <limits.h>
#include <poll.h>
#include <pty.h>
#include <stdbool.h>
#include <sys/wait.h>
#include <termios.h>

static const struct fake_reply replies[] = {
	{ "show daemon \n", "pid 1 idle\n" },
	{ "show daemon", "pid 1 idle\n" },
	{ "show daemon ", "pid 1 idle\n" }, /* completion leaves a blank */
	{ "refused \n", "fail\ndevice not found\n" },
	{ "broken \n", "fail\n" },
	{ "name \n", "failover\n" },
	{ "nothing \n", "" },
	{ "shutdown \n", NULL },
	{ "shutdown", NULL },
	{ "refused", "fail\ndevice not found\n" },
	{ "colour \n", "\033[1mbold\033[0m\n" },
	{ "colour", "\033[1mbold\033[0m [1m\n" },
	{ "help",
	  "fail\nhelp: not found\nmultipath-tools v0\nCLI commands reference:\n list|show daemon\n"
	  " list|show map $map topology\n reconfigure\n reconfigure all\n" },
	{ "show maps raw format %n", "mpatha\nother\n" },
	{ "del map mpatha", "ok\n" },
	{ "del map busy", "fail\nmap or partition in use\n" },
	{ "show config local", "defaults {\n\tremove_retries 1\n}\n" },
	{ "del maps", "fail\nmap or partition in use\n" },
	{ "reconfigure all", "ok\n" },
	{ "@list ll 2 0", "exit 0\nmpatha (wwid)\n" },
	{ "@list l 1 0 map:mpathx", "exit 0\n" },
	{ "@list l 2 0 dev:8:0", "exit 1\n" },
	{ "@list l 2 0 dev:7:1", "fail\n" },
	{ NULL, "ok\n" },
};

static char programs[PATH_MAX]; /* folder */

/* No second process is needed: the output fits into a pipe. Return: exit status. */
static int run(const char *const *argv, const char *input, char *output, char *errors, size_t size)
{
	int in[2], out[2], err[2], status;
	char file[PATH_MAX + 32];
	ssize_t got;
	pid_t child;

	assert_int_equal(pipe(in) | pipe(out) | pipe(err), 0);
	assert_int_equal(write(in[1], input, strlen(input)), strlen(input));
	snprintf(file, sizeof(file), "%s/%s", programs, argv[0]);
	child = fork();
	assert_true(child >= 0);
	if (!child) {
		dup2(in[0], STDIN_FILENO);
		dup2(out[1], STDOUT_FILENO);
		dup2(err[1], STDERR_FILENO);
		closefrom(3);
		execv(file, (char *const *)argv);
		_exit(126);
	}
	close(in[0]);
	close(in[1]);
	close(out[1]);
	close(err[1]);
	assert_int_equal(waitpid(child, &status, 0), child);
	got = read(out[0], output, size - 1);
	output[got < 0 ? 0 : got] = '\0';
	got = read(err[0], errors, size - 1);
	errors[got < 0 ? 0 : got] = '\0';
	close(out[0]);
	close(err[0]);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

struct run_case {
	const char *argv[8], *input;
	int status;
	const char *output, *errors; /* NULL: any */
};

static void run_cases(const struct run_case *cases, size_t count)
{
	char output[8192], errors[8192];
	size_t i;

	for (i = 0; i < count; i++) {
		int status = run(cases[i].argv, cases[i].input ? cases[i].input : "", output,
				 errors, sizeof(output));

		assert_int_equal(status, cases[i].status);
		if (cases[i].output)
			assert_string_equal(output, cases[i].output);
		if (cases[i].errors)
			assert_string_equal(errors, cases[i].errors);
	}
}

static void multipathd_prints_the_reply_and_exits_by_it(void **state)
{
	static const struct run_case cases[] = {
		{ { "multipathd", "show", "daemon" }, NULL, 0, "pid 1 idle\n", "" },
		{ { "multipathd", "-kshow daemon" }, NULL, 0, "pid 1 idle\n", "" },
		{ { "multipathd", "refused" }, NULL, 1, "device not found\n", "" },
		{ { "multipathd", "broken" }, NULL, 1, "fail\n", "" },
		{ { "multipathd", "name" }, NULL, 0, "failover\n", "" },
		{ { "multipathd", "nothing" }, NULL, 0, "", "" },
		{ { "multipathd", "colour" }, NULL, 0, "\033[1mbold\033[0m\n", "" },
		{ { "multipathd", "shutdown" }, NULL, 1, "error -5 receiving packet\n", "" },
	};

	run_cases(cases, sizeof(cases) / sizeof(cases[0]));
	(void)state;
}

static void a_command_that_is_too_long_is_not_sent(void **state)
{
	char word[160] = "", output[100], errors[100];
	const char *argv[] = { "multipathd", word, NULL };

	memset(word, 'x', sizeof(word) - 1);
	assert_int_equal(run(argv, "", output, errors, sizeof(output)), 1);
	assert_string_equal(output, "");
	assert_string_equal(errors, "multipathd command too large\n");
	(void)state;
}

static void the_shell_answers_line_by_line_on_a_pipe(void **state)
{
	static const struct run_case cases[] = {
		{ { "multipathc" },
		  "show daemon\n\n  \nrefused\n quit \nshow daemon\n",
		  0,
		  "multipathd> pid 1 idle\nmultipathd> multipathd> multipathd> fail\ndevice not found\nmultipathd> ",
		  "" },
		{ { "multipathc", "1000" },
		  "show daemon\nexit",
		  0,
		  "multipathd> pid 1 idle\nmultipathd> ",
		  "" },
		{ { "multipathc" }, "colour", 0, "multipathd> bold [1m\nmultipathd> ", "" },
		{ { "multipathc" }, "", 0, "multipathd> ", "" },
		{ { "multipathc" }, "shutdown\nshow daemon\n", 0, "multipathd> ", NULL },
		{ { "multipathd", "-k" },
		  "show daemon\n",
		  0,
		  "multipathd> pid 1 idle\nmultipathd> ",
		  "" },
		{ { "multipathd", "-k", "show" }, "quit\n", 0, "multipathd> ", "" },
		{ { "multipathc", "1", "2" }, NULL, 1, "", "Usage: multipathc [timeout]\n" },
		{ { "multipathc", "x" }, NULL, 1, "", "ERROR: invalid timeout value\n" },
		{ { "multipathc", "12x" }, NULL, 1, "", "ERROR: invalid timeout value\n" },
		{ { "multipathc", "-1" }, NULL, 1, "", "ERROR: invalid timeout value\n" },
		{ { "multipathc", "" }, NULL, 1, "", "ERROR: invalid timeout value\n" },
	};

	run_cases(cases, sizeof(cases) / sizeof(cases[0]));
	(void)state;
}

static void multipath_delegates_to_the_daemon(void **state)
{
	static const struct run_case cases[] = {
		{ { "multipath", "-ll" }, NULL, 0, "mpatha (wwid)\n", "" },
		{ { "multipath", "-v1", "-l", "mpathx" }, NULL, 0, "", "" },
		{ { "multipath", "-l", "8:0" }, NULL, 1, "", "" },
		{ { "multipath", "-r" }, NULL, 0, "", "" },
		{ { "multipath", "-f", "mpatha" }, NULL, 0, "", "" },
		{ { "multipath", "-R0", "-f", "busy" }, NULL, 1, "map or partition in use\n", "" },
		{ { "multipath", "-R", "0", "-F" }, NULL, 1, "map or partition in use\n", "" },
	};

	if (getuid() != 0)
		skip();
	run_cases(cases, sizeof(cases) / sizeof(cases[0]));
	(void)state;
}

static void a_busy_map_is_tried_again_as_configured(void **state)
{
	static const struct run_case retry = {
		{ "multipath", "-f", "busy" }, NULL, 1, "map or partition in use\n", ""
	};
	struct fake_daemon *daemon = *state;

	if (getuid() != 0)
		skip();
	*daemon->log = '\0';
	run_cases(&retry, 1);
	assert_string_equal(daemon->log, "@notes -1|del map busy|show config local|del map busy|");
}

static void usage_needs_neither_daemon_nor_root(void **state)
{
	static const char *const argv[] = { "multipath", "-h", NULL };
	static const char title[] = "multipath-tools v" VERSION " (" VERSION_DATE ")\n";
	char output[8192], errors[8192];

	assert_int_equal(run(argv, "", output, errors, sizeof(output)), 0);
	assert_string_equal(output, "");
	assert_memory_equal(errors, title, strlen(title));
	(void)state;
}

static const char prompt[] = "multipathd> "; /* the terminal is in its own mode again */

static bool has(const char *text, const char *first, const char *then)
{
	const char *at = strstr(text, first);

	return at && strstr(at, then);
}

/* Reads until @first is seen, and @then after it; waits for more for five seconds at most. */
static void expect(int fd, const char *first, const char *then)
{
	struct pollfd more = { .fd = fd, .events = POLLIN };
	char text[4096] = "";
	size_t used = 0;

	while (!has(text, first, then) && used < sizeof(text) - 1 && poll(&more, 1, 5000) > 0) {
		ssize_t got = read(fd, text + used, sizeof(text) - 1 - used);

		if (got <= 0)
			break;
		used += got;
		text[used] = '\0';
	}
	if (!has(text, first, then))
		fail_msg("no '%s', '%s' in '%s'", first, then, text);
}

/* What is typed before the line editor has taken over the terminal may be lost. */
static bool reads_keys(int fd)
{
	struct termios settings;

	assert_int_equal(tcgetattr(fd, &settings), 0);
	return !(settings.c_lflag & ICANON);
}

static void type(int fd, const char *text)
{
	while (!reads_keys(fd))
		poll(NULL, 0, 10);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
}

static void a_terminal_has_completion_and_history(void **state)
{
	char file[PATH_MAX + 32];
	int fd, status;
	pid_t child;

	snprintf(file, sizeof(file), "%s/multipathc", programs);
	child = forkpty(&fd, NULL, NULL, NULL);
	assert_true(child >= 0);
	if (!child) {
		setenv("TERM", "dumb", 1);
		/* libedit never frees the names of its functions */
		setenv("ASAN_OPTIONS", "detect_leaks=0", 1);
		execl(file, "multipathc", NULL);
		_exit(126);
	}
	expect(fd, prompt, "");
	type(fd, "sho\tda\t\n");
	expect(fd, "pid 1 idle", prompt);
	type(fd, "\020\n"); /* control-P: the line before */
	expect(fd, "pid 1 idle", prompt);
	type(fd, "show map \t");
	expect(fd, "mpatha  other", prompt);
	type(fd, "m\t");
	expect(fd, "patha ", "");
	type(fd, "\025"); /* control-U: forget the line */
	type(fd, "colour\n");
	expect(fd, "\033[1mbold\033[0m", prompt);
	type(fd, "\004");
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	close(fd);
	(void)state;
}

static void without_a_daemon_each_front_end_reports_it(void **state)
{
	static const struct run_case cases[] = {
		{ { "multipathd", "show", "daemon" },
		  NULL,
		  1,
		  "",
		  "ERROR: failed to connect to multipathd\n" },
		{ { "multipathc" }, NULL, 1, "", "ERROR: failed to connect to multipathd\n" },
		{ { "multipathd", "-k" }, NULL, 1, "", "ERROR: failed to connect to multipathd\n" },
	};

	setenv("MULTIPATH_SOCKET_NAME", "@test-front-nobody", 1);
	run_cases(cases, sizeof(cases) / sizeof(cases[0]));
	unsetenv("MULTIPATH_SOCKET_NAME");
	(void)state;
}

static int start(void **state)
{
	static struct fake_daemon daemon;

	fake_start(&daemon, replies);
	*state = &daemon;
	return 0;
}

static int stop(void **state)
{
	fake_stop(*state);
	return 0;
}

#define with_daemon(test) cmocka_unit_test_setup_teardown(test, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_daemon(multipathd_prints_the_reply_and_exits_by_it),
		with_daemon(a_command_that_is_too_long_is_not_sent),
		with_daemon(the_shell_answers_line_by_line_on_a_pipe),
		with_daemon(multipath_delegates_to_the_daemon),
		with_daemon(a_busy_map_is_tried_again_as_configured),
		with_daemon(a_terminal_has_completion_and_history),
		cmocka_unit_test(usage_needs_neither_daemon_nor_root),
		cmocka_unit_test(without_a_daemon_each_front_end_reports_it),
	};
	ssize_t length;

	/* build/unit/test-front -> build/sbin */
	length = readlink("/proc/self/exe", programs, sizeof(programs) - 16);
	if (length < 0)
		return 1;
	programs[length] = '\0';
	*strrchr(programs, '/') = '\0';
	strcpy(strrchr(programs, '/'), "/sbin");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
