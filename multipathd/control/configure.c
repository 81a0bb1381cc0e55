/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/configure.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/strbuf.h"
#include "multipathd/control/discovery.h"
#include "multipathd/control/geoms.h"
#include "multipathd/control/reservations.h"
#include "multipathd/control/schedule.h"
#include "multipathd/control/settings.h"
#include "multipathd/jobs/files.h"
#include "multipathd/jobs/looks.h"
#include "multipathd/loop/server.h"
#include "multipathd/loop/timers.h"
#include "multipathd/state/daemon.h"
#include "multipathd/state/inventory.h"
#include "multipathd/state/maps.h"
#include "multipathd/state/notify.h"
#include "multipathd/state/paths.h"

enum {
	/* Paths that have not answered by then join their maps later. */
	GRACE_SEC = 3,
};

static const uint64_t usec_per_sec = 1000000;

enum { NOTES_LONGEST = 64 << 10 };

struct messages {
	struct mp_strbuf *errors;
	struct mp_strbuf *notes; /* a digit, the level, before each line */
	unsigned damages;
};

static void configure_on_diagnostic(void *userdata, enum mp_severity severity, int level,
				    const char *text)
{
	struct messages *messages = userdata;

	log_line(level, "%s", text);
	if (messages->notes->length < NOTES_LONGEST)
		mp_strbuf_printf(messages->notes, "%d%s\n", level, text);
	messages->damages += severity != MP_SEVERITY_WARNING;
	if (severity != MP_SEVERITY_WARNING)
		mp_strbuf_printf(messages->errors, "%s\n", text);
}

struct mp_config_source configure_source(const struct daemon *daemon)
{
	return (struct mp_config_source){
		.file = CONFIG_FILE,
		.dir = CONFIG_DIR,
		.verbosity = daemon->inventory.options.verbosity,
		.ignore_wwids = daemon->inventory.options.ignore_wwids,
	};
}

/*
 * @fault: "stale", the configuration in force is not that of the files any more; "incomplete", it
 * is half of theirs
 * @errors: what is wrong with the files, a line each
 */
static void configure_note_fault(struct daemon *daemon, const char *fault, const char *errors)
{
	if (!daemon->config_errors || strcmp(fault, daemon->config_fault))
		daemon->faulty_since = time(NULL);
	free(daemon->config_errors);
	daemon->config_errors = strdup(errors);
	daemon->config_fault = fault;
	daemon->inventory.config_incomplete = !strcmp(fault, "incomplete");
}

void configure_fini(struct daemon *daemon)
{
	free(daemon->config_errors);
	daemon->config_errors = NULL;
	daemon->inventory.config_incomplete = false;
}

void configure_print_notes(const struct daemon *daemon, int verbosity, struct mp_strbuf *out)
{
	const char *line = mp_strbuf_text(&daemon->config_notes);

	for (const char *end; *line; line = *end ? end + 1 : end) {
		end = strchrnul(line, '\n');
		if (*line - '0' <= verbosity)
			mp_strbuf_printf(out, "%.*s\n", (int)(end - line), line);
	}
}

static void print_since(time_t since, struct mp_strbuf *out)
{
	char text[32];
	struct tm tm;

	strftime(text, sizeof(text), "%F %T", localtime_r(&since, &tm));
	mp_strbuf_puts(out, text);
}

void configure_print_state(const struct daemon *daemon, struct mp_strbuf *out)
{
	const char *line = daemon->config_errors;

	if (!line) {
		mp_strbuf_puts(out, "config: in force since ");
		print_since(daemon->configured_since, out);
		mp_strbuf_putc(out, '\n');
		return;
	}
	for (const char *end; *line; line = *end ? end + 1 : end) {
		end = strchrnul(line, '\n');
		mp_strbuf_printf(out, "config: %s since ", daemon->config_fault);
		print_since(daemon->faulty_since, out);
		mp_strbuf_printf(out, ": %.*s\n", (int)(end - line), line);
	}
}

