/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/enumeration.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "kernel/probe.h"
#include "multipathd/control/discovery.h"
#include "multipathd/control/loads.h"
#include "multipathd/control/schedule.h"
#include "multipathd/loop/slices.h"
#include "multipathd/state/daemon.h"
#include "multipathd/state/inventory.h"
#include "multipathd/state/paths.h"

struct run {
	bool examines; /* events were lost: paths that are known, too */
	void (*done)(struct daemon *daemon); /* NULL: none waits */
};

struct enumeration {
	struct daemon *daemon;
	const struct mp_roots *roots;
	struct slices *slices;
	struct run run; /* in progress, if runs */
	bool runs;
	struct run next_run; /* after that, if wanted */
	bool wanted;

	/*
	 * What the phase goes through: ids of paths, or device numbers. Paths come and go between
	 * two slices, so each is looked up when its turn has come.
	 */
	size_t phase;
	uint64_t *keys;
	size_t count, next;
};

static int enumeration_read_paths(struct enumeration *enumeration)
{
	const struct inventory *inventory = &enumeration->daemon->inventory;
	const struct mp_path *path;

	enumeration->keys = calloc(inventory->path_count + 1, sizeof(*enumeration->keys));
	if (!enumeration->keys)
		return -ENOMEM;
	cds_list_for_each_entry(path, &inventory->paths, in_all)
		enumeration->keys[enumeration->count++] = path->id;
	return 0;
}

static int enumeration_known(struct enumeration *enumeration)
{
	return enumeration->run.examines ? enumeration_read_paths(enumeration) : 0;
}

/* Another device may have its number, or its name, by now. */
static int examine_path(struct enumeration *enumeration, uint64_t id)
{
	struct daemon_path *path = paths_find_id(&enumeration->daemon->inventory, id);
	char dir[MP_PROBE_DIR_SIZE];
	dev_t devt;

	if (!path)
		return 0;
	if (mp_probe_locate_name(enumeration->roots, path->path.identity.name, &devt, dir,
				 sizeof(dir)) < 0 ||
	    devt != path->path.identity.devt || strcmp(dir, path->dir)) {
		discovery_drop(path, "the device is gone");
		return 0;
	}
	schedule_reopen(path);
	schedule_ask_again(path);
	return 0;
}

static int enumeration_read_disks(struct enumeration *enumeration)
{
	dev_t *devts;
	int r = mp_probe_list(enumeration->roots, &devts, &enumeration->count);

	if (r < 0)
		return r;
	enumeration->keys = devts; /* dev_t is uint64_t */
	return 0;
}

bool enumeration_knows(const struct inventory *inventory, dev_t devt, const char *name)
{
	const struct daemon_path *path = paths_find_devt(inventory, devt);

	return path && path->path.init == MP_INIT_OK && !strcmp(path->path.identity.name, name);
}

static int take_disk(struct enumeration *enumeration, uint64_t devt)
{
	struct daemon *daemon = enumeration->daemon;
	char name[MP_NAME_SIZE], dir[MP_PROBE_DIR_SIZE];
	int r;

	if (mp_probe_locate_devt(enumeration->roots, devt, name, sizeof(name), dir, sizeof(dir)) <
		    0 ||
	    (!enumeration->run.examines && enumeration_knows(&daemon->inventory, devt, name)))
		return 0;
	daemon->enumerating = true;
	r = discovery_take(daemon, devt, name, dir, NULL, false);
	daemon->enumerating = false;
	if (r < 0 && r != -ENOMEM) {
		log_debug("%s: %s", name, strerror(-r));
		r = 0;
	}
	return r < 0 ? r : 0;
}

static int enumeration_check_path(struct enumeration *enumeration, uint64_t id)
{
	struct daemon_path *path = paths_find_id(&enumeration->daemon->inventory, id);

	if (path)
		schedule_start_late(path);
	return 0;
}

static const struct phase {
	int (*list)(struct enumeration *enumeration); /* Return: 0, negative errno */
	int (*take)(struct enumeration *enumeration, uint64_t key); /* 0, -ENOMEM: no more */
} phases[] = {
	{ enumeration_known, examine_path },
	{ enumeration_read_disks, take_disk },
	{ enumeration_read_paths, enumeration_check_path },
};

static void phase_begin(struct enumeration *enumeration, size_t phase)
{
	int r;

	free(enumeration->keys);
	enumeration->keys = NULL;
	enumeration->count = enumeration->next = 0;
	enumeration->phase = phase;
	if (phase == ARRAY_SIZE(phases))
		return;
	r = phases[phase].list(enumeration);
	if (r < 0)
		log_error("cannot enumerate block devices: %s", strerror(-r));
}

static void run_begin(struct enumeration *enumeration, const struct run *run)
{
	enumeration->run = *run;
	enumeration->runs = true;
	phase_begin(enumeration, 0);
}

/* Return: true if another one follows. */
static bool run_end(struct enumeration *enumeration)
{
	if (enumeration->run.done)
		enumeration->run.done(enumeration->daemon);
	enumeration->runs = false;
	if (!enumeration->wanted)
		return false;
	enumeration->wanted = false;
	run_begin(enumeration, &enumeration->next_run);
	return true;
}

static bool enumeration_step(void *userdata)
{
	struct enumeration *enumeration = userdata;
	int r;

	if (enumeration->phase == ARRAY_SIZE(phases))
		return run_end(enumeration);
	if (enumeration->next == enumeration->count) {
		phase_begin(enumeration, enumeration->phase + 1);
		return true;
	}
	r = phases[enumeration->phase].take(enumeration, enumeration->keys[enumeration->next++]);
	if (r < 0) {
		log_error("cannot enumerate block devices: %s", strerror(-r));
		enumeration->count = enumeration->next;
	}
	return true;
}

static void run_want(struct enumeration *enumeration, const struct run *run)
{
	if (!enumeration->runs) {
		run_begin(enumeration, run);
		slices_run(enumeration->slices);
		return;
	}
	if (!enumeration->wanted)
		enumeration->next_run = (struct run){ 0 };
	enumeration->wanted = true;
	enumeration->next_run.examines |= run->examines;
	if (run->done)
		enumeration->next_run.done = run->done;
}

void enumeration_find(struct daemon *daemon, void (*done)(struct daemon *daemon))
{
	run_want(daemon->enumeration, &(struct run){ .done = done });
}

void enumeration_examine(struct daemon *daemon)
{
	struct mp_path *path;

	cds_list_for_each_entry(path, &daemon->inventory.paths, in_all)
		loads_doubt(daemon_path_of(path));
	run_want(daemon->enumeration, &(struct run){ .examines = true });
}

int enumeration_new(struct daemon *daemon, const struct mp_roots *roots, struct enumeration **ret)
{
	struct enumeration *enumeration = calloc(1, sizeof(*enumeration));
	int r;

	if (!enumeration)
		return -ENOMEM;
	enumeration->daemon = daemon;
	enumeration->roots = roots;
	r = slices_new(daemon->event, enumeration_step, enumeration, &enumeration->slices);
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
	slices_free(enumeration->slices);
	free(enumeration->keys);
	free(enumeration);
	return NULL;
}
