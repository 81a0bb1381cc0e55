/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/commands/facts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "gmultipath/taste.h"
#include "multipathd/state/daemon.h"
#include "multipathd/state/paths.h"

void facts_fini(struct facts *facts)
{
	mp_disk_fini(&facts->disk);
	free(facts->uid_attribute);
}

/* ---- on a worker */

static int facts_on_found(void *userdata, dev_t devt, const char *name, const char *dir)
{
	struct facts *facts = userdata;
	_cleanup_(mp_props_fini) struct mp_props props = MP_PROPS_INIT;
	static const char *const sources[] = { "ID_SERIAL", "ID_WWN", "ID_UID" };
	char wwid[MP_WWID_SIZE] = "";
	struct mp_identity identity;
	bool found = false;

	if (mp_probe_identity(&mp_roots_system, devt, name, dir, &identity, NULL) < 0)
		return 0;
	if (mp_probe_record(&mp_roots_system, devt, &props) == 0)
		for (size_t i = 0; i < ARRAY_SIZE(sources) && !found; i++) {
			const char *value = mp_props_get(&props, sources[i]);

			found = value && !strcmp(value, facts->device);
		}
	if (!found && (mp_probe_page_wwid(&mp_roots_system, identity.protocol, dir, wwid) < 0 ||
		       strcmp(wwid, facts->device)))
		return 0;
	facts->disk.devt = devt;
	return -EEXIST; /* found, stop looking */
}

static int facts_locate(struct facts *facts)
{
	if (!facts->disk.devt && strlen(facts->disk.name) &&
	    mp_probe_locate_name(&mp_roots_system, facts->disk.name, &facts->disk.devt,
				 facts->disk.dir, sizeof(facts->disk.dir)) == 0)
		return 0;
	/* A disk that the daemon does not know may have that WWID. */
	if (!facts->disk.devt)
		mp_probe_enumerate(&mp_roots_system, facts_on_found, facts);
	if (!facts->disk.devt)
		return -ENODEV;
	return mp_disk_locate(&facts->disk, &mp_roots_system, facts->disk.devt);
}

void facts_find(struct facts *facts)
{
	char uuid[MP_WWID_SIZE + 16];

	facts->error = facts_locate(facts);
	if (facts->error < 0) {
		facts->disk.name[0] = '\0';
		return;
	}
	mp_disk_read_props(&facts->disk, &mp_roots_system, true);
	facts->error = mp_disk_identify(&facts->disk, &mp_roots_system, NULL);
	if (facts->error < 0) {
		/* Sufficient for the filter by name. */
		facts->disk.identity = (struct mp_identity){ .devt = facts->disk.devt };
		mp_path_identity_forget_texts(&facts->disk.identity);
		snprintf(facts->disk.identity.name, sizeof(facts->disk.identity.name), "%s",
			 facts->disk.name);
		return;
	}
	facts->held_by_map =
		mp_probe_map_holder(&mp_roots_system, facts->disk.dir, uuid, sizeof(uuid)) > 0;
	facts->in_use = mp_probe_in_use(&mp_roots_system, facts->disk.dir, facts->disk.devt);
}

void facts_find_wwid(struct facts *facts)
{
	if (facts->error < 0)
		return;
	if (!facts->identified)
		mp_disk_find_wwid(&facts->disk, &mp_roots_system, true);
	if (!*facts->disk.identity.wwid)
		mp_probe_page_wwid(&mp_roots_system, facts->disk.identity.protocol, facts->disk.dir,
				   facts->page_wwid);
	taste_wwid(facts->disk.devt, facts->scanned, sizeof(facts->scanned));
	facts->marked_failed = *facts->disk.identity.wwid &&
			       mp_wwids_has_failed(RUNTIME_DIR, facts->disk.identity.wwid);
}

/* ---- on the loop, between the steps */

int facts_resolve(struct daemon *daemon, struct facts *facts)
{
	const struct daemon_path *path =
		facts->disk.devt ? paths_find_devt(&daemon->inventory, facts->disk.devt) : NULL;

	if (facts->error < 0)
		return 0;
	if (path && !strcmp(path->path.identity.name, facts->disk.identity.name)) {
		facts->disk.identity = path->path.identity;
		mp_path_identity_forget_texts(&facts->disk.identity);
		facts->identified = *facts->disk.identity.wwid;
	}
	mp_disk_find_settings(&facts->disk, daemon->inventory.config);
	facts->uid_attribute = strdup(
		facts->disk.settings.uid_attribute ? facts->disk.settings.uid_attribute : "");
	facts->disk.settings = (struct mp_path_settings){ .uid_attribute = facts->uid_attribute };
	return facts->uid_attribute ? 0 : -ENOMEM;
}
