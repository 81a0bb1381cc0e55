/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/path.h"

#include <errno.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "model/map.h"

int mp_path_new(uint64_t id, const struct mp_identity *identity, struct mp_path **ret)
{
	struct mp_path *path = calloc(1, sizeof(*path));

	if (!path)
		return -ENOMEM;
	path->id = id;
	path->identity = *identity;
	path->state = MP_PATH_UNCHECKED;
	path->priority = MP_PRIORITY_UNDEF;
	CDS_INIT_LIST_HEAD(&path->in_map);
	CDS_INIT_LIST_HEAD(&path->in_all);
	*ret = path;
	return 0;
}

struct mp_path *mp_path_free(struct mp_path *path)
{
	if (!path)
		return NULL;
	mp_map_remove_path(path);
	cds_list_del(&path->in_all);
	free(path);
	return NULL;
}

void mp_path_freep(struct mp_path **path)
{
	mp_path_free(*path);
}

int mp_path_set_state(struct mp_path *path, enum mp_path_state state)
{
	if (path->state == state)
		return 0;
	path->state = state;
	return 1;
}
