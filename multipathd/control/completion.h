/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* completion.h - the end of startup or of a reconfigure.  For: control, whenever work has ended. */
#pragma once

struct daemon;

/** completion_check() - call on_configured() if startup or reconfigure has finished */
void completion_check(struct daemon *daemon);
