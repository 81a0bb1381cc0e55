/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* waiting.h - client requests that are served a little later.  For: commands. */
#pragma once
#include <stdbool.h>

#include "multipathd/jobs/details.h"

struct waiting;

/**
 * waiting_new() - no request is postponed
 * @ret:	daemon->waiting, which the functions below use; waiting_free() when the pool has
 *		ended
 *
 * Return: 0 or -ENOMEM.
 */
int waiting_new(struct waiting **ret);

/** waiting_free() - drop postponed requests. Return: NULL. */
struct waiting *waiting_free(struct waiting *waiting);

/**
 * waiting_for_look() - have @serve called when the kernel's path groups are known, or after 30 ms
 * @request:	shows them
 *
 * Return: false if the request is to be served at once.
 */
bool waiting_for_look(struct daemon *daemon, const struct request *request, serve_fn serve);

/** waiting_postpone() - have waiting_retry() call @serve. Return: false: -ENOMEM. */
bool waiting_postpone(struct daemon *daemon, const struct request *request, serve_fn serve);

/** waiting_retry() - serve postponed requests again, if their clients still wait */
void waiting_retry(struct daemon *daemon);
