/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/reconcile.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "model/difference.h"
#include "model/features.h"
#include "model/grouping.h"
#include "model/transition.h"

static const char queue_if_no_path[] = "queue_if_no_path";

/* One run: what is observed, and what is made of it on the way to the plan. */
struct run {
	const struct mp_observation *seen;
	const struct mp_map_settings *settings;
	const struct mp_kernel_map *kernel; /* NULL if the map does not exist */
	const struct mp_path **members; /* paths of the wanted table, owned array */
	size_t member_count;
	size_t candidates; /* paths that lead to the LUN, whatever their size */
	unsigned active; /* members up or ghost */
	uint64_t size_sectors;
	bool kernel_queues;
	struct mp_wanted_groups groups;
	struct mp_plan plan;
};

static void run_fini(struct run *run)
{
	free(run->members);
	mp_grouping_fini(&run->groups);
	mp_plan_fini(&run->plan);
}

static int add_step(struct run *run, enum mp_step_kind kind, const char *reason)
{
	return mp_plan_add(&run->plan, (struct mp_step){ .kind = kind, .reason = reason });
}

static int add_path_step(struct run *run, enum mp_step_kind kind, dev_t devt, const char *reason)
{
	return mp_plan_add(&run->plan,
			   (struct mp_step){ .kind = kind, .devt = devt, .reason = reason });
}

static int add_group_step(struct run *run, enum mp_step_kind kind, unsigned group,
			  const char *reason)
{
	return mp_plan_add(&run->plan,
			   (struct mp_step){ .kind = kind, .group = group, .reason = reason });
}

static const struct mp_table_path *in_kernel(const struct run *run, const struct mp_path *path)
{
	return run->kernel ? mp_table_find(&run->kernel->table, path->identity.devt) : NULL;
}

/* The path of that number leads to the LUN, and no other map has it. */
static bool leads_to_lun(const struct run *run, size_t number)
{
	const struct mp_path *path = run->seen->paths[number];

	return !path->wrong_wwid && path->init != MP_INIT_REMOVED &&
	       !(run->seen->elsewhere && run->seen->elsewhere[number]);
}

/*
 * A table that is loaded makes all its paths active, and I/O that waits goes to them before any
 * message can fail one. So a path without proof is not put into one. In a map that is new there is
 * no I/O yet: what is known to be down is shown there, failed. But not what would take I/O and only
 * does not say what it is: a kill could come before the message that fails it.
 */
static bool may_be_loaded(const struct run *run, const struct mp_path *path)
{
	return mp_path_is_proven(path) ||
	       (!run->kernel && mp_path_state_is_bad(path->state) && !path->silent);
}

static bool may_resize(const struct run *run, uint64_t from, uint64_t to)
{
	enum mp_auto_resize configured = run->settings->auto_resize, asked = run->seen->resize;
	enum mp_auto_resize allowed = asked > configured ? asked : configured;

	return allowed == MP_RESIZE_GROW_SHRINK || (allowed == MP_RESIZE_GROW_ONLY && to > from);
}

/* A map keeps its size, unless it may follow its paths and they agree. */
static void choose_size(struct run *run)
{
	uint64_t first = 0, kept = run->kernel ? run->kernel->table.size_sectors : 0;
	bool agree = true;

	for (size_t i = 0; i < run->seen->path_count; i++) {
		const struct mp_path *path = run->seen->paths[i];

		if (!leads_to_lun(run, i) || !path->identity.size_sectors)
			continue;
		if (!first)
			first = path->identity.size_sectors;
		agree &= path->identity.size_sectors == first;
	}
	run->size_sectors = !kept || (first && agree && may_resize(run, kept, first)) ? first :
											kept;
}

/*
 * The kernel takes a device that is larger than the table, or of unknown size; we only keep such
 * ones.
 */
static bool fits(const struct run *run, const struct mp_path *path)
{
	uint64_t size = path->identity.size_sectors;

	return !size || size == run->size_sectors ||
	       (size > run->size_sectors && in_kernel(run, path));
}

/*
 * An offline device cannot be opened, and would make the whole table fail, unless the map has it
 * open already.
 */
static bool can_be_opened(const struct run *run, const struct mp_path *path)
{
	return !path->identity.offline || mp_path_is_active(path) || in_kernel(run, path);
}

