/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config/wwids.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "hostile.h"
#include "scratch_dir.h"

static const char foreign_header[] = "# Multipath wwids, Version : 1.0\n"
				     "# Another program wrote this.\n";

static void the_set_remembers_each_wwid_once(void **state)
{
	_cleanup_(mp_wwids_freep) struct mp_wwids *wwids = NULL;

	(void)state;
	assert_int_equal(mp_wwids_new(&wwids), 0);
	assert_false(mp_wwids_has(wwids, "b"));
	assert_int_equal(mp_wwids_remember(wwids, "b"), 1);
	assert_int_equal(mp_wwids_remember(wwids, "a"), 1);
	assert_int_equal(mp_wwids_remember(wwids, "c"), 1);
	assert_int_equal(mp_wwids_remember(wwids, "b"), 0);
	assert_true(mp_wwids_has(wwids, "a") && mp_wwids_has(wwids, "b") &&
		    mp_wwids_has(wwids, "c"));
}

static void thousands_of_wwids_are_found(void **state)
{
	_cleanup_(mp_wwids_freep) struct mp_wwids *wwids = NULL;
	char wwid[32];

	(void)state;
	assert_int_equal(mp_wwids_new(&wwids), 0);
	for (unsigned i = 0; i < 5000; i++) {
		snprintf(wwid, sizeof(wwid), "3600%u", i * 7919 % 5000);
		assert_int_equal(mp_wwids_remember(wwids, wwid), 1);
	}
	for (unsigned i = 0; i < 5000; i++) {
		snprintf(wwid, sizeof(wwid), "3600%u", i);
		assert_true(mp_wwids_has(wwids, wwid));
	}
}

static void a_line_is_valid_if_it_begins_with_a_slash_and_has_another(void **state)
{
	static const char text[] = "# Multipath wwids\n"
				   "/known/\n"
				   "#removed/\n"
				   " /blank before/\n"
				   "/with rest/ of line\n"
				   "//\n"
				   "/\n"
				   "/known/\n"
				   "/last/";
	_cleanup_(mp_wwids_freep) struct mp_wwids *wwids = NULL;

	(void)state;
	assert_int_equal(mp_wwids_new(&wwids), 0);
	assert_int_equal(mp_wwids_parse(wwids, text, sizeof(text) - 1), 0);
	assert_true(mp_wwids_has(wwids, "known"));
	assert_true(mp_wwids_has(wwids, "with rest"));
	assert_true(mp_wwids_has(wwids, "last"));
	assert_false(mp_wwids_has(wwids, "removed"));
	assert_false(mp_wwids_has(wwids, "blank before"));
	assert_false(mp_wwids_has(wwids, ""));
}

static void loading_replaces_and_a_missing_file_is_empty(void **state)
{
	_cleanup_(mp_wwids_freep) struct mp_wwids *wwids = NULL;

	assert_int_equal(mp_wwids_new(&wwids), 0);
	assert_int_equal(mp_wwids_remember(wwids, "old"), 1);
	assert_int_equal(mp_wwids_load(wwids, *state), 0);
	assert_false(mp_wwids_has(wwids, "old"));
	assert_false(scratch_exists(*state, "wwids"));
	assert_int_equal(mp_wwids_file_add(*state, "new"), 1);
	assert_int_equal(mp_wwids_load(wwids, *state), 0);
	assert_true(mp_wwids_has(wwids, "new"));
}

static void the_first_wwid_creates_the_header(void **state)
{
	_cleanup_free_ char *text = NULL;

	assert_int_equal(mp_wwids_file_add(*state, "3600a"), 1);
	text = scratch_read(*state, "wwids");
	assert_int_equal(strncmp(text, "# Multipath wwids, Version : 1.0\n#", 34), 0);
	assert_string_equal(strstr(text, "\n/") + 1, "/3600a/\n");
	assert_int_equal(scratch_mode(*state, "wwids"), 0600);
	assert_int_equal(mp_wwids_file_add(*state, "3600a"), 0);
}

