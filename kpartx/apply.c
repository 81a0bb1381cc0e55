/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kpartx/apply.h"

#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "base/cleanup.h"
#include "kernel/dm.h"
#include "kernel/dm_list.h"

enum { OTHERS_LOOK_MSEC = 20, OTHERS_LOOKS = 100 };

void apply_existing_fini(struct existing *existing)
{
	for (size_t i = 0; i < existing->count; i++)
		mp_linear_fini(&existing->items[i]);
	free(existing->items);
	*existing = (struct existing){ 0 };
}

static void dir_closep(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

static int compare_minors(const void *a, const void *b)
{
	unsigned x = *(const unsigned *)a, y = *(const unsigned *)b;

	return x < y ? -1 : x > y;
}

/* Minor numbers of the dm devices that stand on the disk, sorted. */
static int read_holders(dev_t devt, unsigned **ret, size_t *count)
{
	_cleanup_(dir_closep) DIR *dir = NULL;
	_cleanup_free_ unsigned *minors = NULL;
	struct dirent *entry;
	char name[64];
	unsigned min;
	size_t used = 0;

	snprintf(name, sizeof(name), "/sys/dev/block/%u:%u/holders", major(devt), minor(devt));
	dir = opendir(name);
	while (dir && (entry = readdir(dir))) {
		unsigned *more;

		if (sscanf(entry->d_name, "dm-%u", &min) != 1)
			continue;
		more = realloc(minors, (used + 1) * sizeof(*minors));
		if (!more)
			return -ENOMEM;
		minors = more;
		minors[used++] = min;
	}
	if (used)
		qsort(minors, used, sizeof(*minors), compare_minors);
	*ret = TAKE_PTR(minors);
	*count = used;
	return 0;
}

struct listed {
	struct mp_dm_listed *items;
	size_t count;
};

static void listed_fini(struct listed *listed)
{
	mp_dm_list_free(listed->items, listed->count);
}

static bool has_minor(const unsigned *minors, size_t count, dev_t devt)
{
	unsigned min = minor(devt);

	return count && bsearch(&min, minors, count, sizeof(*minors), compare_minors);
}

int apply_existing_read(const struct disk *disk, bool all_on_disk, struct existing *ret)
{
	_cleanup_(listed_fini) struct listed listed = { 0 };
	_cleanup_(apply_existing_fini) struct existing existing = { 0 };
	_cleanup_free_ unsigned *holders = NULL;
	size_t holder_count = 0;
	int r;

	r = mp_dm_list(&listed.items, &listed.count);
	if (r == 0 && all_on_disk)
		r = read_holders(disk->devt, &holders, &holder_count);
	if (r < 0)
		return r;
	existing.items = calloc(listed.count + 1, sizeof(*existing.items));
	if (!existing.items)
		return -ENOMEM;

	for (size_t i = 0; i < listed.count; i++) {
		struct mp_dm_listed *item = &listed.items[i];
		struct mp_linear *device = &existing.items[existing.count];

		if (mapping_number(item->uuid, disk->uuid) ||
		    has_minor(holders, holder_count, item->devt)) {
			r = mp_linear_read(item->devt, device);
			if (r == -ENODEV)
				continue; /* gone meanwhile */
			if (r < 0)
				return r;
		} else {
			*device = (struct mp_linear){
				.name = TAKE_PTR(item->name),
				.uuid = TAKE_PTR(item->uuid),
				.devt = item->devt,
			};
		}
		existing.count++;
	}
	*ret = existing;
	existing = (struct existing){ 0 };
	return 0;
}

/*
 * udev's kpartx and the administrator's may be at work at the same time: what the other one makes
 * is as good.
 */
static int create(const struct mp_linear_spec *spec, dev_t *devt)
{
	int r = mp_linear_create(spec, devt);

	for (int i = 0; r < 0 && i < OTHERS_LOOKS; i++) {
		_cleanup_(mp_linear_fini) struct mp_linear other = { 0 };

		if (mp_linear_read_uuid(spec->uuid, &other) < 0)
			break;
		*devt = other.devt;
		if (other.is_linear && other.on == spec->on &&
		    other.start_sectors == spec->start_sectors &&
		    other.size_sectors == spec->size_sectors && other.read_only == spec->read_only)
			return 0;
		poll(NULL, 0, OTHERS_LOOK_MSEC);
	}
	return r;
}

static int make(const struct disk *disk, const struct mapping_step *step, dev_t *devt)
{
	const struct mp_linear_spec spec = {
		.name = step->name,
		.uuid = step->uuid,
		.on = disk->devt,
		.start_sectors = step->partition->start_sectors,
		.size_sectors = step->partition->size_sectors,
		.read_only = step->read_only,
		.mode = disk->mode,
		.uid = disk->uid,
		.gid = disk->gid,
	};
	int r = 0;

	if (step->kind == MAPPING_CREATE)
		return create(&spec, devt);
	*devt = step->existing->devt;
	if (step->kind == MAPPING_RELOAD)
		r = mp_linear_reload(&spec);
	if (r == 0 && step->existing->deferred)
		r = mp_dm_message_device(step->uuid, "@cancel_deferred_remove");
	return r;
}

static int have(const struct disk *disk, const struct mapping_step *step, bool verbose)
{
	const struct partition *partition = step->partition;
	dev_t devt = 0;
	int r = make(disk, step, &devt);

	if (r < 0) {
		fprintf(stderr, "create/reload failed on %s: %s\n", step->name, strerror(-r));
		return r;
	}
	if (verbose)
		printf("add map %s (%u:%u): 0 %llu linear %u:%u %llu\n", step->name, major(devt),
		       minor(devt), (unsigned long long)partition->size_sectors, major(disk->devt),
		       minor(disk->devt), (unsigned long long)partition->start_sectors);
	return 0;
}

static bool has_name(const struct mapping_step *step)
{
	_cleanup_(mp_linear_fini) struct mp_linear now = { 0 };

	return mp_linear_read_uuid(step->uuid, &now) == 0 && !strcmp(now.name, step->name);
}

static int rename_mapping(const struct mapping_step *step, bool verbose)
{
	int r;

	if (verbose)
		fprintf(stderr, "found map %s for uuid %s, renaming to %s\n", step->existing->name,
			step->uuid, step->name);
	r = mp_linear_rename(step->existing->name, step->name);
	if (r < 0 && has_name(step))
		return 0; /* another process was faster */
	if (r < 0)
		fprintf(stderr, "cannot rename %s to %s: %s\n", step->existing->name, step->name,
			strerror(-r));
	return r;
}

static int remove_mapping(const struct mapping_step *step, bool verbose)
{
	int r = mp_linear_remove(step->name, step->existing->uuid);

	if (r == -ENODEV)
		return 0; /* another process was faster */
	if (r < 0)
		fprintf(stderr, "failed to remove %s: %s\n", step->name, strerror(-r));
	else if (verbose)
		printf("del devmap : %s\n", step->name);
	return r;
}

static int refuse(const struct mapping_step *step, bool verbose)
{
	if (step->partition && !step->busy)
		fprintf(stderr, step->existing ? "%s is already in use, and %s\n" : "%s: %s\n",
			step->name, step->reason);
	else if (step->partition)
		fprintf(stderr, "%s %s, but is in use: left as it is\n", step->name, step->reason);
	else if (verbose)
		printf("%s is in use. Not removing\n", step->name);
	return -EBUSY;
}

static int apply_step(const struct disk *disk, const struct mapping_step *step, bool verbose)
{
	switch (step->kind) {
	case MAPPING_CREATE:
	case MAPPING_RELOAD:
	case MAPPING_KEEP:
	case MAPPING_RETAIN:
		return have(disk, step, verbose);
	case MAPPING_RENAME:
		return rename_mapping(step, verbose);
	case MAPPING_REMOVE:
		return remove_mapping(step, verbose);
	case MAPPING_REFUSE:
		return refuse(step, verbose);
	case MAPPING_IGNORE:
		if (verbose)
			printf("%s: is not a kpartx partition. Not removing\n", step->name);
		return 0;
	}
	return 0;
}

unsigned apply_plan(const struct disk *disk, const struct mapping_plan *plan, bool verbose)
{
	unsigned failed = 0;

	for (size_t i = 0; i < plan->count; i++)
		failed += apply_step(disk, &plan->steps[i], verbose) < 0;
	return failed;
}
