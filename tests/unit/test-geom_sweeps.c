/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/geom_sweeps.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "config/geom_notes.h"
#include "jobs-recorded.h"
#include "multipathd/state/lanes.h"

/* Replaces that of the library: whether gmultipath has run since boot. */
static bool has_run;

int access(const char *file, int mode)
{
	if (strcmp(file, RUNTIME_DIR "/" MP_GEOM_RUN_DIR))
		return faccessat(AT_FDCWD, file, mode, 0);
	errno = ENOENT;
	return has_run ? 0 : -1;
}

static void maps_are_swept_alone_in_the_engines_lane_if_gmultipath_has_run(void **state)
{
	_cleanup_recorded_ struct made made;

	(void)state;
	recorded_init(&made, "");
	has_run = false;
	geom_sweeps_start(&made.daemon);
	recorded_expect("");
	has_run = true;
	geom_sweeps_start(&made.daemon);
	recorded_expect("work\n");
	assert_int_equal(recorded.lane, LANE_GEOMS);
	assert_true(recorded.work->exclusive);
	recorded_return_works();
	recorded_expect("");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(maps_are_swept_alone_in_the_engines_lane_if_gmultipath_has_run),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
