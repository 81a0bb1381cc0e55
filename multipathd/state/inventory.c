/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/state/inventory.h"

#include <stdlib.h>
#include <string.h>

#include "kernel/dm.h"
#include "kernel/dm_list.h"
#include "multipathd/state/duties.h"

int inventory_init(struct inventory *inventory, const struct inventory_options *options,
		   const struct map_kinds *kinds, const struct duties *duties)
{
	static const struct duties none;
	struct mp_hash *hashes[] = { &inventory->paths_by_id,	   &inventory->paths_by_devt,
				     &inventory->paths_by_name,	   &inventory->paths_by_wwid,
				     &inventory->maps_by_wwid,	   &inventory->maps_by_name,
				     &inventory->rports_by_address };
	int r = 0;

	*inventory = (struct inventory){
		.options = *options,
		.kinds = kinds,
		.duties = duties ? duties : &none,
	};
	CDS_INIT_LIST_HEAD(&inventory->paths);
	CDS_INIT_LIST_HEAD(&inventory->rports);
	CDS_INIT_LIST_HEAD(&inventory->maps);
	CDS_INIT_LIST_HEAD(&inventory->dirty);
	CDS_INIT_LIST_HEAD(&inventory->reconciling);
	CDS_INIT_LIST_HEAD(&inventory->disks_read);
	for (size_t i = 0; i < sizeof(hashes) / sizeof(hashes[0]) && r >= 0; i++)
		r = mp_hash_init(hashes[i]);
	return r;
}

void inventory_fini(struct inventory *inventory)
{
	free(inventory->strange);
	mp_hash_fini(&inventory->paths_by_id);
	mp_hash_fini(&inventory->paths_by_devt);
	mp_hash_fini(&inventory->paths_by_name);
	mp_hash_fini(&inventory->paths_by_wwid);
	mp_hash_fini(&inventory->maps_by_wwid);
	mp_hash_fini(&inventory->maps_by_name);
	mp_hash_fini(&inventory->rports_by_address);
}

bool inventory_name_is_taken(const struct inventory *inventory, const char *name, const char *wwid)
{
	for (size_t i = 0; i < inventory->listed_count; i++) {
		const char *owner;

		if (strcmp(inventory->listed[i].name, name) || inventory->listed[i].half_made)
			continue; /* a half-made one is removed for it */
		owner = mp_dm_wwid(inventory->listed[i].uuid);
		return !owner || strcmp(owner, wwid);
	}
	return false;
}

void inventory_wake(struct inventory *inventory)
{
	if (inventory->on_marked)
		inventory->on_marked(inventory);
}
