/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <malloc.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "config/permissions.h"
#include "kernel/claimant.h"
#include "kernel/dm_library.h"
#include "multipathd/commands/commands.h"
#include "multipathd/commands/waiting.h"
#include "multipathd/control/configure.h"
#include "multipathd/control/duties.h"
#include "multipathd/control/geom_sweeps.h"
#include "multipathd/control/queueing.h"
#include "multipathd/control/reservations.h"
#include "multipathd/events/dmevents.h"
#include "multipathd/events/uevents.h"
#include "multipathd/events/watch.h"
#include "multipathd/lifetime.h"
#include "multipathd/loop/server.h"
#include "multipathd/loop/timers.h"
#include "multipathd/state/daemon.h"
#include "multipathd/state/lanes.h"
#include "multipathd/state/notify.h"

#define PID_FILE RUNTIME_DIR "/multipathd.pid"

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
	/* READY=1 waits for the nodes of the maps that were created */
	sd_event_source *ready_timer;
	struct uevents *uevents;
	struct dmevents *dmevents;
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

/*
 * Other programs read the pid file as root, and it is written as root, so it must belong to root
 * and not be a link. Any user who can read it can lock it for reading and block this daemon; then
 * it is replaced.
 */
static bool is_regular(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_uid == 0 && st.st_nlink <= 1;
}

static bool is_named(int fd, const char *name)
{
	struct stat opened, named;

	return fstat(fd, &opened) == 0 && lstat(name, &named) == 0 &&
	       named.st_ino == opened.st_ino && named.st_dev == opened.st_dev;
}

/*
 * Return: 1 if locked, 0 if it was removed in the meantime, -EAGAIN if another daemon runs, -EBADF
 * if it must be replaced.
 */
static int pid_file_take(int fd, const char *name)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	if (!is_regular(fd))
		return -EBADF;
	if (fcntl(fd, F_SETLK, &lock) == 0)
		return is_named(fd, name);
	if (errno != EACCES && errno != EAGAIN)
		return -errno;
	return fcntl(fd, F_GETLK, &lock) == 0 && lock.l_type == F_RDLCK ? -EBADF : -EAGAIN;
}

/*
 * Return: descriptor that holds the lock for the daemon's lifetime, -EAGAIN if another daemon runs,
 * negative errno.
 */
static int pid_file_lock(void)
{
	char text[16];
	int length = snprintf(text, sizeof(text), "%d", (int)getpid());

	for (int tries = 0; tries < 10; tries++) {
		_cleanup_close_ int fd =
			open(PID_FILE,
			     O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC,
			     0644);
		int r = fd < 0 ? (errno == ELOOP ? -EBADF : -errno) : pid_file_take(fd, PID_FILE);

		if (r == -EBADF) {
			log_warning(PID_FILE
				    " is a symbolic link or locked for reading, replacing it");
			unlink(PID_FILE);
			continue;
		}
		if (r < 0)
			return r;
		if (r == 0)
			continue;
		if (ftruncate(fd, 0) < 0 || fchmod(fd, 0644) < 0 ||
		    pwrite(fd, text, length, 0) != length)
			return -errno;
		return TAKE_FD(fd);
	}
	return -EBUSY;
}

/* Relocations in code would be lost with its pages. */
static bool has_relocated_code(const struct dl_phdr_info *library)
{
	for (int i = 0; i < library->dlpi_phnum; i++) {
		const ElfW(Phdr) *segment = &library->dlpi_phdr[i];
		const ElfW(Dyn) *entry = (const void *)(library->dlpi_addr + segment->p_vaddr);

		for (; segment->p_type == PT_DYNAMIC && entry->d_tag != DT_NULL; entry++)
			if (entry->d_tag == DT_TEXTREL ||
			    (entry->d_tag == DT_FLAGS && entry->d_un.d_val & DF_TEXTREL))
				return true;
	}
	return false;
}

/*
 * Half of what the dynamic linker maps while it loads two dozen libraries is never used again and
 * must not be locked. The program itself, whose name is "" here, stays locked: it is needed most
 * when its own disk does not answer.
 */
static int library_release(struct dl_phdr_info *library, size_t size, void *userdata)
{
	uintptr_t page = sysconf(_SC_PAGESIZE);

	(void)size;
	(void)userdata;
	if (!*library->dlpi_name || has_relocated_code(library))
		return 0;
	for (int i = 0; i < library->dlpi_phnum; i++) {
		const ElfW(Phdr) *segment = &library->dlpi_phdr[i];
		uintptr_t start = (library->dlpi_addr + segment->p_vaddr) & -page;
		uintptr_t end = library->dlpi_addr + segment->p_vaddr + segment->p_memsz;

		if (segment->p_type == PT_LOAD && !(segment->p_flags & PF_W))
			madvise((void *)start, end - start, MADV_DONTNEED);
	}
	return 0;
}

/*
 * A burst is over: return its memory. The kernel frees no locked page, except at the end of
 * the heap. Only the heap is unlocked for that: mlockall() would bring in every page of mappings
 * that cannot be locked, such as the ring of an aio context.
 */
static void heap_trim(char *heap)
{
	munlock(heap, (char *)sbrk(0) - heap);
	malloc_trim(0);
	mlock2(heap, (char *)sbrk(0) - heap, MLOCK_ONFAULT);
}

/*
 * Measures that keep the daemon alive and responsive when memory or CPU time is short; none of them
 * is essential.
 */
