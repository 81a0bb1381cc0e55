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
#include "base/strbuf.h"
#include "config/claim.h"
#include "config/filter.h"
#include "config/geom_notes.h"
#include "config/wwids.h"
#include "kernel/claimant.h"
#include "kernel/disk.h"
#include "kernel/dm_ioctl.h"
#include "libmpathcmd/mpath_cmd.h"
#include "multipath/arguments.h"
#include "multipath/target.h"

#define WAIT_DIR RUNTIME_DIR "/multipath/find_multipaths"

enum {
	/* The daemon answers from memory. Do not wait for one that is starting or stuck. */
	ANSWER_MSEC = 20,
};

static const long nsec_per_sec = 1000000000;

/* The device as the caller named it, and the source of its configuration. */
struct question {
	const struct arguments *arguments;
	const struct target *target;
	dev_t devt;
	char name[MP_NAME_SIZE];
	char dir[MP_PROBE_DIR_SIZE];
	struct mp_claimant claimant;
	struct mp_ruling ruling;
	int daemon_fd; /* negative: not connected */
	struct mp_config *config; /* NULL: not read */
};

static void question_fini(struct question *question)
{
	mp_closep(&question->daemon_fd);
	mp_config_free(question->config);
	mp_claimant_fini(&question->claimant);
}

static int question_locate(struct question *question)
{
	const struct target *target = question->target;

	if (!target_has_number(target))
		return -ENODEV;
	question->devt = makedev(target->major, target->minor);
	return mp_probe_locate_devt(&mp_roots_system, question->devt, question->name,
				    sizeof(question->name), question->dir, sizeof(question->dir));
}

/*
 * While udev processes the device, its database is not written yet; the properties found so far are
 * in the environment. Other callers have no such environment.
 */
