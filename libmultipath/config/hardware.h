/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* hardware.h - what is known of disk arrays.  For: config. */
#pragma once
#include "config/keywords.h"

enum { MP_HARDWARE_SETTINGS = 12 }; /* of a row, with the MP_KEY_NONE that ends it */

/*
 * Each row is a device section as a file could have it; later rows win over earlier ones that
 * match, too.
 */
extern const struct mp_setting mp_hardware[][MP_HARDWARE_SETTINGS];
extern const unsigned mp_hardware_count;
