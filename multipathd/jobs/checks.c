/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/jobs/checks.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/log.h"
#include "kernel/aio.h"
#include "kernel/knock.h"
#include "kernel/nvme_id.h"
#include "kernel/probe.h"
#include "kernel/scsi.h"
#include "kernel/vpd.h"
#include "model/proof.h"
#include "multipathd/jobs/descriptors.h"
#include "multipathd/jobs/registrations.h"
#include "multipathd/loop/pool.h"
#include "multipathd/state/daemon.h"

enum {
	AIO_ROOM = 4096,
	LATE_SEC =
		1, /* an answer that took longer may have waited for a connection to be restored */
};

static const uint64_t usec_per_sec = 1000000;

/* Asynchronous reads. */
struct checks {
	void (*answered)(struct check_job *job);
	struct mp_aio *aio; /* NULL: none, each read occupies a worker */
	int fd; /* readable when reads have ended */
	sd_event_source *source;
};

void check_job_free(struct check_job *job)
{
	if (job->abandoned && job->check.fd >= 0)
		descriptors_close(job->daemon, job->check.fd, job->detour_lane);
	sd_event_source_disable_unref(job->knock_source);
	if (job->knock_fd >= 0)
		close(job->knock_fd);
	free(job->dir);
	free(job->prio_args);
	free(job->known);
	free(job->proof);
	free(job->page);
	free(job->vpd_text);
	free(job->prio);
	free(job->identity);
	free(job);
}

static int check_job_open(struct check_job *job)
{
	int fd = mp_probe_open(job->node, job->devt, O_RDONLY | O_NONBLOCK | O_DIRECT);

	if (fd == -EINVAL)
		fd = mp_probe_open(job->node, job->devt, O_RDONLY | O_NONBLOCK);
	if (fd < 0)
		return fd;
	job->check.fd = fd;
	job->check.kept = 0;
	return 0;
}

static void check_job_ask_read_only(struct check_job *job)
{
	int read_only;

	if (job->check.fd < 0 || ioctl(job->check.fd, BLKROGET, &read_only) < 0)
		return;
	job->told_read_only = true;
	job->read_only = read_only;
}

/*
 * The request is large, so it is freed with the command: what waits for the loop is only as large
 * as the answer.
 */
static void check_job_ask_priority(struct check_job *job)
{
	struct mp_prioritization *answer;

	job->priority = -ENOMEM;
	job->prio = malloc(sizeof(*job->prio));
	if (!job->prio)
		return;
	job->prio->fd = job->check.fd;
	job->prio->roots = &mp_roots_system;
	job->prio->dir = job->dir;
	job->prio->identity = job->identity;
	job->prio->tpgs = job->tpgs;
	job->prio->tpg = job->tpg;
	job->prio->args = job->prio_args;
	job->prio->timeout_msec = job->timeout_msec;
	job->prio->transitioning = false;
	job->prio->groups_size = 0;
	job->priority = job->prioritizer->priority(job->prio);
	answer = realloc(job->prio,
			 offsetof(struct mp_prioritization, groups) + job->prio->groups_size);
	if (answer)
		job->prio = answer;
}

/* Do not register a key at another LUN. */
static bool check_job_leads_astray(const struct check_job *job)
{
	const struct mp_statement statement = {
		.error = job->proof_error,
		.told = job->proof,
		.known = job->known,
		.certain = job->certain,
	};

	return job->want_proof && mp_proof_judge(&statement) != MP_PROOF_HOLDS;
}

/*
 * How a device is identified. For DASD, the kernel itself rereads the identifier whenever a channel
 * path comes back, and sysfs shows it. It does so for NVMe, too, but continues I/O before. Many USB
 * bridges fail on VPD pages: for those, and for other devices, udev's WWID is the only proof.
 */
static int check_job_identify(struct check_job *job, char *proof)
{
	char scanned[MP_WWID_SIZE];
	int r;

	if (job->protocol == MP_PROTOCOL_SCSI_USB)
		return -ENOENT;
	if (mp_protocol_is_scsi(job->protocol))
		return mp_scsi_identify(job->check.fd, job->known, proof, MP_WWID_SIZE, &job->tpg,
					job->timeout_msec);
	r = mp_probe_page_wwid(&mp_roots_system, job->protocol, job->dir, scanned);
	if (r == 0 && mp_protocol_is_nvme(job->protocol))
		return mp_nvme_identify(job->check.fd, scanned, proof, MP_WWID_SIZE,
					job->timeout_msec);
	if (r == 0)
		strcpy(proof, scanned);
	/* A device that had a name and has none there is just being removed. */
	return r == -ENOENT && job->certain ? -ENODEV : r;
}

