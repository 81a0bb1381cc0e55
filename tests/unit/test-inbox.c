/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "multipathd/loop/inbox.h"

#define WORD "@claim"

static size_t frame(char *bytes, size_t length, const char *text)
{
	memcpy(bytes, &length, sizeof(length));
	memcpy(bytes + sizeof(length), text, strnlen(text, length));
	return sizeof(length) + length;
}

/* Return: what inbox_add() says of them. */
static bool put(struct inbox *inbox, const char *bytes, size_t count)
{
	void *space;

	assert_true(inbox_space(inbox, &space) >= count);
	memcpy(space, bytes, count);
	return inbox_add(inbox, count);
}

static void expect(struct inbox *inbox, const char *text)
{
	char usual[INBOX_REQUEST_MAX + 1];
	_cleanup_free_ char *long_text = NULL;

	assert_int_equal(inbox_look(inbox, NULL), INBOX_WHOLE);
	assert_true(inbox_is_whole(inbox));
	assert_string_equal(inbox_take(inbox, usual, &long_text), text);
	assert_null(long_text);
}

static void requests_are_taken_in_order_however_many_arrive_at_once(void **state)
{
	char bytes[100];
	size_t count = frame(bytes, 5, "first");
	struct inbox inbox;

	(void)state;
	count += frame(bytes + count, 6, "second");
	inbox_init(&inbox);
	assert_int_equal(inbox_look(&inbox, NULL), INBOX_NOTHING);
	assert_true(put(&inbox, bytes, count));
	expect(&inbox, "first");
	expect(&inbox, "second");
	assert_int_equal(inbox_look(&inbox, NULL), INBOX_NOTHING);
	assert_false(inbox_is_whole(&inbox));
	inbox_fini(&inbox);
}

static void a_text_may_come_in_pieces_and_its_length_may_not(void **state)
{
	static const struct {
		size_t first;
		bool may;
		enum inbox_state found;
	} rows[] = {
		{ 1, false, INBOX_NOTHING }, { 7, false, INBOX_NOTHING }, { 8, true, INBOX_HALF },
		{ 12, true, INBOX_HALF },    { 13, true, INBOX_WHOLE },
	};
	char bytes[100];
	size_t count = frame(bytes, 5, "piece");

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct inbox inbox;

		inbox_init(&inbox);
		assert_int_equal(put(&inbox, bytes, rows[i].first), rows[i].may);
		assert_int_equal(inbox_look(&inbox, NULL), rows[i].found);
		if (rows[i].may) {
			assert_true(put(&inbox, bytes + rows[i].first, count - rows[i].first));
			expect(&inbox, "piece");
		}
		inbox_fini(&inbox);
	}
}

static void only_a_request_that_begins_with_the_long_word_may_be_long(void **state)
{
	static const struct {
		const char *text;
		const char *long_word;
		size_t length;
		enum inbox_state found;
	} rows[] = {
		{ "", NULL, 0, INBOX_BAD },
		{ "", WORD, 0, INBOX_BAD },
		{ "show", NULL, INBOX_REQUEST_MAX, INBOX_HALF },
		{ "show", NULL, INBOX_REQUEST_MAX + 1, INBOX_BAD },
		{ "show", WORD, INBOX_REQUEST_MAX + 1, INBOX_BAD },
		{ WORD, NULL, INBOX_REQUEST_MAX + 1, INBOX_BAD },
		{ WORD, WORD, INBOX_REQUEST_MAX + 1, INBOX_HALF },
		{ "@cla", WORD, INBOX_REQUEST_MAX + 1, INBOX_BAD }, /* no more of it yet */
		{ WORD, WORD, INBOX_LONG_MAX, INBOX_HALF },
		{ WORD, WORD, INBOX_LONG_MAX + 1, INBOX_BAD },
		{ WORD, WORD, SIZE_MAX, INBOX_BAD },
		{ "show", WORD, SIZE_MAX - 7, INBOX_BAD },
	};
	char bytes[100];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct inbox inbox;

		memcpy(bytes, &rows[i].length, sizeof(size_t));
		memcpy(bytes + sizeof(size_t), rows[i].text, strlen(rows[i].text));
		inbox_init(&inbox);
		assert_true(put(&inbox, bytes, sizeof(size_t) + strlen(rows[i].text)));
		assert_int_equal(inbox_look(&inbox, rows[i].long_word), rows[i].found);
		inbox_fini(&inbox);
	}
}

static void a_long_request_is_read_whole_and_the_next_is_normal(void **state)
{
	enum { LENGTH = 5000 };
	_cleanup_free_ char *text = calloc(1, LENGTH + 1), *long_text = NULL;
	char bytes[sizeof(size_t) + LENGTH], usual[INBOX_REQUEST_MAX + 1];
	struct inbox inbox;
	void *space;

	(void)state;
	memset(text, 'x', LENGTH);
	memcpy(text, WORD, strlen(WORD));
	frame(bytes, LENGTH, text);
	inbox_init(&inbox);
	assert_true(put(&inbox, bytes, 100));
	assert_int_equal(inbox_look(&inbox, WORD), INBOX_HALF);
	assert_int_equal(inbox_space(&inbox, &space), sizeof(bytes) - 100);
	assert_true(put(&inbox, bytes + 100, sizeof(bytes) - 100));
	assert_int_equal(inbox_look(&inbox, WORD), INBOX_WHOLE);
	assert_int_equal(inbox_space(&inbox, &space), 0);
	assert_string_equal(inbox_take(&inbox, usual, &long_text), text);
	assert_non_null(long_text);

	assert_true(put(&inbox, bytes, frame(bytes, 4, "next")));
	expect(&inbox, "next");
	inbox_fini(&inbox);
}

static void the_rest_of_an_abandoned_request_is_skipped(void **state)
{
	char bytes[100];
	size_t count = frame(bytes, 20, "given up"), next = frame(bytes + count, 4, "next");

	(void)state;
	for (size_t piece = 8; piece < count; piece++) {
		struct inbox inbox;

		inbox_init(&inbox);
		assert_true(put(&inbox, bytes, piece));
		inbox_drop_half(&inbox);
		assert_int_equal(inbox_look(&inbox, NULL), INBOX_NOTHING);
		/* in two more pieces, of which the latter has the next request */
		if (count - piece > 1)
			assert_true(put(&inbox, bytes + piece, 1));
		piece += count - piece > 1;
		assert_true(put(&inbox, bytes + piece, count - piece + next));
		expect(&inbox, "next");
		inbox_fini(&inbox);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(requests_are_taken_in_order_however_many_arrive_at_once),
		cmocka_unit_test(a_text_may_come_in_pieces_and_its_length_may_not),
		cmocka_unit_test(only_a_request_that_begins_with_the_long_word_may_be_long),
		cmocka_unit_test(a_long_request_is_read_whole_and_the_next_is_normal),
		cmocka_unit_test(the_rest_of_an_abandoned_request_is_skipped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
