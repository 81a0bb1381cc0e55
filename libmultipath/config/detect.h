/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * detect.h - what the device itself says about its checker and prioritizer.  Pure.  For: programs.
 */
#pragma once

#include "model/path.h"
#include "model/settings.h"

struct mp_trace;

/**
 * mp_detect_checker() - name of the checker to use: detected, else configured
 * @trace:	rows of mp_config_trace_path_settings(), to be corrected; NULL: none
 */
const char *mp_detect_checker(const struct mp_path_settings *settings,
			      const struct mp_identity *identity, struct mp_trace *trace);

/** mp_detect_prioritizer() - the same of the prioritizer */
const char *mp_detect_prioritizer(const struct mp_path_settings *settings,
				  const struct mp_identity *identity, struct mp_trace *trace);