static int choose_members(struct run *run)
{
	run->members = calloc(run->seen->path_count + 1, sizeof(*run->members));
	if (!run->members)
		return -ENOMEM;

	for (size_t i = 0; i < run->seen->path_count; i++) {
		const struct mp_path *path = run->seen->paths[i];

		if (!leads_to_lun(run, i))
			continue;
		run->candidates++;
		if (!fits(run, path) || !can_be_opened(run, path))
			continue;
		/* What the kernel has of it stays until there is another reason for a load. */
		if (!may_be_loaded(run, path) && !in_kernel(run, path))
			continue;
		run->members[run->member_count++] = path;
		run->active += mp_path_is_active(path);
	}
	return 0;
}

static bool tells_groups_apart(const struct run *run)
{
	bool some = false;

	for (size_t i = 0; i < run->member_count; i++) {
		const char *prioritizer = run->members[i]->prioritizer;

		if (!prioritizer)
			continue;
		if (strcmp(prioritizer, "alua") && strcmp(prioritizer, "sysfs"))
			return false;
		some = true;
	}
	return some;
}

static enum mp_grouping choose_grouping(const struct run *run, const char **why)
{
	bool apart = tells_groups_apart(run);

	*why = NULL;
	if (apart && run->seen->detect_grouping) {
		*why = "detected: the priorities of the paths distinguish groups";
		return run->seen->detect_grouping_by_tpg ? MP_GROUPING_BY_TPG : MP_GROUPING_BY_PRIO;
	}
	if (run->settings->grouping == MP_GROUPING_BY_TPG && !apart) {
		*why = "derived: the priorities of the paths do not distinguish target port groups";
		return MP_GROUPING_FAILOVER;
	}
	return run->settings->grouping;
}

static enum mp_queue_mode choose_queue_mode(const struct run *run)
{
	if (run->kernel && run->kernel->table.features)
		return mp_features_mode(run->kernel->table.features) == MP_QUEUE_MODE_BIO ?
			       MP_QUEUE_MODE_BIO :
			       MP_QUEUE_MODE_REQUEST;
	for (size_t i = 0; i < run->member_count; i++)
		if (run->members[i]->identity.protocol == MP_PROTOCOL_NVME_TCP)
			return MP_QUEUE_MODE_BIO;
	return MP_QUEUE_MODE_UNDECIDED;
}

static bool choose_queueing(const struct run *run)
{
	struct mp_queueing queueing = { 0 };

	if (run->seen->queueing)
		queueing = *run->seen->queueing;
	queueing.policy = run->settings->no_path_retry;
	return mp_queueing_wanted(&queueing, run->active, run->kernel_queues);
}

/*
 * The handler that the kernel attached, else the configured one; then checked against what the
 * devices can do.
 */
static int choose_handler(const struct run *run, const char **why, char **ret)
{
	_cleanup_strbuf_ struct mp_strbuf handler = MP_STRBUF_INIT;
	bool all_alua = run->member_count, some_alua = false;
	const char *attached = "";

	for (size_t i = 0; i < run->member_count; i++) {
		const struct mp_identity *identity = &run->members[i]->identity;

		all_alua &= identity->tpgs != MP_TPGS_NONE;
		some_alua |= identity->tpgs > MP_TPGS_NONE;
		if (!*attached)
			attached = identity->handler;
	}

	*why = NULL;
	if (run->settings->retain_handler && *attached) {
		mp_strbuf_printf(&handler, "1 %s", attached);
		*why = "detected: attached by the kernel";
	} else {
		mp_strbuf_puts(&handler, run->settings->handler);
	}
	if (all_alua && some_alua && !strcmp(mp_strbuf_text(&handler), "0")) {
		*why = "detected: all paths have target port groups";
		return (*ret = strdup("1 alua")) ? 0 : -ENOMEM;
	}
	if (!(all_alua && some_alua) && !strcmp(mp_strbuf_text(&handler), "1 alua")) {
		*why = "detected: not all paths have target port groups";
		return (*ret = strdup("0")) ? 0 : -ENOMEM;
	}
	return mp_strbuf_take(&handler, ret);
}

