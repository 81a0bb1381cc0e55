/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

struct thing {
	char name[16];
	unsigned number;
	struct mp_hash_node by_name, by_number;
};

static bool match_name(const struct mp_hash_node *node, const void *key)
{
	return !strcmp(caa_container_of(node, struct thing, by_name)->name, key);
}

static bool match_number(const struct mp_hash_node *node, const void *key)
{
	return caa_container_of(node, struct thing, by_number)->number == *(const unsigned *)key;
}

static bool match_any(const struct mp_hash_node *node, const void *key)
{
	(void)node, (void)key;
	return true;
}

static struct thing *find_name(const struct mp_hash *hash, const char *name)
{
	struct mp_hash_node *node = mp_hash_find(hash, mp_hash_text(name), match_name, name);

	return node ? caa_container_of(node, struct thing, by_name) : NULL;
}

static struct thing *find_number(const struct mp_hash *hash, unsigned number)
{
	struct mp_hash_node *node =
		mp_hash_find(hash, mp_hash_number(number), match_number, &number);

	return node ? caa_container_of(node, struct thing, by_number) : NULL;
}

static void nothing_is_found_in_an_empty_table(void **state)
{
	struct mp_hash hash;

	(void)state;
	assert_int_equal(mp_hash_init(&hash), 0);
	assert_null(find_name(&hash, "x"));
	assert_int_equal(hash.count, 0);
	mp_hash_fini(&hash);
	mp_hash_fini(&hash);
}

static void many_entries_are_found_by_each_of_their_keys(void **state)
{
	enum { THINGS = 5000 };
	struct thing *things = calloc(THINGS, sizeof(*things));
	struct mp_hash names, numbers;

	(void)state;
	assert_non_null(things);
	assert_int_equal(mp_hash_init(&names), 0);
	assert_int_equal(mp_hash_init(&numbers), 0);
	for (unsigned i = 0; i < THINGS; i++) {
		snprintf(things[i].name, sizeof(things[i].name), "sd%u", i);
		things[i].number = i << 4;
		mp_hash_add(&names, &things[i].by_name, mp_hash_text(things[i].name));
		mp_hash_add(&numbers, &things[i].by_number, mp_hash_number(things[i].number));
	}
	assert_int_equal(names.count, THINGS);
	for (unsigned i = 0; i < THINGS; i++) {
		assert_ptr_equal(find_name(&names, things[i].name), &things[i]);
		assert_ptr_equal(find_number(&numbers, things[i].number), &things[i]);
	}
	assert_null(find_name(&names, "sd5000"));
	assert_null(find_number(&numbers, 1));

	for (unsigned i = 0; i < THINGS; i += 2)
		mp_hash_remove(&names, &things[i].by_name);
	assert_int_equal(names.count, THINGS / 2);
	for (unsigned i = 0; i < THINGS; i++)
		assert_ptr_equal(find_name(&names, things[i].name), i % 2 ? &things[i] : NULL);
	mp_hash_fini(&names);
	mp_hash_fini(&numbers);
	free(things);
}

static void an_entry_can_be_removed_and_added_again(void **state)
{
	struct thing thing = { .name = "a" };
	struct mp_hash hash;

	(void)state;
	assert_int_equal(mp_hash_init(&hash), 0);
	for (int i = 0; i < 3; i++) {
		mp_hash_add(&hash, &thing.by_name, mp_hash_text("a"));
		assert_ptr_equal(find_name(&hash, "a"), &thing);
		mp_hash_remove(&hash, &thing.by_name);
		assert_null(find_name(&hash, "a"));
		assert_int_equal(hash.count, 0);
	}
	mp_hash_remove(&hash, &thing.by_name);
	assert_int_equal(hash.count, 0);
	mp_hash_fini(&hash);
}

static void entries_with_equal_hashes_are_distinguished_by_their_keys(void **state)
{
	struct thing a = { .name = "a" }, b = { .name = "b" };
	struct mp_hash hash;

	(void)state;
	assert_int_equal(mp_hash_init(&hash), 0);
	mp_hash_add(&hash, &a.by_name, 7);
	mp_hash_add(&hash, &b.by_name, 7);
	assert_ptr_equal(mp_hash_find(&hash, 7, match_name, "a"), &a.by_name);
	assert_ptr_equal(mp_hash_find(&hash, 7, match_name, "b"), &b.by_name);
	assert_null(mp_hash_find(&hash, 7, match_name, "c"));
	assert_null(mp_hash_find(&hash, 8, match_any, NULL));
	mp_hash_fini(&hash);
}

static void keys_are_spread(void **state)
{
	unsigned buckets[64] = { 0 };

	(void)state;
	for (unsigned i = 0; i < 64 * 64; i++)
		buckets[mp_hash_number((uint64_t)i << 20) % 64]++;
	for (int i = 0; i < 64; i++)
		assert_in_range(buckets[i], 16, 160);
	assert_int_not_equal(mp_hash_text("ab"), mp_hash_text("ba"));
	assert_int_equal(mp_hash_text(""), 0xcbf29ce484222325u);
}

static int register_thread(void **state)
{
	(void)state;
	mp_hash_register_thread();
	return 0;
}

static int unregister_thread(void **state)
{
	(void)state;
	mp_hash_unregister_thread();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_found_in_an_empty_table),
		cmocka_unit_test(many_entries_are_found_by_each_of_their_keys),
		cmocka_unit_test(an_entry_can_be_removed_and_added_again),
		cmocka_unit_test(entries_with_equal_hashes_are_distinguished_by_their_keys),
		cmocka_unit_test(keys_are_spread),
	};

	return cmocka_run_group_tests(tests, register_thread, unregister_thread);
}
