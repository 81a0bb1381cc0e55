/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * bytes.h - numbers as disks and devices have them: little-endian (le) or big-endian (be), at any
 * address.  For: every room.
 */
#pragma once
#include <endian.h>
#include <stdint.h>
#include <string.h>

/** mp_bytes_le16() - read 16 bits, little-endian */
static inline uint16_t mp_bytes_le16(const uint8_t *at)
{
	uint16_t value;

	memcpy(&value, at, sizeof(value));
	return le16toh(value);
}

/** mp_bytes_le32() - read 32 bits, little-endian */
static inline uint32_t mp_bytes_le32(const uint8_t *at)
{
	uint32_t value;

	memcpy(&value, at, sizeof(value));
	return le32toh(value);
}

/** mp_bytes_le64() - read 64 bits, little-endian */
static inline uint64_t mp_bytes_le64(const uint8_t *at)
{
	uint64_t value;

	memcpy(&value, at, sizeof(value));
	return le64toh(value);
}

/** mp_bytes_be16() - read 16 bits, big-endian */
static inline uint16_t mp_bytes_be16(const uint8_t *at)
{
	uint16_t value;

	memcpy(&value, at, sizeof(value));
	return be16toh(value);
}

/** mp_bytes_be32() - read 32 bits, big-endian */
static inline uint32_t mp_bytes_be32(const uint8_t *at)
{
	uint32_t value;

	memcpy(&value, at, sizeof(value));
	return be32toh(value);
}

/** mp_bytes_be64() - read 64 bits, big-endian */
static inline uint64_t mp_bytes_be64(const uint8_t *at)
{
	uint64_t value;

	memcpy(&value, at, sizeof(value));
	return be64toh(value);
}

/** mp_bytes_put_le32() - write 32 bits, little-endian */
static inline void mp_bytes_put_le32(uint8_t *at, uint32_t value)
{
	value = htole32(value);
	memcpy(at, &value, sizeof(value));
}

/** mp_bytes_put_le64() - write 64 bits, little-endian */
static inline void mp_bytes_put_le64(uint8_t *at, uint64_t value)
{
	value = htole64(value);
	memcpy(at, &value, sizeof(value));
}

/** mp_bytes_put_be16() - write 16 bits, big-endian */
static inline void mp_bytes_put_be16(uint8_t *at, uint16_t value)
{
	value = htobe16(value);
	memcpy(at, &value, sizeof(value));
}

/** mp_bytes_put_be32() - write 32 bits, big-endian */
static inline void mp_bytes_put_be32(uint8_t *at, uint32_t value)
{
	value = htobe32(value);
	memcpy(at, &value, sizeof(value));
}

/** mp_bytes_put_be64() - write 64 bits, big-endian */
static inline void mp_bytes_put_be64(uint8_t *at, uint64_t value)
{
	value = htobe64(value);
	memcpy(at, &value, sizeof(value));
}
