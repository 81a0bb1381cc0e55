/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libmpathvalid/mpath_valid.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include "base/log.h"
#include "claims/petition.h"
#include "claims/settings.h"
#include "kernel/dm_ioctl.h"

/* The interface has state of the process, for one thread: this is all of it. */
static struct {
	struct mp_config *config; /* NULL: not initialised */
	bool ended; /* the interface cannot be initialised again */
} state;

static void log_start(int verbosity, int style)
{
	log_open(verbosity < MPATH_LOG_PRIO_ERR ? LOG_TO_NOTHING :
		 style == MPATH_LOG_STDERR	? LOG_TO_STDERR :
		 style == MPATH_LOG_SYSLOG	? LOG_TO_SYSLOG :
						  LOG_TO_STDERR_WITH_TIME,
		 "libmpathvalid");
	log_set_verbosity(verbosity);
}

int mpathvalid_init(int verbosity, int log_style)
{
	int r;

	if (state.config)
		return 0;
	if (state.ended || verbosity < MPATH_LOG_PRIO_NOLOG || verbosity > MPATH_LOG_PRIO_DEBUG ||
	    log_style < MPATH_LOG_STDERR || log_style > MPATH_LOG_SYSLOG)
		return -1;
	log_start(verbosity, log_style);
	r = mp_dm_ioctl_probe();
	if (r < 0) {
		log_error("device-mapper: %s", strerror(-r));
		return -1;
	}
	return settings_load(&state.config) < 0 ? -1 : 0;
}

int mpathvalid_reload_config(void)
{
	struct mp_config *config = NULL;

	if (!state.config || settings_load(&config) < 0)
		return -1;
	mp_config_free(state.config);
	state.config = config;
	return 0;
}

int mpathvalid_exit(void)
{
	state.ended |= state.config != NULL;
	mp_config_free(state.config);
	state.config = NULL;
	return 0;
}

unsigned int mpathvalid_get_mode(void)
{
	if (!state.config)
		return MPATH_MODE_ERROR;
	switch (mp_config_process(state.config)->find_multipaths) {
	case MP_FIND_SMART:
		return MPATH_SMART;
	case MP_FIND_GREEDY:
		return MPATH_GREEDY;
	default:
		return MPATH_STRICT;
	}
}

/* Does the caller or the daemon know another device with its WWID? */
static bool has_sibling(const struct mp_ruling *ruling, const char **path_wwids, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		if (path_wwids[i] && !strcmp(path_wwids[i], ruling->wwid))
			return true;
	return ruling->has_sibling;
}

static int result_of(enum mp_claim claim, const struct mp_ruling *ruling, const char **path_wwids,
		     unsigned count)
{
	switch (claim) {
	case MP_CLAIM_YES:
		return MPATH_IS_VALID;
	case MP_CLAIM_YES_ALWAYS:
		return MPATH_IS_VALID_NO_CHECK;
	case MP_CLAIM_MAYBE:
		return has_sibling(ruling, path_wwids, count) ? MPATH_IS_VALID :
								MPATH_IS_MAYBE_VALID;
	default:
		return MPATH_IS_NOT_VALID;
	}
}

/* The WWID of what a map holds is not asked for: it is that of the map. */
static const char *wwid_of(const struct petition *petition)
{
	return *petition->ruling.wwid ? petition->ruling.wwid : petition->held_wwid;
}

static int answer(const struct petition *petition, const struct mp_claim_input *input, char **wwid,
		  const char **path_wwids, unsigned count)
{
	struct mp_claim_verdict verdict = mp_claim_decide(input);
	int result = result_of(verdict.claim, &petition->ruling, path_wwids, count);

	log_info("%s: %s", petition->name, verdict.reason);
	if (result <= MPATH_IS_NOT_VALID || !wwid)
		return result;
	*wwid = strdup(wwid_of(petition));
	return *wwid ? result : MPATH_IS_ERROR;
}

int mpathvalid_is_path(const char *name, unsigned int mode, char **wwid, const char **path_wwids,
		       unsigned int nr_paths)
{
	static const enum mp_find_multipaths modes[] = {
		[MPATH_STRICT] = MP_FIND_STRICT,
		[MPATH_SMART] = MP_FIND_SMART,
		[MPATH_GREEDY] = MP_FIND_GREEDY,
	};
	struct petition_options options = {
		.daemon_required = true,
		.asks_daemon = true,
		.keeps_verbosity = true,
		.mode = mode && mode < MPATH_MODE_ERROR ? &modes[mode] : NULL,
	};
	struct petition petition = PETITION_INIT;
	struct mp_claim_input input = { .is_disk = true };
	dev_t devt;
	int r;

	if (wwid)
		*wwid = NULL;
	if (!state.config || !name || strchr(name, '/') || mode >= MPATH_MODE_ERROR ||
	    (nr_paths && !path_wwids))
		return MPATH_IS_ERROR;
	petition.options = &options;
	petition.config = state.config;
	r = petition_locate(name, &devt);
	if (r >= 0)
		r = petition_hear(&petition, devt, &input);
	if (r < 0)
		log_error("%s: %s", name, strerror(-r));
	r = r < 0 ? MPATH_IS_ERROR : answer(&petition, &input, wwid, path_wwids, nr_paths);
	petition.config = NULL; /* it remains */
	petition_fini(&petition);
	return r;
}
