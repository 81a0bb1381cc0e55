/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * paths.h - the set of paths: state and lookups. Nothing is started or decided here.
 * For: the daemon's rooms.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <urcu/list.h>

#include "kernel/tuning.h"
#include "model/health.h"
#include "model/path.h"
#include "model/settings.h"
#include "multipathd/loop/agenda.h"
#include "multipathd/state/rports.h"

struct check_job;
struct inventory;
struct mp_checker;
struct mp_prioritizer;
struct sampling;

struct daemon_path {
	struct mp_path path;
	struct inventory *inventory;
	bool in_wwids; /* of inventory->paths_by_wwid */
	char *dir; /* in sysfs */
	/* what it reported when it was added to its gmultipath map; NULL: it is in none */
	char *geom_wwid;
	bool geom_wrong_lun; /* and it reports something else now */
	bool geom_unjudged; /* what it reports now has not been read yet */
	struct mp_path_settings settings; /* text borrowed from inventory->config */
	const struct mp_checker *checker;
	const struct mp_prioritizer *prioritizer;
	int fd; /* of the device node; -1: not open */
	unsigned checker_kept; /* private data of the checker for fd */
	bool told_wwid; /* the device itself reported its WWID: daemon_path_proof() */
	char *proof; /* or it reported this name; NULL: not asked yet */
	/* by udev, as VPD page 0x83 has it, if the WWID is another kind of name; NULL none */
	char *named;
	uint64_t proven_usec; /* 0: must be asked at the next check */
	bool stays; /* in use without proof (mp_proof_may_stay()); logged */
	bool ask_again; /* read cached values again from the device */
	uint64_t earliest_usec; /* next check after a failure that the kernel saw */
	struct cds_list_head waiters; /* for `reinstate path`, by struct waiter */
	uint64_t registered_key; /* reservation key registered since it came up; 0 none */
	uint64_t left_key; /* its map's former key, with which it is not registered any more */
	bool has_left; /* since it came up: it has no registration, as its map's key is lost */
	struct check_job *job; /* under way, NULL if none */
	enum mp_path_state answered_state; /* last real answer; path.state differs only while that
					      is pending */
	/* I/O has failed since its checker last found it bad, if it ever did */
	bool only_io_failed;
	bool answered; /* at least once, or no longer waited for */
	bool asks_itself; /* its own check must read its priority */
	bool registration_failed; /* the last registration of its key failed; logged */
	bool check_now; /* asked for while a job was under way */
	bool asked_before; /* the job under way began before its prioritizer was chosen */
	unsigned retriggers;
	bool no_alua; /* ALUA announced in its INQUIRY data, but not supported */
	char *scanned; /* its own WWID as of its last scan, "" none; NULL: not read */
	bool was_read; /* that and its serial number, or they are not waited for */
	unsigned reading_number; /* increased by each event: answers to earlier questions are old */
	bool purged; /* its deletion was requested */
	bool elsewhere; /* logged: it waits until another map's table has dropped it */
	bool claim_asked; /* the next change event is requested by the daemon */
	struct mp_tuning tuned; /* the requested values, if is_tuned */
	/* tuning: in progress; refused: its port was gone, or it hung */
	bool is_tuned, tuning, tuning_refused;
	struct mp_health health;
	struct rport_member rport;
	struct sampling *sampling; /* under way, NULL if none */
	struct agenda_entry due; /* next check, or the deadline of the running one */
};

/** daemon_path_of() - the daemon's object around the model's path */
static inline struct daemon_path *daemon_path_of(const struct mp_path *path)
{
	return caa_container_of(path, struct daemon_path, path);
}

/*
 * The name that the device itself reported; NULL: not asked yet. For most devices this is the WWID,
 * which is stored only once.
 */
static inline const char *daemon_path_proof(const struct daemon_path *path)
{
	return path->told_wwid ? path->path.identity.wwid : path->proof;
}

/** paths_new() - a path that has not been identified yet. Return: 0 or -ENOMEM. */
int paths_new(struct inventory *inventory, const struct mp_identity *identity, const char *dir,
	      struct daemon_path **ret);

/**
 * paths_set_identity() - mp_path_set_identity() of a path of the set. Return: 0, -ENOMEM: all is as
 * before.
 */
int paths_set_identity(struct daemon_path *path, const struct mp_identity *identity);

/** paths_set_wwid() - it is known now; truncated to MP_WWID_SIZE */
void paths_set_wwid(struct daemon_path *path, const char *wwid);

/** paths_free() - remove it from its map and the set; no job of it may be running */
void paths_free(struct daemon_path *path);

/** paths_find_id(), paths_find_devt() - borrowed; NULL if there is none */
struct daemon_path *paths_find_id(const struct inventory *inventory, uint64_t id);
struct daemon_path *paths_find_devt(const struct inventory *inventory, dev_t devt);
struct daemon_path *paths_find_name(const struct inventory *inventory, const char *name);

/**
 * paths_find_orphan() - a path of that WWID that is ready for a map, but in none; NULL if there is
 * none
 */
struct daemon_path *paths_find_orphan(const struct inventory *inventory, const char *wwid);

/** paths_find() - find a path as named in commands: sda, 8:0, /dev/sda, /dev/8:0 */
struct daemon_path *paths_find(const struct inventory *inventory, const char *text);

/**
 * paths_follows_port() - true if the state of its remote port counts: on Fibre Channel, with
 * marginal_pathgroups fpin
 */
bool paths_follows_port(const struct daemon_path *path);

/**
 * paths_told_listed() - record values for listings, read from sysfs (mp_probe_listed()). @serial:
 * NULL if none, or already known; @max_sectors_kb: 0 if unknown
 */
void paths_told_listed(struct daemon_path *path, const char *serial, unsigned max_sectors_kb);

/**
 * paths_doubt_registration() - other hosts may preempt its reservation key while it is down, or
 * have done so
 */
void paths_doubt_registration(struct daemon_path *path);

/**
 * paths_let_go() - a table has changed or a map is gone: mark the maps whose paths waited for that
 */
void paths_let_go(struct inventory *inventory);