int configure_load(struct daemon *daemon, struct mp_strbuf *errors)
{
	_cleanup_strbuf_ struct mp_strbuf told = MP_STRBUF_INIT;
	struct messages messages = { .errors = &told, .notes = &daemon->config_notes };
	struct mp_config_source source = configure_source(daemon);
	struct mp_config *config;
	int r;

	source.diagnostic = configure_on_diagnostic;
	source.userdata = &messages;
	mp_strbuf_clear(&daemon->config_notes);
	r = mp_config_load(&source, &config);
	if (errors)
		mp_strbuf_puts(errors, mp_strbuf_text(&told));
	if (r < 0)
		return r;
	/* Half a file is better than none at start, but not better than the whole one in force. */
	if (daemon->inventory.config && messages.damages) {
		mp_config_free(config);
		return -EINVAL;
	}
	/*
	 * Settings borrow text from the configuration: the old one goes when all are resolved anew.
	 */
	mp_config_free(daemon->old_config);
	daemon->old_config = daemon->inventory.config;
	daemon->inventory.config = config;
	daemon->inventory.process = mp_config_process(config);
	daemon->configured_since = time(NULL);
	configure_fini(daemon);
	if (messages.damages)
		configure_note_fault(daemon, "incomplete", mp_strbuf_text(&told));
	log_set_verbosity(daemon->inventory.process->verbosity);
	if (daemon->server)
		server_set_timeout(daemon->server, daemon->inventory.process->uxsock_timeout_msec);

	geoms_init(daemon);
	r = files_load_wwids(daemon);
	if (r < 0)
		log_error(STATE_DIR "/wwids: %s", strerror(-r));
	if (!daemon->inventory.options.once)
		reservations_load(daemon);
	daemon->inventory.bindings_broken = false;
	/* What is not on disk yet is newer than what is. */
	if (daemon->inventory.bindings_dirty || daemon->files_writing)
		return 0;
	r = mp_bindings_load(daemon->inventory.bindings, STATE_DIR,
			     daemon->inventory.options.read_only_bindings, config,
			     daemon_diagnostic, daemon);
	if (r < 0)
		log_error(STATE_DIR "/bindings: %s; new maps are named by their WWIDs",
			  strerror(-r));
	return 0;
}

static int configure_on_grace(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct daemon *daemon = userdata;

	(void)source;
	(void)usec;
	/* As long as answers come in, the others may only be waiting for their turn. */
	if (daemon->inventory.unanswered < daemon->unanswered_before) {
		daemon->unanswered_before = daemon->inventory.unanswered;
		timers_set(daemon->event, &daemon->configure_timer,
			   daemon_now_usec(daemon) + GRACE_SEC * usec_per_sec, configure_on_grace,
			   daemon);
		return 0;
	}
	if (daemon->inventory.unanswered)
		log_warning("%u paths have not answered yet; going on without them",
			    daemon->inventory.unanswered);
	daemon->configure_timer = sd_event_source_disable_unref(daemon->configure_timer);
	schedule_give_up_all(daemon);
	inventory_wake(&daemon->inventory);
	return 0;
}

static int configure_on_settle(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct daemon *daemon = userdata;
	bool moving = daemon->operations < daemon->operations_before;

	(void)source;
	(void)usec;
	if (daemon->state != DAEMON_CONFIGURE)
		return 0;
	daemon->operations_before = daemon->operations;
	if (moving || !daemon->operations || daemon->inventory.unanswered || daemon->status_running)
		return timers_set(daemon->event, &daemon->settle_timer,
				  daemon_now_usec(daemon) + GRACE_SEC * usec_per_sec,
				  configure_on_settle, daemon);
	log_warning("%u operations on maps hang; going on without them", daemon->operations);
	daemon->on_configured(daemon);
	return 0;
}

