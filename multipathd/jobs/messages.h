/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * messages.h - messages to a map, which do not wait for I/O and have a lane separate from the
 * table's. For: the daemon's control.
 */
#pragma once
#include <stdint.h>

#include "model/path.h"
#include "multipathd/loop/pool.h"

struct daemon;

struct message_job {
	struct work work;
	struct daemon *daemon; /* for the loop: run() does not follow it */
	/* on the loop, unless the daemon ends before it was begun; it is freed afterwards */
	void (*ended)(struct message_job *job);
	char wwid[MP_WWID_SIZE];
	char text[64];
	uint64_t request; /* of the client that waits for it; 0: none */
	int error;
};

/* Not a message, but as quick: cancels the deferred removal of a map that is needed again. */
extern const char messages_cancel_removal[];

/** messages_send() - send a message; @ended: as message_job.ended. Return: 0 or -ENOMEM. */
int messages_send(struct daemon *daemon, const char *wwid, const char *text, uint64_t request,
		  void (*ended)(struct message_job *job));
