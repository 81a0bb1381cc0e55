/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libmpathpersist/targets.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "config/config.h"
#include "kernel/dm_lock.h"
#include "kernel/probe.h"
#include "libmpathpersist/mpath_persist.h"

enum {
	LOCK_TIMEOUT_MSEC = 30000,
	STACK_SIZE = 256 * 1024,
	BYTES_OF_LINE = 16,
};

static void lines_add(struct target_lines *lines, const char *line)
{
	size_t length = strlen(line);

	if (lines->length + length >= sizeof(lines->text))
		return;
	memcpy(lines->text + lines->length, line, length + 1);
	lines->length += length;
}

/* base/log.h has one verbosity for the process: several threads of a program may each want their
 * own. */
void target_log(const struct target *target, enum log_level level, const char *format, ...)
{
	char line[512 + LOG_TIME_SIZE];
	va_list args;

	if ((int)level > target->verbosity)
		return;
	va_start(args, format);
	log_format_timed(line, sizeof(line), format, args);
	va_end(args);
	if (target->lines)
		lines_add(target->lines, line);
	else
		fputs(line, stderr);
}

void target_dump(const struct target *target, const void *data, size_t size)
{
	const uint8_t *bytes = data;

	for (size_t at = 0; at < size; at += BYTES_OF_LINE) {
		char line[8 + 3 * BYTES_OF_LINE + 2];
		int length = snprintf(line, sizeof(line), "%7s", "");

		for (size_t i = at; i < size && i < at + BYTES_OF_LINE; i++)
			length += snprintf(line + length, sizeof(line) - length, "%s%02x",
					   i - at == BYTES_OF_LINE / 2 ? "  " : " ", bytes[i]);
		target_log(target, LOG_LEVEL_ERROR, "%s", line);
	}
}

/* Threads */

struct call {
	pthread_t thread;
	bool started;
	const struct target *target;
	struct target_path *path;
	void (*run)(const struct target *target, struct target_path *path, const void *argument);
	const void *argument;
};

static void *call_main(void *data)
{
	struct call *call = data;

	call->run(call->target, call->path, call->argument);
	return NULL;
}

/* The program's signals are for its own threads. */
static void call_start(struct call *call)
{
	pthread_attr_t attributes;
	sigset_t all, before;

	if (pthread_attr_init(&attributes))
		return;
	pthread_attr_setstacksize(&attributes, STACK_SIZE);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	call->started = pthread_create(&call->thread, &attributes, call_main, call) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attributes);
}

/* What gets no thread, because it is the only one or there are no more, runs here. */
void target_each(struct target *target,
		 void (*run)(const struct target *target, struct target_path *path,
			     const void *argument),
		 const void *argument)
{
	_cleanup_free_ struct call *calls = calloc(target->path_count, sizeof(*calls));
	size_t count = 0;

	for (size_t i = 0; i < target->path_count; i++) {
		struct target_path *path = &target->paths[i];

		if (!path->chosen)
			continue;
		if (!calls) {
			run(target, path, argument);
			continue;
		}
		calls[count++] = (struct call){
			.target = target, .path = path, .run = run, .argument = argument
		};
	}
	for (size_t i = 1; calls && !target->lines && i < count; i++)
		call_start(&calls[i]);
	for (size_t i = 0; calls && i < count; i++)
		if (!calls[i].started)
			call_main(&calls[i]);
	for (size_t i = 0; calls && i < count; i++)
		if (calls[i].started)
			pthread_join(calls[i].thread, NULL);
}

/* Paths */

size_t target_choose_usable(struct target *target)
{
	size_t count = 0;

	for (size_t i = 0; i < target->path_count; i++)
		count += target->paths[i].chosen = target->paths[i].usable;
	return count;
}

/* The identity of a path, as settings are looked up by; and what is kept of it. */
static int path_find(struct target_path *path, dev_t devt, struct mp_identity *identity)
{
	char dir[MP_PROBE_DIR_SIZE], node[MP_NAME_SIZE + sizeof("/dev/")];
	int r;

	*path = (struct target_path){ .devt = devt, .fd = -1, .chosen = true };
	r = mp_probe_locate_devt(&mp_roots_system, devt, path->name, sizeof(path->name), dir,
				 sizeof(dir));
	if (r == 0)
		r = mp_probe_identity(&mp_roots_system, devt, path->name, dir, identity, NULL);
	if (r < 0)
		return r;
	path->host = identity->address.host;
	if (!mp_protocol_is_scsi(identity->protocol))
		return 0;
	mp_probe_node(path->name, node, sizeof(node));
	path->fd = mp_probe_open(node, devt, O_RDONLY | O_NONBLOCK);
	if (path->fd < 0)
		path->fd = -1;
	return 0;
}