static void check_job_prove(struct check_job *job)
{
	char proof[MP_WWID_SIZE], page[MP_WWID_SIZE];

	check_job_ask_read_only(job);
	job->proof_error = check_job_identify(job, proof);
	if (job->proof_error < 0)
		return;
	job->proof = strdup(proof);
	if (!job->proof)
		job->proof_error = -ENOMEM;
	else if (!job->certain && strcmp(proof, job->known) &&
		 mp_probe_page_wwid(&mp_roots_system, job->protocol, job->dir, page) == 0)
		job->page = strdup(page);
}

/* The steps after an answer, all on the worker because each of them may block. */
static void check_job_follow_up(struct check_job *job)
{
	enum mp_path_state state;
	char text[sizeof(((struct mp_identity_room *)NULL)->vpd_data)];

	if (!mp_path_state_is_active(job->check.state)) {
		state = mp_probe_state(&mp_roots_system, job->dir, job->protocol);
		job->offline = state != MP_PATH_UP;
		if (state == MP_PATH_PENDING || state == MP_PATH_REMOVED)
			job->check.state = state;
		return;
	}
	/* An answer that took long may have waited for a connection to be restored. */
	job->want_proof = job->want_proof || job->check.identity_changed ||
			  mp_clock_usec() - job->run_usec >= LATE_SEC * usec_per_sec;
	if (job->want_proof)
		check_job_prove(job);
	if (job->vpd_vendor && mp_scsi_vpd_text(job->check.fd, job->vpd_vendor, text, sizeof(text),
						job->timeout_msec) >= 0)
		job->vpd_text = strdup(text);
	if (job->ask_port)
		job->port = ports_read(job->dir);
	if (job->ask_ana)
		job->ana = mp_ana_is_supported(job->check.fd, job->timeout_msec);
	if (!check_job_leads_astray(job))
		registration_check_run(&job->reservation, job->check.fd, job->timeout_msec);
	if (job->prioritizer)
		check_job_ask_priority(job);
}

/* Determine the right checker before the first one runs. */
static void check_job_detect_checker(struct check_job *job)
{
	job->rdac = mp_scsi_is_rdac(job->check.fd, job->rdac_if_listed, job->timeout_msec);
	if (job->rdac > 0) {
		job->checker = mp_checker_find("rdac");
		job->check.kept = 0;
	}
}

static void check_job_knock(struct check_job *job)
{
	if (mp_protocol_is_scsi(job->protocol))
		job->knock_fd = mp_knock(&mp_roots_system, job->dir, job->timeout_msec);
	job->detour = job->knock_fd < 0; /* it cannot be probed: the check may hang */
}

static void check_job_run(struct work *work)
{
	struct check_job *job = caa_container_of(work, struct check_job, work);
	int r;

	if (job->second_turn) {
		check_job_follow_up(job);
		return;
	}
	if (!job->run_usec && !job->want_proof)
		job->run_usec = mp_clock_usec();
	if (work->sparing && !job->knocked && !job->checker->none) {
		check_job_knock(job);
		return;
	}
	if (job->checker->none) {
		job->check.state = mp_probe_state(&mp_roots_system, job->dir, job->protocol);
		if (job->check.fd < 0)
			check_job_open(job);
	} else {
		if (job->check.fd < 0)
			job->error = check_job_open(job);
		if (job->error < 0) {
			job->check.state = MP_PATH_DOWN;
			snprintf(job->check.message, sizeof(job->check.message),
				 "cannot open %s: %s", job->node, strerror(-job->error));
		} else {
			if (job->ask_rdac)
				check_job_detect_checker(job);
			r = job->checker->check(&job->check);
			if (r == 1) {
				job->reading = true;
				return;
			}
			if (r < 0) {
				job->error = r;
				job->check.state = MP_PATH_WILD;
			}
		}
	}
	check_job_follow_up(job);
}

static void check_job_second_turn(struct check_job *job)
{
	job->second_turn = true;
	pool_submit(job->daemon->pool, &job->work);
}

/* The whole check, on a lane where it does not delay the probes of others. */
static void check_job_take_detour(struct check_job *job)
{
	job->detour = false;
	job->knocked = true;
	job->work.lane = job->detour_lane;
	pool_submit(job->daemon->pool, &job->work);
}

