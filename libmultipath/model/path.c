/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/path.h"

#include <assert.h>
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

/* The texts that an identity borrows. */
static const size_t text_offsets[] = {
	offsetof(struct mp_identity, serial),	   offsetof(struct mp_identity, vpd_data),
	offsetof(struct mp_identity, host_wwnn),   offsetof(struct mp_identity, host_wwpn),
	offsetof(struct mp_identity, target_wwnn), offsetof(struct mp_identity, target_wwpn),
	offsetof(struct mp_identity, adapter),
};

static const char **text_at(struct mp_identity *identity, size_t i)
{
	return (const char **)((char *)identity + text_offsets[i]);
}

static const char *text_of(const struct mp_identity *identity, size_t i)
{
	const char *text = *(const char *const *)((const char *)identity + text_offsets[i]);

	return text ? text : "";
}

void mp_path_identity_forget_texts(struct mp_identity *identity)
{
	for (size_t i = 0; i < ARRAY_SIZE(text_offsets); i++)
		*text_at(identity, i) = "";
}

/* Bytes that the texts take; "" takes none. */
static size_t texts_size(const struct mp_identity *identity)
{
	size_t size = 0;

	for (size_t i = 0; i < ARRAY_SIZE(text_offsets); i++)
		size += *text_of(identity, i) ? strlen(text_of(identity, i)) + 1 : 0;
	return size;
}

/* @room:	of texts_size() */
static void copy_with_texts(struct mp_identity *to, const struct mp_identity *from, char *room)
{
	struct mp_identity copy = *from;

	for (size_t i = 0; i < ARRAY_SIZE(text_offsets); i++) {
		const char *text = text_of(from, i);

		*text_at(&copy, i) = *text ? room : "";
		if (*text)
			room = stpcpy(room, text) + 1;
	}
	*to = copy;
}

struct mp_identity *mp_path_identity_clone(const struct mp_identity *identity)
{
	struct mp_identity *clone = malloc(sizeof(*clone) + texts_size(identity));

	if (clone)
		copy_with_texts(clone, identity, (char *)(clone + 1));
	return clone;
}

int mp_path_set_identity(struct mp_path *path, const struct mp_identity *identity)
{
	size_t size = texts_size(identity);
	char *texts = size ? malloc(size) : NULL;

	if (size && !texts)
		return -ENOMEM;
	copy_with_texts(&path->identity, identity, texts);
	free(path->texts);
	path->texts = texts;
	return 0;
}

int mp_path_init(struct mp_path *path, uint64_t id, const struct mp_identity *identity)
{
	*path = (struct mp_path){
		.id = id,
		.state = MP_PATH_UNCHECKED,
		.priority = MP_PRIORITY_UNDEF,
		.epoch = 1,
	};
	CDS_INIT_LIST_HEAD(&path->in_map);
	CDS_INIT_LIST_HEAD(&path->in_all);
	return mp_path_set_identity(path, identity);
}

void mp_path_fini(struct mp_path *path)
{
	assert(!path->map);
	cds_list_del_init(&path->in_all);
	free(path->texts);
	path->texts = NULL;
}

int mp_path_set_state(struct mp_path *path, enum mp_path_state state)
{
	if (path->state == state)
		return 0;
	path->state = state;
	return 1;
}
