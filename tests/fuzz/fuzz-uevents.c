/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The properties of a uevent, each NAME=VALUE with a NUL, as they reach a path and a map. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/props.h"
#include "kernel/dm.h"
#include "kernel/probe.h"
#include "multipathd/state/daemon.h"
#include "multipathd/state/lanes.h"
#include "multipathd/state/maps.h"
#include "multipathd/state/paths.h"
#include "multipathd/events/uevents.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_props(const uint8_t *data, size_t size, struct mp_props *props)
{
	while (size) {
		size_t length = strnlen((const char *)data, size),
		       used = length < size ? length + 1 : length;
		_cleanup_free_ char *line = strndup((const char *)data, length);
		char *value = line ? strchr(line, '=') : NULL;

		if (value) {
			*value++ = '\0';
			if (mp_props_add(props, line, value) < 0)
				abort();
		}
		data += used;
		size -= used;
	}
}

static void tell_path(const struct mp_props *props, enum mp_protocol protocol,
		      const char *attribute)
{
	struct daemon_path *path = calloc(1, sizeof(*path));
	char wwid[MP_WWID_SIZE];

	if (!path)
		abort();
	path->path.init = MP_INIT_OK;
	path->path.identity.protocol = protocol;
	strcpy(path->path.identity.wwid, "3600140500000000000000000000000001");
	path->settings.uid_attribute = attribute;
	if (mp_probe_props_wwid(&path->path.identity, attribute, props, true, wwid) == 0) {
		if (!memchr(wwid, '\0', sizeof(wwid)) || !*wwid)
			abort();
	}
	/* An event that is not news has the path's WWID. */
	if (!uevents_is_news(path, props) && *attribute &&
	    (!mp_props_get(props, attribute) ||
	     strcmp(mp_props_get(props, attribute), path->path.identity.wwid)))
		abort();
	mp_probe_apply_props(&path->path.identity, props);
	free(path);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_(mp_props_fini) struct mp_props props = MP_PROPS_INIT;
	const char *uuid, *wwid;

	read_props(data, size, &props);
	tell_path(&props, MP_PROTOCOL_SCSI_FCP, "ID_SERIAL");
	tell_path(&props, MP_PROTOCOL_NVME_TCP, "ID_WWN");
	tell_path(&props, MP_PROTOCOL_SCSI_ISCSI, "");
	uuid = mp_props_get(&props, "DM_UUID");
	wwid = uuid ? mp_dm_wwid(uuid) : NULL;
	if (wwid && (!*wwid || wwid < uuid || wwid > uuid + strlen(uuid)))
		abort();
	return 0;
}
