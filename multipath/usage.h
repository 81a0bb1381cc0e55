/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* usage.h - what multipath -h prints.  For: both programs of multipath(8). */
#pragma once

extern const char usage_text[];
