/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* configure.h - startup configuration and reconfigure.  For: main, commands, signals. */
#pragma once
#include <stdbool.h>

struct configure;
struct daemon;
struct mp_strbuf;

/**
 * configure_new() - without a configuration yet
 * @ret:	daemon->configure, which the functions below use; configure_free() when no path or
 *		map is left
 *
 * Return: 0 or -ENOMEM.
 */
int configure_new(struct daemon *daemon, struct configure **ret);

/** configure_free() - Return: NULL */
struct configure *configure_free(struct configure *configure);

/**
 * configure_start() - find maps and paths; daemon->on_configured() is called when all maps are
 * reconciled
 */
int configure_start(struct daemon *daemon);

/**
 * configure_again() - reread the configuration and apply it
 * @all:	reload every map
 * @errors:	errors in the configuration, one per line; NULL: log only
 *
 * With many paths it continues in slices after this returns: some have the settings of the new
 * configuration then, others still those of the old one. Maps are reconciled when all have the new
 * ones.
 *
 * Return: 0 if started (or pending, while another reconfigure is running), negative errno: nothing
 * has changed.
 */
int configure_again(struct daemon *daemon, bool all, struct mp_strbuf *errors);

/** configure_is_pending() - Return: true if another reconfigure follows the one in progress */
bool configure_is_pending(const struct daemon *daemon);

/**
 * configure_done() - a daemon->on_configured() that starts a pending reconfigure. Return: 1 if
 * there is one.
 */
int configure_done(struct daemon *daemon);
