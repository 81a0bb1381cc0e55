/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* settings.h - the configuration by which devices are claimed.  For: petition, libmpathvalid. */
#pragma once

struct mp_config;

/** settings_load() - read the files; diagnostics are logged. Return: as mp_config_load() */
int settings_load(struct mp_config **ret);
