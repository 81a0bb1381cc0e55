/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipath/delegation.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "multipath/arguments.h"
#include "multipath/target.h"
#include "client/client.h"

/* A device argument as a word of a command. */
#define WORD_SIZE (DELEGATION_COMMAND_SIZE - 32)

/* Everything that the daemon's grammar would not take for a part of one word. */
static bool needs_quotes(const char *text)
{
	for (; *text; text++) {
		if (*text <= ' ' || *text > '~' || strchr("\"!#{}", *text))
			return true;
	}
	return false;
}

/* The grammar's only escape is a doubled quote, within quotes. */
static int word_format(const char *text, char *word)
{
	size_t used = 0;

	if (2 * strlen(text) + sizeof("\"\"") > WORD_SIZE)
		return -ENOENT;
	if (!needs_quotes(text)) {
		strcpy(word, text);
		return 0;
	}
	word[used++] = '"';
	for (; *text; text++) {
		if (*text == '"')
			word[used++] = '"';
		word[used++] = *text;
	}
	strcpy(word + used, "\"");
	return 0;
}

static int list_format(const struct arguments *arguments, const struct target *target, bool bold,
		       char *command)
{
	const char *mode = arguments->mode == MODE_LIST ? "l" : "ll";
	int verbosity = arguments->has_verbosity ? arguments->verbosity : 2;
	char word[WORD_SIZE] = "";

	switch (target->kind) {
	case TARGET_NONE:
		break;
	case TARGET_NODE:
	case TARGET_NUMBER:
		sprintf(word, "dev:%u:%u", target->major, target->minor);
		break;
	case TARGET_NAME:
		/* Everything after the numbers is the name, not a word of the grammar. */
		if (strlen(target->name) + sizeof("map:") > sizeof(word) ||
		    strchr(target->name, '\n'))
			return -ENOENT;
		sprintf(word, "map:%s", target->name);
		break;
	case TARGET_INVALID:
		return -ENOENT;
	}
	if (arguments->all_foreign)
		return -ENOENT;
	sprintf(command, "@list %s %d %d%s%s", mode, verbosity, bold, *word ? " " : "", word);
	return 0;
}

static int flush_format(const struct target *target, char *command)
{
	char word[WORD_SIZE];
	int r;

	if (target->kind != TARGET_NAME)
		return -ENOENT;
	r = word_format(target->name, word);
	if (r == 0)
		sprintf(command, "del map %s", word);
	return r;
}

static int explain_format(const struct arguments *arguments, const struct target *target,
			  char *command)
{
	char word[WORD_SIZE];
	int r = 0;

	if (target->kind == TARGET_NONE)
		return -ENOENT;
	if (target->kind == TARGET_NAME)
		r = word_format(target->name, word);
	else
		sprintf(word, "%u:%u", target->major, target->minor);
	if (r == 0)
		sprintf(command, "explain %s%s", word, arguments->json ? " json" : "");
	return r;
}

int delegation_format(const struct arguments *arguments, const struct target *target, bool bold,
		      char *command)
{
	if (arguments->error || arguments->no_daemon || target->kind == TARGET_INVALID)
		return -ENOENT;
	switch (arguments->mode) {
	case MODE_LIST:
	case MODE_LIST_CHECKED:
		return list_format(arguments, target, bold, command);
	case MODE_EXPLAIN:
		return explain_format(arguments, target, command);
	case MODE_FLUSH:
		return flush_format(target, command);
	case MODE_FLUSH_ALL:
		strcpy(command, "del maps");
		return 0;
	case MODE_CREATE:
		if (!arguments->force_reload)
			return -ENOENT;
		strcpy(command, "reconfigure all");
		return 0;
	default:
		return -ENOENT;
	}
}

void delegation_format_notes(const struct arguments *arguments, char *command)
{
	sprintf(command, "@notes %d", arguments->has_verbosity ? arguments->verbosity : -1);
}

const char *delegation_next_note(const char **rest, int *level, size_t *length)
{
	static const char title[] = "notes\n";
	const char *line = *rest;

	if (!strncmp(line, title, strlen(title)))
		line += strlen(title);
	if (*line < '0' || *line > '9')
		return NULL;
	*level = *line++ - '0';
	*length = strcspn(line, "\n");
	*rest = line + *length + (line[*length] == '\n');
	return line;
}

/* No daemon that does not know the command replies like this. */
static struct delegation_answer list_read(const char *reply)
{
	struct delegation_answer answer = { .result = DELEGATION_LOCAL };
	int status, length = 0;

	if (sscanf(reply, "exit %d%n", &status, &length) != 1 || reply[length] != '\n')
		return answer;
	answer.result = DELEGATION_DONE;
	answer.status = status;
	answer.text = reply + length + 1;
	return answer;
}

struct delegation_answer delegation_read(const struct arguments *arguments, const char *reply)
{
	struct delegation_answer answer = { DELEGATION_DONE, 0, reply };

	if (arguments->mode == MODE_LIST || arguments->mode == MODE_LIST_CHECKED)
		return list_read(reply);
	if (!strcmp(reply, CLIENT_FAIL_LINE "timeout\n"))
		return (struct delegation_answer){ .result = DELEGATION_LOCAL };
	if (client_is_failure(reply) && arguments->mode == MODE_EXPLAIN) {
		answer.status = 1;
		answer.text += strlen(reply) > strlen(CLIENT_FAIL_LINE) ? strlen(CLIENT_FAIL_LINE) :
									  0;
	} else if (client_is_failure(reply)) {
		answer.result = DELEGATION_FAILED;
		answer.status = 1;
		if (strlen(reply) > strlen(CLIENT_FAIL_LINE))
			answer.text += strlen(CLIENT_FAIL_LINE);
	} else if (!strcmp(reply, "ok\n")) {
		answer.text += strlen(reply);
	}
	return answer;
}

int delegation_retries(const char *config)
{
	static const char keyword[] = "\n\tremove_retries ";
	const char *found = strstr(config, keyword);

	if (!found)
		return 0;
	found += strlen(keyword);
	return atoi(found + (*found == '"'));
}
