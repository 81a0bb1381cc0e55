/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* clock.h - the time of CLOCK_MONOTONIC.  For: every room. */
#pragma once
#include <stdint.h>
#include <time.h>

/** mp_clock_usec() - in microseconds */
static inline uint64_t mp_clock_usec(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/** mp_clock_msec() - in milliseconds */
static inline uint64_t mp_clock_msec(void)
{
	return mp_clock_usec() / 1000;
}