static unsigned path_minio(const struct run *run, const struct mp_path *path)
{
	unsigned minio = run->settings->minio ? run->settings->minio : 1;

	if (run->settings->weigh_by_priority && path->priority > 0 &&
	    __builtin_mul_overflow(minio, (unsigned)path->priority, &minio))
		minio = UINT_MAX;
	return minio;
}

static int make_group(const struct run *run, const struct mp_wanted_group *wanted,
		      struct mp_table_group *ret)
{
	ret->selector = strdup(run->settings->selector);
	ret->paths = calloc(wanted->path_count, sizeof(*ret->paths));
	if (!ret->selector || !ret->paths)
		return -ENOMEM;
	for (size_t i = 0; i < wanted->path_count; i++)
		ret->paths[ret->path_count++] = (struct mp_table_path){
			.devt = wanted->paths[i]->identity.devt,
			.minio = path_minio(run, wanted->paths[i]),
		};
	return 0;
}

static int make_table(struct run *run)
{
	struct mp_table *table = &run->plan.table;
	enum mp_grouping grouping = choose_grouping(run, &run->plan.grouping_reason);
	int r;

	run->plan.grouping = grouping;
	run->plan.by_prio = grouping == MP_GROUPING_BY_PRIO;
	r = mp_grouping_make(grouping, run->members, run->member_count,
			     run->settings->marginal_groups != MP_MARGINAL_OFF,
			     run->settings->selector, &run->groups);
	if (r < 0)
		return r;
	r = mp_features_make(run->settings->features, choose_queue_mode(run), choose_queueing(run),
			     &table->features);
	if (r < 0)
		return r;
	if (mp_features_mode(table->features) == MP_QUEUE_MODE_BIO)
		/* dm-mpath ignores handlers of bio-based maps, and does not show them. */
		r = (table->handler = strdup("0")) ? 0 : -ENOMEM;
	else
		r = choose_handler(run, &run->plan.handler_reason, &table->handler);
	if (r < 0)
		return r;

	table->size_sectors = run->size_sectors;
	table->start_group = run->groups.best;
	if (!run->groups.count)
		return 0;
	table->groups = calloc(run->groups.count, sizeof(*table->groups));
	if (!table->groups)
		return -ENOMEM;
	for (size_t i = 0; i < run->groups.count; i++) {
		table->group_count++;
		r = make_group(run, &run->groups.groups[i], &table->groups[i]);
		if (r < 0)
			return r;
	}
	return 0;
}

static void describe_members(struct run *run)
{
	run->plan.no_active_path = true;
	run->plan.read_only = false;
	for (size_t i = 0; i < run->member_count; i++) {
		const struct mp_path *path = run->members[i];

		if (mp_path_is_active(path) || path->state == MP_PATH_PENDING)
			run->plan.no_active_path = false;
		run->plan.read_only |= path->identity.read_only;
	}
	run->plan.no_active_path |= run->seen->ghost_delay_runs;
}

/* Paths whose priorities are being read stay in the groups that they have. */
static bool awaits_priorities(const struct run *run)
{
	for (size_t i = 0; i < run->member_count; i++)
		if (mp_path_is_active(run->members[i]) && run->members[i]->priority_awaited)
			return run->plan.by_prio;
	return false;
}

/* First row of the comparison that differs, NULL if the kernel's table will do. */
static const char *find_difference(const struct run *run)
{
	const struct mp_table *current = &run->kernel->table;

	if (run->seen->force_reload)
		return "reload requested";
	if (run->seen->not_ready_in_udev && run->active)
		return "udev considers the map unusable, but paths are active";
	if (run->kernel->read_only != run->plan.read_only)
		return "write protection differs";
	if (awaits_priorities(run) &&
	    mp_difference_is_grouping(current, &run->plan.table, run->settings->retain_handler))
		return NULL;
	return mp_difference_find(current, &run->plan.table, run->settings->retain_handler);
}

static int set_name(struct run *run, const char *name)
{
	free(run->plan.name);
	run->plan.name = strdup(name);
	return run->plan.name ? 0 : -ENOMEM;
}

