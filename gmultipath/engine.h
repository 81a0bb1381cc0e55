/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * engine.h - gmultipath's maps in the kernel, their notes and devices.  For: gmultipath's verbs, on
 * a worker of the daemon or in a separate process.
 *
 * All functions may block. Only the holder of the lock RUNTIME_DIR/multipath/geom changes tables;
 * other engines only read, or send messages to the kernel.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/strbuf.h"
#include "kernel/dm_list.h"
#include "kernel/label.h"
#include "model/geom.h"

/*
 * Names of the devices below a map that reads in one group and writes in another, and a word of the
 * notes.
 */
#define ENGINE_READS_SUFFIX ".read"
#define ENGINE_WRITES_SUFFIX ".write"
#define ENGINE_WRONG_LUN "foreign "

struct engine {
	struct mp_geom *geoms;
	size_t count;
	struct mp_dm_listed *listed; /* all dm devices */
	size_t listed_count;
	struct mp_strbuf state; /* geom_notes.h: kept until reboot */
	struct mp_strbuf config; /* geom_notes.h: kept across reboots */
	bool watched; /* the daemon runs: I/O may queue without a path */
	const dev_t *silent; /* unresponsive devices, not to be accessed; the caller's */
	size_t silent_count;
	int lock; /* < 0: not held, no table may be changed */
	struct mp_strbuf out, err; /* for the caller to print */
};

/* A device that may be a path. */
struct provider {
	char name[MP_NAME_SIZE];
	dev_t devt;
	struct mp_label_disk disk;
};

/**
 * engine_open() - wait for the lock, read the kernel's maps and the notes. Return: 0, negative
 * errno (message in err).
 */
int engine_open(struct engine *engine, bool watched);

/**
 * engine_open_urgently() - the same for a command that only sends messages to the kernel and must
 * not wait
 *
 * If the lock is held for long, its holder waits for a device: continue without it.
 */
int engine_open_urgently(struct engine *engine, bool watched);

/**
 * engine_open_to_look() - the same without the lock, for a command that changes nothing; never
 * waits
 */
int engine_open_to_look(struct engine *engine);

/** engine_close() - release the lock, and free what was read */
void engine_close(struct engine *engine);

/** engine_look() - read the kernel's maps again */
int engine_look(struct engine *engine);

/** engine_error() - append a line to err. Return: @error */
int engine_error(struct engine *engine, int error, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/** engine_find() - the map of that name; borrowed, NULL if there is none */
struct mp_geom *engine_find(struct engine *engine, const char *name);

/** engine_find_wwid() - the map of that WWID; borrowed, NULL if there is none */
struct mp_geom *engine_find_wwid(struct engine *engine, const char *wwid);

/** engine_find_member() - the map that has the path, or NULL */
struct mp_geom *engine_find_member(struct engine *engine, dev_t devt);

/** engine_name_is_free() - true if no dm device has the name, or one of those derived from it */
bool engine_name_is_free(const struct engine *engine, const char *name);

/** engine_is_exclusive() - Return: true if `exclusive yes` is set */
bool engine_is_exclusive(const struct engine *engine);

/** engine_hold() - with `exclusive yes`: set a path's device read-only, or writable again */
void engine_hold(struct engine *engine, dev_t devt, bool hold);

/** engine_note() - add or remove a line of the notes, and write the file */
int engine_note(struct engine *engine, bool lasting, bool add, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* What the daemon knows of a path. */
struct member {
	dev_t devt;
	bool wrong_lun; /* it leads to another LUN than when it was added */
	char wwid[MP_WWID_SIZE]; /* that it had when it was added */
};

/**
 * engine_note_wrong_lun() - record which of a map's paths lead to another LUN: they are LOST until
 * they lead to the map's LUN again
 *
 * Return: 1 if the notes changed, 0 if not, negative errno as engine_note().
 */
int engine_note_wrong_lun(struct engine *engine, const struct mp_geom *geom,
			  const struct member *members, size_t count);

/**
 * engine_know() - let a label with this UUID create a map, on the disk with this WWID ("": any
 * disk). Return: as engine_note()
 */
int engine_know(struct engine *engine, const char *uuid, const char *name, const char *wwid);

/**
 * engine_provider() - find a device by "sda", "/dev/sda" or "/dev/disk/by-id/...", and read its
 * size.
 * Return: 0, negative errno (message in err).
 */
int engine_provider(struct engine *engine, const char *text, struct provider *ret);

/** engine_is_silent() - Return: true if the device is known to be unresponsive */
bool engine_is_silent(const struct engine *engine, dev_t devt);

/** engine_check_unused() - Return: 0, -EBUSY (message in err, naming what uses it) */
int engine_check_unused(struct engine *engine, const struct provider *provider);

/**
 * engine_is_bio() - Return: true if the kernel accepts the device as a path only with `queue_mode
 * bio`; it accepts others in either mode.
 */
bool engine_is_bio(dev_t devt);

/**
 * engine_stands_on() - Return: true if the device is the map or stacked on it, so that it cannot be
 * one of its paths
 */
bool engine_stands_on(dev_t devt, const struct mp_geom *geom);

/** engine_read_label() - Return: as mp_label_decode(), or negative errno */
int engine_read_label(const struct provider *provider, struct mp_label *ret);

/** engine_provider_open() - O_DIRECT. Return: descriptor, negative errno */
int engine_provider_open(dev_t devt, const char *name, int flags);
