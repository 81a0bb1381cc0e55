/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gmultipath/path_verbs.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "base/cleanup.h"
#include "gmultipath/call.h"
#include "gmultipath/changes.h"
#include "gmultipath/engine.h"
#include "gmultipath/lun.h"
#include "gmultipath/sectors.h"
#include "gmultipath/taste.h"

/*
 * Is the device a path to the disk of an automatic map? -f skips the check of the label, never that
 * of the WWID.
 */
static int check_joining(struct call *call, const struct mp_geom *geom,
			 const struct provider *provider)
{
	struct mp_label label;
	int r = engine_read_label(provider, &label);

	if (!call_has_flag(call, 'f') && (r < 0 || strcmp(label.uuid, mp_geom_uuid(geom))))
		return engine_error(
			call->engine, -EXDEV,
			"%s: it does not show the label of %s: it is another disk (if you are sure that it is "
			"the same one, -f adds it)",
			provider->name, geom->name);
	if (!taste_is_disk_of(call->engine, geom, provider->devt))
		return engine_error(call->engine, -EXDEV,
				    "%s: its WWID is not that of %s: it is another disk, or a copy",
				    provider->name, geom->name);
	return 0;
}

int path_verb_add(struct call *call)
{
	struct engine *engine = call->engine;
	struct provider provider;
	struct mp_geom *geom;
	char wwid[MP_WWID_SIZE];
	uint64_t sectors;
	int r = call_find_geom(call, &geom);

	if (r == 0)
		r = engine_provider(engine, call->arguments[1], &provider);
	if (r == 0)
		r = engine_check_unused(engine, &provider);
	if (r == 0)
		r = lun_check_unused(engine, &provider, geom);
	if (r < 0)
		return r;
	sectors = provider.disk.media_bytes / 512 -
		  (mp_geom_uuid(geom) ? provider.disk.sector_bytes / 512 : 0);
	if (sectors != geom->size_sectors)
		return engine_error(engine, -EINVAL,
				    "%s: it has %llu sectors of 512 bytes, expected %llu",
				    provider.name, (unsigned long long)sectors,
				    (unsigned long long)geom->size_sectors);
	r = lun_check(provider.devt, wwid);
	if (r < 0)
		return engine_error(engine, r, "%s: %s", provider.name, lun_strerror(r));
	r = mp_geom_uuid(geom) ? check_joining(call, geom, &provider) :
				 lun_note(engine, geom->wwid, provider.devt, wwid);
	if (r < 0)
		return r;
	r = taste_join(engine, geom, &provider);
	if (r < 0)
		lun_note(engine, geom->wwid, provider.devt, "");
	if (r == 0 && mp_geom_uuid(geom))
		engine_note(engine, false, false, "apart %s %u:%u", mp_geom_uuid(geom),
			    major(provider.devt), minor(provider.devt));
	if (r == 0)
		call_verbose(call, "%s: %s added", geom->name, provider.name);
	return r;
}

int path_verb_remove(struct call *call)
{
	const char *uuid;
	struct mp_geom *geom;
	size_t path;
	int r = call_find_path(call, &geom, &path);

	if (r < 0)
		return r;
	uuid = mp_geom_uuid(geom);
	if (uuid)
		r = engine_note(call->engine, false, true, "apart %s %u:%u", uuid,
				major(geom->paths[path].devt), minor(geom->paths[path].devt));
	if (r == 0)
		r = taste_leave(call->engine, geom, path);
	if (r < 0 && uuid)
		engine_note(call->engine, false, false, "apart %s %u:%u", uuid,
			    major(geom->paths[path].devt), minor(geom->paths[path].devt));
	if (r == 0)
		call_verbose(call,
			     geom->count == 1 ? "%s: %s removed, with it the map (last path)" :
						"%s: %s removed",
			     geom->name, geom->paths[path].name);
	return r;
}

static int change_states(struct call *call, const struct mp_geom *geom,
			 const struct mp_geom *changed, const char *what, size_t path)
{
	int r = changes_apply_states(call->engine, geom, changed);

	if (r == 0)
		call_verbose(call, "%s: %s %s", geom->name, geom->paths[path].name, what);
	return r;
}

