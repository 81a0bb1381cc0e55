/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "config/claim.h"
#include "config/trace.h"
#include "config-loaded.h"

/* A disk with a WWID. */
#define DISK .is_disk = true, .has_wwid = true

static void each_step_of_the_claim_decides_before_the_next(void **state)
{
	static const struct {
		struct mp_claim_input input;
		enum mp_claim claim;
	} cases[] = {
		{ { .held_by_map = true, .daemon_required = true, .blacklisted = true },
		  MP_CLAIM_YES_ALWAYS },
		{ { .daemon_required = true, DISK, .wwid_known = true }, MP_CLAIM_NO },
		{ { .daemon_required = true, .daemon_reachable = true, DISK, .wwid_known = true },
		  MP_CLAIM_YES_ALWAYS },
		{ { .has_wwid = true, .wwid_known = true }, MP_CLAIM_NO },
		{ { DISK, .blacklisted = true, .wwid_known = true }, MP_CLAIM_NO },
		{ { .is_disk = true, .mode = MP_FIND_GREEDY }, MP_CLAIM_NO },
		{ { DISK, .marked_failed = true, .wwid_known = true }, MP_CLAIM_NO },
		{ { DISK, .mode = MP_FIND_GREEDY, .in_use = true, .wwid_known = true },
		  MP_CLAIM_NO },
		{ { DISK, .mode = MP_FIND_SMART, .in_use = true, .wwid_known = true },
		  MP_CLAIM_NO },
		{ { DISK, .mode = MP_FIND_ON, .in_use = true, .wwid_known = true },
		  MP_CLAIM_YES_ALWAYS },
		{ { DISK, .mode = MP_FIND_GREEDY, .wwid_known = true }, MP_CLAIM_YES },
		{ { DISK, .mode = MP_FIND_STRICT, .wwid_known = true, .map_exists = true },
		  MP_CLAIM_YES_ALWAYS },
		{ { DISK, .mode = MP_FIND_STRICT, .map_exists = true }, MP_CLAIM_YES },
		{ { DISK, .mode = MP_FIND_STRICT, .labeled = true }, MP_CLAIM_YES_ALWAYS },
		{ { DISK, .mode = MP_FIND_STRICT, .labeled = true, .released = true },
		  MP_CLAIM_YES_ALWAYS },
		{ { DISK, .blacklisted = true, .labeled = true }, MP_CLAIM_NO },
		{ { DISK, .mode = MP_FIND_SMART, .map_exists = true }, MP_CLAIM_YES },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct mp_claim_verdict verdict = mp_claim_decide(&cases[i].input);

		if (verdict.claim != cases[i].claim)
			fail_msg("case %zu: %d (%s)", i, verdict.claim, verdict.reason);
		assert_non_null(verdict.reason);
	}
}

