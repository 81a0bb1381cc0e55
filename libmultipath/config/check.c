/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config/check.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "config/bindings.h"
#include "config/lint.h"
#include "config/load.h"
#include "config/merge.h"
#include "config/parser.h"

/* "FILE:LINE: warning: TEXT" of the bindings file, as its reader tells it. */
struct bindings_ear {
	struct mp_report *report;
	const char *file;
};

static void on_bindings_told(void *userdata, enum mp_severity severity, int level, const char *text)
{
	static const char mark[] = ": warning: ";
	const struct bindings_ear *ear = userdata;
	const char *colon = text + strlen(ear->file), *told = strstr(text, mark);

	(void)level;
	mp_report_add(ear->report, severity, ear->file, *colon == ':' ? atoi(colon + 1) : 0, 0,
		      told ? told + strlen(mark) : text);
}

static int check_bindings(const struct mp_config *config, const char *state_dir,
			  struct mp_report *report)
{
	_cleanup_(mp_bindings_freep) struct mp_bindings *bindings = NULL;
	_cleanup_free_ char *file = NULL;
	struct bindings_ear ear = { .report = report };
	int r;

	if (asprintf(&file, "%s/bindings", state_dir) < 0)
		return -ENOMEM;
	ear.file = file;
	r = mp_bindings_new(&bindings);
	if (r < 0)
		return r;
	r = mp_bindings_load(bindings, state_dir, true, config, on_bindings_told, &ear);
	if (r < 0 && r != -ENOMEM)
		mp_report_add(report, MP_SEVERITY_WARNING, file, 0, 0, "cannot be read");
	return r == -ENOMEM ? r : 0;
}

int mp_config_check(const struct mp_config_source *source, const char *state_dir,
		    struct mp_report *report)
{
	_cleanup_(mp_config_freep) struct mp_config *config = NULL;
	struct mp_diagnostics diagnostics = { .report = report };
	int r = mp_config_new(&config);

	if (r < 0)
		return r;
	r = mp_parser_read_file(config, source->file, true, &diagnostics);
	if (r == -ENOENT && !source->dir)
		mp_report_add(report, MP_SEVERITY_ERROR, source->file, 0, 0, "no such file");
	if (r != -ENOMEM && source->dir)
		r = mp_load_dir(config, source->dir, &diagnostics);
	if (r != -ENOMEM)
		r = mp_config_lint(config, &diagnostics);
	if (r == 0)
		r = mp_config_merge(config, source->sysfs ? source->sysfs : "/sys", &diagnostics);
	if (r == 0 && state_dir)
		r = check_bindings(config, state_dir, report);
	mp_report_sort(report);
	return r < 0 ? r : report->error;
}
