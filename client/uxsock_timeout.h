/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * uxsock_timeout.h - how long the daemon may take for a command, without reading the whole
 * configuration.  For: clients; libc only.
 */
#pragma once

#define UXSOCK_TIMEOUT_DEFAULT_MSEC 4000U
/* Clients wait a little longer than the daemon, which answers "timeout" itself. */
#define UXSOCK_TIMEOUT_GRACE_MSEC 100U

/**
 * uxsock_timeout_read() - the largest uxsock_timeout that the configuration mentions
 * @file:	multipath.conf; may be missing
 * @dir:	folder of *.conf; may be missing
 *
 * Only lines that set it are looked at. The daemon keeps its own, exact, limit and answers when it
 * passes; waiting for the largest mentioned value is never too short.
 * Return: milliseconds, at least UXSOCK_TIMEOUT_DEFAULT_MSEC.
 */
unsigned int uxsock_timeout_read(const char *file, const char *dir);
