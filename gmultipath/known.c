/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gmultipath/known.h"

#include <stdio.h>
#include <string.h>

#include "config/geom_notes.h"
#include "gmultipath/engine.h"
#include "gmultipath/taste.h"

void known_get(const struct engine *engine, const char *uuid, struct known *ret)
{
	char words[MP_LABEL_UUID_SIZE + 16];

	*ret = (struct known){ .uuid = "" };
	snprintf(words, sizeof(words), "known %s", uuid);
	if (!*uuid || mp_geom_notes_wwid(&engine->config, uuid, ret->wwid, sizeof(ret->wwid)) < 0)
		return;
	snprintf(ret->uuid, sizeof(ret->uuid), "%s", uuid);
	mp_geom_notes_next(&engine->config, words, ret->name, sizeof(ret->name));
}

/* The label recorded for a disk. */
void known_get_of_disk(const struct engine *engine, const char *wwid, struct known *ret)
{
	char uuid[MP_LABEL_UUID_SIZE];

	known_get(engine,
		  mp_geom_notes_uuid(&engine->config, wwid, uuid, sizeof(uuid)) == 0 ? uuid : "",
		  ret);
}

/* True if both WWIDs are known and differ: the disk is a clone or a snapshot. */
bool known_is_copy(const struct known *known, const struct provider *provider)
{
	char wwid[MP_WWID_SIZE];

	taste_wwid(provider->devt, wwid, sizeof(wwid));
	return *known->wwid && *wwid && strcmp(known->wwid, wwid) != 0;
}

void known_put_back(struct engine *engine, const struct known *known)
{
	if (*known->uuid)
		engine_know(engine, known->uuid, known->name, known->wwid);
}
