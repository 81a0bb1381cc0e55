/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* kpartx - maps for the partitions of a multipath map, a disk or an image file. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "kernel/dm_library.h"
#include "kernel/udev_queue.h"
#include "kpartx/apply.h"
#include "kpartx/disk.h"
#include "kpartx/loop.h"
#include "kpartx/mappings.h"
#include "kpartx/partitions.h"
#include "kpartx/table.h"

enum {
	READ_TRIES = 3, /* of a table that changes meanwhile */
	FAULTS_SHOWN = 8,
	EXIT_MOST = 255,
};

enum action { ACTION_LIST, ACTION_ADD, ACTION_UPDATE, ACTION_DELETE };

struct options {
	enum action action;
	bool read_only, force, force_gpt, verbose, wait;
	const char *delimiter, *type, *file;
};

static int usage(void)
{
	printf("multipath-tools v%s (%s)\n"
	       "Usage:\n"
	       "  kpartx [-a|-d|-u|-l] [-r] [-p] [-f] [-g] [-s|-n] [-v] wholedisk\n"
	       "\t-a add partition devmappings\n"
	       "\t-r devmappings will be readonly\n"
	       "\t-d del partition devmappings\n"
	       "\t-u update partition devmappings\n"
	       "\t-l list partitions devmappings that would be added by -a\n"
	       "\t-p set device name-partition number delimiter\n"
	       "\t-g force GUID partition table (GPT)\n"
	       "\t-f force devmap create\n"
	       "\t-v verbose\n"
	       "\t-n nosync mode. Return before the partitions are created\n"
	       "\t-s sync mode (Default). Don't return until the partitions are created\n",
	       VERSION, VERSION_DATE);
	return 1;
}

/* Return: 0, -EINVAL. */
static int parse_options(int argc, char **argv, struct options *ret)
{
	int option;

	*ret = (struct options){ .action = ACTION_LIST, .wait = true };
	while ((option = getopt(argc, argv, "rladfgvp:t:sun")) != -1) {
		switch (option) {
		case 'l':
			ret->action = ACTION_LIST;
			break;
		case 'a':
			ret->action = ACTION_ADD;
			break;
		case 'u':
			ret->action = ACTION_UPDATE;
			break;
		case 'd':
			ret->action = ACTION_DELETE;
			break;
		case 'r':
			ret->read_only = true;
			break;
		case 'f':
			ret->force = true;
			break;
		case 'g':
			ret->force_gpt = true;
			break;
		case 'v':
			ret->verbose = true;
			break;
		case 's':
			ret->wait = true;
			break;
		case 'n':
			ret->wait = false;
			break;
		case 'p':
			ret->delimiter = optarg;
			break;
		case 't':
			ret->type = optarg;
			break;
		default:
			return -EINVAL;
		}
	}
	/* A second word no longer has a meaning. */
	if (argc - optind < 1 || argc - optind > 2)
		return -EINVAL;
	ret->file = argv[optind];
	return 0;
}

/* libdevmapper's own words about what is reported anyway. */
static void on_dm_message(int level, const char *text)
{
	if (level <= LOG_LEVEL_ERROR)
		fprintf(stderr, "device-mapper: %s\n", text);
}

static void on_dm_message_quiet(int level, const char *text)
{
	(void)level;
	(void)text;
}

static int fail_because(const char *file, const char *what, const char *reason)
{
	fprintf(stderr, "%s: %s: %s\n", file, what, reason);
	return 1;
}

static int fail(const char *file, const char *what, int error)
{
	return fail_because(file, what, strerror(-error));
}

/* ---- what the table says */

static int read_table(const struct disk *disk, const struct options *options,
		      struct partitions *ret)
{
	const struct partitions_source source = {
		.fd = disk->fd,
		.sector_bytes = disk->sector_bytes,
		.size_sectors = disk->size_sectors,
		.force_gpt = options->force_gpt,
		.type = options->type,
	};
	int r = disk_wait(disk);

	if (r == 0)
		r = table_read(&source, ret);
	if (r == 0)
		partitions_judge(ret, disk->size_sectors);
	return r;
}

