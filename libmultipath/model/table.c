/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/table.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "base/cleanup.h"
#include "base/strbuf.h"

static void group_fini(struct mp_table_group *group)
{
	free(group->selector);
	free(group->paths);
}

void mp_table_fini(struct mp_table *table)
{
	for (size_t i = 0; i < table->group_count; i++)
		group_fini(&table->groups[i]);
	free(table->groups);
	free(table->features);
	free(table->handler);
	*table = (struct mp_table)MP_TABLE_INIT;
}

static int copy_text(const char *text, char **ret)
{
	if (!text)
		return 0;
	*ret = strdup(text);
	return *ret ? 0 : -ENOMEM;
}

static int copy_group(const struct mp_table_group *group, struct mp_table_group *ret)
{
	int r;

	ret->state = group->state;
	r = copy_text(group->selector, &ret->selector);
	if (r < 0)
		return r;
	if (!group->path_count)
		return 0;
	ret->paths = calloc(group->path_count, sizeof(*ret->paths));
	if (!ret->paths)
		return -ENOMEM;
	memcpy(ret->paths, group->paths, group->path_count * sizeof(*ret->paths));
	ret->path_count = group->path_count;
	return 0;
}

int mp_table_copy(const struct mp_table *table, struct mp_table *ret)
{
	_cleanup_(mp_table_fini) struct mp_table copy = {
		.size_sectors = table->size_sectors,
		.start_group = table->start_group,
		.queued = table->queued,
	};
	int r;

	r = copy_text(table->features, &copy.features);
	if (r < 0)
		return r;
	r = copy_text(table->handler, &copy.handler);
	if (r < 0)
		return r;

	if (table->group_count) {
		copy.groups = calloc(table->group_count, sizeof(*copy.groups));
		if (!copy.groups)
			return -ENOMEM;
	}
	for (size_t i = 0; i < table->group_count; i++) {
		copy.group_count++;
		r = copy_group(&table->groups[i], &copy.groups[i]);
		if (r < 0)
			return r;
	}
	*ret = copy;
	copy = (struct mp_table)MP_TABLE_INIT;
	return 0;
}

/* A word of a line, not NUL-terminated; without text at the end of the line. */
struct word {
	const char *text;
	size_t length;
};

static struct word next_word(const char **at)
{
	struct word word;

	*at += strspn(*at, " \t\n");
	word.text = *at;
	word.length = strcspn(*at, " \t\n");
	*at += word.length;
	return word;
}

static int parse_number(const char **text, const char *end, unsigned *ret)
{
	unsigned number = 0;
	const char *at = *text;

	if (at == end || *at < '0' || *at > '9')
		return -EBADMSG;
	for (; at < end && *at >= '0' && *at <= '9'; at++)
		if (__builtin_mul_overflow(number, 10u, &number) ||
		    __builtin_add_overflow(number, (unsigned)(*at - '0'), &number))
			return -EBADMSG;
	*text = at;
	*ret = number;
	return 0;
}

static int next_number(const char **at, unsigned *ret)
{
	struct word word = next_word(at);
	const char *text = word.text;
	int r = parse_number(&text, word.text + word.length, ret);

	return r < 0 || text != word.text + word.length ? -EBADMSG : 0;
}

/*
 * A count of things of which each takes @words words or more: what is left of the line bounds it.
 */
static int next_count(const char **at, size_t words, unsigned *ret)
{
	int r = next_number(at, ret);

	if (r < 0)
		return r;
	return *ret > strlen(*at) / (2 * words) ? -EBADMSG : 0;
}

static int next_devt(const char **at, dev_t *ret)
{
	struct word word = next_word(at);
	const char *text = word.text, *end = word.text + word.length;
	unsigned number_major, number_minor;

	if (parse_number(&text, end, &number_major) < 0 || text == end || *text++ != ':' ||
	    parse_number(&text, end, &number_minor) < 0 || text != end)
		return -EBADMSG;
	*ret = makedev(number_major, number_minor);
	return 0;
}

static int skip_words(const char **at, unsigned count)
{
	while (count--)
		if (!next_word(at).length)
			return -EBADMSG;
	return 0;
}

/* "N word1 .. wordN", words after @buf's text, single blanks between. */
static int copy_counted(const char **at, struct mp_strbuf *buf)
{
	unsigned count;
	int r;

	r = next_count(at, 1, &count);
	if (r < 0)
		return r;
	mp_strbuf_printf(buf, "%u", count);
	while (count--) {
		struct word word = next_word(at);

		if (!word.length)
			return -EBADMSG;
		mp_strbuf_putc(buf, ' ');
		mp_strbuf_add(buf, word.text, word.length);
	}
	return 0;
}

static int parse_counted(const char **at, char **ret)
{
	_cleanup_strbuf_ struct mp_strbuf buf = MP_STRBUF_INIT;
	int r = copy_counted(at, &buf);

	return r < 0 ? r : mp_strbuf_take(&buf, ret);
}

