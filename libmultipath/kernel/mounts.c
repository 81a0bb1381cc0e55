/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kernel/mounts.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"

/* A word of a line, as it stands there: blanks in it are escaped. */
struct word {
	const char *text;
	size_t length;
};

/* Return: false at the end of the line. */
static bool next_word(const char **line, struct word *ret)
{
	*line += strspn(*line, " \t");
	ret->text = *line;
	ret->length = strcspn(*line, " \t\n");
	*line += ret->length;
	return ret->length > 0;
}

static bool word_is(const struct word *word, const char *text)
{
	return strlen(text) == word->length && !memcmp(word->text, text, word->length);
}

/* One byte, an escaped one (a backslash and three octal digits) as what it means. */
static size_t take_byte(const char *text, size_t length, char *ret)
{
	if (length >= 4 && *text == '\\' && strspn(text + 1, "01234567") >= 3) {
		*ret = (text[1] - '0') << 6 | (text[2] - '0') << 3 | (text[3] - '0');
		return 4;
	}
	*ret = *text;
	return 1;
}

/* Is the word /dev/NAME? A node that is gone is followed by words of the kernel's own. */
static bool word_is_node(const struct word *word, const char *name)
{
	static const char *const ends[] = { "", " (deleted)" };
	const char *parts[] = { "/dev/", name };
	size_t used = 0, size;
	char byte;

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		for (const char *wanted = parts[i]; *wanted; wanted++, used += size) {
			if (used == word->length)
				return false;
			size = take_byte(word->text + used, word->length - used, &byte);
			if (byte != *wanted)
				return false;
		}
	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		const char *wanted = ends[i];
		size_t at = used;

		for (; *wanted && at < word->length; wanted++, at += size) {
			size = take_byte(word->text + at, word->length - at, &byte);
			if (byte != *wanted)
				break;
		}
		if (!*wanted && at == word->length)
			return true;
	}
	return false;
}

/* bcachefs lists all of its disks, with colons between them. */
static bool source_has_node(const struct word *source, const char *name)
{
	const char *end = source->text + source->length;

	for (struct word part = { .text = source->text }; part.text < end;
	     part.text += part.length + 1) {
		const char *colon = memchr(part.text, ':', end - part.text);

		part.length = (colon ? colon : end) - part.text;
		if (word_is_node(&part, name))
			return true;
	}
	return false;
}

static const char *next_line(const char *line)
{
	line += strcspn(line, "\n");
	return *line ? line + 1 : line;
}

/* ID PARENT MAJOR:MINOR ROOT MOUNT-POINT OPTIONS [OPTIONAL]... - TYPE SOURCE SUPER-OPTIONS */
static bool mount_is_on(const char *line, const char *devt, const char *name)
{
	struct word word;

	for (int i = 0; i < 3; i++)
		if (!next_word(&line, &word))
			return false;
	if (word_is(&word, devt))
		return true;
	do
		if (!next_word(&line, &word))
			return false;
	while (!word_is(&word, "-"));
	if (!next_word(&line, &word) || (!word_is(&word, "btrfs") && !word_is(&word, "bcachefs")))
		return false;
	return next_word(&line, &word) && source_has_node(&word, name);
}

bool mp_mounts_have(const char *text, const char *devt, const char *name)
{
	for (; text && *text; text = next_line(text))
		if (mount_is_on(text, devt, name))
			return true;
	return false;
}

bool mp_mounts_have_swap(const char *text, const char *name)
{
	for (; text && *text; text = next_line(text)) {
		const char *line = text;
		struct word path, type;

		if (next_word(&line, &path) && next_word(&line, &type) &&
		    word_is(&type, "partition") && word_is_node(&path, name))
			return true;
	}
	return false;
}
