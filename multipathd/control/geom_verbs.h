/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* geom_verbs.h - gmultipath's verbs, which the daemon runs for clients.  For: commands. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct daemon;
struct daemon_path;

/**
 * geom_verbs_serve() - serve "@geom VERB ..." of a client, answered when it is done
 *
 * Return: true if it is such a request.
 */
bool geom_verbs_serve(struct daemon *daemon, uint64_t request, const char *text);

/**
 * geom_verbs_change_path() - `fail path` and `reinstate path` are gmultipath's "fail" and "restore"
 * to a path in one of its maps
 *
 * Return: true if it is in one; then @request is answered when the verb is done.
 */
bool geom_verbs_change_path(struct daemon_path *path, const char *verb, uint64_t request);
