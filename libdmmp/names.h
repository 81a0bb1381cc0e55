/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* names.h - states by the names that multipathd's listing has.  For: libdmmp. */
#pragma once
#include <stdint.h>

/** names_path_status() - DMMP_PATH_STATUS_..., UNKNOWN if there is none of that name */
uint32_t names_path_status(const char *name);

/** names_group_status() - DMMP_PATH_GROUP_STATUS_..., UNKNOWN if there is none of that name */
uint32_t names_group_status(const char *name);
