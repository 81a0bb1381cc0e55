/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kernel/reading.h"

#include <string.h>

static int reading_locate(const struct mp_roots *roots, struct mp_reading *reading)
{
	int r = 0;

	if (reading->dir[0])
		return 0;
	if (reading->name[0])
		r = mp_probe_locate_name(roots, reading->name, &reading->devt, reading->dir,
					 sizeof(reading->dir));
	else
		r = mp_probe_locate_devt(roots, reading->devt, reading->name, sizeof(reading->name),
					 reading->dir, sizeof(reading->dir));
	if (r < 0)
		reading->dir[0] = '\0';
	return r;
}

bool mp_reading_is_known(const struct mp_reading *reading)
{
	return reading->dir[0] && !strcmp(reading->name, reading->known);
}

static void reading_compare(const struct mp_roots *roots, struct mp_reading *reading)
{
	reading->named = reading->has_props &&
			 mp_props_have_value(&reading->props, reading->expected);
	if (!reading->named)
		reading->named = mp_probe_page_names(roots, reading->identity.protocol,
						     reading->dir, reading->expected);
}

void mp_reading_take(const struct mp_roots *roots, struct mp_reading *reading)
{
	bool was_read_only = reading->identity.read_only;

	reading->error = reading_locate(roots, reading);
	if (reading->error < 0 || mp_reading_is_known(reading))
		return;
	if (reading->parts & MP_READ_CHANGES)
		mp_probe_refresh(roots, reading->dir, &reading->identity);
	if (!(reading->parts & MP_READ_IDENTITY))
		return;
	reading->error = mp_probe_identity(roots, reading->devt, reading->name, reading->dir,
					   &reading->identity, &reading->room);
	if (reading->error < 0)
		return;
	reading->identity.read_only = was_read_only;
	if (reading->parts & MP_READ_DETAILS)
		mp_probe_details(roots, reading->dir, &reading->identity, &reading->room);
	else if (reading->parts & MP_READ_PROTECTION)
		reading->identity.read_only =
			mp_probe_read_only(roots, reading->dir, was_read_only);
	if (reading->parts & MP_READ_PROPS)
		reading->has_props = mp_probe_props(roots, reading->devt, reading->dir,
						    reading->parts & MP_READ_UEVENT,
						    &reading->props) == 0;
	if (reading->parts & MP_READ_PAGE)
		reading->page_error = mp_probe_page_wwid(roots, reading->identity.protocol,
							 reading->dir, reading->page_wwid);
	if (reading->expected[0])
		reading_compare(roots, reading);
}

int mp_reading_wwid(const struct mp_reading *reading, const struct mp_identity *identity,
		    const char *uid_attribute, bool fallback, char wwid[static MP_WWID_SIZE])
{
	int r = mp_probe_props_wwid(identity, uid_attribute,
				    reading->has_props ? &reading->props : NULL, fallback, wwid);

	if (r > 0) {
		memcpy(wwid, reading->page_wwid, MP_WWID_SIZE);
		r = reading->page_error;
	}
	if (r < 0)
		wwid[0] = '\0';
	return r;
}

void mp_reading_fini(struct mp_reading *reading)
{
	mp_props_fini(&reading->props);
}
