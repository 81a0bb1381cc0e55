/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * claimant.h - a device that udev asks about, and the configuration's ruling on it; both can be
 * sent as text between client and daemon.  For: programs.
 */
#pragma once
#include <stdbool.h>

#include "config/config.h"
#include "kernel/probe.h"

struct mp_strbuf;

struct mp_claimant {
	struct mp_identity identity; /* without WWID */
	char page_wwid[MP_WWID_SIZE]; /* as the device itself tells, "" if unknown */
	bool has_props;
	struct mp_props props; /* udev's */
};

#define MP_CLAIMANT_INIT \
	{ \
		.identity = { .tpg = -1 }, .props = MP_PROPS_INIT \
	}

/** mp_claimant_fini() - free its properties */
void mp_claimant_fini(struct mp_claimant *claimant);

/**
 * mp_claimant_read() - from sysfs; properties are the caller's to add. Return: as
 * mp_probe_identity().
 */
int mp_claimant_read(const struct mp_roots *roots, dev_t devt, const char *name, const char *dir,
		     struct mp_claimant *claimant);

/* What the configuration and its siblings say of it. */
struct mp_ruling {
	enum mp_find_multipaths mode;
	int verbosity;
	unsigned timeout_sec; /* how long it waits for a second path, if find_multipaths is smart */
	bool blacklisted;
	bool has_sibling; /* a path of the same WWID is known */
	char wwid[MP_WWID_SIZE]; /* "" if none */
};

/** mp_claimant_judge() - what the configuration says; pure. @ret: all but has_sibling */
void mp_claimant_judge(struct mp_config *config, const struct mp_claimant *claimant,
		       struct mp_ruling *ret);

/* The daemon's command: longer than others may be, so the word comes first. */
#define MP_CLAIMANT_WORD "@claim "

/** mp_claimant_format() - the command; what the judge does not look at is left out */
void mp_claimant_format(const struct mp_claimant *claimant, struct mp_strbuf *buf);

/**
 * mp_claimant_parse() - read the command
 * @ret:	MP_CLAIMANT_INIT; to be freed whatever is returned
 *
 * Return: 0, -EBADMSG, -ENOMEM.
 */
int mp_claimant_parse(const char *text, struct mp_claimant *ret);

/** mp_claimant_format_ruling() - the reply */
void mp_claimant_format_ruling(const struct mp_ruling *ruling, struct mp_strbuf *buf);

/** mp_claimant_parse_ruling() - read the reply. @ret: written on success only. Return: 0, -EBADMSG.
 */
int mp_claimant_parse_ruling(const char *text, struct mp_ruling *ret);
