/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <sys/sysmacros.h>

#include "base/cleanup.h"
#include "model/map.h"
#include "model/proof.h"

#define A "36001405aaaaaaaaaaaaaaaaaaaaaaaaa"
#define B "36001405bbbbbbbbbbbbbbbbbbbbbbbbb"

static void an_identity_is_judged_by_the_known_wwid(void **state)
{
	static const struct {
		const char *what;
		struct mp_statement statement;
		enum mp_proof_verdict verdict;
	} rows[] = {
		{ "it tells its name", { 0, A, A, true, NULL, NULL }, MP_PROOF_HOLDS },
		{ "it tells another one", { 0, B, A, true, NULL, NULL }, MP_PROOF_WRONG },
		{ "another one, as the kernel's renewed page does",
		  { 0, B, A, true, NULL, B },
		  MP_PROOF_WRONG },
		{ "another one, as all paths of the map do",
		  { 0, B, A, true, B, B },
		  MP_PROOF_WRONG },
		{ "no answer", { -ETIMEDOUT, NULL, A, true, NULL, NULL }, MP_PROOF_MISSING },
		{ "no answer, nothing known",
		  { -EIO, NULL, "", false, NULL, NULL },
		  MP_PROOF_MISSING },
		{ "no memory", { -ENOMEM, NULL, A, true, NULL, NULL }, MP_PROOF_MISSING },
		{ "a placeholder without a name",
		  { -ENOENT, NULL, A, true, NULL, NULL },
		  MP_PROOF_WRONG },
		{ "a page that is none", { -EBADMSG, NULL, A, true, NULL, NULL }, MP_PROOF_WRONG },
		{ "a device that never had a name",
		  { -ENOENT, NULL, "disk-7", false, NULL, NULL },
		  MP_PROOF_HOLDS },
		{ "udev spells it otherwise", { 0, A, "disk-7", false, NULL, A }, MP_PROOF_HOLDS },
		{ "the same, and sysfs has no page",
		  { 0, A, "disk-7", false, NULL, NULL },
		  MP_PROOF_HOLDS },
		{ "the same, but the kernel saw another LUN",
		  { 0, B, "disk-7", false, NULL, A },
		  MP_PROOF_WRONG },
		{ "the same, as another path", { 0, A, "disk-7", false, A, A }, MP_PROOF_HOLDS },
		{ "the same, unlike another path",
		  { 0, B, "disk-7", false, A, B },
		  MP_PROOF_WRONG },
		{ "nothing known", { 0, A, "", false, NULL, NULL }, MP_PROOF_HOLDS },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (mp_proof_judge(&rows[i].statement) != rows[i].verdict)
			fail_msg("%s", rows[i].what);
}

static void a_path_in_use_stays_only_while_no_path_of_its_map_is_proven(void **state)
{
	struct mp_identity identity = { .devt = makedev(8, 0) };
	struct mp_path one, other;
	struct mp_map map;

	(void)state;
	assert_int_equal(mp_map_init(&map, A, A), 0);
	mp_path_init(&one, 1, &identity);
	identity.devt = makedev(8, 16);
	mp_path_init(&other, 2, &identity);
	mp_map_add_path(&map, &one);
	mp_map_add_path(&map, &other);
	assert_false(mp_proof_may_stay(&one, &map)); /* not in the kernel's table */

	map.kernel.exists = true;
	assert_int_equal(mp_table_parse("0 0 1 1 service-time 0 2 2 8:0 1 1 8:16 1 1",
					&map.kernel.table),
			 0);
	assert_int_equal(mp_table_parse_status("2 0 0 0 1 1 A 0 2 2 8:0 A 0 0 1 8:16 F 1 0 1",
					       &map.kernel.table),
			 0);
	assert_true(mp_proof_may_stay(&one, &map));
	assert_false(mp_proof_may_stay(&other, &map)); /* it has failed */

	other.proven_epoch = other.epoch;
	assert_false(mp_proof_may_stay(&one, &map));
	mp_path_doubt(&other);
	assert_true(mp_proof_may_stay(&one, &map));

	one.proven_epoch = one.epoch;
	mp_path_doubt(&one); /* it could prove its identity, and did not */
	assert_false(mp_proof_may_stay(&one, &map));
	one.proven_epoch = 0;
	one.wrong_wwid = true;
	assert_false(mp_proof_may_stay(&one, &map));

	mp_map_fini(&map);
	mp_path_fini(&one);
	mp_path_fini(&other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_identity_is_judged_by_the_known_wwid),
		cmocka_unit_test(a_path_in_use_stays_only_while_no_path_of_its_map_is_proven),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
