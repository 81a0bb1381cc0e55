/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gmultipath/verbs.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "gmultipath/call.h"
#include "gmultipath/changes.h"
#include "gmultipath/engine.h"
#include "gmultipath/label_verbs.h"
#include "gmultipath/list_verbs.h"
#include "gmultipath/map_verbs.h"
#include "gmultipath/path_verbs.h"
#include "gmultipath/sectors.h"

enum { ANY_NUMBER = 1000 };

struct verb {
	const char *name, *syntax, *flags;
	size_t least, most;
	int (*run)(struct call *call); /* Return: 0, negative errno (message in the engine's err) */
	unsigned disks; /* enum verbs_disks */
	bool only_reads, only_messages;
};

static const struct verb verbs[] = {
	{ "create", "[-ARv] name prov ...", "ARv", 2, ANY_NUMBER, map_verb_create,
	  VERBS_NAMED_DISKS, false, false },
	{ "label", "[-ARfv] name prov ...", "ARfv", 2, ANY_NUMBER, label_verb_label,
	  VERBS_NAMED_DISKS, false, false },
	{ "configure", "[-APRv] name", "APRv", 1, 1, map_verb_configure, VERBS_DISKS_OF_MAP, false,
	  false },
	{ "add", "[-fv] name prov", "fv", 2, 2, path_verb_add,
	  VERBS_NAMED_DISKS | VERBS_FAILED_DISKS, false, false },
	{ "remove", "[-v] name prov", "v", 2, 2, path_verb_remove, VERBS_FAILED_DISKS, false,
	  false },
	{ "fail", "[-v] name prov", "v", 2, 2, path_verb_fail, VERBS_FAILED_DISKS, false, true },
	{ "restore", "[-v] name prov", "v", 2, 2, path_verb_restore, VERBS_NAMED_DISKS, false,
	  true },
	{ "rotate", "[-v] name", "v", 1, 1, path_verb_rotate, VERBS_NO_DISK, false, true },
	{ "prefer", "[-v] name prov", "v", 2, 2, path_verb_prefer, VERBS_NO_DISK, false, true },
	{ "getactive", "[-v] name", "v", 1, 1, path_verb_getactive, VERBS_NO_DISK, true, false },
	{ "destroy", "[-v] name", "v", 1, 1, label_verb_destroy, VERBS_DISKS_OF_MAP, false, false },
	{ "stop", "[-v] name", "v", 1, 1, map_verb_stop, VERBS_NO_DISK, false, false },
	{ "clear", "[-v] prov ...", "v", 1, ANY_NUMBER, label_verb_clear, VERBS_NAMED_DISKS, false,
	  false },
	{ "list", "[name ...]", "ag", 0, ANY_NUMBER, list_verb_list, VERBS_NO_DISK, true, false },
	{ "status", "[-ags] [name ...]", "ags", 0, ANY_NUMBER, list_verb_status, VERBS_NO_DISK,
	  true, false },
	{ "load", "[-v]", "v", 0, 0, map_verb_load, VERBS_EVERY_DISK, false, false },
	{ "unload", "[-v]", "v", 0, 0, map_verb_unload, VERBS_NO_DISK, false, false },
};

void verbs_usage(struct mp_strbuf *text)
{
	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++)
		mp_strbuf_printf(text, "%s gmultipath %s %s\n",
				 i ? "      " : "usage:", verbs[i].name, verbs[i].syntax);
}

static const struct verb *find_verb(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++)
		if (!strcmp(verbs[i].name, name))
			return &verbs[i];
	return NULL;
}

bool verbs_is_urgent(const char *name)
{
	const struct verb *verb = find_verb(name);

	return verb && verb->only_messages;
}

bool verbs_changes(const char *name)
{
	const struct verb *verb = find_verb(name);

	return !verb || !verb->only_reads;
}

void verbs_reply(int status, const struct mp_strbuf *out, const struct mp_strbuf *err,
		 struct mp_strbuf *reply)
{
	mp_strbuf_printf(reply, "exit %d %zu\n", status, out->length);
	mp_strbuf_puts(reply, mp_strbuf_text(out));
	mp_strbuf_puts(reply, mp_strbuf_text(err));
}

const char *verbs_reply_parse(const char *reply, int *status, size_t *out_length)
{
	int end = 0;

	if (sscanf(reply, "exit %d %zu%n", status, out_length, &end) < 2 || !end ||
	    reply[end] != '\n' || *out_length > strlen(reply + end + 1))
		return NULL;
	return reply + end + 1;
}

/* Return: true if the command line matches the verb's syntax */
static bool take_arguments(const struct verb *verb, const char *const *words, size_t count,
			   struct call *call)
{
	size_t i = 1, used = 0;

	for (; i < count && words[i][0] == '-' && words[i][1]; i++) {
		if (!strcmp(words[i], "--")) {
			i++;
			break;
		}
		for (const char *flag = words[i] + 1; *flag; flag++) {
			if (!strchr(verb->flags, *flag))
				return false;
			if (!strchr(call->flags, *flag) && used < CALL_FLAGS_MAX - 1)
				call->flags[used++] = *flag;
		}
	}
	call->arguments = words + i;
	call->count = count - i;
	return call->count >= verb->least && call->count <= verb->most;
}

unsigned verbs_disks(const char *const *words, size_t count, size_t *map, size_t *first)
{
	const struct verb *verb = count ? find_verb(words[0]) : NULL;
	struct call call = { .engine = NULL };

	if (!verb || !take_arguments(verb, words, count, &call))
		return VERBS_NO_DISK;
	*map = call.arguments - words;
	*first = *map + (verb->least > 1);
	return verb->disks;
}

/* Return: the verb, NULL if the command line is invalid (message in @err). */
static const struct verb *parse(const char *const *words, size_t count, struct call *call,
				struct mp_strbuf *err)
{
	const struct verb *verb = count ? find_verb(words[0]) : NULL;

	if (!verb) {
		if (count)
			mp_strbuf_printf(err, "unknown verb %s\n", words[0]);
		verbs_usage(err);
		return NULL;
	}
	call->verb = verb->name;
	if (take_arguments(verb, words, count, call))
		return verb;
	mp_strbuf_printf(err, "usage: gmultipath %s %s\n", verb->name, verb->syntax);
	return NULL;
}

bool verbs_check(const char *const *words, size_t count, struct mp_strbuf *err)
{
	struct call call = { .engine = NULL };

	return parse(words, count, &call, err);
}

int verbs_run(const char *const *words, size_t count, const struct verbs_caller *caller,
	      struct mp_strbuf *out, struct mp_strbuf *err)
{
	struct engine engine = { .lock = -1 };
	struct call call = { .engine = &engine };
	const struct verb *verb = parse(words, count, &call, err);
	int r;

	if (!verb)
		return 1;
	r = verb->only_reads	? engine_open_to_look(&engine) :
	    verb->only_messages ? engine_open_urgently(&engine, caller->watches) :
				  engine_open(&engine, caller->watches);
	engine.silent = caller->silent;
	engine.silent_count = caller->silent_count;
	if (r >= 0 && engine.lock >= 0)
		r = changes_sweep(&engine);
	if (r >= 0 && !verb->only_reads && !verb->only_messages)
		sectors_complete_labels(&engine);
	if (r >= 0)
		r = verb->run(&call);
	if (r == -ENOMEM)
		engine_error(&engine, r, "out of memory");
	mp_strbuf_puts(out, mp_strbuf_text(&engine.out));
	mp_strbuf_puts(err, mp_strbuf_text(&engine.err));
	engine_close(&engine);
	return r < 0 ? 1 : 0;
}
