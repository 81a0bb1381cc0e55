/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config/state_file.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <time.h>

#include "config/bindings.h"
#include "config/prkeys.h"
#include "config/wwids.h"
#include "scratch_dir.h"

static void a_missing_file_is_created_with_its_directories(void **state)
{
	char dir[PATH_MAX];
	_cleanup_close_ int fd = -1;

	fd = mp_state_file_open(scratch_path(*state, "a/b", dir), "file");
	assert_true(fd >= 0);
	assert_int_equal(scratch_mode(*state, "a"), 0700);
	assert_int_equal(scratch_mode(*state, "a/b"), 0700);
	assert_int_equal(scratch_mode(*state, "a/b/file"), 0600);
}

/* Another program, using the same locks. Holds the lock until it is killed. */
static pid_t other_program_locks(const char *dir, const char *name)
{
	int ready[2];
	char c;
	pid_t pid;

	assert_int_equal(pipe(ready), 0);
	pid = fork();
	if (pid == 0) {
		struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
		char path[PATH_MAX];
		int fd = open(scratch_path(dir, name, path), O_RDWR | O_CREAT, 0600);

		if (fcntl(fd, F_SETLK, &lock) < 0 || write(ready[1], "", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	close(ready[1]);
	assert_true(pid > 0);
	assert_int_equal(read(ready[0], &c, 1), 1);
	close(ready[0]);
	return pid;
}

static void end_program(pid_t pid)
{
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void a_lock_of_another_program_is_waited_for_until_the_limit(void **state)
{
	pid_t pid = other_program_locks(*state, "file");
	struct timespec before, after;
	int fd;

	assert_int_equal(mp_state_file_open_within(*state, "file", 0), -ETIMEDOUT);
	clock_gettime(CLOCK_MONOTONIC, &before);
	assert_int_equal(mp_state_file_open_within(*state, "file", 60), -ETIMEDOUT);
	clock_gettime(CLOCK_MONOTONIC, &after);
	assert_true((after.tv_sec - before.tv_sec) * 1000 +
			    (after.tv_nsec - before.tv_nsec) / 1000000 >=
		    59);
	end_program(pid);
	fd = mp_state_file_open_within(*state, "file", 0);
	assert_true(fd >= 0);
	close(fd);
}

static void closing_another_descriptor_of_the_file_keeps_the_lock(void **state)
{
	int held = mp_state_file_open(*state, "file");
	char path[PATH_MAX];
	int second = open(scratch_path(*state, "file", path), O_RDWR), third;

	close(second);
	assert_int_equal(mp_state_file_open_within(*state, "file", 0), -ETIMEDOUT);
	close(held);
	third = mp_state_file_open_within(*state, "file", 0);
	assert_true(third >= 0);
	close(third);
}

static void a_process_that_waited_for_a_replaced_file_locks_the_new_one(void **state)
{
	int first = mp_state_file_open(*state, "file"), status;
	_cleanup_strbuf_ struct mp_strbuf text = MP_STRBUF_INIT;
	pid_t pid = fork();

	if (pid == 0) {
		int fd;

		close(first);
		fd = mp_state_file_open(*state, "file"); /* waits */
		_exit(fd < 0 || mp_state_file_append(fd, "second\n", 7) < 0);
	}
	usleep(20000); /* most likely it waits by now; nothing depends on it */
	assert_int_equal(mp_state_file_replace(*state, "file", "first\n", 6), 0);
	close(first);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_int_equal(mp_state_file_load(*state, "file", &text), 0);
	assert_string_equal(mp_strbuf_text(&text), "first\nsecond\n");
}

static void replacing_leaves_no_temporary_file(void **state)
{
	_cleanup_close_ int fd = mp_state_file_open(*state, "file");
	_cleanup_free_ char *text = NULL;

	assert_int_equal(mp_state_file_replace(*state, "file", "text\n", 5), 0);
	text = scratch_read(*state, "file");
	assert_string_equal(text, "text\n");
	assert_int_equal(scratch_mode(*state, "file"), 0600);
	assert_false(scratch_exists(*state, "file.new"));
}

static void a_temporary_file_of_a_killed_program_is_no_obstacle(void **state)
{
	_cleanup_close_ int fd = mp_state_file_open(*state, "file");
	_cleanup_free_ char *text = NULL;

	scratch_write(*state, "file.new", "a longer text that was left behind");
	assert_int_equal(mp_state_file_replace(*state, "file", "text\n", 5), 0);
	text = scratch_read(*state, "file");
	assert_string_equal(text, "text\n");
}

static void a_symbolic_link_stays_when_its_target_is_replaced(void **state)
{
	char link[PATH_MAX];
	_cleanup_close_ int fd = -1;
	_cleanup_free_ char *text = NULL;
	struct stat stat;

	scratch_write(*state, "target", "old\n");
	assert_int_equal(symlink("target", scratch_path(*state, "file", link)), 0);
	fd = mp_state_file_open(*state, "file");
	assert_int_equal(mp_state_file_replace(*state, "file", "new\n", 4), 0);
	text = scratch_read(*state, "target");
	assert_string_equal(text, "new\n");
	assert_int_equal(lstat(link, &stat), 0);
	assert_true(S_ISLNK(stat.st_mode));
}

static void loading_a_missing_file_reports_it(void **state)
{
	_cleanup_strbuf_ struct mp_strbuf text = MP_STRBUF_INIT;

	assert_int_equal(mp_state_file_load(*state, "none", &text), -ENOENT);
	assert_false(scratch_exists(*state, "none"));
}

static int add_wwids(const char *dir)
{
	static const char *const wwids[] = { "3600new", "3600newer" };

	return mp_wwids_file_add_many(dir, wwids, ARRAY_SIZE(wwids));
}

static int remove_wwid(const char *dir)
{
	return mp_wwids_file_remove(dir, "3600a");
}

static int reset_wwids(const char *dir)
{
	static const char *const wwids[] = { "3600only" };

	return mp_wwids_file_reset(dir, wwids, ARRAY_SIZE(wwids));
}

static int write_bindings(const char *dir)
{
	_cleanup_free_ char *written = NULL;

	return mp_bindings_write(dir, "mpathb 3600b\n", &written);
}

static int write_key(const char *dir)
{
	_cleanup_strbuf_ struct mp_strbuf text = MP_STRBUF_INIT;
	const struct mp_prkey key = { .key = 0x123abc };

	return mp_prkeys_write(dir, "3600a", &key, &text);
}

/*
 * The program is killed when it enters or leaves system call number @stop. Return: false if it
 * ended before.
 */
static bool killed_at(unsigned stop, int (*write)(const char *dir), const char *dir)
{
	pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (pid == 0) {
		if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0 || raise(SIGSTOP) != 0)
			_exit(2);
		_exit(write(dir) < 0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSTOPPED(status));
	while (stop--) {
		assert_int_equal(ptrace(PTRACE_SYSCALL, pid, NULL, NULL), 0);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		if (!WIFSTOPPED(status)) {
			assert_true(WIFEXITED(status));
			assert_int_equal(WEXITSTATUS(status), 0);
			return false;
		}
	}
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return true;
}

static void a_kill_at_any_system_call_leaves_the_old_file_or_the_new_one(void **state)
{
	static const char bindings[] = "# Multipath bindings, Version : 1.0\nmpatha 3600a\n";
	static const char wwids[] = "# Multipath wwids, Version : 1.0\n/3600a/\n/3600b/\n";
	static const char keys[] =
		"# Multipath persistent reservation keys, Version : 1.0\n0x0000000000000001 3600a\n";
	static const struct {
		int (*write)(const char *dir);
		const char *file, *old; /* NULL: there is none, or an empty one */
	} cases[] = {
		{ add_wwids, "wwids", wwids },	      { add_wwids, "wwids", NULL },
		{ remove_wwid, "wwids", wwids },      { reset_wwids, "wwids", wwids },
		{ reset_wwids, "wwids", NULL },	      { write_bindings, "bindings", bindings },
		{ write_bindings, "bindings", NULL }, { write_key, "prkeys", keys },
		{ write_key, "prkeys", NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_free_ char *new = NULL;
		char path[PATH_MAX];
		bool killed = true;

		scratch_path(*state, cases[i].file, path);
		if (cases[i].old)
			scratch_write(*state, cases[i].file, cases[i].old);
		assert_true(cases[i].write(*state) >= 0);
		new = scratch_read(*state, cases[i].file);
		for (unsigned stop = 0; killed; stop++) {
			_cleanup_free_ char *left = NULL, *again = NULL;

			unlink(path);
			if (cases[i].old)
				scratch_write(*state, cases[i].file, cases[i].old);
			killed = killed_at(stop, cases[i].write, *state);
			if (scratch_exists(*state, cases[i].file))
				left = scratch_read(*state, cases[i].file);
			if (left && strcmp(left, new) != 0)
				assert_string_equal(left, cases[i].old ? cases[i].old : "");
			else
				assert_true(left || !cases[i].old);

			/* Neither a lock nor a temporary file obstructs the next one. */
			assert_true(cases[i].write(*state) >= 0);
			again = scratch_read(*state, cases[i].file);
			assert_string_equal(again, new);
		}
		unlink(path);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		scratch_test(a_missing_file_is_created_with_its_directories),
		scratch_test(a_lock_of_another_program_is_waited_for_until_the_limit),
		scratch_test(closing_another_descriptor_of_the_file_keeps_the_lock),
		scratch_test(a_process_that_waited_for_a_replaced_file_locks_the_new_one),
		scratch_test(replacing_leaves_no_temporary_file),
		scratch_test(a_temporary_file_of_a_killed_program_is_no_obstacle),
		scratch_test(a_kill_at_any_system_call_leaves_the_old_file_or_the_new_one),
		scratch_test(a_symbolic_link_stays_when_its_target_is_replaced),
		scratch_test(loading_a_missing_file_reports_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
