/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * nvme.h - NVMe namespaces that the kernel multipaths itself, as sysfs shows them.  For: programs.
 */
#pragma once
#include "kernel/probe.h"
#include "model/foreign.h"

/**
 * mp_nvme_list() - each namespace of each subsystem, by name, with its paths
 * @ret:	empty; mp_foreign_fini()
 *
 * Reads sysfs alone: it does not block. Without NVMe, or without its native multipathing, there are
 * none.
 * Return: 0, -ENOMEM.
 */
int mp_nvme_list(const struct mp_roots *roots, struct mp_foreign *ret);
