/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * paths.h - the set of paths: one noun's state and look-ups. Nothing is started or decided here.
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

struct check_job;
struct inventory;
struct mp_checker;
struct mp_prioritizer;
struct sampling;

struct daemon_path {
	struct mp_path path;
	struct inventory *inventory;
	char *dir; /* in sysfs */
	/* what it told when gmultipath's map, which has it, took it; NULL: none has */
	char *geom_wwid;
	bool geom_foreign; /* and it tells something else now */
	struct mp_path_settings settings; /* text borrowed from inventory->config */
	const struct mp_checker *checker;
	const struct mp_prioritizer *prioritizer;
	int fd; /* of the device node; -1: not open */
	unsigned checker_kept; /* what the checker keeps about fd */
	bool told_wwid; /* the device itself told its WWID: daemon_path_proof() */
	char *proof; /* or it told this name; NULL not asked yet */
	/* by udev, as VPD page 0x83 has it, if the WWID is another kind of name; NULL none */
	char *named;
	uint64_t proven_usec; /* 0: to be asked at the next check */
	bool stays; /* in use without proof (mp_proof_may_stay()); told */
	bool ask_again; /* what else was told once and kept */
	uint64_t earliest_usec; /* next check after a failure that the kernel saw */
	struct cds_list_head waiters; /* for `reinstate path`, by struct waiter.in_map */
	uint64_t registered_key; /* of persistent reservations, since it is up; 0 none */
	struct check_job *job; /* under way, NULL if none */
	enum mp_path_state answered_state; /* last real answer, while path.state is pending */
	bool answered; /* at least once, or given up on for now */
	bool asks_itself; /* for its priority, which no other path's answer tells */
	bool registration_failed; /* of its reservation key, the last time; told */
	bool check_now; /* asked for while a job was under way */
	bool asked_before; /* the job under way began before its prioritizer was chosen */
	unsigned retriggers;
	bool no_alua; /* promised in its INQUIRY data, but not answered */
	bool purged; /* its removal was asked for */
	bool claim_asked; /* the change event that comes is our own */
	struct mp_tuning tuned; /* what was asked for, if is_tuned */
	/* tuning: under way; refused: its port was gone, or it hung */
	bool is_tuned, tuning, tuning_refused;
	struct mp_health health;
	struct sampling *sampling; /* under way, NULL if none */
	struct agenda_entry due; /* next check, or the deadline of the one under way */
};

static inline struct daemon_path *daemon_path_of(const struct mp_path *path)
{
	return caa_container_of(path, struct daemon_path, path);
}

/*
 * The name that the device itself told; NULL not asked yet. Of most devices that is their WWID,
 * which is kept once.
 */
static inline const char *daemon_path_proof(const struct daemon_path *path)
{
	return path->told_wwid ? path->path.identity.wwid : path->proof;
}

/** paths_new() - one that nobody has looked at. Return: 0 or -ENOMEM. */
int paths_new(struct inventory *inventory, const struct mp_identity *identity, const char *dir,
	      struct daemon_path **ret);

/** paths_free() - it leaves its map and the set; nothing of it is under way any more */
void paths_free(struct daemon_path *path);

struct daemon_path *paths_find_id(const struct inventory *inventory, uint64_t id);
struct daemon_path *paths_find_devt(const struct inventory *inventory, dev_t devt);
struct daemon_path *paths_find_name(const struct inventory *inventory, const char *name);

/** paths_find() - as commands name it: sda, 8:0, /dev/sda, /dev/8:0 */
struct daemon_path *paths_find(const struct inventory *inventory, const char *text);

/**
 * paths_told_listed() - what listings show, read from sysfs (mp_probe_listed()). @serial: NULL
 * none, or known before; @max_sectors_kb: 0 unknown
 */
void paths_told_listed(struct daemon_path *path, const char *serial, unsigned max_sectors_kb);
