/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "client/terminal.h"

#include <string.h>

/*
 * Return: bytes of the character of several bytes that @text begins with; 0: it begins with none.
 */
static size_t utf8_length(const unsigned char *text, size_t length)
{
	size_t size = text[0] >= 0xf0 && text[0] < 0xf5 ? 4 :
		      text[0] >= 0xe0 && text[0] < 0xf0 ? 3 :
		      text[0] >= 0xc2 && text[0] < 0xe0 ? 2 :
							  0;

	if (size > length)
		return 0;
	for (size_t i = 1; i < size; i++)
		if (text[i] < 0x80 || text[i] >= 0xc0)
			return 0;
	return size;
}

/* Return: bytes of a harmless sequence. */
static size_t bold_length(const char *text, size_t length)
{
	return length >= 4 && (!memcmp(text, "\033[0m", 4) || !memcmp(text, "\033[1m", 4)) ? 4 : 0;
}

void terminal_clean(char *text, size_t length)
{
	for (size_t i = 0, size; i < length; i += size) {
		const unsigned char *byte = (unsigned char *)text + i;

		size = 1;
		if (*byte == '\033') {
			size = bold_length(text + i, length - i);
		} else if (*byte >= 0x80) {
			size = utf8_length(byte, length - i);
			if (size == 2 && byte[0] == 0xc2 && byte[1] < 0xa0)
				text[i++] = '?', size = 0;
			else if (size == 0 && *byte >= 0xa0)
				size = 1;
		} else if ((*byte < ' ' && *byte != '\n' && *byte != '\t') || *byte == 0x7f) {
			size = 0;
		}
		if (size == 0) {
			text[i] = '?';
			size = 1;
		}
	}
}