static void claim_resources(void)
{
	struct rlimit limit;
	int fd;

	if (getrlimit(RLIMIT_RTPRIO, &limit) == 0 && limit.rlim_max > 0) {
		int max = sched_get_priority_max(SCHED_RR);
		struct sched_param param = {
			.sched_priority = limit.rlim_max > (rlim_t)max ? max : (int)limit.rlim_max,
		};

		if (sched_setscheduler(0, SCHED_RR, &param) < 0)
			log_info("no realtime scheduling: %s", strerror(errno));
	}
	dl_iterate_phdr(library_release, NULL);
	/* Pages are locked when first used: unused stacks cost nothing. */
	if (mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) < 0)
		log_info("cannot lock memory: %s", strerror(errno));

	if (getenv("OOMScoreAdjust"))
		return;
	fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, "-1000", 5) != 5)
		log_info("not protected from the OOM killer: %s", strerror(errno));
	if (fd >= 0)
		close(fd);
}

static void claim_descriptors(const struct daemon *daemon)
{
	struct rlimit limit;
	unsigned long wanted = 1 << 20;
	FILE *file;

	if (getenv("LimitNOFILE") || daemon->inventory.process->max_fds == 0)
		return;
	if (daemon->inventory.process->max_fds > 0) {
		wanted = daemon->inventory.process->max_fds;
	} else {
		file = fopen("/proc/sys/fs/nr_open", "re");
		if (file) {
			if (fscanf(file, "%lu", &wanted) != 1)
				wanted = 4096;
			fclose(file);
		}
	}
	limit = (struct rlimit){ wanted, wanted };
	if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
		log_warning("cannot raise the limit on open files to %lu: %s", wanted,
			    strerror(errno));
}

static int on_stop(sd_event_source *source, const struct signalfd_siginfo *info, void *userdata)
{
	struct daemon *daemon = userdata;

	(void)source;
	log_notice("stopped by signal %u", info->ssi_signo);
	return sd_event_exit(daemon->event, 0);
}

static int on_hangup(sd_event_source *source, const struct signalfd_siginfo *info, void *userdata)
{
	(void)source;
	(void)info;
	configure_again(userdata, false, NULL);
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

/* udev may be slow or not running: units that wait for this daemon do not wait longer than this. */
enum { NODES_USEC = 10000000 };

static bool has_all_nodes(const struct daemon *daemon)
{
	const struct mp_map *map;

	cds_list_for_each_entry(map, &daemon->inventory.maps, in_all)
		if (map->kernel.exists && !map->ready)
			return false;
	return true;
}

static void announce(struct daemon *daemon)
{
	struct process *process = process_of(daemon);

	process->ready_timer = sd_event_source_disable_unref(process->ready_timer);
	/* From now on there are fewer checks and table loads at once. */
	heap_trim(process->heap);
	notify_state(daemon, "READY=1");
}

static int on_ready_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
	(void)source;
	(void)usec;
	log_warning(
		"udev has not processed all new maps yet, reporting ready without their device nodes");
	announce(userdata);
	return 0;
}

/* Services ordered after this one must find /dev/mapper/NAME. */
static void announce_with_nodes(struct daemon *daemon)
{
	if (has_all_nodes(daemon) ||
	    timers_set(daemon->event, &process_of(daemon)->ready_timer,
		       daemon_now_usec(daemon) + NODES_USEC, on_ready_timer, daemon) < 0)
		announce(daemon);
}

static void on_reconciled(struct daemon *daemon)
{
	waiting_retry(daemon);
	if (process_of(daemon)->ready_timer && has_all_nodes(daemon))
		announce(daemon);
}

/* After startup, and after each reconfigure. */
static void on_configured(struct daemon *daemon)
{
	if (configure_done(daemon) > 0)
		return;
	if (!daemon->serving) {
		daemon->serving = true;
		if (server_start(daemon->server) < 0) {
			log_error("cannot serve clients");
			sd_event_exit(daemon->event, 1);
			return;
		}
	}
	heap_trim(process_of(daemon)->heap); /* a burst of jobs is over */
	log_info("configured: %zu paths, %zu maps", daemon->inventory.path_count,
		 daemon->inventory.map_count);
	announce_with_nodes(daemon);
}

static void on_permissions(void *userdata, const char *file, const char *text)
{
	(void)userdata;
	log_warning("%s: %s", file, text);
}

static int process_start(struct process *process)
{
	struct daemon *daemon = &process->daemon;
	struct mp_config_source source = configure_source(daemon);
	_cleanup_strbuf_ struct mp_strbuf why = MP_STRBUF_INIT;
	struct mp_dm_versions versions;
	int r;

	daemon->state = DAEMON_STARTUP;
	notify_state(daemon, NULL);
	r = mp_dm_open(false, on_dm_message, &versions);
	if (r < 0) {
		mp_dm_explain(r, &why);
		log_error("device-mapper: %s", mp_strbuf_text(&why));
		return r;
	}
	r = configure_load(daemon, NULL);
	if (r < 0) {
		log_error("fatal configuration error, aborting");
		return r;
	}
	reservations_load(daemon);
	mp_permissions_check(&source, STATE_DIR, on_permissions, NULL);
	claim_descriptors(daemon);
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
	bool reloading = daemon->serving &&
			 (daemon->state == DAEMON_CONFIGURE || process->ready_timer);

	process->ready_timer = sd_event_source_disable_unref(process->ready_timer);
	daemon->state = DAEMON_SHUTDOWN;
	notify_state(daemon, reloading ? "READY=1" : NULL);
	sd_notify(0, "STOPPING=1");
	if (daemon->server)
		server_flush(daemon->server, 100);
	if (daemon->inventory.process)
		queueing_fail_at_exit(daemon, daemon->inventory.process->queue_without_daemon ||
						      daemon->queue_forced);
	process->uevents = uevents_free(process->uevents);
	process->dmevents = dmevents_free(process->dmevents);
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
	claim_resources();

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
	unlink(PID_FILE);
	log_notice("multipathd: shut down");
	notify_exit(r ? 1 : 0);
	return r ? 1 : 0;
}
