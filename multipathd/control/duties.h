/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* duties.h - the duties of the daemon (state/duties.h).  For: main, and tests of control. */
#pragma once

struct duties;

extern const struct duties duties_of_daemon;
