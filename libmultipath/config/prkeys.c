/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config/prkeys.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "config/state_file.h"

enum { DIGITS = 16, KEY_LENGTH = 2 + DIGITS };

static const char file_name[] = "prkeys";

static const char header[] =
	"# Multipath persistent reservation keys, Version : 1.0\n"
	"# One line for each LUN that has a key: KEY WWID\n"
	"# A key is 0x and 16 hexadecimal digits; 0X instead of 0x: the registration survives\n"
	"# a loss of power (aptpl). Lines not starting with a zero are ignored.\n"
	"# Written by multipathd(8): multipathd setprkey map MAP key KEY\n"
	"# Used by maps with: reservation_key file\n"
	"#\n";

static const char hex_digits[] = "0123456789abcdefABCDEF";

int mp_prkey_parse(const char *text, struct mp_prkey *ret)
{
	struct mp_prkey key = { 0 };
	size_t length;

	if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X'))
		text += 2;
	length = strspn(text, hex_digits);
	if (!length || length > DIGITS)
		return -EINVAL;
	key.key = strtoull(text, NULL, 16);
	if (!strcmp(text + length, ":aptpl"))
		key.aptpl = true;
	else if (text[length])
		return -EINVAL;
	if (!key.key)
		return -EINVAL;
	*ret = key;
	return 0;
}

/* As a line has it. */
static int encode(const char *wwid, struct mp_strbuf *ret)
{
	if (!*wwid)
		return -EINVAL;
	mp_state_word_put(ret, wwid, " \t\r\v\f#");
	return ret->error;
}

/* What a line says; a commented one begins with '#' instead of '0'. Return: is it one of @wwid? */
static bool line_is_of(const char *line, size_t length, const char *wwid)
{
	size_t wanted = strlen(wwid);

	while (length && strchr(" \t\r", line[length - 1]))
		length--;
	return length == KEY_LENGTH + 1 + wanted && (line[0] == '0' || line[0] == '#') &&
	       (line[1] == 'x' || line[1] == 'X') && line[KEY_LENGTH] == ' ' &&
	       strspn(line + 2, hex_digits) == DIGITS &&
	       !memcmp(line + KEY_LENGTH + 1, wwid, wanted);
}

/* Offset of the last line of @wwid, one that counts if there is such. Return: 1, 0 none. */
static int find_line(const char *text, size_t length, const char *wwid, size_t *ret)
{
	const char *end = text + length, *found = NULL;

	for (const char *line = text, *line_end; line < end; line = line_end + 1) {
		line_end = memchr(line, '\n', end - line);
		if (!line_end)
			line_end = end;
		if (line_is_of(line, line_end - line, wwid) &&
		    (!found || *line == '0' || *found == '#'))
			found = line;
	}
	if (!found)
		return 0;
	*ret = found - text;
	return 1;
}

static int find_key(const char *text, size_t length, const char *wwid, struct mp_prkey *ret)
{
	char digits[DIGITS + 1] = { 0 };
	size_t at;

	if (!find_line(text, length, wwid, &at) || text[at] != '0')
		return -ENOENT;
	memcpy(digits, text + at + 2, DIGITS);
	*ret = (struct mp_prkey){ .key = strtoull(digits, NULL, 16), .aptpl = text[at + 1] == 'X' };
	return ret->key ? 0 : -ENOENT;
}

int mp_prkeys_find(const char *text, size_t length, const char *wwid, struct mp_prkey *ret)
{
	_cleanup_strbuf_ struct mp_strbuf encoded = MP_STRBUF_INIT;

	return encode(wwid, &encoded) < 0 ? -ENOENT :
					    find_key(text, length, mp_strbuf_text(&encoded), ret);
}

static void put_key(struct mp_strbuf *out, const struct mp_prkey *key)
{
	mp_strbuf_printf(out, "0%c%016llx", key->aptpl ? 'X' : 'x', (unsigned long long)key->key);
}

int mp_prkeys_edit(const char *text, size_t length, const char *plain, const struct mp_prkey *key,
		   struct mp_strbuf *ret)
{
	_cleanup_strbuf_ struct mp_strbuf encoded = MP_STRBUF_INIT;
	struct mp_prkey old;
	const char *wwid;
	size_t at;
	int r = encode(plain, &encoded);

	if (r < 0)
		return r;
	wwid = mp_strbuf_text(&encoded);
	if (find_key(text, length, wwid, &old) == 0) {
		if (key && old.key == key->key && old.aptpl == key->aptpl)
			return 0;
	} else if (!key) {
		return 0;
	}
	if (!key) {
		mp_strbuf_add(ret, text, length);
		while (!ret->error && find_line(ret->text, length, wwid, &at) &&
		       ret->text[at] == '0')
			ret->text[at] = '#';
	} else if (find_line(text, length, wwid, &at)) {
		mp_strbuf_add(ret, text, at);
		put_key(ret, key);
		mp_strbuf_add(ret, text + at + KEY_LENGTH, length - at - KEY_LENGTH);
	} else {
		if (length)
			mp_strbuf_add(ret, text, length);
		else
			mp_strbuf_puts(ret, header);
		if (length && text[length - 1] != '\n')
			mp_strbuf_putc(ret, '\n');
		put_key(ret, key);
		mp_strbuf_printf(ret, " %s\n", wwid);
	}
	return ret->error ? ret->error : 1;
}

int mp_prkeys_load(const char *dir, struct mp_strbuf *ret)
{
	int r = mp_state_file_load(dir, file_name, ret);

	return r == -ENOENT ? 0 : r;
}

int mp_prkeys_write(const char *dir, const char *wwid, const struct mp_prkey *key,
		    struct mp_strbuf *ret)
{
	_cleanup_strbuf_ struct mp_strbuf text = MP_STRBUF_INIT;
	_cleanup_close_ int fd = mp_state_file_open(dir, file_name);
	int r;

	if (fd < 0)
		return fd;
	r = mp_state_file_read(fd, &text);
	if (r < 0)
		return r;
	r = mp_prkeys_edit(mp_strbuf_text(&text), text.length, wwid, key, ret);
	if (r == 0)
		mp_strbuf_add(ret, mp_strbuf_text(&text), text.length);
	if (r <= 0)
		return r < 0 ? r : ret->error;
	r = mp_state_file_replace(dir, file_name, ret->text, ret->length);
	return r < 0 ? r : 1;
}
