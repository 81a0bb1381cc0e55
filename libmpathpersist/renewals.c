/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libmpathpersist/renewals.h"

#include <stddef.h>

#include "base/clock.h"
#include "base/log.h"
#include "libmpathpersist/attempts.h"
#include "libmpathpersist/codes.h"
#include "libmpathpersist/looks.h"
#include "libmpathpersist/mpath_persist.h"
#include "libmpathpersist/targets.h"

enum { LOOKS_MSEC = 10000 };

/*
 * Those that multipathd has found up meanwhile, too. One after another, as the map is suspended: a
 * path that is not looked at in time is left to multipathd.
 */
static void find_usable(struct target *target)
{
	const uint64_t deadline_msec = mp_clock_msec() + LOOKS_MSEC;

	for (size_t i = 0; i < target->path_count; i++)
		target->paths[i].chosen = false;
	for (size_t i = 0; i < target->path_count; i++) {
		struct target_path *path = &target->paths[i];

		if (path->usable || mp_clock_msec() >= deadline_msec)
			continue;
		path->chosen = true;
		looks_take(target);
		path->chosen = false;
	}
	target_choose_usable(target);
}

/* Return: their number */
static size_t mark_registered(struct target *target)
{
	size_t count = 0;

	for (size_t i = 0; i < target->path_count; i++) {
		struct target_path *path = &target->paths[i];

		path->registered = path->chosen && path->code == MPATH_PR_SUCCESS;
		count += path->registered;
	}
	return count;
}

/*
 * A target may refuse to change what was registered with ALL_TG_PT without, by this command or
 * before.
 */
static int send_to(struct target *target, struct target_path *path, enum mp_reserving_out action,
		   const struct mp_reservation_parameters *parameters)
{
	struct mp_reservation_parameters all = *parameters;
	int code = attempt_path(target, path,
				&(struct attempt){ .action = action, .parameters = parameters });

	if (code != MPATH_PR_ILLEGAL_REQ || all.all_target_ports)
		return code;
	all.all_target_ports = true;
	return attempt_path(target, path,
			    &(struct attempt){ .action = action, .parameters = &all });
}

/*
 * Those that had a conflict; @unsure: and those that did not say whether they are registered
 * @count:	increased by the registrations that are new for certain
 *
 * Return: true if any may have been registered.
 */
static bool add_others(struct target *target, const struct mp_reservation_parameters *own,
		       bool unsure, size_t *count)
{
	bool any = false;

	for (size_t i = 0; i < target->path_count; i++) {
		struct target_path *path = &target->paths[i];
		const bool conflict = path->code == MPATH_PR_RESERV_CONFLICT;

		if (!path->chosen || path->registered || (!conflict && !unsure))
			continue;
		switch (send_to(target, path, MP_RESERVING_REGISTER_AND_IGNORE, own)) {
		case MPATH_PR_SUCCESS:
			any = true;
			*count += conflict;
			break;
		case CODE_TRANSPORT:
			any = true; /* it may have been done */
			/* fall through */
		default:
			target_log(target, LOG_LEVEL_WARNING,
				   "%s: %s: reservation key not registered", target->map.name,
				   path->name);
		}
	}
	return any;
}

/*
 * @count: registrations that there are if none is gone, at least
 *
 * Return: MPATH_PR_SUCCESS none is gone, CODE_SHUT_OUT one is, MPATH_PR_OTHER no path answers.
 */
static int find_gone(struct target *target, const struct mp_reservation_parameters *own,
		     size_t count)
{
	struct registrations now;

	for (size_t i = 0; i < target->path_count; i++) {
		struct target_path *path = &target->paths[i];
		int code = path->registered ? send_to(target, path, MP_RESERVING_REGISTER, own) :
					      CODE_UNSENT;

		if (code == MPATH_PR_SUCCESS)
			return code;
		if (code == MPATH_PR_RESERV_CONFLICT)
			return CODE_SHUT_OUT;
	}
	now = attempt_read_registrations(target, own->key);
	if (!now.known)
		return MPATH_PR_OTHER;
	return now.count < count ? CODE_SHUT_OUT : MPATH_PR_SUCCESS;
}

static void remove_others(struct target *target, bool all_target_ports)
{
	const struct mp_reservation_parameters none = { .all_target_ports = all_target_ports };

	for (size_t i = 0; i < target->path_count; i++) {
		struct target_path *path = &target->paths[i];

		if (path->chosen && !path->registered &&
		    send_to(target, path, MP_RESERVING_REGISTER_AND_IGNORE, &none) !=
			    MPATH_PR_SUCCESS)
			target_log(target, LOG_LEVEL_ERROR, "%s: %s: still registered",
				   target->map.name, path->name);
	}
}

/* Return: MPATH_PR_SUCCESS; as find_gone(): the others are not registered. */
static int join(struct target *target, const struct mp_reservation_parameters *own, bool unsure,
		size_t count)
{
	int code = MPATH_PR_SUCCESS;

	if (add_others(target, own, unsure, &count))
		code = find_gone(target, own, count);
	if (code == MPATH_PR_SUCCESS)
		return code;
	target_log(target, LOG_LEVEL_ERROR,
		   code == CODE_SHUT_OUT ?
			   "%s: another host has removed the reservation key" :
			   "%s: no path tells whether the reservation key is still registered",
		   target->map.name);
	remove_others(target, own->all_target_ports);
	return code;
}

int renewal_join(struct target *target, const struct mp_reservation_parameters *own)
{
	return join(target, own, false, mark_registered(target));
}

/* Return: false if there must not be any more */
static bool may_register(const struct registrations *before, const struct registrations *now)
{
	return now->count || (before && before->known && now->generation == before->generation + 1);
}

bool renewal_run(struct target *target, const struct mp_prkey *key,
		 const struct registrations *before)
{
	/*
	 * Not with ALL_TG_PT: each path is to have its own registration, whose absence means that
	 * another host has removed it.
	 */
	const struct mp_reservation_parameters own = { .key = key->key,
						       .service_action_key = key->key,
						       .through_power_loss = key->aptpl };
	struct registrations now = { .known = true };

	find_usable(target);
	attempt_forget(target);
	for (size_t i = 0; i < target->path_count; i++)
		if (target->paths[i].chosen)
			send_to(target, &target->paths[i], MP_RESERVING_REGISTER, &own);
	now.count = mark_registered(target);
	if (!now.count)
		now = attempt_read_registrations(target, key->key);
	if (!now.known)
		return true;
	if (!may_register(before, &now)) {
		target_log(target, LOG_LEVEL_ERROR, "%s: the reservation key is not registered",
			   target->map.name);
		return false;
	}
	return join(target, &own, true, now.count) != CODE_SHUT_OUT;
}
