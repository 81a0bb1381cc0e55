/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * foreign.h - disks whose paths the kernel joins itself (NVMe), to be listed with our maps.  For:
 * kernel, show, programs.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

enum { MP_FOREIGN_TEXT = 256 };

/* As sysfs has it; "" where it has nothing. */
struct mp_foreign_path {
	char name[32]; /* nvme0c1n2 */
	char address[32]; /* subsystem:controller:namespace */
	char devt[16]; /* 0:0 for a hidden one, as they all are */
	char state[32]; /* of its controller */
	char access[32]; /* ANA state */
	char size[24]; /* sectors */
	char serial[64];
	char host[MP_FOREIGN_TEXT]; /* TRANSPORT:ADDRESS */
	char adapter[32]; /* PCI function of its controller */
};

struct mp_foreign_map {
	char name[MP_FOREIGN_TEXT]; /* SUBSYSTEM:nsid.NAMESPACE */
	char disk[32]; /* nvme0n2 */
	char wwid[MP_FOREIGN_TEXT];
	char model[64], revision[32];
	char size[24];
	bool has_access; /* ANA */
	struct mp_foreign_path *paths;
	size_t path_count;
};

struct mp_foreign {
	struct mp_foreign_map *maps;
	size_t count;
};

#define MP_FOREIGN_INIT \
	{ \
		0 \
	}

/** mp_foreign_fini() - free the list */
void mp_foreign_fini(struct mp_foreign *foreign);

/** mp_foreign_has() - true if one of the maps has @disk */
bool mp_foreign_has(const struct mp_foreign *foreign, const char *disk);

/**
 * mp_foreign_priority() - what the access state is worth: 50 optimized, 10 non-optimized, 0 other,
 * -1 there is none
 */
int mp_foreign_priority(const struct mp_foreign_path *path);
