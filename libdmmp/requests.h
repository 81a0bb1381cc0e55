/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* requests.h - a command for multipathd, and its reply.  For: libdmmp. */
#pragma once

struct dmmp_context;

/**
 * request_ask() - send it and wait for its reply, for as long as the context says
 * @reply:	the caller frees it; not empty; NULL on failure
 *
 * Return: DMMP_OK, DMMP_ERR_...; a reply that says why the daemon did not do it is one of these.
 */
int request_ask(struct dmmp_context *ctx, const char *command, char **reply);
