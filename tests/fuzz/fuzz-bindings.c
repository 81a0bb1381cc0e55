/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "config/bindings.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void ignore(void *userdata, enum mp_severity severity, int level, const char *text)
{
	if (userdata || severity != MP_SEVERITY_WARNING || level > 2 || !*text)
		abort();
}

static bool is_taken(void *userdata, const char *name, const char *wwid)
{
	return mp_bindings_parse_number(name) % 2 && *wwid && !userdata;
}

/*
 * Bindings that were read can be written and read again unchanged; a new name was not there
 * before.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_(mp_bindings_freep) struct mp_bindings *bindings = NULL, *again = NULL;
	_cleanup_free_ char *text = NULL, *text_again = NULL, *name = NULL;
	struct mp_alias_request request = {
		.wwid = "w", .user_friendly = true, .prefix = "", .taken = is_taken
	};
	bool changed;

	if (mp_bindings_new(&bindings) < 0 || mp_bindings_new(&again) < 0)
		return 0;
	if (mp_bindings_parse(bindings, "f", (const char *)data, size, NULL, ignore, NULL) < 0)
		return 0;
	if (mp_bindings_format(bindings, &text) < 0)
		return 0;
	if (mp_bindings_parse(again, "f", text, strlen(text), NULL, NULL, NULL) != 0)
		abort();
	if (mp_bindings_format(again, &text_again) < 0)
		return 0;
	if (strcmp(text, text_again) != 0)
		abort();

	if (mp_bindings_choose(bindings, &request, &name, &changed) < 0)
		return 0;
	if (changed && mp_bindings_wwid(again, name))
		abort();
	if (changed && strcmp(mp_bindings_alias(bindings, "w"), name) != 0)
		abort();
	return 0;
}
