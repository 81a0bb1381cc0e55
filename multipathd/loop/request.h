/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* request.h - what a client asks, as its text arrived.  For: server, clients, commands. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

/*
 * A request that waits for its answer; meanwhile the server may have answered `timeout` or lost the
 * client.
 */
struct request {
	uint64_t id; /* never reused */
	bool is_root; /* peer's uid at accept was 0 */
	const char *text; /* NUL-terminated, valid during the callback only */
};

/** request_fn - a request has arrived; it is answered now or later, exactly once */
typedef void (*request_fn)(void *userdata, const struct request *request);
