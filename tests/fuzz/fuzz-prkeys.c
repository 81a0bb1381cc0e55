/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "config/prkeys.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Whatever bytes a WWID contains, it is found in its line. */
static void take_as_wwid(const char *wwid, const struct mp_prkey *key)
{
	_cleanup_strbuf_ struct mp_strbuf text = MP_STRBUF_INIT;
	struct mp_prkey found;

	if (!*wwid)
		return;
	if (mp_prkeys_edit("", 0, wwid, key, &text) != 1 ||
	    mp_prkeys_find(text.text, text.length, wwid, &found) < 0)
		abort();
}

/* A key can be added to any file for any WWID, and removed again. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct mp_prkey key = { .key = 0x123abc, .aptpl = true };
	_cleanup_strbuf_ struct mp_strbuf with = MP_STRBUF_INIT, without = MP_STRBUF_INIT;
	const char *text = (const char *)data;
	struct mp_prkey found;
	_cleanup_free_ char *word = strndup(text, size);
	int r = mp_prkeys_edit(text, size, "w", &key, &with);

	if (word)
		take_as_wwid(word, &key);
	if (r == 0) /* it was there */
		mp_strbuf_add(&with, text, size);
	if (mp_prkeys_find(with.text, with.length, "w", &found) < 0 || found.key != key.key ||
	    !found.aptpl)
		abort();
	if (mp_prkeys_edit(with.text, with.length, "w", NULL, &without) != 1 ||
	    without.length != with.length)
		abort();
	if (mp_prkeys_find(without.text, without.length, "w", &found) == 0)
		abort();
	return 0;
}
