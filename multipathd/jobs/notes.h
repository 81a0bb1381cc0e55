/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * notes.h - reads gmultipath's persistent notes (config/geom_notes.h), which its verbs change. For:
 * the daemon's loop.
 */
#pragma once
#include "base/strbuf.h"
#include "multipathd/loop/work.h"

struct daemon;

/* A part of the object that waits for it. */
struct notes_job {
	struct work work;
	struct daemon *daemon; /* for the loop: run() does not follow it */
	/* may free the job; work.skipped: the daemon ends, and nothing was read */
	void (*ended)(struct notes_job *job);
	const char *dir;
	struct mp_strbuf notes;
	int error;
};

/** notes_start() - read them, then call @ended. Answers arrive in the order of these calls. */
void notes_start(struct daemon *daemon, struct notes_job *job,
		 void (*ended)(struct notes_job *job));

/** notes_job_fini() - free what was read */
void notes_job_fini(struct notes_job *job);
