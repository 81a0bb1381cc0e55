/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kernel/dm_list.h"

#include <errno.h>
#include <libdevmapper.h>
#include <linux/dm-ioctl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/sysmacros.h>

#include "base/cleanup.h"
#include "base/mangling.h"
#include "kernel/dm_events.h"
#include "kernel/dm_task.h"

enum { LIST_SIZE = 64 << 10 /* some 400 devices */ };

/* What older kernels leave out of the list. */
static int read_info(struct mp_dm_listed *listed)
{
	_cleanup_task_ struct dm_task *task = NULL;
	struct dm_info info;
	int r = mp_dm_task_new_devt(DM_DEVICE_INFO, listed->devt, &task);

	if (r == 0)
		r = mp_dm_task_run(task);
	if (r < 0)
		return r;
	if (!dm_task_get_info(task, &info))
		return -EIO;
	listed->uuid = strdup(info.exists ? dm_task_get_uuid(task) : "");
	listed->event_nr = info.event_nr;
	return listed->uuid ? 0 : -ENOMEM;
}

/* Length of the text at @at, -EBADMSG if it does not end within the list. */
static ssize_t text_length(const char *list, size_t size, size_t at)
{
	size_t length = at < size ? strnlen(list + at, size - at) : 0;

	return at < size && length < size - at ? (ssize_t)length : -EBADMSG;
}

/*
 * linux/dm-ioctl.h, struct dm_name_list: event number, flags and UUID follow the name at the next
 * multiple of 8.
 */
static int list_add(struct mp_dm_listed *listed, const char *list, size_t size, size_t at,
		    bool has_uuids)
{
	size_t name_at = at + offsetof(struct dm_name_list, name), extra_at;
	struct dm_name_list entry;
	ssize_t length = text_length(list, size, name_at);
	uint32_t extra[2];

	if (length < 0)
		return length;
	memcpy(&entry, list + at, offsetof(struct dm_name_list, name));
	listed->devt = makedev(major(entry.dev), minor(entry.dev));
	listed->name = strdup(list + name_at);
	if (!listed->name)
		return -ENOMEM;
	mp_mangling_decode(listed->name);
	if (!has_uuids)
		return 0;

	extra_at = at + ((name_at - at + length + 1 + 7) & ~(size_t)7);
	if (extra_at > size || size - extra_at < sizeof(extra))
		return -EBADMSG;
	memcpy(extra, list + extra_at, sizeof(extra));
	listed->event_nr = extra[0];
	if (extra[1] & DM_NAME_LIST_FLAG_HAS_UUID) {
		if (text_length(list, size, extra_at + sizeof(extra)) < 0)
			return -EBADMSG;
		listed->uuid = strdup(list + extra_at + sizeof(extra));
	} else {
		listed->uuid = strdup("");
	}
	if (!listed->uuid)
		return -ENOMEM;
	mp_mangling_decode(listed->uuid);
	return 0;
}

int mp_dm_list_parse(const void *data, size_t size, bool has_uuids, struct mp_dm_listed **ret,
		     size_t *count)
{
	const size_t header = offsetof(struct dm_name_list, name);
	struct mp_dm_listed *list = NULL, *grown;
	struct dm_name_list entry;
	size_t used = 0, room = 0, at = 0;
	int r = 0;

	/* Without devices the kernel counts nothing of what it writes. */
	do {
		if (!size)
			break;
		if (size - at < header) {
			r = -EBADMSG;
			break;
		}
		memcpy(&entry, (const char *)data + at, header);
		if (used == 0 && !entry.dev)
			break; /* there are none */
		if (used == room) {
			room = room ? room * 2 : 16;
			grown = reallocarray(list, room, sizeof(*list));
			if (!grown) {
				r = -ENOMEM;
				break;
			}
			list = grown;
		}
		list[used] = (struct mp_dm_listed){ 0 };
		r = list_add(&list[used++], data, size, at, has_uuids);
		if (r == 0 && entry.next && (entry.next < header || entry.next > size - at))
			r = -EBADMSG;
		at += entry.next;
	} while (r == 0 && entry.next);
	if (r < 0) {
		mp_dm_list_free(list, used);
		return r;
	}
	*ret = list;
	*count = used;
	return 0;
}

/*
 * libdevmapper does not ask for UUIDs. Return: 0 and the kernel's answer, whole; without devices it
 * is all zeros.
 */
static int list_ioctl(struct dm_ioctl **ret)
{
	_cleanup_close_ int fd = mp_dm_events_open();
	_cleanup_free_ struct dm_ioctl *io = NULL;
	size_t size = LIST_SIZE;

	if (fd < 0)
		return fd;
	do {
		free(io);
		io = calloc(1, size);
		if (!io)
			return -ENOMEM;
		*io = (struct dm_ioctl){
			.version = { 4, 0, 0 },
			.data_size = size,
			.data_start = sizeof(*io),
			.flags = DM_UUID_FLAG,
		};
		if (ioctl(fd, DM_LIST_DEVICES, io) < 0)
			return -errno;
		size *= 4;
	} while (io->flags & DM_BUFFER_FULL_FLAG);
	*ret = TAKE_PTR(io);
	return 0;
}

int mp_dm_list(struct mp_dm_listed **ret, size_t *count)
{
	_cleanup_free_ struct dm_ioctl *io = NULL;
	bool has_uuids;
	int r;

	r = list_ioctl(&io);
	if (r < 0)
		return r;
	if (io->data_start > io->data_size)
		return -EBADMSG;
	/* the first with DM_NAME_LIST_FLAG_HAS_UUID */
	has_uuids = io->version[0] > 4 || io->version[1] >= 45;
	r = mp_dm_list_parse((const char *)io + io->data_start, io->data_size - io->data_start,
			     has_uuids, ret, count);
	for (size_t i = 0; r == 0 && !has_uuids && i < *count; i++) {
		r = read_info(&(*ret)[i]);
		if (r < 0)
			mp_dm_list_free(*ret, *count);
	}
	return r;
}

void mp_dm_list_free(struct mp_dm_listed *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		free(list[i].name);
		free(list[i].uuid);
	}
	free(list);
}
