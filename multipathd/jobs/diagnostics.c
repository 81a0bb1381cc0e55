/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/jobs/diagnostics.h"

#include <string.h>

void diagnostics_collect(void *userdata, enum mp_severity severity, int level, const char *text)
{
	struct diagnostics *diagnostics = userdata;
	size_t size = strlen(text) + 1;
	char *message = mp_strbuf_extend(&diagnostics->messages, 2 + size);

	if (!message)
		return;
	message[0] = (char)severity;
	message[1] = (char)level;
	memcpy(message + 2, text, size);
}

int diagnostics_replay(const struct diagnostics *diagnostics, mp_diagnostic_fn tell, void *userdata)
{
	const char *message = mp_strbuf_text(&diagnostics->messages);
	const char *end = message + diagnostics->messages.length;

	for (; message < end; message += 2 + strlen(message + 2) + 1)
		tell(userdata, (enum mp_severity)message[0], message[1], message + 2);
	return diagnostics->messages.error;
}

void diagnostics_fini(struct diagnostics *diagnostics)
{
	mp_strbuf_fini(&diagnostics->messages);
}
