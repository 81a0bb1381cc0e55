/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kpartx/mappings.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "base/cleanup.h"

void mapping_plan_fini(struct mapping_plan *plan)
{
	free(plan->steps);
	*plan = (struct mapping_plan){ 0 };
}

int mapping_name(const struct mappings_disk *disk, unsigned number, char *ret, size_t size)
{
	const char *delimiter = disk->delimiter;
	size_t length = strlen(disk->name);
	int used;

	if (!delimiter)
		delimiter = length && isdigit((unsigned char)disk->name[length - 1]) ? "p" : "";
	used = snprintf(ret, size, "%s%s%u", disk->name, delimiter, number);
	return used >= 0 && (size_t)used < size ? 0 : -ENAMETOOLONG;
}

int mappings_disk_uuid(const char *dm_uuid, dev_t devt, char *ret, size_t size)
{
	int used;

	if (*dm_uuid)
		used = snprintf(ret, size, "%s", dm_uuid);
	else
		used = snprintf(ret, size, "devnode_%u:%u_Wh5pYvM", major(devt), minor(devt));
	return used >= 0 && (size_t)used < size ? 0 : -ENAMETOOLONG;
}

unsigned mapping_number(const char *uuid, const char *disk_uuid)
{
	unsigned number = 0;

	if (strncmp(uuid, "part", 4) || uuid[4] < '1' || uuid[4] > '9')
		return 0;
	for (uuid += 4; isdigit((unsigned char)*uuid); uuid++) {
		if (number > 99999)
			return 0;
		number = 10 * number + (*uuid - '0');
	}
	return *uuid == '-' && !strcmp(uuid + 1, disk_uuid) ? number : 0;
}

/* What is planned with. */
struct run {
	enum mappings_mode mode;
	const struct mappings_disk *disk;
	const struct mp_linear *existing;
	size_t existing_count;
	struct mapping_plan plan;
	size_t allocated;
	const struct mp_linear *of_number[PARTITION_LAST + 1]; /* by UUID */
	bool wanted[PARTITION_LAST + 1];
};

static struct mapping_step *add_step(struct run *run, enum mapping_step_kind kind,
				     const char *reason)
{
	struct mapping_step *step;

	if (run->plan.count == run->allocated) {
		size_t more = run->allocated ? 2 * run->allocated : 32;

		step = realloc(run->plan.steps, more * sizeof(*step));
		if (!step)
			return NULL;
		run->plan.steps = step;
		run->allocated = more;
	}
	step = &run->plan.steps[run->plan.count++];
	*step = (struct mapping_step){ .kind = kind, .reason = reason };
	return step;
}

/* A step about a device that exists, and is no wanted partition. */
static int add_existing(struct run *run, enum mapping_step_kind kind,
			const struct mp_linear *existing, const char *reason)
{
	struct mapping_step *step = add_step(run, kind, reason);

	if (!step)
		return -ENOMEM;
	step->existing = existing;
	step->busy = kind == MAPPING_REFUSE;
	snprintf(step->name, sizeof(step->name), "%s", existing->name);
	snprintf(step->uuid, sizeof(step->uuid), "%s", existing->uuid);
	return 0;
}

static const struct mp_linear *find_name(const struct run *run, const char *name)
{
	for (size_t i = 0; i < run->existing_count; i++)
		if (!strcmp(run->existing[i].name, name))
			return &run->existing[i];
	return NULL;
}

static bool stands_on(const struct mp_linear *existing, const struct mappings_disk *disk)
{
	return existing->is_linear && existing->on == disk->devt;
}

/* Why is the device not as the partition says? NULL if it is. */
static const char *difference(const struct run *run, const struct partition *partition,
			      const struct mp_linear *existing)
{
	if (existing->is_empty)
		return "has no table";
	if (existing->on != run->disk->devt)
		return "is on another device";
	if (existing->start_sectors != partition->start_sectors)
		return "has moved";
	if (existing->size_sectors < partition->size_sectors)
		return "has grown";
	if (existing->size_sectors > partition->size_sectors)
		return "has shrunk";
	if (existing->read_only != run->disk->read_only)
		return run->disk->read_only ? "is read-only now" : "is writable now";
	return NULL;
}

/* Would the change take anything away from its users? */
static bool is_harmless(const struct run *run, const struct partition *partition,
			const struct mp_linear *existing)
{
	if (existing->is_empty)
		return true;
	return existing->on == run->disk->devt &&
	       existing->start_sectors == partition->start_sectors &&
	       existing->size_sectors <= partition->size_sectors &&
	       (existing->read_only || !run->disk->read_only);
}

/* The partition's device exists, by whatever name: what is to be done with its table? */
static int plan_existing(struct run *run, const struct partition *partition,
			 struct mapping_step step)
{
	const struct mp_linear *existing = step.existing;
	struct mapping_step *added;

	step.reason = difference(run, partition, existing);
	if (!step.reason) {
		step.kind = existing->deferred ? MAPPING_RETAIN : MAPPING_KEEP;
	} else if (existing->open_count > 0 && !is_harmless(run, partition, existing)) {
		step.kind = MAPPING_REFUSE;
		step.busy = true;
	} else {
		step.kind = MAPPING_RELOAD;
	}
	added = add_step(run, step.kind, NULL);
	if (!added)
		return -ENOMEM;
	*added = step;
	return 0;
}

