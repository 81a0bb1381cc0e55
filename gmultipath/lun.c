/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gmultipath/lun.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "base/cleanup.h"
#include "config/geom_notes.h"
#include "gmultipath/engine.h"
#include "kernel/dm.h"
#include "kernel/nvme_id.h"
#include "kernel/probe.h"
#include "kernel/scsi.h"
#include "kernel/sysfs.h"

enum { IDENTIFY_MSEC = 5000 };

/* A partition's disk; any other device itself. */
static dev_t disk_of(dev_t devt)
{
	unsigned disk_major, disk_minor;
	char dir[64], text[32];

	snprintf(dir, sizeof(dir), "/sys/dev/block/%u:%u", major(devt), minor(devt));
	if (mp_sysfs_read(dir, "", "partition", text, sizeof(text)) > 0 &&
	    mp_sysfs_read(dir, "", "../dev", text, sizeof(text)) > 0 &&
	    sscanf(text, "%u:%u", &disk_major, &disk_minor) == 2)
		return makedev(disk_major, disk_minor);
	return devt;
}

static int identify(dev_t devt, struct mp_identity *identity, char *dir, size_t size)
{
	char name[MP_NAME_SIZE];
	int r = mp_probe_locate_devt(&mp_roots_system, devt, name, sizeof(name), dir, size);

	return r < 0 ? r : mp_probe_identity(&mp_roots_system, devt, name, dir, identity, NULL);
}

int lun_scanned(dev_t devt, char *wwid)
{
	char dir[MP_PROBE_DIR_SIZE];
	struct mp_identity identity;
	int r = identify(devt, &identity, dir, sizeof(dir));

	return r < 0 ? r : mp_probe_page_wwid(&mp_roots_system, identity.protocol, dir, wwid);
}

int lun_ask(dev_t devt, const char *known, char *wwid)
{
	const dev_t disk = disk_of(devt);
	char dir[MP_PROBE_DIR_SIZE], scanned[MP_WWID_SIZE];
	struct mp_identity identity;
	_cleanup_close_ int fd = -1;
	int tpg, r = identify(disk, &identity, dir, sizeof(dir));

	if (r < 0)
		return r;
	if (identity.protocol == MP_PROTOCOL_SCSI_USB)
		return -EOPNOTSUPP;
	if (!mp_protocol_is_scsi(identity.protocol)) {
		r = mp_probe_page_wwid(&mp_roots_system, identity.protocol, dir, scanned);
		if (r < 0)
			return r == -ENOENT ? -EOPNOTSUPP : r;
	}
	fd = engine_provider_open(disk, identity.name, O_RDONLY | O_NONBLOCK);
	if (fd < 0)
		return fd;
	if (mp_protocol_is_scsi(identity.protocol))
		return mp_scsi_identify(fd, known, wwid, MP_WWID_SIZE, &tpg, IDENTIFY_MSEC);
	if (mp_protocol_is_nvme(identity.protocol))
		return mp_nvme_identify(fd, scanned, wwid, MP_WWID_SIZE, IDENTIFY_MSEC);
	strcpy(wwid, scanned);
	return 0;
}

static enum mp_proof_verdict judge(int error, const char *told, const char *known)
{
	const struct mp_statement statement = {
		.error = error, .told = told, .known = known, .certain = true
	};

	return mp_proof_judge(&statement);
}

enum mp_proof_verdict lun_judge(dev_t devt, const char *known)
{
	char told[MP_WWID_SIZE];
	int error = *known ? lun_ask(devt, known, told) : -EOPNOTSUPP;

	return error == -EOPNOTSUPP ? MP_PROOF_HOLDS : judge(error, told, known);
}

int lun_check(dev_t devt, char *wwid)
{
	char scanned[MP_WWID_SIZE];
	int r;

	if (lun_scanned(devt, scanned) < 0)
		*scanned = '\0';
	r = lun_ask(devt, scanned, wwid);
	if (r < 0)
		*wwid = '\0';
	if (r == -EOPNOTSUPP || (r == -ENOENT && !*scanned))
		return 0;
	if (r < 0)
		return r == -ENOENT ? -EXDEV : r;
	return *scanned && strcmp(wwid, scanned) ? -EXDEV : 0;
}

const char *lun_strerror(int error)
{
	return error == -EXDEV ? "it leads to another LUN than when it was scanned; rescan it" :
				 "it does not answer INQUIRY, so its LUN cannot be verified";
}

/* "" if nothing is known. */
static void expected_wwid(const struct engine *engine, const struct mp_geom *geom, dev_t devt,
			  char *ret)
{
	const char *uuid = mp_geom_uuid(geom);
	char words[MP_WWID_SIZE + 32];
	int r;

	snprintf(words, sizeof(words), MP_GEOM_NOTE_LUN "%s %u:%u", geom->wwid, major(devt),
		 minor(devt));
	r = uuid ? mp_geom_notes_wwid(&engine->config, uuid, ret, MP_WWID_SIZE) :
		   mp_geom_notes_next(&engine->state, words, ret, MP_WWID_SIZE);
	/* The map was created by a release that recorded no WWID. */
	if (r < 0 && !uuid)
		r = lun_scanned(devt, ret);
	if (r < 0)
		*ret = '\0';
}

