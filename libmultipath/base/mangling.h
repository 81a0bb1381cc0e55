/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * mangling.h - names of dm devices as libdevmapper has the kernel keep them: what udev would not
 * take is \xNN.  For: every room.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

/** mp_mangling_encode() - @ret: of @size bytes. Return: 0, -ENAMETOOLONG. */
int mp_mangling_encode(const char *name, char *ret, size_t size);

/** mp_mangling_decode() - undone, in place */
void mp_mangling_decode(char *text);

/**
 * mp_mangling_can_name() - true if a dm device can have that name and udev gives its node the same
 */
bool mp_mangling_can_name(const char *name);