static void adding_keeps_what_is_there(void **state)
{
	_cleanup_free_ char *text = NULL;
	const char *const wwids[] = { "b", "a", "b", "old" };

	scratch_write(*state, "wwids", "# mine\n/old/\n/no end of line/");
	assert_int_equal(mp_wwids_file_add_many(*state, wwids, 4), 2);
	text = scratch_read(*state, "wwids");
	assert_string_equal(text, "# mine\n/old/\n/no end of line/\n/a/\n/b/\n");
	assert_int_equal(mp_wwids_file_add_many(*state, wwids, 0), 0);
}

static void a_wwid_can_be_looked_up_in_the_file_itself(void **state)
{
	static const struct {
		const char *wwid;
		int known;
	} cases[] = {
		{ "first", 1 },	       { "last", 1 }, { "with rest", 1 }, { "removed", 0 },
		{ "blank before", 0 }, { "cut", 0 },  { "irst", 0 },	  { "", 0 },
		{ "a/b", 0 },
	};

	assert_int_equal(mp_wwids_file_has(*state, "first"), 0);
	scratch_write(*state, "wwids", "");
	assert_int_equal(mp_wwids_file_has(*state, "first"), 0);
	scratch_write(
		*state, "wwids",
		"# header\n/first/\n#removed/\n /blank before/\n#/removed/\n/with rest/ x\n/last/\n/cut");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_int_equal(mp_wwids_file_has(*state, cases[i].wwid), cases[i].known);
}

static void a_truncated_line_is_not_an_entry_and_damages_none(void **state)
{
	_cleanup_free_ char *text = NULL;

	scratch_write(*state, "wwids", "/old/\n/3600");
	assert_int_equal(mp_wwids_file_add(*state, "3600"), 1);
	text = scratch_read(*state, "wwids");
	assert_string_equal(text, "/old/\n/3600\n/3600/\n");
}

static void removing_overwrites_one_byte_of_the_line(void **state)
{
	_cleanup_free_ char *text = NULL;

	scratch_write(*state, "wwids", "# h\n/a/\n/ab/\n/a/\n");
	assert_int_equal(mp_wwids_file_remove(*state, "a"), 1);
	assert_int_equal(mp_wwids_file_remove(*state, "a"), 0);
	text = scratch_read(*state, "wwids");
	assert_string_equal(text, "# h\n#a/\n/ab/\n#a/\n");
	assert_int_equal(mp_wwids_file_add(*state, "a"), 1);
}

static void reset_leaves_exactly_the_given_ones(void **state)
{
	const char *const wwids[] = { "x", "y", "x" };
	_cleanup_free_ char *text = NULL, *empty = NULL;

	scratch_write(*state, "wwids", foreign_header);
	assert_int_equal(mp_wwids_file_add(*state, "old"), 1);
	assert_int_equal(mp_wwids_file_reset(*state, wwids, 3), 0);
	text = scratch_read(*state, "wwids");
	assert_string_equal(strstr(text, "\n/") + 1, "/x/\n/y/\n");
	assert_int_equal(mp_wwids_file_reset(*state, NULL, 0), 0);
	empty = scratch_read(*state, "wwids");
	assert_null(strstr(empty, "\n/"));
}

static void an_empty_wwid_is_refused(void **state)
{
	static const char *const wwids[] = { "" };

	assert_int_equal(mp_wwids_file_add(*state, wwids[0]), -EINVAL);
	assert_int_equal(mp_wwids_file_reset(*state, wwids, 1), -EINVAL);
	assert_int_equal(mp_wwids_file_remove(*state, wwids[0]), 0);
	assert_int_equal(mp_wwids_mark_failed(*state, ""), -EINVAL);
	assert_false(mp_wwids_has_failed(*state, ""));
}

static void notes_are_read_back_as_written(void **state)
{
	const size_t count = ARRAY_SIZE(hostile_words);
	_cleanup_(mp_wwids_freep) struct mp_wwids *wwids = NULL;

	assert_int_equal(mp_wwids_new(&wwids), 0);
	assert_int_equal(mp_wwids_file_add_many(*state, hostile_words, count), count);
	assert_int_equal(mp_wwids_file_add_many(*state, hostile_words, count), 0);
	assert_int_equal(mp_wwids_load(wwids, *state), 0);
	for (size_t i = 0; i < count; i++) {
		assert_true(mp_wwids_has(wwids, hostile_words[i]));
		assert_int_equal(mp_wwids_remember(wwids, hostile_words[i]), 0);
		assert_int_equal(mp_wwids_file_has(*state, hostile_words[i]), 1);
	}
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(mp_wwids_file_remove(*state, hostile_words[i]), 1);
		assert_int_equal(mp_wwids_file_has(*state, hostile_words[i]), 0);
		assert_int_equal(mp_wwids_file_has(*state, hostile_words[(i + 1) % count]),
				 i + 1 < count);
		assert_int_equal(mp_wwids_mark_failed(*state, hostile_words[i]), 1);
		assert_false(mp_wwids_has_suspended(*state, hostile_words[i]));
	}
	for (size_t i = 0; i < count; i++)
		assert_int_equal(mp_wwids_clear_failed(*state, hostile_words[i]), 1);
}

