/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/enumeration.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "multipathd/control/admission.h"
#include "multipathd/control/claims.h"
#include "multipathd/control/inspections.h"
#include "multipathd/control/loads.h"
#include "multipathd/control/schedule.h"
#include "multipathd/jobs/listings.h"
#include "multipathd/loop/slices.h"
#include "multipathd/state/daemon.h"
#include "multipathd/state/inventory.h"
#include "multipathd/state/paths.h"

/* So many disks are asked for at a time, and the next when these are taken: they come in order. */
enum { PORTION = 64 };

struct run {
	unsigned reason; /* why paths that are known are read again; 0: they are not */
	void (*done)(struct daemon *daemon); /* NULL: none waits */
};

/* What is gone through, one after the other. */
enum phase {
	PHASE_KNOWN, /* paths, to be read again */
	PHASE_LISTED, /* all disks that are no paths */
	PHASE_CHECKED, /* paths, to be checked for the first time */
};

struct enumeration {
	struct daemon *daemon;
	const struct mp_roots *roots;
	struct slices *checking;
	struct run run; /* in progress, if runs */
	bool runs;
	struct run next_run; /* after that, if wanted */
	bool wanted;

	/*
	 * Device numbers, in order. Paths come and go meanwhile, so each is looked up when its turn
	 * has come.
	 */
	enum phase phase;
	dev_t *devts;
	size_t count, next;
};

