/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* configure.h - the first configuration, and every later one.  For: main, commands, signals. */
#pragma once
#include <stdbool.h>

#include "config/config.h"

struct configure;
struct daemon;
struct mp_strbuf;

/**
 * configure_new() - no configuration yet, none being applied
 * @ret:	daemon->configure, which the functions below use; configure_free() when no path or
 *		map is left
 *
 * Return: 0 or -ENOMEM.
 */
int configure_new(struct daemon *daemon, struct configure **ret);

/** configure_free() - Return: NULL */
struct configure *configure_free(struct configure *configure);

/** configure_source() - where the daemon's configuration is, without a listener */
struct mp_config_source configure_source(const struct daemon *daemon);

/**
 * configure_load() - read configuration and state files
 * @errors:	what is wrong with the configuration, one line each; NULL: log only
 *
 * On failure the daemon keeps the configuration that it has.
 * Return: 0, -EINVAL if the configuration is rejected, negative errno.
 */
int configure_load(struct daemon *daemon, struct mp_strbuf *errors);

/**
 * configure_start() - find maps and paths; daemon->on_configured() is called when all maps are as
 * they should be
 */
int configure_start(struct daemon *daemon);

/**
 * configure_again() - read the configuration anew and bring everything in step with it
 * @all:	reload every map
 * @errors:	as above
 *
 * Return: 0 begun (or noted, while one is under way), negative errno: nothing has changed.
 */
int configure_again(struct daemon *daemon, bool all, struct mp_strbuf *errors);

/**
 * configure_print_state() - since when the configuration is in force, stale or incomplete, and what
 * is wrong with the files
 */
void configure_print_state(const struct daemon *daemon, struct mp_strbuf *out);

/** configure_is_pending() - another reconfigure follows the one in progress */
bool configure_is_pending(const struct daemon *daemon);

/**
 * configure_done() - a daemon->on_configured() that goes on with a reconfigure that came meanwhile.
 * Return: 1 if there is one.
 */
int configure_done(struct daemon *daemon);

/**
 * configure_print_notes() - what was odd about the files when they were read last: its level, a
 * digit, and the text; a line each
 */
void configure_print_notes(const struct daemon *daemon, int verbosity, struct mp_strbuf *out);
