/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* lists.h - what multipath -l and -ll print.  For: commands, multipath(8). */
#pragma once
#include <stdbool.h>

struct daemon;
struct details;
struct mp_strbuf;

struct lists_options {
	bool with_checks; /* -ll */
	bool bold; /* for a terminal */
	int verbosity;
	const char *device; /* "" all, "map:NAME", "dev:MAJ:MIN"; borrowed */
};

/**
 * lists_print() - the listing
 * @details:	with maps of the kernel's own multipathing; NULL: they are not shown
 *
 * Return: the exit status of multipath(8).
 */
int lists_print(struct daemon *daemon, const struct lists_options *options,
		const struct details *details, struct mp_strbuf *out);

/** lists_asked() - Return: true if the request is a front end's "@list ...". */
bool lists_asked(const char *text);

/**
 * lists_serve() - answer "@list l|ll VERBOSITY BOLD [DEVICE]" with "exit STATUS", and the listing
 * @details:	as above
 *
 * Return: false if @text is malformed.
 */
bool lists_serve(struct daemon *daemon, const char *text, const struct details *details,
		 struct mp_strbuf *reply);
