/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/inspections.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "base/cleanup.h"
#include "base/hash.h"
#include "base/log.h"
#include "kernel/reading.h"
#include "multipathd/jobs/disks.h"
#include "multipathd/loop/slices.h"
#include "multipathd/state/daemon.h"

enum {
	BATCH_DISKS = 64, /* read by one piece of work */
	BATCHES = 4, /* at a time: one that hangs does not hold up the others */

	/* Reasons that concern whichever disk has the number. */
	BY_NUMBER = INSPECT_LISTED | INSPECT_EXAMINED,
};

/* What is asked for and not being read yet. */
struct wanted {
	unsigned reasons; /* 0: nothing */
	uint64_t number; /* in the order of asking, since there are reasons */
	char name[MP_NAME_SIZE]; /* "": that of the number */
	char *dir; /* NULL: not known */
	bool has_props;
	struct mp_props props;
};

struct disk {
	struct mp_hash_node by_devt;
	struct cds_list_head in_disks, in_waiting;
	struct cds_list_head in_taking; /* read, not taken yet */
	uint64_t number; /* what has been asked since then need not be taken before it */
	dev_t devt;
	struct wanted wanted;
	unsigned reasons; /* of the reading */
	struct mp_reading *reading; /* NULL: it waits */
	bool by_number; /* the worker finds the name of the reading */
	bool is_void; /* what is being read is or may be of a disk that is gone */
};

struct batch {
	struct disks disks;
	struct inspections *inspections;
	struct disk *members[BATCH_DISKS];
	struct mp_reading *readings[BATCH_DISKS]; /* theirs */
	bool hangs;
};

struct inspections {
	struct daemon *daemon;
	const struct mp_roots *roots;
	const struct inspections_callbacks *callbacks;
	struct mp_hash by_devt;
	struct cds_list_head disks; /* in the order of asking */
	struct cds_list_head hanging; /* all others: nobody waits for them */
	struct cds_list_head waiting;
	struct cds_list_head taking;
	unsigned batches; /* being read */
	uint64_t last_number;
	struct slices *slices; /* takes what has been read */

	void (*taken)(struct daemon *daemon); /* NULL: nobody waits */
	uint64_t awaited; /* number */
};

static void wanted_fini(struct wanted *wanted)
{
	free(wanted->dir);
	mp_props_fini(&wanted->props);
	*wanted = (struct wanted){ 0 };
}

static int wanted_add(struct wanted *wanted, const struct inspection_ask *ask)
{
	if (ask->name) {
		char *dir = strdup(ask->dir);

		if (!dir)
			return -ENOMEM;
		snprintf(wanted->name, sizeof(wanted->name), "%s", ask->name);
		free(wanted->dir);
		wanted->dir = dir;
	}
	wanted->reasons |= ask->reasons;
	if (ask->props) {
		mp_props_fini(&wanted->props);
		wanted->props = *ask->props;
		wanted->has_props = true;
		*ask->props = (struct mp_props)MP_PROPS_INIT;
	}
	return 0;
}

static bool match_devt(const struct mp_hash_node *node, const void *key)
{
	return caa_container_of(node, struct disk, by_devt)->devt == *(const dev_t *)key;
}

static struct disk *disk_find(const struct inspections *inspections, dev_t devt)
{
	struct mp_hash_node *node =
		mp_hash_find(&inspections->by_devt, mp_hash_number(devt), match_devt, &devt);

	return node ? caa_container_of(node, struct disk, by_devt) : NULL;
}

/* At the end of those that wait. Those that are awaited are the first of all. */
static void disk_wait(struct inspections *inspections, struct disk *disk)
{
	disk->number = disk->wanted.number;
	if (disk->number <= inspections->awaited)
		cds_list_add(&disk->in_disks, &inspections->disks);
	else
		cds_list_add_tail(&disk->in_disks, &inspections->disks);
	cds_list_add_tail(&disk->in_waiting, &inspections->waiting);
}

