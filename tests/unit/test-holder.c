/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "multipathd/loop/holder.h"

#define HEAD "Num       RefCount Protocol Flags    Type St Inode Path\n"

static void the_socket_that_is_bound_to_the_name_is_found(void **state)
{
	static const char text[] = HEAD
		"0000000000000000: 00000003 00000000 00000000 0001 03 18466 @/org/kernel/x\n"
		"0000000000000000: 00000002 00000000 00010000 0001 01 17 @/org/kernel/xy\n"
		"0000000000000000: 00000002 00000000 00000000 0001 01 18\n"
		"0000000000000000: 00000002 00000000 00010000 0001 01 19 @/org/kernel/x\n";

	assert_int_equal(holder_find_inode(text, "@/org/kernel/x"), 19);
	assert_int_equal(holder_find_inode(text, "@/org/kernel/xy"), 17);
	assert_int_equal(holder_find_inode(text, "@/org/kernel"), 0);
	assert_int_equal(holder_find_inode("", "@/org/kernel"), 0);
	assert_int_equal(holder_find_inode("1: 2\n:\n\n3", "@"), 0);
	(void)state;
}

static void the_process_is_named_and_its_name_is_printable(void **state)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	struct holder holder;
	char name[64];

	snprintf(name, sizeof(name), "@test-holder-%d", (int)getpid());
	memcpy(address.sun_path + 1, name + 1, strlen(name) - 1);
	assert_int_not_equal(holder_find(name, UINT_MAX, &holder), 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&address,
			      offsetof(struct sockaddr_un, sun_path) + strlen(name)),
			 0);
	assert_int_equal(prctl(PR_SET_NAME, "od\033[31md"), 0);
	assert_int_not_equal(holder_find(name, 0, &holder), 0); /* no time to search */
	assert_int_equal(holder_find(name, UINT_MAX, &holder), 0);
	assert_int_equal(holder.pid, getpid());
	assert_int_equal(holder.uid, geteuid());
	assert_string_equal(holder.command, "od?[31md");
	assert_int_equal(listen(fd, 1), 0);
	memset(&holder, 0, sizeof(holder));
	assert_int_equal(holder_find(name, 0, &holder), 0); /* the listener is not searched for */
	assert_int_equal(holder.pid, getpid());
	assert_int_equal(holder.uid, geteuid());
	close(fd);
	(void)state;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_socket_that_is_bound_to_the_name_is_found),
		cmocka_unit_test(the_process_is_named_and_its_name_is_printable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