static void configure_on_looked(struct look_waiter *waiter)
{
	struct daemon *daemon = caa_container_of(waiter, struct daemon, configure_look);
	struct mp_map *map;
	int r;

	daemon->enumerates_later = false;
	r = discovery_enumerate(daemon);
	if (r < 0)
		log_error("cannot enumerate block devices: %s", strerror(-r));
	daemon->unanswered_before = daemon->inventory.unanswered;
	log_info("%zu paths and %zu maps found", daemon->inventory.path_count,
		 daemon->inventory.map_count);
	timers_set(daemon->event, &daemon->configure_timer,
		   daemon_now_usec(daemon) + GRACE_SEC * usec_per_sec, configure_on_grace, daemon);
	/* One map whose table operation never returns does not keep clients from all the others. */
	daemon->operations_before = UINT_MAX;
	if (!daemon->inventory.options.once)
		timers_set(daemon->event, &daemon->settle_timer,
			   daemon_now_usec(daemon) + GRACE_SEC * usec_per_sec, configure_on_settle,
			   daemon);
	cds_list_for_each_entry(map, &daemon->inventory.maps, in_all) {
		daemon_map_of(map)->force_reload |= daemon->inventory.options.force_reload &&
						    map->kernel.exists;
		maps_touch(daemon_map_of(map), "configured");
	}
	inventory_wake(&daemon->inventory);
}

int configure_start(struct daemon *daemon)
{
	daemon->state = DAEMON_CONFIGURE;
	geoms_sweep(daemon);
	daemon->enumerates_later = true;
	daemon->configure_look.looked = configure_on_looked;
	looks_await(daemon, &daemon->configure_look);
	return 0;
}

static int compare_devt(const void *a, const void *b)
{
	const dev_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* In the order in which a start finds them: new maps get the names that they would get there. */
static void resolve_paths(struct daemon *daemon)
{
	_cleanup_free_ dev_t *devts = calloc(daemon->inventory.path_count + 1, sizeof(*devts));
	struct mp_path *path, *next;
	size_t count = 0;

	/* Without memory in any order: all must let go of the old configuration. */
	cds_list_for_each_entry_safe(path, next, &daemon->inventory.paths, in_all)
		if (devts)
			devts[count++] = path->identity.devt;
		else
			discovery_resolve_settings(daemon_path_of(path));
	if (!devts)
		return;
	qsort(devts, count, sizeof(*devts), compare_devt);
	for (size_t i = 0; i < count; i++) {
		struct daemon_path *found = paths_find_devt(&daemon->inventory, devts[i]);

		if (!found)
			continue;
		found->path.priority_is_old |= mp_path_state_is_bad(found->path.state);
		discovery_resolve_settings(found);
	}
}

int configure_again(struct daemon *daemon, bool all, struct mp_strbuf *errors)
{
	_cleanup_strbuf_ struct mp_strbuf told = MP_STRBUF_INIT;
	struct mp_map *map;
	int r;

	if (daemon->state == DAEMON_CONFIGURE) {
		daemon->reconfigure_pending = true;
		daemon->reconfigure_all |= all;
		return 0;
	}
	r = configure_load(daemon, &told);
	if (r < 0 && !told.length)
		mp_strbuf_printf(&told, CONFIG_FILE ": %s\n", strerror(-r));
	if (errors)
		mp_strbuf_puts(errors, mp_strbuf_text(&told));
	if (r < 0) {
		configure_note_fault(daemon, "stale", mp_strbuf_text(&told));
		log_error("the configuration is not taken over: the old one stays in force");
		return r;
	}
	log_notice("reconfigure (%s)",
		   all ? "all maps are reloaded" : "maps that differ are reloaded");
	daemon->state = DAEMON_CONFIGURE;
	notify_state(daemon, "RELOADING=1");

	resolve_paths(daemon);
	cds_list_for_each_entry(map, &daemon->inventory.maps, in_all) {
		struct daemon_map *managed = daemon_map_of(map);

		managed->named = false;
		managed->keep_uncreated = false;
		managed->futile = false;
		managed->load_failures = 0;
		managed->force_reload |= all && map->kernel.exists;
		map->action = MP_ACTION_NONE; /* what is created from here on shows it again */
		settings_resolve(managed);
		maps_touch(managed, "reconfigured");
	}
	daemon->old_config = mp_config_free(daemon->old_config);
	return configure_start(daemon);
}

int configure_done(struct daemon *daemon)
{
	bool all = daemon->reconfigure_all;

	daemon->old_config = mp_config_free(daemon->old_config);
	daemon->state = DAEMON_IDLE;
	if (!daemon->reconfigure_pending)
		return 0;
	daemon->reconfigure_pending = false;
	daemon->reconfigure_all = false;
	return configure_again(daemon, all, NULL) == 0 ? 1 : 0;
}
