/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libmpathpersist/actions.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "libmpathpersist/attempts.h"
#include "libmpathpersist/codes.h"
#include "libmpathpersist/looks.h"
#include "libmpathpersist/mpath_persist.h"
#include "libmpathpersist/notes.h"
#include "libmpathpersist/pauses.h"
#include "libmpathpersist/renewals.h"
#include "libmpathpersist/targets.h"

/*
 * The map's key
 */

static int refuse_key(const struct target *target)
{
	if (!target->key.key)
		target_log(target, LOG_LEVEL_ERROR, "%s: no configured reservation key",
			   target->map.name);
	else
		target_log(target, LOG_LEVEL_ERROR,
			   "%s: configured reservation key doesn't match: 0x%llx", target->map.name,
			   (unsigned long long)target->key.key);
	return MPATH_PR_SYNTAX_ERROR;
}

static bool has_key(const struct target *target, uint64_t key)
{
	return target->key.key && target->key.key == key;
}

static int write_key(struct target *target, const struct mp_prkey *key)
{
	int r = notes_write_key(target, key);

	if (r < 0) {
		target_log(target, LOG_LEVEL_ERROR, "%s: failed to %s prkey for multipathd",
			   target->map.name, key->key ? "set" : "unset");
		return MPATH_PR_DMMP_ERROR;
	}
	target->key = *key;
	return MPATH_PR_SUCCESS;
}

/* If it is not taken, the array has the registration all the same. */
static void log_untold(const struct target *target, int error)
{
	if (error < 0)
		target_log(target, LOG_LEVEL_WARNING,
			   "%s: multipathd was not told of the registration: %s", target->map.name,
			   strerror(-error));
}

static void note_registration(struct target *target, bool registered)
{
	log_untold(target, notes_take_registration(target, registered));
}

/* multipathd has its own key, and the paths that are not registered with it are to be. */
static int confirm_registration(struct target *target)
{
	note_registration(target, true);
	if (!notes_lack_registration(target))
		return MPATH_PR_SUCCESS;
	target_log(
		target, LOG_LEVEL_ERROR,
		"%s: multipathd does not find its reservation key registered: another host has removed it, or it has another one",
		target->map.name);
	return MPATH_PR_RESERV_CONFLICT;
}

/*
 * Suspended
 *
 * PREEMPT of one's own key takes the registration of all other paths away. The I/O of a type that
 * needs a registration would fail on them: the map has none until they are registered again.
 */

static int try_preemption(struct target *target, const struct attempt *attempt,
			  const struct mp_prkey *key, struct target_path **path,
			  struct registrations *before)
{
	struct attempt own = *attempt;

	*before = attempt_read_registrations(target, key->key);
	own.generation = before->known ? &before->generation : NULL;
	return attempt_first(target, &own, path);
}

/*
 * Repeat a preemption that has failed: it may have been done, and left the paths that would try it
 * next without registrations. @before: the last try
 */
static int preempt_own(struct target *target, const struct attempt *attempt,
		       const struct mp_prkey *key, struct target_path **path,
		       struct registrations *before)
{
	int code = try_preemption(target, attempt, key, path, before);

	if (code != MPATH_PR_SUCCESS && renewal_run(target, key, NULL))
		code = try_preemption(target, attempt, key, path, before);
	return code;
}

static int end_preemption(struct target *target, const struct mp_prkey *key, int code,
			  const struct registrations *before)
{
	return renewal_run(target, key, code == MPATH_PR_SUCCESS ? before : NULL) ? code :
										    CODE_SHUT_OUT;
}

/*
 * multipathd registers the paths that this does not: that are down, were added meanwhile, or could
 * not be registered again. It would not ask, as each of them had been registered.
 */
static int run_paused(struct target *target,
		      int (*run)(struct target *target, const void *argument), const void *argument,
		      const struct mp_prkey *key)
{
	struct registrations now;
	int code;

	attempt_forget(target);
	code = pause_run(target, run, argument);
	if (code == CODE_SHUT_OUT) {
		/* The target told this program, so it does not tell multipathd. */
		attempt_forget(target);
		note_registration(target, true);
		return MPATH_PR_RESERV_CONFLICT;
	}
	now = attempt_read_registrations(target, key->key);
	if (now.count || !now.known)
		note_registration(target, true);
	return code;
}

/*
 * Register
 */

