/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* filter.h - blacklist and blacklist_exceptions.  For: programs. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "config/config.h"

struct mp_props;
struct mp_filter_verdict {
	bool blacklisted;
	enum mp_criterion criterion; /* that decided; NONE: no rule matched */
	/* text of the rule that decided, NULL if none; owned by the configuration */
	const char *rule;
};

/** mp_filter_devnode() - by kernel name alone: cheap, asked first */
struct mp_filter_verdict mp_filter_devnode(const struct mp_config *config, const char *name);

/** mp_filter_wwid() - by WWID alone; an empty one is never blacklisted */
struct mp_filter_verdict mp_filter_wwid(const struct mp_config *config, const char *wwid);

/**
 * mp_filter_path() - devnode, usb, property, device, protocol, wwid; the first blacklist verdict
 * ends it
 * @props:	udev properties of the device, NULL if unknown
 * @uid_attribute:	of the path's settings: its absence from @props makes "no property matches"
 *		neutral
 */
struct mp_filter_verdict mp_filter_path(const struct mp_config *config,
					const struct mp_identity *identity,
					const struct mp_props *props, const char *uid_attribute);

/** mp_filter_trace() - the same, with an account of it: a row a criterion. @trace: NULL: none */
struct mp_filter_verdict mp_filter_trace(const struct mp_config *config,
					 const struct mp_identity *identity,
					 const struct mp_props *props, const char *uid_attribute,
					 struct mp_trace *trace);

/**
 * mp_filter_reason() - append why mp_filter_path() says no: "blacklisted by wwid: rule "36" matches
 * "3600", FILE:LINE blacklist"
 */
void mp_filter_reason(const struct mp_config *config, const struct mp_identity *identity,
		      const struct mp_props *props, const char *uid_attribute,
		      struct mp_strbuf *buf);

/** mp_filter_trace_wwid() - mp_filter_wwid() with an account of it */
struct mp_filter_verdict mp_filter_trace_wwid(const struct mp_config *config, const char *wwid,
					      struct mp_trace *trace);

/**
 * mp_filter_remedy() - the least that would turn mp_filter_path()'s verdict, one line each
 *
 * "add to blacklist_exceptions: wwid \"^3600$\"": for each criterion that says no, also those
 * behind the first. Of a path that is not blacklisted: what would blacklist it alone.
 */
void mp_filter_remedy(const struct mp_config *config, const struct mp_identity *identity,
		      const struct mp_props *props, const char *uid_attribute,
		      struct mp_strbuf *buf);

/** mp_filter_exclude_wwid() - append the lines that would blacklist a WWID */
void mp_filter_exclude_wwid(const struct mp_config *config, const char *wwid,
			    struct mp_strbuf *buf);
/** mp_filter_admit_wwid() - append the lines that would except a WWID from the blacklist */
void mp_filter_admit_wwid(const char *wwid, struct mp_strbuf *buf);

/** mp_filter_print() - reply to `show blacklist` */
void mp_filter_print(const struct mp_config *config, struct mp_strbuf *buf);

/** mp_filter_has_property() - true if a property rule matches this name */
bool mp_filter_has_property(const struct mp_config *config, const char *name);

/** mp_filter_criterion_name() - keyword of the rules that look at it: "devnode", "wwid" ...;
 * constant */
const char *mp_filter_criterion_name(enum mp_criterion criterion);
