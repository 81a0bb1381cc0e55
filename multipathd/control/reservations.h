/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * reservations.h - persistent reservation keys: if a map's key is registered, a path gets no I/O
 * before the key is registered on it, too.  For: the daemon's loop, and check jobs.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/prkeys.h"
#include "multipathd/jobs/registrations.h"
#include "multipathd/state/maps.h"

struct daemon;
struct daemon_path;
struct mp_strbuf;

/** reservation_flag_name() - "unknown", "unset" or "set", constant */
const char *reservation_flag_name(enum reservation_flag flag);

/** reservation_check_prepare() - on the loop */
void reservation_check_prepare(struct reservation_check *check, const struct daemon_path *path);

/**
 * reservation_check_take() - on the loop, for a path that is up. Return: NULL, or why it must not
 * be used yet.
 */
const char *reservation_check_take(const struct reservation_check *check, struct daemon_path *path);

/**
 * reservations_take_keys() - the prkeys file was read
 * @text:	of the file, emptied; with an error, keys stay as they are
 */
void reservations_take_keys(struct daemon *daemon, struct mp_strbuf *text, int error);

/** reservations_resolve() - set the map's key after its settings or the file have changed */
void reservations_resolve(struct daemon_map *map);

/**
 * reservations_register() - setprstatus: register all active paths; @request is answered when done
 * @listed:	"MAJOR:MINOR ..." or kernel names: paths already registered, if that many keys are
 *		found; if none is, no path is registered, and the map is not. NULL: there is no list
 */
int reservations_register(struct daemon_map *map, const char *listed, uint64_t request);

/**
 * reservations_forget() - unsetprstatus
 * @listed:	as above: paths that have been unregistered; a key that others have left is removed
 *		when they are checked. NULL: all active ones have been
 */
void reservations_forget(struct daemon_map *map, const char *listed);

/** reservations_hold() - setprhold, unsetprhold */
void reservations_hold(struct daemon_map *map, bool held);

/**
 * reservations_write_key() - setprkey, and with @key NULL unsetprkey; @request is answered when
 * done
 */
int reservations_write_key(struct daemon_map *map, const struct mp_prkey *key, uint64_t request);
