/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/loop/inbox.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

typedef size_t frame_length;

static void inbox_use_usual(struct inbox *inbox)
{
	inbox->bytes = inbox->usual;
	inbox->size = sizeof(inbox->usual);
}

void inbox_init(struct inbox *inbox)
{
	inbox->skip = 0;
	inbox->received = 0;
	inbox_use_usual(inbox);
}

void inbox_fini(struct inbox *inbox)
{
	if (inbox->bytes != inbox->usual)
		free(inbox->bytes);
	inbox_use_usual(inbox);
}

size_t inbox_space(const struct inbox *inbox, void **ret)
{
	*ret = inbox->bytes + inbox->received;
	return inbox->size - inbox->received;
}

bool inbox_add(struct inbox *inbox, size_t count)
{
	bool is_first = inbox->received == 0;
	size_t skip = count < inbox->skip ? count : inbox->skip;

	if (skip > 0) {
		/* Only ever with an empty buffer. */
		inbox->skip -= skip;
		count -= skip;
		memmove(inbox->bytes, inbox->bytes + skip, count);
		is_first = is_first && count > 0;
	}
	inbox->received += count;
	return !is_first || inbox->received >= sizeof(frame_length);
}

static bool inbox_has_length(const struct inbox *inbox, frame_length *ret)
{
	if (inbox->received < sizeof(*ret))
		return false;
	memcpy(ret, inbox->bytes, sizeof(*ret));
	return true;
}

/* Return: true if there is room for it now. */
static bool inbox_expect_long(struct inbox *inbox, size_t length, const char *word)
{
	const size_t known = sizeof(frame_length) + (word ? strlen(word) : 0);
	size_t whole = sizeof(frame_length) + length;
	char *bytes;

	if (length > INBOX_LONG_MAX)
		return false;
	if (inbox->size >= whole)
		return true;
	if (!word || inbox->received < known ||
	    memcmp(inbox->bytes + sizeof(frame_length), word, strlen(word)))
		return false;
	bytes = malloc(whole + 1);
	if (!bytes)
		return false;
	memcpy(bytes, inbox->bytes, inbox->received);
	inbox->bytes = bytes;
	inbox->size = whole;
	return true;
}

enum inbox_state inbox_look(struct inbox *inbox, const char *long_word)
{
	frame_length length;

	if (!inbox_has_length(inbox, &length))
		return INBOX_NOTHING;
	if (length == 0 ||
	    (length > INBOX_REQUEST_MAX && !inbox_expect_long(inbox, length, long_word)))
		return INBOX_BAD;
	return inbox->received < sizeof(length) + length ? INBOX_HALF : INBOX_WHOLE;
}

bool inbox_is_whole(const struct inbox *inbox)
{
	frame_length length;

	return inbox_has_length(inbox, &length) && length <= INBOX_LONG_MAX &&
	       inbox->received >= sizeof(length) + length;
}

static const char *inbox_take_usual(struct inbox *inbox, size_t length, char *text)
{
	size_t whole = sizeof(frame_length) + length;

	memcpy(text, inbox->bytes + sizeof(frame_length), length);
	text[length] = '\0';
	inbox->received -= whole;
	memmove(inbox->bytes, inbox->bytes + whole, inbox->received);
	return text;
}

static const char *inbox_take_long(struct inbox *inbox, size_t length, char **ret)
{
	char *bytes = inbox->bytes;

	bytes[sizeof(frame_length) + length] = '\0';
	inbox->received = 0;
	inbox_use_usual(inbox);
	*ret = bytes;
	return bytes + sizeof(frame_length);
}

const char *inbox_take(struct inbox *inbox, char usual[static INBOX_REQUEST_MAX + 1],
		       char **ret_long)
{
	frame_length length = 0;

	*ret_long = NULL;
	inbox_has_length(inbox, &length);
	return length > INBOX_REQUEST_MAX ? inbox_take_long(inbox, length, ret_long) :
					    inbox_take_usual(inbox, length, usual);
}

void inbox_drop_half(struct inbox *inbox)
{
	frame_length length;

	if (!inbox_has_length(inbox, &length))
		return;
	inbox->skip = sizeof(length) + length - inbox->received;
	inbox->received = 0;
	inbox_fini(inbox);
}
