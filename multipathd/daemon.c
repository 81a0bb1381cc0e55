/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/daemon.h"

#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "multipathd/checks.h"
#include "multipathd/commands.h"
#include "multipathd/configure.h"
#include "multipathd/geoms.h"
#include "multipathd/leftovers.h"
#include "multipathd/maps.h"
#include "multipathd/paths.h"

static uint64_t lane_of_nexus(enum pool_class class, const struct mp_identity *identity)
{
	const struct mp_address *address = &identity->address;

	/* Without an address every device is a nexus of its own. */
	if (address->host < 0)
		return pool_lane_number(class, mp_hash_number(identity->devt));
	return pool_lane_number(class, mp_hash_number((uint64_t)(uint32_t)address->host << 32 |
						      (uint64_t)(address->channel & 0xff) << 24 |
						      (address->target & 0xffffff)));
}

uint64_t lane_of_checks(const struct mp_identity *identity)
{
	return lane_of_nexus(POOL_CHECKS, identity);
}

uint64_t lane_of_path(const struct mp_identity *identity)
{
	return lane_of_nexus(POOL_QUESTIONS, identity);
}

uint64_t lane_of_table(const char *wwid)
{
	return pool_lane_number(POOL_TABLES, mp_hash_text(wwid));
}

uint64_t lane_of_messages(const char *wwid)
{
	return pool_lane_number(POOL_MESSAGES, mp_hash_text(wwid));
}

uint64_t daemon_now_usec(const struct daemon *daemon)
{
	uint64_t now;

	return sd_event_now(daemon->event, CLOCK_MONOTONIC, &now) < 0 ? 0 : now;
}

void daemon_diagnostic(void *userdata, enum mp_severity severity, int level, const char *text)
{
	(void)userdata;
	(void)severity;
	log_line(level, "%s", text);
}

const char *daemon_state_name(enum daemon_state state)
{
	static const char *const names[] = {
		[DAEMON_INIT] = "init",		  [DAEMON_STARTUP] = "startup",
		[DAEMON_CONFIGURE] = "configure", [DAEMON_IDLE] = "idle",
		[DAEMON_RUNNING] = "running",	  [DAEMON_SHUTDOWN] = "shutdown",
	};

	return names[state];
}

int daemon_init(struct daemon *daemon, const struct daemon_options *options)
{
	int r;

	*daemon = (struct daemon){ .options = *options, .aio_fd = -1, .sample_fd = -1, .dm_fd = -1 };
	CDS_INIT_LIST_HEAD(&daemon->paths);
	CDS_INIT_LIST_HEAD(&daemon->maps);
	CDS_INIT_LIST_HEAD(&daemon->dirty);
	CDS_INIT_LIST_HEAD(&daemon->leftovers);
	CDS_INIT_LIST_HEAD(&daemon->geom_answers);
	CDS_INIT_LIST_HEAD(&daemon->waiting_requests);
	CDS_INIT_LIST_HEAD(&daemon->postponed_requests);
	mp_hash_register_thread();

	r = sd_event_default(&daemon->event);
	if (r >= 0)
		r = mp_hash_init(&daemon->paths_by_id);
	if (r >= 0)
		r = mp_hash_init(&daemon->paths_by_devt);
	if (r >= 0)
		r = mp_hash_init(&daemon->paths_by_name);
	if (r >= 0)
		r = mp_hash_init(&daemon->maps_by_wwid);
	if (r >= 0)
		r = mp_hash_init(&daemon->maps_by_name);
	if (r >= 0)
		r = mp_bindings_new(&daemon->bindings);
	if (r >= 0)
		r = mp_wwids_new(&daemon->wwids);
	if (r >= 0)
		r = pool_new(daemon->event, &daemon->pool);
	if (r >= 0)
		r = checks_init(daemon);
	if (r < 0) {
		log_error("cannot start: %s", strerror(-r));
		daemon_fini(daemon);
	}
	return r;
}

void daemon_fini(struct daemon *daemon)
{
	/* Workers first: their answers come to paths and maps. */
	daemon->pool = pool_free(daemon->pool);
	checks_fini(daemon);
	commands_drop_waiting(daemon);
	geoms_drop_waiting(daemon);
	leftovers_free(daemon);
	paths_free_all(daemon);
	daemon->agenda = agenda_free(daemon->agenda);
	maps_free_all(daemon);
	for (size_t i = 0; i < daemon->new_wwid_count; i++)
		free(daemon->new_wwids[i]);
	free(daemon->new_wwids);
	free(daemon->tuning_failures);
	sd_event_source_unref(daemon->reconcile_source);
	sd_event_source_unref(daemon->reconcile_timer);
	sd_event_source_unref(daemon->configure_timer);
	sd_event_source_unref(daemon->settle_timer);
	daemon->wwids = mp_wwids_free(daemon->wwids);
	mp_strbuf_fini(&daemon->geom_notes);
	mp_strbuf_fini(&daemon->config_notes);
	free(daemon->prkeys);
	daemon->bindings = mp_bindings_free(daemon->bindings);
	mp_hash_fini(&daemon->paths_by_id);
	mp_hash_fini(&daemon->paths_by_devt);
	mp_hash_fini(&daemon->paths_by_name);
	mp_hash_fini(&daemon->maps_by_wwid);
	mp_hash_fini(&daemon->maps_by_name);
	daemon->old_config = mp_config_unref(daemon->old_config);
	daemon->config = mp_config_unref(daemon->config);
	configure_fini(daemon);
	daemon->event = sd_event_unref(daemon->event);
	mp_hash_unregister_thread();
}
