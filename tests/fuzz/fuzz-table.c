/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A table line, and after the first newline a status line for it: if it parses, it is the same
 * after formatting and parsing.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "model/table.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_(mp_table_fini) struct mp_table table = MP_TABLE_INIT, again = MP_TABLE_INIT;
	_cleanup_strbuf_ struct mp_strbuf first = MP_STRBUF_INIT, second = MP_STRBUF_INIT;
	_cleanup_free_ char *text = strndup((const char *)data, size);
	char *status;

	if (!text)
		return 0;
	status = strchr(text, '\n');
	if (status)
		*status++ = '\0';
	if (mp_table_parse(text, &table) < 0)
		return 0;

	mp_table_format(&table, &first);
	if (mp_table_parse(mp_strbuf_text(&first), &again) < 0)
		abort();
	mp_table_format(&again, &second);
	if (strcmp(mp_strbuf_text(&first), mp_strbuf_text(&second)))
		abort();

	if (status && mp_table_parse_status(status, &table) == 0 &&
	    mp_table_active_group(&table) > table.group_count)
		abort();
	mp_table_has_feature(&table, "queue_if_no_path");
	return 0;
}
