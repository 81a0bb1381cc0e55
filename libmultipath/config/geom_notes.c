/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config/geom_notes.h"

#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "config/state_file.h"

int mp_geom_notes_load(const char *dir, const char *name, struct mp_strbuf *notes)
{
	int r = mp_state_file_load(dir, name, notes);

	return r == -ENOENT ? 0 : r;
}

/* @line: up to a newline or the end. Blanks may be any number, of any kind. */
static bool line_begins(const char *line, const char *words)
{
	static const char blanks[] = " \t";

	line += strspn(line, blanks);
	for (;;) {
		size_t length = strcspn(words, " ");

		if (strncmp(line, words, length) || (line[length] && !strchr(" \t\r\n#", line[length])))
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
