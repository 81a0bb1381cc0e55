/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "config/wwids.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/*
 * A line for any WWID can be appended to any file whose last line is complete, and all WWIDs can
 * be removed again.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char line[] = "\n/one more/\n";
	_cleanup_(mp_wwids_freep) struct mp_wwids *wwids = NULL;
	_cleanup_strbuf_ struct mp_strbuf text = MP_STRBUF_INIT;

	mp_strbuf_add(&text, (const char *)data, size);
	mp_strbuf_add(&text, line, sizeof(line) - 1);
	if (text.error || mp_wwids_new(&wwids) < 0)
		return 0;
	if (mp_wwids_parse(wwids, text.text, text.length) < 0)
		return 0;
	if (!mp_wwids_has(wwids, "one more") || mp_wwids_has(wwids, ""))
		abort();
	if (mp_wwids_remember(wwids, "one more") != 0 || mp_wwids_remember(wwids, "a/b") != 1)
		abort();
	if (!mp_wwids_has(wwids, "one more") || !mp_wwids_has(wwids, "a/b"))
		abort();
	return 0;
}
