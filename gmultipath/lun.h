/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * lun.h - which LUN a path leads to, asked of the path itself.  For: gmultipath's verbs, the
 * daemon's workers.
 *
 * A path that failed may lead to another LUN by now, and what sysfs says of it is as old as its
 * last scan. So it is asked before the kernel is given it. All but lun_scanned() may block.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "model/proof.h"

struct engine;
struct mp_geom;
struct provider;

/**
 * lun_scanned() - WWID as of the kernel's scan (sysfs), in MP_WWID_SIZE bytes. Return: 0, negative
 * errno: none.
 */
int lun_scanned(dev_t devt, char *wwid);

/**
 * lun_ask() - ask the device: INQUIRY of a SCSI disk, or of the one that a partition is on; sysfs
 * of NVMe and DASD
 * @known:	of several names this one, if it has it
 * @wwid:	of MP_WWID_SIZE bytes
 *
 * Return: 0, -EOPNOTSUPP devices of its kind have no such name (dm, MD, loop, USB), -ENOENT it
 * answers, and has none, other negative errno: no answer.
 */
int lun_ask(dev_t devt, const char *known, char *wwid);

/**
 * lun_judge() - does the device answer with this name now? It holds if @known is "", or its kind
 * has no such name.
 */
enum mp_verdict lun_judge(dev_t devt, const char *known);

/**
 * lun_check() - before a device becomes a path: it must still be what it was scanned as
 * @wwid:	what it answers, "" if its kind has no name
 *
 * Return: 0, -EXDEV it is another LUN, other negative errno: no answer.
 */
int lun_check(dev_t devt, char *wwid);

/** lun_strerror() - of an error of lun_check(), to follow "sda: " */
const char *lun_strerror(int error);

/**
 * lun_prove() - does a path of a map still lead to the map's LUN?
 *
 * It has to answer with the WWID that is known of the map's label, or that a map without label had
 * noted for it when it became a path. Without WWID a labelled map's path must show the label; a
 * path of another map cannot be asked then, and holds.
 */
enum mp_verdict lun_prove(const struct engine *engine, const struct mp_geom *geom, size_t path);

/** lun_refuse() - say why a path with that verdict is not used. Return: -EXDEV or -EIO. */
int lun_refuse(struct engine *engine, const struct mp_geom *geom, size_t path,
	       enum mp_verdict verdict);

/**
 * lun_withhold() - of the paths that are to be good, and were failed, those that prove nothing stay
 * as they were
 * @old:	the same paths as they are
 * @geom:	as they are to be; changed
 */
void lun_withhold(struct engine *engine, const struct mp_geom *old, struct mp_geom *geom);

/**
 * lun_check_unused() - no map but @joins (NULL: none) may use the LUN of a device that is to become
 * a path, or to be written to
 *
 * Two maps of one LUN would be two disks to whoever mounts them. Of a partitioned LUN each map may
 * have a part. What has no WWID (lun_ask()) cannot be compared.
 *
 * Return: 0, -EBUSY (said).
 */
int lun_check_unused(struct engine *engine, const struct provider *provider,
		     const struct mp_geom *joins);

/**
 * lun_note() - what a path of a map without label has to answer from now on. Return: as
 * engine_note().
 */
int lun_note(struct engine *engine, const char *map_wwid, dev_t devt, const char *wwid);
