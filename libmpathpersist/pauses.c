/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libmpathpersist/pauses.h"

#include <errno.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "kernel/dm_ioctl.h"
#include "kernel/dm_lock.h"
#include "libmpathpersist/mpath_persist.h"
#include "libmpathpersist/targets.h"

enum {
	SET_IO_FLUSHER = 57, /* Linux 5.6; older headers lack it */
	RESUMES = 5,
	RESUME_PAUSE_MSEC = 100,
	LOCK_TIMEOUT_MSEC = 30000,
};

/* Shared by both processes. */
struct outcome {
	bool suspended; /* or about to be */
	bool done;
	int code;
	struct target_lines lines;
	struct target_path paths[]; /* as they are afterwards */
};

/*
 * Nothing here may wait for I/O on the map: no page that is not in memory, no allocation that
 * writes others to swap, and no translation of an error message. A limit of locked memory may
 * prevent the first; the program that has it is not known to be on the map, so this goes on.
 */
static void prepare(void)
{
	uselocale(newlocale(LC_ALL_MASK, "C", (locale_t)0));
	prctl(SET_IO_FLUSHER, 1, 0, 0, 0);
	mlockall(MCL_CURRENT | MCL_FUTURE);
}

/* All I/O of the map waits for this: it is tried again. Return: 0, negative errno */
static int resume(const struct target *target, int control)
{
	int r = mp_dm_ioctl_resume(control, target->devt);

	for (int i = 1; r < 0 && i < RESUMES; i++) {
		poll(NULL, 0, RESUME_PAUSE_MSEC);
		r = mp_dm_ioctl_resume(control, target->devt);
	}
	return r;
}

static void copy_paths(struct target_path *to, const struct target_path *from, size_t count)
{
	for (size_t i = 0; i < count; i++)
		to[i] = from[i];
}

/* In a session of its own: a signal for the group of the program is not for this process. */
static void work(struct target *target, int control, struct outcome *outcome,
		 int (*run)(struct target *target, const void *argument), const void *argument)
{
	int r;

	setsid();
	target->lines = &outcome->lines;
	prepare();
	outcome->suspended = true;
	r = mp_dm_ioctl_suspend(control, target->devt);
	if (r < 0) {
		target_log(target, LOG_LEVEL_ERROR, "%s: cannot suspend: %s", target->map.name,
			   strerror(-r));
		outcome->code = MPATH_PR_DMMP_ERROR;
		outcome->suspended = false;
	} else {
		outcome->code = run(target, argument);
		outcome->suspended = resume(target, control) < 0;
	}
	copy_paths(outcome->paths, target->paths, target->path_count);
	outcome->done = true;
}

/* The program may have another thread wait for its children, or ignore them: then there is nothing
 * to collect once the process has ended. */
static void wait_for(pid_t pid)
{
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

/* Resume what the other process could not. Return: MPATH_PR_... */
static int resume_late(const struct target *target, int control)
{
	int r = resume(target, control);

	if (r >= 0)
		return MPATH_PR_SUCCESS;
	target_log(target, LOG_LEVEL_ERROR, "%s: cannot resume: %s; run \"dmsetup resume %s\"",
		   target->map.name, strerror(-r), target->map.name);
	return MPATH_PR_DMMP_ERROR;
}

/* @outcome was written by a process that may have been killed while it did. */
static int take(struct target *target, int control, struct outcome *outcome)
{
	int code = outcome->suspended ? resume_late(target, control) : MPATH_PR_SUCCESS;

	if (!outcome->done) {
		target_log(target, LOG_LEVEL_ERROR, "%s: killed while it was suspended",
			   target->map.name);
		return code == MPATH_PR_SUCCESS ? MPATH_PR_OTHER : code;
	}
	copy_paths(target->paths, outcome->paths, target->path_count);
	fputs(outcome->lines.text, stderr);
	return code == MPATH_PR_SUCCESS ? outcome->code : code;
}

/* Return: MPATH_PR_..., negative errno: no process was started */
static int run_apart(struct target *target, int control, struct outcome *outcome,
		     int (*run)(struct target *target, const void *argument), const void *argument)
{
	sigset_t all, before;
	pid_t pid;
	int code;

	/* Neither process is to end by a signal in between; the new one keeps the mask. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	pid = fork();
	if (pid == 0) {
		work(target, control, outcome, run, argument);
		_exit(0);
	}
	code = pid < 0 ? -errno : MPATH_PR_SUCCESS;
	if (pid > 0) {
		wait_for(pid);
		code = take(target, control, outcome);
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return code;
}

int pause_run(struct target *target, int (*run)(struct target *target, const void *argument),
	      const void *argument)
{
	/* Opened before anything waits: it may fail. */
	_cleanup_close_ int control = mp_dm_ioctl_open();
	/* A load by the daemon would resume the map. */
	_cleanup_(mp_dm_unlock) int lock =
		mp_dm_lock(target->devt, MP_DM_LOCK_TABLE, LOCK_TIMEOUT_MSEC);
	const size_t size =
		sizeof(struct outcome) + target->path_count * sizeof(struct target_path);
	struct outcome *outcome;
	int code = control < 0 ? control : lock;

	if (code >= 0) {
		outcome =
			mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
		code = outcome == MAP_FAILED ? -errno :
					       run_apart(target, control, outcome, run, argument);
		if (outcome != MAP_FAILED)
			munmap(outcome, size);
	}
	if (code < 0)
		target_log(target, LOG_LEVEL_ERROR, "%s: cannot suspend: %s", target->map.name,
			   strerror(-code));
	return code < 0 ? MPATH_PR_OTHER : code;
}
