/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * resources.h - what keeps the daemon alive and responsive when memory, CPU time or descriptors are
 * short; none of it is essential, failures are logged.  For: main.
 */
#pragma once

/** resources_claim() - real-time scheduling, locked memory, protection from the OOM killer */
void resources_claim(void);

/**
 * resources_claim_descriptors() - raise the limit on open files
 * @max:	max_fds: 0 not at all, negative: to the system's limit
 */
void resources_claim_descriptors(int max);

/** resources_trim_heap() - a burst is over: return its memory. @heap: start of the heap. */
void resources_trim_heap(char *heap);
