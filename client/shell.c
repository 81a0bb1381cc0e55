/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* shell.c - /usr/sbin/multipathc: type commands to the daemon. */
#include <ctype.h>
#include <errno.h>
#include <histedit.h>
#include <limits.h>
#include <locale.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "libmpathcmd/mpath_cmd.h"
#include "client/completion.h"
#include "client/client.h"
#include "client/terminal.h"
#include "client/uxsock_timeout.h"

#define PROMPT "multipathd> "
#define HISTORY_LINES 500

struct shell {
	int fd;
	unsigned int timeout_msec;
	bool plain; /* standard output is no terminal */
	EditLine *editor; /* NULL if standard input is no terminal */
	History *history;
	struct completion *completion; /* NULL if the daemon told no commands */
	char *line; /* of getline() */
	size_t line_size;
};

/* Candidates for the word that is being typed. */
struct choice {
	struct shell *shell;
	char *prefix;
	size_t prefix_length, count;
	char *words; /* candidates, a newline behind each */
	size_t words_length;
	bool value; /* anything may stand here */
};

static bool parse_timeout(const char *text, unsigned int *ret)
{
	unsigned long number;
	char *end;

	if (!isdigit((unsigned char)*text))
		return false;
	errno = 0;
	number = strtoul(text, &end, 10);
	if (*end || errno || number > INT_MAX)
		return false;
	*ret = number;
	return true;
}

/* Colours are for terminals. */
static void ansi_remove(char *text)
{
	char *out = text, *end;

	while (*text) {
		if (text[0] == '\033' && text[1] == '[') {
			end = text + 2 + strspn(text + 2, "0123456789;");
			if (*end == 'm') {
				text = end + 1;
				continue;
			}
		}
		*out++ = *text++;
	}
	*out = '\0';
}

static void choice_add(void *userdata, const char *word, size_t length)
{
	struct choice *choice = userdata;
	char *words;

	if (length < choice->prefix_length || memcmp(word, choice->prefix, choice->prefix_length))
		return;
	words = realloc(choice->words, choice->words_length + length + 2);
	if (!words)
		return;
	choice->words = words;
	memcpy(words + choice->words_length, word, length);
	choice->words_length += length + 1;
	memcpy(words + choice->words_length - 1, "\n", 2);
	choice->count++;
}

/* What exists is worth more than a placeholder. */
static void choice_add_names(struct choice *choice, const char *command)
{
	char *reply, *line, *end;

	if (mpath_process_cmd(choice->shell->fd, command, &reply, choice->shell->timeout_msec) < 0)
		return;
	terminal_clean(reply, strlen(reply)); /* they go to the terminal and into the line */
	if (strcmp(reply, "ok\n") && !client_is_failure(reply)) {
		for (line = reply; (end = strchr(line, '\n')); line = end + 1)
			choice_add(choice, line, end - line);
	}
	free(reply);
}

static void choice_take(void *userdata, const char *word, size_t length)
{
	struct choice *choice = userdata;
	bool any;

	if (*word != '$') {
		choice_add(choice, word, length);
		return;
	}
	choice->value = true;
	any = length == strlen("$device") && !memcmp(word, "$device", length);
	if (any || (length == strlen("$map") && !memcmp(word, "$map", length)))
		choice_add_names(choice, "show maps raw format %n");
	if (any || (length == strlen("$path") && !memcmp(word, "$path", length)))
		choice_add_names(choice, "show paths raw format %d");
}

static size_t choice_common(const struct choice *choice)
{
	size_t common = strcspn(choice->words, "\n"), i;
	const char *word = choice->words;

	for (; *word; word += strcspn(word, "\n") + 1) {
		for (i = 0; i < common && word[i] == choice->words[i]; i++)
			;
		common = i;
	}
	return common;
}

static unsigned char choice_show(struct choice *choice, EditLine *editor)
{
	size_t common = choice->count ? choice_common(choice) : 0;
	char *rest;

	if (common > choice->prefix_length || choice->count == 1) {
		rest = strndup(choice->words + choice->prefix_length,
			       common - choice->prefix_length + 1);
		if (!rest)
			return CC_ERROR;
		rest[common - choice->prefix_length] = choice->count == 1 ? ' ' : '\0';
		el_insertstr(editor, rest);
		free(rest);
		return CC_REFRESH;
	}
	if (!choice->count && !choice->value)
		return CC_REFRESH_BEEP;

	putchar('\n');
	if (!choice->count)
		fputs("VALUE", stdout);
	for (char *word = choice->words; choice->count && *word; word += strcspn(word, "\n") + 1)
		printf("%s%.*s", word == choice->words ? "" : "  ", (int)strcspn(word, "\n"), word);
	putchar('\n');
	fflush(stdout);
	return CC_REDISPLAY;
}

