/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "base/cleanup.h"
#include "heap.h"

static void a_new_path_is_an_unchecked_orphan(void **state)
{
	const struct mp_identity identity = { .name = "sda", .wwid = "w", .size_sectors = 8 };
	_cleanup_(heap_path_freep) struct mp_path *path = NULL;

	(void)state;
	assert_int_equal(heap_path_new(7, &identity, &path), 0);
	assert_int_equal(path->id, 7);
	assert_string_equal(mp_path_name(path), "sda");
	assert_int_equal(path->identity.size_sectors, 8);
	assert_int_equal(path->state, MP_PATH_UNCHECKED);
	assert_int_equal(path->dm_state, MP_DM_UNDEF);
	assert_int_equal(path->init, MP_INIT_NEW);
	assert_int_equal(path->priority, MP_PRIORITY_UNDEF);
	assert_null(path->map);
	assert_false(mp_path_is_active(path));
}

static void repeated_failure_is_one_change(void **state)
{
	_cleanup_(heap_path_freep) struct mp_path *path = NULL;

	(void)state;
	assert_int_equal(heap_path_new(1, &(struct mp_identity){ 0 }, &path), 0);
	assert_int_equal(mp_path_set_state(path, MP_PATH_DOWN), 1);
	assert_int_equal(mp_path_set_state(path, MP_PATH_DOWN), 0);
	assert_int_equal(mp_path_set_state(path, MP_PATH_UP), 1);
	assert_true(mp_path_is_active(path));
}

static void a_path_to_another_lun_is_never_active(void **state)
{
	_cleanup_(heap_path_freep) struct mp_path *path = NULL;

	(void)state;
	assert_int_equal(heap_path_new(1, &(struct mp_identity){ 0 }, &path), 0);
	mp_path_set_state(path, MP_PATH_UP);
	path->wrong_wwid = true;
	assert_false(mp_path_is_active(path));
}

static void a_proof_is_valid_in_the_epoch_in_which_it_was_asked_for(void **state)
{
	_cleanup_(heap_path_freep) struct mp_path *path = NULL;
	uint64_t asked;

	(void)state;
	assert_int_equal(heap_path_new(1, &(struct mp_identity){ 0 }, &path), 0);
	assert_false(mp_path_is_proven(path));

	path->proven_epoch = path->epoch;
	assert_true(mp_path_is_proven(path));
	path->wrong_wwid = true;
	assert_false(mp_path_is_proven(path));
	path->wrong_wwid = false;

	asked = path->epoch;
	mp_path_doubt(path);
	assert_false(mp_path_is_proven(path));
	path->proven_epoch = asked; /* the answer comes too late */
	assert_false(mp_path_is_proven(path));
	path->proven_epoch = path->epoch;
	assert_true(mp_path_is_proven(path));
}

static void a_path_that_is_freed_leaves_the_list_it_is_in(void **state)
{
	_cleanup_(heap_path_freep) struct mp_path *path = NULL;
	CDS_LIST_HEAD(all);

	(void)state;
	assert_int_equal(heap_path_new(1, &(struct mp_identity){ 0 }, &path), 0);
	cds_list_add(&path->in_all, &all);
	mp_path_fini(path);
	assert_true(cds_list_empty(&all));
}

static void a_path_has_its_own_copies_of_texts(void **state)
{
	_cleanup_(heap_path_freep) struct mp_path *path = NULL;
	_cleanup_free_ struct mp_identity *clone = NULL;
	char serial[] = "S1", target[] = "iqn.2003-01.org:x";
	struct mp_identity identity = { .name = "sda", .serial = serial, .target_wwnn = target };

	(void)state;
	assert_int_equal(heap_path_new(1, &identity, &path), 0);
	clone = mp_path_identity_clone(&path->identity);
	assert_non_null(clone);
	serial[0] = target[0] = '-';
	assert_string_equal(path->identity.serial, "S1");
	assert_string_equal(path->identity.target_wwnn, "iqn.2003-01.org:x");
	assert_string_equal(path->identity.adapter, "");

	/* One of them changes, the others stay the same. */
	identity = path->identity;
	identity.vpd_data = "data";
	identity.size_sectors = 8;
	assert_int_equal(mp_path_set_identity(path, &identity), 0);
	assert_string_equal(path->identity.serial, "S1");
	assert_string_equal(path->identity.target_wwnn, "iqn.2003-01.org:x");
	assert_string_equal(path->identity.vpd_data, "data");
	assert_int_equal(path->identity.size_sectors, 8);

	path = heap_path_free(path);
	assert_string_equal(clone->name, "sda");
	assert_string_equal(clone->serial, "S1");
	assert_string_equal(clone->target_wwnn, "iqn.2003-01.org:x");
	assert_string_equal(clone->vpd_data, "");
}

/* With 10,240 paths, each hundred bytes are a megabyte. */
static void a_path_is_small(void **state)
{
	(void)state;
	assert_in_range(sizeof(struct mp_path), 1, 640);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_path_has_its_own_copies_of_texts),
		cmocka_unit_test(a_path_is_small),
		cmocka_unit_test(a_new_path_is_an_unchecked_orphan),
		cmocka_unit_test(repeated_failure_is_one_change),
		cmocka_unit_test(a_path_to_another_lun_is_never_active),
		cmocka_unit_test(a_proof_is_valid_in_the_epoch_in_which_it_was_asked_for),
		cmocka_unit_test(a_path_that_is_freed_leaves_the_list_it_is_in),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
