/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* probe.h - find block devices, and what sysfs and udev say of them.  For: programs. */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/props.h"
#include "model/path.h"

struct mp_path_settings;

/* Where to look: mp_roots_system in programs, folders of recorded files in tests. */
struct mp_roots {
	const char *sys; /* "/sys" */
	const char *run_udev; /* "/run/udev" */
	const char *dev; /* "/dev" */
	const char *proc; /* "/proc" */
};

extern const struct mp_roots mp_roots_system;

/**
 * mp_probe_found_fn - a whole disk. @dir: its sysfs directory below roots->sys, resolved:
 * "devices/.../block/sda". Return: 0 goes on, negative ends.
 */
typedef int (*mp_probe_found_fn)(void *userdata, dev_t devt, const char *name, const char *dir);

/**
 * mp_probe_enumerate() - each whole disk (no partition) in the order of device numbers. Reads links
 * only.
 */
int mp_probe_enumerate(const struct mp_roots *roots, mp_probe_found_fn found, void *userdata);

/**
 * mp_probe_list() - the numbers of all block devices, in order, partitions too: for
 * mp_probe_locate_devt(). Reads one directory.
 * @ret:	for the caller to free
 */
int mp_probe_list(const struct mp_roots *roots, dev_t **ret, size_t *count);

enum { MP_PROBE_DIR_SIZE = 512 };

/**
 * mp_probe_locate_name() - device number and sysfs directory of a disk, by its kernel name
 *
 * Return: 0, -ENODEV if there is no such device or it is not a whole disk, other negative errno.
 */
int mp_probe_locate_name(const struct mp_roots *roots, const char *name, dev_t *devt, char *dir,
			 size_t size);
/**
 * mp_probe_locate_devt() - as mp_probe_locate_name(): kernel name and directory, by device number
 */
int mp_probe_locate_devt(const struct mp_roots *roots, dev_t devt, char *name, size_t name_size,
			 char *dir, size_t size);

/**
 * mp_probe_node() - the node of a device of that kernel name: cciss!c0d0 is /dev/cciss/c0d0
 * @size:	more than that of "/dev/"; what does not fit is cut off
 */
void mp_probe_node(const char *name, char *node, size_t size);

/**
 * mp_probe_open() - open(2) with O_CLOEXEC. Return: descriptor, -ENXIO the node is another device's
 * (its own is gone), negative errno
 */
int mp_probe_open(const char *node, dev_t devt, int flags);

/**
 * mp_probe_identity() - read sysfs: all of *ret but wwid, and what mp_probe_details() reads
 * @dir:	as passed to mp_probe_found_fn
 * @room:	what @ret borrows its texts from; NULL: all of those are "" (no caller looks at
 *		them)
 *
 * No device is opened, no command is sent: it does not block. About ten system calls for a SCSI
 * disk.
 * Return: 0, -ENODEV if it is gone, -EOPNOTSUPP if the kind of device is not one that can have
 * paths (loop, dm, ram, NVMe namespaces that the kernel multipaths itself, ...), -EPERM if it is
 * hidden (a path of such a namespace).
 */
int mp_probe_identity(const struct mp_roots *roots, dev_t devt, const char *name, const char *dir,
		      struct mp_identity *ret, struct mp_identity_room *room);

/* Where sysfs keeps what a SCSI disk is behind, as its own directory tells; "" if there is none. */
struct mp_probe_scsi_dirs {
	enum mp_protocol protocol; /* as far as the directory tells */
	char host[MP_PROBE_DIR_SIZE]; /* .../scsi_host/host3 */
	/*
	 * FC: .../fc_remote_ports/rport-3:0-1, iSCSI: .../iscsi_session/session1, SAS:
	 * .../sas_end_device/...
	 */
	char nexus[MP_PROBE_DIR_SIZE];
	char disk[MP_PROBE_DIR_SIZE]; /* .../scsi_disk/3:0:0:1 */
};

/**
 * mp_probe_scsi_dirs() - reads nothing; all of it is "" if @dir is not of a SCSI disk, or too long
 */
void mp_probe_scsi_dirs(const char *dir, struct mp_probe_scsi_dirs *ret);

/**
 * mp_probe_has_fallback() - true if the WWID may be read from the device when that udev property is
 * missing
 */
bool mp_probe_has_fallback(enum mp_protocol protocol, const char *attribute);

/**
 * mp_probe_page_wwid() - WWID from what sysfs has of the device's own pages, as
 * mp_scsi_identify() has it. Return: 0, -ENOENT.
 */
int mp_probe_page_wwid(const struct mp_roots *roots, enum mp_protocol protocol, const char *dir,
		       char *wwid);

/**
 * mp_probe_page_names() - is it one of the names on these pages? Return: 1 or 0, -ENOENT: there are
 * none.
 */
