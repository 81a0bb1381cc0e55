/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "libmpathcmd/address.h"

#define PATH_OFFSET offsetof(struct sockaddr_un, sun_path)

static void an_abstract_name_has_no_trailing_nul(void **state)
{
	struct mp_address address;

	assert_int_equal(mp_address_parse("@/org/kernel", &address), 0);
	assert_int_equal(address.length, PATH_OFFSET + 12);
	assert_memory_equal(address.name.sun_path, "\0/org/kernel", 12);
	(void)state;
}

static void a_file_name_keeps_its_nul(void **state)
{
	struct mp_address address;

	assert_int_equal(mp_address_parse("/run/x", &address), 0);
	assert_int_equal(address.length, PATH_OFFSET + 7);
	assert_string_equal(address.name.sun_path, "/run/x");
	(void)state;
}

static void names_that_do_not_fit_are_refused(void **state)
{
	struct mp_address address;
	char name[109];

	memset(name, 'x', sizeof(name));
	name[108] = '\0';
	assert_int_equal(mp_address_parse(name, &address), -ENAMETOOLONG);
	name[107] = '\0';
	assert_int_equal(mp_address_parse(name, &address), 0);
	assert_int_equal(mp_address_parse("", &address), -EINVAL);
	(void)state;
}

static void roots_file_is_tried_first_and_the_abstract_name_last(void **state)
{
	struct mp_address list[MP_ADDRESS_MAX];

	assert_int_equal(mp_address_list(NULL, list), 3);
	assert_string_equal(list[0].name.sun_path, RUNTIME_DIR "/multipathd.root.socket");
	assert_string_equal(list[1].name.sun_path, RUNTIME_DIR "/multipathd.socket");
	assert_memory_equal(list[2].name.sun_path, "\0/org/kernel/linux/storage/multipathd", 37);
	assert_int_equal(list[2].length, PATH_OFFSET + 37);
	assert_int_equal(mp_address_list("", list), 3);
	(void)state;
}

static void the_environment_replaces_all(void **state)
{
	struct mp_address list[MP_ADDRESS_MAX];

	assert_int_equal(mp_address_list("@other", list), 1);
	assert_memory_equal(list[0].name.sun_path, "\0other", 6);
	(void)state;
}

static void a_missing_listener_is_an_error(void **state)
{
	setenv(MP_ADDRESS_VARIABLE, "/nonexistent/socket", 1);
	assert_int_equal(mp_address_connect(0, 100), -ENOENT);
	unsetenv(MP_ADDRESS_VARIABLE);
	(void)state;
}

static void a_full_backlog_is_waited_for_no_longer_than_asked(void **state)
{
	struct mp_address address;
	int listener, first, second;

	setenv(MP_ADDRESS_VARIABLE, "@test-address-backlog", 1);
	assert_int_equal(mp_address_parse("@test-address-backlog", &address), 0);
	listener = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(bind(listener, (struct sockaddr *)&address.name, address.length), 0);
	assert_int_equal(listen(listener, 0), 0);

	first = mp_address_connect(0, 100);
	assert_true(first >= 0);
	assert_int_equal(mp_address_connect(0, 50), -EAGAIN);
	assert_int_equal(mp_address_connect(SOCK_NONBLOCK, 0), -EAGAIN);
	close(accept(listener, NULL, NULL));
	second = mp_address_connect(0, 50);
	assert_true(second >= 0);

	close(second);
	close(first);
	close(listener);
	unsetenv(MP_ADDRESS_VARIABLE);
	(void)state;
}

/*
 * A listener of another user, who has taken the abstract name; the socket file is in a runtime
 * directory of ours.
 */
static int listen_as(const char *name, uid_t uid, int backlog)
{
	struct mp_address address;
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	assert_int_equal(mp_address_parse(name, &address), 0);
	if (seteuid(uid) < 0)
		skip();
	assert_int_equal(bind(fd, (struct sockaddr *)&address.name, address.length), 0);
	assert_int_equal(listen(fd, backlog), 0);
	assert_int_equal(seteuid(0), 0);
	return fd;
}

static void only_a_daemon_of_root_or_of_the_caller_is_asked(void **state)
{
	int squatter = listen_as("@test-address-squatter", 65534, 10),
	    root = listen_as("@test-address-root", 0, 10), fd;

	setenv(MP_ADDRESS_VARIABLE, "@test-address-squatter", 1);
	assert_int_equal(mp_address_connect(0, 100), -EPERM);
	assert_int_equal(mp_address_connect(SOCK_NONBLOCK, 0), -EPERM);
	setenv(MP_ADDRESS_VARIABLE, "@test-address-root", 1);
	fd = mp_address_connect(0, 100);
	assert_true(fd >= 0);
	close(fd);

	/* A user may ask a daemon of their own, and root's, but no other user's. */
	assert_int_equal(seteuid(65534), 0);
	fd = mp_address_connect(0, 100);
	assert_true(fd >= 0);
	close(fd);
	setenv(MP_ADDRESS_VARIABLE, "@test-address-squatter", 1);
	fd = mp_address_connect(0, 100);
	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(seteuid(0), 0);
	assert_int_equal(seteuid(1000), 0);
	assert_int_equal(mp_address_connect(0, 100), -EPERM);
	assert_int_equal(seteuid(0), 0);

	close(squatter);
	close(root);
	unsetenv(MP_ADDRESS_VARIABLE);
	(void)state;
}

static void only_the_abstract_name_can_be_taken_by_any_user(void **state)
{
	struct mp_address list[MP_ADDRESS_MAX];

	assert_int_equal(mp_address_list(NULL, list), 3);
	assert_false(list[0].anybodys);
	assert_false(list[1].anybodys);
	assert_true(list[2].anybodys);
	assert_int_equal(mp_address_list("@chosen", list), 1);
	assert_false(list[0].anybodys);
	(void)state;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_abstract_name_has_no_trailing_nul),
		cmocka_unit_test(a_file_name_keeps_its_nul),
		cmocka_unit_test(names_that_do_not_fit_are_refused),
		cmocka_unit_test(roots_file_is_tried_first_and_the_abstract_name_last),
		cmocka_unit_test(the_environment_replaces_all),
		cmocka_unit_test(a_missing_listener_is_an_error),
		cmocka_unit_test(a_full_backlog_is_waited_for_no_longer_than_asked),
		cmocka_unit_test(only_a_daemon_of_root_or_of_the_caller_is_asked),
		cmocka_unit_test(only_the_abstract_name_can_be_taken_by_any_user),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