static int plan_name(struct run *run)
{
	const char *wanted = run->seen->name;
	int r;

	if (!run->kernel)
		return set_name(run, run->seen->name_taken ? run->seen->wwid : wanted);
	if (!strcmp(run->kernel->name, wanted) || run->seen->name_taken)
		return set_name(run, run->kernel->name);
	r = set_name(run, wanted);
	if (r < 0 || run->seen->awaits_udev)
		return r;
	return add_step(run, MP_STEP_RENAME, "configured name differs");
}

/* Whatever else happens, a path that leads to another LUN must get no I/O from now on. */
static int fail_wrong_paths(struct run *run)
{
	for (size_t i = 0; i < run->seen->path_count; i++) {
		const struct mp_path *path = run->seen->paths[i];
		const struct mp_table_path *shown = in_kernel(run, path);
		int r;

		if (!path->wrong_wwid || !shown || shown->state == MP_DM_FAILED)
			continue;
		r = add_path_step(run, MP_STEP_FAIL_PATH, path->identity.devt,
				  "path leads to another LUN");
		if (r < 0)
			return r;
	}
	return 0;
}

/* A loaded table takes every path for good. */
static int fail_bad_members(struct run *run)
{
	if (run->seen->ghost_delay_runs)
		return 0;
	for (size_t i = 0; i < run->member_count; i++) {
		const struct mp_path *path = run->members[i];
		int r;

		if (mp_transition_sync(path->state, mp_path_is_proven(path), MP_DM_ACTIVE) == 0 &&
		    path->state != MP_PATH_DELAYED)
			continue;
		r = add_path_step(run, MP_STEP_FAIL_PATH, path->identity.devt,
				  "path is not up, but a new table uses it");
		if (r < 0)
			return r;
	}
	return 0;
}

static int sync_paths(struct run *run)
{
	if (run->seen->ghost_delay_runs)
		return 0;
	for (size_t i = 0; i < run->member_count; i++) {
		const struct mp_path *path = run->members[i];
		const struct mp_table_path *shown = in_kernel(run, path);
		int r = 0;

		switch (shown ? mp_transition_sync(path->state, mp_path_is_proven(path),
						   shown->state) :
				0) {
		case -1:
			r = add_path_step(run, MP_STEP_FAIL_PATH, path->identity.devt,
					  "path is not up, but the kernel uses it");
			break;
		case 1:
			if (mp_transition_may_reinstate(path->state, path->identity.tpgs,
							run->active - 1))
				r = add_path_step(run, MP_STEP_REINSTATE_PATH, path->identity.devt,
						  "path is up, but the kernel does not use it");
			break;
		}
		if (r < 0)
			return r;
	}
	return 0;
}

static int sync_queueing(struct run *run)
{
	bool wanted = mp_table_has_feature(&run->plan.table, queue_if_no_path);

	if (wanted == run->kernel_queues)
		return 0;
	return wanted ? add_step(run, MP_STEP_QUEUE, "no_path_retry asks for queueing") :
			add_step(run, MP_STEP_NO_QUEUE, "I/O must not wait for paths");
}

static bool has_up_path(const struct run *run, const struct mp_table_group *group)
{
	for (size_t i = 0; i < run->member_count; i++)
		if (run->members[i]->state == MP_PATH_UP &&
		    mp_table_group_path(group, run->members[i]->identity.devt))
			return true;
	return false;
}

/*
 * Which of equally good groups is the best depends on their order: the kernel's counts, as in
 * mp_map_update_groups().
 */
static int find_best_group(const struct run *run, unsigned *ret)
{
	const struct mp_table *current = &run->kernel->table;
	_cleanup_free_ struct mp_wanted_group *groups =
		calloc(current->group_count, sizeof(*groups));

	if (!groups)
		return -ENOMEM;
	for (size_t i = 0; i < current->group_count; i++) {
		unsigned number = mp_table_number_of_group(&run->plan.table, &current->groups[i]);

		if (number)
			groups[i] = run->groups.groups[number - 1];
	}
	*ret = mp_grouping_best(groups, current->group_count);
	return 0;
}

