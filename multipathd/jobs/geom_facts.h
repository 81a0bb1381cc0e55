/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* geom_facts.h - what there is to know of a gmultipath map beside its table.  For: workers. */
#pragma once

struct mp_geom_facts;
struct mp_table;

/**
 * geom_facts_read() - gmultipath's notes, and sysfs of the disks in the map's table
 *
 * Return: for mp_geom_facts_free(); NULL: the notes cannot be read, or out of memory.
 */
struct mp_geom_facts *geom_facts_read(const char *wwid, const struct mp_table *table);
