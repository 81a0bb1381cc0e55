/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * inbox.h - the bytes received from a client, and the requests in them.  For: clients; no I/O.
 *
 * A request is its length, in the machine's own size and order, and as many bytes; a NUL ends its
 * text early.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

enum {
	INBOX_REQUEST_MAX = 512,
	INBOX_LONG_MAX = 64 << 10, /* a claim carries all udev properties of a device */
};

struct inbox {
	size_t skip; /* bytes left of a request that was dropped before it was complete */
	size_t received;
	char *bytes; /* usual, or malloc'ed for one long request */
	size_t size;
	char usual[sizeof(size_t) + INBOX_REQUEST_MAX];
};

enum inbox_state {
	INBOX_NOTHING, /* not even a length */
	INBOX_HALF,
	INBOX_WHOLE, /* for inbox_take() */
	INBOX_BAD, /* a length that is not allowed */
};

/** inbox_init() - empty; inbox_fini() frees what it has */
void inbox_init(struct inbox *inbox);
void inbox_fini(struct inbox *inbox);

/** inbox_space() - where to put the next bytes. Return: room for them; 0: a complete request is
 * there. */
size_t inbox_space(const struct inbox *inbox, void **ret);

/**
 * inbox_add() - @count bytes were put there
 *
 * Return: false if they begin with an incomplete length: no client sends it in pieces.
 */
bool inbox_add(struct inbox *inbox, size_t count);

/**
 * inbox_look() - state of the first request
 * @long_word:	a request that begins with it may be longer than others, if this much of it came in
 *		one piece; memory for it is taken. NULL: none may
 */
enum inbox_state inbox_look(struct inbox *inbox, const char *long_word);

/** inbox_is_whole() - Return: true if a complete request is there; its length may be invalid */
bool inbox_is_whole(const struct inbox *inbox);

/**
 * inbox_take() - remove the first request, which is complete
 * @usual:	for the text of one that is not long
 * @ret_long:	of a long one: where its text is; to be freed. NULL otherwise
 *
 * Return: the text, NUL-terminated.
 */
const char *inbox_take(struct inbox *inbox, char usual[static INBOX_REQUEST_MAX + 1],
		       char **ret_long);

/**
 * inbox_drop_half() - drop the first request if it is incomplete; its remaining bytes will be
 * skipped
 */
void inbox_drop_half(struct inbox *inbox);
