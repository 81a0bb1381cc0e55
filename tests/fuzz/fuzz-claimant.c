/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A claim as multipath -u sends it, or a ruling as the daemon answers: if it is accepted, it is
 * the same after formatting and parsing.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "kernel/claimant.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void claimant_again(const char *text)
{
	_cleanup_(mp_claimant_fini) struct mp_claimant first = MP_CLAIMANT_INIT,
						       second = MP_CLAIMANT_INIT;
	_cleanup_strbuf_ struct mp_strbuf once = MP_STRBUF_INIT, twice = MP_STRBUF_INIT;

	if (mp_claimant_parse(text, &first) < 0)
		return;
	mp_claimant_format(&first, &once);
	if (mp_claimant_parse(once.text, &second) < 0)
		abort();
	mp_claimant_format(&second, &twice);
	if (strcmp(once.text, twice.text))
		abort();
}

static void ruling_again(const char *text)
{
	_cleanup_strbuf_ struct mp_strbuf once = MP_STRBUF_INIT;
	struct mp_ruling first, second;

	if (mp_claimant_parse_ruling(text, &first) < 0)
		return;
	mp_claimant_format_ruling(&first, &once);
	if (mp_claimant_parse_ruling(once.text, &second) < 0 || strcmp(first.wwid, second.wwid) ||
	    first.mode != second.mode)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *text = strndup((const char *)data, size);

	if (!text)
		return 0;
	claimant_again(text);
	ruling_again(text);
	return 0;
}
