/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <systemd/sd-daemon.h>

#include "base/cleanup.h"
#include "multipathd/state/daemon.h"
#include "multipathd/state/notify.h"

static char sent[256]; /* one notification per line */

/* Replace those of libsystemd. */
int sd_notify(int unset_environment, const char *text)
{
	assert_int_equal(unset_environment, 0);
	strncat(sent, text, sizeof(sent) - strlen(sent) - 1);
	strncat(sent, "\n", sizeof(sent) - strlen(sent) - 1);
	return 1;
}

int sd_notifyf(int unset_environment, const char *format, ...)
{
	char text[128];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	return sd_notify(unset_environment, text);
}

static void the_status_is_up_once_the_daemon_serves(void **state)
{
	static const struct {
		enum daemon_state state;
		const char *more, *sent;
	} rows[] = {
		{ DAEMON_STARTUP, NULL, "STATUS=startup\n" },
		{ DAEMON_CONFIGURE, NULL, "STATUS=configure\n" },
		{ DAEMON_IDLE, "READY=1", "STATUS=up\nREADY=1\n" },
		{ DAEMON_RUNNING, NULL, "STATUS=up\n" },
		{ DAEMON_SHUTDOWN, "READY=1", "STATUS=shutdown\nREADY=1\n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct daemon daemon = { .state = rows[i].state };

		sent[0] = '\0';
		notify_state(&daemon, rows[i].more);
		assert_string_equal(sent, rows[i].sent);
	}
}

static void the_exit_status_is_reported(void **state)
{
	(void)state;
	sent[0] = '\0';
	notify_exit(1);
	assert_string_equal(sent, "ERRNO=1\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_status_is_up_once_the_daemon_serves),
		cmocka_unit_test(the_exit_status_is_reported),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