/* From now on, something is wanted of it. */
static void disk_number(struct inspections *inspections, struct disk *disk)
{
	if (!disk->wanted.reasons)
		disk->wanted.number = ++inspections->last_number;
}

static struct disk *disk_new(struct inspections *inspections, dev_t devt)
{
	struct disk *disk = calloc(1, sizeof(*disk));

	if (!disk)
		return NULL;
	disk->devt = devt;
	CDS_INIT_LIST_HEAD(&disk->in_taking);
	mp_hash_add(&inspections->by_devt, &disk->by_devt, mp_hash_number(devt));
	disk_number(inspections, disk);
	disk_wait(inspections, disk);
	return disk;
}

static void disk_forget_reading(struct disk *disk)
{
	if (disk->reading)
		mp_reading_fini(disk->reading);
	free(disk->reading);
	disk->reading = NULL;
}

static void disk_free(struct inspections *inspections, struct disk *disk)
{
	cds_list_del(&disk->in_disks);
	cds_list_del(&disk->in_waiting);
	cds_list_del(&disk->in_taking);
	mp_hash_remove(&inspections->by_devt, &disk->by_devt);
	wanted_fini(&disk->wanted);
	disk_forget_reading(disk);
	free(disk);
}

/* It has been taken, or need not be: the next reading of it, or none. */
static void disk_end(struct inspections *inspections, struct disk *disk)
{
	if (!disk->wanted.reasons) {
		disk_free(inspections, disk);
		return;
	}
	disk_forget_reading(disk);
	disk->reasons = 0;
	cds_list_del_init(&disk->in_taking);
	cds_list_del(&disk->in_disks);
	disk_wait(inspections, disk);
}

int inspections_ask(struct inspections *inspections, const struct inspection_ask *ask)
{
	struct disk *disk = disk_find(inspections, ask->devt);
	int r;

	if (!disk)
		disk = disk_new(inspections, ask->devt);
	if (disk)
		disk_number(inspections, disk);
	r = disk ? wanted_add(&disk->wanted, ask) : -ENOMEM;
	if (r < 0 && disk && !disk->wanted.reasons && !disk->reading)
		disk_free(inspections, disk);
	return r;
}

bool inspections_reads(const struct inspections *inspections, dev_t devt)
{
	const struct disk *disk = disk_find(inspections, devt);

	return disk && (disk->reasons | disk->wanted.reasons) & ~INSPECT_TOUCHED;
}

/* For the reasons @kept, whichever disk has the number is still to be read. */
static void wanted_forget_name(struct wanted *wanted, unsigned kept)
{
	const uint64_t number = wanted->number;

	kept &= wanted->reasons;
	wanted_fini(wanted);
	wanted->reasons = kept;
	wanted->number = number;
}

/* What is being read of it is not taken, and is read again for the reasons @kept. */
static void disk_void(struct inspections *inspections, struct disk *disk, unsigned kept)
{
	disk->is_void = true;
	kept &= disk->reasons;
	if (!kept)
		return;
	disk_number(inspections, disk);
	if (disk->number < disk->wanted.number)
		disk->wanted.number = disk->number;
	disk->wanted.reasons |= kept;
}

void inspections_forget(struct inspections *inspections, dev_t devt, const char *name)
{
	struct disk *disk = disk_find(inspections, devt);

	if (!disk)
		return;
	if (!strcmp(disk->wanted.name, name))
		wanted_forget_name(&disk->wanted, BY_NUMBER);
	if (!disk->reading) {
		if (!disk->wanted.reasons)
			disk_free(inspections, disk);
		return;
	}
	if (disk->by_number || !strcmp(disk->reading->name, name))
		disk_void(inspections, disk, BY_NUMBER);
}

static void disk_doubt(struct inspections *inspections, struct disk *disk)
{
	const unsigned kept = ~(INSPECT_EVENT | INSPECT_TOUCHED);

	wanted_forget_name(&disk->wanted, kept);
	if (disk->reading)
		disk_void(inspections, disk, kept);
	disk_number(inspections, disk);
	disk->wanted.reasons |= INSPECT_EXAMINED;
}

