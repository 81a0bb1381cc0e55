/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * outcomes.h - results of operations on maps.  For: control/steps.c.
 */
#pragma once
#include <stdbool.h>

#include "model/map.h"

struct device_job;
struct table_job;

enum outcome_fault {
	OUTCOME_NO_FAULT,
	OUTCOME_CALLED_OFF, /* canceled: the identity of a path of the new table came into doubt */
	OUTCOME_LOCKED, /* another program has locked a path */
	OUTCOME_FAILED,
};

enum outcome_retry { OUTCOME_RETRY_NONE, OUTCOME_RETRY_SOON, OUTCOME_RETRY_LATER };

/* What follows from the end of an operation on a map's table. */
struct table_outcome {
	enum outcome_fault fault;
	enum outcome_retry retry; /* as in control/retries.h */
	bool loaded; /* the kernel has a new table */
	bool gone; /* the device no longer exists in the kernel */
	enum mp_map_action action; /* unless there is a fault */
	const char *mark; /* reason for reconciling the map again, constant; NULL: none */
	const char
		*reply; /* to requests that wait for the map, constant; NULL: they keep waiting */
};

/**
 * outcomes_judge_table() - from the job alone; changes nothing
 * @reports_changes:	as in struct inventory_options
 */
struct table_outcome outcomes_judge_table(const struct table_job *job, bool reports_changes);

/** outcomes_of_table(), outcomes_of_device() - ended() callbacks of the jobs */
void outcomes_of_table(struct table_job *job);
void outcomes_of_device(struct device_job *job);
