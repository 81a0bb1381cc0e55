/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/jobs/geom_facts.h"

#include "config/geom_notes.h"
#include "gmultipath/taste.h"
#include "model/geom.h"
#include "model/geom_facts.h"
#include "model/table.h"

struct mp_geom_facts *geom_facts_read(const char *wwid, const struct mp_table *table)
{
	struct mp_geom_facts *facts = mp_geom_facts_new(mp_table_count(table));
	size_t count = 0;

	if (!facts)
		return NULL;
	for (size_t g = 0; g < table->group_count; g++)
		for (size_t p = 0; p < table->groups[g].path_count; p++) {
			struct mp_geom_disk *disk = &facts->disks[count++];

			disk->devt = table->groups[g].paths[p].devt;
			taste_wwid(disk->devt, disk->wwid, sizeof(disk->wwid));
		}
	if (mp_geom_notes_load(RUNTIME_DIR "/" MP_GEOM_RUN_DIR, MP_GEOM_RUN_FILE, &facts->run) < 0)
		return mp_geom_facts_free(facts);
	if (mp_geom_wwid_label(wwid) &&
	    mp_geom_notes_load(STATE_DIR, MP_GEOM_NOTES_FILE, &facts->lasting) < 0)
		mp_strbuf_clear(&facts->lasting);
	return facts;
}