int mp_probe_page_names(const struct mp_roots *roots, enum mp_protocol protocol, const char *dir,
			const char *wwid);

/**
 * mp_probe_details() - what only some configurations and listings ask for (serial, timeout_sec,
 * max_sectors_kb), and what opening the device yields anyway (read_only, offline, tpg)
 */
void mp_probe_details(const struct mp_roots *roots, const char *dir, struct mp_identity *identity,
		      struct mp_identity_room *room);

/**
 * mp_probe_listed() - serial number (unless it is known) and max_sectors_kb, which listings show
 * and no check learns
 *
 * Everything else may have been learned from the device itself since, and sysfs is older.
 */
void mp_probe_listed(const struct mp_roots *roots, const char *dir, struct mp_identity *identity,
		     struct mp_identity_room *room);

/**
 * mp_probe_read_only() - true if sysfs reports it as write-protected. @otherwise: if sysfs does not
 * say
 */
bool mp_probe_read_only(const struct mp_roots *roots, const char *dir, bool otherwise);

/**
 * mp_probe_refresh() - what may change of a device that stays the same: size, write protection,
 * hardware handler
 */
void mp_probe_refresh(const struct mp_roots *roots, const char *dir, struct mp_identity *identity);

/** mp_probe_max_sectors_kb() - of the device's queue, whatever kind of disk it is; 0 unknown */
unsigned mp_probe_max_sectors_kb(const struct mp_roots *roots, dev_t devt);

/* What no other file says: see mp_probe_props(). */
#define MP_PROBE_UEVENT_PROPERTY "DISKSEQ"

/**
 * mp_probe_props() - a disk's properties as libudev lists them
 * @dir:	sysfs directory
 * @uevent:	read its uevent file, too: without it MP_PROBE_UEVENT_PROPERTY is missing
 *
 * The same as those of an event, but for those that tell of the event itself.
 *
 * Return: 0, -ENOENT: udev has not seen it.
 */
int mp_probe_props(const struct mp_roots *roots, dev_t devt, const char *dir, bool uevent,
		   struct mp_props *ret);

/**
 * mp_probe_record() - only those in udev's database, of any block device: /run/udev/data/bMAJ:MIN.
 * Return: as mp_probe_props().
 */
int mp_probe_record(const struct mp_roots *roots, dev_t devt, struct mp_props *ret);

/**
 * mp_probe_wwid() - WWID from the udev property, else from the device's VPD pages as sysfs has them
 * @settings:	uid_attribute
 * @props:	NULL if udev knows nothing yet
 * @fallback:	may sysfs answer when the property is missing?
 * @dir:	sysfs directory
 * @wwid:	of MP_WWID_SIZE bytes
 *
 * Return: 0, -ENODATA if there is none yet (property missing), -ENOENT none at all (INQUIRY may
 * still tell: mp_scsi_identify()).
 */
int mp_probe_wwid(const struct mp_roots *roots, const struct mp_identity *identity, const char *dir,
		  const struct mp_path_settings *settings, const struct mp_props *props,
		  bool fallback, char *wwid);

/**
 * mp_probe_props_wwid() - the same from the properties alone. Return: 0, 1 if mp_probe_page_wwid()
 * is to answer, -ENODATA, -ENOENT.
 */
int mp_probe_props_wwid(const struct mp_identity *identity, const char *uid_attribute,
			const struct mp_props *props, bool fallback, char *wwid);

/**
 * mp_probe_apply_props() - fields of the identity that udev's properties tell (claimed,
 * wait_may_run)
 */
void mp_probe_apply_props(struct mp_identity *identity, const struct mp_props *props);

/**
 * mp_probe_state() - sysfs `state` of the device as a path state (UP: ask a checker); does not
 * block
 */
enum mp_path_state mp_probe_state(const struct mp_roots *roots, const char *dir,
				  enum mp_protocol protocol);

/**
 * mp_probe_trigger() - write @action ("add", "change") to the device's uevent file, and its
 * partitions' too
 */
int mp_probe_trigger(const struct mp_roots *roots, const char *dir, const char *action);

/**
 * mp_probe_write() - write a sysfs attribute of the device (may block: for workers). @attribute
 * relative to @dir
 */
int mp_probe_write(const struct mp_roots *roots, const char *dir, const char *attribute,
		   const char *value);

/** mp_probe_in_use() - holders, mounts or swap on the disk or a partition of it */
bool mp_probe_in_use(const struct mp_roots *roots, const char *dir, dev_t devt);

/**
 * mp_probe_map_holder() - UUID of a holder that is a multipath map. Return: 1 found, 0 none,
 * negative errno
 */
int mp_probe_map_holder(const struct mp_roots *roots, const char *dir, char *uuid, size_t size);
