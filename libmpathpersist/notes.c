/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libmpathpersist/notes.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "libmpathcmd/mpath_cmd.h"
#include "libmpathpersist/mpath_persist.h"
#include "libmpathpersist/targets.h"

enum {
	/* multipathd registers paths before it answers, and one may not answer itself. */
	REPLY_TIMEOUT_MSEC = 40000,
	LIST_END = 480, /* a command is 512 bytes at most */
};

/* The map as commands name it: words with blanks are quoted. */
static void put_map(const struct target *target, struct mp_strbuf *command)
{
	mp_strbuf_printf(command, strpbrk(target->map.name, " \t") ? "map \"%s\"" : "map %s",
			 target->map.name);
}

/* Return: 0 and the reply, which the caller frees; negative errno. */
static int ask(const struct target *target, const char *command, char **reply)
{
	int fd = mpath_connect(), r = 0;

	*reply = NULL;
	if (fd < 0)
		return -errno;
	if (mpath_process_cmd(fd, command, reply, REPLY_TIMEOUT_MSEC) < 0)
		r = -errno;
	mpath_disconnect(fd);
	target_log(target, LOG_LEVEL_DEBUG, "%s: multipathd: \"%s\": %s", target->map.name, command,
		   r < 0 ? strerror(-r) : *reply);
	return r;
}

/* Return: 0 if the reply is "ok", -EREMOTEIO another one, negative errno. */
static int tell(const struct target *target, struct mp_strbuf *command)
{
	_cleanup_free_ char *reply = NULL;
	int r = command->error;

	if (r == 0)
		r = ask(target, mp_strbuf_text(command), &reply);
	if (r == 0 && strcmp(reply, "ok\n") && strcmp(reply, "ok"))
		r = -EREMOTEIO;
	return r;
}

int notes_write_key(const struct target *target, const struct mp_prkey *key)
{
	_cleanup_strbuf_ struct mp_strbuf command = MP_STRBUF_INIT;

	mp_strbuf_puts(&command, key->key ? "setprkey " : "unsetprkey ");
	put_map(target, &command);
	if (key->key)
		mp_strbuf_printf(&command, " key %llx%s", (unsigned long long)key->key,
				 key->aptpl ? ":aptpl" : "");
	return tell(target, &command);
}

/* The paths whose command has succeeded. It may lack some: that only costs commands. */
static void put_list(const struct target *target, struct mp_strbuf *command)
{
	size_t count = 0;

	for (size_t i = 0; i < target->path_count; i++) {
		const struct target_path *path = &target->paths[i];

		if (path->code != MPATH_PR_SUCCESS || command->length > LIST_END)
			continue;
		mp_strbuf_printf(command, "%s%u:%u", count++ ? " " : " pathlist \"",
				 major(path->devt), minor(path->devt));
	}
	mp_strbuf_puts(command, count ? "\"" : " pathlist none");
}

/* Return: 0, negative errno. */
static int tell_status(const struct target *target, bool registered, bool lists)
{
	_cleanup_strbuf_ struct mp_strbuf command = MP_STRBUF_INIT;

	mp_strbuf_puts(&command, registered ? "setprstatus " : "unsetprstatus ");
	put_map(target, &command);
	if (lists)
		put_list(target, &command);
	return tell(target, &command);
}

/*
 * With a list, which is never empty, multipathd registers the other paths only if the array still
 * has the key; and it looks for a key that is left on the paths that are not in the list.
 */
int notes_take_registration(const struct target *target, bool registered)
{
	int r = tell_status(target, registered, true);

	/* Older daemons know no list. */
	return r == -EREMOTEIO ? tell_status(target, registered, false) : r;
}

int notes_take_clearing(const struct target *target)
{
	return tell_status(target, false, false);
}

/* Return: true if multipathd answers @flag. */
static bool is_noted(const struct target *target, const char *question, const char *flag)
{
	_cleanup_strbuf_ struct mp_strbuf command = MP_STRBUF_INIT;
	_cleanup_free_ char *reply = NULL;

	mp_strbuf_puts(&command, question);
	put_map(target, &command);
	if (command.error || ask(target, mp_strbuf_text(&command), &reply) < 0)
		return false;
	reply[strcspn(reply, "\n")] = '\0';
	return !strcmp(reply, flag);
}

bool notes_lack_registration(const struct target *target)
{
	return is_noted(target, "getprstatus ", "unset");
}

bool notes_has_reservation(const struct target *target)
{
	return is_noted(target, "getprhold ", "set");
}

void notes_take_reservation(const struct target *target, bool held)
{
	_cleanup_strbuf_ struct mp_strbuf command = MP_STRBUF_INIT;
	int r;

	mp_strbuf_puts(&command, held ? "setprhold " : "unsetprhold ");
	put_map(target, &command);
	r = tell(target, &command);
	/* multipathd 0.9.4 has no such note. */
	if (r < 0)
		target_log(target, LOG_LEVEL_INFO,
			   "%s: multipathd was not told of the reservation: %s", target->map.name,
			   strerror(-r));
}