static int refuse(struct run *run, struct mapping_step step, const char *reason)
{
	struct mapping_step *added = add_step(run, MAPPING_REFUSE, reason);

	if (!added)
		return -ENOMEM;
	step.kind = MAPPING_REFUSE;
	step.reason = reason;
	*added = step;
	return 0;
}

static int plan_rename(struct run *run, const struct mapping_step *step)
{
	struct mapping_step *added = add_step(run, MAPPING_RENAME, NULL);

	if (!added)
		return -ENOMEM;
	*added = *step;
	added->kind = MAPPING_RENAME;
	added->reason = "has another name";
	return 0;
}

static int plan_partition(struct run *run, const struct partition *partition)
{
	struct mapping_step step = { .kind = MAPPING_CREATE,
				     .partition = partition,
				     .read_only = run->disk->read_only };
	const struct mp_linear *holder;
	int used, r;

	used = snprintf(step.uuid, sizeof(step.uuid), "part%u-%s", partition->number,
			run->disk->uuid);
	if (mapping_name(run->disk, partition->number, step.name, sizeof(step.name)) < 0 ||
	    used >= (int)sizeof(step.uuid))
		return refuse(run, step, "its name or UUID is too long for device-mapper");
	for (char *c = step.name; *c; c++)
		if (*c == '/')
			*c = '!';

	step.existing = run->of_number[partition->number];
	holder = find_name(run, step.name);
	if (holder && holder != step.existing) {
		step.existing = holder;
		return refuse(run, step,
			      strncmp(holder->uuid, "part", 4) ?
				      "not a kpartx partition" :
				      "a partition of a different device");
	}
	if (!step.existing) {
		struct mapping_step *added = add_step(run, MAPPING_CREATE, NULL);

		if (!added)
			return -ENOMEM;
		*added = step;
		added->reason = "is new";
		return 0;
	}
	if (!step.existing->is_linear && !step.existing->is_empty)
		return refuse(run, step, "not a kpartx partition");
	if (!holder) {
		r = plan_rename(run, &step);
		if (r < 0)
			return r;
	}
	return plan_existing(run, partition, step);
}

/* Return: as mappings_plan(). Kept in the order of @existing, which is the kernel's. */
static int plan_vanished(struct run *run)
{
	int r = 0;

	for (size_t i = 0; i < run->existing_count && r == 0; i++) {
		const struct mp_linear *existing = &run->existing[i];
		unsigned number = mapping_number(existing->uuid, run->disk->uuid);

		if (!number || (number <= PARTITION_LAST && run->wanted[number]))
			continue;
		if (!stands_on(existing, run->disk) && !existing->is_empty)
			continue;
		if (existing->open_count > 0)
			r = add_existing(run, MAPPING_REFUSE, existing, "in use");
		else
			r = add_existing(run, MAPPING_REMOVE, existing,
					 "is no longer in the table");
	}
	return r;
}

static int plan_deletion(struct run *run)
{
	bool forced = run->mode == MAPPINGS_DELETE_FORCED && !run->disk->is_dm;
	int r = 0;

	for (size_t i = 0; i < run->existing_count && r == 0; i++) {
		const struct mp_linear *existing = &run->existing[i];
		bool ours = mapping_number(existing->uuid, run->disk->uuid) > 0;

		if (!stands_on(existing, run->disk) && !(ours && existing->is_empty))
			continue;
		if (!ours && !forced)
			r = add_existing(run, MAPPING_IGNORE, existing, "not a kpartx partition");
		else if (existing->open_count > 0)
			return add_existing(run, MAPPING_REFUSE, existing, "in use");
		else
			r = add_existing(run, MAPPING_REMOVE, existing, "asked for");
	}
	return r;
}

static int plan_wanted(struct run *run, const struct partitions *partitions)
{
	int r;

	for (size_t i = 0; i < run->existing_count; i++) {
		unsigned number = mapping_number(run->existing[i].uuid, run->disk->uuid);

		if (number && number <= PARTITION_LAST)
			run->of_number[number] = &run->existing[i];
	}
	for (size_t i = 0; i < partitions->count; i++) {
		const struct partition *partition = &partitions->items[i];

		if (partition->fault != PARTITION_GOOD)
			continue;
		run->wanted[partition->number] = true;
		r = plan_partition(run, partition);
		if (r < 0)
			return r;
	}
	return run->mode == MAPPINGS_UPDATE ? plan_vanished(run) : 0;
}

int mappings_plan(enum mappings_mode mode, const struct mappings_disk *disk,
		  const struct partitions *partitions, const struct mp_linear *existing,
		  size_t count, struct mapping_plan *ret)
{
	struct run run = {
		.mode = mode, .disk = disk, .existing = existing, .existing_count = count
	};
	int r;

	r = mode == MAPPINGS_ADD || mode == MAPPINGS_UPDATE ? plan_wanted(&run, partitions) :
							      plan_deletion(&run);
	if (r < 0)
		mapping_plan_fini(&run.plan);
	else
		*ret = run.plan;
	return r;
}
