/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <systemd/sd-daemon.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "config/permissions.h"
#include "kernel/claimant.h"
#include "kernel/dm_library.h"
#include "multipathd/announcement.h"
#include "multipathd/commands/commands.h"
#include "multipathd/commands/waiting.h"
#include "multipathd/control/configure.h"
#include "multipathd/control/duties.h"
#include "multipathd/control/geom_sweeps.h"
#include "multipathd/control/intake.h"
#include "multipathd/control/queueing.h"
#include "multipathd/events/dmevents.h"
#include "multipathd/events/fcevents.h"
#include "multipathd/events/uevents.h"
#include "multipathd/events/watch.h"
#include "multipathd/jobs/files.h"
#include "multipathd/lifetime.h"
#include "multipathd/loop/server.h"
#include "multipathd/pid_file.h"
#include "multipathd/resources.h"
#include "multipathd/state/daemon.h"
#include "multipathd/state/lanes.h"
#include "multipathd/state/maps.h"
#include "multipathd/state/notify.h"

struct options {
	bool foreground;
	bool plain; /* no time stamps in the log */
	struct inventory_options daemon;
};

static int options_parse(int argc, char **argv, struct options *ret)
{
	int option;

	*ret = (struct options){
		.daemon = { .create = true, .check = true, .grouping = -1, .verbosity = -1 }
	};
	opterr = 0;
	while ((option = getopt(argc, argv, ":dsv:Bnw")) >= 0)
		switch (option) {
		case 'd':
			ret->foreground = true;
			break;
		case 's':
			ret->plain = true;
			break;
		case 'v':
			if (*optarg < '0' || *optarg > '9')
				return -EINVAL;
			ret->daemon.verbosity = atoi(optarg);
			break;
		case 'B':
			ret->daemon.read_only_bindings = true;
			break;
		case 'n':
			log_warning("option -n is ignored");
			break;
		case 'w':
			/* Event threads per map: not needed, as polling serves all maps. */
			break;
		default:
			fprintf(stderr, "Invalid argument '-%c'\n", optopt);
			return -EINVAL;
		}
	return 0;
}

/* The program around the daemon. */
struct process {
	struct daemon daemon;
	char *heap; /* where it grows from */
	struct announcement announcement;
	struct uevents *uevents;
	struct dmevents *dmevents;
	struct fcevents *fcevents;
	bool stopping; /* asked to stop, waits for paths */
};

static struct process *process_of(struct daemon *daemon)
{
	return caa_container_of(daemon, struct process, daemon);
}

/* Return: in the child 0 (the parent has ended), negative errno. */
static int background(void)
{
	pid_t pid = fork();
	int null;

	if (pid < 0)
		return -errno;
	if (pid > 0)
		_exit(0);
	setsid();
	pid = fork();
	if (pid < 0)
		return -errno;
	if (pid > 0)
		_exit(0);
	if (chdir("/") < 0)
		return -errno;
	null = open("/dev/null", O_RDWR);
	if (null < 0)
		return -errno;
	for (int fd = 0; fd <= 2; fd++)
		dup2(null, fd);
	if (null > 2)
		close(null);
	return 0;
}

/* Called after each turn of the loop once the daemon is to stop, but waits. */
static int on_turn(sd_event_source *source, void *userdata)
{
	struct daemon *daemon = userdata;

	(void)source;
	return queueing_awaits_paths(daemon) ? 0 : sd_event_exit(daemon->event, 0);
}

/*
 * At shutdown systemd stops the daemon when all file systems but the root have been unmounted. If
 * the root's map has no path at that moment, what is not written yet would be lost at once.
 */
static bool stop_can_wait(struct daemon *daemon)
{
	sd_event_source *turn;

	if (!daemon->shutdown_usec || process_of(daemon)->stopping ||
	    !queueing_awaits_paths(daemon) ||
	    sd_event_add_post(daemon->event, &turn, on_turn, daemon) < 0)
		return false;
	sd_event_source_set_floating(turn, true);
	sd_event_source_unref(turn);
	process_of(daemon)->stopping = true;
	log_notice("waiting for paths before exiting");
	return true;
}

