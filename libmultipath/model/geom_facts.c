/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/geom_facts.h"

#include <stdlib.h>

struct mp_geom_facts *mp_geom_facts_new(size_t count)
{
	struct mp_geom_facts *facts = calloc(1, sizeof(*facts) + count * sizeof(*facts->disks));

	if (facts)
		facts->count = count;
	return facts;
}

struct mp_geom_facts *mp_geom_facts_free(struct mp_geom_facts *facts)
{
	if (!facts)
		return NULL;
	mp_strbuf_fini(&facts->run);
	mp_strbuf_fini(&facts->lasting);
	free(facts);
	return NULL;
}

const char *mp_geom_facts_wwid(const struct mp_geom_facts *facts, dev_t devt)
{
	for (size_t i = 0; i < facts->count; i++)
		if (facts->disks[i].devt == devt)
			return facts->disks[i].wwid;
	return "";
}