static int parse_selector(const char **at, char **ret)
{
	_cleanup_strbuf_ struct mp_strbuf buf = MP_STRBUF_INIT;
	struct word name = next_word(at);
	int r;

	if (!name.length)
		return -EBADMSG;
	mp_strbuf_add(&buf, name.text, name.length);
	mp_strbuf_putc(&buf, ' ');
	r = copy_counted(at, &buf);
	return r < 0 ? r : mp_strbuf_take(&buf, ret);
}

static int parse_group(const char **at, struct mp_table_group *group)
{
	unsigned path_count, arg_count;
	int r;

	r = parse_selector(at, &group->selector);
	if (r < 0)
		return r;
	r = next_count(at, 1, &path_count);
	if (r < 0)
		return r;
	r = next_number(at, &arg_count);
	if (r < 0)
		return r;

	if (path_count) {
		group->paths = calloc(path_count, sizeof(*group->paths));
		if (!group->paths)
			return -ENOMEM;
	}
	for (unsigned i = 0; i < path_count; i++) {
		struct mp_table_path *path = &group->paths[i];

		r = next_devt(at, &path->devt);
		if (r < 0)
			return r;
		group->path_count++;
		if (!arg_count)
			continue;
		/*
		 * Selectors without a repeat count have something else here: io-affinity a CPU
		 * mask.
		 */
		const char *arg = next_word(at).text;

		if (!*arg)
			return -EBADMSG;
		path->minio = strtoul(arg, NULL, 10);
		r = skip_words(at, arg_count - 1);
		if (r < 0)
			return r;
	}
	return 0;
}

int mp_table_parse(const char *params, struct mp_table *ret)
{
	_cleanup_(mp_table_fini) struct mp_table table = MP_TABLE_INIT;
	const char *at = params;
	unsigned group_count;
	int r;

	r = parse_counted(&at, &table.features);
	if (r < 0)
		return r;
	r = parse_counted(&at, &table.handler);
	if (r < 0)
		return r;
	r = next_count(&at, 4, &group_count);
	if (r < 0)
		return r;
	r = next_number(&at, &table.start_group);
	if (r < 0)
		return r;
	if (table.start_group > group_count || (group_count && !table.start_group))
		return -EBADMSG;

	if (group_count) {
		table.groups = calloc(group_count, sizeof(*table.groups));
		if (!table.groups)
			return -ENOMEM;
	}
	for (unsigned i = 0; i < group_count; i++) {
		table.group_count++;
		r = parse_group(&at, &table.groups[i]);
		if (r < 0)
			return r;
	}
	if (next_word(&at).length)
		return -EBADMSG;

	table.size_sectors = ret->size_sectors;
	*ret = table;
	table = (struct mp_table)MP_TABLE_INIT;
	return 0;
}

static int parse_group_status(const char **at, struct mp_table_group *group)
{
	unsigned count, arg_count;
	struct word word;
	int r;

	word = next_word(at);
	if (!word.length)
		return -EBADMSG;
	group->state = word.length != 1	   ? MP_GROUP_UNDEF :
		       word.text[0] == 'A' ? MP_GROUP_ACTIVE :
		       word.text[0] == 'D' ? MP_GROUP_DISABLED :
		       word.text[0] == 'E' ? MP_GROUP_ENABLED :
					     MP_GROUP_UNDEF;
	r = next_number(at, &count);
	if (r < 0)
		return r;
	r = skip_words(at, count);
	if (r < 0)
		return r;
	r = next_number(at, &count);
	if (r < 0)
		return r;
	r = next_number(at, &arg_count);
	if (r < 0)
		return r;
	if (count != group->path_count)
		return -EBADMSG;

	for (size_t i = 0; i < group->path_count; i++) {
		struct mp_table_path *path = &group->paths[i];
		dev_t devt;

		r = next_devt(at, &devt);
		if (r < 0)
			return r;
		if (devt != path->devt)
			return -EBADMSG;
		word = next_word(at);
		path->state = word.length != 1	? MP_DM_UNDEF :
			      *word.text == 'A' ? MP_DM_ACTIVE :
			      *word.text == 'F' ? MP_DM_FAILED :
						  MP_DM_UNDEF;
		r = next_number(at, &path->failures);
		if (r < 0)
			return r;
		r = skip_words(at, arg_count);
		if (r < 0)
			return r;
	}
	return 0;
}

