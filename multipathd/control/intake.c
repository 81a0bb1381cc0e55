/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/intake.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/strbuf.h"
#include "multipathd/control/geoms.h"
#include "multipathd/control/records.h"
#include "multipathd/jobs/files.h"
#include "multipathd/loop/server.h"
#include "multipathd/state/daemon.h"
#include "multipathd/state/inventory.h"

enum { NOTES_LONGEST = 64 << 10 };

struct intake {
	time_t in_force_since;
	/* errors in the files when they were last read, one per line; NULL: none */
	char *errors;
	struct mp_strbuf notes; /* errors and warnings: intake_print_notes() */
	const char *fault; /* of the configuration in force: "stale" or "incomplete"; NULL: none */
	time_t faulty_since;
	struct mp_config *old; /* settings borrow text from it until they are resolved again */
};

struct messages {
	struct mp_strbuf *errors;
	struct mp_strbuf *notes; /* each line starts with a digit, its level */
	unsigned damages;
};

static void intake_on_diagnostic(void *userdata, enum mp_severity severity, int level,
				 const char *text)
{
	struct messages *messages = userdata;

	log_line(level, "%s", text);
	if (messages->notes->length < NOTES_LONGEST)
		mp_strbuf_printf(messages->notes, "%d%s\n", level, text);
	messages->damages += severity != MP_SEVERITY_WARNING;
	if (severity != MP_SEVERITY_WARNING)
		mp_strbuf_printf(messages->errors, "%s\n", text);
}

/*
 * @fault: "stale": the files differ from the configuration in force; "incomplete": it is only part
 * of them
 * @errors: errors in the files, one per line
 */
static void intake_note_fault(struct daemon *daemon, const char *fault, const char *errors)
{
	struct intake *intake = daemon->intake;

	if (!intake->errors || strcmp(fault, intake->fault))
		intake->faulty_since = time(NULL);
	free(intake->errors);
	intake->errors = strdup(errors);
	intake->fault = fault;
	daemon->inventory.config_incomplete = !strcmp(fault, "incomplete");
}

static void intake_forget_fault(struct daemon *daemon)
{
	free(daemon->intake->errors);
	daemon->intake->errors = NULL;
	daemon->inventory.config_incomplete = false;
}

void intake_print_notes(const struct daemon *daemon, int verbosity, struct mp_strbuf *out)
{
	const char *line = mp_strbuf_text(&daemon->intake->notes);

	for (const char *end; *line; line = *end ? end + 1 : end) {
		end = strchrnul(line, '\n');
		if (*line - '0' <= verbosity)
			mp_strbuf_printf(out, "%.*s\n", (int)(end - line), line);
	}
}

static void print_since(time_t since, struct mp_strbuf *out)
{
	char text[32];
	struct tm tm;

	strftime(text, sizeof(text), "%F %T", localtime_r(&since, &tm));
	mp_strbuf_puts(out, text);
}

void intake_print_state(const struct daemon *daemon, struct mp_strbuf *out)
{
	const struct intake *intake = daemon->intake;
	const char *line = intake->errors;

	if (!line) {
		mp_strbuf_puts(out, "config: in force since ");
		print_since(intake->in_force_since, out);
		mp_strbuf_putc(out, '\n');
		return;
	}
	for (const char *end; *line; line = *end ? end + 1 : end) {
		end = strchrnul(line, '\n');
		mp_strbuf_printf(out, "config: %s since ", intake->fault);
		print_since(intake->faulty_since, out);
		mp_strbuf_printf(out, ": %.*s\n", (int)(end - line), line);
	}
}

static int intake_load_wwids(struct daemon *daemon)
{
	struct mp_wwids *read;
	int r = mp_wwids_new(&read);

	if (r < 0)
		return r;
	r = mp_wwids_load(read, files_dir(daemon));
	if (r < 0) {
		mp_wwids_free(read);
		return r;
	}
	return records_adopt_wwids(daemon, read);
}

int intake_load(struct daemon *daemon, struct mp_strbuf *errors)
{
	struct intake *intake = daemon->intake;
	_cleanup_strbuf_ struct mp_strbuf told = MP_STRBUF_INIT;
	struct messages messages = { .errors = &told, .notes = &intake->notes };
	struct mp_config_source source = files_config_source(daemon);
	struct mp_config *config;
	int r;

	source.diagnostic = intake_on_diagnostic;
	source.userdata = &messages;
	mp_strbuf_clear(&intake->notes);
	r = mp_config_load(&source, &config);
	if (errors)
		mp_strbuf_puts(errors, mp_strbuf_text(&told));
	if (r < 0)
		return r;
	/*
	 * At startup, part of a file is better than nothing; later, the complete configuration in
	 * force is better.
	 */
	if (daemon->inventory.config && messages.damages) {
		mp_config_free(config);
		return -EINVAL;
	}
	/*
	 * Settings borrow text from the configuration: the old one is freed when all are resolved
	 * again.
	 */
	mp_config_free(intake->old);
	intake->old = daemon->inventory.config;
	daemon->inventory.config = config;
	daemon->inventory.process = mp_config_process(config);
	intake->in_force_since = time(NULL);
	intake_forget_fault(daemon);
	if (messages.damages)
		intake_note_fault(daemon, "incomplete", mp_strbuf_text(&told));
	log_set_verbosity(daemon->inventory.process->verbosity);
	if (daemon->server)
		server_set_timeout(daemon->server, daemon->inventory.process->uxsock_timeout_msec);

	geoms_init(daemon);
	r = intake_load_wwids(daemon);
	if (r < 0)
		log_error("%s/wwids: %s", files_dir(daemon), strerror(-r));
	daemon->inventory.bindings_broken = false;
	if (records_bindings_are_newer(daemon))
		return 0;
	r = mp_bindings_load(daemon->inventory.bindings, files_dir(daemon),
			     daemon->inventory.options.read_only_bindings, config,
			     daemon_diagnostic, daemon);
	if (r < 0)
		log_error("%s/bindings: %s; new maps are named by their WWIDs", files_dir(daemon),
			  strerror(-r));
	return 0;
}

void intake_note_stale(struct daemon *daemon, const char *errors)
{
	intake_note_fault(daemon, "stale", errors);
}

void intake_drop_old(struct daemon *daemon)
{
	daemon->intake->old = mp_config_free(daemon->intake->old);
}

int intake_new(struct intake **ret)
{
	*ret = calloc(1, sizeof(**ret));
	return *ret ? 0 : -ENOMEM;
}

struct intake *intake_free(struct intake *intake)
{
	if (!intake)
		return NULL;
	mp_config_free(intake->old);
	mp_strbuf_fini(&intake->notes);
	free(intake->errors);
	free(intake);
	return NULL;
}
