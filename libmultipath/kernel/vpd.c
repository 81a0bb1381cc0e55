/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kernel/vpd.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/bytes.h"

enum { PAGE_SERIAL = 0x80, PAGE_DESIGNATORS = 0x83, PAGE_HP3PAR = 0xc0, HEADER_SIZE = 4 };

/* spc4r36j 7.8.6.1, tables 595 and following */
enum { CODE_SET_ASCII = 2 };
enum designator_type {
	TYPE_T10 = 1,
	TYPE_EUI64 = 2,
	TYPE_NAA = 3,
	TYPE_TARGET_PORT = 4, /* relative */
	TYPE_TARGET_GROUP = 5,
	TYPE_NAME = 8
};

struct designator {
	unsigned code_set;
	unsigned association; /* 0: the logical unit */
	unsigned type;
	const uint8_t *data;
	size_t size;
};

/*
 * Whatever the page claims, no byte behind @size is looked at. Return: bytes of the page's body,
 * -EBADMSG.
 */
static int page_body(const uint8_t *page, size_t size, uint8_t code, const uint8_t **body)
{
	size_t length;

	if (size < HEADER_SIZE || page[1] != code)
		return -EBADMSG;
	length = mp_bytes_be16(page + 2);
	*body = page + HEADER_SIZE;
	return length < size - HEADER_SIZE ? length : size - HEADER_SIZE;
}

/* Return: true and the next designator; false at the end, and at one that runs past it. */
static bool designator_next(const uint8_t **body, size_t *left, struct designator *ret)
{
	const uint8_t *at = *body;

	if (*left < HEADER_SIZE || *left - HEADER_SIZE < at[3])
		return false;
	*ret = (struct designator){
		.code_set = at[0] & 0xf,
		.association = at[1] >> 4 & 3,
		.type = at[1] & 0xf,
		.data = at + HEADER_SIZE,
		.size = at[3],
	};
	*body += HEADER_SIZE + at[3];
	*left -= HEADER_SIZE + at[3];
	return true;
}

/*
 * Text ends at a NUL; anything unprintable in it would spoil the files and replies that carry WWIDs
 * line by line.
 */
static size_t text_size(const struct designator *designator)
{
	size_t size = strnlen((const char *)designator->data, designator->size);

	for (size_t i = 0; i < size; i++)
		if (designator->data[i] < ' ' || designator->data[i] == 0x7f)
			return 0;
	return size;
}

static bool has_letter(const struct designator *designator)
{
	for (size_t i = 0; i < text_size(designator); i++)
		if (designator->data[i] != ' ')
			return true;
	return false;
}

/* Return: the higher the better, 0 for one that yields no WWID. */
static int designator_rank(const struct designator *designator)
{
	const char *text = (const char *)designator->data;

	if (designator->association != 0)
		return 0;

	switch (designator->type) {
	case TYPE_NAA:
		if (designator->size == 0)
			return 0;
		switch (designator->data[0] >> 4) {
		case 6:
			return designator->size == 16 ? 8 : 0;
		case 5:
			return designator->size == 8 ? 7 : 0;
		case 2:
			return designator->size == 8 ? 6 : 0;
		case 3:
			return designator->size == 8 ? 1 : 0;
		}
		return 0;
	case TYPE_EUI64:
		return designator->size == 8 || designator->size == 12 || designator->size == 16 ?
			       4 :
			       0;
	case TYPE_NAME:
		if (text_size(designator) <= 4 || memchr(text, ' ', text_size(designator)))
			return 0;
		return !strncmp(text, "eui.", 4) || !strncmp(text, "naa.", 4) ||
				       !strncmp(text, "iqn.", 4) ?
			       3 :
			       0;
	case TYPE_T10:
		return designator->size >= 8 && has_letter(designator) ? 2 : 0;
	}
	return 0;
}

