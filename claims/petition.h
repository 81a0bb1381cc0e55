/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * petition.h - is this device a path: what sysfs, udev, the daemon and the files say, and what is
 * decided by that.  For: multipath -u and -c, libmpathvalid.
 */
#pragma once
#include <stdbool.h>
#include <sys/types.h>

#include "config/claim.h"
#include "kernel/claimant.h"

struct petition_options {
	bool daemon_required; /* nothing is claimed without one */
	bool asks_daemon;
	/* its properties are those of udev's event, in the environment, if there is one */
	bool takes_environment;
	bool ignores_wwids;
	bool keeps_verbosity; /* else that of the configuration is set */
	const enum mp_find_multipaths *mode; /* borrowed; NULL: as configured */
};

struct petition {
	const struct petition_options *options; /* borrowed */
	dev_t devt;
	char name[MP_NAME_SIZE]; /* kernel name */
	char dir[MP_PROBE_DIR_SIZE]; /* sysfs */
	struct mp_claimant claimant;
	struct mp_ruling ruling;
	char held_wwid[MP_WWID_SIZE]; /* of the map that holds it; "" none */
	int daemon_fd; /* negative: not connected */
	struct mp_config *config; /* NULL: not read */
};

#define PETITION_INIT \
	{ \
		.claimant = MP_CLAIMANT_INIT, .daemon_fd = -1 \
	}

/** petition_locate() - by its kernel name. Return: 0, -ENODEV no such disk, negative errno */
int petition_locate(const char *name, dev_t *ret);

/** petition_fini() - disconnect and free */
void petition_fini(struct petition *petition);

/**
 * petition_hear() - collect what the decision depends on, and no more
 * @petition:	PETITION_INIT, with its options
 * @input:	is_disk and released are the caller's
 *
 * Does not wait for a daemon that does not answer.
 * Return: 0, -ENODEV no such disk, other negative errno.
 */
int petition_hear(struct petition *petition, dev_t devt, struct mp_claim_input *input);

/** petition_read_config() - of the files; once. Return: as settings_load() */
int petition_read_config(struct petition *petition);