static void a_full_disk_leaves_the_file_as_it_was(void **state)
{
	static const char old[] = "# header\n/old/\n";
	_cleanup_free_ char *text = NULL;
	int status;
	pid_t pid;

	scratch_write(*state, "wwids", old);
	pid = fork();
	if (pid == 0) {
		const struct rlimit limit = { sizeof(old) + 3, sizeof(old) + 3 };

		signal(SIGXFSZ, SIG_IGN);
		setrlimit(RLIMIT_FSIZE, &limit);
		_exit(mp_wwids_file_add(*state, "a long one that does not fit") == -EFBIG ? 0 : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	text = scratch_read(*state, "wwids");
	assert_string_equal(text, old);
}

static void many_writers_lose_nothing(void **state)
{
	enum { WRITERS = 4, EACH = 25 };
	_cleanup_(mp_wwids_freep) struct mp_wwids *wwids = NULL;
	char wwid[32];

	for (int writer = 0; writer < WRITERS; writer++) {
		if (fork() != 0)
			continue;
		for (int i = 0; i < EACH; i++) {
			snprintf(wwid, sizeof(wwid), "w%d-%d", writer, i);
			if (mp_wwids_file_add(*state, wwid) != 1)
				_exit(1);
		}
		_exit(0);
	}
	for (int writer = 0; writer < WRITERS; writer++) {
		int status;

		assert_true(wait(&status) > 0);
		assert_int_equal(status, 0);
	}
	assert_int_equal(mp_wwids_new(&wwids), 0);
	assert_int_equal(mp_wwids_load(wwids, *state), 0);
	for (int i = 0; i < WRITERS * EACH; i++) {
		snprintf(wwid, sizeof(wwid), "w%d-%d", i / EACH, i % EACH);
		assert_true(mp_wwids_has(wwids, wwid));
	}
}

static void a_failed_wwid_is_marked_by_an_empty_file(void **state)
{
	assert_false(mp_wwids_has_failed(*state, "w"));
	assert_int_equal(mp_wwids_clear_failed(*state, "w"), 0);
	assert_int_equal(mp_wwids_mark_failed(*state, "w"), 1);
	assert_int_equal(mp_wwids_mark_failed(*state, "w"), 0);
	assert_true(mp_wwids_has_failed(*state, "w"));
	assert_int_equal(scratch_mode(*state, "multipath/failed_wwids/w"), 0400);
	assert_int_equal(scratch_mode(*state, "multipath/failed_wwids"), 0700);
	assert_int_equal(mp_wwids_clear_failed(*state, "w"), 1);
	assert_false(mp_wwids_has_failed(*state, "w"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_set_remembers_each_wwid_once),
		cmocka_unit_test(thousands_of_wwids_are_found),
		cmocka_unit_test(a_line_is_valid_if_it_begins_with_a_slash_and_has_another),
		scratch_test(loading_replaces_and_a_missing_file_is_empty),
		scratch_test(the_first_wwid_creates_the_header),
		scratch_test(adding_keeps_what_is_there),
		scratch_test(a_wwid_can_be_looked_up_in_the_file_itself),
		scratch_test(a_truncated_line_is_not_an_entry_and_damages_none),
		scratch_test(removing_overwrites_one_byte_of_the_line),
		scratch_test(reset_leaves_exactly_the_given_ones),
		scratch_test(an_empty_wwid_is_refused),
		scratch_test(notes_are_read_back_as_written),
		scratch_test(a_full_disk_leaves_the_file_as_it_was),
		scratch_test(many_writers_lose_nothing),
		scratch_test(a_failed_wwid_is_marked_by_an_empty_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
