/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* maps.h - the daemon's set of maps: reconcile and apply.  For: the daemon's loop. */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct daemon;
struct inventory;
struct daemon_map;
struct daemon_path;
struct mp_identity;
struct mp_kernel_map;
struct mp_map;
struct mp_plan;
struct mp_trace;

/**
 * maps_find_user() - the map of another WWID that is in use and has the path in the kernel's table, if it is the same LUN
 *
 * The configuration spells its name otherwise now. One disk is one map, and that one has its users: the path stays until they are gone.
 */
struct daemon_map *maps_find_user(const struct daemon_path *path);

/** maps_take_back() - a map that was not wanted any more cannot be removed: its paths stay its own (maps_find_user()) */
void maps_take_back(struct daemon_map *map);

/** maps_join() - the path belongs to the map of its WWID, which is made (in memory) if need be */
int maps_join(struct daemon_path *path, bool by_operator);

/** maps_adopt() - the kernel has this map: found at start, or made by somebody else. Takes *kernel. */
int maps_adopt(struct daemon *daemon, const char *wwid, struct mp_kernel_map *kernel);

/** maps_states_changed() - states or priorities of its paths changed: counters, queueing, failback; no table change by itself */
void maps_states_changed(struct daemon_map *map, bool path_came_up, bool path_failed, struct daemon_path *which);

/** maps_kernel_state() - a status of the kernel's came */
void maps_kernel_state(struct daemon_map *map, struct mp_kernel_map *kernel);

/** maps_kernel_changed() - as above, for a change that was not ours: the table may be another one */
void maps_kernel_changed(struct daemon_map *map, struct mp_kernel_map *kernel);

/** maps_answer() - who waits for the map is told */
void maps_answer(struct daemon_map *map, const char *reply);

/** maps_retry_names() - the list of dm devices is new: names that were taken may be free */
void maps_retry_names(struct daemon *daemon);

/** maps_gone() - the kernel's device is gone */
void maps_gone(struct daemon_map *map);

/** maps_udev_done() - udev processed the map's creation or change event */
void maps_udev_done(struct daemon_map *map, bool ready);

/** maps_forget() - drop it and orphan its paths */
void maps_forget(struct daemon_map *map);

/** maps_start_over() - as maps_forget(), but paths that have come meanwhile make it anew */
void maps_start_over(struct daemon_map *map);

/** maps_message() - send one dm message from a worker; @request: answered with ok or fail when it is done, 0: nobody waits */
int maps_message(struct daemon_map *map, const char *message, uint64_t request);

/** maps_path_message() - the same with the message of a path: @verb is "fail_path" or "reinstate_path" */
int maps_path_message(struct daemon_map *map, const char *verb, dev_t devt, uint64_t request);

/**
 * maps_binding_contradiction() - a map that exists keeps its name, whatever the bindings say
 * @ret_other:	the WWID or the name that they say it of
 *
 * Return: "gives that name to" another WWID, "names it" otherwise; NULL: they agree, or do not matter.
 */
const char *maps_binding_contradiction(const struct daemon_map *map, const char **ret_other);

/** maps_is_coming() - it does not exist, but is wanted and has paths */
bool maps_is_coming(struct daemon_map *map);

/** maps_remove() - unless it is in use, or @deferred until it is not; @request as above */
int maps_remove(struct daemon_map *map, bool deferred, bool by_operator, uint64_t request);

/** maps_suspend() - @resume: the other way round */
int maps_suspend(struct daemon_map *map, bool resume, uint64_t request);

/** maps_own_node() - mode, uid and gid of its node; to be called whenever udev had to do with it */
void maps_own_node(struct daemon_map *map);

/** maps_reassign() - other dm devices that use a path of the map use the map from now on; @request as above */
int maps_reassign(struct daemon_map *map, uint64_t request);

/** maps_resolve_settings() - after a change of configuration or reference path */
void maps_resolve_settings(struct daemon_map *map);

/** maps_allow() - does the configuration want the map? @reason: constant; @trace: an account, or NULL */
bool maps_allow(struct daemon_map *map, const char **reason, struct mp_trace *trace);

/** maps_plan() - what is to be done to it, from what is known and its settings; nothing is done */
int maps_plan(struct daemon_map *map, bool allowed, struct mp_plan *plan);

/**
 * maps_rehearse_name() - choose its settings and its name as a reconfigure would
 *
 * For maps of a daemon that is a copy. A map that is not allowed gives its name away.
 * Return: 1 it has another name now, 0, negative errno.
 */
int maps_rehearse_name(struct daemon_map *map);

/** maps_rehearse() - then plan; nothing is done. Return: 0, negative errno. */
int maps_rehearse(struct daemon_map *map, struct mp_plan *plan);

/** maps_reconcile_later() - have the loop look at dirty maps when it has taken all events that are there */
void maps_reconcile_later(struct inventory *inventory);

/** maps_disable_queueing(), maps_restore_queueing() - as the commands */
void maps_disable_queueing(struct daemon_map *map);
void maps_restore_queueing(struct daemon_map *map);

/**
 * maps_fail_queues_at_exit() - fail_if_no_path to every map. Blocks shortly: the loop has ended.
 * @geoms_only:	queue_without_daemon: only gmultipath's, whose paths nobody restores without the daemon
 */
void maps_fail_queues_at_exit(struct daemon *daemon, bool geoms_only);

void maps_free_all(struct daemon *daemon);
