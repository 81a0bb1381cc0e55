/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <limits.h>

#include "config/config.h"
#include "config/keywords.h"
#include "config/member.h"

static void set(enum mp_key key, int64_t number, void *settings)
{
	const struct mp_setting setting = { .key = key, .number = number };

	mp_member_set(&mp_keywords[key].sets, &setting, settings);
}

static void a_value_is_stored_in_its_member_and_no_other(void **state)
{
	struct mp_path_settings path = { 0 };
	struct mp_map_settings map = { 0 };
	struct mp_process_settings process = { 0 };

	(void)state;
	set(MP_KEY_DETECT_PRIO, 1, &path);
	assert_true(path.detect_prio);
	assert_false(path.detect_checker);
	assert_false(path.recheck_wwid);
	set(MP_KEY_DEV_LOSS_TMO, UINT_MAX, &path);
	assert_int_equal(path.dev_loss_sec, UINT_MAX);
	assert_true(path.has_dev_loss);
	assert_false(path.has_fast_io_fail);
	assert_int_equal(path.fast_io_fail_sec, 0);
	assert_int_equal(path.eh_deadline_sec, 0);

	set(MP_KEY_FAILBACK, MP_FAILBACK_FOLLOWOVER, &map);
	assert_int_equal(map.failback, MP_FAILBACK_FOLLOWOVER);
	assert_int_equal(map.no_path_retry, 0);
	assert_int_equal(map.flush_on_last_del, 0);

	set(MP_KEY_MAX_FDS, -1, &process);
	assert_int_equal(process.max_fds, -1);
	assert_false(process.reassign_maps);
}

static void without_a_value_the_member_is_empty(void **state)
{
	struct mp_path_settings path = { .checker = "tur",
					 .has_max_retries = true,
					 .max_retries = 3 };

	(void)state;
	mp_member_set(&mp_keywords[MP_KEY_PATH_CHECKER].sets, NULL, &path);
	mp_member_set(&mp_keywords[MP_KEY_MAX_RETRIES].sets, NULL, &path);
	assert_null(path.checker);
	assert_false(path.has_max_retries);
	assert_int_equal(path.max_retries, 0);
}

/* The size of what holds it, by its home. */
static size_t home_size(enum mp_home home)
{
	return home == MP_HOME_PROCESS ? sizeof(struct mp_process_settings) :
	       home == MP_HOME_PATH    ? sizeof(struct mp_path_settings) :
					 sizeof(struct mp_map_settings);
}

static void no_two_keywords_share_a_member(void **state)
{
	unsigned char takers[3][sizeof(struct mp_map_settings) + sizeof(struct mp_path_settings) +
				sizeof(struct mp_process_settings)] = { 0 };
	unsigned count = 0;

	(void)state;
	for (enum mp_key key = MP_KEY_NONE + 1; key < MP_KEYS; key++) {
		const struct mp_member *member = &mp_keywords[key].sets;

		if (member->home == MP_HOME_NONE)
			continue;
		count++;
		assert_true(member->size == 1 || member->size == 4 || member->size == 8);
		assert_true(member->offset + member->size <= home_size(member->home));
		for (size_t i = 0; i < member->size; i++)
			if (takers[member->home - 1][member->offset + i]++)
				fail_msg("the member of %s has another keyword, too",
					 mp_keywords[key].name);
	}
	assert_true(count > 40);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_value_is_stored_in_its_member_and_no_other),
		cmocka_unit_test(without_a_value_the_member_is_empty),
		cmocka_unit_test(no_two_keywords_share_a_member),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
