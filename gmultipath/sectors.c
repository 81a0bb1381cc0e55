/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gmultipath/sectors.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "base/cleanup.h"
#include "config/geom_notes.h"
#include "gmultipath/lun.h"
#include "gmultipath/taste.h"

const char *sectors_strerror(int error)
{
	switch (error) {
	case -ESTALE:
		return "its content changed in the meantime";
	case -EXDEV:
		return "it leads to another LUN than before; rescan it";
	default:
		return strerror(-error);
	}
}

static int check_size(int fd, const struct mp_label_disk *expected)
{
	struct mp_label_disk disk;
	int r = mp_label_ask_size(fd, &disk);

	if (r < 0)
		return r;
	return disk.media_bytes == expected->media_bytes &&
			       disk.sector_bytes == expected->sector_bytes ?
		       0 :
		       -ESTALE;
}

int sectors_read(const struct provider *provider, uint8_t **ret)
{
	_cleanup_close_ int fd =
		engine_provider_open(provider->devt, provider->name, O_RDONLY | O_DIRECT);
	int r = fd < 0 ? fd : check_size(fd, &provider->disk);

	return r < 0 ? r : mp_label_read_sector(fd, &provider->disk, ret);
}

/*
 * sysfs and udev show what the LUN was when it was scanned, so query it. Return: 0, -EXDEV, -EIO if
 * it does not answer.
 */
static int check_lun(dev_t devt, const char *wwid)
{
	switch (lun_judge(devt, wwid)) {
	case MP_PROOF_WRONG:
		return -EXDEV;
	case MP_PROOF_MISSING:
		return -EIO;
	case MP_PROOF_HOLDS:
		break;
	}
	return 0;
}

/*
 * True if the device is read-only because of `exclusive yes`, which does not apply to gmultipath's
 * own sector. Any other write protection is respected.
 */
static bool is_held(struct engine *engine, int fd, dev_t devt)
{
	int read_only = 0;

	return ioctl(fd, BLKROGET, &read_only) == 0 && read_only && engine_is_exclusive(engine) &&
	       engine_find_member(engine, devt);
}

int sectors_replace(struct engine *engine, const struct provider *provider, const char *wwid,
		    const uint8_t *expected, const uint8_t *wanted)
{
	_cleanup_close_ int fd =
		engine_provider_open(provider->devt, provider->name, O_RDWR | O_DIRECT);
	int on = 1, off = 0, r = fd < 0 ? fd : check_size(fd, &provider->disk);
	bool held;

	if (r < 0)
		return r;
	held = is_held(engine, fd, provider->devt);
	if (held && ioctl(fd, BLKROSET, &off) < 0)
		return -errno;
	r = check_lun(provider->devt, wwid);
	if (r == 0)
		r = mp_label_replace(fd, &provider->disk, expected, wanted);
	if (held)
		ioctl(fd, BLKROSET, &on);
	return r;
}

/* A map's label as read through one path. */
struct place {
	struct provider provider;
	struct mp_label label;
	uint8_t *sector;
};

static void place_fini(struct place *place)
{
	free(place->sector);
}

static void say_path(struct mp_strbuf *why, const struct mp_geom_path *path, const char *text)
{
	mp_strbuf_printf(why, "%s%s: %s", why->length ? "; " : "", path->name, text);
}

/*
 * The WWID that a path must report: the one recorded for the label, else the one that it had when
 * it was scanned.
 */
static void expect_wwid(const struct provider *provider, const char *wwid, char *ret, size_t size)
{
	if (*wwid)
		snprintf(ret, size, "%s", wwid);
	else
		taste_wwid(provider->devt, ret, size);
}

/* Read the label through one path. Return: 0, negative errno (added to @why). */
static int read_place(struct engine *engine, const struct mp_geom *geom,
		      const struct mp_geom_path *path, const char *wwid, struct place *ret,
		      struct mp_strbuf *why)
{
	struct provider provider = { .devt = path->devt };
	_cleanup_close_ int fd = engine_provider_open(path->devt, path->name, O_RDONLY | O_DIRECT);
	_cleanup_free_ uint8_t *sector = NULL;
	int read_only = 0, r = fd < 0 ? fd : mp_label_ask_size(fd, &provider.disk);
	char expected[MP_WWID_SIZE];
	struct mp_label label;
	const char *what;

	memcpy(provider.name, path->name, sizeof(provider.name));
	if (r == 0)
		r = mp_label_read_sector(fd, &provider.disk, &sector);
	if (r < 0) {
		say_path(why, path, strerror(-r));
		return r;
	}
	r = mp_label_decode(sector, provider.disk.sector_bytes, provider.disk.media_bytes, &label);
	if (r < 0 || strcmp(label.uuid, mp_geom_uuid(geom))) {
		what = mp_label_describe_sector(sector, provider.disk.sector_bytes);
		say_path(why, path, r == 0 ? "the label of another map" : what ? what : "no label");
		return r < 0 ? r : -EXDEV;
	}
	expect_wwid(&provider, wwid, expected, sizeof(expected));
	r = check_lun(path->devt, expected);
	if (r == 0 && ioctl(fd, BLKROGET, &read_only) == 0 && read_only &&
	    !is_held(engine, fd, path->devt))
		r = -EROFS;
	if (r < 0) {
		say_path(why, path, sectors_strerror(r));
		return r;
	}
	*ret = (struct place){ .provider = provider, .label = label, .sector = TAKE_PTR(sector) };
	return 0;
}