/* Writes as many whole bytes as fit. */
static void format_hex(char prefix, const uint8_t *data, size_t count, char *text, size_t size)
{
	static const char digits[] = "0123456789abcdef";

	if (size < 2) {
		text[0] = '\0';
		return;
	}
	*text++ = prefix;
	for (size -= 2; count && size >= 2; count--, size -= 2, data++) {
		*text++ = digits[*data >> 4];
		*text++ = digits[*data & 0xf];
	}
	*text = '\0';
}

/* The four characters before the colon or dot become one digit. */
static void format_name(const char *name, size_t length, char *wwid, size_t size)
{
	bool is_iqn = !strncmp(name, "iqn.", 4);
	size_t used = 0;

	if (used + 1 < size)
		wwid[used++] = is_iqn ? '8' : name[0] == 'e' ? '2' : '3';
	for (size_t i = 4; i < length && used + 1 < size; i++)
		wwid[used++] = is_iqn ? name[i] : tolower((unsigned char)name[i]);
	wwid[used] = '\0';
}

/* Each run of blanks becomes one underscore, none stays at the end. */
static void format_t10(const char *text, size_t length, char *wwid, size_t size)
{
	size_t used = 0;

	while (length && text[length - 1] == ' ')
		length--;
	if (used + 1 < size)
		wwid[used++] = '1';
	for (size_t i = 0; i < length && used + 1 < size; i++) {
		if (text[i] != ' ')
			wwid[used++] = text[i];
		else if (text[i + 1] != ' ')
			wwid[used++] = '_';
	}
	wwid[used] = '\0';
}

static void format_designator(const struct designator *designator, char *wwid, size_t size)
{
	const char *text = (const char *)designator->data;

	switch (designator->type) {
	case TYPE_NAA:
		format_hex('3', designator->data, designator->size, wwid, size);
		break;
	case TYPE_EUI64:
		format_hex('2', designator->data, designator->size, wwid, size);
		break;
	case TYPE_NAME:
		format_name(text, text_size(designator), wwid, size);
		break;
	case TYPE_T10:
		format_t10(text, text_size(designator), wwid, size);
		break;
	}
}

/*
 * SCSI-2 arrays (EMC Symmetrix) have no descriptors there, but the name itself, in NAA format. What
 * would be the third byte of the first descriptor is reserved and 0 since SPC; in a name it is part
 * of the vendor's number.
 */
static bool is_bare_name(const uint8_t *body, size_t length, struct designator *ret)
{
	*ret = (struct designator){ .type = TYPE_NAA, .data = body, .size = length };
	return length >= 8 && body[2] && designator_rank(ret);
}

static bool is_hex_of(const char *digits, const uint8_t *data, size_t size)
{
	char byte[3];

	for (size_t i = 0; i < size; i++) {
		snprintf(byte, sizeof(byte), "%02x", data[i]);
		if (strncasecmp(digits + 2 * i, byte, 2))
			return false;
	}
	return true;
}

/*
 * udev takes every NAA and EUI-64, of whatever kind; and of old devices that spell them in letters,
 * the letters.
 */
static bool is_name_of(const struct designator *designator, const char *name)
{
	size_t size = designator->size;

	if (designator->association != 0 || !size ||
	    !((designator->type == TYPE_NAA && name[0] == '3') ||
	      (designator->type == TYPE_EUI64 && name[0] == '2')))
		return false;
	if (designator->code_set == CODE_SET_ASCII)
		return strlen(name + 1) == size &&
		       !strncasecmp(name + 1, (const char *)designator->data, size);
	return strlen(name + 1) == 2 * size && is_hex_of(name + 1, designator->data, size);
}

int mp_vpd_wwid(const uint8_t *page, size_t page_size, const char *known, char *wwid, size_t size)
{
	struct designator designator, best = { 0 };
	int best_rank = 0, length;
	const uint8_t *body;
	size_t left;

	length = page_body(page, page_size, PAGE_DESIGNATORS, &body);
	if (length < 0)
		return length;

	if (size && is_bare_name(body, length, &designator)) {
		format_designator(&designator, wwid, size);
		return 0;
	}
	for (left = length; size && designator_next(&body, &left, &designator);) {
		int rank = designator_rank(&designator);

		if (known && strlen(known) < size && is_name_of(&designator, known)) {
			strcpy(wwid, known);
			return 0;
		}
		if (rank && known) {
			format_designator(&designator, wwid, size);
			if (!strcmp(wwid, known))
				return 0;
		}
		if (rank > best_rank) {
			best_rank = rank;
			best = designator;
		}
	}
	if (!best_rank)
		return -ENOENT;
	format_designator(&best, wwid, size);
	return 0;
}