/* With ALL_TG_PT one path stands for all of its host. */
static void choose_registered(struct target *target, bool all_target_ports)
{
	target_choose_usable(target);
	for (size_t i = 0; all_target_ports && i < target->path_count; i++)
		for (size_t j = 0; j < i; j++)
			if (target->paths[j].chosen &&
			    target->paths[j].host == target->paths[i].host)
				target->paths[i].chosen = false;
}

/* With ALL_TG_PT: the next path of a host speaks for it if one does not answer. */
static void replace_lost(struct target *target, const struct attempt *attempt)
{
	struct mp_reservation_parameters done = *attempt->parameters;
	const struct attempt again = { .action = MP_RESERVING_REGISTER, .parameters = &done };

	/* What the lost path has done: then it is registered with the new key already. */
	done.key = done.service_action_key;
	for (size_t i = 0; i < target->path_count; i++) {
		struct target_path *lost = &target->paths[i];

		if (!lost->chosen || lost->code != CODE_TRANSPORT)
			continue;
		for (size_t j = i + 1; lost->chosen && j < target->path_count; j++) {
			struct target_path *next = &target->paths[j];

			if (!next->usable || next->chosen || next->host != lost->host)
				continue;
			lost->chosen = false;
			next->chosen = true;
			if (attempt_path(target, next, attempt) == MPATH_PR_RESERV_CONFLICT)
				attempt_path(target, next, &again);
		}
	}
}

/*
 * With ALL_TG_PT: the paths that another one was to speak for. Not every target registers all
 * ports, or changes the key of all: then this is a conflict. What else they answer is left to
 * multipathd.
 */
static void confirm_others(struct target *target, struct mp_reservation_parameters own)
{
	const struct attempt attempt = { .action = MP_RESERVING_REGISTER, .parameters = &own };
	_cleanup_free_ bool *chosen = calloc(target->path_count, sizeof(*chosen));

	if (!chosen)
		return;
	own.all_target_ports = true;
	for (size_t i = 0; i < target->path_count; i++) {
		struct target_path *path = &target->paths[i];

		chosen[i] = path->chosen;
		path->chosen = path->usable && path->code == CODE_UNSENT;
	}
	attempt_more(target, &attempt);
	for (size_t i = 0; i < target->path_count; i++) {
		struct target_path *path = &target->paths[i];

		path->chosen = chosen[i] ||
			       (path->chosen && (path->code == MPATH_PR_SUCCESS ||
						 path->code == MPATH_PR_RESERV_CONFLICT));
	}
}

struct counts {
	size_t good, conflicting, lost;
	int code; /* of another failure; 0 none */
	bool of_lun; /* and it would be the same on another path */
};

static struct counts count_codes(const struct target *target)
{
	struct counts counts = { 0 };

	for (size_t i = 0; i < target->path_count; i++) {
		const struct target_path *path = &target->paths[i];

		if (!path->chosen)
			continue;
		if (path->code == MPATH_PR_SUCCESS)
			counts.good++;
		else if (path->code == MPATH_PR_RESERV_CONFLICT)
			counts.conflicting++;
		else if (path->code == CODE_TRANSPORT)
			counts.lost++;
		else if (!counts.code || (!counts.of_lun && attempt_is_of_lun(path))) {
			counts.code = path->code;
			counts.of_lun = attempt_is_of_lun(path);
		}
	}
	return counts;
}

/* A path that failed by its transport, and is down, is registered when it works again. */
static bool lost_paths_are_up(struct target *target)
{
	bool up = false;

	for (size_t i = 0; i < target->path_count; i++)
		target->paths[i].chosen = target->paths[i].chosen &&
					  target->paths[i].code == CODE_TRANSPORT;
	looks_take(target);
	for (size_t i = 0; i < target->path_count; i++)
		up |= target->paths[i].chosen && target->paths[i].usable;
	return up;
}

/*
 * The paths that had a conflict have another key than the others, or another host has removed it.
 * The initiator ports are registered by now, and this command must not have any (spc4r36j 6.17.3).
 * Nor ALL_TG_PT: one path would register others again whose key another host has removed.
 */
static int register_others(struct target *target, bool ignores,
			   const struct mp_reservation_parameters *parameters,
			   struct counts *counts)
{
	const struct mp_reservation_parameters own = {
		.key = parameters->service_action_key,
		.service_action_key = parameters->service_action_key,
		.through_power_loss = parameters->through_power_loss,
	};
	int code = MPATH_PR_SUCCESS;

