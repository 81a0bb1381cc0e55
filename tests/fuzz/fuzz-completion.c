/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The reference text of some daemon, a NUL, and a line as typed. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "client/completion.h"

static void take(void *userdata, const char *word, size_t length)
{
	const char *reference = userdata;

	assert(length && length <= strlen(reference) && word);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct completion *completion;
	char *reference, *line;
	size_t length;

	length = strnlen((const char *)data, size);
	reference = strndup((const char *)data, length);
	line = length < size ? strndup((const char *)data + length + 1, size - length - 1) :
			       strdup("");
	if (reference && line && completion_new(reference, &completion) == 0) {
		const char *word = completion_word(line);

		assert(word >= line && word <= line + strlen(line));
		completion_list(completion, line, take, reference);
		completion_free(completion);
	}
	free(reference);
	free(line);
	return 0;
}
