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
#include "base/props.h"
#include "config/claim.h"
#include "config/filter.h"
#include "config/wwids.h"
#include "kernel/dm.h"
#include "kernel/probe.h"
#include "libmpathcmd/mpath_cmd.h"

#define WAIT_DIR RUNTIME_DIR "/multipath/find_multipaths"

enum { TIMEOUT_BUILT_IN_SEC = -10, TIMEOUT_UNKNOWN_HARDWARE_SEC = 1 };

static const long nsec_per_sec = 1000000000;

/* The device as the caller named it. */
struct claimant {
	struct mp_config *config;
	dev_t devt;
	char name[MP_NAME_SIZE];
	char dir[MP_PROBE_DIR_SIZE];
	struct mp_identity identity;
	struct mp_props props;
	struct mp_path_settings settings;
};

static int claimant_locate(struct claimant *claimant, const char *device, bool from_udev)
{
	struct stat st;

	if (from_udev) {
		snprintf(claimant->name, sizeof(claimant->name), "%s", device);
		return mp_probe_locate_name(&mp_roots_system, device, &claimant->devt, claimant->dir,
					    sizeof(claimant->dir));
	}
	if (stat(device, &st) < 0)
		return -errno;
	if (!S_ISBLK(st.st_mode))
		return -ENOTBLK;
	claimant->devt = st.st_rdev;
	return mp_probe_locate_devt(&mp_roots_system, st.st_rdev, claimant->name, sizeof(claimant->name),
				    claimant->dir, sizeof(claimant->dir));
}

extern char **environ;

/* udev hands what it has found so far down in the environment: its database is not written yet. */
static int props_from_environment(struct mp_props *props)
{
	for (char **variable = environ; *variable; variable++) {
		char *equals = strchr(*variable, '=');
		_cleanup_free_ char *name = NULL;
		int r;

		if (!equals)
			continue;
		name = strndup(*variable, equals - *variable);
		r = name ? mp_props_add(props, name, equals + 1) : -ENOMEM;
		if (r < 0)
			return r;
	}
	return 0;
}

static bool daemon_is_reachable(void)
{
	int fd = mpath_connect__(1);

	if (fd < 0)
		return errno == EAGAIN; /* so busy that its backlog is full */
	mpath_disconnect(fd);
	return true;
}

static bool map_exists(const char *wwid)
{
	struct mp_dm_listed *listed;
	size_t count;
	bool found = false;

	if (mp_dm_list(&listed, &count) < 0)
		return false;
	for (size_t i = 0; i < count && !found; i++) {
		const char *other = mp_dm_wwid(listed[i].uuid);

		found = other && !strcmp(other, wwid);
	}
	mp_dm_list_free(listed, count);
	return found;
}

struct twin_search {
	const struct claimant *claimant;
	bool found;
};

static int twin_on_found(void *userdata, dev_t devt, const char *name, const char *dir)
{
	struct twin_search *search = userdata;
	const struct claimant *claimant = search->claimant;
	_cleanup_(mp_props_fini) struct mp_props props = MP_PROPS_INIT;
	struct mp_path_settings settings;
	struct mp_identity identity;
	bool known;

	if (devt == claimant->devt || mp_filter_devnode(claimant->config, name).blacklisted ||
	    mp_probe_identity(&mp_roots_system, devt, name, dir, &identity) < 0)
		return 0;
	known = mp_probe_props(&mp_roots_system, devt, &props) == 0;
	mp_config_path_settings(claimant->config, &identity, &settings);
	if (mp_probe_wwid(&mp_roots_system, &identity, dir, &settings, known ? &props : NULL, true,
			  identity.wwid) < 0)
		return 0;
	search->found = !strcmp(identity.wwid, claimant->identity.wwid);
	return search->found ? -EEXIST : 0; /* found: no need to look on */
}

static bool has_twin(const struct claimant *claimant)
{
	struct twin_search search = { .claimant = claimant };

	mp_probe_enumerate(&mp_roots_system, twin_on_found, &search);
	return search.found;
}

