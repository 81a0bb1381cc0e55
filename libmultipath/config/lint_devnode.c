/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lint about device node rules that no disk can match, whatever disks there are. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "config/lint.h"

/* Calls that end at the first name that matches. */
typedef bool (*name_fn)(const struct mp_pattern *pattern, const char *name);

static bool is_match(const struct mp_pattern *pattern, const char *name)
{
	return mp_pattern_matches(pattern, name);
}

static bool is_partition_match(const struct mp_pattern *pattern, const char *name)
{
	static const char *const numbers[] = { "1", "2", "3", "4",  "5", "6",
					       "7", "8", "9", "10", "15" };
	size_t length = strlen(name);
	char text[32];

	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		snprintf(text, sizeof(text), "%s%s%s", name,
			 isdigit((unsigned char)name[length - 1]) ? "p" : "", numbers[i]);
		if (mp_pattern_matches(pattern, text))
			return true;
	}
	return false;
}

/* What any_disk() tries: about so many. */
enum { DISK_NAMES = 19000, PARTITION_NAMES = 14000 };

/* It is limited for a whole configuration. */
static void spend(struct mp_linter *linter, size_t names)
{
	linter->names -= names < linter->names ? names : linter->names;
}

/* sda ... sdzzz */
static bool any_scsi_name(const struct mp_pattern *pattern, unsigned letters, name_fn fn)
{
	char name[] = "sdaaa";

	name[2 + letters] = '\0';
	for (;;) {
		unsigned i = letters;

		if (fn(pattern, name))
			return true;
		while (i && name[1 + i] == 'z')
			name[1 + i--] = 'a';
		if (!i)
			return false;
		name[1 + i]++;
	}
}

/*
 * The drivers' names of whole disks: of each some, of SCSI disks all with so many letters behind
 * "sd".
 */
static bool any_disk(struct mp_linter *linter, const struct mp_pattern *pattern,
		     unsigned most_letters, name_fn fn)
{
	static const char *const lettered[] = { "dasd", "hd", "vd", "xvd", "ubd" };
	static const char *const numbered[] = {
		"bcache",    "dm-",    "drbd",	 "fd",	   "loop",     "md",	  "mmcblk",
		"mtdblock",  "nbd",    "nst",	 "pmem",   "ram",      "raw",	  "rbd",
		"scd",	     "sg",     "sr",	 "st",	   "ubiblock", "zd",	  "zram",
		"cciss!c0d", "nvme0n", "nvme1n", "nvme2n", "nvme3n",   "nvme10n",
	};
	char name[32];

	spend(linter, most_letters > 2 ? DISK_NAMES : PARTITION_NAMES);
	for (size_t i = 0; i < ARRAY_SIZE(lettered); i++)
		for (char letter = 'a'; letter <= 'z'; letter++) {
			snprintf(name, sizeof(name), "%s%c", lettered[i], letter);
			if (fn(pattern, name))
				return true;
		}
	for (size_t i = 0; i < ARRAY_SIZE(numbered); i++)
		for (unsigned number = 0; number < 16; number++) {
			snprintf(name, sizeof(name), "%s%u", numbered[i], number);
			if (fn(pattern, name))
				return true;
		}
	for (unsigned letters = 1; letters <= most_letters; letters++)
		if (any_scsi_name(pattern, letters, fn))
			return true;
	return false;
}

static bool any_controller(const struct mp_pattern *pattern)
{
	static const char *const names[] = { "nvme0", "nvme1", "nvme2", "nvme10" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (mp_pattern_matches(pattern, names[i]))
			return true;
	return false;
}

/* Outside of sets. A backslash hides what follows it. */
static bool has(const char *text, int (*is)(int))
{
	bool in_set = false;

	for (; *text; text++) {
		if (*text == '\\' && text[1])
			text++;
		else if (*text == '[')
			in_set = true;
		else if (*text == ']')
			in_set = false;
		else if (!in_set && is((unsigned char)*text))
			return true;
	}
	return false;
}

/* "^3600a0980...", "3600...", "36001405.*" */
static bool is_wwid(const char *text)
{
	text += *text == '^';
	return *text == '3' && strspn(text, "0123456789abcdefABCDEF") >= 16;
}

/*
 * Why @pattern, which is not inverted, matches no name of a disk. Return: NULL if that is not
 * certain.
 */
static const char *find_reason(struct mp_linter *linter, const struct mp_pattern *pattern,
			       const char *text)
{
	const char *reason = NULL;

	if (strchr(text, '/') || *text == '\'')
		return NULL; /* told by others */
	if (has(text, isblank))
		reason = "disk names contain no blanks";
	else if (has(text, isupper))
		reason = "disk names contain no capital letters";
	else if (is_wwid(text))
		reason = "it is compared to names like \"sda\"; a WWID belongs to a rule \"wwid\"";
	else if (any_controller(pattern))
		reason = "this is an NVMe controller; its disks are named like \"nvme0n1\"";
	else if (strpbrk(text, "0123456789"))
		reason = any_disk(linter, pattern, 2, is_partition_match) ?
				 "partitions are never examined, only whole disks" :
				 NULL;
	return reason && !any_disk(linter, pattern, 3, is_match) ? reason : NULL;
}

void mp_lint_devnode(struct mp_linter *linter, enum mp_list list, enum mp_criterion criterion,
		     const struct mp_rule *rule)
{
	struct mp_pattern pattern;
	const char *reason;

	(void)list;
	if (criterion != MP_CRITERION_DEVNODE || !linter->names)
		return;
	/* What an inverted rule is about, without the inversion. */
	if (mp_pattern_init(&pattern, rule->text + rule->pattern.inverted) == 0) {
		reason = find_reason(linter, &pattern, rule->text + rule->pattern.inverted);
		if (reason)
			mp_lint_tell(linter, rule, "devnode \"%s\" matches %s: %s", rule->text,
				     rule->pattern.inverted ? "every disk" : "nothing", reason);
	}
	mp_pattern_fini(&pattern);
}
