/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * hostile.h - names and WWIDs that no device should have.  For: tests of files that must return
 * what was stored in them.
 */
#pragma once

#define HOSTILE_16 "xxxxxxxxxxxxxxxx"
#define HOSTILE_127 \
	HOSTILE_16 HOSTILE_16 HOSTILE_16 HOSTILE_16 HOSTILE_16 HOSTILE_16 HOSTILE_16 \
		"xxxxxxxxxxxxxxx"

static const char *const hostile_words[] = {
	"a b",
	" leading",
	"trailing ",
	"   ",
	"tab\t",
	"\v\f\r",
	"\"quoted\"",
	"'quoted'",
	"back\\slash",
	"\\",
	"\\\\",
	"trailing\\",
	"\\x20",
	"\\x41\\x20",
	"\\\\x20",
	"\\x",
	"\\x2",
	"\\x00",
	"\\x5cx20",
	"#",
	"#first",
	"a#b",
	"a\nb",
	"\n",
	"\n\n/b/\n",
	"a/b",
	"/",
	"//",
	"../../wwids",
	".",
	"..",
	".hidden",
	"..x",
	"caf\xe9",
	"\xff\xfe\x80",
	"\xc3\xa9",
	"\x01\x7f\x1b[0m",
	"%s%n",
	"a\\ b",
	"0x0000000000000001",
	"known",
	HOSTILE_127,
	"  " HOSTILE_16 "\\x20",
};
