/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* configure.h - startup configuration and reconfigure.  For: main, commands, signals. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct configure;
struct daemon;

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
 * configure_again() - have workers read the files again, then apply them
 * @all:	reload every map
 * @request:	answered when the files have been read; 0: none
 *
 * If it is asked for while another one reads its files, they are read once more after it, and the
 * answer is that of the first one that is not rejected. While another one is applied, it is
 * pending, and the request is answered at once.
 *
 * With many paths it continues in slices after the answer: some have the settings of the new
 * configuration then, others still those of the old one. Maps are reconciled when all have the new
 * ones.
 *
 * Return: 0 or -ENOMEM: the request is not answered.
 */
int configure_again(struct daemon *daemon, bool all, uint64_t request);

/** configure_is_pending() - Return: true if another reconfigure follows, or its files are being
 * read */
bool configure_is_pending(const struct daemon *daemon);

/**
 * configure_done() - a daemon->on_configured(): the daemon is idle, and the files are read for a
 * pending reconfigure
 */
void configure_done(struct daemon *daemon);
