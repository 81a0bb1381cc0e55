/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * lun.h - which LUN a path leads to, read from the device.  For: gmultipath's verbs, the
 * daemon's workers.
 *
 * A failed path may lead to another LUN by now, and sysfs shows what it was at its last scan. So
 * the device is queried before the kernel may use it. All functions but lun_scanned() may block.
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
 * lun_ask() - query the WWID: INQUIRY for a SCSI disk or the disk of a partition, Identify for
 * NVMe, sysfs for DASD
 * @known:	preferred if the device has several WWIDs
 * @wwid:	of MP_WWID_SIZE bytes
 *
 * Return: 0, -EOPNOTSUPP if devices of its kind have no WWID (dm, MD, loop, USB), -ENOENT if it
 * answers but has none, other negative errno: no answer.
 */
int lun_ask(dev_t devt, const char *known, char *wwid);

/**
 * lun_judge() - does the device report this WWID now? Holds if @known is "", or if devices of its
 * kind have no WWID.
 */
enum mp_proof_verdict lun_judge(dev_t devt, const char *known);

/**
 * lun_check() - before a device becomes a path: it must still be the LUN that was scanned
 * @wwid:	what it reports, "" if its kind has no WWID
 *
 * Return: 0, -EXDEV if it is another LUN, other negative errno: no answer.
 */
int lun_check(dev_t devt, char *wwid);

/** lun_strerror() - text for an error of lun_check(), to be printed after "sda: " */
const char *lun_strerror(int error);

/**
 * lun_prove() - identity check: does a path still lead to the LUN of its map?
 *
 * It must report the WWID recorded for the map's label or, in a manual map, the one recorded when
 * it was added. Without a WWID, a path of a labeled map must show the label; a path of a manual map
 * cannot be checked, and holds.
 */
enum mp_proof_verdict lun_prove(const struct engine *engine, const struct mp_geom *geom,
				size_t path);

/** lun_refuse() - report why a path with that verdict is not used. Return: -EXDEV or -EIO. */
int lun_refuse(struct engine *engine, const struct mp_geom *geom, size_t path,
	       enum mp_proof_verdict verdict);

/**
 * lun_withhold() - keep those paths failed that are to be restored but fail the identity check
 * @old:	the paths as they are
 * @geom:	the paths as they are to be; changed
 */
void lun_withhold(struct engine *engine, const struct mp_geom *old, struct mp_geom *geom);

/**
 * lun_check_unused() - check that no map but @joins (NULL: none) uses the LUN of a device that is
 * to become a path or to be written to
 *
 * Two maps of one LUN would appear as two disks. Maps may use different partitions of one LUN.
 * Devices without a WWID (lun_ask()) cannot be compared.
 *
 * Return: 0, -EBUSY (message in err).
 */
int lun_check_unused(struct engine *engine, const struct provider *provider,
		     const struct mp_geom *joins);

/**
 * lun_note() - record the WWID that a path of a manual map must report from now on. Return: as
 * engine_note().
 */
int lun_note(struct engine *engine, const char *map_wwid, dev_t devt, const char *wwid);
