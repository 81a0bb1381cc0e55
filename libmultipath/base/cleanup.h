/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* cleanup.h - scope-bound ownership.  For: every room. */
#pragma once
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

#define _cleanup_(function) __attribute__((cleanup(function)))
#define _cleanup_free_ _cleanup_(mp_freep)
#define _cleanup_close_ _cleanup_(mp_closep)

/* Hands ownership over: the variable forgets the pointer that the expression yields. */
#define TAKE_PTR(pointer) \
	({ \
		__typeof__(pointer) *take_ = &(pointer); \
		__typeof__(pointer) taken_ = *take_; \
		*take_ = NULL; \
		taken_; \
	})

#define TAKE_FD(fd) \
	({ \
		int *take_ = &(fd); \
		int taken_ = *take_; \
		*take_ = -1; \
		taken_; \
	})

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

/** mp_freep() - free(), for _cleanup_() */
static inline void mp_freep(void *pointer)
{
	free(*(void **)pointer);
}

/** mp_closep() - close a descriptor unless it is negative, for _cleanup_() */
static inline void mp_closep(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}
