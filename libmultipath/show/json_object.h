/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* json_object.h - build JSON with json-c.  For: show. */
#pragma once
#include <json-c/json.h>
#include <stddef.h>

struct mp_strbuf;

/**
 * mp_json_put() - add a member to an object
 * @value:	owned by the callee, also when it fails; NULL: out of memory
 *
 * Return: 0 or -ENOMEM.
 */
int mp_json_put(struct json_object *object, const char *key, struct json_object *value);
/** mp_json_append() - as mp_json_put(), to the end of an array */
int mp_json_append(struct json_object *array, struct json_object *value);

/** mp_json_new_text() - any bytes: see mp_json_text(). Return: NULL without memory. */
struct json_object *mp_json_new_text(const char *text);

/** mp_json_put_text() - as mp_json_put() of mp_json_new_text() */
int mp_json_put_text(struct json_object *object, const char *key, const char *text);

/**
 * mp_json_print() - append it for people and programs alike, and free it; failures are remembered
 * in @out
 */
void mp_json_print(struct json_object *object, struct mp_strbuf *out);
