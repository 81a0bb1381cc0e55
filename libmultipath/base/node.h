/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* node.h - names of devices as commands and files have them.  For: everyone. */
#pragma once

#define MP_NODE_MAPPER "/dev/mapper/"

/** mp_node_name() - Return: @text without a leading /dev/mapper/ or /dev/; borrowed from @text. */
const char *mp_node_name(const char *text);