/*
 * Encode the sector with the changed label; its name is not validated. Return: 0, -EINVAL,
 * -ENOMEM.
 */
static int make_sector(const struct place *place, const struct mp_label *label, uint8_t **ret)
{
	size_t size = place->provider.disk.sector_bytes;
	_cleanup_free_ uint8_t *sector = calloc(1, size);
	int r = sector ? 0 : -ENOMEM;

	if (r == 0 && label) {
		struct mp_label sized = *label;

		sized.media_bytes = place->provider.disk.media_bytes;
		sized.sector_bytes = size;
		r = mp_label_encode(&sized, sector, size);
	}
	if (r == 0)
		*ret = TAKE_PTR(sector);
	return r;
}

static int write_place(struct engine *engine, const struct place *place,
		       const struct mp_label *label, const char *wwid)
{
	_cleanup_free_ uint8_t *sector = NULL;
	char expected[MP_WWID_SIZE];
	int r = make_sector(place, label, &sector);

	if (r < 0 || !memcmp(sector, place->sector, place->provider.disk.sector_bytes))
		return r;
	expect_wwid(&place->provider, wwid, expected, sizeof(expected));
	return sectors_replace(engine, &place->provider, expected, place->sector, sector);
}

struct change {
	const struct mp_label *label; /* NULL: erased */
};

/*
 * Try the paths in turn, good ones first, until one works: they lead to one disk. Without @change,
 * only read.
 */
static int try_paths(struct engine *engine, const struct mp_geom *geom, const char *wwid,
		     const struct change *change, struct mp_label *found, struct mp_strbuf *why)
{
	int r = -ENODEV;

	for (int only_good = 1; only_good >= 0; only_good--)
		for (size_t i = 0; i < geom->count; i++) {
			_cleanup_(place_fini) struct place place = { .sector = NULL };

			if (geom->paths[i].lost || mp_geom_is_good(geom, i) != (bool)only_good)
				continue;
			if (engine_is_silent(engine, geom->paths[i].devt)) {
				say_path(why, &geom->paths[i], "it does not answer");
				continue;
			}
			r = read_place(engine, geom, &geom->paths[i], wwid, &place, why);
			if (r < 0)
				continue;
			if (found)
				*found = place.label;
			r = change ? write_place(engine, &place, change->label, wwid) : 0;
			if (r == 0)
				return 0;
			say_path(why, &geom->paths[i], sectors_strerror(r));
		}
	return r;
}

int sectors_read_label(struct engine *engine, const struct mp_geom *geom, const char *wwid,
		       struct mp_label *ret)
{
	_cleanup_strbuf_ struct mp_strbuf why = MP_STRBUF_INIT;
	int r = try_paths(engine, geom, wwid, NULL, ret, &why);

	return r < 0 ? engine_error(engine, r, "%s: no path shows its label (%s)", geom->name,
				    mp_strbuf_text(&why)) :
		       0;
}

int sectors_write_label(struct engine *engine, const struct mp_geom *geom,
			const struct mp_label *label, const char *wwid)
{
	_cleanup_strbuf_ struct mp_strbuf why = MP_STRBUF_INIT;
	const struct change change = { .label = label };
	int r = try_paths(engine, geom, wwid, &change, NULL, &why);

	return r < 0 ? engine_error(engine, r, "%s: label not %s (%s)", geom->name,
				    label ? "written" : "erased", mp_strbuf_text(&why)) :
		       0;
}

static int complete(struct engine *engine, const struct mp_geom *geom)
{
	_cleanup_strbuf_ struct mp_strbuf why = MP_STRBUF_INIT;
	struct mp_label label;
	int r = try_paths(engine, geom, "", NULL, &label, &why);

	for (size_t i = 0; i < geom->count; i++)
		engine_hold(engine, geom->paths[i].devt, true);
	if (r < 0 || label.mode == geom->mode)
		return r;
	label.mode = geom->mode;
	return sectors_write_label(engine, geom, &label, "");
}

void sectors_complete_labels(struct engine *engine)
{
	for (size_t i = 0; i < engine->count; i++) {
		const struct mp_geom *geom = &engine->geoms[i];
		char words[MP_WWID_SIZE + 16];

		snprintf(words, sizeof(words), SECTORS_CONFIGURING "%s", geom->wwid);
		if (mp_geom_uuid(geom) && mp_geom_notes_has(&engine->state, words) &&
		    complete(engine, geom) == 0)
			engine_note(engine, false, false, "%s", words);
	}
}
