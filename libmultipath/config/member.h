/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * member.h - put the value of a keyword into the member of the settings that takes it.  For:
 * config.
 */
#pragma once

struct mp_member;
struct mp_setting;

/**
 * mp_member_set() - store a value as it is
 * @setting:	NULL: there is none; the member becomes 0 or NULL
 * @settings:	of the kind that @member->home names
 */
void mp_member_set(const struct mp_member *member, const struct mp_setting *setting,
		   void *settings);