/* A LUN exchanged for the map's does not have the map's label. */
static enum mp_proof_verdict prove_by_label(const struct mp_geom *geom,
					    const struct mp_geom_path *path)
{
	_cleanup_close_ int fd = engine_provider_open(path->devt, path->name, O_RDONLY | O_DIRECT);
	struct mp_label_disk disk;
	struct mp_label label;
	int r;

	if (fd < 0)
		return MP_PROOF_MISSING;
	r = mp_label_read(fd, &disk, &label);
	if (r == 0)
		return strcmp(label.uuid, mp_geom_uuid(geom)) ? MP_PROOF_WRONG : MP_PROOF_HOLDS;
	return r == -ENOENT || mp_label_error(r) ? MP_PROOF_WRONG : MP_PROOF_MISSING;
}

enum mp_proof_verdict lun_prove(const struct engine *engine, const struct mp_geom *geom,
				size_t path)
{
	const dev_t devt = geom->paths[path].devt;
	char known[MP_WWID_SIZE], told[MP_WWID_SIZE];
	int error;

	if (geom->paths[path].lost)
		return MP_PROOF_WRONG;
	if (engine_is_silent(engine, devt))
		return MP_PROOF_MISSING;
	expected_wwid(engine, geom, devt, known);
	error = *known ? lun_ask(devt, known, told) : -EOPNOTSUPP;
	if (error != -EOPNOTSUPP)
		return judge(error, told, known);
	return mp_geom_uuid(geom) ? prove_by_label(geom, &geom->paths[path]) : MP_PROOF_HOLDS;
}

int lun_refuse(struct engine *engine, const struct mp_geom *geom, size_t path,
	       enum mp_proof_verdict verdict)
{
	const char *name = geom->paths[path].name;

	if (verdict == MP_PROOF_WRONG)
		return engine_error(engine, -EXDEV, "%s: it leads to another LUN than %s", name,
				    geom->name);
	return engine_error(
		engine, -EIO,
		"%s: it does not answer, so it cannot be verified as a path to the LUN of %s", name,
		geom->name);
}

void lun_withhold(struct engine *engine, const struct mp_geom *old, struct mp_geom *geom)
{
	for (size_t i = 0; i < geom->count; i++) {
		enum mp_proof_verdict verdict;

		if (geom->paths[i].failed || !old->paths[i].failed)
			continue;
		verdict = lun_prove(engine, old, i);
		if (verdict == MP_PROOF_HOLDS)
			continue;
		lun_refuse(engine, old, i, verdict);
		geom->paths[i] = old->paths[i];
	}
	mp_geom_choose_active(geom);
}

/* The range of the LUN that a device covers, in sectors: a partition, or all. */
struct part {
	uint64_t start, end;
};

static struct part part_of(dev_t devt)
{
	uint64_t start, size;
	char dir[64];

	snprintf(dir, sizeof(dir), "/sys/dev/block/%u:%u", major(devt), minor(devt));
	if (mp_sysfs_read_number(dir, "", "start", &start) < 0 ||
	    mp_sysfs_read_number(dir, "", "size", &size) < 0)
		return (struct part){ .end = UINT64_MAX };
	return (struct part){ .start = start, .end = start + size };
}

/* A disk, to look up the WWIDs that it had when it was scanned. */
struct disk {
	enum mp_protocol protocol;
	char dir[MP_PROBE_DIR_SIZE];
};

static bool has_name(const struct disk *disk, const char *wwid)
{
	return *wwid && mp_probe_page_names(&mp_roots_system, disk->protocol, disk->dir, wwid) > 0;
}

static bool uses_disk(const struct engine *engine, const struct mp_geom *geom,
		      const struct disk *disk, struct part part)
{
	char known[MP_WWID_SIZE];

	for (size_t i = 0; i < geom->count; i++) {
		struct part used = part_of(geom->paths[i].devt);

		expected_wwid(engine, geom, geom->paths[i].devt, known);
		if (used.start < part.end && part.start < used.end && has_name(disk, known))
			return true;
	}
	return false;
}

/* Return: its name, borrowed, or NULL */
static const char *find_map(const struct engine *engine, dev_t devt, const struct mp_geom *except)
{
	const struct part part = part_of(devt);
	struct mp_identity identity;
	struct disk disk;

	if (identify(disk_of(devt), &identity, disk.dir, sizeof(disk.dir)) < 0)
		return NULL;
	disk.protocol = identity.protocol;
	for (size_t i = 0; i < engine->count; i++)
		if (&engine->geoms[i] != except &&
		    uses_disk(engine, &engine->geoms[i], &disk, part))
			return engine->geoms[i].name;
	for (size_t i = 0; i < engine->listed_count; i++) {
		const char *owner = mp_dm_wwid(engine->listed[i].uuid);

		if (owner && strlen(owner) < MP_WWID_SIZE && has_name(&disk, owner))
			return engine->listed[i].name;
	}
	return NULL;
}

int lun_check_unused(struct engine *engine, const struct provider *provider,
		     const struct mp_geom *joins)
{
	const char *map = find_map(engine, provider->devt, joins);

	return map ? engine_error(
			     engine, -EBUSY,
			     "%s: it leads to the LUN of %s; expected a disk that no other map uses",
			     provider->name, map) :
		     0;
}

int lun_note(struct engine *engine, const char *map_wwid, dev_t devt, const char *wwid)
{
	_cleanup_strbuf_ struct mp_strbuf line = MP_STRBUF_INIT;
	int r;

	mp_strbuf_printf(&line, MP_GEOM_NOTE_LUN "%s %u:%u", map_wwid, major(devt), minor(devt));
	if (line.error)
		return line.error;
	r = engine_note(engine, false, false, "%s", mp_strbuf_text(&line));
	if (r < 0 || !*wwid)
		return r;
	mp_strbuf_putc(&line, ' ');
	mp_geom_notes_put_word(&line, wwid);
	return line.error ? line.error :
			    engine_note(engine, false, true, "%s", mp_strbuf_text(&line));
}