	if (parameters->all_target_ports) {
		confirm_others(target, own);
		*counts = count_codes(target);
	}
	if (counts->conflicting && (parameters->all_target_ports || !ignores)) {
		code = renewal_join(target, &own);
		*counts = count_codes(target);
	}
	return code == CODE_SHUT_OUT ? MPATH_PR_RESERV_CONFLICT : code;
}

static int register_paths(struct target *target, bool ignores,
			  const struct mp_reservation_parameters *parameters)
{
	const struct attempt attempt = { .action = ignores ? MP_RESERVING_REGISTER_AND_IGNORE :
							     MP_RESERVING_REGISTER,
					 .parameters = parameters };
	int code = MPATH_PR_SUCCESS;
	struct counts counts;

	/* Some targets unregister only those ports that were registered at once. */
	choose_registered(target, parameters->all_target_ports && parameters->service_action_key);
	attempt_chosen(target, &attempt);
	if (parameters->all_target_ports)
		replace_lost(target, &attempt);
	counts = count_codes(target);
	if (counts.good)
		code = register_others(target, ignores, parameters, &counts);
	if (code != MPATH_PR_SUCCESS)
		return code;
	if (counts.code)
		return counts.code;
	if (counts.conflicting)
		return MPATH_PR_RESERV_CONFLICT;
	if (!counts.good && !counts.lost)
		return MPATH_PR_DMMP_ERROR;
	if (!counts.good)
		return MPATH_PR_OTHER;
	if (counts.lost && lost_paths_are_up(target))
		return MPATH_PR_OTHER;
	return MPATH_PR_SUCCESS;
}

/*
 * After a failure: the paths that have the new key, as far as they have told, get the former one
 * again, as multipathd does. Not if another host has shut this one out meanwhile: they do not have
 * the new one any more then; or, if that is none, not unless the former one is still there.
 */
static void register_back(struct target *target, const struct mp_reservation_parameters *done,
			  const struct mp_prkey *former)
{
	const struct mp_reservation_parameters parameters = {
		.key = done->service_action_key,
		.service_action_key = former->key,
		.all_target_ports = done->all_target_ports,
		.through_power_loss = former->aptpl,
	};
	const struct attempt attempt = { .action = MP_RESERVING_REGISTER,
					 .parameters = &parameters };

	if (parameters.key == former->key)
		return;
	if (!parameters.key) {
		renewal_run(target, former, NULL);
		return;
	}
	for (size_t i = 0; i < target->path_count; i++)
		target->paths[i].chosen = target->paths[i].code == MPATH_PR_SUCCESS ||
					  target->paths[i].code == CODE_TRANSPORT;
	attempt_chosen(target, &attempt);
}

static bool key_holds(struct target *target, uint64_t key, struct mp_reservation_holder *holder)
{
	return key && attempt_read_holder(target, holder) == MPATH_PR_SUCCESS && holder->held &&
	       holder->key == key;
}

/* Does a path of this map hold the reservation under @key? @noted: so multipathd says */
static bool holds_under(struct target *target, bool noted, uint64_t key,
			struct mp_reservation_holder *holder)
{
	return noted && key_holds(target, key, holder);
}

static int release(struct target *target, uint8_t scope_type, const struct mp_prkey *key);

/*
 * Without a registration there is no reservation: it would end, but other hosts would not be told.
 */
static int release_before(struct target *target, bool noted, const struct mp_prkey *key)
{
	struct mp_reservation_holder holder;
	int code;

	if (!holds_under(target, noted, key->key, &holder))
		return MPATH_PR_SUCCESS;
	code = release(target, holder.scope << 4 | holder.type, key);
	if (code == MPATH_PR_SUCCESS)
		notes_take_reservation(target, false);
	return code;
}

/* The holder was a path that is gone, and its registration still has the old key. */
static void move_reservation(struct target *target, bool noted, uint64_t old_key, uint64_t new_key)
{
	const struct mp_reservation_parameters parameters = { .key = new_key,
							      .service_action_key = old_key };
	struct attempt attempt = { .action = MP_RESERVING_PREEMPT, .parameters = &parameters };
	struct mp_reservation_holder holder;
	struct target_path *path;

	if (old_key == new_key || !holds_under(target, noted, old_key, &holder))
		return;
	attempt.scope_type = holder.scope << 4 | holder.type;
	attempt.generation = &holder.generation;
	if (attempt_first(target, &attempt, &path) != MPATH_PR_SUCCESS)
		target_log(target, LOG_LEVEL_WARNING, "%s: the reservation still has key 0x%llx",
			   target->map.name, (unsigned long long)old_key);
}

