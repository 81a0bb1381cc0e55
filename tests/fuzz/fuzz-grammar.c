/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "multipathd/commands/commands.h"
#include "multipathd/commands/grammar.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* An argument is one of the tokens, and never longer than the text. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_strbuf_ struct mp_strbuf reply = MP_STRBUF_INIT;
	_cleanup_free_ char *text = strndup((const char *)data, size);
	struct command_line line;
	enum grammar_result result;
	size_t count;
	const struct command *commands = commands_table(&count);

	if (!text)
		return 0;
	result = grammar_parse(commands, count, text, &line);
	if ((result == GRAMMAR_OK) != (line.command != NULL))
		abort();
	for (size_t i = 0; i < line.argument_count; i++) {
		if (strlen(line.arguments[i]) > size)
			abort();
	}
	if (line.arguments[line.argument_count])
		abort();
	if (result != GRAMMAR_OK)
		grammar_error(result, commands, count, text, &reply);
	return 0;
}