void inspections_doubt(struct inspections *inspections)
{
	struct disk *disk;

	cds_list_for_each_entry(disk, &inspections->disks, in_disks)
		disk_doubt(inspections, disk);
	cds_list_for_each_entry(disk, &inspections->hanging, in_disks)
		disk_doubt(inspections, disk);
}

/* Return: NULL if it need not be read, or cannot be. */
static struct mp_reading *disk_prepare(struct inspections *inspections, struct disk *disk)
{
	struct mp_reading *reading = calloc(1, sizeof(*reading));
	struct wanted *wanted = &disk->wanted;

	if (!reading) {
		log_error("%u:%u: not read: out of memory", major(disk->devt), minor(disk->devt));
		return NULL;
	}
	reading->devt = disk->devt;
	strcpy(reading->name, wanted->name);
	if (wanted->dir)
		snprintf(reading->dir, sizeof(reading->dir), "%s", wanted->dir);
	reading->has_props = wanted->has_props;
	reading->props = wanted->props;
	wanted->props = (struct mp_props)MP_PROPS_INIT;
	if (!inspections->callbacks->prepare(inspections->daemon, reading, wanted->reasons)) {
		mp_reading_fini(reading);
		free(reading);
		return NULL;
	}
	return reading;
}

/* Its reading begins. Return: false if it has none. */
static bool disk_begin(struct inspections *inspections, struct disk *disk)
{
	disk->reading = disk_prepare(inspections, disk);
	disk->reasons = disk->wanted.reasons;
	disk->by_number = !disk->wanted.name[0];
	disk->is_void = false;
	wanted_fini(&disk->wanted);
	cds_list_del_init(&disk->in_waiting);
	if (disk->reading)
		return true;
	disk_end(inspections, disk);
	return false;
}

static void batch_on_ended(struct disks *disks, bool skipped)
{
	struct batch *batch = caa_container_of(disks, struct batch, disks);
	struct inspections *inspections = batch->inspections;

	inspections->batches -= !batch->hangs;
	for (size_t i = 0; i < disks->count; i++)
		if (skipped)
			disk_free(inspections, batch->members[i]);
		else
			cds_list_add_tail(&batch->members[i]->in_taking, &inspections->taking);
	free(batch);
	if (!skipped) {
		inspections_go(inspections);
		slices_run(inspections->slices);
	}
}

/* The start of the daemon, and a reconfigure, go on without its disks. */
static void batch_on_hang(struct disks *disks)
{
	struct batch *batch = caa_container_of(disks, struct batch, disks);
	struct inspections *inspections = batch->inspections;

	log_warning("%zu disks have not been read in %u seconds, continuing without them",
		    disks->count, DISKS_TIMEOUT_SEC);
	batch->hangs = true;
	inspections->batches--;
	for (size_t i = 0; i < disks->count; i++)
		cds_list_move(&batch->members[i]->in_disks, &inspections->hanging);
	inspections_go(inspections);
}

static void batch_submit(struct inspections *inspections, struct batch *batch)
{
	batch->inspections = inspections;
	batch->disks.roots = inspections->roots;
	batch->disks.readings = batch->readings;
	batch->disks.ended = batch_on_ended;
	batch->disks.hang = batch_on_hang;
	inspections->batches++;
	disks_read(inspections->daemon->pool, &batch->disks);
}

/* Return: false if nothing more can be begun. */
static bool batch_begin(struct inspections *inspections)
{
	struct batch *batch = calloc(1, sizeof(*batch));
	struct disk *disk, *next;
	size_t count = 0;

	if (!batch) {
		log_error("disks are not read: out of memory");
		return false;
	}
	cds_list_for_each_entry_safe(disk, next, &inspections->waiting, in_waiting) {
		if (count == BATCH_DISKS)
			break;
		if (!disk_begin(inspections, disk))
			continue;
		batch->members[count] = disk;
		batch->readings[count++] = disk->reading;
	}
	if (!count) {
		free(batch);
		return false;
	}
	batch->disks.count = count;
	batch_submit(inspections, batch);
	return true;
}

