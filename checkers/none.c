/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* none: no command; the device state in sysfs is the answer. */
#include "checkers/checkers.h"

const struct mp_checker mp_checker_none = { .name = "none", .none = true };
