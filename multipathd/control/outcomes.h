/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* outcomes.h - what operations on a map have come to.  For: control/steps.c. */
#pragma once

struct device_job;
struct table_job;

/** outcomes_of_table(), outcomes_of_device() - as the jobs' ended() */
void outcomes_of_table(struct table_job *job);
void outcomes_of_device(struct device_job *job);
