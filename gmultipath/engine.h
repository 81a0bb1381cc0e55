/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * engine.h - gmultipath's maps as they are, and changes to them.  For: gmultipath's verbs, on a
 * worker of the daemon or in a process of their own.
 *
 * Everything here may block. One engine at a time on a machine changes tables: it holds the lock of
 * RUNTIME_DIR/multipath/geom. Others only look, or send messages to the kernel.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/strbuf.h"
#include "kernel/dm.h"
#include "kernel/label.h"
#include "model/geom.h"

/*
 * Names of the devices below a map that reads in one group and writes in another, and a word of the
 * notes.
 */
#define ENGINE_READS_SUFFIX ".read"
#define ENGINE_WRITES_SUFFIX ".write"
#define ENGINE_FOREIGN "foreign "

struct engine {
	struct mp_geom *geoms;
	size_t count;
	struct mp_dm_listed *listed; /* all dm devices */
	size_t listed_count;
	struct mp_strbuf state; /* geom_notes.h: what lasts until reboot */
	struct mp_strbuf config; /* geom_notes.h: what lasts */
	bool watched; /* by the daemon: I/O may wait for it when no path is left */
	const dev_t *silent; /* devices that do not answer, and are left alone; the caller's */
	size_t silent_count;
	int lock; /* < 0: not held, tables are left alone */
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
 * errno (said in err).
 */
int engine_open(struct engine *engine, bool watched);

/**
 * engine_open_urgently() - the same for what needs nothing but messages to the kernel, and is not
 * to wait
 *
 * Who holds the lock for long waits for a device: then it goes on without.
 */
int engine_open_urgently(struct engine *engine, bool watched);

/**
 * engine_open_to_look() - the same for who changes nothing: without the lock, so it waits for
 * nobody
 */
int engine_open_to_look(struct engine *engine);
void engine_close(struct engine *engine);

/** engine_look() - read the kernel's maps anew */
int engine_look(struct engine *engine);

/** engine_error() - append a line to err. Return: @error */
int engine_error(struct engine *engine, int error, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

struct mp_geom *engine_find(struct engine *engine, const char *name);
struct mp_geom *engine_find_wwid(struct engine *engine, const char *wwid);

/** engine_find_member() - the map that has the path, or NULL */
struct mp_geom *engine_find_member(struct engine *engine, dev_t devt);

/** engine_name_is_free() - for a new map: no dm device has it, or what would stand below it */
bool engine_name_is_free(const struct engine *engine, const char *name);

/** engine_is_exclusive() - is `exclusive` set? */
bool engine_is_exclusive(const struct engine *engine);

/** engine_hold() - `exclusive`: keep others from writing to a path, or let them again */
void engine_hold(struct engine *engine, dev_t devt, bool hold);

/** engine_note() - add (or remove) a line of the notes and have it on disk */
int engine_note(struct engine *engine, bool lasting, bool add, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* What the daemon knows of a path. */
struct member {
	dev_t devt;
	bool foreign; /* it leads to another LUN than when it joined */
	char wwid[MP_WWID_SIZE]; /* of the LUN that it joined with */
};

/**
 * engine_note_foreign() - which of a map's paths lead to another LUN: they are lost to it, until
 * they lead to their own again
 *
 * Return: 1 that has changed, 0, as engine_note().
 */
int engine_note_foreign(struct engine *engine, const struct mp_geom *geom,
			const struct member *members, size_t count);

/**
 * engine_know() - a label with this UUID makes a map by itself, on the disk of this WWID ("": on
 * any). Return: as engine_note()
 */
int engine_know(struct engine *engine, const char *uuid, const char *name, const char *wwid);

/**
 * engine_provider() - "sda", "/dev/sda", "/dev/disk/by-id/..."; asks the device for its size.
 * Return: 0, negative errno (said).
 */
int engine_provider(struct engine *engine, const char *text, struct provider *ret);

/** engine_is_silent() - is it known that the device does not answer? */
bool engine_is_silent(const struct engine *engine, dev_t devt);

/** engine_check_unused() - Return: 0, -EBUSY (said, with the user's name) */
int engine_check_unused(struct engine *engine, const struct provider *provider);

/**
 * engine_is_bio() - does the kernel take the device as a path in `queue_mode bio` alone? Others it
 * takes in either mode.
 */
bool engine_is_bio(dev_t devt);

/**
 * engine_stands_on() - is the device a map, or something stacked on it? It cannot be a path of that
 * map.
 */
bool engine_stands_on(dev_t devt, const struct mp_geom *geom);

/** engine_read_label() - Return: as mp_label_decode(), or negative errno */
int engine_read_label(const struct provider *provider, struct mp_label *ret);

/** provider_open() - O_DIRECT. Return: descriptor, negative errno */
int provider_open(dev_t devt, const char *name, int flags);
