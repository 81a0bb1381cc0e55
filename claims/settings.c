/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "claims/settings.h"

#include "base/log.h"
#include "config/config.h"

static void on_diagnostic(void *userdata, enum mp_severity severity, int level, const char *text)
{
	(void)userdata;
	(void)severity;
	log_line(level, "%s", text);
}

int settings_load(struct mp_config **ret)
{
	const struct mp_config_source source = {
		.file = CONFIG_FILE,
		.dir = CONFIG_DIR,
		.verbosity = -1,
		.diagnostic = on_diagnostic,
	};

	return mp_config_load(&source, ret);
}
