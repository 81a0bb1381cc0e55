/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipath/claims.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "claims/petition.h"
#include "config/claim.h"
#include "config/filter.h"
#include "kernel/claimant.h"
#include "kernel/disk.h"
#include "kernel/dm_ioctl.h"
#include "multipath/arguments.h"
#include "multipath/target.h"

#define WAIT_DIR RUNTIME_DIR "/multipath/find_multipaths"

static const long nsec_per_sec = 1000000000;

struct sibling_search {
	const struct petition *petition;
	bool found;
};

static int sibling_on_found(void *userdata, dev_t devt, const char *name, const char *dir)
{
	struct sibling_search *search = userdata;
	const struct petition *petition = search->petition;
	_cleanup_disk_ struct mp_disk disk = MP_DISK_INIT;

	if (devt == petition->devt || mp_filter_devnode(petition->config, name).blacklisted)
		return 0;
	mp_disk_found(&disk, devt, name, dir);
	if (mp_disk_read(&disk, &mp_roots_system, petition->config) < 0)
		return 0;
	search->found = !strcmp(disk.identity.wwid, petition->ruling.wwid);
	return search->found ? -EEXIST : 0; /* found: no need to look on */
}

/* The daemon knows the siblings that udev has processed; others may follow. */
static bool has_sibling(struct petition *petition)
{
	struct sibling_search search = { .petition = petition };

	if (petition->ruling.has_sibling)
		return true;
	if (petition_read_config(petition) == 0)
		mp_probe_enumerate(&mp_roots_system, sibling_on_found, &search);
	return search.found;
}

/* Udev's wait for a second path: a file whose modification time is the end of the wait. */
static int wait_until(const struct petition *petition, struct timespec *ret)
{
	_cleanup_close_ int fd = -1;
	struct timespec now, times[2];
	char file[sizeof(WAIT_DIR) + 32];
	struct stat st;

	if ((mkdir(RUNTIME_DIR "/multipath", 0700) < 0 && errno != EEXIST) ||
	    (mkdir(WAIT_DIR, 0700) < 0 && errno != EEXIST))
		return -errno;
	snprintf(file, sizeof(file), WAIT_DIR "/%u:%u", major(petition->devt),
		 minor(petition->devt));
	fd = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (fd < 0 && errno == EEXIST) {
		if (stat(file, &st) < 0)
			return -errno;
		*ret = st.st_mtim;
		return 0;
	}
	if (fd < 0 || fchmod(fd, 0644) < 0 || clock_gettime(CLOCK_REALTIME, &now) < 0)
		return -errno;
	times[0] = now;
	times[1] = (struct timespec){ now.tv_sec + petition->ruling.timeout_sec, now.tv_nsec };
	if (futimens(fd, times) < 0) {
		int error = -errno;

		unlink(file);
		return error;
	}
	*ret = times[1];
	return 0;
}

/* Return: true if the answer remains "maybe". Prints how long udev is to wait. */
static bool maybe_waits(const struct petition *petition)
{
	struct timespec until = { 0 }, now;

	if (wait_until(petition, &until) < 0)
		return false;
	clock_gettime(CLOCK_REALTIME, &now);
	until.tv_sec -= now.tv_sec;
	until.tv_nsec -= now.tv_nsec;
	if (until.tv_nsec < 0) {
		until.tv_nsec += nsec_per_sec;
		until.tv_sec--;
	}
	if (until.tv_sec < 0) {
		printf("FIND_MULTIPATHS_WAIT_UNTIL=\"0\"\n");
		return false;
	}
	printf("FIND_MULTIPATHS_WAIT_UNTIL=\"%lld.%06ld\"\n", (long long)until.tv_sec,
	       until.tv_nsec / 1000);
	return true;
}

static enum mp_claim resolve_maybe(struct petition *petition)
{
	char node[MP_NAME_SIZE + 8], uuid[MP_WWID_SIZE + 16];
	_cleanup_close_ int fd = -1;

	mp_probe_node(petition->name, node, sizeof(node));
	fd = open(node, O_RDONLY | O_EXCL | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0) {
		/* It is in use: multipathd may have been faster. */
		if (mp_probe_map_holder(&mp_roots_system, petition->dir, uuid, sizeof(uuid)) > 0)
			return MP_CLAIM_YES;
		return MP_CLAIM_NO;
	}
	if (has_sibling(petition))
		return MP_CLAIM_YES;
	return maybe_waits(petition) ? MP_CLAIM_MAYBE : MP_CLAIM_NO;
}

int claims_is_path(const struct arguments *arguments, const struct target *target)
{
	const struct petition_options options = {
		.daemon_required = arguments->from_udev,
		.asks_daemon = arguments->from_udev || !arguments->no_daemon,
		.takes_environment = arguments->from_udev,
		.ignores_wwids = arguments->ignore_wwids,
		.keeps_verbosity = arguments->has_verbosity,
	};
	_cleanup_(petition_fini) struct petition petition = PETITION_INIT;
	const char *released = getenv("DM_MULTIPATH_DEVICE_PATH");
	const char *devtype = arguments->from_udev ? getenv("DEVTYPE") : NULL;
	struct mp_claim_input input = {
		.daemon_required = arguments->from_udev,
		.is_disk = !devtype || !strcmp(devtype, "disk"),
		.released = released && !strcmp(released, "0"),
	};
	struct mp_claim_verdict verdict;
	int r = 0;

	petition.options = &options;
	if (input.is_disk)
		r = target_has_number(target) ?
			    petition_hear(&petition, makedev(target->major, target->minor),
					  &input) :
			    -ENODEV;
	if (r < 0) {
		log_error("%s: %s", arguments->device, strerror(-r));
		return 1;
	}
	verdict = mp_claim_decide(&input);
	log_info("%s: %s", arguments->device, verdict.reason);
	if (verdict.claim == MP_CLAIM_MAYBE)
		verdict.claim = resolve_maybe(&petition);

	printf("DM_MULTIPATH_DEVICE_PATH=\"%d\"\n", verdict.claim == MP_CLAIM_MAYBE ? 2 :
						    verdict.claim == MP_CLAIM_NO    ? 0 :
										      1);
	return arguments->from_udev || verdict.claim != MP_CLAIM_NO ? 0 : 1;
}

/* A path that the kernel uses and whose device is up. */
static bool path_is_usable(const struct mp_table_path *path)
{
	struct mp_identity identity;
	char name[MP_NAME_SIZE], dir[MP_PROBE_DIR_SIZE];

	return path->state == MP_DM_ACTIVE &&
	       mp_probe_locate_devt(&mp_roots_system, path->devt, name, sizeof(name), dir,
				    sizeof(dir)) >= 0 &&
	       mp_probe_identity(&mp_roots_system, path->devt, name, dir, &identity, NULL) >= 0 &&
	       mp_probe_state(&mp_roots_system, dir, identity.protocol) == MP_PATH_UP;
}

int claims_is_usable(const struct target *target)
{
	_cleanup_(mp_table_fini) struct mp_table table = MP_TABLE_INIT;
	dev_t devt = makedev(target->major, target->minor);

	if (target->kind == TARGET_NAME && !target_is_dm(target) &&
	    mp_dm_ioctl_find(target->name, &devt) < 0)
		return 1;
	if (mp_dm_ioctl_read(devt, &table) < 0)
		return 1;
	for (size_t g = 0; g < table.group_count; g++)
		for (size_t p = 0; p < table.groups[g].path_count; p++)
			if (path_is_usable(&table.groups[g].paths[p]))
				return 0;
	return 1;
}
