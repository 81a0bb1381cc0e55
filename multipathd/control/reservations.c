/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/reservations.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/strbuf.h"
#include "multipathd/jobs/checks.h"
#include "multipathd/jobs/files.h"
#include "multipathd/jobs/registrations.h"
#include "multipathd/loop/pool.h"
#include "multipathd/state/daemon.h"
#include "multipathd/state/lanes.h"
#include "multipathd/state/maps.h"
#include "multipathd/state/paths.h"

enum { REGISTER_TIMEOUT_SEC = 30, REGISTER_TRIES = 5 };

static const uint64_t usec_per_sec = 1000000;

const char *reservation_flag_name(enum reservation_flag flag)
{
	static const char *const names[] = {
		[RESERVATION_UNKNOWN] = "unknown",
		[RESERVATION_UNSET] = "unset",
		[RESERVATION_SET] = "set",
	};

	return names[flag];
}

static void reservation_set_registered(struct reservation *reservation, enum reservation_flag flag)
{
	if (reservation->registered != flag)
		reservation->registered_since = time(NULL);
	reservation->registered = flag;
	if (flag != RESERVATION_UNKNOWN)
		reservation->expected = false;
	if (flag != RESERVATION_SET)
		return;
	reservation->lost = false;
	reservation->former_key = 0;
}

static void reservation_set_held(struct reservation *reservation, enum reservation_flag flag)
{
	if (reservation->held != flag)
		reservation->held_since = time(NULL);
	reservation->held = flag;
}

void reservations_hold(struct daemon_map *map, bool held)
{
	reservation_set_held(&map->reservation, held ? RESERVATION_SET : RESERVATION_UNSET);
}

/* Nothing is known of its paths any more. */
static void reservation_reset(struct daemon_map *map, enum reservation_flag flag)
{
	struct mp_path *path;

	reservation_set_registered(&map->reservation, flag);
	reservation_set_held(&map->reservation, flag);
	cds_list_for_each_entry(path, &map->map.paths, in_map)
		paths_doubt_registration(daemon_path_of(path));
}

/*
 * Paths by number or kernel name, separated by blanks: multipath-tools names the first one and
 * numbers the others. Return: how many there are; @has: @identity is one of them.
 */
static size_t reservation_parse_paths(const char *text, const struct mp_identity *identity,
				      bool *has)
{
	char number[32];
	size_t count = 0, length;

	snprintf(number, sizeof(number), "%u:%u", major(identity->devt), minor(identity->devt));
	*has = false;
	for (; text; text += length) {
		text += strspn(text, " \t");
		length = strcspn(text, " \t");
		if (!length)
			break;
		*has |= (length == strlen(number) && !memcmp(text, number, length)) ||
			(length == strlen(identity->name) && !memcmp(text, identity->name, length));
		count++;
	}
	return count;
}

/*
 * A command has unregistered the key. The daemon may not have noticed that a path did not work just
 * then.
 */
void reservations_forget(struct daemon_map *map, const char *listed)
{
	struct reservation *reservation = &map->reservation;
	struct mp_path *path;

	reservation_reset(map, RESERVATION_UNSET);
	reservation->lost = false;
	reservation->former_key = reservation->key.key ? reservation->key.key :
							 reservation->last_key;
	cds_list_for_each_entry(path, &map->map.paths, in_map) {
		bool has;

		reservation_parse_paths(listed, &path->identity, &has);
		daemon_path_of(path)->left_key =
			mp_path_is_active(path) && (has || !listed) ? reservation->former_key : 0;
	}
}

/* A host that was shut out stays out: the paths that are registered already are none any more. */
static void reservation_lose(struct daemon_map *map)
{
	log_error("%s: reservation key 0x%llx is no longer registered", map->map.name,
		  (unsigned long long)map->reservation.key.key);
	reservation_reset(map, RESERVATION_UNSET);
	map->reservation.lost = true;
}

/* With each check of a path. */

static bool reservation_lacks_key(const struct daemon_path *path,
				  const struct reservation *reservation)
{
	return reservation->key.key && reservation->registered == RESERVATION_SET &&
	       path->registered_key != reservation->key.key;
}

static bool reservation_must_leave(const struct daemon_path *path,
				   const struct reservation *reservation)
{
	return reservation->lost && reservation->registered == RESERVATION_UNSET &&
	       reservation->key.key && !path->has_left &&
	       path->registered_key != reservation->key.key;
}

static bool reservation_must_retire(const struct daemon_path *path,
				    const struct reservation *reservation)
{
	return reservation->former_key && reservation->registered == RESERVATION_UNSET &&
	       !reservation->lost && path->left_key != reservation->former_key;
}

