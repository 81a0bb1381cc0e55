/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kernel/reading.h"

void mp_reading_take(const struct mp_roots *roots, struct mp_reading *reading)
{
	reading->error = mp_probe_locate_name(roots, reading->name, &reading->devt, reading->dir,
					      sizeof(reading->dir));
	if (reading->error >= 0)
		reading->error = mp_probe_identity(roots, reading->devt, reading->name,
						   reading->dir, &reading->identity,
						   &reading->room);
	if (reading->error < 0)
		return;
	reading->has_props =
		mp_probe_props(roots, reading->devt, reading->dir, true, &reading->props) == 0;
	reading->detailed = reading->identity;
	mp_probe_details(roots, reading->dir, &reading->detailed, &reading->room);
	reading->page_error = mp_probe_page_wwid(roots, reading->identity.protocol, reading->dir,
						 reading->page_wwid);
}

void mp_reading_fini(struct mp_reading *reading)
{
	mp_props_fini(&reading->props);
}
