/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/path.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "base/cleanup.h"

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
	assert(!path->map);
	cds_list_del_init(&path->in_all);
}

int mp_path_set_state(struct mp_path *path, enum mp_path_state state)
{
	if (path->state == state)
		return 0;
	path->state = state;
	return 1;
}