/* Return: how many cannot be mapped that should. */
static unsigned tell_faults(const struct disk *disk, const struct partitions *partitions,
			    bool verbose)
{
	unsigned faults = 0;

	if (partitions->broken_gpt)
		fprintf(stderr,
			"%s: no valid GPT after the protective MBR: it is damaged, or the disk is smaller than it says\n",
			disk->name);
	for (size_t i = 0; i < partitions->count; i++) {
		const struct partition *entry = &partitions->items[i];

		if (entry->fault == PARTITION_GOOD || (entry->fault == PARTITION_EMPTY && !verbose))
			continue;
		if (entry->fault != PARTITION_EMPTY)
			faults++;
		if (faults <= FAULTS_SHOWN)
			fprintf(stderr,
				"%s: partition %u %s, not mapped: %llu sectors from %llu, the disk has %llu\n",
				disk->name, entry->number, partition_fault_text(entry->fault),
				(unsigned long long)entry->size_sectors,
				(unsigned long long)entry->start_sectors,
				(unsigned long long)disk->size_sectors);
	}
	if (faults > FAULTS_SHOWN)
		fprintf(stderr, "%s: %u more partitions like these\n", disk->name,
			faults - FAULTS_SHOWN);
	return faults;
}

static void tell_overlaps(const struct disk *disk, const struct partitions *partitions)
{
	unsigned a, b;

	if (partitions_overlap(partitions, &a, &b))
		fprintf(stderr,
			"%s: partitions %u and %u overlap: writing to one may destroy the other\n",
			disk->name, a, b);
}

/* ---- list */

static void list_entry(const struct mappings_disk *disk, const char *file,
		       const struct partitions *partitions, size_t at, const size_t *places)
{
	const struct partition *entry = &partitions->items[at];
	unsigned long long start = entry->start_sectors, size = entry->size_sectors;
	char name[512];

	if (mapping_name(disk, entry->number, name, sizeof(name)) < 0)
		return;
	/*
	 * A logical partition is shown as if its extended one were a disk of that place in the
	 * list.
	 */
	for (size_t i = 0; entry->inside && i < at; i++) {
		if (partitions->items[i].number != entry->inside ||
		    partitions->items[i].fault != PARTITION_GOOD)
			continue;
		printf("%s : 0 %llu /dev/dm-%zu %llu\n", name, size, places[i],
		       start - (unsigned long long)partitions->items[i].start_sectors);
		return;
	}
	printf("%s : 0 %llu %s %llu\n", name, size, file, start);
}

static int list(const struct mappings_disk *disk, const char *file,
		const struct partitions *partitions)
{
	_cleanup_free_ size_t *places = calloc(partitions->count + 1, sizeof(*places));
	size_t place = 0;

	if (!places)
		return 1;
	for (size_t i = 0; i < partitions->count; i++) {
		if (partitions->items[i].fault != PARTITION_GOOD)
			continue;
		places[i] = place++;
		list_entry(disk, file, partitions, i, places);
	}
	return 0;
}

/* ---- change */

static bool is_busy(const struct mapping_plan *plan)
{
	for (size_t i = 0; i < plan->count; i++)
		if (plan->steps[i].busy)
			return true;
	return false;
}

static int plan_now(const struct disk *disk, const struct mappings_disk *facts,
		    enum mappings_mode mode, const struct partitions *partitions,
		    struct existing *existing, struct mapping_plan *plan)
{
	int r = apply_existing_read(disk, mode >= MAPPINGS_DELETE, existing);

	return r < 0 ? r :
		       mappings_plan(mode, facts, partitions, existing->items, existing->count,
				     plan);
}

/* Return: as apply_plan(), negative errno if nothing was done. */
static int change(const struct disk *disk, const struct mappings_disk *facts,
		  enum mappings_mode mode, const struct partitions *partitions,
		  const struct options *options)
{
	_cleanup_(apply_existing_fini) struct existing existing = { 0 };
	_cleanup_(mapping_plan_fini) struct mapping_plan plan = { 0 };
	int r = plan_now(disk, facts, mode, partitions, &existing, &plan);

	/* A caller without -n is not udev's own rule, which would wait for itself. */
	if (r == 0 && options->wait && is_busy(&plan)) {
		mapping_plan_fini(&plan);
		apply_existing_fini(&existing);
		mp_udev_queue_wait(MP_UDEV_QUEUE_MSEC);
		r = plan_now(disk, facts, mode, partitions, &existing, &plan);
	}
	return r < 0 ? r : (int)apply_plan(disk, &plan, options->verbose);
}

/* Return: number of partitions that are not as they should be, negative errno. */
static int have_partitions(const struct disk *disk, const struct mappings_disk *facts,
			   const struct options *options)
{
	enum mappings_mode mode = options->action == ACTION_ADD ? MAPPINGS_ADD : MAPPINGS_UPDATE;
	_cleanup_(partitions_fini) struct partitions partitions = { 0 };
	int failed = 0;

	for (int i = 0; i < READ_TRIES; i++) {
		struct partitions now = { 0 };
		int r = read_table(disk, options, &now);
		bool changed = r == 0 && (i == 0 || !partitions_equal(&partitions, &now));

		partitions_fini(&partitions);
		partitions = now;
		if (r < 0)
			return r;
		if (!changed)
			break;
		failed = tell_faults(disk, &partitions, options->verbose);
		tell_overlaps(disk, &partitions);
		r = change(disk, facts, mode, &partitions, options);
		if (r < 0)
			return r;
		failed += r;
	}
	return failed;
}

