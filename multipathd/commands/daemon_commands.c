/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/commands/daemon_commands.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "config/check.h"
#include "config/permissions.h"
#include "multipathd/commands/call.h"
#include "multipathd/commands/grammar.h"
#include "multipathd/commands/rehearsal.h"
#include "multipathd/control/configure.h"
#include "multipathd/loop/pool.h"
#include "multipathd/loop/server.h"
#include "multipathd/state/daemon.h"
#include "multipathd/state/lanes.h"
#include "show/report_json.h"

void daemon_command_force_queueing(struct command_call *call)
{
	call->daemon->queue_forced = !command_undoes(call->command);
}

void daemon_command_reconfigure(struct command_call *call)
{
	call_answer_later(call, configure_again(call->daemon, call->command->options & COMMAND_ALL,
						call->request->id));
}

/* The files as they are now, not the configuration in force. */
struct check_config_job {
	struct work work;
	struct daemon *daemon;
	uint64_t request;
	bool json;
	struct mp_strbuf reply;
	int error;
};

static void check_config_job_run(struct work *work)
{
	struct check_config_job *job = caa_container_of(work, struct check_config_job, work);
	const struct mp_config_source source = { .file = CONFIG_FILE, .dir = CONFIG_DIR };
	_cleanup_(mp_report_fini) struct mp_report report = MP_REPORT_INIT;

	job->error = mp_config_check(&source, STATE_DIR, &report);
	if (job->error < 0)
		return;
	mp_permissions_report(&source, STATE_DIR, &report);
	if (job->json) {
		job->error = mp_show_report_json(&report, &job->reply);
		return;
	}
	mp_report_format(&report, &job->reply);
	mp_report_summary(&report, &job->reply);
	job->error = job->reply.error;
}

static void check_config_job_done(struct work *work)
{
	struct check_config_job *job = caa_container_of(work, struct check_config_job, work);

	daemon_reply(job->daemon, job->request,
		     job->error < 0 ? "fail\n" : mp_strbuf_text(&job->reply));
	mp_strbuf_fini(&job->reply);
	free(job);
}

void daemon_command_check_config(struct command_call *call)
{
	struct check_config_job *job = calloc(1, sizeof(*job));

	if (!job) {
		call_fail(call, "");
		return;
	}
	job->daemon = call->daemon;
	job->request = call->request->id;
	job->json = call->command->options & COMMAND_JSON;
	job->work = (struct work){ .run = check_config_job_run,
				   .done = check_config_job_done,
				   .lane = LANE_CHECK_CONFIG,
				   .exclusive = true };
	call->deferred = true;
	pool_submit(call->daemon->pool, &job->work);
}

void daemon_command_rehearse(struct command_call *call)
{
	const struct rehearsal_options options = {
		.all = call->command->options & COMMAND_ALL,
		.json = call->command->options & COMMAND_JSON,
	};

	call_answer_later(call, rehearsal_start(call->daemon, &options, call->request->id));
}

void daemon_command_quit(struct command_call *call)
{
	(void)call;
}

void daemon_command_shutdown(struct command_call *call)
{
	log_notice("shutdown requested by a client");
	sd_event_exit(call->daemon->event, 0);
}
