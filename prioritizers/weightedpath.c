/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * weightedpath: the administrator's own weights: "hbtl|devname|serial|wwn REGEX PRIORITY [REGEX
 * PRIORITY]...".
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "config/pattern.h"
#include "prioritizers/prioritizers.h"

#define BLANKS " \t"

/* Return: 0, -EINVAL for an unknown kind. */
static int format_subject(const char *kind, const struct mp_identity *identity, char *text,
			  size_t size)
{
	if (!strcmp(kind, "hbtl"))
		snprintf(text, size, "%d:%d:%d:%llu", identity->address.host,
			 identity->address.channel, identity->address.target,
			 (unsigned long long)identity->address.lun);
	else if (!strcmp(kind, "devname"))
		snprintf(text, size, "%s", identity->name);
	else if (!strcmp(kind, "serial"))
		snprintf(text, size, "%s", identity->serial);
	else if (!strcmp(kind, "wwn"))
		snprintf(text, size, "%s:%s:%s:%s", identity->host_wwnn, identity->host_wwpn,
			 identity->target_wwnn, identity->target_wwpn);
	else
		return -EINVAL;
	return 0;
}

static int weightedpath_priority(struct mp_prioritization *prioritization)
{
	_cleanup_free_ char *args = strdup(prioritization->args);
	char subject[sizeof(struct mp_identity)], *rest, *kind, *pattern, *number;

	if (!args)
		return -ENOMEM;
	kind = strtok_r(args, BLANKS, &rest);
	if (!kind || format_subject(kind, prioritization->identity, subject, sizeof(subject)) < 0)
		return 0;
	while ((pattern = strtok_r(NULL, BLANKS, &rest)) &&
	       (number = strtok_r(NULL, BLANKS, &rest)))
		if (mp_pattern_matches_once(pattern, subject))
			return atoi(number);
	return 0;
}

const struct mp_prioritizer mp_prioritizer_weightedpath = {
	.name = "weightedpath",
	.priority = weightedpath_priority,
	.reads_identity = true,
	.knows = true,
};
