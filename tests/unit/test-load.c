/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/cleanup.h"
#include "config-loaded.h"

static const struct mp_process_settings *process_of(struct loaded *loaded, const char *text)
{
	assert_int_equal(loaded_text(loaded, text), 0);
	return mp_config_process(loaded->config);
}

static void without_a_file_the_built_in_values_apply(void **state)
{
	const struct mp_process_settings *process;
	_cleanup_loaded_ struct loaded loaded;

	(void)state;
	loaded_init(&loaded);
	process = process_of(&loaded, "");
	assert_int_equal(process->verbosity, 2);
	assert_int_equal(process->polling_interval_sec, 5);
	assert_int_equal(process->max_polling_interval_sec, 20);
	assert_int_equal(process->max_fds, -1);
	assert_int_equal(process->find_multipaths, MP_FIND_STRICT);
	assert_int_equal(process->find_multipaths_timeout_sec, -10);
	assert_int_equal(process->uxsock_timeout_msec, 4000);
	assert_int_equal(process->retrigger_tries, 3);
	assert_int_equal(process->retrigger_delay_sec, 10);
	assert_int_equal(process->missing_uev_wait_timeout_sec, 30);
	assert_int_equal(process->remove_retries, 0);
	assert_null(process->partition_delimiter);
	assert_false(process->lists_nvme);
	assert_int_equal(process->marginal_pathgroups, MP_MARGINAL_OFF);
	assert_int_equal(process->auto_resize, MP_RESIZE_NEVER);
	assert_false(process->reassign_maps || process->queue_without_daemon ||
		     process->log_checker_err_once || process->allow_usb_devices);
}

static void each_polling_interval_has_a_default_from_the_other(void **state)
{
	static const struct {
		const char *text;
		unsigned polling, max;
	} rows[] = {
		{ "", 5, 20 },
		{ "polling_interval 10", 10, 40 },
		{ "max_polling_interval 60", 15, 60 },
		{ "max_polling_interval 3", 1, 3 },
		{ "polling_interval 10\nmax_polling_interval 4", 4, 4 },
		{ "polling_interval 10\nmax_polling_interval 0", 10, 40 },
		{ "polling_interval 0", 5, 20 },
		{ "polling_interval x", 5, 20 },
		{ "polling_interval 0\nmax_polling_interval 0", 5, 20 },
		{ "polling_interval 4294967295", 4294967294, 4294967295 },
		{ "max_polling_interval 4294967295", 1073741823, 4294967295 },
	};
	_cleanup_loaded_ struct loaded loaded;

	(void)state;
	loaded_init(&loaded);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct mp_process_settings *process;
		char text[200];

		snprintf(text, sizeof(text), "defaults {\n%s\n}\n", rows[i].text);
		process = process_of(&loaded, text);
		assert_int_equal(process->polling_interval_sec, rows[i].polling);
		assert_int_equal(process->max_polling_interval_sec, rows[i].max);
	}
}

static void the_command_line_takes_precedence(void **state)
{
	_cleanup_loaded_ struct loaded loaded;

	(void)state;
	loaded_init(&loaded);
	loaded.source.verbosity = 0;
	assert_int_equal(process_of(&loaded, "defaults {\nverbosity 4\n}\n")->verbosity, 0);

	loaded.source.ignore_wwids = true;
	assert_int_equal(process_of(&loaded, "")->find_multipaths, MP_FIND_SMART);
	assert_int_equal(
		process_of(&loaded, "defaults {\nfind_multipaths on\n}\n")->find_multipaths,
		MP_FIND_SMART);
	assert_int_equal(
		process_of(&loaded, "defaults {\nfind_multipaths off\n}\n")->find_multipaths,
		MP_FIND_GREEDY);
	assert_int_equal(
		process_of(&loaded, "defaults {\nfind_multipaths greedy\n}\n")->find_multipaths,
		MP_FIND_GREEDY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_file_the_built_in_values_apply),
		cmocka_unit_test(each_polling_interval_has_a_default_from_the_other),
		cmocka_unit_test(the_command_line_takes_precedence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
