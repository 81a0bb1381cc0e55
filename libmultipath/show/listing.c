/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "show/listing.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "show/foreign.h"
#include "show/wildcards.h"

enum {
	LETTERS = 128,
	WIDTH_MAX = 255, /* longer values are printed whole, but do not widen their column */
	/* what a client of the socket takes: a hostile format makes no more than that */
	TEXT_MAX = 32 << 20,
};

/* A wildcard that the format shows, once or more often. */
struct column {
	const struct mp_path_wildcard *path;
	const struct mp_map_wildcard *map;
	const char *header;
	size_t width;
};

/* Text of the format, and the column after it. */
struct piece {
	const char *text;
	size_t length;
	int column; /* -1: none */
};

/* Every cell is rendered once, row by row, into one text; ends[] has where each ends in it. */
struct listing {
	struct column columns[LETTERS];
	size_t column_count;
	struct piece *pieces;
	size_t piece_count;
	struct mp_strbuf cells;
	size_t text_max;
	size_t *ends;
	size_t end_count;
};

static void listing_fini(struct listing *listing)
{
	free(listing->pieces);
	free(listing->ends);
	mp_strbuf_fini(&listing->cells);
}

static int listing_init(struct listing *listing, const struct mp_show_context *context,
			const char *format, size_t rows, bool of_paths)
{
	int8_t column_of[LETTERS]; /* -1 not seen */
	struct piece *piece;
	size_t pieces = 1;

	listing->text_max = context->text_max ? context->text_max : TEXT_MAX;
	memset(column_of, -1, sizeof(column_of));
	for (const char *p = format; *p; p++)
		pieces += *p == '%';
	piece = listing->pieces = calloc(pieces, sizeof(*piece));
	if (!piece)
		return -ENOMEM;

	for (const char *p = format; *p; piece++) {
		struct column *column = &listing->columns[listing->column_count];
		unsigned char letter;

		piece->text = p;
		piece->length = strcspn(p, "%");
		piece->column = -1;
		p += piece->length;
		if (*p == '%')
			p++;
		letter = *p;
		if (letter)
			p++;
		if (letter >= LETTERS)
			continue;
		if (column_of[letter] < 0) {
			column->path = of_paths ? mp_wildcard_find_path(letter) : NULL;
			column->map = of_paths ? NULL : mp_wildcard_find_map(letter);
			if (!column->path && !column->map)
				continue;
			column->header = column->path ? column->path->header : column->map->header;
			column_of[letter] = listing->column_count++;
		}
		piece->column = column_of[letter];
	}
	listing->piece_count = piece - listing->pieces;

	listing->ends = calloc(rows * listing->column_count + 1, sizeof(*listing->ends));
	return listing->ends ? 0 : -ENOMEM;
}

static void listing_end_cell(struct listing *listing)
{
	listing->ends[listing->end_count++] = listing->cells.length;
}

static void listing_add_path(struct listing *listing, const struct mp_show_context *context,
			     const struct mp_path *path)
{
	for (size_t i = 0; i < listing->column_count; i++) {
		listing->columns[i].path->render(context, path, &listing->cells);
		listing_end_cell(listing);
	}
}

static void listing_add_map(struct listing *listing, const struct mp_show_context *context,
			    const struct mp_map *map)
{
	for (size_t i = 0; i < listing->column_count; i++) {
		listing->columns[i].map->render(context, map, &listing->cells);
		listing_end_cell(listing);
	}
}

static void listing_measure(struct listing *listing)
{
	size_t start = 0;

	for (size_t i = 0; i < listing->column_count; i++)
		listing->columns[i].width = strlen(listing->columns[i].header);
	for (size_t i = 0; i < listing->end_count; i++) {
		struct column *column = &listing->columns[i % listing->column_count];
		size_t length = listing->ends[i] - start;

		if (length > WIDTH_MAX)
			length = WIDTH_MAX;
		if (length > column->width)
			column->width = length;
		start = listing->ends[i];
	}
}

static void listing_put_header(const struct listing *listing, struct mp_strbuf *out)
{
	for (const struct piece *piece = listing->pieces;
	     piece < listing->pieces + listing->piece_count; piece++) {
		mp_strbuf_add(out, piece->text, piece->length);
		if (piece->column >= 0) {
			const struct column *column = &listing->columns[piece->column];

			mp_strbuf_puts(out, column->header);
			mp_strbuf_fill(out, ' ', column->width - strlen(column->header));
		}
	}
	mp_strbuf_putc(out, '\n');
}

static const char *cell_text(const struct listing *listing, size_t row, int column,
			     size_t *ret_length)
{
	size_t cell = row * listing->column_count + column;
	size_t start = cell ? listing->ends[cell - 1] : 0;

	*ret_length = listing->ends[cell] - start;
	return mp_strbuf_text(&listing->cells) + start;
}

static size_t row_length(const struct listing *listing, size_t row)
{
	size_t sum = 1;

	for (const struct piece *piece = listing->pieces;
	     piece < listing->pieces + listing->piece_count; piece++) {
		size_t length, width;

		sum += piece->length;
		if (piece->column < 0)
			continue;
		cell_text(listing, row, piece->column, &length);
		width = listing->columns[piece->column].width;
		sum += length > width ? length : width;
	}
	return sum;
}

