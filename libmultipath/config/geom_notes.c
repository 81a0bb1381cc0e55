/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config/geom_notes.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "config/state_file.h"

int mp_geom_notes_load(const char *dir, const char *name, struct mp_strbuf *notes)
{
	int r = mp_state_file_load(dir, name, notes);

	mp_geom_notes_clean(notes);
	return r == -ENOENT ? 0 : r;
}

void mp_geom_notes_clean(struct mp_strbuf *notes)
{
	for (size_t i = 0; i < notes->length; i++)
		if (!notes->text[i])
			notes->text[i] = '?';
}

void mp_geom_notes_put_word(struct mp_strbuf *line, const char *word)
{
	mp_state_word_put(line, word, " \t\r#");
}

/* @line: up to a newline or the end. Blanks may be any number, of any kind. */
static bool line_begins(const char *line, const char *words)
{
	static const char blanks[] = " \t";

	line += strspn(line, blanks);
	for (;;) {
		size_t length = strcspn(words, " ");

		if (strncmp(line, words, length) ||
		    (line[length] && !strchr(" \t\r\n#", line[length])))
			return false;
		line += length;
		words += length;
		if (!*words)
			return true;
		words++;
		line += strspn(line, blanks);
	}
}

static const char *next_line(const char *line)
{
	const char *end = strchr(line, '\n');

	return end ? end + 1 : line + strlen(line);
}

bool mp_geom_notes_has(const struct mp_strbuf *notes, const char *words)
{
	for (const char *line = mp_strbuf_text(notes); *line; line = next_line(line))
		if (line_begins(line, words))
			return true;
	return false;
}

/* The line's word of that number, from 0. Return: its length, 0 if there is none. */
static size_t line_word(const char *line, unsigned number, const char **ret)
{
	static const char blanks[] = " \t";

	for (;;) {
		line += strspn(line, blanks);
		*ret = line;
		line += strcspn(line, " \t\r\n#");
		if (line == *ret || !number--)
			return line - *ret;
	}
}

static int take_word(const char *line, unsigned number, char *ret, size_t size)
{
	const char *word;
	size_t length = line_word(line, number, &word);

	_cleanup_free_ char *copy = strndup(word, length);

	if (!copy)
		return -ENOMEM;
	mp_state_word_decode(copy);
	if (strlen(copy) >= size)
		return -ENAMETOOLONG;
	strcpy(ret, copy);
	return 0;
}

int mp_geom_notes_next(const struct mp_strbuf *notes, const char *words, char *ret, size_t size)
{
	unsigned number = 1;

	for (const char *c = words; *c; c++)
		number += *c == ' ';
	for (const char *line = mp_strbuf_text(notes); *line; line = next_line(line))
		if (line_begins(line, words)) {
			int r = take_word(line, number, ret, size);

			return r == 0 && !*ret ? -ENOENT : r;
		}
	return -ENOENT;
}

enum { WORD_UUID = 1, WORD_WWID = 3 };

/* Of the line "known ..." that has @key as that word, the word number @wanted. */
static int find_known(const struct mp_strbuf *notes, unsigned number, const char *key,
		      unsigned wanted, char *ret, size_t size)
{
	for (const char *line = mp_strbuf_text(notes); *line; line = next_line(line)) {
		const char *word;

		if (line_begins(line, "known") && line_word(line, number, &word) == strlen(key) &&
		    !strncmp(word, key, strlen(key)))
			return take_word(line, wanted, ret, size);
	}
	return -ENOENT;
}

int mp_geom_notes_wwid(const struct mp_strbuf *notes, const char *uuid, char *ret, size_t size)
{
	return find_known(notes, WORD_UUID, uuid, WORD_WWID, ret, size);
}

int mp_geom_notes_uuid(const struct mp_strbuf *notes, const char *wwid, char *ret, size_t size)
{
	_cleanup_strbuf_ struct mp_strbuf word = MP_STRBUF_INIT;

	mp_geom_notes_put_word(&word, wwid);
	return word.length && !word.error ?
		       find_known(notes, WORD_WWID, mp_strbuf_text(&word), WORD_UUID, ret, size) :
		       -ENOENT;
}

bool mp_geom_notes_claim(const struct mp_strbuf *notes, const char *wwid)
{
	char uuid[128];

	return mp_geom_notes_uuid(notes, wwid, uuid, sizeof(uuid)) == 0 &&
	       !mp_geom_notes_has(notes, "load no");
}

bool mp_geom_notes_add(struct mp_strbuf *notes, const char *line)
{
	if (mp_geom_notes_has(notes, line))
		return false;
	if (notes->length && notes->text[notes->length - 1] != '\n')
		mp_strbuf_putc(notes, '\n');
	mp_strbuf_puts(notes, line);
	mp_strbuf_putc(notes, '\n');
	return true;
}

bool mp_geom_notes_remove(struct mp_strbuf *notes, const char *words)
{
	_cleanup_strbuf_ struct mp_strbuf kept = MP_STRBUF_INIT;
	bool found = false;

	for (const char *line = mp_strbuf_text(notes), *next; *line; line = next) {
		next = next_line(line);
		if (line_begins(line, words))
			found = true;
		else
			mp_strbuf_add(&kept, line, next - line);
	}
	if (found) {
		mp_strbuf_clear(notes);
		mp_strbuf_add(notes, mp_strbuf_text(&kept), kept.length);
		notes->error |= kept.error;
	}
	return found;
}
