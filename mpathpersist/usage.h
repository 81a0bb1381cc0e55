/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* usage.h - what mpathpersist -h prints.  For: mpathpersist. */
#pragma once

extern const char mpathpersist_usage[];
