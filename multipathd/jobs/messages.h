/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * messages.h - messages to a map: they do not wait for I/O, and have a lane beside the table's.
 * For: the daemon's control.
 */
#pragma once
#include <stdint.h>

#include "kernel/dm.h"
#include "multipathd/loop/pool.h"

struct daemon;

struct message_job {
	struct work work;
	struct daemon *daemon;
	void (*ended)(struct message_job *job); /* on the loop; it is freed afterwards */
	char wwid[MP_WWID_SIZE];
	char text[64];
	uint64_t request; /* of whoever waits for it; 0: nobody */
	int error;
};

/* Not a message, but as quick: who wants a map again calls its deferred removal off. */
extern const char messages_cancel_removal[];

/** messages_send() - @ended hears of it. Return: 0 or -ENOMEM. */
int messages_send(struct daemon *daemon, const char *wwid, const char *text, uint64_t request,
		  void (*ended)(struct message_job *job));
