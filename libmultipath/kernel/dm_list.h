/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* dm_list.h - every device-mapper device: name, UUID and events.  For: programs. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct mp_dm_listed {
	char *name;
	char *uuid; /* "" if none */
	dev_t devt;
	uint32_t event_nr;
	bool half_made; /* for who looks into it, too: mp_dm_list() does not */
};

/**
 * mp_dm_list() - every dm device, one ioctl where the kernel lists UUIDs. Caller frees with
 * mp_dm_list_free().
 */
int mp_dm_list(struct mp_dm_listed **ret, size_t *count);
/** mp_dm_list_free() - what mp_dm_list() returned; NULL is fine */
void mp_dm_list_free(struct mp_dm_listed *list, size_t count);

/**
 * mp_dm_list_parse() - struct dm_name_list, as the kernel lists devices
 * @data:	aligned to 8 bytes; @size: of what the kernel may have written
 * @has_uuids:	event numbers and UUIDs are in it; else those of the list are 0 and NULL
 *
 * Return: 0, -EBADMSG if it leads out of @data, -ENOMEM.
 */
int mp_dm_list_parse(const void *data, size_t size, bool has_uuids, struct mp_dm_listed **ret,
		     size_t *count);