static void batches_begin(struct inspections *inspections)
{
	while (inspections->batches < BATCHES && !cds_list_empty(&inspections->waiting))
		if (!batch_begin(inspections))
			break;
}

void inspections_go(struct inspections *inspections)
{
	batches_begin(inspections);
	/* Some need not be read. */
	if (inspections->taken)
		slices_run(inspections->slices);
}

static bool inspections_are_awaited(const struct inspections *inspections)
{
	const struct cds_list_head *first = inspections->disks.next;

	return first != &inspections->disks &&
	       caa_container_of(first, struct disk, in_disks)->number <= inspections->awaited;
}

/* Return: true if somebody waited for what has been taken. */
static bool inspections_answer(struct inspections *inspections)
{
	void (*taken)(struct daemon * daemon) = inspections->taken;

	if (!taken || inspections_are_awaited(inspections))
		return false;
	inspections->taken = NULL;
	taken(inspections->daemon);
	return true;
}

static void disk_take(struct inspections *inspections, struct disk *disk)
{
	int r = 0;

	if (!disk->is_void)
		r = inspections->callbacks->take(inspections->daemon, disk->reading, disk->reasons);
	if (r < 0) {
		log_error("%s: %s", disk->reading->name, strerror(-r));
		sd_event_exit(inspections->daemon->event, r);
	}
	disk_end(inspections, disk);
}

static bool inspections_step(void *userdata)
{
	struct inspections *inspections = userdata;
	bool more = !cds_list_empty(&inspections->taking);

	if (more)
		disk_take(inspections,
			  cds_list_first_entry(&inspections->taking, struct disk, in_taking));
	/* Some of them were asked for again while they were being read. */
	if (cds_list_empty(&inspections->taking))
		batches_begin(inspections);
	return inspections_answer(inspections) || more;
}

bool inspections_await(struct inspections *inspections, void (*taken)(struct daemon *daemon))
{
	inspections->awaited = inspections->last_number;
	inspections->taken = inspections_are_awaited(inspections) ? taken : NULL;
	return inspections->taken;
}

int inspections_new(struct daemon *daemon, const struct mp_roots *roots,
		    const struct inspections_callbacks *callbacks, struct inspections **ret)
{
	struct inspections *inspections = calloc(1, sizeof(*inspections));
	int r;

	if (!inspections)
		return -ENOMEM;
	inspections->daemon = daemon;
	inspections->roots = roots;
	inspections->callbacks = callbacks;
	CDS_INIT_LIST_HEAD(&inspections->disks);
	CDS_INIT_LIST_HEAD(&inspections->hanging);
	CDS_INIT_LIST_HEAD(&inspections->waiting);
	CDS_INIT_LIST_HEAD(&inspections->taking);
	r = mp_hash_init(&inspections->by_devt);
	if (r >= 0)
		r = slices_new(daemon->event, inspections_step, inspections, &inspections->slices);
	if (r < 0) {
		inspections_free(inspections);
		return r;
	}
	*ret = inspections;
	return 0;
}

struct inspections *inspections_free(struct inspections *inspections)
{
	struct disk *disk, *next;

	if (!inspections)
		return NULL;
	cds_list_splice(&inspections->hanging, &inspections->disks);
	cds_list_for_each_entry_safe(disk, next, &inspections->disks, in_disks) {
		/* A worker that hangs keeps what it reads. */
		if (cds_list_empty(&disk->in_taking))
			disk->reading = NULL;
		disk_free(inspections, disk);
	}
	mp_hash_fini(&inspections->by_devt);
	slices_free(inspections->slices);
	free(inspections);
	return NULL;
}
