/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libmpathpersist/renewals.h"

#include <stddef.h>

#include "base/log.h"
#include "libmpathpersist/attempts.h"
#include "libmpathpersist/codes.h"
#include "libmpathpersist/looks.h"
#include "libmpathpersist/mpath_persist.h"
#include "libmpathpersist/targets.h"

/*
 * Not with ALL_TG_PT: each path is to have its own registration, whose absence means that another
 * host has removed it.
 */
static struct mp_reservation_parameters own_parameters(const struct mp_prkey *key)
{
	return (struct mp_reservation_parameters){ .key = key->key,
						   .service_action_key = key->key,
						   .through_power_loss = key->aptpl };
}

static int register_path(struct target *target, struct target_path *path,
			 const struct mp_prkey *key)
{
	const struct mp_reservation_parameters parameters = own_parameters(key);

	return attempt_path(target, path,
			    &(struct attempt){ MP_RESERVING_REGISTER, 0, &parameters });
}

static void register_chosen(struct target *target, enum mp_reserving_out action,
			    const struct mp_prkey *key)
{
	const struct mp_reservation_parameters parameters = own_parameters(key);

	attempt_chosen(target, &(struct attempt){ action, 0, &parameters });
}

/* Those that multipathd has found up meanwhile, too. */
static void choose_usable_now(struct target *target)
{
	for (size_t i = 0; i < target->path_count; i++)
		target->paths[i].chosen = !target->paths[i].usable;
	looks_take(target);
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

/* Return: the number of those that have not answered, which may be registered all the same */
static size_t choose_others(struct target *target)
{
	size_t unsure = 0;

	for (size_t i = 0; i < target->path_count; i++) {
		struct target_path *path = &target->paths[i];

		path->chosen = path->chosen && !path->registered;
		unsure += path->chosen && path->code != MPATH_PR_RESERV_CONFLICT;
	}
	return unsure;
}

/* Those of mark_registered(), and those registered since. Return: the number of the latter */
static size_t choose_registered(struct target *target)
{
	size_t added = 0;

	for (size_t i = 0; i < target->path_count; i++) {
		struct target_path *path = &target->paths[i];
		const bool renewed = path->chosen && path->code == MPATH_PR_SUCCESS;

		added += renewed;
		path->chosen = renewed || path->registered;
		path->code = path->chosen ? MPATH_PR_SUCCESS : path->code;
	}
	return added;
}

static void log_unregistered(const struct target *target)
{
	for (size_t i = 0; i < target->path_count; i++)
		if (target->paths[i].usable && !target->paths[i].chosen)
			target_log(target, LOG_LEVEL_WARNING,
				   "%s: %s: reservation key not registered again", target->map.name,
				   target->paths[i].name);
}

/* @count: registrations that there are if none is gone, at least */
static bool any_is_gone(struct target *target, const struct mp_prkey *key, size_t count)
{
	struct registrations now;

	for (size_t i = 0; i < target->path_count; i++) {
		if (!target->paths[i].registered)
			continue;
		switch (register_path(target, &target->paths[i], key)) {
		case MPATH_PR_SUCCESS:
			return false;
		case MPATH_PR_RESERV_CONFLICT:
			return true;
		}
	}
	now = attempt_read_registrations(target, key->key);
	return now.count < count;
}

static void undo(struct target *target)
{
	target_choose_usable(target);
	register_chosen(target, MP_RESERVING_REGISTER_AND_IGNORE, &(struct mp_prkey){ 0 });
	for (size_t i = 0; i < target->path_count; i++)
		if (target->paths[i].chosen && target->paths[i].code != MPATH_PR_SUCCESS)
			target_log(target, LOG_LEVEL_ERROR, "%s: %s: still registered",
				   target->map.name, target->paths[i].name);
}

/* Return: false if there must not be any more */
static bool may_register(const struct registrations *before, const struct registrations *now)
{
	return now->count || (before && before->known && now->generation == before->generation + 1);
}

bool renewal_run(struct target *target, const struct mp_prkey *key,
		 const struct registrations *before)
{
	struct registrations now = { .known = true };
	size_t unsure, added;

	choose_usable_now(target);
	register_chosen(target, MP_RESERVING_REGISTER, key);
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
	unsure = choose_others(target);
	register_chosen(target, MP_RESERVING_REGISTER_AND_IGNORE, key);
	added = choose_registered(target);
	log_unregistered(target);
	/* Those that were unsure may have been registered before. */
	if (!added ||
	    !any_is_gone(target, key, now.count + added - (unsure < added ? unsure : added)))
		return true;
	target_log(target, LOG_LEVEL_ERROR, "%s: another host has removed the reservation key",
		   target->map.name);
	undo(target);
	return false;
}
