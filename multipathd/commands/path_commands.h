/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* path_commands.h - handlers of the commands that act on paths.  For: the command table. */
#pragma once

struct command_call;

/** path_command_add() - "add path $path": add a disk that the kernel has */
void path_command_add(struct command_call *call);

/** path_command_remove() - "remove path $path": forget it, and take it out of its map */
void path_command_remove(struct command_call *call);

/** path_command_fail() - "fail path $path": not checked until it is reinstated */
void path_command_fail(struct command_call *call);

/** path_command_reinstate() - "reinstate path $path": undo the above, if the path is good */
void path_command_reinstate(struct command_call *call);

/** path_command_mark_marginal() - "setmarginal path $path"; COMMAND_UNDO: "unsetmarginal" */
void path_command_mark_marginal(struct command_call *call);