/* A path whose check hangs is not waited for. */
static bool is_registering(const struct daemon_path *path)
{
	return path->job && path->job->reservation.wanted && path->path.state != MP_PATH_PENDING;
}

void reservation_check_prepare(struct reservation_check *check, const struct daemon_path *path)
{
	const struct daemon_map *map = path->path.map ? daemon_map_of(path->path.map) : NULL;
	const struct mp_path *other;

	if (!map || !mp_protocol_is_scsi(path->path.identity.protocol))
		return;
	check->all_target_ports = map->map.settings.all_target_ports;
	if (reservation_must_retire(path, &map->reservation)) {
		check->former_key = map->reservation.former_key;
		check->wanted = true;
		cds_list_for_each_entry(other, &map->map.paths, in_map)
			check->path_count +=
				reservation_must_retire(daemon_path_of(other), &map->reservation);
		return;
	}
	if (!map->reservation.key.key)
		return;
	check->key = map->reservation.key;
	check->epoch = map->reservation.epoch;
	check->wanted = map->reservation.registered == RESERVATION_UNKNOWN ||
			reservation_lacks_key(path, &map->reservation) ||
			reservation_must_leave(path, &map->reservation);
	/* A command that registers it may have found the path already. */
	check->leaves = reservation_must_leave(path, &map->reservation) ||
			(!map->reservation.registering &&
			 (map->reservation.registered == RESERVATION_SET ||
			  (map->reservation.registered == RESERVATION_UNKNOWN &&
			   map->reservation.expected)));
	if (!check->wanted)
		return;
	cds_list_for_each_entry(other, &map->map.paths, in_map) {
		check->path_count++;
		check->others += other != &path->path && is_registering(daemon_path_of(other));
	}
}

static void reservation_take_told(struct daemon_map *map, const struct reservation_check *check)
{
	struct reservation *reservation = &map->reservation;
	const bool expected = reservation->expected && !reservation->registering;

	if (reservation->registered == RESERVATION_UNKNOWN) {
		reservation_set_registered(reservation,
					   check->registered ? RESERVATION_SET : RESERVATION_UNSET);
		reservations_hold(map, check->held);
		if (check->registered)
			log_notice("%s: reservation key 0x%llx is registered", map->map.name,
				   (unsigned long long)check->key.key);
		else if (expected && !check->keeps)
			reservation_lose(map);
	} else if (reservation->registered == RESERVATION_SET && !check->registered &&
		   !reservation->registering) {
		reservation_lose(map);
	}
}

static void reservation_take_retired(const struct reservation_check *check,
				     struct daemon_path *path,
				     const struct reservation *reservation)
{
	/* The check had begun before the key was unregistered. */
	if (check->registered && check->key.key == reservation->former_key)
		path->left_key = 0;
	if (!check->former_key)
		return;
	if (check->left)
		path->left_key = check->former_key;
	else if (check->leave_error < 0 && !path->registration_failed)
		log_warning("%s: %s: reservation key 0x%llx may still be registered: %s",
			    path->path.map->name, mp_path_name(&path->path),
			    (unsigned long long)check->former_key, strerror(-check->leave_error));
	path->registration_failed = check->leave_error < 0;
}

const char *reservation_check_take(const struct reservation_check *check, struct daemon_path *path)
{
	struct daemon_map *map = path->path.map ? daemon_map_of(path->path.map) : NULL;

	if (!map || !mp_protocol_is_scsi(path->path.identity.protocol))
		return NULL;
	if (check->told && check->key.key == map->reservation.key.key) {
		const int error = check->error < 0 ? check->error : check->leave_error;
		const bool is_new = check->epoch == map->reservation.epoch;

		if (error < 0 && error != -EAGAIN && !path->registration_failed)
			log_warning("%s: %s: reservation key 0x%llx%s: %s", map->map.name,
				    mp_path_name(&path->path), (unsigned long long)check->key.key,
				    check->leave_error < 0 ?
					    " is registered nowhere, and an older one may be" :
					    "",
				    strerror(-error));
		path->registration_failed = error < 0;
		if (is_new && (check->error >= 0 || check->registered))
			reservation_take_told(map, check);
		if (is_new && check->error >= 0 && check->registered)
			path->registered_key = check->key.key;
		if (check->keeps && !path->has_left)
			log_warning(
				"%s: %s: reservation key 0x%llx is registered nowhere, and another one holds the reservation by this path: it stays registered",
				map->map.name, mp_path_name(&path->path),
				(unsigned long long)check->key.key);
		path->has_left |= check->left || check->keeps;
	}
	reservation_take_retired(check, path, &map->reservation);
	if (check->left)
		path->registered_key = 0;
	/* A command may have registered it before it left: the array refuses its I/O. */
	if (mp_path_state_is_active(path->answered_state) && !check->left)
		return NULL;
	if (reservation_must_leave(path, &map->reservation))
		return "it may be registered with an older key";
	if (reservation_lacks_key(path, &map->reservation))
		return "its reservation key is not registered yet";
	return NULL;
}

