/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/commands/commands.h"

#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/strbuf.h"
#include "kernel/claimant.h"
#include "multipathd/commands/call.h"
#include "multipathd/commands/daemon_commands.h"
#include "multipathd/commands/grammar.h"
#include "multipathd/commands/key_commands.h"
#include "multipathd/commands/lists.h"
#include "multipathd/commands/map_commands.h"
#include "multipathd/commands/path_commands.h"
#include "multipathd/commands/rulings.h"
#include "multipathd/commands/show_commands.h"
#include "multipathd/commands/shown.h"
#include "multipathd/commands/waiting.h"
#include "multipathd/control/intake.h"
#include "multipathd/control/geom_verbs.h"
#include "multipathd/loop/server.h"
#include "multipathd/state/daemon.h"
#include "show/listing.h"

/* In the order of the help text printed for an unknown word. */
static const struct command command_table[] = {
	{ "list|show paths", show_command_paths, .privilege = ANYBODY, .format = MP_FORMAT_PATHS },
	{ "list|show paths format $format", show_command_paths, .privilege = ANYBODY },
	{ "list|show paths raw format $format", show_command_paths, .privilege = ANYBODY,
	  .options = COMMAND_RAW },
	{ "list|show path $path", show_command_path, .privilege = ANYBODY },
	{ "list|show maps|multipaths", show_command_maps, .privilege = ANYBODY,
	  .format = MP_FORMAT_MAPS },
	{ "list|show status", show_command_status, .privilege = ANYBODY },
	{ "list|show status verbose", show_command_status, .privilege = ANYBODY,
	  .options = COMMAND_VERBOSE },
	{ "list|show daemon", show_command_daemon, .privilege = ANYBODY },
	{ "list|show maps|multipaths status", show_command_maps, .privilege = ANYBODY,
	  .format = MP_FORMAT_MAPS_STATUS },
	{ "list|show maps|multipaths stats", show_command_maps, .privilege = ANYBODY,
	  .format = MP_FORMAT_MAPS_STATS },
	{ "list|show maps|multipaths format $format", show_command_maps, .privilege = ANYBODY },
	{ "list|show maps|multipaths raw format $format", show_command_maps, .privilege = ANYBODY,
	  .options = COMMAND_RAW },
	{ "list|show maps|multipaths topology", show_command_topology, .privilege = ANYBODY,
	  .options = COMMAND_GROUPS },
	{ "list|show topology", show_command_topology, .privilege = ANYBODY,
	  .options = COMMAND_GROUPS },
	{ "list|show maps|multipaths json", show_command_maps_json, .privilege = ANYBODY,
	  .options = COMMAND_GROUPS },
	{ "list|show map|multipath $map topology", show_command_map_topology, .privilege = ANYBODY,
	  .options = COMMAND_GROUPS },
	{ "list|show map|multipath $map format $format", show_command_map, .privilege = ANYBODY },
	{ "list|show map|multipath $map raw format $format", show_command_map,
	  .privilege = ANYBODY },
	{ "list|show map|multipath $map json", show_command_map_json, .privilege = ANYBODY,
	  .options = COMMAND_GROUPS },
	{ "list|show config local", show_command_config, .privilege = ANYBODY,
	  .options = COMMAND_LOCAL },
	{ "list|show config", show_command_config, .privilege = ANYBODY },
	{ "list|show config diff", daemon_command_rehearse, .privilege = ROOT },
	{ "list|show config diff json", daemon_command_rehearse, .privilege = ROOT,
	  .options = COMMAND_JSON },
	{ "list|show blacklist", show_command_blacklist, .privilege = ANYBODY },
	{ "list|show devices", show_command_devices, .privilege = ANYBODY },
	{ "list|show wildcards", show_command_wildcards, .privilege = ANYBODY },
	{ "list|show reservations", key_command_show, .privilege = ROOT },
	{ "list|show reservations json", key_command_show, .privilege = ROOT,
	  .options = COMMAND_JSON },
	{ "list|show map|multipath $map reservations", key_command_show, .privilege = ROOT },
	{ "list|show map|multipath $map reservations json", key_command_show, .privilege = ROOT,
	  .options = COMMAND_JSON },
	{ "explain $device", show_command_explain, .privilege = ANYBODY },
	{ "explain $device json", show_command_explain, .privilege = ANYBODY,
	  .options = COMMAND_JSON },
	{ "reset maps|multipaths stats", map_command_reset_all_stats, .privilege = ROOT },
	{ "reset map|multipath $map stats", map_command_reset_stats, .privilege = ROOT },
	{ "add path $path", path_command_add, .privilege = ROOT },
	{ "remove|del path $path", path_command_remove, .privilege = ROOT },
	{ "add map|multipath $map", map_command_add, .privilege = ROOT },
	{ "remove|del map|multipath $map", map_command_remove, .privilege = ROOT },
	{ "remove|del maps|multipaths", map_command_remove_all, .privilege = ROOT },
	{ "switch|switchgroup map|multipath $map group $group", map_command_switch_group,
	  .privilege = ROOT },
	{ "check config", daemon_command_check_config, .privilege = ROOT },
	{ "check config json", daemon_command_check_config, .privilege = ROOT,
	  .options = COMMAND_JSON },
	{ "reconfigure", daemon_command_reconfigure, .privilege = ROOT },
	{ "reconfigure all", daemon_command_reconfigure, .privilege = ROOT,
	  .options = COMMAND_ALL },
	{ "reconfigure --dry-run", daemon_command_rehearse, .privilege = ROOT },
	{ "reconfigure --dry-run json", daemon_command_rehearse, .privilege = ROOT,
	  .options = COMMAND_JSON },
	{ "reconfigure all --dry-run", daemon_command_rehearse, .privilege = ROOT,
	  .options = COMMAND_ALL },
	{ "suspend map|multipath $map", map_command_suspend, .privilege = ROOT },
	{ "resume map|multipath $map", map_command_suspend, .privilege = ROOT,
	  .options = COMMAND_UNDO },
	{ "resize map|multipath $map", map_command_resize, .privilege = ROOT },
	{ "reload map|multipath $map", map_command_reload, .privilege = ROOT },
	{ "reset map|multipath $map", map_command_reassign, .privilege = ROOT },
	{ "reinstate path $path", path_command_reinstate, .privilege = ROOT },
	{ "fail path $path", path_command_fail, .privilege = ROOT },
	{ "disablequeueing map|multipath $map", map_command_disable_queueing, .privilege = ROOT },
	{ "restorequeueing map|multipath $map", map_command_disable_queueing, .privilege = ROOT,
	  .options = COMMAND_UNDO },
	{ "disablequeueing maps|multipaths", map_command_disable_all_queueing, .privilege = ROOT },
	{ "restorequeueing maps|multipaths", map_command_disable_all_queueing, .privilege = ROOT,
	  .options = COMMAND_UNDO },
	{ "quit|exit", daemon_command_quit, .privilege = ROOT },
	{ "shutdown", daemon_command_shutdown, .privilege = ROOT },
	{ "getprstatus map|multipath $map", key_command_get_registered, .privilege = ROOT },
	{ "setprstatus map|multipath $map", key_command_register, .privilege = ROOT },
	{ "setprstatus map|multipath $map pathlist $pathlist", key_command_register,
	  .privilege = ROOT },
	{ "unsetprstatus map|multipath $map", key_command_unregister, .privilege = ROOT },
	{ "unsetprstatus map|multipath $map pathlist $pathlist", key_command_unregister,
	  .privilege = ROOT },
	{ "forcequeueing daemon", daemon_command_force_queueing, .privilege = ROOT },
	{ "restorequeueing daemon", daemon_command_force_queueing, .privilege = ROOT,
	  .options = COMMAND_UNDO },
	{ "getprkey map|multipath $map", key_command_get, .privilege = ROOT },
	{ "setprkey map|multipath $map key $key", key_command_set, .privilege = ROOT },
	{ "unsetprkey map|multipath $map", key_command_unset, .privilege = ROOT },
	{ "setmarginal path $path", path_command_mark_marginal, .privilege = ROOT },
	{ "unsetmarginal path $path", path_command_mark_marginal, .privilege = ROOT,
	  .options = COMMAND_UNDO },
	{ "unsetmarginal map|multipath $map", map_command_clear_marginal, .privilege = ROOT },
	{ "getprhold map|multipath $map", key_command_get_held, .privilege = ROOT },
	{ "setprhold map|multipath $map", key_command_set_held, .privilege = ROOT },
	{ "unsetprhold map|multipath $map", key_command_set_held, .privilege = ROOT,
	  .options = COMMAND_UNDO },
};

