/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "config/config.h"
#include "config/permissions.h"

struct found {
	char dir[32];
	char text[4096]; /* files, each followed by a blank */
};

static void on_found(void *userdata, const char *file, const char *text)
{
	struct found *found = userdata;

	assert_memory_equal(file, found->dir, strlen(found->dir));
	assert_non_null(strstr(text, "users other than root"));
	strcat(strcat(found->text, file + strlen(found->dir)), " ");
}

static void make(const struct found *found, const char *name, bool is_dir, mode_t mode)
{
	char file[128];
	int fd;

	snprintf(file, sizeof(file), "%s%s", found->dir, name);
	if (is_dir) {
		assert_int_equal(mkdir(file, 0700), 0);
	} else {
		fd = creat(file, 0600);
		assert_true(fd >= 0);
		close(fd);
	}
	assert_int_equal(chmod(file, mode), 0);
}

static void expect(struct found *found, const char *files)
{
	char file[64], conf[64], state[64];
	struct mp_config_source source = { .file = file, .dir = conf };

	snprintf(file, sizeof(file), "%s/etc/multipath.conf", found->dir);
	snprintf(conf, sizeof(conf), "%s/etc/conf.d", found->dir);
	snprintf(state, sizeof(state), "%s/state", found->dir);
	found->text[0] = '\0';
	mp_permissions_check(&source, state, on_found, found);
	assert_string_equal(found->text, files);
}

static void chmod_of(const struct found *found, const char *name, mode_t mode, uid_t uid, gid_t gid)
{
	char file[128];

	snprintf(file, sizeof(file), "%s%s", found->dir, name);
	assert_int_equal(chown(file, uid, gid), 0);
	assert_int_equal(chmod(file, mode), 0);
}

static void files_that_users_may_change_are_reported(void **state)
{
	static const char *const files[] = { "/etc",	     "/etc/multipath.conf",
					     "/etc/conf.d",  "/etc/conf.d/a.conf",
					     "/state",	     "/state/bindings",
					     "/state/wwids", "/state/prkeys" };
	struct found found = { .dir = "/tmp/test-permissions-XXXXXX" };
	char command[64];

	(void)state;
	if (geteuid() != 0)
		skip();
	assert_non_null(mkdtemp(found.dir));
	expect(&found, "");
	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		make(&found, files[i],
		     !strchr(files[i], '.') || !strcmp(files[i], "/etc/conf.d") ?
			     !strstr(files[i], "state/") :
			     false,
		     0755);
	make(&found, "/etc/conf.d/a.conf.old", false, 0666); /* is not read */
	expect(&found, "");
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		char wanted[64];

		snprintf(wanted, sizeof(wanted), "%s ", files[i]);
		chmod_of(&found, files[i], 0757, 0, 0);
		expect(&found, wanted);
		chmod_of(&found, files[i], 0770, 0, 100);
		expect(&found, wanted);
		chmod_of(&found, files[i], 0700, 1000, 0);
		expect(&found, wanted);
		chmod_of(&found, files[i], 0775, 0, 0); /* root's group is root */
		expect(&found, "");
		chmod_of(&found, files[i], 0755, 0, 100);
		expect(&found, "");
	}
	snprintf(command, sizeof(command), "rm -r %s", found.dir);
	assert_int_equal(system(command), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_that_users_may_change_are_reported),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