static int compare_devt(const void *a, const void *b)
{
	const dev_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static int enumeration_list_paths(struct enumeration *enumeration)
{
	const struct inventory *inventory = &enumeration->daemon->inventory;
	const struct mp_path *path;

	enumeration->devts = calloc(inventory->path_count + 1, sizeof(*enumeration->devts));
	if (!enumeration->devts)
		return -ENOMEM;
	cds_list_for_each_entry(path, &inventory->paths, in_all)
		enumeration->devts[enumeration->count++] = path->identity.devt;
	qsort(enumeration->devts, enumeration->count, sizeof(*enumeration->devts), compare_devt);
	return 0;
}

static void enumeration_failed(int error)
{
	log_error("cannot enumerate block devices: %s", strerror(-error));
}

static void enumeration_go_on(struct daemon *daemon);

static void phase_begin(struct enumeration *enumeration, enum phase phase)
{
	free(enumeration->devts);
	enumeration->devts = NULL;
	enumeration->count = enumeration->next = 0;
	enumeration->phase = phase;
}

static void enumeration_begin(struct enumeration *enumeration, const struct run *run)
{
	int r = 0;

	enumeration->run = *run;
	enumeration->runs = true;
	phase_begin(enumeration, PHASE_KNOWN);
	if (run->reason)
		r = enumeration_list_paths(enumeration);
	if (r < 0)
		enumeration_failed(r);
	enumeration_go_on(enumeration->daemon);
}

static void enumeration_end(struct enumeration *enumeration)
{
	if (enumeration->run.done)
		enumeration->run.done(enumeration->daemon);
	enumeration->runs = false;
	if (!enumeration->wanted)
		return;
	enumeration->wanted = false;
	enumeration_begin(enumeration, &enumeration->next_run);
}

/* Return: true if there is another path to be checked. */
static bool enumeration_check_next(void *userdata)
{
	struct enumeration *enumeration = userdata;
	struct daemon_path *path;

	if (enumeration->next == enumeration->count) {
		enumeration_end(enumeration);
		return false;
	}
	path = paths_find_devt(&enumeration->daemon->inventory,
			       enumeration->devts[enumeration->next++]);
	if (path)
		schedule_start_late(path);
	return true;
}

static void enumeration_check(struct enumeration *enumeration)
{
	int r;

	phase_begin(enumeration, PHASE_CHECKED);
	r = enumeration_list_paths(enumeration);
	if (r < 0)
		enumeration_failed(r);
	slices_run(enumeration->checking);
}

static void enumeration_on_listed(struct daemon *daemon, int error, dev_t *devts, size_t count)
{
	struct enumeration *enumeration = daemon->enumeration;

	if (error < 0)
		enumeration_failed(error);
	enumeration->devts = devts;
	enumeration->count = count;
	enumeration_go_on(daemon);
}

static void enumeration_list(struct enumeration *enumeration)
{
	int r;

	phase_begin(enumeration, PHASE_LISTED);
	r = listings_start(enumeration->daemon, enumeration->roots, enumeration_on_listed);
	if (r < 0)
		enumeration_on_listed(enumeration->daemon, r, NULL, 0);
}

static int enumeration_ask(struct enumeration *enumeration, dev_t devt)
{
	const struct daemon_path *path = paths_find_devt(&enumeration->daemon->inventory, devt);
	unsigned reason = enumeration->run.reason;

	if (enumeration->phase == PHASE_LISTED)
		reason = INSPECT_LISTED;
	else if (!path)
		return 0;
	if (reason == INSPECT_RESOLVED)
		return admission_ask(path, reason);
	/* Another device may have the number by now. */
	return inspections_ask(enumeration->daemon->inspections,
			       &(struct inspection_ask){ .devt = devt, .reasons = reason });
}

/* Return: false if there is none. */
static bool enumeration_ask_portion(struct enumeration *enumeration)
{
	struct inspections *inspections = enumeration->daemon->inspections;
	size_t end = enumeration->next + PORTION;
	int r = 0;

	while (r >= 0 && enumeration->next < enumeration->count && enumeration->next < end)
		r = enumeration_ask(enumeration, enumeration->devts[enumeration->next++]);
	if (r < 0) {
		enumeration_failed(r);
		enumeration->next = enumeration->count;
	}
	if (!inspections_await(inspections, enumeration_go_on))
		return false;
	inspections_go(inspections);
	return true;
}

/* What was asked for has been taken. */
static void enumeration_go_on(struct daemon *daemon)
{
	struct enumeration *enumeration = daemon->enumeration;

	while (enumeration->next < enumeration->count)
		if (enumeration_ask_portion(enumeration))
			return;
	if (enumeration->phase == PHASE_KNOWN)
		enumeration_list(enumeration);
	else
		enumeration_check(enumeration);
}

static void run_want(struct enumeration *enumeration, const struct run *run)
{
	if (!enumeration->runs) {
		enumeration_begin(enumeration, run);
		return;
	}
	if (!enumeration->wanted)
		enumeration->next_run = (struct run){ 0 };
	enumeration->wanted = true;
	enumeration->next_run.reason |= run->reason;
	if (run->done)
		enumeration->next_run.done = run->done;
}

void enumeration_find(struct daemon *daemon, void (*done)(struct daemon *daemon))
{
	run_want(daemon->enumeration, &(struct run){ .done = done });
}

void enumeration_resolve(struct daemon *daemon, void (*done)(struct daemon *daemon))
{
	run_want(daemon->enumeration, &(struct run){ .reason = INSPECT_RESOLVED, .done = done });
}

void enumeration_examine(struct daemon *daemon)
{
	struct mp_path *path;

	cds_list_for_each_entry(path, &daemon->inventory.paths, in_all)
		loads_doubt(daemon_path_of(path));
	claims_forget_all(&daemon->inventory);
	inspections_doubt(daemon->inspections);
	run_want(daemon->enumeration, &(struct run){ .reason = INSPECT_EXAMINED });
}

int enumeration_new(struct daemon *daemon, const struct mp_roots *roots, struct enumeration **ret)
{
	struct enumeration *enumeration = calloc(1, sizeof(*enumeration));
	int r;

	if (!enumeration)
		return -ENOMEM;
	enumeration->daemon = daemon;
	enumeration->roots = roots;
	r = slices_new(daemon->event, enumeration_check_next, enumeration, &enumeration->checking);
	if (r < 0) {
		enumeration_free(enumeration);
		return r;
	}
	*ret = enumeration;
	return 0;
}

struct enumeration *enumeration_free(struct enumeration *enumeration)
{
	if (!enumeration)
		return NULL;
	slices_free(enumeration->checking);
	free(enumeration->devts);
	free(enumeration);
	return NULL;
}
