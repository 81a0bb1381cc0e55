/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * reading.h - what sysfs and udev's database have of one disk, read in one go.  For: workers; the
 * daemon's loop takes it from there.
 */
#pragma once
#include <stdbool.h>
#include <sys/types.h>

#include "base/props.h"
#include "kernel/probe.h"
#include "model/path.h"

/* What is to be read. */
enum mp_reading_part {
	MP_READ_IDENTITY = 1 << 0, /* mp_probe_identity() */
	MP_READ_CHANGES = 1 << 1, /* mp_probe_refresh() of the identity that is known */
	MP_READ_PROPS = 1 << 2, /* mp_probe_props() */
	MP_READ_UEVENT = 1 << 3, /* with MP_PROBE_UEVENT_PROPERTY */
	MP_READ_DETAILS = 1 << 4, /* mp_probe_details() */
	MP_READ_PAGE = 1 << 5, /* mp_probe_page_wwid() */
	MP_READ_PROTECTION = 1 << 6, /* mp_probe_read_only(); a part of MP_READ_DETAILS, too */
	MP_READ_ALL = MP_READ_IDENTITY | MP_READ_PROPS | MP_READ_UEVENT | MP_READ_DETAILS |
		      MP_READ_PAGE,
};

struct mp_reading {
	/* The question. */
	unsigned parts;
	/*
	 * Which disk: by its directory, with name and number; else the disk of that name; else of
	 * that number. All three are set when it has been read, dir is "" if there is no such disk.
	 */
	char name[MP_NAME_SIZE];
	dev_t devt;
	char dir[MP_PROBE_DIR_SIZE];
	char known[MP_NAME_SIZE]; /* nothing is read of a disk of this name, only located */
	/* is this still one of its names? "" not asked */
	char expected[MP_WWID_SIZE];

	/*
	 * The answer. identity: what is known before, with MP_READ_CHANGES; with MP_READ_IDENTITY
	 * only its read_only counts, in case sysfs does not say. Its texts are in room afterwards.
	 */
	int error; /* of locating, or of mp_probe_identity(); negative: nothing below is valid */
	struct mp_identity identity;
	struct mp_identity_room room;
	bool has_props; /* set without MP_READ_PROPS: those of an event */
	struct mp_props props; /* if has_props; owned */
	int page_error; /* of mp_probe_page_wwid() */
	char page_wwid[MP_WWID_SIZE];
	/* expected is among udev's properties or on its pages: 1, 0 no; -ENOENT: no pages */
	int named;
};

/**
 * mp_reading_take() - read the disk as asked
 * @reading:	all but the question is 0; it stays where it is (its texts are in it) until
 *		mp_reading_fini()
 *
 * No device is opened, no command is sent.
 */
void mp_reading_take(const struct mp_roots *roots, struct mp_reading *reading);

/** mp_reading_is_known() - Return: true if it was found to be the disk of the known name */
bool mp_reading_is_known(const struct mp_reading *reading);

/**
 * mp_reading_wwid() - mp_probe_wwid() from what was read; "" on failure
 * @identity:	of the reading, perhaps with what else is known
 * @fallback:	only if MP_READ_PAGE was asked for
 *
 * Return: as mp_probe_wwid().
 */
int mp_reading_wwid(const struct mp_reading *reading, const struct mp_identity *identity,
		    const char *uid_attribute, bool fallback, char wwid[static MP_WWID_SIZE]);

/** mp_reading_fini() - free what it holds */
void mp_reading_fini(struct mp_reading *reading);
