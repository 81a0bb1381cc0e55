/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Preloaded with libc_malloc_debug.so: writes each allocation and release to $MALLOC_TRACE. */
#include <mcheck.h>

static void __attribute__((constructor)) start(void)
{
	mtrace();
}
