/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/path.h"

#include <errno.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "model/map.h"

void mp_path_init(struct mp_path *path, uint64_t id, const struct mp_identity *identity)
{
	*path = (struct mp_path){
		.id = id,
		.identity = *identity,
		.state = MP_PATH_UNCHECKED,
		.priority = MP_PRIORITY_UNDEF,
		.epoch = 1,
	};
	CDS_INIT_LIST_HEAD(&path->in_map);
	CDS_INIT_LIST_HEAD(&path->in_all);
}

void mp_path_fini(struct mp_path *path)
{
	mp_map_remove_path(path);
	cds_list_del_init(&path->in_all);
}

int mp_path_new(uint64_t id, const struct mp_identity *identity, struct mp_path **ret)
{
	struct mp_path *path = malloc(sizeof(*path));

	if (!path)
		return -ENOMEM;
	mp_path_init(path, id, identity);
	*ret = path;
	return 0;
}

struct mp_path *mp_path_free(struct mp_path *path)
{
	if (!path)
		return NULL;
	mp_path_fini(path);
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
