/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/lifetime.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "kernel/dm_list.h"
#include "kernel/probe.h"
#include "multipathd/commands/explain.h"
#include "multipathd/commands/waiting.h"
#include "multipathd/control/answers.h"
#include "multipathd/control/due.h"
#include "multipathd/control/configure.h"
#include "multipathd/control/admission.h"
#include "multipathd/control/discovery.h"
#include "multipathd/control/enumeration.h"
#include "multipathd/control/geom_verbs.h"
#include "multipathd/control/geoms.h"
#include "multipathd/control/intake.h"
#include "multipathd/control/inspections.h"
#include "multipathd/control/leftovers.h"
#include "multipathd/control/membership.h"
#include "multipathd/control/reconcile.h"
#include "multipathd/control/records.h"
#include "multipathd/control/survey.h"
#include "multipathd/jobs/checks.h"
#include "multipathd/jobs/descriptors.h"
#include "multipathd/jobs/files.h"
#include "multipathd/jobs/looks.h"
#include "multipathd/jobs/samples.h"
#include "multipathd/loop/agenda.h"
#include "multipathd/loop/pool.h"
#include "multipathd/loop/slices.h"
#include "multipathd/state/daemon.h"
#include "multipathd/state/inventory.h"
#include "multipathd/state/maps.h"
#include "multipathd/state/paths.h"

static const struct map_kinds kinds = { .reconciled = &reconcile_kind, .geom = &geoms_kind };

/* What the files of the rooms have each for itself; lifetime_end() ends what was begun. */
static int lifetime_equip(struct daemon *daemon)
{
	int r = descriptors_new(&daemon->descriptors);

	if (r >= 0)
		r = files_new(STATE_DIR, &records_takers, &daemon->files);
	if (r >= 0)
		r = looks_new(daemon, &survey_takers, &daemon->looks);
	if (r >= 0)
		r = checks_new(daemon, answers_take, &daemon->checks);
	if (r >= 0)
		r = intake_new(&daemon->intake);
	if (r >= 0)
		r = configure_new(daemon, &daemon->configure);
	if (r >= 0)
		r = inspections_new(daemon, &mp_roots_system, &admission_inspects,
				    &daemon->inspections);
	if (r >= 0)
		r = enumeration_new(daemon, &mp_roots_system, &daemon->enumeration);
	if (r >= 0)
		r = leftovers_new(&daemon->leftovers);
	if (r >= 0)
		r = reconcile_new(daemon, &daemon->reconcile);
	if (r >= 0)
		r = explain_new(&daemon->explain);
	return r < 0 ? r : waiting_new(&daemon->waiting);
}

int lifetime_begin(struct daemon *daemon, const struct inventory_options *options,
		   const struct duties *duties)
{
	int r;

	*daemon = (struct daemon){ 0 };
	mp_hash_register_thread();

	r = inventory_init(&daemon->inventory, options, &kinds, duties);
	daemon->inventory.daemon = daemon;
	daemon->inventory.on_marked = reconcile_later;
	if (r >= 0)
		r = sd_event_default(&daemon->event);
	if (r >= 0)
		r = mp_bindings_new(&daemon->inventory.bindings);
	if (r >= 0)
		r = mp_wwids_new(&daemon->inventory.wwids);
	if (r >= 0)
		r = pool_new(daemon->event, &daemon->pool);
	if (r >= 0)
		r = lifetime_equip(daemon);
	if (r >= 0)
		r = agenda_new(daemon->event, due_on_time, &daemon->agenda);
	if (r < 0) {
		log_error("cannot start: %s", strerror(-r));
		lifetime_end(daemon);
	}
	return r;
}

void lifetime_end(struct daemon *daemon)
{
	/* Workers first: their answers refer to paths and maps. */
	daemon->pool = pool_free(daemon->pool);
	daemon->samples = samples_free(daemon->samples);
	daemon->checks = checks_free(daemon->checks);
	daemon->looks = looks_free(daemon->looks);
	daemon->waiting = waiting_free(daemon->waiting);
	daemon->explain = explain_free(daemon->explain);
	daemon->leftovers = leftovers_free(daemon->leftovers);
	discovery_free_all(daemon);
	daemon->agenda = agenda_free(daemon->agenda);
	membership_free_all(daemon);
	daemon->reconcile = reconcile_free(daemon->reconcile);
	daemon->files = files_free(daemon->files);
	daemon->descriptors = descriptors_free(daemon->descriptors);
	sd_event_source_unref(daemon->configure_timer);
	warnings_fini(&daemon->warnings);
	daemon->inventory.wwids = mp_wwids_free(daemon->inventory.wwids);
	mp_dm_list_free(daemon->inventory.listed, daemon->inventory.listed_count);
	mp_strbuf_fini(&daemon->inventory.geom_notes);
	free(daemon->inventory.prkeys);
	daemon->inventory.bindings = mp_bindings_free(daemon->inventory.bindings);
	inventory_fini(&daemon->inventory);
	daemon->enumeration = enumeration_free(daemon->enumeration);
	daemon->inspections = inspections_free(daemon->inspections);
	daemon->configure = configure_free(daemon->configure);
	daemon->intake = intake_free(daemon->intake);
	daemon->inventory.config = mp_config_free(daemon->inventory.config);
	daemon->event = sd_event_unref(daemon->event);
	mp_hash_unregister_thread();
}
