/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * stack - runs every fuzz target on a stack as small as a worker's, even if only the loop would
 * run that code: the linker redirects calls of the target to __wrap_LLVMFuzzerTestOneInput(). An
 * input that uses more than half of the stack is an error.
 */
#include <pthread.h>
#include <semaphore.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "multipathd/loop/pool.h"
#include "tests/unit/painted_stack.h"

int __wrap_LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int __real_LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct {
	struct painted_stack stack;
	pthread_t thread;
	sem_t asked, answered;
	const uint8_t *data;
	size_t size;
	int result;
} worker;

static void *worker_main(void *userdata)
{
	for (;;) {
		while (sem_wait(&worker.asked) < 0)
			;
		worker.result = __real_LLVMFuzzerTestOneInput(worker.data, worker.size);
		sem_post(&worker.answered);
	}
	return userdata;
}

static void worker_start(void)
{
	pthread_attr_t attr;

	painted_stack_init(&worker.stack, pool_stack_size());
	sem_init(&worker.asked, 0, 0);
	sem_init(&worker.answered, 0, 0);
	pthread_attr_init(&attr);
	pthread_attr_setstack(&attr, worker.stack.bytes, worker.stack.size);
	if (pthread_create(&worker.thread, &attr, worker_main, NULL))
		abort();
	pthread_attr_destroy(&attr);
}

int __wrap_LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t used;

	if (!worker.stack.bytes)
		worker_start();
	worker.data = data;
	worker.size = size;
	sem_post(&worker.asked);
	while (sem_wait(&worker.answered) < 0)
		;
	used = painted_stack_used(&worker.stack);
	if (used > worker.stack.size / 2) {
		fprintf(stderr, "%zu of %zu bytes of a worker's stack used\n", used,
			worker.stack.size);
		abort();
	}
	return worker.result;
}
