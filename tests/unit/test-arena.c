/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/cleanup.h"
#include "config/arena.h"

static void memory_is_zeroed_aligned_and_does_not_overlap(void **state)
{
	_cleanup_(mp_arena_fini) struct mp_arena arena = { 0 };

	(void)state;
	for (size_t size = 1; size < 5000; size += 7) {
		unsigned char *memory = mp_arena_alloc(&arena, size);

		assert_non_null(memory);
		assert_int_equal((uintptr_t)memory % 8, 0);
		for (size_t i = 0; i < size; i++)
			assert_int_equal(memory[i], 0);
		memset(memory, 0xff, size);
	}
}

static void texts_are_copied_and_terminated(void **state)
{
	_cleanup_(mp_arena_fini) struct mp_arena arena = { 0 };
	const char *texts[600];
	char text[600];

	(void)state;
	memset(text, 'x', sizeof(text));
	for (size_t length = 0; length < ARRAY_SIZE(texts); length++)
		texts[length] = mp_arena_text(&arena, text, length);
	for (size_t length = 0; length < ARRAY_SIZE(texts); length++)
		assert_int_equal(strlen(texts[length]), length);
}

static void a_large_piece_gets_its_own_chunk(void **state)
{
	_cleanup_(mp_arena_fini) struct mp_arena arena = { 0 };
	char *memory = mp_arena_alloc(&arena, 1 << 20);

	(void)state;
	assert_non_null(memory);
	memset(memory, 1, 1 << 20);
	assert_non_null(mp_arena_alloc(&arena, 0));
	assert_non_null(mp_arena_alloc(&arena, 8));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_is_zeroed_aligned_and_does_not_overlap),
		cmocka_unit_test(texts_are_copied_and_terminated),
		cmocka_unit_test(a_large_piece_gets_its_own_chunk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
