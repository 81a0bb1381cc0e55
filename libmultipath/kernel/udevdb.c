/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kernel/udevdb.h"

#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/strbuf.h"

/* Properties that a record has as one line for each of their words. */
struct lists {
	struct mp_strbuf links, tags, current_tags;
};

#define LISTS_INIT \
	{ \
		MP_STRBUF_INIT, MP_STRBUF_INIT, MP_STRBUF_INIT \
	}

static void lists_fini(struct lists *lists)
{
	mp_strbuf_fini(&lists->links);
	mp_strbuf_fini(&lists->tags);
	mp_strbuf_fini(&lists->current_tags);
}

static void add_link(struct mp_strbuf *links, const char *name)
{
	mp_strbuf_puts(links, links->length ? " /dev/" : "/dev/");
	mp_strbuf_puts(links, name);
}

/* :ONE:TWO: */
static void add_tag(struct mp_strbuf *tags, const char *tag)
{
	if (!tags->length)
		mp_strbuf_putc(tags, ':');
	mp_strbuf_puts(tags, tag);
	mp_strbuf_putc(tags, ':');
}

static int add_assignment(char *text, struct mp_props *ret)
{
	char *equals = strchr(text, '=');

	if (!equals)
		return 0;
	*equals = '\0';
	return mp_props_add(ret, text, equals + 1);
}

static int add_list(const char *name, const struct mp_strbuf *list, struct mp_props *ret)
{
	if (list->error)
		return list->error;
	return list->length ? mp_props_add(ret, name, mp_strbuf_text(list)) : 0;
}

static int take_line(char *line, struct lists *lists, struct mp_props *ret)
{
	if (!line[0] || line[1] != ':')
		return 0;
	switch (line[0]) {
	case 'E':
		return add_assignment(line + 2, ret);
	case 'I':
		return mp_props_add(ret, "USEC_INITIALIZED", line + 2);
	case 'S':
		add_link(&lists->links, line + 2);
		return 0;
	case 'G':
		add_tag(&lists->tags, line + 2);
		return 0;
	case 'Q':
		add_tag(&lists->current_tags, line + 2);
		return 0;
	default:
		return 0;
	}
}

int mp_udevdb_parse(char *text, struct mp_props *ret)
{
	_cleanup_(lists_fini) struct lists lists = LISTS_INIT;
	char *line, *rest = text;
	int r = 0;

	while (r == 0 && (line = strsep(&rest, "\n")))
		r = take_line(line, &lists, ret);
	if (r == 0)
		r = add_list("DEVLINKS", &lists.links, ret);
	if (r == 0)
		r = add_list("TAGS", &lists.tags, ret);
	if (r == 0)
		r = add_list("CURRENT_TAGS", &lists.current_tags, ret);
	return r;
}

static int add_node(const char *name, struct mp_props *ret)
{
	_cleanup_strbuf_ struct mp_strbuf node = MP_STRBUF_INIT;

	mp_strbuf_printf(&node, "/dev/%s", name);
	return node.error ? node.error : mp_props_add(ret, "DEVNAME", mp_strbuf_text(&node));
}

int mp_udevdb_parse_uevent(char *text, struct mp_props *ret)
{
	static const char devname[] = "DEVNAME=";
	char *line, *rest = text;
	int r = 0;

	while (r == 0 && (line = strsep(&rest, "\n")))
		r = strncmp(line, devname, strlen(devname)) ? add_assignment(line, ret) :
							      add_node(line + strlen(devname), ret);
	return r;
}