static int sync_groups(struct run *run)
{
	const struct mp_table *current = &run->kernel->table;
	unsigned best;
	int r;

	for (size_t i = 0; i < current->group_count; i++) {
		if (current->groups[i].state != MP_GROUP_DISABLED ||
		    !has_up_path(run, &current->groups[i]))
			continue;
		r = add_group_step(run, MP_STEP_ENABLE_GROUP, i + 1,
				   "group is disabled, but has a path that is up");
		if (r < 0)
			return r;
	}

	if (!run->active || run->seen->awaits_udev ||
	    run->settings->failback != MP_FAILBACK_IMMEDIATE)
		return 0;
	r = find_best_group(run, &best);
	if (r < 0 || best == current->start_group)
		return r;
	return add_group_step(run, MP_STEP_SWITCH_GROUP, best, "another group is the best");
}

/*
 * udev may be looking at the map, and its content must not change under it, if only it can be read.
 */
static bool load_must_wait(const struct run *run)
{
	if (!run->seen->awaits_udev)
		return false;
	for (size_t i = 0; i < run->seen->path_count; i++) {
		const struct mp_table_path *shown = in_kernel(run, run->seen->paths[i]);

		if (shown && shown->state == MP_DM_ACTIVE && mp_path_is_active(run->seen->paths[i]))
			return true;
	}
	return false;
}

static bool has_proven_member(const struct run *run)
{
	for (size_t i = 0; i < run->member_count; i++)
		if (mp_path_is_proven(run->members[i]))
			return true;
	return false;
}

/* Members without proof leave with this load, and come back by another one. */
static int leave_out_unproven(struct run *run)
{
	size_t kept = 0;

	for (size_t i = 0; i < run->member_count; i++)
		if (may_be_loaded(run, run->members[i]))
			run->members[kept++] = run->members[i];
	if (kept == run->member_count)
		return 0;
	run->member_count = kept;
	run->active = 0;
	for (size_t i = 0; i < kept; i++)
		run->active += mp_path_is_active(run->members[i]);
	mp_table_fini(&run->plan.table);
	mp_grouping_fini(&run->groups);
	describe_members(run);
	return make_table(run);
}

static int plan_load(struct run *run, enum mp_step_kind kind, const char *reason)
{
	int r = leave_out_unproven(run);

	if (r == 0)
		r = add_step(run, kind, reason);
	return r < 0 ? r : fail_bad_members(run);
}

static int plan_existing(struct run *run)
{
	uint64_t current_size = run->kernel->table.size_sectors;
	const char *difference = find_difference(run);
	int r;

	if (run->kernel->removal_deferred) {
		/* Its partitions' maps may be gone already: udev looks for them anew. */
		run->plan.force_udev = true;
		r = add_step(run, MP_STEP_KEEP, "it has paths again");
		if (r < 0)
			return r;
	}
	/*
	 * Without one that has proven what it is, a load would let waiting I/O go wherever the
	 * others lead.
	 */
	run->plan.awaits_proof = !has_proven_member(run);
	if (!load_must_wait(run) && !run->plan.awaits_proof) {
		if (current_size && run->size_sectors != current_size) {
			run->plan.force_udev = true;
			return plan_load(run, MP_STEP_RESIZE, "size of the paths differs");
		}
		if (difference) {
			run->plan.force_udev |= run->seen->force_reload ||
						(run->seen->not_ready_in_udev && run->active);
			return plan_load(run, MP_STEP_RELOAD, difference);
		}
	}

	r = sync_paths(run);
	if (r < 0)
		return r;
	r = sync_queueing(run);
	if (r < 0 || difference)
		return r;
	return sync_groups(run);
}

/*
 * A map without any path: flush_on_last_del says whether it goes, or waits for a path with its I/O.
 * Whether it is in use is certain when the kernel has refused to remove it: until then its I/O
 * goes on waiting.
 */
static int plan_without_paths(struct run *run)
{
	enum mp_flush flush = run->settings->flush_on_last_del;
	int r = 0;

	if (run->kernel_queues &&
	    (flush == MP_FLUSH_NEVER || (flush == MP_FLUSH_UNUSED && run->seen->in_use))) {
		if (run->kernel->table.group_count && !load_must_wait(run))
			return add_step(run, MP_STEP_RELOAD,
					"the last path is gone, I/O waits for another one");
		return sync_queueing(run);
	}
	run->plan.only_unused = run->kernel_queues && flush == MP_FLUSH_UNUSED;
	if (run->kernel_queues && flush == MP_FLUSH_ALWAYS)
		r = add_step(run, MP_STEP_NO_QUEUE, "the last path is gone");
	return r < 0 ? r : add_step(run, MP_STEP_REMOVE, "the last path is gone");
}

