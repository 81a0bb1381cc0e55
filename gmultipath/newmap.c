/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gmultipath/newmap.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/cleanup.h"
#include "gmultipath/call.h"
#include "gmultipath/changes.h"
#include "gmultipath/engine.h"
#include "gmultipath/lun.h"

int newmap_make_uuid(char *text, size_t size)
{
	uint8_t b[16];

	if (getrandom(b, sizeof(b), 0) != sizeof(b))
		return -EIO;
	b[6] = (b[6] & 0x0f) | 0x40; /* RFC 9562, version 4 */
	b[8] = (b[8] & 0x3f) | 0x80;
	snprintf(text, size, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x",
		 b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12],
		 b[13], b[14], b[15]);
	return 0;
}

int newmap_check_name(struct call *call, const char *name)
{
	if (!mp_label_name_is_valid(name))
		return engine_error(
			call->engine, -EINVAL,
			"%s: expected a name of 1 to %d bytes: printable ASCII without blanks, slashes, backslashes, "
			"or a leading dot",
			name, MP_LABEL_NAME_SIZE - 1);
	if (!engine_name_is_free(call->engine, name))
		return engine_error(call->engine, -EEXIST,
				    "%s: the name is already used by a device-mapper device", name);
	return 0;
}

static int newmap_check_provider(struct call *call, const struct provider *provider,
				 const struct provider *first)
{
	int r;

	if (provider != first && provider->devt == first->devt)
		return engine_error(call->engine, -EINVAL, "%s is named twice", provider->name);
	if (provider->disk.sector_bytes != first->disk.sector_bytes ||
	    provider->disk.media_bytes != first->disk.media_bytes)
		return engine_error(
			call->engine, -EINVAL,
			"%s has %llu bytes in sectors of %u, %s has %llu in sectors of %u: expected the same",
			provider->name, (unsigned long long)provider->disk.media_bytes,
			provider->disk.sector_bytes, first->name,
			(unsigned long long)first->disk.media_bytes, first->disk.sector_bytes);
	r = engine_check_unused(call->engine, provider);
	return r < 0 ? r : lun_check_unused(call->engine, provider, NULL);
}

/* Return: how many, negative errno */
int newmap_take_providers(struct call *call, const char *const *names, size_t count,
			  struct provider **ret)
{
	_cleanup_free_ struct provider *providers = calloc(count + 1, sizeof(*providers));
	int r;

	if (!providers)
		return -ENOMEM;
	if (count > MP_GEOM_PATHS)
		return engine_error(call->engine, -E2BIG, "expected at most %d devices",
				    MP_GEOM_PATHS);
	for (size_t i = 0; i < count; i++) {
		r = engine_provider(call->engine, names[i], &providers[i]);
		if (r == 0)
			r = newmap_check_provider(call, &providers[i], &providers[0]);
		for (size_t k = 1; r == 0 && k < i; k++)
			if (providers[k].devt == providers[i].devt)
				r = engine_error(call->engine, -EINVAL, "%s is named twice",
						 providers[i].name);
		if (r < 0)
			return r;
	}
	*ret = TAKE_PTR(providers);
	return count;
}

void newmap_add_path(struct mp_geom *geom, const struct provider *provider)
{
	struct mp_geom_path *path = &geom->paths[geom->count++];

	path->devt = provider->devt;
	memcpy(path->name, provider->name, sizeof(path->name));
}

int newmap_create(struct call *call, struct mp_geom *geom)
{
	int r = changes_create(call->engine, geom);

	if (r == 0)
		call_verbose(call, "%s: created, %s, %zu path%s", geom->name,
			     mp_geom_mode_name(geom->mode), geom->count,
			     geom->count == 1 ? "" : "s");
	return r;
}

/*
 * That they lead to one LUN is the administrator's word. Record the WWID of each, which must not
 * change.
 */
int newmap_note_luns(struct call *call, const struct mp_geom *geom)
{
	char wwid[MP_WWID_SIZE];
	int r = 0;

	for (size_t i = 0; r == 0 && i < geom->count; i++) {
		r = lun_check(geom->paths[i].devt, wwid);
		if (r < 0)
			return engine_error(call->engine, r, "%s: %s", geom->paths[i].name,
					    lun_strerror(r));
		r = lun_note(call->engine, geom->wwid, geom->paths[i].devt, wwid);
	}
	return r;
}