/* The administrator did not ask for it, and may have had a reason to fail them. */
static void warn_restored(const struct call *call, const struct mp_geom *before,
			  const struct mp_geom *after, size_t failed)
{
	_cleanup_strbuf_ struct mp_strbuf names = MP_STRBUF_INIT;

	for (size_t i = 0; i < before->count; i++)
		if (i != failed && before->paths[i].failed && !after->paths[i].failed)
			mp_strbuf_printf(&names, " %s", before->paths[i].name);
	if (names.length)
		engine_error(call->engine, 0,
			     "warning: %s was the last good path of %s: restored instead:%s",
			     before->paths[failed].name, before->name, mp_strbuf_text(&names));
}

int path_verb_fail(struct call *call)
{
	struct mp_geom *geom, before, changed;
	size_t path;
	bool done;
	int r = call_find_path(call, &geom, &path);

	if (r < 0)
		return r;
	changed = *geom;
	done = mp_geom_fail(&changed, path);
	lun_withhold(call->engine, geom, &changed);
	if (!done || (mp_geom_is_good(geom, path) && !mp_geom_good_count(&changed))) {
		engine_error(call->engine, 0, "warning: %s is the only good path of %s: not failed",
			     geom->paths[path].name, geom->name);
		return 0;
	}
	before = *geom;
	r = change_states(call, geom, &changed, "marked FAIL", path);
	if (r >= 0)
		warn_restored(call, &before, &changed, path);
	return r;
}

int path_verb_restore(struct call *call)
{
	struct mp_geom *geom, changed;
	enum mp_proof_verdict verdict;
	size_t path;
	int r = call_find_path(call, &geom, &path);

	if (r < 0)
		return r;
	if (geom->paths[path].lost)
		return engine_error(call->engine, -ENODEV,
				    "%s: the device is gone or leads to another LUN, it cannot be "
				    "restored",
				    geom->paths[path].name);
	verdict = lun_prove(call->engine, geom, path);
	if (verdict != MP_PROOF_HOLDS)
		return lun_refuse(call->engine, geom, path, verdict);
	changed = *geom;
	changed.paths[path].failed = changed.paths[path].by_hand = false;
	mp_geom_choose_active(&changed);
	/* In Active/Read it may be failed for reads only. */
	geom->paths[path].failed = true;
	return change_states(call, geom, &changed, "restored", path);
}

static int need_active(struct call *call, const struct mp_geom *geom)
{
	if (geom->mode != MP_GEOM_ACTIVE_ACTIVE)
		return 0;
	return engine_error(
		call->engine, -EOPNOTSUPP,
		"%s: all paths are active in Active/Active; expected Active/Passive or Active/Read",
		geom->name);
}

int path_verb_rotate(struct call *call)
{
	struct mp_geom *geom, changed;
	int r = call_find_geom(call, &geom);

	if (r == 0)
		r = need_active(call, geom);
	if (r < 0)
		return r;
	changed = *geom;
	changed.active = geom->active < geom->count ? mp_geom_next(geom, geom->active) :
						      geom->count;
	if (changed.active == geom->count)
		return engine_error(call->engine, -ENODEV, "%s: no good path", geom->name);
	return change_states(call, geom, &changed, "is active", changed.active);
}

int path_verb_prefer(struct call *call)
{
	struct mp_geom *geom, changed;
	size_t path;
	int r = call_find_path(call, &geom, &path);

	if (r == 0)
		r = need_active(call, geom);
	if (r < 0)
		return r;
	if (!mp_geom_is_good(geom, path))
		return engine_error(call->engine, -EINVAL,
				    "%s: it is %s; expected a good path (`gmultipath restore`)",
				    geom->paths[path].name, mp_geom_path_state(geom, path));
	changed = *geom;
	changed.active = path;
	return change_states(call, geom, &changed, "is active", path);
}

int path_verb_getactive(struct call *call)
{
	struct mp_strbuf *out = &call->engine->out;
	struct mp_geom *geom;
	int r = call_find_geom(call, &geom);

	if (r < 0)
		return r;
	for (size_t i = 0; i < geom->count; i++)
		if (!strcmp(mp_geom_path_state(geom, i), "ACTIVE"))
			mp_strbuf_printf(out, "%s%s", out->length ? " " : "", geom->paths[i].name);
	mp_strbuf_puts(out, out->length ? "\n" : "none\n");
	return 0;
}
