/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/difference.h"

#include <string.h>
#include <sys/sysmacros.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "model/features.h"
#include "model/table.h"

static bool same_grouping(const struct mp_table *a, const struct mp_table *b)
{
	if (a->group_count != b->group_count)
		return false;
	for (size_t i = 0; i < a->group_count; i++)
		if (!mp_table_number_of_group(b, &a->groups[i]))
			return false;
	return true;
}

static bool contains_paths(const struct mp_table *table, const struct mp_table *others)
{
	for (size_t i = 0; i < others->group_count; i++)
		for (size_t j = 0; j < others->groups[i].path_count; j++)
			if (!mp_table_find(table, others->groups[i].paths[j].devt))
				return false;
	return true;
}

/*
 * The words of "NAME COUNT ARG..." and "COUNT NAME ARG...": position 0 or 1 is the name, arguments
 * begin at 2. As text of the configuration it may have any blanks that the kernel takes.
 */
static const char *word_at(const char *text, unsigned position, size_t *length)
{
	static const char blanks[] = " \t\r\n\v\f";

	text += strspn(text, blanks);
	while (position--) {
		text += strcspn(text, blanks);
		text += strspn(text, blanks);
	}
	*length = strcspn(text, blanks);
	return text;
}

static bool same_word(const char *a, const char *b, unsigned position)
{
	size_t a_length, b_length;

	a = word_at(a, position, &a_length);
	b = word_at(b, position, &b_length);
	return a_length == b_length && !memcmp(a, b, a_length);
}

/* The kernel shows a handler by its name alone, without arguments. */
static bool same_handler(const char *current, const char *wanted, bool retain)
{
	bool has_none = !current || !strcmp(current, "0");

	if (retain && !has_none)
		return true;
	return has_none ? !strcmp(wanted, "0") : same_word(current, wanted, 1);
}

/* The kernel may show defaults of arguments that were not given. */
static bool same_selector(const char *current, const char *wanted)
{
	size_t length;

	if (!same_word(current, wanted, 0))
		return false;
	for (unsigned i = 2; word_at(wanted, i, &length), length; i++)
		if (!same_word(current, wanted, i))
			return false;
	return true;
}

static bool same_selectors(const struct mp_table *current, const char *wanted)
{
	for (size_t i = 0; i < current->group_count; i++)
		if (!same_selector(current->groups[i].selector, wanted))
			return false;
	return true;
}

static bool has_repeat_count(const char *selector)
{
	static const char *const names[] = { "round-robin", "queue-length", "service-time" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (same_word(selector, names[i], 0))
			return true;
	return false;
}

/*
 * Since Linux 4.6 selectors know no repeat count but 1, and that is what they show, whatever was
 * loaded.
 */
static bool same_minio(const struct mp_table *current, const struct mp_table *wanted,
		       const char *selector)
{
	if (!has_repeat_count(selector))
		return true;
	for (size_t i = 0; i < wanted->group_count; i++)
		for (size_t j = 0; j < wanted->groups[i].path_count; j++) {
			const struct mp_table_path *path = &wanted->groups[i].paths[j];
			const struct mp_table_path *shown = mp_table_find(current, path->devt);

			if (shown && shown->minio != path->minio && shown->minio != 1)
				return false;
		}
	return true;
}

enum row { SAME, MISSING, SURPLUS, HANDLER, FEATURES, SELECTOR, MINIO, GROUPING };

static enum row find_row(const struct mp_table *current, const struct mp_table *wanted,
			 bool retain_handler)
{
	const char *selector = wanted->group_count ? wanted->groups[0].selector : NULL;

	if (!contains_paths(current, wanted))
		return MISSING;
	if (!contains_paths(wanted, current))
		return SURPLUS;
	if (!same_handler(current->handler, wanted->handler, retain_handler))
		return HANDLER;
	if (!mp_features_equal(current->features, wanted->features))
		return FEATURES;
	if (selector && !same_selectors(current, selector))
		return SELECTOR;
	if (selector && !same_minio(current, wanted, selector))
		return MINIO;
	if (!same_grouping(wanted, current))
		return GROUPING;
	return SAME;
}

const char *mp_difference_find(const struct mp_table *current, const struct mp_table *wanted,
			       bool retain_handler)
{
	static const char *const reasons[] = {
		[SAME] = NULL,
		[MISSING] = "a path is not in the kernel's table",
		[SURPLUS] = "the kernel's table has a path that must not be used",
		[HANDLER] = "hardware handler differs",
		[FEATURES] = "features differ",
		[SELECTOR] = "path selector differs",
		[MINIO] = "repeat count differs",
		[GROUPING] = "paths are grouped differently",
	};

	return reasons[find_row(current, wanted, retain_handler)];
}

bool mp_difference_is_grouping(const struct mp_table *current, const struct mp_table *wanted,
			       bool retain_handler)
{
	return find_row(current, wanted, retain_handler) == GROUPING;
}

/* The paths of @table that @other lacks, each behind a @sign. */
static void add_paths(const struct mp_table *table, const struct mp_table *other, char sign,
		      struct mp_strbuf *buf)
{
	for (size_t i = 0; i < table->group_count; i++)
		for (size_t j = 0; j < table->groups[i].path_count; j++) {
			dev_t devt = table->groups[i].paths[j].devt;

			if (!mp_table_find(other, devt))
				mp_strbuf_printf(buf, " %c%u:%u", sign, major(devt), minor(devt));
		}
}

static void add_groups(const struct mp_table *table, struct mp_strbuf *buf)
{
	for (size_t i = 0; i < table->group_count; i++)
		for (size_t j = 0; j < table->groups[i].path_count; j++) {
			dev_t devt = table->groups[i].paths[j].devt;

			mp_strbuf_printf(buf, "%s%u:%u", j ? "," : " ", major(devt), minor(devt));
		}
}

static unsigned first_minio(const struct mp_table *table)
{
	for (size_t i = 0; i < table->group_count; i++)
		if (table->groups[i].path_count)
			return table->groups[i].paths[0].minio;
	return 0;
}

void mp_difference_format(const struct mp_table *current, const struct mp_table *wanted,
			  bool retain_handler, struct mp_strbuf *buf)
{
	switch (find_row(current, wanted, retain_handler)) {
	case SAME:
		break;
	case MISSING:
	case SURPLUS:
		mp_strbuf_puts(buf, "paths");
		add_paths(wanted, current, '+', buf);
		add_paths(current, wanted, '-', buf);
		break;
	case HANDLER:
		mp_strbuf_printf(buf, "hardware handler %s -> %s",
				 current->handler ? current->handler : "0", wanted->handler);
		break;
	case FEATURES:
		mp_strbuf_printf(buf, "features %s -> %s",
				 current->features ? current->features : "0", wanted->features);
		break;
	case SELECTOR:
		mp_strbuf_printf(buf, "path selector \"%s\" -> \"%s\"",
				 current->group_count ? current->groups[0].selector : "",
				 wanted->groups[0].selector);
		break;
	case MINIO:
		mp_strbuf_printf(buf, "repeat count %u -> %u", first_minio(current),
				 first_minio(wanted));
		break;
	case GROUPING:
		mp_strbuf_puts(buf, "groups");
		add_groups(current, buf);
		mp_strbuf_puts(buf, " ->");
		add_groups(wanted, buf);
		break;
	}
}
