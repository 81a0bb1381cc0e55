/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libmpathpersist/looks.h"

#include <string.h>

#include "checkers/checkers.h"
#include "kernel/probe.h"
#include "kernel/scsi.h"
#include "kernel/sysfs.h"
#include "kernel/vpd.h"
#include "libmpathpersist/targets.h"
#include "model/proof.h"

enum { TIMEOUT_MSEC = 2000 };

static bool is_running(const struct target_path *path)
{
	char dir[MP_PROBE_DIR_SIZE], name[MP_NAME_SIZE], state[32];

	return mp_probe_locate_devt(&mp_roots_system, path->devt, name, sizeof(name), dir,
				    sizeof(dir)) == 0 &&
	       mp_sysfs_read(mp_roots_system.sys, dir, "device/state", state, sizeof(state)) > 0 &&
	       !strcmp(state, "running");
}

/* An address may lead to another LUN since the map was made. A reservation there would shut others
 * out. */
static bool leads_elsewhere(const struct target *target, const struct target_path *path)
{
	char wwid[MP_WWID_SIZE] = "";
	int tpg;
	const struct mp_statement statement = {
		.error = mp_scsi_identify(path->fd, target->map.wwid, wwid, sizeof(wwid), &tpg,
					  TIMEOUT_MSEC),
		.told = wwid,
		.known = target->map.wwid,
		.certain = mp_vpd_is_name(target->map.wwid),
	};

	return mp_proof_judge(&statement) == MP_PROOF_WRONG;
}

static void look(const struct target *target, struct target_path *path, const void *argument)
{
	struct mp_check check = { .fd = path->fd, .timeout_msec = TIMEOUT_MSEC };
	const struct mp_checker *checker = argument;

	path->usable = false;
	if (path->fd < 0 || !is_running(path) || checker->check(&check) < 0 ||
	    !mp_path_state_is_active(check.state))
		return;
	path->passive = check.state == MP_PATH_GHOST;
	path->usable = !leads_elsewhere(target, path);
	if (!path->usable)
		target_log(target, LOG_LEVEL_WARNING, "%s: %s leads to another LUN, not used",
			   target->map.name, path->name);
}

void looks_take(struct target *target)
{
	target_each(target, look, &mp_checker_tur);
}
