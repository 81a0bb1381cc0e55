/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sectors.h - the last sectors of disks: all writes to them, and the label of a map.  For:
 * gmultipath's verbs, the daemon's workers.
 *
 * A sector is written only on the LUN that it was read from, and only if it still holds what was
 * read. All functions may block.
 */
#pragma once
#include <stdint.h>

#include "gmultipath/engine.h"

/* A note: `configure` is in progress, table and label may differ. */
#define SECTORS_CONFIGURING "configuring "

/**
 * sectors_read() - read the last sector of a device
 * @ret:	caller frees; of @provider->disk.sector_bytes bytes
 *
 * Return: 0, -ESTALE if the device no longer has the size in @provider, negative errno.
 */
int sectors_read(const struct provider *provider, uint8_t **ret);

/**
 * sectors_replace() - write a last sector
 * @wwid:	that the device itself must report; "": unknown, not checked
 * @expected:	what was read there
 *
 * Return: 0, -EXDEV if it leads to another LUN, -ESTALE if the sector or the size changed (in both
 * cases nothing was written), negative errno.
 */
int sectors_replace(struct engine *engine, const struct provider *provider, const char *wwid,
		    const uint8_t *expected, const uint8_t *wanted);

/** sectors_strerror() - text for an error of these functions */
const char *sectors_strerror(int error);

/**
 * sectors_read_label() - read the label of a map, through a path that shows it and is writable
 * @wwid:	of the labeled LUN; "": the one that each path had when scanned
 *
 * Return: 0, negative errno if there is no such path (message in err, with a reason for each path).
 */
int sectors_read_label(struct engine *engine, const struct mp_geom *geom, const char *wwid,
		       struct mp_label *ret);

/**
 * sectors_write_label() - change the label of a map, through the first path that works
 * @label:	NULL: erase it. Its sizes are taken from the disk
 * @wwid:	as for sectors_read_label()
 *
 * Return: 0, negative errno (message in err).
 */
int sectors_write_label(struct engine *engine, const struct mp_geom *geom,
			const struct mp_label *label, const char *wwid);

/**
 * sectors_complete_labels() - finish a killed `configure`: write the table's mode to the label
 */
void sectors_complete_labels(struct engine *engine);
