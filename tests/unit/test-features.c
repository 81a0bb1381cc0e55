/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "model/features.h"

static void words_are_counted_and_the_right_ones_kept(void **state)
{
	static const struct {
		const char *configured;
		enum mp_queue_mode mode;
		bool queue;
		const char *features;
	} rows[] = {
		{ NULL, MP_QUEUE_MODE_UNDECIDED, false, "0" },
		{ "", MP_QUEUE_MODE_UNDECIDED, true, "1 queue_if_no_path" },
		{ "0", MP_QUEUE_MODE_REQUEST, false, "0" },
		{ "  1   some_word ", MP_QUEUE_MODE_UNDECIDED, false, "1 some_word" },
		/* the count is ours */
		{ "7 some_word", MP_QUEUE_MODE_UNDECIDED, true, "2 some_word queue_if_no_path" },
		{ "some_word", MP_QUEUE_MODE_UNDECIDED, false, "1 some_word" },
		{ "2 queue_if_no_path retain_attached_hw_handler", MP_QUEUE_MODE_UNDECIDED, false,
		  "0" },
		{ "4 pg_init_retries 5 pg_init_delay_msecs 10", MP_QUEUE_MODE_UNDECIDED, false,
		  "4 pg_init_retries 5 pg_init_delay_msecs 10" },
		{ "2 queue_mode bio", MP_QUEUE_MODE_UNDECIDED, false, "2 queue_mode bio" },
		{ "2 queue_mode bio", MP_QUEUE_MODE_REQUEST, false, "0" },
		{ "2 queue_mode bio", MP_QUEUE_MODE_BIO, false, "2 queue_mode bio" },
		{ "2 queue_mode rq", MP_QUEUE_MODE_REQUEST, false, "2 queue_mode rq" },
		{ "2 queue_mode mq", MP_QUEUE_MODE_BIO, true, "3 queue_mode bio queue_if_no_path" },
		{ "0", MP_QUEUE_MODE_BIO, false, "2 queue_mode bio" },
		{ "1 queue_mode", MP_QUEUE_MODE_UNDECIDED, false, "0" },
		/* the kernel would refuse the table */
		{ "2 pg_init_retries 0", MP_QUEUE_MODE_UNDECIDED, false, "0" },
		{ "2 pg_init_retries 51", MP_QUEUE_MODE_UNDECIDED, false, "0" },
		{ "2 pg_init_retries x", MP_QUEUE_MODE_UNDECIDED, false, "0" },
		{ "1 pg_init_retries", MP_QUEUE_MODE_UNDECIDED, false, "0" },
		{ "2 pg_init_retries 50", MP_QUEUE_MODE_UNDECIDED, false, "2 pg_init_retries 50" },
		{ "2 pg_init_delay_msecs 0", MP_QUEUE_MODE_UNDECIDED, false,
		  "2 pg_init_delay_msecs 0" },
		{ "2 pg_init_delay_msecs 60001", MP_QUEUE_MODE_UNDECIDED, false, "0" },
		{ "2 queue_mode bio queue_mode rq", MP_QUEUE_MODE_UNDECIDED, false,
		  "2 queue_mode bio" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *features = NULL;

		assert_int_equal(mp_features_make(rows[i].configured, rows[i].mode, rows[i].queue,
						  &features),
				 0);
		assert_string_equal(features, rows[i].features);
	}
}

static void the_mode_is_read_from_the_features(void **state)
{
	static const struct {
		const char *features;
		enum mp_queue_mode mode;
	} rows[] = {
		{ NULL, MP_QUEUE_MODE_UNDECIDED },
		{ "0", MP_QUEUE_MODE_UNDECIDED },
		{ "2 queue_mode bio", MP_QUEUE_MODE_BIO },
		{ "2 queue_mode mq", MP_QUEUE_MODE_REQUEST },
		{ "2 queue_mode rq", MP_QUEUE_MODE_REQUEST },
		{ "2 queue_mode x", MP_QUEUE_MODE_UNDECIDED },
		{ "3 queue_if_no_path queue_mode bio", MP_QUEUE_MODE_BIO },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_int_equal(mp_features_mode(rows[i].features), rows[i].mode);
}

static void features_are_equal_if_they_mean_the_same(void **state)
{
	static const struct {
		const char *a, *b;
		bool equal;
	} rows[] = {
		{ "0", NULL, true },
		{ "1 x", "1 x", true },
		{ "1 x", "1 y", false },
		{ "1 x", "0", false },
		{ "2 x y", "2 y x", true },
		{ "1 queue_if_no_path", "0", true },
		{ "1 retain_attached_hw_handler", "0", true },
		{ "2 queue_mode mq", "2 queue_mode rq", true },
		{ "2 queue_mode mq", "2 queue_mode bio", false },
		{ "2 pg_init_retries 1", "2 pg_init_retries 2", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_int_equal(mp_features_equal(rows[i].a, rows[i].b), rows[i].equal);
		assert_int_equal(mp_features_equal(rows[i].b, rows[i].a), rows[i].equal);
	}
}

static void unsupported_features_are_found(void **state)
{
	static const struct {
		const char *features, *name, *argument, *limits; /* of the first flaw */
		unsigned flaws;
	} rows[] = {
		{ "0", "", "", NULL, 0 },
		{ "3 queue_if_no_path pg_init_retries 50", "", "", NULL, 0 },
		{ "5 retain_attached_hw_handler queue_mode mq pg_init_delay_msecs 0", "", "", NULL,
		  0 },
		{ "1 no_path_retry", "no_path_retry", "", NULL, 1 },
		{ "3 pg_init_retries 51 foo", "pg_init_retries", "51", "1 to 50", 2 },
		{ "2 queue_mode fast", "queue_mode", "fast", "bio, rq or mq", 1 },
		{ "1 pg_init_delay_msecs", "pg_init_delay_msecs", "", "0 to 60000", 1 },
		{ "", "", "", NULL, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *at = rows[i].features;
		struct mp_feature_flaw flaw;
		unsigned flaws = 0;

		for (; mp_features_next_flaw(&at, &flaw); flaws++) {
			if (flaws)
				continue;
			assert_int_equal(flaw.length, strlen(rows[i].name));
			assert_memory_equal(flaw.name, rows[i].name, flaw.length);
			assert_int_equal(flaw.argument_length, strlen(rows[i].argument));
			assert_memory_equal(flaw.argument, rows[i].argument, flaw.argument_length);
			if (rows[i].limits)
				assert_string_equal(mp_feature_limits(&flaw), rows[i].limits);
			else
				assert_null(mp_feature_limits(&flaw));
		}
		assert_int_equal(flaws, rows[i].flaws);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_counted_and_the_right_ones_kept),
		cmocka_unit_test(the_mode_is_read_from_the_features),
		cmocka_unit_test(unsupported_features_are_found),
		cmocka_unit_test(features_are_equal_if_they_mean_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
