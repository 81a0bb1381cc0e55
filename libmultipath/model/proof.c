/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/proof.h"

#include <errno.h>
#include <string.h>

#include "model/map.h"

enum mp_proof_verdict mp_proof_judge(const struct mp_statement *statement)
{
	if (statement->error == -ENOENT || statement->error == -EBADMSG)
		return statement->certain ? MP_PROOF_WRONG : MP_PROOF_HOLDS;
	if (statement->error < 0)
		return MP_PROOF_MISSING;
	if (!strcmp(statement->told, statement->known))
		return MP_PROOF_HOLDS;
	if (statement->certain)
		return MP_PROOF_WRONG;
	if (statement->sibling && strcmp(statement->told, statement->sibling))
		return MP_PROOF_WRONG;
	if (statement->page && strcmp(statement->told, statement->page))
		return MP_PROOF_WRONG;
	return MP_PROOF_HOLDS;
}

bool mp_proof_may_stay(const struct mp_path *path, const struct mp_map *map)
{
	const struct mp_table_path *shown =
		map->kernel.exists ? mp_table_find(&map->kernel.table, path->identity.devt) : NULL;
	const struct mp_path *other;

	if (path->proven_epoch || path->wrong_wwid || !shown || shown->state != MP_DM_ACTIVE)
		return false;
	cds_list_for_each_entry(other, &map->paths, in_map)
		if (mp_path_is_proven(other))
			return false;
	return true;
}