static void listing_put_row(const struct listing *listing, size_t row, struct mp_strbuf *out)
{
	char *p = mp_strbuf_extend(out, row_length(listing, row));

	if (!p)
		return;
	for (const struct piece *piece = listing->pieces;
	     piece < listing->pieces + listing->piece_count; piece++) {
		const char *text;
		size_t length, width;

		p = mempcpy(p, piece->text, piece->length);
		if (piece->column < 0)
			continue;
		text = cell_text(listing, row, piece->column, &length);
		width = listing->columns[piece->column].width;
		p = mempcpy(p, text, length);
		for (; length < width; length++)
			*p++ = ' ';
	}
	*p = '\n';
	if (out->length > listing->text_max)
		out->error = -EMSGSIZE;
}

static void listing_put(struct listing *listing, size_t rows, bool raw, struct mp_strbuf *out)
{
	if (listing->cells.error) {
		out->error = listing->cells.error;
		return;
	}
	if (!raw) {
		listing_measure(listing);
		listing_put_header(listing, out);
	}
	for (size_t i = 0; i < rows && !out->error; i++)
		listing_put_row(listing, i, out);
}

static size_t foreign_paths(const struct mp_show_context *context)
{
	size_t count = 0;

	for (size_t i = 0; context->foreign && i < context->foreign->count; i++)
		count += context->foreign->maps[i].path_count;
	return count;
}

static void listing_add_foreign_paths(struct listing *listing,
				      const struct mp_show_context *context)
{
	for (size_t i = 0; context->foreign && i < context->foreign->count; i++) {
		const struct mp_foreign_map *map = &context->foreign->maps[i];

		for (size_t k = 0; k < map->path_count * listing->column_count; k++) {
			const struct column *column = &listing->columns[k % listing->column_count];

			mp_show_foreign_path_value(map, &map->paths[k / listing->column_count],
						   column->path->letter, &listing->cells);
			listing_end_cell(listing);
		}
	}
}

static size_t foreign_maps(const struct mp_show_context *context)
{
	return context->foreign ? context->foreign->count : 0;
}

static void listing_add_foreign_maps(struct listing *listing, const struct mp_show_context *context)
{
	for (size_t i = 0; i < foreign_maps(context); i++)
		for (size_t k = 0; k < listing->column_count; k++) {
			mp_show_foreign_map_value(&context->foreign->maps[i],
						  listing->columns[k].map->letter, &listing->cells);
			listing_end_cell(listing);
		}
}

void mp_show_paths(const struct mp_show_context *context, const struct mp_path *const *paths,
		   size_t count, const char *format, bool raw, struct mp_strbuf *out)
{
	_cleanup_(listing_fini) struct listing listing = { 0 };
	size_t rows = count + foreign_paths(context);
	int r;

	if (!rows)
		return;
	r = listing_init(&listing, context, format, rows, true);
	if (r < 0) {
		out->error = r;
		return;
	}
	for (size_t i = 0; i < count; i++)
		listing_add_path(&listing, context, paths[i]);
	listing_add_foreign_paths(&listing, context);
	listing_put(&listing, rows, raw, out);
}

void mp_show_maps(const struct mp_show_context *context, const struct mp_map *const *maps,
		  size_t count, const char *format, bool raw, struct mp_strbuf *out)
{
	_cleanup_(listing_fini) struct listing listing = { 0 };
	size_t rows = count + foreign_maps(context);
	int r;

	if (!rows)
		return;
	r = listing_init(&listing, context, format, rows, false);
	if (r < 0) {
		out->error = r;
		return;
	}
	for (size_t i = 0; i < count; i++)
		listing_add_map(&listing, context, maps[i]);
	listing_add_foreign_maps(&listing, context);
	listing_put(&listing, rows, raw, out);
}

void mp_show_map(const struct mp_show_context *context, const struct mp_map *const *maps,
		 size_t count, size_t which, const char *format, struct mp_strbuf *out)
{
	_cleanup_(listing_fini) struct listing listing = { 0 };
	int r;

	r = listing_init(&listing, context, format, count + foreign_maps(context), false);
	if (r < 0) {
		out->error = r;
		return;
	}
	for (size_t i = 0; i < count; i++)
		listing_add_map(&listing, context, maps[i]);
	listing_add_foreign_maps(&listing, context);
	if (listing.cells.error) {
		out->error = listing.cells.error;
		return;
	}
	listing_measure(&listing);
	listing_put_row(&listing, which, out);
}

void mp_show_path_list(const struct mp_show_context *context, const struct mp_path *const *paths,
		       size_t count, struct mp_strbuf *out)
{
	struct mp_show_context ours = *context;

	ours.foreign = NULL;
	mp_strbuf_puts(out, count ? "===== paths list =====\n" : "===== no paths =====\n");
	mp_show_paths(&ours, paths, count, MP_FORMAT_PATH_LIST, false, out);
}
