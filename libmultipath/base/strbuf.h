/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* strbuf.h - a growing text.  For: every room. */
#pragma once
#include <stdarg.h>
#include <stddef.h>

/*
 * Always NUL-terminated once something was added. A failed allocation is remembered in @error
 * (-ENOMEM), later additions do nothing: callers check once, at the end.
 */
struct mp_strbuf {
	char *text;
	size_t length; /* bytes without the NUL */
	size_t size;
	int error;
};

#define MP_STRBUF_INIT \
	{ \
		0 \
	}
#define _cleanup_strbuf_ _cleanup_(mp_strbuf_fini)

/** mp_strbuf_fini() - free the text; the buffer is empty and usable again */
void mp_strbuf_fini(struct mp_strbuf *buf);

/** mp_strbuf_clear() - forget the text, keep the memory */
void mp_strbuf_clear(struct mp_strbuf *buf);

/** mp_strbuf_add() - append @length bytes of @text */
void mp_strbuf_add(struct mp_strbuf *buf, const char *text, size_t length);

/** mp_strbuf_puts() - append a NUL-terminated text */
void mp_strbuf_puts(struct mp_strbuf *buf, const char *text);

/** mp_strbuf_putc() - append one character */
void mp_strbuf_putc(struct mp_strbuf *buf, char c);

/** mp_strbuf_fill() - append @count times @c */
void mp_strbuf_fill(struct mp_strbuf *buf, char c, size_t count);

/**
 * mp_strbuf_extend() - append @length bytes for the caller to write at once. Return: where, or NULL
 * after a failure.
 */
char *mp_strbuf_extend(struct mp_strbuf *buf, size_t length);

/** mp_strbuf_printf() - append formatted text */
void mp_strbuf_printf(struct mp_strbuf *buf, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/** mp_strbuf_vprintf() - append formatted text */
void mp_strbuf_vprintf(struct mp_strbuf *buf, const char *format, va_list args)
	__attribute__((format(printf, 2, 0)));

/** mp_strbuf_text() - the text, "" if nothing was added; owned by the buffer */
const char *mp_strbuf_text(const struct mp_strbuf *buf);

/**
 * mp_strbuf_take() - hand the text over
 * @ret:	malloc'ed text, caller frees; written on success only
 *
 * Return: 0, or the remembered error (the buffer is emptied either way).
 */
int mp_strbuf_take(struct mp_strbuf *buf, char **ret);
