/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kernel/disk.h"

#include <stdio.h>

#include "config/config.h"

void mp_disk_fini(struct mp_disk *disk)
{
	mp_props_fini(&disk->props);
}

void mp_disk_found(struct mp_disk *disk, dev_t devt, const char *name, const char *dir)
{
	disk->devt = devt;
	snprintf(disk->name, sizeof(disk->name), "%s", name);
	snprintf(disk->dir, sizeof(disk->dir), "%s", dir);
}

int mp_disk_locate(struct mp_disk *disk, const struct mp_roots *roots, dev_t devt)
{
	disk->devt = devt;
	return mp_probe_locate_devt(roots, devt, disk->name, sizeof(disk->name), disk->dir,
				    sizeof(disk->dir));
}

int mp_disk_identify(struct mp_disk *disk, const struct mp_roots *roots,
		     struct mp_identity_room *room)
{
	return mp_probe_identity(roots, disk->devt, disk->name, disk->dir, &disk->identity, room);
}

void mp_disk_read_props(struct mp_disk *disk, const struct mp_roots *roots, bool uevent)
{
	disk->known = mp_probe_props(roots, disk->devt, disk->dir, uevent, &disk->props) == 0 ?
			      &disk->props :
			      NULL;
}

void mp_disk_find_settings(struct mp_disk *disk, struct mp_config *config)
{
	mp_config_path_settings(config, &disk->identity, &disk->settings);
}

int mp_disk_find_wwid(struct mp_disk *disk, const struct mp_roots *roots, bool fallback)
{
	int r = mp_probe_wwid(roots, &disk->identity, disk->dir, &disk->settings, disk->known,
			      fallback, disk->identity.wwid);

	if (r < 0)
		disk->identity.wwid[0] = '\0';
	return r;
}

int mp_disk_read(struct mp_disk *disk, const struct mp_roots *roots, struct mp_config *config)
{
	int r = mp_disk_identify(disk, roots, NULL);

	if (r < 0)
		return r;
	mp_disk_read_props(disk, roots, true);
	mp_disk_find_settings(disk, config);
	return mp_disk_find_wwid(disk, roots, true);
}

struct mp_filter_verdict mp_disk_filter(const struct mp_disk *disk, const struct mp_config *config)
{
	return mp_filter_path(config, &disk->identity, disk->known, disk->settings.uid_attribute);
}

void mp_disk_reason(const struct mp_disk *disk, const struct mp_config *config,
		    struct mp_strbuf *reason)
{
	mp_filter_reason(config, &disk->identity, disk->known, disk->settings.uid_attribute,
			 reason);
}
