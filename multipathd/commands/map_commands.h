/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* map_commands.h - handlers of the commands that act on maps.  For: the command table. */
#pragma once

struct command_call;

/** map_command_reset_all_stats() - "reset maps stats" */
void map_command_reset_all_stats(struct command_call *call);

/** map_command_reset_stats() - "reset map $map stats" */
void map_command_reset_stats(struct command_call *call);

/** map_command_add() - "add map $map": by name, alias or WWID, also one that was removed by hand */
void map_command_add(struct command_call *call);

/** map_command_remove() - "remove map $map": refused while it is in use */
void map_command_remove(struct command_call *call);

/** map_command_remove_all() - "remove maps": every multipath map of the kernel */
void map_command_remove_all(struct command_call *call);

/** map_command_switch_group() - "switchgroup map $map group $group": groups count from 1 */
void map_command_switch_group(struct command_call *call);

/** map_command_suspend() - "suspend map $map"; COMMAND_UNDO: "resume map $map" */
void map_command_suspend(struct command_call *call);

/** map_command_resize() - "resize map $map": to the current size of all its paths */
void map_command_resize(struct command_call *call);

/** map_command_reload() - "reload map $map": even if nothing differs */
void map_command_reload(struct command_call *call);

/** map_command_reassign() - "reset map $map": devices stacked on its paths are moved to it */
void map_command_reassign(struct command_call *call);

/** map_command_clear_marginal() - "unsetmarginal map $map": no path of it is marginal any longer */
void map_command_clear_marginal(struct command_call *call);

/** map_command_disable_queueing() - "disablequeueing map $map"; COMMAND_UNDO: "restorequeueing" */
void map_command_disable_queueing(struct command_call *call);

/** map_command_disable_all_queueing() - "disablequeueing maps"; COMMAND_UNDO: "restorequeueing" */
void map_command_disable_all_queueing(struct command_call *call);