const struct command *commands_table(size_t *count)
{
	*count = ARRAY_SIZE(command_table);
	return command_table;
}

/* "@notes VERBOSITY", or -1 for the configured one. */
static bool serve_notes(struct daemon *daemon, const char *text, struct mp_strbuf *reply)
{
	int verbosity;

	if (sscanf(text, "@notes %d", &verbosity) != 1)
		return false;
	mp_strbuf_puts(reply, "notes\n");
	intake_print_notes(daemon, verbosity < 0 ? daemon->inventory.process->verbosity : verbosity,
			   reply);
	return true;
}

static void serve(struct daemon *daemon, const struct request *request,
		  const struct details *details)
{
	struct command_call call = {
		.daemon = daemon, .request = request, .details = details, .serve = serve
	};
	struct command_line line;
	enum grammar_result result;

	if (lists_asked(request->text) && shown_has_foreign(&daemon->inventory) && !details &&
	    details_read(daemon, DETAILS_FOREIGN, request, serve) == 0)
		return;
	if (lists_asked(request->text) && lists_serve(daemon, request->text, details, &call.reply))
		goto reply;
	if (!strncmp(request->text, "@notes ", 7) && request->is_root &&
	    serve_notes(daemon, request->text, &call.reply))
		goto reply;
	if (!strncmp(request->text, MP_CLAIMANT_WORD, strlen(MP_CLAIMANT_WORD)) &&
	    request->is_root && rulings_serve(daemon, request->text, &call.reply))
		goto reply;

	if (request->is_root && geom_verbs_serve(daemon, request->id, request->text))
		return;

	result = grammar_parse(command_table, ARRAY_SIZE(command_table), request->text, &line);
	if (result != GRAMMAR_OK) {
		grammar_error(result, command_table, ARRAY_SIZE(command_table), request->text,
			      &call.reply);
		goto reply;
	}
	if (line.command->privilege == ROOT && !request->is_root) {
		mp_strbuf_puts(&call.reply, "fail\npermission deny: need to be root\n");
		goto reply;
	}
	log_debug("command: %s", request->text);
	call.command = line.command;
	call.arguments = line.arguments;
	line.command->handler(&call);
	if (call.postponed && !waiting_postpone(daemon, request, serve))
		call.failure = "";
	if (call.deferred || (call.postponed && !call.failure)) {
		mp_strbuf_fini(&call.reply);
		return;
	}
	if (call.failure) {
		mp_strbuf_clear(&call.reply);
		mp_strbuf_printf(&call.reply, "fail\n%s%s", call.failure,
				 *call.failure ? "\n" : "");
	} else if (!call.reply.length) {
		mp_strbuf_puts(&call.reply, "ok\n");
	}
reply:
	if (call.reply.error)
		server_reply(daemon->server, request->id, "fail\n", strlen("fail\n"));
	else
		server_reply(daemon->server, request->id, call.reply.text, call.reply.length);
	mp_strbuf_fini(&call.reply);
}

static bool shows_groups(const char *text)
{
	struct command_line line;

	if (lists_asked(text))
		return true;
	return grammar_parse(command_table, ARRAY_SIZE(command_table), text, &line) == GRAMMAR_OK &&
	       line.command->options & COMMAND_GROUPS;
}

void commands_serve(void *userdata, const struct request *request)
{
	struct daemon *daemon = userdata;

	if (!shows_groups(request->text) || !waiting_for_look(daemon, request, serve))
		serve(daemon, request, NULL);
}
