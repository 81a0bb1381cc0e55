/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * renewals.h - PREEMPT of the map's own key takes the registrations of its other paths away: they
 * are registered again, unless another host has shut this one out meanwhile.
 * For: libmpathpersist.
 */
#pragma once
#include <stdbool.h>

struct mp_prkey;
struct mp_reservation_parameters;
struct registrations;
struct target;

/**
 * renewal_join() - some of the chosen paths have registered, others had a conflict: register those,
 * too, whatever key they have, unless another host has removed what was registered meanwhile
 * @own:	the new key twice, and the options of its registration
 *
 * Return: MPATH_PR_SUCCESS; CODE_SHUT_OUT another host has, MPATH_PR_OTHER no path tells: the paths
 * that had a conflict are not registered then.
 */
int renewal_join(struct target *target, const struct mp_reservation_parameters *own);

/**
 * renewal_run() - after the PREEMPT, done or not: register all usable paths that are not
 * registered, also those that multipathd has found up meanwhile, as they get I/O
 * @before:	those of @key right before a PREEMPT that has succeeded; NULL: it has not
 *
 * If there is no reservation, some targets remove the registration of the preempting path, too. The
 * generation says then whether it was another host. The paths that are registered are chosen
 * afterwards, with MPATH_PR_SUCCESS.
 *
 * Return: false if another host has removed the key: no path that can be asked is registered.
 */
bool renewal_run(struct target *target, const struct mp_prkey *key,
		 const struct registrations *before);
