/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/questions.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/nvme_id.h"
#include "kernel/scsi.h"
#include "kernel/vpd.h"
#include "multipathd/control/reservations.h"
#include "multipathd/jobs/checks.h"
#include "multipathd/state/inventory.h"
#include "multipathd/state/lanes.h"
#include "multipathd/state/maps.h"
#include "multipathd/state/paths.h"
#include "prioritizers/prioritizer.h"

enum {
	TIMEOUT_DEFAULT_SEC = 30,
	PROVE_EVERY_SEC = 60, /* the WWID of an active path is read again at this interval */
};

static const uint64_t usec_per_sec = 1000000;

/*
 * The name that the device must report. Return: true if it was reported by the device, or by udev
 * from the same page.
 */
static bool questions_expected_name(const struct daemon_path *path, const char **name)
{
	*name = daemon_path_proof(path);
	if (*name)
		return true;
	*name = path->named ? path->named : path->path.identity.wwid;
	if (mp_protocol_is_nvme(path->path.identity.protocol))
		return mp_nvme_is_name(*name);
	return mp_protocol_is_scsi(path->path.identity.protocol) && mp_vpd_is_name(*name);
}

static bool questions_want_priority(const struct daemon_path *path, uint64_t now_usec)
{
	struct daemon_map *map = path->path.map ? daemon_map_of(path->path.map) : NULL;

	if (!path->prioritizer || !map)
		return false;
	/*
	 * If the path is up again with this answer, I/O may return to its group: that is decided by
	 * what its priority is now, not by what another path was told before. And it may be down
	 * before the next check, as long as I/O fails there.
	 */
	if (mp_path_state_is_bad(path->answered_state))
		return true;
	if (!path->prioritizer->derive || path->path.identity.tpg < 0 || path->asks_itself ||
	    path->path.priority == MP_PRIORITY_UNDEF)
		return true;
	/* One path of the map asks for all of them. */
	return !map->prio_asking &&
	       map->prio_asked_usec + path->path.interval_sec * usec_per_sec / 2 <= now_usec;
}

unsigned questions_timeout_sec(const struct daemon_path *path)
{
	if (path->settings.checker_timeout_sec)
		return path->settings.checker_timeout_sec;
	if (path->path.identity.timeout_sec)
		return path->path.identity.timeout_sec;
	return TIMEOUT_DEFAULT_SEC;
}

struct questions questions_ask(const struct daemon_path *path, uint64_t now_usec)
{
	const struct mp_path_settings *settings = &path->settings;
	const struct mp_identity *identity = &path->path.identity;
	bool is_scsi = mp_protocol_is_scsi(identity->protocol), again = path->ask_again;
	struct questions questions = {
		.proof = !mp_path_is_proven(&path->path) || !path->proven_usec ||
			 settings->recheck_wwid ||
			 path->proven_usec + PROVE_EVERY_SEC * usec_per_sec <= now_usec,
		.ana = (identity->ana == MP_TOLD_UNKNOWN || again) && settings->detect_prio &&
		       mp_protocol_is_nvme(identity->protocol),
		.rdac = (identity->rdac == MP_TOLD_UNKNOWN || again) && settings->detect_checker &&
			is_scsi &&
			(!settings->hardware_checker ||
			 !strcmp(settings->hardware_checker, "rdac")),
		.rdac_if_listed = !settings->hardware_checker,
		.port = paths_follows_port(path),
		.priority = questions_want_priority(path, now_usec),
	};

	if (is_scsi && (!identity->vpd_data[0] || again))
		questions.vpd_vendor = settings->vpd_vendor;
	questions.certain = questions_expected_name(path, &questions.known);
	questions.priority_of_all = questions.priority && path->prioritizer->derive &&
				    !path->asks_itself;
	reservation_check_prepare(&questions.reservation, path);
	questions.proof |= questions.reservation.wanted;
	return questions;
}

/* Return: 0 or -ENOMEM. */
static int questions_copy_texts(struct check_job *job, const struct daemon_path *path,
				const struct questions *questions)
{
	job->known = strdup(questions->known);
	job->dir = strdup(path->dir);
	if (!job->known || !job->dir)
		return -ENOMEM;
	if (!questions->priority)
		return 0;
	job->prioritizer = path->prioritizer;
	job->prio_args = strdup(path->settings.prio_args);
	if (!job->prio_args)
		return -ENOMEM;
	if (!path->prioritizer->reads_identity)
		return 0;
	job->identity = mp_path_identity_clone(&path->path.identity);
	return job->identity ? 0 : -ENOMEM;
}

/* A path that has left the map since it was refused no longer speaks for its LUN. */
static bool questions_lun_refuses(const struct daemon_path *path)
{
	const struct daemon_path *refused;

	if (!path->path.map || !daemon_map_of(path->path.map)->refused_path)
		return false;
	refused = paths_find_id(path->inventory, daemon_map_of(path->path.map)->refused_path);
	return refused && refused->path.map == path->path.map;
}

struct check_job *questions_make_job(const struct daemon_path *path,
				     const struct questions *questions, uint64_t now_usec)
{
	struct check_job *job = calloc(1, sizeof(*job));

	if (!job)
		return NULL;
	job->daemon = path->inventory->daemon;
	job->knock_fd = -1;
	job->detour_lane = lane_of_path(&path->path.identity);
	job->path_id = path->path.id;
	job->tpg = path->path.identity.tpg;
	job->tpgs = path->path.identity.tpgs;
	job->rdac = -ENODATA;
	job->ana = -ENODATA;
	job->begun_usec = now_usec;
	job->devt = path->path.identity.devt;
	job->protocol = path->path.identity.protocol;
	job->timeout_msec = questions_timeout_sec(path) * 1000;
	job->checker = path->checker;
	job->check.fd = path->fd;
	job->check.kept = path->checker_kept;
	job->check.lun_refuses = questions_lun_refuses(path);
	job->check.timeout_msec = job->timeout_msec;
	job->epoch = path->path.epoch;
	job->want_proof = questions->proof;
	job->ask_ana = questions->ana;
	job->ask_port = questions->port;
	job->port_epoch = path->rport.port ? path->rport.port->epoch : 0;
	job->ask_rdac = questions->rdac;
	job->rdac_if_listed = questions->rdac_if_listed;
	job->vpd_vendor = questions->vpd_vendor;
	job->reservation = questions->reservation;
	job->certain = questions->certain;
	mp_probe_node(path->path.identity.name, job->node, sizeof(job->node));
	if (questions_copy_texts(job, path, questions) < 0) {
		check_job_free(job);
		return NULL;
	}
	return job;
}
