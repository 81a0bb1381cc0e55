/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/commands/key_commands.h"

#include "multipathd/commands/call.h"
#include "multipathd/commands/grammar.h"
#include "multipathd/control/reservations.h"
#include "multipathd/loop/server.h"
#include "multipathd/state/maps.h"

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
		reservations_forget(map);
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