static int question_props(struct question *question)
{
	struct mp_props *props = &question->claimant.props;

	if (!question->arguments->from_udev || !getenv("DEVPATH"))
		return mp_probe_props(&mp_roots_system, question->devt, question->dir, true, props);
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

/* Return: true if there is a daemon */
static bool question_connect(struct question *question)
{
	if (question->arguments->no_daemon && !question->arguments->from_udev)
		return false;
	question->daemon_fd = mpath_connect__(1);
	return question->daemon_fd >= 0 || errno == EAGAIN; /* so busy that its backlog is full */
}

static void on_diagnostic(void *userdata, enum mp_severity severity, int level, const char *text)
{
	(void)userdata;
	(void)severity;
	log_line(level, "%s", text);
}

static int question_read_config(struct question *question)
{
	const struct mp_config_source source = {
		.file = CONFIG_FILE,
		.dir = CONFIG_DIR,
		.verbosity = -1,
		.diagnostic = on_diagnostic,
	};

	return question->config ? 0 : mp_config_load(&source, &question->config);
}

static int question_ask_daemon(struct question *question)
{
	_cleanup_strbuf_ struct mp_strbuf command = MP_STRBUF_INIT;
	_cleanup_free_ char *reply = NULL;

	if (question->daemon_fd < 0)
		return -ENOTCONN;
	mp_claimant_format(&question->claimant, &command);
	if (command.error)
		return command.error;
	if (mpath_process_cmd(question->daemon_fd, command.text, &reply, ANSWER_MSEC) < 0)
		return -errno;
	return mp_claimant_parse_ruling(reply, &question->ruling);
}

/* Settings for the device, from the daemon or, without one, from the files. */
static int question_rule(struct question *question)
{
	const struct arguments *arguments = question->arguments;
	struct mp_ruling *ruling = &question->ruling;
	int r = question_ask_daemon(question);

	if (r < 0) {
		r = question_read_config(question);
		if (r < 0) {
			log_error("fatal configuration error, aborting");
			return r;
		}
		mp_claimant_judge(question->config, &question->claimant, ruling);
	}
	if (arguments->ignore_wwids)
		ruling->mode = mp_find_multipaths_ignoring(ruling->mode);
	if (!arguments->has_verbosity)
		log_set_verbosity(ruling->verbosity);
	return 0;
}

struct sibling_search {
	const struct question *question;
	bool found;
};

static int sibling_on_found(void *userdata, dev_t devt, const char *name, const char *dir)
{
	struct sibling_search *search = userdata;
	const struct question *question = search->question;
	_cleanup_disk_ struct mp_disk disk = MP_DISK_INIT;

	if (devt == question->devt || mp_filter_devnode(question->config, name).blacklisted)
		return 0;
	mp_disk_found(&disk, devt, name, dir);
	if (mp_disk_read(&disk, &mp_roots_system, question->config) < 0)
		return 0;
	search->found = !strcmp(disk.identity.wwid, question->ruling.wwid);
	return search->found ? -EEXIST : 0; /* found: no need to look on */
}

/* The daemon knows the siblings that udev has processed; others may follow. */
static bool has_sibling(struct question *question)
{
	struct sibling_search search = { .question = question };

	if (question->ruling.has_sibling)
		return true;
	if (question_read_config(question) == 0)
		mp_probe_enumerate(&mp_roots_system, sibling_on_found, &search);
	return search.found;
}

/* Udev's wait for a second path: a file whose modification time is the end of the wait. */
static int wait_until(const struct question *question, struct timespec *ret)
{
	_cleanup_close_ int fd = -1;
	struct timespec now, times[2];
	char file[sizeof(WAIT_DIR) + 32];
	struct stat st;

	if ((mkdir(RUNTIME_DIR "/multipath", 0700) < 0 && errno != EEXIST) ||
	    (mkdir(WAIT_DIR, 0700) < 0 && errno != EEXIST))
		return -errno;
	snprintf(file, sizeof(file), WAIT_DIR "/%u:%u", major(question->devt),
		 minor(question->devt));
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
	times[1] = (struct timespec){ now.tv_sec + question->ruling.timeout_sec, now.tv_nsec };
	if (futimens(fd, times) < 0) {
		int error = -errno;

		unlink(file);
		return error;
	}
	*ret = times[1];
	return 0;
}

/* Return: true if the answer remains "maybe". Prints how long udev is to wait. */
static bool maybe_waits(const struct question *question)
{
	struct timespec until = { 0 }, now;

	if (wait_until(question, &until) < 0)
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

static enum mp_claim resolve_maybe(struct question *question)
{
	char node[MP_NAME_SIZE + 8], uuid[MP_WWID_SIZE + 16];
	_cleanup_close_ int fd = -1;

	mp_probe_node(question->name, node, sizeof(node));
	fd = open(node, O_RDONLY | O_EXCL | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0) {
		/* It is in use: multipathd may have been faster. */
		if (mp_probe_map_holder(&mp_roots_system, question->dir, uuid, sizeof(uuid)) > 0)
			return MP_CLAIM_YES;
		return MP_CLAIM_NO;
	}
	if (has_sibling(question))
		return MP_CLAIM_YES;
	return maybe_waits(question) ? MP_CLAIM_MAYBE : MP_CLAIM_NO;
}

/* Collect what the decision depends on, and no more. Return: 0, negative errno. */
static int question_look(struct question *question, struct mp_claim_input *input)
{
	struct mp_claimant *claimant = &question->claimant;
	const struct mp_ruling *ruling = &question->ruling;
	_cleanup_strbuf_ struct mp_strbuf notes = MP_STRBUF_INIT;
	int r;

	r = mp_claimant_read(&mp_roots_system, question->devt, question->name, question->dir,
			     claimant);
	if (r == -EOPNOTSUPP || r == -EPERM) {
		input->blacklisted = true;
		return 0;
	}
	if (r < 0)
		return r;
	r = question_props(question);
	if (r == -ENOMEM)
		return r;
	claimant->has_props = r == 0;
	r = question_rule(question);
	if (r < 0)
		return r;

	input->mode = ruling->mode;
	input->blacklisted = ruling->blacklisted;
	input->has_wwid = *ruling->wwid;
	if (input->blacklisted || !input->has_wwid)
		return 0;
	input->labeled = mp_geom_notes_load(STATE_DIR, MP_GEOM_NOTES_FILE, &notes) == 0 &&
			 mp_geom_notes_claim(&notes, claimant->page_wwid);
	input->marked_failed = mp_wwids_has_failed(RUNTIME_DIR, ruling->wwid);
	/* There may be many mounts: read only if needed. */
	if (ruling->mode == MP_FIND_GREEDY || ruling->mode == MP_FIND_SMART)
		input->in_use = mp_probe_in_use(&mp_roots_system, question->dir, question->devt);
	input->wwid_known = mp_wwids_file_has(STATE_DIR, ruling->wwid) > 0;
	input->map_exists = !input->wwid_known && mp_dm_ioctl_has_map(ruling->wwid);
	return 0;
}

int claims_is_path(const struct arguments *arguments, const struct target *target)
{
	_cleanup_(question_fini) struct question question = {
		.arguments = arguments,
		.target = target,
		.claimant = MP_CLAIMANT_INIT,
		.daemon_fd = -1,
	};
	const char *released = getenv("DM_MULTIPATH_DEVICE_PATH");
	const char *devtype = arguments->from_udev ? getenv("DEVTYPE") : NULL;
	struct mp_claim_input input = {
		.daemon_required = arguments->from_udev,
		.is_disk = !devtype || !strcmp(devtype, "disk"),
		.released = released && !strcmp(released, "0"),
	};
	struct mp_claim_verdict verdict;
	char uuid[MP_WWID_SIZE + 16];
	int r;

	if (input.is_disk) {
		r = question_locate(&question);
		if (r >= 0)
			r = mp_probe_map_holder(&mp_roots_system, question.dir, uuid, sizeof(uuid));
		if (r >= 0) {
			input.held_by_map = r > 0;
			input.daemon_reachable = !input.held_by_map && question_connect(&question);
			if (!input.held_by_map &&
			    (input.daemon_reachable || !input.daemon_required))
				r = question_look(&question, &input);
		}
		if (r < 0) {
			log_error("%s: %s", arguments->device, strerror(-r));
			return 1;
		}
	}
	verdict = mp_claim_decide(&input);
	log_info("%s: %s", arguments->device, verdict.reason);
	if (verdict.claim == MP_CLAIM_MAYBE)
		verdict.claim = resolve_maybe(&question);

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
