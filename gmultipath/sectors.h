/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sectors.h - the last sectors of disks: every write to one, and the label of a map.  For:
 * gmultipath's verbs, the daemon's workers.
 *
 * Nothing is written blindly: a sector is replaced on the disk that it was read from, and only
 * while it holds what was read. All of these may block.
 */
#pragma once
#include <stdint.h>

#include "gmultipath/engine.h"

/* A note: `configure` is under way, table and label may differ. */
#define SECTORS_CONFIGURING "configuring "

/**
 * sectors_read() - last sector of a device
 * @ret:	caller frees; of @provider->disk.sector_bytes bytes
 *
 * Return: 0, -ESTALE the device has another size than @provider says, negative errno.
 */
int sectors_read(const struct provider *provider, uint8_t **ret);

/**
 * sectors_replace() - write a last sector
 * @wwid:	of the LUN that the device must lead to, asked of the device itself; "" if that is
 * 		not known
 * @expected:	what was read there
 *
 * Return: 0, -EXDEV it leads to another LUN, -ESTALE the sector or the size has changed (either way
 * nothing was written), negative errno.
 */
int sectors_replace(struct engine *engine, const struct provider *provider, const char *wwid,
		    const uint8_t *expected, const uint8_t *wanted);

/** sectors_strerror() - of an error of these functions */
const char *sectors_strerror(int error);

/**
 * sectors_read_label() - label of a map, by a path that shows it and can be written to
 * @wwid:	of the LUN that has the label; "": as each path was scanned
 *
 * Return: 0, negative errno: no path does (said, for each path).
 */
int sectors_read_label(struct engine *engine, const struct mp_geom *geom, const char *wwid,
		       struct mp_label *ret);

/**
 * sectors_write_label() - change the label of a map, by whichever path that works
 * @label:	NULL: erase it. Its sizes are taken from the disk
 * @wwid:	as for sectors_read_label()
 *
 * Return: 0, negative errno (said).
 */
int sectors_write_label(struct engine *engine, const struct mp_geom *geom,
			const struct mp_label *label, const char *wwid);

/**
 * sectors_complete_labels() - after a kill in the middle of `configure`: a map's label gets the
 * mode that its table has
 */
void sectors_complete_labels(struct engine *engine);