static int list_partitions(const struct disk *disk, const struct mappings_disk *facts,
			   const char *file, const struct options *options)
{
	_cleanup_(partitions_fini) struct partitions partitions = { 0 };
	int r = read_table(disk, options, &partitions);

	if (r < 0)
		return r;
	tell_faults(disk, &partitions, options->verbose);
	tell_overlaps(disk, &partitions);
	return list(facts, file, &partitions);
}

/* @file: of the disk, as it is shown */
static int run_on_disk(const char *file, const struct options *options)
{
	_cleanup_(disk_fini) struct disk disk = { .fd = -1 };
	struct mappings_disk facts;
	int r = disk_open(file, &disk);

	if (r < 0)
		return fail(file, "cannot open", r);
	facts = (struct mappings_disk){
		.name = disk.name,
		.delimiter = options->delimiter,
		.uuid = disk.uuid,
		.devt = disk.devt,
		.is_dm = disk.is_dm,
		.read_only = options->read_only || disk.read_only,
	};
	switch (options->action) {
	case ACTION_LIST:
		r = list_partitions(&disk, &facts, file, options);
		break;
	case ACTION_DELETE:
		r = change(&disk, &facts, options->force ? MAPPINGS_DELETE_FORCED : MAPPINGS_DELETE,
			   NULL, options);
		break;
	default:
		r = have_partitions(&disk, &facts, options);
		break;
	}
	if (r < 0 && options->action == ACTION_DELETE)
		return fail(file, "cannot read the mappings", r);
	if (r == -ETIMEDOUT)
		return fail_because(file, "cannot read partitions",
				    disk_silence(&disk) ?: "no answer");
	if (r < 0)
		return fail(file, "cannot read partitions", r);
	return r > EXIT_MOST ? EXIT_MOST : r;
}

static void tell_detached(const struct loop *loop, const struct options *options)
{
	if (options->verbose)
		fprintf(stderr, "loop deleted : %s\n", loop->device);
}

static int run_on_image(const struct stat *stat, const struct options *options)
{
	/*
	 * Or two would make two devices of it, or one would find the other's of -l, which is
	 * read-only.
	 */
	_cleanup_close_ int lock = loop_lock(options->file);
	_cleanup_(loop_fini) struct loop loop = LOOP_INIT;
	int r = loop_find(stat, &loop), status;

	if (r < 0 && options->action == ACTION_DELETE)
		return 0;
	if (r < 0)
		r = loop_attach(options->file, options->read_only || options->action == ACTION_LIST,
				&loop);
	if (r < 0)
		return fail(options->file, "cannot set up a loop device", r);

	status = run_on_disk(loop.device, options);
	mp_dm_wait();
	if (options->action == ACTION_DELETE && status == 0) {
		r = loop_detach(&loop);
		if (r < 0)
			return fail(loop.device, "cannot detach", r);
		tell_detached(&loop, options);
	} else if (options->action == ACTION_LIST && loop.is_new) {
		tell_detached(&loop, options);
	} else if (loop.is_new && loop_is_held(&loop)) {
		r = loop_keep(&loop);
		if (r < 0)
			return fail(loop.device, "cannot keep", r);
	}
	return status;
}

static int run(const struct options *options)
{
	struct stat file;

	if (stat(options->file, &file) < 0) {
		printf("failed to stat() %s\n", options->file);
		return 1;
	}
	if (!S_ISREG(file.st_mode) && !S_ISBLK(file.st_mode)) {
		fprintf(stderr, "invalid device: %s\n", options->file);
		return 1;
	}
	if (mp_dm_open_any(options->wait, options->verbose ? on_dm_message : on_dm_message_quiet) <
		    0 &&
	    options->action != ACTION_LIST) {
		fprintf(stderr, "device mapper prerequisites not met\n");
		return 1;
	}
	return S_ISREG(file.st_mode) ? run_on_image(&file, options) :
				       run_on_disk(options->file, options);
}

int main(int argc, char **argv)
{
	struct options options;
	int status;

	if (parse_options(argc, argv, &options) < 0)
		return usage();
	status = run(&options);
	mp_dm_close();
	return status;
}
