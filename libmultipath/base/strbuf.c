/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/strbuf.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

void mp_strbuf_fini(struct mp_strbuf *buf)
{
	free(buf->text);
	*buf = (struct mp_strbuf)MP_STRBUF_INIT;
}

void mp_strbuf_clear(struct mp_strbuf *buf)
{
	buf->length = 0;
	buf->error = 0;
	if (buf->text)
		buf->text[0] = '\0';
}

/* Room for @extra more bytes and the NUL. */
static int strbuf_reserve(struct mp_strbuf *buf, size_t extra)
{
	size_t size = buf->size ? buf->size : 64;
	char *text;

	if (buf->error)
		return buf->error;
	if (extra > SIZE_MAX / 2 - buf->length - 1)
		return buf->error = -ENOMEM;
	if (buf->length + extra + 1 <= buf->size)
		return 0;

	while (size < buf->length + extra + 1)
		size *= 2;
	text = realloc(buf->text, size);
	if (!text)
		return buf->error = -ENOMEM;
	buf->text = text;
	buf->size = size;
	return 0;
}

void mp_strbuf_add(struct mp_strbuf *buf, const char *text, size_t length)
{
	if ((buf->error || length >= buf->size - buf->length) && strbuf_reserve(buf, length) < 0)
		return;
	if (length)
		memcpy(buf->text + buf->length, text, length);
	buf->length += length;
	buf->text[buf->length] = '\0';
}

void mp_strbuf_puts(struct mp_strbuf *buf, const char *text)
{
	mp_strbuf_add(buf, text, strlen(text));
}

void mp_strbuf_putc(struct mp_strbuf *buf, char c)
{
	if (buf->error || buf->length + 1 >= buf->size) {
		mp_strbuf_add(buf, &c, 1);
		return;
	}
	buf->text[buf->length++] = c;
	buf->text[buf->length] = '\0';
}

void mp_strbuf_fill(struct mp_strbuf *buf, char c, size_t count)
{
	if (strbuf_reserve(buf, count) < 0)
		return;
	memset(buf->text + buf->length, c, count);
	buf->length += count;
	buf->text[buf->length] = '\0';
}

char *mp_strbuf_extend(struct mp_strbuf *buf, size_t length)
{
	if ((buf->error || length >= buf->size - buf->length) && strbuf_reserve(buf, length) < 0)
		return NULL;
	buf->length += length;
	buf->text[buf->length] = '\0';
	return buf->text + buf->length - length;
}

void mp_strbuf_vprintf(struct mp_strbuf *buf, const char *format, va_list args)
{
	va_list again;
	int n;

	if (strbuf_reserve(buf, 32) < 0)
		return;
	va_copy(again, args);
	n = vsnprintf(buf->text + buf->length, buf->size - buf->length, format, args);
	if (n < 0) {
		buf->error = -errno;
		buf->text[buf->length] = '\0';
	} else if ((size_t)n < buf->size - buf->length) {
		buf->length += n;
	} else if (strbuf_reserve(buf, n) == 0) {
		vsnprintf(buf->text + buf->length, buf->size - buf->length, format, again);
		buf->length += n;
	}
	va_end(again);
}

void mp_strbuf_printf(struct mp_strbuf *buf, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	mp_strbuf_vprintf(buf, format, args);
	va_end(args);
}

const char *mp_strbuf_text(const struct mp_strbuf *buf)
{
	return buf->text ? buf->text : "";
}

int mp_strbuf_take(struct mp_strbuf *buf, char **ret)
{
	int error;
	char *exact;

	mp_strbuf_add(buf, "", 0);
	error = buf->error;
	if (!error) {
		/* It may be kept for long. */
		exact = realloc(buf->text, buf->length + 1);
		*ret = exact ? exact : buf->text;
		buf->text = NULL;
	}
	mp_strbuf_fini(buf);
	return error;
}