int mp_table_parse_status(const char *status, struct mp_table *table)
{
	const char *at = status;
	unsigned count, queued = 0, start_group;
	int r;

	r = next_number(&at, &count);
	if (r < 0)
		return r;
	if (count >= 2) {
		r = skip_words(&at, 1);
		if (r < 0)
			return r;
		r = next_number(&at, &queued);
		if (r < 0)
			return r;
		count -= 2;
	}
	r = skip_words(&at, count);
	if (r < 0)
		return r;
	r = next_number(&at, &count);
	if (r < 0)
		return r;
	r = skip_words(&at, count);
	if (r < 0)
		return r;
	r = next_number(&at, &count);
	if (r < 0)
		return r;
	r = next_number(&at, &start_group);
	if (r < 0)
		return r;
	if (count != table->group_count || start_group > count || (count && !start_group))
		return -EBADMSG;

	for (size_t i = 0; i < table->group_count; i++) {
		r = parse_group_status(&at, &table->groups[i]);
		if (r < 0)
			return r;
	}
	if (next_word(&at).length)
		return -EBADMSG;
	table->queued = queued;
	table->start_group = start_group;
	return 0;
}

void mp_table_format(const struct mp_table *table, struct mp_strbuf *buf)
{
	mp_strbuf_printf(buf, "%s %s %zu %u", table->features ? table->features : "0",
			 table->handler ? table->handler : "0", table->group_count,
			 table->start_group);
	for (size_t i = 0; i < table->group_count; i++) {
		const struct mp_table_group *group = &table->groups[i];

		mp_strbuf_printf(buf, " %s %zu 1", group->selector, group->path_count);
		for (size_t j = 0; j < group->path_count; j++)
			mp_strbuf_printf(buf, " %u:%u %u", major(group->paths[j].devt),
					 minor(group->paths[j].devt), group->paths[j].minio);
	}
}

struct mp_table_path *mp_table_find(const struct mp_table *table, dev_t devt)
{
	for (size_t i = 0; i < table->group_count; i++)
		for (size_t j = 0; j < table->groups[i].path_count; j++)
			if (table->groups[i].paths[j].devt == devt)
				return &table->groups[i].paths[j];
	return NULL;
}

void mp_table_keep(struct mp_table *table, const struct mp_table *other)
{
	size_t groups = 0;

	for (size_t g = 0; g < table->group_count; g++) {
		struct mp_table_group *group = &table->groups[g];
		size_t paths = 0;

		for (size_t p = 0; p < group->path_count; p++)
			if (mp_table_find(other, group->paths[p].devt))
				group->paths[paths++] = group->paths[p];
		group->path_count = paths;
		if (paths)
			table->groups[groups++] = *group;
		else
			group_fini(group);
	}
	table->group_count = groups;
	table->start_group = groups ? 1 : 0;
}

size_t mp_table_count(const struct mp_table *table)
{
	size_t count = 0;

	for (size_t g = 0; g < table->group_count; g++)
		count += table->groups[g].path_count;
	return count;
}

size_t mp_table_count_good(const struct mp_table *table)
{
	size_t good = 0;

	for (size_t g = 0; g < table->group_count; g++)
		for (size_t p = 0; p < table->groups[g].path_count; p++)
			good += table->groups[g].paths[p].state != MP_DM_FAILED;
	return good;
}

bool mp_table_has_feature(const struct mp_table *table, const char *word)
{
	const char *at = table->features ? table->features : "";
	size_t length = strlen(word);
	struct word next = next_word(&at); /* the count */

	while ((next = next_word(&at)).length)
		if (next.length == length && !memcmp(next.text, word, length))
			return true;
	return false;
}

unsigned mp_table_active_group(const struct mp_table *table)
{
	for (size_t i = 0; i < table->group_count; i++)
		if (table->groups[i].state == MP_GROUP_ACTIVE)
			return i + 1;
	return 0;
}

static bool group_works(const struct mp_table_group *group)
{
	for (size_t i = 0; i < group->path_count; i++)
		if (group->paths[i].state == MP_DM_ACTIVE)
			return true;
	return false;
}

bool mp_table_awaits_io(const struct mp_table *table)
{
	unsigned active = mp_table_active_group(table);

	if (!active)
		return table->group_count;
	if (group_works(&table->groups[active - 1]))
		return false;
	for (size_t i = 0; i < table->group_count; i++)
		if (group_works(&table->groups[i]))
			return true;
	return false;
}

const struct mp_table_path *mp_table_group_path(const struct mp_table_group *group, dev_t devt)
{
	for (size_t i = 0; i < group->path_count; i++)
		if (group->paths[i].devt == devt)
			return &group->paths[i];
	return NULL;
}

static bool same_members(const struct mp_table_group *a, const struct mp_table_group *b)
{
	if (a->path_count != b->path_count)
		return false;
	for (size_t i = 0; i < a->path_count; i++)
		if (!mp_table_group_path(b, a->paths[i].devt))
			return false;
	return true;
}

unsigned mp_table_number_of_group(const struct mp_table *table, const struct mp_table_group *group)
{
	for (size_t i = 0; i < table->group_count; i++)
		if (same_members(&table->groups[i], group))
			return i + 1;
	return 0;
}
