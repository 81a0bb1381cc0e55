/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "show/json_object.h"

#include <errno.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "show/json.h"

int mp_json_put(struct json_object *object, const char *key, struct json_object *value)
{
	if (value && json_object_object_add(object, key, value) == 0)
		return 0;
	json_object_put(value);
	return -ENOMEM;
}

int mp_json_append(struct json_object *array, struct json_object *value)
{
	if (value && json_object_array_add(array, value) == 0)
		return 0;
	json_object_put(value);
	return -ENOMEM;
}

struct json_object *mp_json_new_text(const char *text)
{
	_cleanup_strbuf_ struct mp_strbuf clean = MP_STRBUF_INIT;

	mp_json_text(text, &clean);
	return clean.error ? NULL : json_object_new_string(mp_strbuf_text(&clean));
}

int mp_json_put_text(struct json_object *object, const char *key, const char *text)
{
	return mp_json_put(object, key, mp_json_new_text(text));
}

void mp_json_print(struct json_object *object, struct mp_strbuf *out)
{
	const char *text =
		json_object_to_json_string_ext(object, JSON_C_TO_STRING_PRETTY |
							       JSON_C_TO_STRING_NOSLASHESCAPE);

	if (text)
		mp_strbuf_printf(out, "%s\n", text);
	else
		out->error = -ENOMEM;
	json_object_put(object);
}