static void a_new_single_path_is_claimed_and_mapped_by_mode(void **state)
{
	static const struct {
		enum mp_find_multipaths mode;
		enum mp_claim claim;
		bool mapped;
	} cases[] = {
		{ MP_FIND_STRICT, MP_CLAIM_NO, false },	  { MP_FIND_OFF, MP_CLAIM_NO, true },
		{ MP_FIND_ON, MP_CLAIM_NO, false },	  { MP_FIND_GREEDY, MP_CLAIM_YES, true },
		{ MP_FIND_SMART, MP_CLAIM_MAYBE, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct mp_claim_input disk = { .mode = cases[i].mode, DISK };
		const struct mp_allow_input map = { .mode = cases[i].mode, .paths = 1 };

		assert_int_equal(mp_claim_decide(&disk).claim, cases[i].claim);
		assert_int_equal(mp_claim_allows_map(&map, NULL), cases[i].mapped);
	}
}

static void a_released_path_stays_released_unless_its_wwid_is_known(void **state)
{
	static const struct {
		struct mp_claim_input input;
		enum mp_claim claim;
	} cases[] = {
		{ { DISK, .released = true, .mode = MP_FIND_GREEDY }, MP_CLAIM_NO },
		{ { DISK, .released = true, .mode = MP_FIND_SMART }, MP_CLAIM_NO },
		{ { DISK, .released = true, .map_exists = true }, MP_CLAIM_NO },
		{ { DISK, .released = true, .wwid_known = true }, MP_CLAIM_YES_ALWAYS },
		{ { DISK, .released = true, .held_by_map = true }, MP_CLAIM_YES_ALWAYS },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_int_equal(mp_claim_decide(&cases[i].input).claim, cases[i].claim);
}

static void a_map_is_allowed_by_mode_paths_wwid_and_label(void **state)
{
	static const struct {
		struct mp_allow_input input;
		bool allowed;
	} cases[] = {
		{ { .mode = MP_FIND_STRICT, .map_known = true }, true },
		{ { .mode = MP_FIND_STRICT, .map_known = true, .labeled = true }, true },
		{ { .mode = MP_FIND_OFF, .wwid_known = true, .labeled = true }, false },
		{ { .mode = MP_FIND_ON, .paths = 2, .labeled = true }, false },
		{ { .mode = MP_FIND_STRICT, .wwid_known = true }, true },
		{ { .mode = MP_FIND_STRICT, .paths = 2, .kernel_has_it = true }, false },
		{ { .mode = MP_FIND_ON, .paths = 2 }, true },
		{ { .mode = MP_FIND_ON, .paths = 1, .kernel_has_it = true }, true },
		{ { .mode = MP_FIND_ON, .paths = 1, .wwid_known = true }, true },
		{ { .mode = MP_FIND_SMART, .paths = 2 }, true },
		{ { .mode = MP_FIND_SMART, .paths = 1 }, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *reason = NULL;

		assert_int_equal(mp_claim_allows_map(&cases[i].input, &reason), cases[i].allowed);
		assert_non_null(reason);
	}
}

/* All possible inputs. */
static void the_last_row_of_the_explanation_decides_and_no_other(void **state)
{
	(void)state;
	for (unsigned bits = 0; bits < 1u << 11; bits++)
		for (enum mp_find_multipaths mode = MP_FIND_STRICT; mode <= MP_FIND_SMART; mode++) {
			const struct mp_claim_input disk = {
				.mode = mode,
				.held_by_map = bits & 1,
				.daemon_required = bits & 2,
				.daemon_reachable = bits & 4,
				.is_disk = bits & 8,
				.blacklisted = bits & 16,
				.has_wwid = bits & 32,
				.marked_failed = bits & 64,
				.in_use = bits & 128,
				.wwid_known = bits & 256,
				.map_exists = bits & 512,
				.released = bits & 1024,
			};
			const struct mp_allow_input map = {
				.mode = mode,
				.map_known = bits & 1,
				.kernel_has_it = bits & 2,
				.paths = bits >> 2 & 3,
				.wwid_known = bits & 16,
			};
			_cleanup_(mp_trace_fini) struct mp_trace trace = MP_TRACE_INIT,
								 other = MP_TRACE_INIT;

			assert_int_equal(mp_claim_trace(&disk, &trace).claim,
					 mp_claim_decide(&disk).claim);
			assert_true(trace.count > 0);
			assert_true(trace.rows[trace.count - 1].decides);
			for (size_t i = 0; i + 1 < trace.count; i++)
				assert_true(!trace.rows[i].decides || disk.released);
			assert_int_equal(mp_claim_trace_map(&map, NULL, &other),
					 mp_claim_allows_map(&map, NULL));
			for (size_t i = 0; i < other.count; i++)
				assert_int_equal(other.rows[i].decides, i + 1 == other.count);
		}
}

static void the_suggested_change_reverses_the_verdict(void **state)
{
	static const struct {
		struct mp_claim_input input;
		const char *remedy;
	} cases[] = {
		{ { DISK, .wwid_known = true }, "add to blacklist: wwid \"^36\\.0$\"\n" },
		{ { DISK, .mode = MP_FIND_GREEDY }, "add to blacklist: wwid \"^36\\.0$\"\n" },
		{ { DISK }, "multipath -a 36.0; multipathd reconfigure\n" },
		{ { DISK, .mode = MP_FIND_SMART }, "multipath -a 36.0; multipathd reconfigure\n" },
		{ { DISK, .marked_failed = true }, "multipathd add map 36.0\n" },
		{ { DISK, .mode = MP_FIND_SMART, .in_use = true },
		  "stop its users: lsblk shows its mounts and maps\n" },
		/* decided by the filter, or by no rule */
		{ { DISK, .blacklisted = true }, "" },
		{ { .is_disk = true }, "" },
	};
	_cleanup_strbuf_ struct mp_strbuf buf = MP_STRBUF_INIT;
	_cleanup_loaded_ struct loaded loaded;

	(void)state;
	loaded_init(&loaded);
	assert_int_equal(loaded_text(&loaded, "blacklist {\nwwid bad\n}\n"), 0);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		mp_strbuf_clear(&buf);
		mp_claim_remedy(loaded.config, &cases[i].input, "36.0", &buf);
		assert_string_equal(mp_strbuf_text(&buf), cases[i].remedy);
	}
	mp_strbuf_clear(&buf);
	mp_claim_remedy_map(loaded.config, "bad", false, &buf);
	mp_claim_remedy_map(loaded.config, "36.0", false, &buf);
	mp_claim_remedy_map(loaded.config, "36.0", true, &buf);
	assert_string_equal(mp_strbuf_text(&buf), "add to blacklist_exceptions: wwid \"^bad$\"\n"
						  "multipath -a 36.0; multipathd reconfigure\n"
						  "add to blacklist: wwid \"^36\\.0$\"\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_step_of_the_claim_decides_before_the_next),
		cmocka_unit_test(a_new_single_path_is_claimed_and_mapped_by_mode),
		cmocka_unit_test(a_released_path_stays_released_unless_its_wwid_is_known),
		cmocka_unit_test(a_map_is_allowed_by_mode_paths_wwid_and_label),
		cmocka_unit_test(the_last_row_of_the_explanation_decides_and_no_other),
		cmocka_unit_test(the_suggested_change_reverses_the_verdict),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
