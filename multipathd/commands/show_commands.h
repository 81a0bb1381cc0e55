/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * show_commands.h - handlers of the commands that print and change nothing.  For: the command
 * table.
 */
#pragma once

struct command_call;

/** show_command_paths() - "show paths": by the format of the row, or of the client; COMMAND_RAW */
void show_command_paths(struct command_call *call);

/** show_command_path() - "show path $path" */
void show_command_path(struct command_call *call);

/** show_command_maps() - "show maps": by the format of the row, or of the client; COMMAND_RAW */
void show_command_maps(struct command_call *call);

/** show_command_map() - "show map $map format $format" */
void show_command_map(struct command_call *call);

/** show_command_topology() - "show topology" */
void show_command_topology(struct command_call *call);

/** show_command_map_topology() - "show map $map topology" */
void show_command_map_topology(struct command_call *call);

/** show_command_maps_json() - "show maps json" */
void show_command_maps_json(struct command_call *call);

/** show_command_map_json() - "show map $map json" */
void show_command_map_json(struct command_call *call);

/** show_command_status() - "show status"; COMMAND_VERBOSE: with the state of the configuration */
void show_command_status(struct command_call *call);

/** show_command_daemon() - "show daemon" */
void show_command_daemon(struct command_call *call);

/** show_command_config() - "show config"; COMMAND_LOCAL: hardware and maps that are present only */
void show_command_config(struct command_call *call);

/** show_command_blacklist() - "show blacklist" */
void show_command_blacklist(struct command_call *call);

/** show_command_devices() - "show devices" */
void show_command_devices(struct command_call *call);

/** show_command_wildcards() - "show wildcards" */
void show_command_wildcards(struct command_call *call);

/** show_command_explain() - "explain $device"; COMMAND_JSON */
void show_command_explain(struct command_call *call);
