/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * turns.c - how long each turn of a program's event loop takes.  For: bench/turns-guest.
 *
 * Preloaded, it intercepts epoll_wait(): a turn lasts from its return to the next call. Turns of
 * 1 ms and more are written to the file $TURNS, one a line: when it ended (seconds since boot), its
 * length and its CPU time in microseconds; for the rest, other processes have the CPU, or it waits
 * for the kernel. For turns that are too long, the file $TURNS_STACKS gets a backtrace every few
 * milliseconds, followed by an empty line.
 */
#include <dlfcn.h>
#include <execinfo.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

enum {
	SHORTEST_USEC = 1000,
	LONG_USEC = 10000, /* from here on, it is sampled */
	SAMPLE_USEC = 4000,
	SAMPLES = 64, /* a turn */
	SAMPLE_SIGNAL = SIGPROF,
	LOOP_PRIORITY = 50, /* the client of bench/turns-guest has 99 */
	FRAMES = 48,
};

static int turns_fd = -1, stacks_fd = -1;
static timer_t sampler;
static void *samples[SAMPLES][FRAMES];
static int depths[SAMPLES];
static size_t sample_count;
static uint64_t begun_usec; /* 0: no turn is under way */
static uint64_t begun_cpu_usec;

static uint64_t clock_usec(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return ts.tv_sec * UINT64_C(1000000) + ts.tv_nsec / 1000;
}

/* Written after the turn, so as not to lengthen it. */
static void on_sample(int signal)
{
	(void)signal;
	if (sample_count < SAMPLES) {
		depths[sample_count] = backtrace(samples[sample_count], FRAMES);
		sample_count++;
	}
}

static void samples_write(void)
{
	for (size_t i = 0; i < sample_count; i++) {
		backtrace_symbols_fd(samples[i], depths[i], stacks_fd);
		if (write(stacks_fd, "\n", 1) != 1)
			abort();
	}
	sample_count = 0;
}

/* Only this thread is interrupted. */
static void sampler_open(void)
{
	struct sigevent event = { .sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SAMPLE_SIGNAL };
	struct sigaction action = { .sa_handler = on_sample, .sa_flags = SA_RESTART };
	void *frame;

	if (!getenv("TURNS_STACKS"))
		return;
	backtrace(&frame, 1); /* loads libgcc, which must not happen in the handler */
	stacks_fd = open(getenv("TURNS_STACKS"), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	event._sigev_un._tid = gettid();
	if (stacks_fd < 0 || sigaction(SAMPLE_SIGNAL, &action, NULL) < 0 ||
	    timer_create(CLOCK_MONOTONIC, &event, &sampler) < 0)
		abort();
}

static void sampler_set(bool on)
{
	struct itimerspec when = { 0 };

	if (on)
		when = (struct itimerspec){ .it_value.tv_nsec = LONG_USEC * 1000,
					    .it_interval.tv_nsec = SAMPLE_USEC * 1000 };
	if (stacks_fd >= 0)
		timer_settime(sampler, 0, &when, NULL);
}

/*
 * Above its workers, which have lost their real-time priority if they start later: as if they had
 * CPUs of their own. What the loop has to wait for is then what it asks the kernel for.
 */
static void loop_put_first(void)
{
	struct sched_param param = { .sched_priority = LOOP_PRIORITY };

	if (sched_setscheduler(0, SCHED_RR | SCHED_RESET_ON_FORK, &param) < 0)
		abort();
}

static void turn_begin(void)
{
	if (!begun_usec) {
		sampler_open();
		loop_put_first();
	}
	begun_cpu_usec = clock_usec(CLOCK_THREAD_CPUTIME_ID);
	begun_usec = clock_usec(CLOCK_MONOTONIC);
	sampler_set(true);
}

static void turn_end(void)
{
	uint64_t now = clock_usec(CLOCK_MONOTONIC), cpu;
	char line[96];
	int length;

	sampler_set(false);
	samples_write();
	if (!begun_usec || now - begun_usec < SHORTEST_USEC)
		return;
	if (turns_fd < 0 && getenv("TURNS"))
		turns_fd = open(getenv("TURNS"), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	cpu = clock_usec(CLOCK_THREAD_CPUTIME_ID) - begun_cpu_usec;
	length = snprintf(line, sizeof(line), "%.3f %llu %llu\n", now / 1e6,
			  (unsigned long long)(now - begun_usec), (unsigned long long)cpu);
	if (turns_fd >= 0 && write(turns_fd, line, length) != length)
		abort();
}

/* Workers do not wait for events: the caller is the loop. */
int epoll_wait(int fd, struct epoll_event *events, int count, int timeout)
{
	static int (*next)(int, struct epoll_event *, int, int);
	int r;

	if (!next)
		next = dlsym(RTLD_NEXT, "epoll_wait");
	turn_end();
	r = next(fd, events, count, timeout);
	turn_begin();
	return r;
}

int epoll_pwait2(int fd, struct epoll_event *events, int count, const struct timespec *timeout,
		 const sigset_t *mask)
{
	static int (*next)(int, struct epoll_event *, int, const struct timespec *,
			   const sigset_t *);
	int r;

	if (!next)
		next = dlsym(RTLD_NEXT, "epoll_pwait2");
	turn_end();
	r = next(fd, events, count, timeout, mask);
	turn_begin();
	return r;
}