bool mp_vpd_is_name(const char *wwid)
{
	size_t digits = wwid[0] ? strspn(wwid + 1, "0123456789abcdefABCDEF") : 0;

	return digits && !wwid[1 + digits] &&
	       ((wwid[0] == '3' && (digits == 16 || digits == 32)) ||
		(wwid[0] == '2' && (digits == 16 || digits == 24 || digits == 32)));
}

/* Both have two bytes at the same place. Return: as mp_vpd_tpg() */
static int find_number(const uint8_t *page, size_t page_size, unsigned type)
{
	struct designator designator;
	const uint8_t *body;
	size_t left;
	int length;

	length = page_body(page, page_size, PAGE_DESIGNATORS, &body);
	if (length < 0)
		return length;
	if (is_bare_name(body, length, &designator))
		return -ENOENT;
	for (left = length; designator_next(&body, &left, &designator);)
		if (designator.type == type && designator.size >= 4)
			return mp_bytes_be16(designator.data + 2);
	return -ENOENT;
}

int mp_vpd_tpg(const uint8_t *page, size_t page_size)
{
	return find_number(page, page_size, TYPE_TARGET_GROUP);
}

int mp_vpd_target_port(const uint8_t *page, size_t page_size)
{
	return find_number(page, page_size, TYPE_TARGET_PORT);
}

/* Text without the blanks around it; what cannot be printed becomes a question mark. */
static void copy_text(const uint8_t *data, size_t count, char *text, size_t size)
{
	count = strnlen((const char *)data, count);
	while (count && data[0] == ' ') {
		data++;
		count--;
	}
	while (count && data[count - 1] == ' ')
		count--;
	if (size == 0)
		return;
	if (count > size - 1)
		count = size - 1;
	for (size_t i = 0; i < count; i++)
		text[i] = data[i] < ' ' || data[i] == 0x7f ? '?' : data[i];
	text[count] = '\0';
}

int mp_vpd_serial(const uint8_t *page, size_t page_size, char *serial, size_t size)
{
	const uint8_t *body;
	int length = page_body(page, page_size, PAGE_SERIAL, &body);

	if (length < 0)
		return length;
	copy_text(body, length, serial, size);
	return 0;
}

int mp_vpd_hp3par(const uint8_t *page, size_t page_size, char *text, size_t size)
{
	/* offsets from the start of the page */
	enum { REVISION = 4, NAMES_SINCE = 4, NAME_LENGTH = 40, NAME = 44 };
	const uint8_t *body;
	int length = page_body(page, page_size, PAGE_HP3PAR, &body);
	size_t room, name_length;

	if (length < 0)
		return length;
	if (length + HEADER_SIZE < NAME || page[REVISION] < NAMES_SINCE)
		return -ENODATA;
	room = length + HEADER_SIZE - NAME;
	name_length = mp_bytes_be32(page + NAME_LENGTH);
	copy_text(page + NAME, name_length < room ? name_length : room, text, size);
	return 0;
}

int mp_inquiry_parse(const uint8_t *data, size_t data_size, struct mp_inquiry *ret)
{
	if (data_size < 36)
		return -EBADMSG;
	*ret = (struct mp_inquiry){
		.device_type = data[0] & 0x1f,
		.tpgs = data[5] >> 4 & 3,
	};
	copy_text(data + 8, 8, ret->vendor, sizeof(ret->vendor));
	copy_text(data + 16, 16, ret->product, sizeof(ret->product));
	copy_text(data + 32, 4, ret->revision, sizeof(ret->revision));
	return 0;
}