static int on_stop(sd_event_source *source, const struct signalfd_siginfo *info, void *userdata)
{
	struct daemon *daemon = userdata;

	(void)source;
	log_notice("stopped by signal %u", info->ssi_signo);
	return stop_can_wait(daemon) ? 0 : sd_event_exit(daemon->event, 0);
}

static int on_hangup(sd_event_source *source, const struct signalfd_siginfo *info, void *userdata)
{
	(void)source;
	(void)info;
	if (configure_again(userdata, false, 0) < 0)
		log_error("cannot reconfigure: out of memory");
	return 0;
}

static int on_reopen(sd_event_source *source, const struct signalfd_siginfo *info, void *userdata)
{
	(void)source;
	(void)info;
	(void)userdata;
	log_reopen();
	return 0;
}

static int on_nothing(sd_event_source *source, const struct signalfd_siginfo *info, void *userdata)
{
	(void)source;
	(void)info;
	(void)userdata;
	return 0;
}

static const struct {
	int signal;
	sd_event_signal_handler_t handler;
} signals[] = {
	{ SIGTERM, on_stop },  { SIGINT, on_stop },    { SIGPIPE, on_stop },
	{ SIGHUP, on_hangup }, { SIGUSR1, on_reopen }, { SIGUSR2, on_nothing },
};

static int signals_open(struct daemon *daemon)
{
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
		sigaddset(&set, signals[i].signal);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return -errno;
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++) {
		int r = sd_event_add_signal(daemon->event, NULL, signals[i].signal,
					    signals[i].handler, daemon);

		if (r < 0)
			return r;
	}
	return 0;
}

static void on_dm_message(int level, const char *text)
{
	log_line(level, "libdevmapper: %s", text);
}

static void on_warning(const char *text)
{
	log_warning("%s", text);
}

static void on_ready(struct daemon *daemon)
{
	/* From now on there are fewer checks and table loads at once. */
	resources_trim_heap(process_of(daemon)->heap);
}

static void on_reconciled(struct daemon *daemon)
{
	waiting_retry(daemon);
	fcevents_review(process_of(daemon)->fcevents);
	announcement_review(&process_of(daemon)->announcement);
}

/* After startup, and after each reconfigure. */
static void on_configured(struct daemon *daemon)
{
	configure_done(daemon);
	if (!daemon->serving) {
		daemon->serving = true;
		if (server_start(daemon->server) < 0) {
			log_error("cannot serve clients");
			sd_event_exit(daemon->event, 1);
			return;
		}
	}
	resources_trim_heap(process_of(daemon)->heap); /* a burst of jobs is over */
	log_info("configured: %zu paths, %zu maps", daemon->inventory.path_count,
		 daemon->inventory.map_count);
	announcement_begin(&process_of(daemon)->announcement);
}

static void on_permissions(void *userdata, const char *file, const char *text)
{
	(void)userdata;
	log_warning("%s: %s", file, text);
}

/* The daemon starts without the file, as multipath-tools does: new disks get no map then, and
 * someone will ask why. */
static void say_if_defaults(const struct mp_config_source *source)
{
	if (access(source->file, F_OK) < 0 && errno == ENOENT)
		log_notice(
			"%s does not exist, using built-in defaults; \"mpathconf --enable\" creates it",
			source->file);
}

static int process_start(struct process *process)
{
	struct daemon *daemon = &process->daemon;
	struct mp_config_source source = files_config_source(daemon);
	_cleanup_strbuf_ struct mp_strbuf why = MP_STRBUF_INIT;
	struct mp_dm_versions versions;
	int r;

	process->announcement = (struct announcement){ .daemon = daemon, .on_ready = on_ready };
	daemon->state = DAEMON_STARTUP;
	notify_state(daemon, NULL);
	r = mp_dm_open(false, on_dm_message, &versions);
	if (r < 0) {
		mp_dm_explain(r, &why);
		log_error("device-mapper: %s", mp_strbuf_text(&why));
		return r;
	}
	r = intake_load(daemon);
	if (r < 0) {
		log_error("fatal configuration error, aborting");
		return r;
	}
	say_if_defaults(&source);
	mp_permissions_check(&source, STATE_DIR, on_permissions, NULL);
	resources_claim_descriptors(daemon->inventory.process->max_fds);
	r = server_new(daemon->event, commands_serve, daemon, on_warning, &daemon->server);
	if (r < 0) {
		log_error("cannot open the sockets: %s", strerror(-r));
		return r;
	}
	server_set_timeout(daemon->server, daemon->inventory.process->uxsock_timeout_msec);
	server_set_long_word(daemon->server, MP_CLAIMANT_WORD);
	server_set_pool(daemon->server, daemon->pool, LANE_CLOSING);
	r = uevents_new(daemon, &process->uevents);
	if (r < 0) {
		log_error("cannot receive udev events: %s", strerror(-r));
		return r;
	}
	r = dmevents_new(daemon, &process->dmevents);
	if (r < 0) {
		log_error("cannot receive device-mapper events: %s", strerror(-r));
		return r;
	}
	r = fcevents_new(daemon, &process->fcevents);
	if (r < 0)
		return r;
	watch_open(daemon);
	daemon->on_configured = on_configured;
	daemon->on_reconciled = on_reconciled;
	geom_sweeps_start(daemon);
	r = configure_start(daemon);
	notify_state(daemon, NULL);
	return r;
}

