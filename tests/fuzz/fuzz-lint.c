/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A multipath.conf to be checked: there is always a report, and it agrees with the result of
 * loading the file.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/hash.h"
#include "base/strbuf.h"
#include "config/check.h"
#include "show/report_json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned count_lines(const uint8_t *data, size_t size)
{
	unsigned lines = 1;

	for (size_t i = 0; i < size; i++)
		lines += data[i] == '\n';
	return lines;
}

static void check_messages(const struct mp_report *report, unsigned lines)
{
	unsigned errors = 0;

	for (size_t i = 0; i < report->count; i++) {
		const struct mp_message *message = &report->messages[i];

		if (!*message->text || strchr(message->text, '\n') || message->line > lines)
			abort();
		if (i &&
		    (message[-1].line > message->line ||
		     (message[-1].line == message->line && message[-1].column > message->column)))
			abort();
		errors += message->severity != MP_SEVERITY_WARNING;
	}
	if (errors != report->errors || report->count != report->errors + report->warnings)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_close_ int fd = memfd_create("multipath.conf", MFD_CLOEXEC);
	_cleanup_(mp_report_fini) struct mp_report report = MP_REPORT_INIT;
	_cleanup_strbuf_ struct mp_strbuf text = MP_STRBUF_INIT, json = MP_STRBUF_INIT;
	struct mp_config *config = NULL;
	char file[64];
	const struct mp_config_source source = { .file = file, .verbosity = -1 };
	bool rejected = false;

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	snprintf(file, sizeof(file), "/proc/self/fd/%d", fd);
	mp_hash_register_thread();
	if (mp_config_check(&source, NULL, &report) < 0)
		abort();
	check_messages(&report, count_lines(data, size));
	mp_report_format(&report, &text);
	if (mp_show_report_json(&report, &json) < 0 || json.text[0] != '{')
		abort();

	/* A rejected file has an error; one with only warnings is accepted. */
	for (size_t i = 0; i < report.count; i++)
		rejected |= report.messages[i].severity == MP_SEVERITY_ERROR;
	if ((mp_config_load(&source, &config) < 0) != rejected)
		abort();
	mp_config_free(config);
	mp_hash_unregister_thread();
	return 0;
}