/* Those that are kept out have the right size, and could be opened. */
static bool only_proof_is_missing(const struct run *run)
{
	for (size_t i = 0; !run->member_count && i < run->seen->path_count; i++) {
		const struct mp_path *path = run->seen->paths[i];

		if (leads_to_lun(run, i) && fits(run, path) && can_be_opened(run, path))
			return true;
	}
	return false;
}

/* Why a LUN that has paths gets none of them; NULL if all is well. */
static const char *find_obstacle(const struct run *run)
{
	if (run->candidates && !run->member_count) {
		for (size_t i = 0; i < run->seen->path_count; i++)
			if (leads_to_lun(run, i) && fits(run, run->seen->paths[i]))
				return "every path is offline";
		return "no path has the size of the map";
	}
	if (run->member_count && !run->size_sectors)
		return "no path has a known size";
	if (run->member_count && !run->kernel && run->seen->name_taken &&
	    !strcmp(run->seen->name, run->seen->wwid))
		return "another device has its name";
	return NULL;
}

static int keep_table(struct run *run)
{
	mp_table_fini(&run->plan.table);
	return mp_table_copy(&run->kernel->table, &run->plan.table);
}

/* A map that exists stays as it is. */
static int plan_reject(struct run *run, const char *reason)
{
	int r = run->kernel ? keep_table(run) : 0;

	return r < 0 ? r : add_step(run, MP_STEP_REJECT, reason);
}

/*
 * A map in use is never changed because the configuration excludes it, whether or not its paths
 * exist: its users would lose the LUN, or the I/O that waits for it.
 */
static int plan_unwanted(struct run *run)
{
	int r = set_name(run, run->kernel->name);

	if (r == 0)
		r = keep_table(run);
	/*
	 * udev has a map open while it looks at it: removing it would fail, as if it were in use.
	 */
	if (r < 0 || run->seen->awaits_udev)
		return r;
	return add_step(run, MP_STEP_REMOVE, "the configuration excludes it");
}

static int make_plan(struct run *run)
{
	const char *obstacle;
	int r;

	if (run->kernel && run->kernel->other_target) {
		r = set_name(run, run->kernel->name);
		return r < 0 ? r :
			       add_step(run, MP_STEP_REJECT,
					"a device with that UUID is not a multipath map");
	}
	if (!run->seen->allowed)
		return run->kernel ? plan_unwanted(run) : 0;
	if (run->kernel && run->seen->disowned)
		return plan_unwanted(run);
	if (run->kernel && run->seen->awaits_paths) {
		r = set_name(run, run->kernel->name);
		return r < 0 ? r : keep_table(run);
	}
	if (!*run->seen->wwid)
		return add_step(run, MP_STEP_REJECT, "there is no WWID");

	r = fail_wrong_paths(run);
	if (r < 0)
		return r;
	r = plan_name(run);
	if (r < 0)
		return r;
	choose_size(run);
	r = choose_members(run);
	if (r < 0)
		return r;
	describe_members(run);
	r = make_table(run);
	if (r < 0)
		return r;

	if (only_proof_is_missing(run)) {
		run->plan.awaits_proof = true;
		return run->kernel ? keep_table(run) : 0;
	}
	obstacle = find_obstacle(run);
	if (obstacle)
		return plan_reject(run, obstacle);
	if (!run->kernel)
		return run->member_count ? plan_load(run, MP_STEP_CREATE,
						     "the kernel has no map with this WWID") :
					   0;
	return run->member_count ? plan_existing(run) : plan_without_paths(run);
}

int mp_reconcile(const struct mp_observation *observation, struct mp_plan *plan)
{
	_cleanup_(run_fini) struct run run = {
		.seen = observation,
		.settings = observation->settings,
		.kernel = observation->kernel && observation->kernel->exists ? observation->kernel :
									       NULL,
	};
	int r;

	if (run.kernel)
		run.kernel_queues = mp_table_has_feature(&run.kernel->table, queue_if_no_path);
	r = make_plan(&run);
	if (r < 0)
		return r;
	*plan = run.plan;
	run.plan = (struct mp_plan)MP_PLAN_INIT;
	return 0;
}
