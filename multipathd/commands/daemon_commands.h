/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* daemon_commands.h - handlers of the commands that act on the daemon.  For: the command table. */
#pragma once

struct command_call;

/**
 * daemon_command_force_queueing() - "forcequeueing daemon"; COMMAND_UNDO: "restorequeueing daemon"
 */
void daemon_command_force_queueing(struct command_call *call);

/** daemon_command_reconfigure() - "reconfigure"; COMMAND_ALL: load all tables again */
void daemon_command_reconfigure(struct command_call *call);

/** daemon_command_rehearse() - "reconfigure --dry-run"; COMMAND_ALL, COMMAND_JSON */
void daemon_command_rehearse(struct command_call *call);

/** daemon_command_check_config() - "check config", of the files as they are now; COMMAND_JSON */
void daemon_command_check_config(struct command_call *call);

/** daemon_command_quit() - "quit": for a client that expects an answer to it */
void daemon_command_quit(struct command_call *call);

/** daemon_command_shutdown() - "shutdown": end the daemon */
void daemon_command_shutdown(struct command_call *call);
