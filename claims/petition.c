/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "claims/petition.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/strbuf.h"
#include "claims/settings.h"
#include "config/geom_notes.h"
#include "config/wwids.h"
#include "kernel/dm_ioctl.h"
#include "libmpathcmd/mpath_cmd.h"

enum {
	/* The daemon answers from memory. Do not wait for one that is starting or stuck. */
	ANSWER_MSEC = 20,
};

void petition_fini(struct petition *petition)
{
	mp_closep(&petition->daemon_fd);
	mp_config_free(petition->config);
	mp_claimant_fini(&petition->claimant);
}

/*
 * While udev processes the device, its database is not written yet; the properties found so far are
 * in the environment. Other callers have no such environment.
 */
static int petition_props(struct petition *petition)
{
	struct mp_props *props = &petition->claimant.props;

	if (!petition->options->takes_environment || !getenv("DEVPATH"))
		return mp_probe_props(&mp_roots_system, petition->devt, petition->dir, true, props);
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
static bool petition_connect(struct petition *petition)
{
	if (!petition->options->asks_daemon)
		return false;
	petition->daemon_fd = mpath_connect__(1);
	return petition->daemon_fd >= 0 || errno == EAGAIN; /* so busy that its backlog is full */
}

int petition_read_config(struct petition *petition)
{
	return petition->config ? 0 : settings_load(&petition->config);
}

static int petition_ask_daemon(struct petition *petition)
{
	_cleanup_strbuf_ struct mp_strbuf command = MP_STRBUF_INIT;
	_cleanup_free_ char *reply = NULL;

	if (petition->daemon_fd < 0)
		return -ENOTCONN;
	mp_claimant_format(&petition->claimant, &command);
	if (command.error)
		return command.error;
	if (mpath_process_cmd(petition->daemon_fd, command.text, &reply, ANSWER_MSEC) < 0)
		return -errno;
	return mp_claimant_parse_ruling(reply, &petition->ruling);
}

/* Settings for the device, from the daemon or, without one, from the files. */
static int petition_rule(struct petition *petition)
{
	const struct petition_options *options = petition->options;
	struct mp_ruling *ruling = &petition->ruling;
	int r = petition_ask_daemon(petition);

	if (r < 0) {
		r = petition_read_config(petition);
		if (r < 0) {
			log_error("fatal configuration error, aborting");
			return r;
		}
		mp_claimant_judge(petition->config, &petition->claimant, ruling);
	}
	if (options->mode)
		ruling->mode = *options->mode;
	if (options->ignores_wwids)
		ruling->mode = mp_find_multipaths_ignoring(ruling->mode);
	if (!options->keeps_verbosity)
		log_set_verbosity(ruling->verbosity);
	return 0;
}

/* Return: 0, negative errno */
static int petition_look(struct petition *petition, struct mp_claim_input *input)
{
	struct mp_claimant *claimant = &petition->claimant;
	const struct mp_ruling *ruling = &petition->ruling;
	_cleanup_strbuf_ struct mp_strbuf notes = MP_STRBUF_INIT;
	int r;

	r = mp_claimant_read(&mp_roots_system, petition->devt, petition->name, petition->dir,
			     claimant);
	if (r == -EOPNOTSUPP || r == -EPERM) {
		input->blacklisted = true;
		return 0;
	}
	if (r < 0)
		return r;
	r = petition_props(petition);
	if (r == -ENOMEM)
		return r;
	claimant->has_props = r == 0;
	r = petition_rule(petition);
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
		input->in_use = mp_probe_in_use(&mp_roots_system, petition->dir, petition->devt);
	input->wwid_known = mp_wwids_file_has(STATE_DIR, ruling->wwid) > 0;
	input->map_exists = !input->wwid_known && mp_dm_ioctl_has_map(ruling->wwid);
	return 0;
}

int petition_locate(const char *name, dev_t *ret)
{
	char dir[MP_PROBE_DIR_SIZE];

	return mp_probe_locate_name(&mp_roots_system, name, ret, dir, sizeof(dir));
}

int petition_hear(struct petition *petition, dev_t devt, struct mp_claim_input *input)
{
	char uuid[MP_WWID_SIZE + 16];
	int r;

	petition->devt = devt;
	r = mp_probe_locate_devt(&mp_roots_system, devt, petition->name, sizeof(petition->name),
				 petition->dir, sizeof(petition->dir));
	if (r >= 0)
		r = mp_probe_map_holder(&mp_roots_system, petition->dir, uuid, sizeof(uuid));
	if (r < 0)
		return r;
	input->daemon_required = petition->options->daemon_required;
	input->held_by_map = r > 0;
	if (input->held_by_map) {
		snprintf(petition->held_wwid, sizeof(petition->held_wwid), "%s",
			 strchr(uuid, '-') ? strchr(uuid, '-') + 1 : "");
		return 0;
	}
	input->daemon_reachable = petition_connect(petition);
	return input->daemon_reachable || !input->daemon_required ? petition_look(petition, input) :
								    0;
}