/* How long udev waits for a second path: a file whose time of change is the end of the wait. */
static int wait_until(const struct claimant *claimant, struct timespec *ret)
{
	int seconds = mp_config_process(claimant->config)->find_multipaths_timeout_sec;
	_cleanup_close_ int fd = -1;
	struct timespec now, times[2];
	char file[sizeof(WAIT_DIR) + 32];
	struct stat st;

	if (seconds == 0)
		seconds = TIMEOUT_BUILT_IN_SEC;
	if (seconds < 0)
		seconds = mp_config_knows_hardware(claimant->config, &claimant->identity) ?
				  -seconds :
				  TIMEOUT_UNKNOWN_HARDWARE_SEC;

	if ((mkdir(RUNTIME_DIR "/multipath", 0700) < 0 && errno != EEXIST) ||
	    (mkdir(WAIT_DIR, 0700) < 0 && errno != EEXIST))
		return -errno;
	snprintf(file, sizeof(file), WAIT_DIR "/%u:%u", major(claimant->devt), minor(claimant->devt));
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
	times[1] = (struct timespec){ now.tv_sec + seconds, now.tv_nsec };
	if (futimens(fd, times) < 0) {
		int error = -errno;

		unlink(file);
		return error;
	}
	*ret = times[1];
	return 0;
}

/* Return: does it stay "maybe"? Prints how long udev is to wait. */
static bool maybe_waits(const struct claimant *claimant)
{
	struct timespec until = { 0 }, now;

	if (wait_until(claimant, &until) < 0)
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
	printf("FIND_MULTIPATHS_WAIT_UNTIL=\"%lld.%06ld\"\n", (long long)until.tv_sec, until.tv_nsec / 1000);
	return true;
}

static enum mp_claim resolve_maybe(const struct claimant *claimant)
{
	char node[MP_NAME_SIZE + 8], uuid[MP_WWID_SIZE + 16];
	_cleanup_close_ int fd = -1;

	snprintf(node, sizeof(node), "/dev/%s", claimant->name);
	for (char *c = node + 5; *c; c++)
		if (*c == '!')
			*c = '/';
	fd = open(node, O_RDONLY | O_EXCL | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0) {
		/* Somebody has it: multipathd may have been quicker. */
		if (mp_probe_map_holder(&mp_roots_system, claimant->dir, uuid, sizeof(uuid)) > 0)
			return MP_CLAIM_YES;
		return MP_CLAIM_NO;
	}
	if (has_twin(claimant))
		return MP_CLAIM_YES;
	return maybe_waits(claimant) ? MP_CLAIM_MAYBE : MP_CLAIM_NO;
}

static int claimant_identify(struct claimant *claimant, const struct mp_props *props, struct mp_claim_input *input)
{
	struct mp_identity *identity = &claimant->identity;
	struct mp_wwids *wwids;
	int r;

	if (mp_filter_devnode(claimant->config, claimant->name).blacklisted) {
		input->blacklisted = true;
		return 0;
	}
	r = mp_probe_identity(&mp_roots_system, claimant->devt, claimant->name, claimant->dir, identity);
	if (r == -EOPNOTSUPP || r == -EPERM) {
		input->blacklisted = true;
		return 0;
	}
	if (r < 0)
		return r;
	mp_config_path_settings(claimant->config, identity, &claimant->settings);
	input->has_wwid = mp_probe_wwid(&mp_roots_system, identity, claimant->dir, &claimant->settings, props, true,
					identity->wwid) >= 0;
	if (!input->has_wwid)
		identity->wwid[0] = '\0';
	input->blacklisted =
		mp_filter_path(claimant->config, identity, props, claimant->settings.uid_attribute).blacklisted;
	if (input->blacklisted || !input->has_wwid)
		return 0;

	input->marked_failed = mp_failed_wwids_has(RUNTIME_DIR, identity->wwid);
	input->in_use = mp_probe_in_use(&mp_roots_system, claimant->dir, claimant->devt);
	input->map_exists = map_exists(identity->wwid);
	r = mp_wwids_new(&wwids);
	if (r < 0)
		return r;
	mp_wwids_load(wwids, STATE_DIR);
	input->wwid_known = mp_wwids_has(wwids, identity->wwid);
	mp_wwids_free(wwids);
	return 0;
}

