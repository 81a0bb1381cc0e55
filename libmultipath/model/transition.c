/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/transition.h"

/* What a path is to the table of transitions. */
static bool is_new(enum mp_path_state state)
{
	return state == MP_PATH_UNCHECKED || state == MP_PATH_WILD || state == MP_PATH_PENDING;
}

static void take_good(struct mp_transition *t, enum mp_path_state old, enum mp_dm_state dm,
		      bool in_map, bool proven)
{
	if (t->changed) {
		t->came_up = !mp_path_state_is_active(old);
		t->reinstate = in_map && proven;
		t->check_soon = true;
	} else if (in_map && dm != MP_DM_ACTIVE) {
		t->reinstate = proven;
	} else {
		t->check_later = true;
	}
}

static void take_bad(struct mp_transition *t, enum mp_path_state old, enum mp_dm_state dm,
		     bool in_map)
{
	t->check_soon = true;
	if (old == MP_PATH_DELAYED)
		return; /* the kernel has been told */
	t->went_down = mp_path_state_is_active(old);
	if (t->changed && !is_new(old)) {
		t->fail = in_map;
		t->count_failure = true;
	} else {
		t->fail = in_map && dm != MP_DM_FAILED;
	}
}

struct mp_transition mp_transition_make(enum mp_path_state old, enum mp_path_state answer,
					enum mp_dm_state dm, bool in_map, bool proven)
{
	struct mp_transition t = { .state = old };

	switch (answer) {
	case MP_PATH_PENDING:
		t.retry_at_once = true;
		/* Only a path without an answer so far shows that it waits for one. */
		if (old == MP_PATH_UNCHECKED)
			t.state = MP_PATH_PENDING;
		return t;
	case MP_PATH_REMOVED:
	case MP_PATH_DISCONNECTED:
		/* Until the event of its removal comes, it is a path that does not answer. */
		answer = MP_PATH_DOWN;
		break;
	case MP_PATH_DELAYED:
		t.state = answer;
		t.changed = answer != old;
		t.fail = in_map && dm != MP_DM_FAILED;
		t.went_down = mp_path_state_is_active(old);
		t.check_soon = true;
		return t;
	case MP_PATH_UP:
	case MP_PATH_GHOST:
	case MP_PATH_DOWN:
	case MP_PATH_SHAKY:
	case MP_PATH_TIMEOUT:
		break;
	default:
		return t;
	}

	t.state = answer;
	t.changed = answer != old;
	if (mp_path_state_is_active(answer))
		take_good(&t, old, dm, in_map, proven);
	else
		take_bad(&t, old, dm, in_map);
	return t;
}

int mp_transition_sync(enum mp_path_state state, bool proven, enum mp_dm_state dm)
{
	if (mp_path_state_is_active(state))
		return dm == MP_DM_FAILED && proven ? 1 : 0;
	if (state == MP_PATH_DOWN || state == MP_PATH_SHAKY || state == MP_PATH_TIMEOUT)
		return dm == MP_DM_ACTIVE ? -1 : 0;
	return 0;
}

bool mp_transition_may_reinstate(enum mp_path_state state, enum mp_tpgs tpgs,
				 unsigned others_active)
{
	return state != MP_PATH_GHOST || tpgs != MP_TPGS_IMPLICIT || others_active;
}

unsigned mp_transition_next_interval(unsigned current, const struct mp_transition *transition,
				     unsigned min, unsigned max)
{
	unsigned next = current;

	if (transition->check_soon)
		next = min;
	else if (transition->check_later && __builtin_mul_overflow(current, 2u, &next))
		next = max;
	if (next > max)
		next = max;
	return next < min ? min : next;
}