/* @noted: the reservation was held, which is forgotten when the key changes */
static int complete_registration(struct target *target, bool noted, uint64_t old_key,
				 uint64_t new_key)
{
	struct mp_reservation_holder holder;
	int code;

	if (!new_key) {
		note_registration(target, false);
		return MPATH_PR_SUCCESS;
	}
	/* Before multipathd gives the new key to a path that holds it under the old one. */
	move_reservation(target, noted, old_key, new_key);
	code = confirm_registration(target);
	if (code == MPATH_PR_SUCCESS && (noted || key_holds(target, new_key, &holder)))
		notes_take_reservation(target, true);
	return code;
}

int action_register(struct target *target, bool ignores,
		    const struct mp_reservation_parameters *caller)
{
	struct mp_reservation_parameters parameters = *caller;
	const uint64_t new_key = parameters.service_action_key;
	const struct mp_prkey old = target->key;
	bool writes = target->source == MP_RESERVATION_PRKEYS &&
		      (ignores || !old.key || !parameters.key || parameters.key == old.key);
	/* What REGISTER AND IGNORE is given as the key says nothing. */
	const uint64_t old_key =
		target->source == MP_RESERVATION_PRKEYS || ignores ? old.key : parameters.key;
	int code = MPATH_PR_SUCCESS;
	struct mp_prkey former = { parameters.key, old.aptpl };
	bool noted;

	parameters.all_target_ports |= target->all_target_ports;
	if (target->source == MP_RESERVATION_NONE)
		return refuse_key(target);
	noted = notes_has_reservation(target);
	if (writes)
		code = write_key(target,
				 &(struct mp_prkey){ new_key, parameters.through_power_loss });
	if (code != MPATH_PR_SUCCESS) {
		write_key(target, &old); /* multipathd may write it after all, only later */
		return code;
	}
	if (new_key && !has_key(target, new_key))
		return refuse_key(target);
	/* With another key the array refuses to unregister. */
	if (!new_key && (ignores || parameters.key == old.key))
		code = release_before(target, noted, &old);
	if (code == MPATH_PR_SUCCESS) {
		if (ignores)
			former.key = old.key && attempt_find_key(target, old.key) ? old.key : 0;
		code = register_paths(target, ignores, &parameters);
		if (code != MPATH_PR_SUCCESS)
			register_back(target, &parameters, &former);
	}
	if (code == MPATH_PR_SUCCESS)
		code = complete_registration(target, noted, old_key, new_key);
	if (code != MPATH_PR_SUCCESS && writes)
		write_key(target, &old);
	return code;
}

/*
 * Reserve
 */

/* A path that cannot be asked now may be the one that holds the reservation. */
static bool lacks_path(const struct target *target)
{
	for (size_t i = 0; i < target->path_count; i++)
		if (!target->paths[i].usable || target->paths[i].code == CODE_TRANSPORT)
			return true;
	return false;
}

int action_reserve(struct target *target, uint8_t scope_type,
		   const struct mp_reservation_parameters *parameters)
{
	const struct attempt attempt = { .action = MP_RESERVING_RESERVE,
					 .scope_type = scope_type,
					 .parameters = parameters };
	struct mp_reservation_holder holder;
	struct target_path *path;
	int code;

	if (!has_key(target, parameters->key))
		return refuse_key(target);
	code = attempt_first(target, &attempt, &path);
	if (code == MPATH_PR_RESERV_CONFLICT && lacks_path(target) &&
	    holds_under(target, notes_has_reservation(target), target->key.key, &holder) &&
	    (holder.scope << 4 | holder.type) == scope_type)
		code = MPATH_PR_SUCCESS;
	if (code == MPATH_PR_SUCCESS)
		notes_take_reservation(target, true);
	return code;
}

/*
 * Release
 */

struct paused_release {
	uint8_t scope_type;
	const struct mp_prkey *key;
};

/* Make a usable path the holder, and release it there. */
static int release_paused(struct target *target, const void *argument)
{
	const struct paused_release *release = argument;
	const struct mp_prkey *key = release->key;
	const struct mp_reservation_parameters own = { .key = key->key,
						       .service_action_key = key->key };
	const struct attempt preempt = { .action = MP_RESERVING_PREEMPT,
					 .scope_type = release->scope_type,
					 .parameters = &own };
	const struct mp_reservation_parameters parameters = { .key = key->key };
	const struct attempt attempt = { .action = MP_RESERVING_RELEASE,
					 .scope_type = release->scope_type,
					 .parameters = &parameters };
	struct registrations before;
	struct target_path *path;
	int code = preempt_own(target, &preempt, key, &path, &before);

	if (code == MPATH_PR_SUCCESS)
		code = code_final(attempt_path(target, path, &attempt));
	return end_preemption(target, key, code, &before);
}

