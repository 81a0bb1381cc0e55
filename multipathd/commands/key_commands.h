/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * key_commands.h - handlers of the commands for persistent reservations.  For: the command table.
 */
#pragma once

struct command_call;

/** key_command_show() - "show reservations [json]", "show map $map reservations [json]" */
void key_command_show(struct command_call *call);

/** key_command_get_registered() - "getprstatus map $map" */
void key_command_get_registered(struct command_call *call);

/** key_command_register() - "setprstatus map $map [pathlist $pathlist]" */
void key_command_register(struct command_call *call);

/** key_command_unregister() - "unsetprstatus map $map [pathlist $pathlist]" */
void key_command_unregister(struct command_call *call);

/** key_command_get() - "getprkey map $map" */
void key_command_get(struct command_call *call);

/** key_command_set() - "setprkey map $map key $key" */
void key_command_set(struct command_call *call);

/** key_command_unset() - "unsetprkey map $map" */
void key_command_unset(struct command_call *call);

/** key_command_get_held() - "getprhold map $map" */
void key_command_get_held(struct command_call *call);

/** key_command_set_held() - "setprhold map $map"; COMMAND_UNDO: "unsetprhold map $map" */
void key_command_set_held(struct command_call *call);