static unsigned char shell_on_tab(EditLine *editor, int key)
{
	const LineInfo *typed = el_line(editor);
	struct choice choice = { 0 };
	unsigned char result;
	char *line;

	(void)key;
	if (el_get(editor, EL_CLIENTDATA, &choice.shell) < 0 || !choice.shell->completion)
		return CC_REFRESH_BEEP;
	line = strndup(typed->buffer, typed->cursor - typed->buffer);
	if (!line)
		return CC_ERROR;
	choice.prefix = strdup(completion_word(line));
	if (!choice.prefix) {
		free(line);
		return CC_ERROR;
	}
	choice.prefix_length = strlen(choice.prefix);
	line[strlen(line) - choice.prefix_length] = '\0';
	completion_list(choice.shell->completion, line, choice_take, &choice);
	result = choice_show(&choice, editor);
	free(choice.words);
	free(choice.prefix);
	free(line);
	return result;
}

static char *shell_prompt(EditLine *editor)
{
	static char prompt[] = PROMPT;

	(void)editor;
	return prompt;
}

static void shell_edit(struct shell *shell)
{
	HistEvent event;
	char *reply;

	setlocale(LC_CTYPE, "");
	shell->history = history_init();
	shell->editor = el_init("multipathc", stdin, stdout, stderr);
	if (!shell->editor)
		return;
	el_set(shell->editor, EL_CLIENTDATA, shell);
	el_set(shell->editor, EL_PROMPT, shell_prompt);
	el_set(shell->editor, EL_SIGNAL, 1);
	el_set(shell->editor, EL_EDITOR, "emacs");
	if (shell->history) {
		history(shell->history, &event, H_SETSIZE, HISTORY_LINES);
		history(shell->history, &event, H_SETUNIQUE, 1);
		el_set(shell->editor, EL_HIST, history, shell->history);
	}
	el_set(shell->editor, EL_ADDFN, "mp-complete", "complete a command", shell_on_tab);
	el_set(shell->editor, EL_BIND, "^I", "mp-complete", NULL);
	el_source(shell->editor, NULL);

	/* Any unknown word is answered with the reference. */
	if (mpath_process_cmd(shell->fd, "help", &reply, shell->timeout_msec) < 0)
		return;
	completion_new(reply, &shell->completion);
	free(reply);
}

/* Return: the line without its newline, until the next call; NULL at the end. */
static char *shell_read(struct shell *shell)
{
	HistEvent event;
	const char *typed;
	int length;

	if (shell->editor) {
		typed = el_gets(shell->editor, &length);
		if (!typed || length <= 0)
			return NULL;
		if (shell->history && typed[strspn(typed, " \t\n")])
			history(shell->history, &event, H_ENTER, typed);
		free(shell->line);
		shell->line = strdup(typed);
		if (!shell->line)
			return NULL;
	} else {
		client_puts(STDOUT_FILENO, PROMPT);
		if (getline(&shell->line, &shell->line_size, stdin) < 0)
			return NULL;
	}
	shell->line[strcspn(shell->line, "\n")] = '\0';
	return shell->line;
}

static bool is_quit(const char *line)
{
	size_t length;

	line += strspn(line, " \t");
	length = strcspn(line, " \t");
	return length == 4 && !line[length + strspn(line + length, " \t")] &&
	       (!memcmp(line, "quit", length) || !memcmp(line, "exit", length));
}

static void shell_run(struct shell *shell)
{
	char *line, *reply;
	int r;

	while ((line = shell_read(shell)) && !is_quit(line)) {
		if (!line[strspn(line, " \t")])
			continue;
		if (mpath_process_cmd(shell->fd, line, &reply, shell->timeout_msec) < 0) {
			fprintf(stderr, "multipathc: %s\n",
				errno == ETIMEDOUT ? "no reply from multipathd" : strerror(errno));
			return;
		}
		if (shell->plain)
			ansi_remove(reply);
		r = client_print(STDOUT_FILENO, reply, strlen(reply));
		free(reply);
		if (r < 0)
			return;
	}
	if (!line && shell->editor)
		client_puts(STDOUT_FILENO, "\n");
}

int main(int argc, char *argv[])
{
	struct shell shell = { .timeout_msec =
				       UXSOCK_TIMEOUT_DEFAULT_MSEC + UXSOCK_TIMEOUT_GRACE_MSEC };

	if (argc > 2) {
		fprintf(stderr, "Usage: %s [timeout]\n", argv[0]);
		return 1;
	}
	if (argc == 2 && !parse_timeout(argv[1], &shell.timeout_msec)) {
		fputs("ERROR: invalid timeout value\n", stderr);
		return 1;
	}
	shell.fd = client_connect();
	if (shell.fd < 0) {
		client_complain(shell.fd);
		return 1;
	}

	shell.plain = !isatty(STDOUT_FILENO);
	if (isatty(STDIN_FILENO))
		shell_edit(&shell);
	shell_run(&shell);

	if (shell.editor)
		el_end(shell.editor);
	if (shell.history)
		history_end(shell.history);
	completion_free(shell.completion);
	free(shell.line);
	mpath_disconnect(shell.fd);
	return 0;
}
