/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kernel/claimant.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "config/filter.h"

/* A daemon of another release that means something else by it takes another number. */
#define FORMAT "1"

enum { TIMEOUT_BUILT_IN_SEC = -10, TIMEOUT_UNKNOWN_HARDWARE_SEC = 1 };

void mp_claimant_fini(struct mp_claimant *claimant)
{
	mp_props_fini(&claimant->props);
}

int mp_claimant_read(const struct mp_roots *roots, dev_t devt, const char *name, const char *dir,
		     struct mp_claimant *claimant)
{
	int r = mp_probe_identity(roots, devt, name, dir, &claimant->identity, NULL);

	if (r == 0 &&
	    mp_probe_page_wwid(roots, claimant->identity.protocol, dir, claimant->page_wwid) < 0)
		claimant->page_wwid[0] = '\0';
	return r;
}

static unsigned timeout_of(struct mp_config *config, const struct mp_identity *identity)
{
	int seconds = mp_config_process(config)->find_multipaths_timeout_sec;

	if (seconds == 0)
		seconds = TIMEOUT_BUILT_IN_SEC;
	if (seconds > 0)
		return seconds;
	return mp_config_knows_hardware(config, identity) ? -seconds : TIMEOUT_UNKNOWN_HARDWARE_SEC;
}

void mp_claimant_judge(struct mp_config *config, const struct mp_claimant *claimant,
		       struct mp_ruling *ret)
{
	const struct mp_props *props = claimant->has_props ? &claimant->props : NULL;
	struct mp_identity identity = claimant->identity;
	struct mp_path_settings settings;
	int r;

	*ret = (struct mp_ruling){
		.mode = mp_config_process(config)->find_multipaths,
		.verbosity = mp_config_process(config)->verbosity,
	};
	if (mp_filter_devnode(config, identity.name).blacklisted) {
		ret->blacklisted = true;
		return;
	}
	ret->timeout_sec = timeout_of(config, &identity);
	mp_config_path_settings(config, &identity, &settings);
	r = mp_probe_props_wwid(&identity, settings.uid_attribute, props, true, ret->wwid);
	if (r > 0)
		memcpy(ret->wwid, claimant->page_wwid, sizeof(ret->wwid));
	memcpy(identity.wwid, ret->wwid, sizeof(identity.wwid));
	ret->blacklisted =
		mp_filter_path(config, &identity, props, settings.uid_attribute).blacklisted;
}

/* One line each: a value ends where a newline would begin another one. */
static void put_line(struct mp_strbuf *buf, const char *text)
{
	mp_strbuf_add(buf, text, strcspn(text, "\n"));
	mp_strbuf_putc(buf, '\n');
}

void mp_claimant_format(const struct mp_claimant *claimant, struct mp_strbuf *buf)
{
	const struct mp_identity *identity = &claimant->identity;

	mp_strbuf_printf(buf, MP_CLAIMANT_WORD FORMAT " %s %d\n",
			 mp_protocol_name(identity->protocol), claimant->has_props);
	put_line(buf, identity->name);
	put_line(buf, identity->vendor);
	put_line(buf, identity->product);
	put_line(buf, identity->revision);
	put_line(buf, claimant->page_wwid);
	for (size_t i = 0; i < claimant->props.count; i++) {
		mp_strbuf_puts(buf, claimant->props.items[i].name);
		mp_strbuf_putc(buf, '=');
		put_line(buf, claimant->props.items[i].value);
	}
}

/* Return: false if there is no line, or it does not fit. */
static bool take_line(const char **text, char *ret, size_t size)
{
	size_t length = strcspn(*text, "\n");

	if (!(*text)[length] || length >= size)
		return false;
	memcpy(ret, *text, length);
	ret[length] = '\0';
	*text += length + 1;
	return true;
}

static int take_props(const char *text, struct mp_props *props)
{
	_cleanup_free_ char *copy = strdup(text);
	char *line = copy, *end, *equals;

	if (!copy)
		return -ENOMEM;
	for (; *line; line = end + 1) {
		int r;

		end = strchr(line, '\n');
		if (!end)
			return -EBADMSG;
		*end = '\0';
		equals = strchr(line, '=');
		if (!equals)
			return -EBADMSG;
		*equals = '\0';
		r = mp_props_add(props, line, equals + 1);
		if (r < 0)
			return r;
	}
	return 0;
}

int mp_claimant_parse(const char *text, struct mp_claimant *ret)
{
	struct mp_identity *identity = &ret->identity;
	char protocol[16];
	int has_props, used = 0;

	if (sscanf(text, MP_CLAIMANT_WORD FORMAT " %15s %d%n", protocol, &has_props, &used) != 2 ||
	    text[used] != '\n' || mp_protocol_parse(protocol, &identity->protocol) < 0)
		return -EBADMSG;
	text += used + 1;
	ret->has_props = has_props;
	if (!take_line(&text, identity->name, sizeof(identity->name)) ||
	    !take_line(&text, identity->vendor, sizeof(identity->vendor)) ||
	    !take_line(&text, identity->product, sizeof(identity->product)) ||
	    !take_line(&text, identity->revision, sizeof(identity->revision)) ||
	    !take_line(&text, ret->page_wwid, sizeof(ret->page_wwid)))
		return -EBADMSG;
	return take_props(text, &ret->props);
}

void mp_claimant_format_ruling(const struct mp_ruling *ruling, struct mp_strbuf *buf)
{
	mp_strbuf_printf(buf, "ruling " FORMAT " %d %d %u %d %d ", ruling->mode, ruling->verbosity,
			 ruling->timeout_sec, ruling->blacklisted, ruling->has_sibling);
	put_line(buf, ruling->wwid);
}

int mp_claimant_parse_ruling(const char *text, struct mp_ruling *ret)
{
	struct mp_ruling ruling = { 0 };
	int mode, blacklisted, has_sibling, used = 0;

	/* No blank in the format where the WWID begins: it may be empty. */
	if (sscanf(text, "ruling " FORMAT " %d %d %u %d %d%n", &mode, &ruling.verbosity,
		   &ruling.timeout_sec, &blacklisted, &has_sibling, &used) != 5 ||
	    text[used] != ' ' || mode < MP_FIND_STRICT || mode > MP_FIND_SMART)
		return -EBADMSG;
	ruling.mode = mode;
	ruling.blacklisted = blacklisted;
	ruling.has_sibling = has_sibling;
	text += used + 1;
	if (!take_line(&text, ruling.wwid, sizeof(ruling.wwid)) || *text)
		return -EBADMSG;
	*ret = ruling;
	return 0;
}