/* The map's key. */

void reservations_take_keys(struct daemon *daemon, struct mp_strbuf *text, int error)
{
	if (error < 0) {
		log_error("%s/prkeys: %s", files_dir(daemon), strerror(-error));
		return;
	}
	free(daemon->inventory.prkeys);
	daemon->inventory.prkeys = NULL;
	if (text->length)
		mp_strbuf_take(text, &daemon->inventory.prkeys);
}

void reservations_resolve(struct daemon_map *map)
{
	const struct mp_map_settings *settings = &map->map.settings;
	const char *text = map->inventory->prkeys;
	struct reservation *reservation = &map->reservation;
	struct mp_prkey key = { 0 };

	if (settings->reservation_source == MP_RESERVATION_CONFIGURED)
		key = (struct mp_prkey){ settings->reservation_key, settings->reservation_aptpl };
	else if (settings->reservation_source == MP_RESERVATION_PRKEYS && text)
		mp_prkeys_find(text, strlen(text), map->map.wwid, &key);
	/*
	 * Without a key nothing is registered. A map stays lost: a command that registers another
	 * key may be refused, and write the old one back.
	 */
	if (key.key != reservation->key.key ||
	    (!key.key && reservation->registered == RESERVATION_UNKNOWN))
		reservation_reset(map, key.key ? RESERVATION_UNKNOWN : RESERVATION_UNSET);
	if (!reservation->resolved || key.key != reservation->key.key)
		reservation->expected = !reservation->resolved &&
					settings->reservation_source == MP_RESERVATION_PRKEYS;
	reservation->resolved = true;
	if (!key.key && reservation->key.key)
		reservation->last_key = reservation->key.key;
	else if (key.key == reservation->former_key)
		reservation->former_key = 0;
	reservation->key = key;
}

/* setprstatus: one reply for all paths. */

struct registering {
	struct daemon *daemon;
	uint64_t request;
	char wwid[MP_WWID_SIZE];
	unsigned waiting; /* jobs under way, and the loop that makes them */
};

struct register_job {
	struct work work;
	struct registering *registering; /* for the loop */
	uint64_t path_id;
	int fd;
	struct mp_prkey key;
	bool all_target_ports;
	bool listed; /* the key is registered on the paths of a list */
	size_t enough; /* with this many keys, it has one of them; 0: register it anyway */
	int error; /* -ENOKEY: it is not, another host has taken it away since */
};

static void registering_unref(struct registering *registering)
{
	struct daemon_map *map;

	if (--registering->waiting)
		return;
	map = maps_find_wwid(&registering->daemon->inventory, registering->wwid);
	if (map &&
	    map->reservation.registering) /* otherwise it was created again in the meantime */
		map->reservation.registering--;
	daemon_reply(registering->daemon, registering->request, "ok\n");
	free(registering);
}

static void register_job_run(struct work *work)
{
	struct register_job *job = caa_container_of(work, struct register_job, work);
	const unsigned timeout_msec = REGISTER_TIMEOUT_SEC * 1000;
	size_t count;

	/* A path that works waits for nothing: what cannot be told is looked at again. */
	job->error = -EAGAIN;
	for (int tries = REGISTER_TRIES; job->error == -EAGAIN && tries; tries--)
		job->error = job->listed ?
				     registration_join(job->fd, &job->key, job->all_target_ports,
						       job->enough, 0, timeout_msec, &count) :
				     registration_register(job->fd, &job->key,
							   job->all_target_ports, timeout_msec);
}

static void register_job_lose(const struct register_job *job)
{
	struct daemon_map *map =
		maps_find_wwid(&job->registering->daemon->inventory, job->registering->wwid);

	if (map && map->reservation.key.key == job->key.key &&
	    map->reservation.registered == RESERVATION_SET)
		reservation_lose(map);
}

static void register_job_done(struct work *work)
{
	struct register_job *job = caa_container_of(work, struct register_job, work);
	struct daemon_path *path =
		paths_find_id(&job->registering->daemon->inventory, job->path_id);

	if (work->skipped)
		job->error = -ETIMEDOUT;
	if (job->error == -ENOKEY)
		register_job_lose(job);
	else if (path && job->error >= 0)
		path->registered_key = job->key.key;
	else if (path)
		log_error("%s: reservation key 0x%llx not registered: %s",
			  mp_path_name(&path->path), (unsigned long long)job->key.key,
			  strerror(-job->error));
	registering_unref(job->registering);
	close(job->fd);
	free(job);
}

