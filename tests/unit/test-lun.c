/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gmultipath/lun.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "gmultipath/engine.h"

/* No kernel has this device: asking it fails. */
#define NOWHERE makedev(4000, 7)
#define UUID "d3cd8ba2-9a3d-11df-a7de-001c23d1ff3f"

static struct mp_geom map_of(const char *wwid)
{
	struct mp_geom geom = { .name = "FOO", .count = 2, .active = 0 };

	snprintf(geom.wwid, sizeof(geom.wwid), "%s", wwid);
	geom.paths[0] = (struct mp_geom_path){ .name = "none0", .devt = makedev(4000, 6) };
	geom.paths[1] = (struct mp_geom_path){
		.name = "none1", .devt = NOWHERE, .failed = true, .by_hand = true
	};
	return geom;
}

static enum mp_proof_verdict prove(const char *wwid, const char *config, const char *state)
{
	struct engine engine = { .lock = -1 };
	struct mp_geom geom = map_of(wwid);
	enum mp_proof_verdict verdict;

	mp_strbuf_puts(&engine.config, config);
	mp_strbuf_puts(&engine.state, state);
	verdict = lun_prove(&engine, &geom, 1);
	mp_strbuf_fini(&engine.config);
	mp_strbuf_fini(&engine.state);
	return verdict;
}

static void a_path_that_does_not_answer_is_not_proven(void **state)
{
	(void)state;
	/* A known disk, a label that cannot be read, a noted WWID. */
	assert_int_equal(prove("GEOM-" UUID, "known " UUID " FOO 3600a\n", ""), MP_PROOF_MISSING);
	assert_int_equal(prove("GEOM-" UUID, "known " UUID " FOO\n", ""), MP_PROOF_MISSING);
	assert_int_equal(prove("GEOM.manual-1", "", "lun GEOM.manual-1 4000:7 3600a\n"),
			 MP_PROOF_MISSING);
	/* Of another path, or of another map: nothing can be asked. */
	assert_int_equal(prove("GEOM.manual-1", "", "lun GEOM.manual-1 4000:6 3600a\n"),
			 MP_PROOF_HOLDS);
	assert_int_equal(prove("GEOM.manual-1", "", "lun GEOM.manual-2 4000:7 3600a\n"),
			 MP_PROOF_HOLDS);
}

static void a_silent_or_lost_path_is_not_asked(void **state)
{
	const dev_t silent = NOWHERE;
	struct engine engine = { .lock = -1, .silent = &silent, .silent_count = 1 };
	struct mp_geom geom = map_of("GEOM.manual-1");

	(void)state;
	assert_int_equal(lun_prove(&engine, &geom, 1), MP_PROOF_MISSING);
	assert_int_equal(lun_prove(&engine, &geom, 0), MP_PROOF_HOLDS);
	geom.paths[0].lost = true;
	assert_int_equal(lun_prove(&engine, &geom, 0), MP_PROOF_WRONG);
}

static void unproven_paths_stay_failed_when_the_last_good_path_fails(void **state)
{
	struct engine engine = { .lock = -1 };
	struct mp_geom geom = map_of("GEOM.manual-1"), wanted = geom;

	(void)state;
	mp_strbuf_puts(&engine.state, "lun GEOM.manual-1 4000:7 3600a\n");
	assert_true(mp_geom_fail(&wanted, 0));
	assert_false(wanted.paths[1].failed);
	lun_withhold(&engine, &geom, &wanted);
	assert_true(wanted.paths[1].failed);
	assert_true(wanted.paths[1].by_hand);
	assert_int_equal(mp_geom_good_count(&wanted), 0);
	assert_non_null(strstr(mp_strbuf_text(&engine.err), "none1: it does not answer"));
	/* A path that cannot be asked is restored, as on FreeBSD. */
	mp_strbuf_clear(&engine.state);
	wanted = geom;
	assert_true(mp_geom_fail(&wanted, 0));
	lun_withhold(&engine, &geom, &wanted);
	assert_false(wanted.paths[1].failed);
	assert_int_equal(wanted.active, 1);
	mp_strbuf_fini(&engine.state);
	mp_strbuf_fini(&engine.err);
}

static void only_a_path_without_known_wwid_is_not_asked(void **state)
{
	(void)state;
	assert_int_equal(lun_judge(NOWHERE, ""), MP_PROOF_HOLDS);
	assert_int_equal(lun_judge(NOWHERE, "3600a"), MP_PROOF_MISSING);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_path_that_does_not_answer_is_not_proven),
		cmocka_unit_test(a_silent_or_lost_path_is_not_asked),
		cmocka_unit_test(unproven_paths_stay_failed_when_the_last_good_path_fails),
		cmocka_unit_test(only_a_path_without_known_wwid_is_not_asked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
