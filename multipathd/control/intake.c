/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/intake.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/strbuf.h"
#include "multipathd/control/claims.h"
#include "multipathd/control/geoms.h"
#include "multipathd/control/records.h"
#include "multipathd/control/reservations.h"
#include "multipathd/jobs/snapshots.h"
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
	/* of the files that were read last: errors, one per line, and their number */
	struct mp_strbuf told;
	unsigned damages;
	struct mp_config *old; /* settings borrow text from it until they are resolved again */
};

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

static void intake_print_since(time_t since, struct mp_strbuf *out)
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
		intake_print_since(intake->in_force_since, out);
		mp_strbuf_putc(out, '\n');
		return;
	}
	for (const char *end; *line; line = *end ? end + 1 : end) {
		end = strchrnul(line, '\n');
		mp_strbuf_printf(out, "config: %s since ", intake->fault);
		intake_print_since(intake->faulty_since, out);
		mp_strbuf_printf(out, ": %.*s\n", (int)(end - line), line);
	}
}

static void intake_on_diagnostic(void *userdata, enum mp_severity severity, int level,
				 const char *text)
{
	struct intake *intake = userdata;

	log_line(level, "%s", text);
	if (intake->notes.length < NOTES_LONGEST)
		mp_strbuf_printf(&intake->notes, "%d%s\n", level, text);
	intake->damages += severity != MP_SEVERITY_WARNING;
	if (severity != MP_SEVERITY_WARNING)
		mp_strbuf_printf(&intake->told, "%s\n", text);
}

int intake_judge(struct daemon *daemon, const struct snapshot *snapshot)
{
	struct intake *intake = daemon->intake;
	int r;

	mp_strbuf_clear(&intake->notes);
	mp_strbuf_clear(&intake->told);
	intake->damages = 0;
	r = diagnostics_replay(&snapshot->config_diagnostics, intake_on_diagnostic, intake);
	if (snapshot->config_error < 0)
		r = snapshot->config_error;
	/*
	 * At startup, part of a file is better than nothing; later, the complete configuration in
	 * force is better.
	 */
	if (r == 0 && daemon->inventory.config && intake->damages)
		r = -EINVAL;
	if (r < 0 && !intake->told.length)
		mp_strbuf_printf(&intake->told, CONFIG_FILE ": %s\n", strerror(-r));
	return r;
}

const char *intake_errors(const struct daemon *daemon)
{
	return mp_strbuf_text(&daemon->intake->told);
}

static void intake_adopt_config(struct daemon *daemon, struct mp_config *config)
{
	struct intake *intake = daemon->intake;
	struct inventory *inventory = &daemon->inventory;

	/*
	 * Settings borrow text from the configuration: the old one is freed when all are resolved
	 * again.
	 */
	if (inventory->config && mp_config_keep_fabric(config, inventory->process))
		log_warning(
			"marginal_pathgroups: restart multipathd to change it from or to fpin, keeping the current value");
	mp_config_free(intake->old);
	intake->old = inventory->config;
	inventory->config = config;
	inventory->process = mp_config_process(config);
	claims_forget_all(inventory);
	intake->in_force_since = time(NULL);
	intake_forget_fault(daemon);
	if (intake->damages)
		intake_note_fault(daemon, "incomplete", mp_strbuf_text(&intake->told));
	log_set_verbosity(inventory->process->verbosity);
	if (daemon->server)
		server_set_timeout(daemon->server, inventory->process->uxsock_timeout_msec);
}

/* What was changed since the file was read is newer, and is merged when it is written. */
static void intake_adopt_bindings(struct daemon *daemon, struct snapshot *snapshot)
{
	daemon->inventory.bindings_broken = false;
	if (records_bindings_are_newer(daemon))
		return;
	diagnostics_replay(&snapshot->bindings_diagnostics, daemon_diagnostic, daemon);
	if (snapshot->bindings)
		records_adopt_bindings(daemon, TAKE_PTR(snapshot->bindings));
	else
		log_error("%s/bindings: %s; new maps are named by their WWIDs", snapshot->dir,
			  strerror(-snapshot->bindings_error));
}

void intake_adopt(struct daemon *daemon, struct snapshot *snapshot)
{
	int r = snapshot->wwids_error;

	intake_adopt_config(daemon, TAKE_PTR(snapshot->config));
	/* Otherwise a verb has changed the notes, and they were read after that. */
	if (snapshot->geom_notes_version == daemon->inventory.geom_notes_version)
		geoms_take_notes(daemon, &snapshot->geom_notes, snapshot->geom_notes_error);
	if (r == 0)
		r = records_adopt_wwids(daemon, TAKE_PTR(snapshot->wwids));
	if (r < 0)
		log_error("%s/wwids: %s", snapshot->dir, strerror(-r));
	intake_adopt_bindings(daemon, snapshot);
	reservations_take_keys(daemon, &snapshot->prkeys, snapshot->prkeys_error);
}

int intake_load(struct daemon *daemon)
{
	_cleanup_(snapshot_freep) struct snapshot *snapshot = NULL;
	int r = snapshot_new(daemon, &snapshot);

	if (r < 0)
		return r;
	snapshot_read_config(snapshot);
	r = intake_judge(daemon, snapshot);
	if (r < 0)
		return r;
	snapshot->geom_notes_version = daemon->inventory.geom_notes_version;
	snapshot_read_state(snapshot);
	intake_adopt(daemon, snapshot);
	return 0;
}

void intake_note_stale(struct daemon *daemon)
{
	intake_note_fault(daemon, "stale", mp_strbuf_text(&daemon->intake->told));
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
	mp_strbuf_fini(&intake->told);
	free(intake->errors);
	free(intake);
	return NULL;
}
