/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pool-recorded.h - replaces the pool: records what was submitted, and runs it when the test says
 * so.  For: tests of jobs.
 */
#pragma once
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "multipathd/loop/pool.h"

static struct submitted {
	struct work *works[320];
	size_t count;
} submitted;

void pool_submit(struct pool *pool, struct work *work)
{
	(void)pool;
	assert_true(submitted.count < sizeof(submitted.works) / sizeof(submitted.works[0]));
	submitted.works[submitted.count++] = work;
}

/* The oldest piece of work, which is no longer in the record. NULL: there is none. */
static inline struct work *submitted_take(void)
{
	struct work *work = submitted.count ? submitted.works[0] : NULL;

	for (size_t i = 1; i < submitted.count; i++)
		submitted.works[i - 1] = submitted.works[i];
	submitted.count -= work != NULL;
	return work;
}

/* A worker runs the oldest piece of work, and the loop takes the answer. */
static inline void submitted_run(void)
{
	struct work *work = submitted_take();

	assert_non_null(work);
	work->run(work);
	work->done(work);
}

/* The pool ends before the oldest piece of work was begun. */
static inline void submitted_skip(void)
{
	struct work *work = submitted_take();

	assert_non_null(work);
	work->skipped = true;
	work->done(work);
}
