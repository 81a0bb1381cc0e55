/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Whatever the notes contain: lines that are added are found, removed ones are not, and words are
 * returned whole.
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/cleanup.h"
#include "config/geom_notes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_strbuf_ struct mp_strbuf notes = MP_STRBUF_INIT;
	char text[64];

	mp_strbuf_add(&notes, (const char *)data, size);
	mp_geom_notes_clean(&notes);
	if (mp_geom_notes_uuid(&notes, "3600a", text, sizeof(text)) == 0)
		assert(strlen(text) < sizeof(text));
	mp_geom_notes_claim(&notes, "3600a");
	mp_geom_notes_remove(&notes, "known u");
	assert(!mp_geom_notes_has(&notes, "known u"));
	assert(mp_geom_notes_add(&notes, "known u FOO 3600b"));
	assert(mp_geom_notes_has(&notes, "known u"));
	assert(mp_geom_notes_wwid(&notes, "u", text, sizeof(text)) == 0 && !strcmp(text, "3600b"));
	return 0;
}
