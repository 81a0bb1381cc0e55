/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/commands/key_commands.h"

#include <errno.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "multipathd/commands/call.h"
#include "multipathd/commands/grammar.h"
#include "multipathd/control/reservations.h"
#include "multipathd/jobs/registrants.h"
#include "multipathd/loop/server.h"
#include "multipathd/state/daemon.h"
#include "multipathd/state/maps.h"
#include "multipathd/state/paths.h"
#include "show/reservations.h"

static void show_flag(struct command_call *call, enum reservation_flag flag)
{
	mp_strbuf_printf(&call->reply, "%s\n", reservation_flag_name(flag));
}

void key_command_get_registered(struct command_call *call)
{
	const struct daemon_map *map = call_map(call);

	if (map)
		show_flag(call, map->reservation.registered);
}

void key_command_register(struct command_call *call)
{
	struct daemon_map *map = call_map(call);

	if (!map)
		return;
	call_answer_later(call, reservations_register(map, call->arguments[1], call->request->id));
}

void key_command_unregister(struct command_call *call)
{
	struct daemon_map *map = call_map(call);

	if (map)
		reservations_forget(map, call->arguments[1]);
}

void key_command_get(struct command_call *call)
{
	const struct daemon_map *map = call_map(call);

	if (!map)
		return;
	if (map->reservation.key.key)
		mp_strbuf_printf(&call->reply, "0x%llx%s\n",
				 (unsigned long long)map->reservation.key.key,
				 map->reservation.key.aptpl ? ":aptpl" : "");
	else
		mp_strbuf_puts(&call->reply, "none\n");
}

static void write_key(struct command_call *call, struct daemon_map *map, const struct mp_prkey *key)
{
	call_answer_later(call, reservations_write_key(map, key, call->request->id));
}

void key_command_set(struct command_call *call)
{
	struct daemon_map *map = call_map(call);
	struct mp_prkey key;

	if (!map)
		return;
	call_fail_on(call, mp_prkey_parse(call->arguments[1], &key));
	if (!call->failure)
		write_key(call, map, &key);
}

void key_command_unset(struct command_call *call)
{
	struct daemon_map *map = call_map(call);

	if (map)
		write_key(call, map, NULL);
}

void key_command_get_held(struct command_call *call)
{
	const struct daemon_map *map = call_map(call);

	if (map)
		show_flag(call, map->reservation.held);
}

void key_command_set_held(struct command_call *call)
{
	struct daemon_map *map = call_map(call);

	if (map)
		reservations_hold(map, !command_undoes(call->command));
}

/* What multipathd knows of the map. */
static enum mp_registration registration_known(const struct reservation *reservation)
{
	if (reservation->registered == RESERVATION_UNKNOWN)
		return MP_REGISTRATION_UNKNOWN;
	if (reservation->registered == RESERVATION_UNSET)
		return reservation->lost ? MP_REGISTRATION_LOST : MP_REGISTRATION_NONE;
	return reservation->held == RESERVATION_SET ? MP_REGISTRATION_HOLDER :
						      MP_REGISTRATION_PRESENT;
}

static bool is_holder(const struct registrants *answer)
{
	const struct mp_reservation_holder *holder = &answer->holder;

	return holder->held &&
	       (holder->key == answer->key.key || mp_reservation_is_shared(holder->type));
}

/* Where the array has answered, it decides: another host may have changed what was known. */
static enum mp_registration registration_judge(const struct reservation *reservation,
					       const struct registrants *answer)
{
	enum mp_registration known = registration_known(reservation);

	if (!answer->key.key)
		return MP_REGISTRATION_NO_KEY;
	if (answer->error < 0 || known == MP_REGISTRATION_UNKNOWN)
		return known;
	if (!answer->own_count)
		return reservation->registered == RESERVATION_SET || reservation->lost ?
			       MP_REGISTRATION_LOST :
			       MP_REGISTRATION_NONE;
	if (reservation->registered != RESERVATION_SET)
		return MP_REGISTRATION_UNTRACKED;
	return is_holder(answer) ? MP_REGISTRATION_HOLDER : MP_REGISTRATION_PRESENT;
}

/* Unknown if the array has contradicted what was known. */
static time_t registration_since(const struct reservation *reservation,
				 enum mp_registration registration)
{
	if (registration == MP_REGISTRATION_HOLDER)
		return reservation->held == RESERVATION_SET ? reservation->held_since : 0;
	if (registration == MP_REGISTRATION_PRESENT ||
	    (registration == registration_known(reservation) &&
	     registration != MP_REGISTRATION_UNKNOWN))
		return reservation->registered_since;
	return 0;
}

static void row_count_paths(const struct daemon_map *map, struct mp_reservation_row *row)
{
	bool none = row->error == 0 && !row->own_keys;
	const struct mp_path *path;

	cds_list_for_each_entry(path, &map->map.paths, in_map) {
		row->paths++;
		row->registered_paths += row->key && !none &&
					 daemon_path_of(path)->registered_key == row->key;
	}
}

static void row_fill(const struct daemon_map *map, const struct registrants *answer,
		     struct mp_reservation_row *row)
{
	*row = (struct mp_reservation_row){
		.name = map->map.name,
		.wwid = map->map.wwid,
		.key = answer->key.key,
		.through_power_loss = answer->key.aptpl,
		.registration = registration_judge(&map->reservation, answer),
		.error = answer->error,
		.keys = answer->count,
		.own_keys = answer->own_count,
		.holder = answer->holder,
	};
	row->since = registration_since(&map->reservation, row->registration);
	row_count_paths(map, row);
}

/* A map that is gone meanwhile is left out. */
void key_command_show(struct command_call *call)
{
	const struct daemon_map *only = *call->arguments ? call_map(call) : NULL;
	const struct details *details = call->details;
	_cleanup_free_ struct mp_reservation_row *rows = NULL;
	size_t count = 0;

	if (call->failure)
		return;
	if (!details) {
		call_answer_later(call,
				  registrants_read(call->daemon, only, call->request, call->serve));
		return;
	}
	rows = calloc(details->registrant_count + 1, sizeof(*rows));
	if (!rows) {
		call_fail(call, "");
		return;
	}
	for (size_t i = 0; i < details->registrant_count; i++) {
		const struct registrants *answer = &details->registrants[i];
		const struct daemon_map *map =
			maps_find_wwid(&call->daemon->inventory, answer->wwid);

		if (map)
			row_fill(map, answer, &rows[count++]);
	}
	if (call->command->options & COMMAND_JSON)
		mp_show_reservations_json(rows, count, &call->reply);
	else
		mp_show_reservations(rows, count, &call->reply);
}
