/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * notes.h - what multipathd knows of a map's registration and reservation, for paths that join the
 * map or work again later.  For: libmpathpersist.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct mp_prkey;
struct target;

/** notes_write_key() - in the prkeys file; @key->key 0: remove it. Return: 0, negative errno */
int notes_write_key(const struct target *target, const struct mp_prkey *key);

/**
 * notes_take_registration() - the paths with code 0 are registered; @registered false: no longer,
 * on purpose, and others are to be unregistered when they work. Return: 0, negative errno
 */
int notes_take_registration(const struct target *target, bool registered);

/** notes_take_clearing() - no path of any host is registered. Return: 0, negative errno */
int notes_take_clearing(const struct target *target);

/**
 * notes_lack_registration() - true if multipathd says that the map is not registered: after
 * notes_take_registration(), that the array does not have the key which multipathd knows
 */
bool notes_lack_registration(const struct target *target);

/** notes_has_reservation() - true if multipathd knows that this map holds it */
bool notes_has_reservation(const struct target *target);

/** notes_take_reservation() - this map holds the reservation, or does not. */
void notes_take_reservation(const struct target *target, bool held);