/* The answer to a release may be lost, too. */
static bool is_released(struct target *target)
{
	struct mp_reservation_holder holder;

	return attempt_read_holder(target, &holder) == MPATH_PR_SUCCESS && !holder.held;
}

/* A release is only for the holder: on other registered paths it succeeds and does nothing. */
static int release(struct target *target, uint8_t scope_type, const struct mp_prkey *key)
{
	const struct mp_reservation_parameters parameters = { .key = key->key };
	const struct attempt attempt = { .action = MP_RESERVING_RELEASE,
					 .scope_type = scope_type,
					 .parameters = &parameters };
	struct mp_reservation_holder holder;
	struct counts counts;
	int code;

	if (!target_choose_usable(target))
		return MPATH_PR_DMMP_ERROR;
	attempt_chosen(target, &attempt);
	counts = count_codes(target);
	if (counts.good && !counts.of_lun)
		counts.code = MPATH_PR_SUCCESS;
	code = attempt_read_holder(target, &holder);
	if (code != MPATH_PR_SUCCESS)
		return code;
	if (holder.held && holder.key == key->key && counts.good && !counts.code) {
		if ((holder.scope << 4 | holder.type) != scope_type)
			return MPATH_PR_RESERV_CONFLICT;
		code = run_paused(target, release_paused,
				  &(struct paused_release){ scope_type, key }, key);
		return code == MPATH_PR_OTHER && is_released(target) ? MPATH_PR_SUCCESS : code;
	}
	if (counts.code)
		return counts.code;
	if (counts.good || (counts.lost && !holder.held))
		return MPATH_PR_SUCCESS;
	return counts.conflicting ? MPATH_PR_RESERV_CONFLICT : MPATH_PR_OTHER;
}

int action_release(struct target *target, uint8_t scope_type,
		   const struct mp_reservation_parameters *parameters)
{
	int code;

	if (!has_key(target, parameters->key))
		return refuse_key(target);
	code = release(target, scope_type, &target->key);
	if (code == MPATH_PR_SUCCESS)
		notes_take_reservation(target, false);
	return code;
}

/*
 * Preempt and clear
 */

static int preempt_paused(struct target *target, const void *argument)
{
	struct registrations before;
	struct target_path *path;
	int code = preempt_own(target, argument, &target->key, &path, &before);

	return end_preemption(target, &target->key, code, &before);
}

int action_preempt(struct target *target, bool aborts, uint8_t scope_type,
		   const struct mp_reservation_parameters *parameters)
{
	struct mp_reservation_holder holder = { 0 };
	const struct attempt attempt = { aborts ? MP_RESERVING_PREEMPT_AND_ABORT :
						  MP_RESERVING_PREEMPT,
					 scope_type, parameters, &holder.generation };
	struct target_path *path;
	bool pauses, takes;
	int code;

	if (!has_key(target, parameters->key))
		return refuse_key(target);
	code = attempt_read_holder(target, &holder);
	if (code != MPATH_PR_SUCCESS)
		return code;
	/* The key of a shared reservation reads as 0. */
	takes = holder.held && parameters->service_action_key == holder.key;
	pauses = parameters->service_action_key == target->key.key ||
		 (!parameters->service_action_key && holder.held &&
		  mp_reservation_is_shared(holder.type));
	code = pauses ? run_paused(target, preempt_paused, &attempt, &target->key) :
			attempt_first(target, &attempt, &path);
	/* Who preempts the holder is the next holder. */
	if (code == MPATH_PR_SUCCESS && takes)
		notes_take_reservation(target, true);
	return code;
}

int action_clear(struct target *target, const struct mp_reservation_parameters *parameters)
{
	const struct attempt attempt = { .action = MP_RESERVING_CLEAR,
					 .scope_type = 0,
					 .parameters = parameters };
	struct target_path *path;
	int code;

	if (!has_key(target, parameters->key))
		return refuse_key(target);
	code = attempt_first(target, &attempt, &path);
	if (code != MPATH_PR_SUCCESS)
		return code;
	log_untold(target, notes_take_clearing(target));
	if (target->source == MP_RESERVATION_PRKEYS)
		write_key(target, &(struct mp_prkey){ 0 });
	return MPATH_PR_SUCCESS;
}
