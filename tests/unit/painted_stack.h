/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * painted_stack.h - the stack depth of a thread: the stack is filled with a pattern, and what
 * differs afterwards was used.
 */
#pragma once
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { PAINT = 0xa5 };

/*
 * It may read what the sanitizer believes to belong to another thread, and is not part of what a
 * fuzzer explores.
 */
#ifdef __clang__
#define UNWATCHED __attribute__((no_sanitize("address", "coverage")))
#else
#define UNWATCHED __attribute__((no_sanitize_address))
#endif

struct painted_stack {
	unsigned char *bytes; /* its end is where a thread begins */
	size_t size;
	size_t clean; /* bytes at the far end that were untouched the last time */
};

static inline void painted_stack_init(struct painted_stack *stack, size_t size)
{
	stack->size = stack->clean = size;
	stack->bytes = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (stack->bytes == MAP_FAILED)
		abort();
	memset(stack->bytes, PAINT, size);
}

/* The most that was used so far, in whole words. */
UNWATCHED static inline size_t painted_stack_used(struct painted_stack *stack)
{
	const uint64_t *words = (const uint64_t *)stack->bytes,
		       painted = PAINT * UINT64_C(0x0101010101010101);
	size_t clean = 0;

	while (clean < stack->clean / sizeof(*words) && words[clean] == painted)
		clean++;
	stack->clean = clean * sizeof(*words);
	return stack->size - stack->clean;
}

/* Runs it on a new thread. Return: bytes of stack that were used. */
static inline size_t painted_stack_run(size_t size, void *(*run)(void *userdata), void *userdata)
{
	struct painted_stack stack;
	pthread_attr_t attr;
	pthread_t thread;
	size_t used;

	painted_stack_init(&stack, size);
	pthread_attr_init(&attr);
	pthread_attr_setstack(&attr, stack.bytes, stack.size);
	if (pthread_create(&thread, &attr, run, userdata) || pthread_join(thread, NULL))
		abort();
	pthread_attr_destroy(&attr);
	used = painted_stack_used(&stack);
	munmap(stack.bytes, stack.size);
	return used;
}
