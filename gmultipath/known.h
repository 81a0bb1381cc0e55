/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* known.h - the record of a label, to restore it if a later step fails.  For: gmultipath's verbs.
 */
#pragma once
#include <stdbool.h>

#include "kernel/label.h"
#include "model/geom.h"
#include "model/path.h"

struct engine;
struct provider;

struct known {
	char uuid[MP_LABEL_UUID_SIZE]; /* "": none was */
	char name[MP_GEOM_NAME_SIZE], wwid[MP_WWID_SIZE];
};

/** known_get() - what is recorded for a UUID */
void known_get(const struct engine *engine, const char *uuid, struct known *ret);

/** known_get_of_disk() - the label that is recorded for a disk */
void known_get_of_disk(const struct engine *engine, const char *wwid, struct known *ret);

/**
 * known_is_copy() - Return: true if both WWIDs are known and differ: the disk is a clone or a
 * snapshot
 */
bool known_is_copy(const struct known *known, const struct provider *provider);

/** known_put_back() - record it again, if it was */
void known_put_back(struct engine *engine, const struct known *known);
