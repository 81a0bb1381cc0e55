/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/cleanup.h"
#include "base/strbuf.h"
#include "libmpathpersist/mpath_persist.h"
#include "libmpathpersist/transportids.h"
#include "mpathpersist/command_line.h"
#include "mpathpersist/batch.h"
#include "mpathpersist/report.h"
#include "mpathpersist/usage.h"

enum { DUMPS_FROM = 3 /* of the verbosity */ };

static int syntax_error(void)
{
	fputs(mpathpersist_usage, stderr);
	return MPATH_PR_SYNTAX_ERROR;
}

static int run_in(const struct command_line *arguments, int fd, bool noisy)
{
	_cleanup_strbuf_ struct mp_strbuf text = MP_STRBUF_INIT;
	_cleanup_free_ struct prin_resp *response =
		calloc(1, sizeof(*response) + MPATH_MX_TIDS * sizeof(struct prin_fulldescr *));
	int code = MPATH_PR_OTHER;

	mpath_mx_alloc_len = arguments->alloc_length;
	if (response)
		code = mpath_persistent_reserve_in__(fd, arguments->action, response, noisy);
	if (code == MPATH_PR_SUCCESS) {
		report_response(&text, arguments->action, response);
		fputs(mp_strbuf_text(&text), stdout);
	} else {
		fprintf(stderr, "Persistent Reserve IN command failed\n");
	}
	return code;
}

static int run_out(const struct command_line *arguments, int fd, bool noisy)
{
	_cleanup_free_ struct prout_param_descriptor *parameters =
		calloc(1, sizeof(*parameters) + MPATH_MX_TIDS * sizeof(struct transportid *));
	_cleanup_free_ struct transportid *ports = calloc(MPATH_MX_TIDS, sizeof(*ports));
	int code;

	if (!parameters || !ports)
		return MPATH_PR_OTHER;
	mp_bytes_put_be64(parameters->key, arguments->key);
	mp_bytes_put_be64(parameters->sa_key, arguments->service_action_key);
	parameters->sa_flags = (arguments->through_power_loss ? MPATH_F_APTPL_MASK : 0) |
			       (arguments->all_target_ports ? MPATH_F_ALL_TG_PT_MASK : 0) |
			       (arguments->port_count ? MPATH_F_SPEC_I_PT_MASK : 0);
	parameters->num_transportid = arguments->port_count;
	for (size_t i = 0; i < arguments->port_count; i++) {
		transportid_fill(&arguments->ports[i], &ports[i]);
		parameters->trnptid_list[i] = &ports[i];
	}
	code = mpath_persistent_reserve_out__(fd, arguments->action, MPATH_LU_SCOPE,
					      arguments->type, parameters, noisy);
	if (code == MPATH_PR_SUCCESS)
		return code;
	if (code == MPATH_PR_SENSE_UNIT_ATTENTION)
		printf("persistent reserve out: scsi status: Unit Attention\n");
	else if (code == MPATH_PR_RESERV_CONFLICT)
		printf("persistent reserve out: scsi status: Reservation Conflict\n");
	printf("PR out: command failed\n");
	return code;
}

/* Actions whose type counts. */
static bool wants_type(const struct command_line *arguments)
{
	return arguments->out && !arguments->has_type &&
	       (arguments->action == MPATH_PROUT_RES_SA ||
		arguments->action == MPATH_PROUT_REL_SA ||
		arguments->action == MPATH_PROUT_PREE_SA ||
		arguments->action == MPATH_PROUT_PREE_AB_SA);
}

/* Return: code; what has been printed is on its way, before that of the next command. */
static int run(const struct command_line *arguments, int verbosity)
{
	bool noisy = arguments->hex || verbosity >= DUMPS_FROM;
	_cleanup_close_ int fd = -1;
	int code;

	if (wants_type(arguments))
		fprintf(stderr, "Warning: --prout-type probably needs to be given\n");
	fd = open(arguments->device, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		fprintf(stderr, "%s: error opening file (rw) fd=-1\n", arguments->device);
		return MPATH_PR_FILE_ERROR;
	}
	code = arguments->in ? run_in(arguments, fd, noisy) : run_out(arguments, fd, noisy);
	fflush(stdout);
	return code;
}

static int run_line(char *line, unsigned number, int verbosity)
{
	char *argv[BATCH_WORDS + 1];
	struct command_line arguments;
	int argc = batch_split(line, argv);

	if (argc == 1)
		return MPATH_PR_SUCCESS;
	if (argc > 0 && command_line_parse(argc, argv, true, &arguments) == 0) {
		if (arguments.help) {
			fputs(mpathpersist_usage, stderr);
			return MPATH_PR_SUCCESS;
		}
		if (command_line_check(&arguments) == 0)
			return run(&arguments, verbosity);
	}
	fprintf(stderr, "syntax error on line %u in batch file\n", number);
	return MPATH_PR_SYNTAX_ERROR;
}

/* Return: code of the last line that failed. */
static int run_batch(const char *file, int verbosity)
{
	FILE *stream = fopen(file, "re");
	_cleanup_free_ char *line = NULL;
	int code = MPATH_PR_SUCCESS;
	size_t size = 0;

	if (!stream) {
		fprintf(stderr, "unable to open %s: %s\n", file, strerror(errno));
		return MPATH_PR_SYNTAX_ERROR;
	}
	for (unsigned number = 1; getline(&line, &size, stream) >= 0; number++) {
		int one = run_line(line, number, verbosity);

		if (one != MPATH_PR_SUCCESS)
			code = one;
	}
	if (ferror(stream)) {
		fprintf(stderr, "unable to read %s\n", file);
		code = MPATH_PR_SYNTAX_ERROR;
	}
	fclose(stream);
	return code;
}

static int run_all(const struct command_line *arguments)
{
	int code = MPATH_PR_SUCCESS, batch;

	if (arguments->is_command || !arguments->batch_file) {
		if (command_line_check(arguments) < 0)
			return syntax_error();
		code = run(arguments, arguments->verbosity);
		if (code == MPATH_PR_SYNTAX_ERROR)
			fputs(mpathpersist_usage, stderr);
	}
	if (!arguments->batch_file)
		return code;
	batch = run_batch(arguments->batch_file, arguments->verbosity);
	return code ? code : batch;
}

int main(int argc, char **argv)
{
	struct command_line arguments;
	int code;

	if (argc < 2) {
		fprintf(stderr, "No parameter used\n");
		return syntax_error();
	}
	if (getuid()) {
		fprintf(stderr, "need to be root\n");
		return MPATH_PR_SYNTAX_ERROR;
	}
	if (command_line_parse(argc, argv, false, &arguments) < 0)
		return syntax_error();
	if (arguments.help) {
		fputs(mpathpersist_usage, stderr);
		return 0;
	}
	if (libmpathpersist_init()) {
		fprintf(stderr, "cannot read the configuration\n");
		return MPATH_PR_SYNTAX_ERROR;
	}
	code = mpath_persistent_reserve_init_vecs(arguments.verbosity);
	if (!code)
		code = run_all(&arguments);
	mpath_persistent_reserve_free_vecs();
	libmpathpersist_exit();
	return code;
}