static int paths_find(struct target *target, struct mp_identity *reference)
{
	_cleanup_(mp_table_fini) struct mp_table table = MP_TABLE_INIT;
	bool found = false;
	int r = mp_dm_ioctl_read(target->devt, &table);

	if (r < 0)
		return r;
	target->paths = calloc(mp_table_count(&table) + 1, sizeof(*target->paths));
	if (!target->paths)
		return -ENOMEM;
	for (size_t g = 0; g < table.group_count; g++)
		for (size_t i = 0; i < table.groups[g].path_count; i++) {
			struct target_path *path = &target->paths[target->path_count++];
			struct mp_identity identity;

			if (path_find(path, table.groups[g].paths[i].devt, &identity) == 0 &&
			    !found) {
				*reference = identity;
				found = true;
			}
		}
	return found;
}

/* Settings */

static void on_diagnostic(void *userdata, enum mp_severity severity, int level, const char *text)
{
	(void)level;
	target_log(userdata, severity == MP_SEVERITY_ERROR ? LOG_LEVEL_ERROR : LOG_LEVEL_DEBUG,
		   "%s", text);
}

static int find_key(struct target *target)
{
	_cleanup_strbuf_ struct mp_strbuf text = MP_STRBUF_INIT;
	int r = mp_prkeys_load(STATE_DIR, &text);

	if (r < 0) {
		target_log(target, LOG_LEVEL_ERROR, STATE_DIR "/prkeys: %s", strerror(-r));
		return r;
	}
	mp_prkeys_find(mp_strbuf_text(&text), text.length, target->map.wwid, &target->key);
	return 0;
}

/* Read by every call: a configuration remembers what was looked up, so threads cannot share one. */
static int find_settings(struct target *target, const struct mp_identity *reference)
{
	const struct mp_config_source source = {
		.file = CONFIG_FILE,
		.dir = CONFIG_DIR,
		.verbosity = -1,
		.diagnostic = on_diagnostic,
		.userdata = target,
	};
	_cleanup_(mp_config_freep) struct mp_config *config = NULL;
	struct mp_map_settings settings;
	int r = mp_config_load(&source, &config);

	if (r < 0)
		return r;
	mp_config_map_settings(config, target->map.wwid, reference, &settings);
	target->source = settings.reservation_source;
	target->all_target_ports = settings.all_target_ports;
	if (target->source == MP_RESERVATION_CONFIGURED)
		target->key =
			(struct mp_prkey){ settings.reservation_key, settings.reservation_aptpl };
	return target->source == MP_RESERVATION_PRKEYS ? find_key(target) : 0;
}

/* A program that hangs with its lock is not to keep all others from fencing for ever. */
static int target_lock(struct target *target)
{
	target->lock_fd = mp_dm_lock(target->devt, MP_DM_LOCK_RESERVATIONS, LOCK_TIMEOUT_MSEC);
	if (target->lock_fd >= 0)
		return MPATH_PR_SUCCESS;
	target_log(target, LOG_LEVEL_ERROR, "%s: cannot lock: %s", target->map.name,
		   strerror(-target->lock_fd));
	return MPATH_PR_DMMP_ERROR;
}

int target_open(int fd, enum target_use use, int verbosity, struct target *ret)
{
	struct mp_identity reference;
	struct stat about;
	int r;

	*ret = (struct target){ .verbosity = verbosity, .lock_fd = -1 };
	if (fstat(fd, &about) < 0 || !S_ISBLK(about.st_mode))
		return MPATH_PR_FILE_ERROR;
	ret->devt = about.st_rdev;
	r = mp_dm_ioctl_identify(ret->devt, &ret->map);
	if (r >= 0 && use == TARGET_CHANGES && target_lock(ret) != MPATH_PR_SUCCESS)
		return MPATH_PR_DMMP_ERROR;
	if (r >= 0)
		r = paths_find(ret, &reference);
	if (r < 0) {
		target_log(ret, LOG_LEVEL_ERROR, "%u:%u: no multipath map: %s", major(ret->devt),
			   minor(ret->devt), strerror(-r));
		return MPATH_PR_DMMP_ERROR;
	}
	if (find_settings(ret, r > 0 ? &reference : NULL) < 0)
		return MPATH_PR_DMMP_ERROR;
	return MPATH_PR_SUCCESS;
}

void target_close(struct target *target)
{
	mp_dm_unlock(&target->lock_fd);
	for (size_t i = 0; i < target->path_count; i++)
		if (target->paths[i].fd >= 0)
			close(target->paths[i].fd);
	free(target->paths);
	target->paths = NULL;
	target->path_count = 0;
}