static int check_job_on_knock_answered(sd_event_source *source, int fd, uint32_t events,
				       void *userdata)
{
	struct check_job *job = userdata;
	struct mp_scsi_result result = { 0 };
	int r = mp_knock_answer(fd, &result);

	(void)events;
	if (r == -EAGAIN)
		return 0;
	job->knock_source = sd_event_source_disable_unref(source);
	close(job->knock_fd);
	job->knock_fd = -1;
	if (r == 0 && (!result.host_status || mp_scsi_is_transient(&result))) {
		mp_check_notice(&job->check, &result);
		check_job_take_detour(job);
		return 0;
	}
	if (result.host_status == MP_SCSI_HOST_TIMEOUT)
		mp_check_answer(&job->check, MP_PATH_TIMEOUT, "command timed out");
	else
		mp_check_answer(&job->check, MP_PATH_DOWN, "path is down");
	check_job_second_turn(job);
	return 0;
}

static int check_job_await_knock(struct check_job *job)
{
	int r = sd_event_add_io(job->daemon->event, &job->knock_source, job->knock_fd, EPOLLIN,
				check_job_on_knock_answered, job);

	if (r >= 0)
		r = sd_event_source_set_exit_on_failure(job->knock_source, true);
	if (r >= 0)
		return 0;
	job->knock_source = sd_event_source_disable_unref(job->knock_source);
	close(job->knock_fd);
	job->knock_fd = -1;
	job->detour = true;
	return r;
}

static void check_job_done(struct work *work)
{
	struct check_job *job = caa_container_of(work, struct check_job, work);

	if (job->knock_fd >= 0 && !job->abandoned && check_job_await_knock(job) >= 0)
		return;
	if (job->detour && !job->abandoned) {
		check_job_take_detour(job);
		return;
	}
	if (!job->reading || job->second_turn) {
		job->daemon->checks->answered(job);
		return;
	}
	job->parked = true;
	if (job->reaped)
		check_job_second_turn(job);
}

static int checks_on_aio(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
	struct checks *checks = userdata;
	struct mp_aio_done done[64];
	uint64_t count;
	size_t n;

	(void)source;
	(void)events;
	if (read(fd, &count, sizeof(count)) < 0 && errno != EAGAIN)
		return -errno;
	do {
		n = mp_aio_reap(checks->aio, done, ARRAY_SIZE(done));
		for (size_t i = 0; i < n; i++) {
			struct check_job *job = done[i].cookie;

			mp_check_take_read(&job->check, done[i].error);
			if (job->check.state == MP_PATH_DOWN)
				snprintf(job->check.message, sizeof(job->check.message),
					 "read failed: %s", strerror(-done[i].error));
			job->reaped = true;
			if (job->parked)
				check_job_second_turn(job);
		}
	} while (n == ARRAY_SIZE(done));
	return 0;
}

void checks_begin(struct check_job *job, uint64_t lane, uint64_t timeout_usec)
{
	job->check.aio = job->daemon->checks->aio;
	job->check.cookie = job;
	job->work = (struct work){ .run = check_job_run,
				   .done = check_job_done,
				   .lane = lane,
				   .timeout_usec = timeout_usec };
	pool_submit(job->daemon->pool, &job->work);
}

void checks_abandon(struct check_job *job)
{
	job->abandoned = true;
	if (job->knock_source) /* no worker is using it */
		check_job_free(job);
}

int checks_new(struct daemon *daemon, void (*answered)(struct check_job *job), struct checks **ret)
{
	struct checks *checks = calloc(1, sizeof(*checks));
	int r;

	if (!checks)
		return -ENOMEM;
	checks->answered = answered;
	checks->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (checks->fd < 0) {
		r = -errno;
		checks_free(checks);
		return r;
	}
	r = mp_aio_new(checks->fd, AIO_ROOM, &checks->aio);
	if (r < 0)
		log_warning(
			"asynchronous reads not available (fs.aio-max-nr): %s; each directio check occupies a thread",
			strerror(-r));
	r = sd_event_add_io(daemon->event, &checks->source, checks->fd, EPOLLIN, checks_on_aio,
			    checks);
	if (r >= 0)
		r = sd_event_source_set_exit_on_failure(checks->source, true);
	if (r < 0) {
		checks_free(checks);
		return r;
	}
	*ret = checks;
	return 0;
}

struct checks *checks_free(struct checks *checks)
{
	if (!checks)
		return NULL;
	sd_event_source_disable_unref(checks->source);
	mp_aio_free(checks->aio);
	if (checks->fd >= 0)
		close(checks->fd);
	free(checks);
	return NULL;
}
