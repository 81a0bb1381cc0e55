/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * snapshots.h - what the configuration files and the state files have, read in two parts by
 * workers, or at once.  For: the start of the daemon, and reconfigure.
 *
 * The configuration files have a lane of their own: if they are on a file system that hangs, state
 * files can still be written. The state files are read in the lane of their writes: what was
 * written before is included, and nothing that is written later.
 */
#pragma once
#include "base/strbuf.h"
#include "config/bindings.h"
#include "config/config.h"
#include "config/wwids.h"
#include "multipathd/jobs/diagnostics.h"
#include "multipathd/loop/work.h"

struct daemon;

struct snapshot {
	struct work work;
	struct daemon *daemon; /* for the loop: run() does not follow it */
	/* of the reading in progress; work.skipped: the daemon ends, and nothing was read */
	void (*ended)(struct snapshot *snapshot);

	struct mp_config_source source;
	struct mp_config *config; /* NULL after an error */
	int config_error;
	struct diagnostics config_diagnostics;

	const char *dir; /* of the state files */
	bool read_only_bindings; /* they are not mended */
	struct mp_bindings *bindings; /* NULL after an error */
	int bindings_error;
	struct diagnostics bindings_diagnostics;
	struct mp_wwids *wwids; /* NULL after an error */
	int wwids_error;
	struct mp_strbuf prkeys;
	int prkeys_error;
	struct mp_strbuf geom_notes;
	int geom_notes_error;
	unsigned geom_notes_version; /* in memory when their reading was requested */
};

/** snapshot_new() - nothing read yet. Return: 0 or -ENOMEM. */
int snapshot_new(struct daemon *daemon, struct snapshot **ret);

/** snapshot_free() - Return: NULL */
struct snapshot *snapshot_free(struct snapshot *snapshot);
/** snapshot_freep() - for _cleanup_() */
void snapshot_freep(struct snapshot **snapshot);

/** snapshot_read_config() - the configuration files, at once */
void snapshot_read_config(struct snapshot *snapshot);

/** snapshot_read_state() - the state files, at once; those that contradict the config are mended */
void snapshot_read_state(struct snapshot *snapshot);

/** snapshot_start_config() - have a worker read the configuration files, then call @ended */
void snapshot_start_config(struct snapshot *snapshot, void (*ended)(struct snapshot *snapshot));

/** snapshot_start_state() - have a worker read the state files, then call @ended */
void snapshot_start_state(struct snapshot *snapshot, void (*ended)(struct snapshot *snapshot));