static void process_stop(struct process *process)
{
	struct daemon *daemon = &process->daemon;
	bool waits = announcement_cancel(&process->announcement);
	bool reloading = daemon->serving && (daemon->state == DAEMON_CONFIGURE || waits);

	daemon->state = DAEMON_SHUTDOWN;
	notify_state(daemon, reloading ? "READY=1" : NULL);
	sd_notify(0, "STOPPING=1");
	if (daemon->server)
		server_flush(daemon->server, 100);
	if (daemon->inventory.process)
		queueing_fail_at_exit(daemon,
				      !daemon->shutdown_usec &&
					      (daemon->inventory.process->queue_without_daemon ||
					       daemon->queue_forced));
	process->uevents = uevents_free(process->uevents);
	process->dmevents = dmevents_free(process->dmevents);
	process->fcevents = fcevents_free(process->fcevents);
	daemon->server = server_free(daemon->server);
}

int main(int argc, char **argv)
{
	struct options options;
	struct process process = { .heap = sbrk(0) };
	struct daemon *daemon = &process.daemon;
	_cleanup_close_ int pid_fd = -1;
	int r;

	if (options_parse(argc, argv, &options) < 0)
		return 1;
	if (getuid() != 0) {
		fprintf(stderr, "need to be root\n");
		return 1;
	}
	umask(077);
	tzset(); /* it reads a file, which may be on a map */
	/* Each worker would have an arena of its own, although it hardly allocates. */
	mallopt(M_ARENA_MAX, 1);
	/* Long replies are allocated among small long-lived objects, and must not leave holes. */
	mallopt(M_MMAP_THRESHOLD, 32 << 10);
	mallopt(M_TRIM_THRESHOLD, 64 << 10);
	if (!options.foreground) {
		r = background();
		if (r < 0) {
			fprintf(stderr, "multipathd: %s\n", strerror(-r));
			return 1;
		}
	}
	log_open(!options.foreground ? LOG_TO_SYSLOG :
		 options.plain	     ? LOG_TO_STDERR :
				       LOG_TO_STDERR_WITH_TIME,
		 "multipathd");
	log_set_verbosity(options.daemon.verbosity < 0 ? LOG_LEVEL_NOTICE :
							 options.daemon.verbosity);

	pid_fd = pid_file_lock();
	if (pid_fd < 0) {
		log_error("%s",
			  pid_fd == -EAGAIN ? "process is already running" : strerror(-pid_fd));
		return 1;
	}
	log_notice("multipathd v%s: start up", VERSION);
	resources_claim();

	r = lifetime_begin(daemon, &options.daemon, &duties_of_daemon);
	if (r < 0)
		return 1;
	r = signals_open(daemon);
	if (r >= 0)
		r = process_start(&process);
	if (r >= 0) {
		sd_event_set_watchdog(daemon->event, true);
		r = sd_event_loop(daemon->event);
		if (r < 0)
			log_error("the event loop failed: %s", strerror(-r));
	}
	process_stop(&process);
	lifetime_end(daemon);
	mp_dm_close();
	pid_file_remove();
	log_notice("multipathd: shut down");
	notify_exit(r ? 1 : 0);
	return r ? 1 : 0;
}
