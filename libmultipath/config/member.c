/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config/member.h"

#include <string.h>

#include "config/types.h"

static void set_number(const struct mp_member *member, int64_t number, char *settings)
{
	bool flag = number;
	int32_t narrow = number;

	if (member->size == sizeof(flag))
		memcpy(settings + member->offset, &flag, sizeof(flag));
	else if (member->size == sizeof(narrow))
		memcpy(settings + member->offset, &narrow, sizeof(narrow));
	else
		memcpy(settings + member->offset, &number, sizeof(number));
}

void mp_member_set(const struct mp_member *member, const struct mp_setting *setting, void *settings)
{
	const char *text = setting ? setting->text : NULL;
	bool has = setting;

	if (member->is_text)
		memcpy((char *)settings + member->offset, &text, sizeof(text));
	else
		set_number(member, setting ? setting->number : 0, settings);
	if (member->has_offset)
		memcpy((char *)settings + member->has_offset, &has, sizeof(has));
}
