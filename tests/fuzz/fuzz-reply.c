/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A reply as a client receives it, a length and a text, read by every reader of replies. The
 * terminal gets no control characters.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gmultipath/verbs.h"
#include "libmpathcmd/mpath_cmd.h"
#include "multipath/arguments.h"
#include "multipath/delegation.h"
#include "client/terminal.h"

static void read_notes(const char *reply)
{
	const char *rest = reply, *note;
	size_t length;
	int level;

	while ((note = delegation_next_note(&rest, &level, &length)))
		assert(note > reply && note + length <= rest && level >= 0 && level <= 9 &&
		       !memchr(note, '\n', length));
}

static void read_answers(const char *reply)
{
	static const enum arguments_mode modes[] = { MODE_LIST, MODE_EXPLAIN, MODE_FLUSH,
						     MODE_CREATE };
	size_t out_length;
	int status;

	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		const struct arguments arguments = { .mode = modes[i] };
		struct delegation_answer answer = delegation_read(&arguments, reply);

		if (answer.result != DELEGATION_LOCAL)
			assert(answer.text >= reply && answer.text <= reply + strlen(reply));
	}
	delegation_retries(reply);
	if (verbs_reply_parse(reply, &status, &out_length))
		assert(out_length <= strlen(reply));
}

static void clean(char *reply)
{
	size_t length = strlen(reply);

	terminal_clean(reply, length);
	assert(strlen(reply) == length);
	for (const char *byte = reply; *byte; byte++) {
		assert((unsigned char)*byte >= ' ' || *byte == '\n' || *byte == '\t' ||
		       !strncmp(byte, "\033[0m", 4) || !strncmp(byte, "\033[1m", 4));
		assert(*byte != 0x7f &&
		       ((unsigned char)byte[0] != 0xc2 || (unsigned char)byte[1] >= 0xa0 ||
			(unsigned char)byte[1] < 0x80));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *reply;
	int pair[2];

	if (size > 100000 || socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0)
		return 0;
	if (send(pair[0], data, size, MSG_DONTWAIT) != (ssize_t)size)
		size = 0;
	shutdown(pair[0], SHUT_WR);
	while (size && mpath_recv_reply(pair[1], &reply, 1000) == 0) {
		read_notes(reply);
		read_answers(reply);
		clean(reply);
		free(reply);
	}
	close(pair[0]);
	close(pair[1]);
	return 0;
}
