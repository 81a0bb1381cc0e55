/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/resources.h"

#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <malloc.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/log.h"

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
 * The kernel frees no locked page, except at the end of
 * the heap. Only the heap is unlocked for that: mlockall() would bring in every page of mappings
 * that cannot be locked, such as the ring of an aio context.
 */
void resources_trim_heap(char *heap)
{
	munlock(heap, (char *)sbrk(0) - heap);
	malloc_trim(0);
	mlock2(heap, (char *)sbrk(0) - heap, MLOCK_ONFAULT);
}

void resources_claim(void)
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

void resources_claim_descriptors(int max)
{
	struct rlimit limit;
	unsigned long wanted = 1 << 20;
	FILE *file;

	if (getenv("LimitNOFILE") || max == 0)
		return;
	if (max > 0) {
		wanted = max;
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