static void reservation_register_path(struct daemon_path *path, struct registering *registering,
				      bool listed, size_t enough)
{
	const struct daemon_map *map = daemon_map_of(path->path.map);
	struct register_job *job;
	int fd = fcntl(path->fd, F_DUPFD_CLOEXEC, 0);

	if (fd < 0)
		return; /* not open: it is registered when it is checked */
	job = calloc(1, sizeof(*job));
	if (!job) {
		close(fd);
		return;
	}
	*job = (struct register_job){
		.registering = registering,
		.path_id = path->path.id,
		.fd = fd,
		.key = map->reservation.key,
		.all_target_ports = map->map.settings.all_target_ports,
		.listed = listed,
		.enough = enough,
		.work = {
			.run = register_job_run,
			.done = register_job_done,
			.lane = lane_of_path(&path->path.identity),
			.timeout_usec = REGISTER_TIMEOUT_SEC * usec_per_sec,
		},
	};
	registering->waiting++;
	pool_submit(path->inventory->daemon->pool, &job->work);
}

int reservations_register(struct daemon_map *map, const char *listed, uint64_t request)
{
	struct registering *registering = calloc(1, sizeof(*registering));
	struct mp_path *path;

	if (!registering)
		return -ENOMEM;
	registering->daemon = map->inventory->daemon;
	registering->request = request;
	registering->waiting = 1;
	memcpy(registering->wwid, map->map.wwid, sizeof(registering->wwid));
	reservation_set_registered(&map->reservation, RESERVATION_SET);
	map->reservation.registering++;
	map->reservation.epoch++;
	cds_list_for_each_entry(path, &map->map.paths, in_map) {
		bool has;
		size_t count = reservation_parse_paths(listed, &path->identity, &has);

		daemon_path_of(path)->registered_key = 0;
		if (map->reservation.key.key && mp_path_is_active(path) &&
		    mp_protocol_is_scsi(path->identity.protocol))
			reservation_register_path(daemon_path_of(path), registering, listed != NULL,
						  has ? count : 0);
	}
	registering_unref(registering);
	return 0;
}

/* setprkey, unsetprkey */

struct key_job {
	struct work work;
	struct daemon *daemon;
	const char *dir;
	uint64_t request;
	char wwid[MP_WWID_SIZE];
	bool removes;
	struct mp_prkey key;
	struct mp_strbuf text; /* of the file, afterwards */
	int error;
};

static void key_job_run(struct work *work)
{
	struct key_job *job = caa_container_of(work, struct key_job, work);

	job->error =
		mp_prkeys_write(job->dir, job->wwid, job->removes ? NULL : &job->key, &job->text);
}

static void key_job_done(struct work *work)
{
	struct key_job *job = caa_container_of(work, struct key_job, work);
	struct daemon_map *map = maps_find_wwid(&job->daemon->inventory, job->wwid);
	const char *reply = "fail\n";

	files_leave(job->daemon);
	if (job->error < 0) {
		log_error("%s/prkeys: cannot write: %s", job->dir, strerror(-job->error));
	} else {
		free(job->daemon->inventory.prkeys);
		mp_strbuf_take(&job->text, &job->daemon->inventory.prkeys);
	}
	if (job->error >= 0 && map) {
		reservations_resolve(map);
		/*
		 * A map whose key is not from the file does not use this one.
		 */
		if (job->removes ? !map->reservation.key.key :
				   map->map.settings.reservation_source == MP_RESERVATION_PRKEYS)
			reply = "ok\n";
	}
	daemon_reply(job->daemon, job->request, reply);
	mp_strbuf_fini(&job->text);
	free(job);
}

int reservations_write_key(struct daemon_map *map, const struct mp_prkey *key, uint64_t request)
{
	struct key_job *job = calloc(1, sizeof(*job));

	if (!job)
		return -ENOMEM;
	job->daemon = map->inventory->daemon;
	job->dir = files_dir(job->daemon);
	job->request = request;
	memcpy(job->wwid, map->map.wwid, sizeof(job->wwid));
	job->removes = !key;
	if (key)
		job->key = *key;
	job->work = (struct work){
		.run = key_job_run, .done = key_job_done, .lane = LANE_FILES, .exclusive = true
	};
	files_enter(job->daemon);
	pool_submit(job->daemon->pool, &job->work);
	return 0;
}
