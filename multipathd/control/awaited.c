/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/awaited.h"

#include "multipathd/state/daemon.h"
#include "multipathd/state/inventory.h"
#include "multipathd/state/maps.h"
#include "multipathd/state/paths.h"

void awaited_begin(struct daemon_path *path)
{
	path->answered = false;
	path->inventory->unanswered++;
}

void awaited_again(struct daemon_path *path)
{
	if (path->answered && mp_path_state_is_active(path->answered_state))
		awaited_begin(path);
}

void awaited_priority(struct daemon_path *path)
{
	if (!path->inventory->options.check || path->path.checker_disabled ||
	    path->path.init != MP_INIT_OK || !mp_path_state_is_active(path->answered_state))
		return;
	path->path.priority = MP_PRIORITY_UNDEF;
	path->path.priority_awaited = path->prioritizer;
	path->asked_before = path->job;
	awaited_again(path);
}

void awaited_end(struct daemon_path *path)
{
	if (path->answered)
		return;
	path->answered = true;
	path->inventory->unanswered--;
	if (path->path.map)
		maps_touch(daemon_map_of(path->path.map), "path added");
	else if (!path->inventory->unanswered)
		inventory_wake(path->inventory);
}

void awaited_note_answer(struct daemon_path *path)
{
	if (!path->asked_before)
		awaited_end(path);
}

void awaited_end_all(struct daemon *daemon)
{
	struct mp_path *path;

	cds_list_for_each_entry(path, &daemon->inventory.paths, in_all) {
		daemon_path_of(path)->asked_before = false;
		awaited_end(daemon_path_of(path));
	}
}

void awaited_forget(struct daemon_path *path)
{
	/* Nothing waits for a path without udev's properties: it is not checked. */
	if (path->answered || path->path.init == MP_INIT_MISSING_UDEV)
		return;
	path->answered = true;
	path->inventory->unanswered--;
}