int claims_is_path(struct mp_config *config, const char *device, bool from_udev)
{
	struct claimant claimant = { .config = config };
	const char *released = getenv("DM_MULTIPATH_DEVICE_PATH");
	const char *devtype = getenv("DEVTYPE");
	struct mp_claim_input input = {
		.mode = mp_config_process(config)->find_multipaths,
		.daemon_required = from_udev,
		.is_disk = !from_udev || !devtype || !strcmp(devtype, "disk"),
		.released = released && !strcmp(released, "0"),
	};
	struct mp_claim_verdict verdict;
	char uuid[MP_WWID_SIZE + 16];
	int r;

	r = claimant_locate(&claimant, device, from_udev);
	if (r < 0) {
		log_error("%s: %s", device, strerror(-r));
		return 1;
	}
	r = mp_probe_map_holder(&mp_roots_system, claimant.dir, uuid, sizeof(uuid));
	if (r < 0 && r != -ENOENT)
		return 1;
	input.held_by_map = r > 0;
	if (!input.held_by_map) {
		input.daemon_reachable = !from_udev || daemon_is_reachable();
		if (input.daemon_reachable) {
			r = from_udev ? props_from_environment(&claimant.props) :
					mp_probe_props(&mp_roots_system, claimant.devt, &claimant.props);
			if (r == -ENOMEM)
				return 1;
			r = claimant_identify(&claimant, r < 0 ? NULL : &claimant.props, &input);
			if (r < 0) {
				log_error("%s: %s", device, strerror(-r));
				mp_props_fini(&claimant.props);
				return 1;
			}
		}
	}
	verdict = mp_claim_decide(&input);
	log_info("%s: %s", claimant.name, verdict.reason);
	if (verdict.claim == MP_CLAIM_MAYBE)
		verdict.claim = resolve_maybe(&claimant);
	mp_props_fini(&claimant.props);

	printf("DM_MULTIPATH_DEVICE_PATH=\"%d\"\n",
	       verdict.claim == MP_CLAIM_MAYBE ? 2 : verdict.claim == MP_CLAIM_NO ? 0 : 1);
	return from_udev || verdict.claim != MP_CLAIM_NO ? 0 : 1;
}

int claims_is_usable(struct mp_config *config, const char *device)
{
	struct mp_kernel_map kernel = { 0 };
	const char *name = strrchr(device, '/');
	struct mp_dm_listed *listed;
	size_t count;
	unsigned major, minor;
	dev_t devt = 0;
	int status = 1;

	(void)config;
	name = name ? name + 1 : device;
	if (sscanf(name, "%u:%u", &major, &minor) == 2)
		devt = makedev(major, minor);
	else if (sscanf(name, "dm-%u", &minor) != 1)
		return 1;
	if (mp_dm_list(&listed, &count) < 0)
		return 1;
	for (size_t i = 0; i < count; i++) {
		const char *wwid = mp_dm_wwid(listed[i].uuid);

		if (!wwid || (devt ? listed[i].devt != devt : minor(listed[i].devt) != minor) ||
		    mp_dm_read(wwid, &kernel) < 0)
			continue;
		for (size_t g = 0; g < kernel.table.group_count; g++)
			for (size_t p = 0; p < kernel.table.groups[g].path_count; p++) {
				const struct mp_table_path *path = &kernel.table.groups[g].paths[p];
				struct mp_identity identity;
				char path_name[MP_NAME_SIZE], dir[MP_PROBE_DIR_SIZE];

				if (path->state != MP_DM_ACTIVE ||
				    mp_probe_locate_devt(&mp_roots_system, path->devt, path_name,
							 sizeof(path_name), dir, sizeof(dir)) < 0 ||
				    mp_probe_identity(&mp_roots_system, path->devt, path_name, dir, &identity) < 0)
					continue;
				if (mp_probe_state(&mp_roots_system, dir, identity.protocol) == MP_PATH_UP)
					status = 0;
			}
		mp_kernel_map_fini(&kernel);
	}
	mp_dm_list_free(listed, count);
	return status;
}
