/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * survey.h - what a look at the kernel's maps has found becomes what is known of them.  For: the
 * daemon's loop.
 */
#pragma once
struct daemon_map;
struct look_job;
struct look_map;

/* What a look says of a map. */
enum survey_verdict {
	SURVEY_NOTHING, /* neither known nor in the kernel; or as before */
	SURVEY_BUSY, /* its table is being changed: what was read may be older than that */
	SURVEY_OUTDATED, /* its table was changed after the look began */
	SURVEY_FOUND, /* a map that the kernel has, and that was not known */
	SURVEY_GONE,
	SURVEY_READ, /* its table or its states are to be compared */
};

/** survey_judge() - @map: of the same WWID, NULL: none. Nothing is done. */
enum survey_verdict survey_judge(const struct daemon_map *map, const struct look_map *look);

/** survey_take() - of looks_new(): a look is over */
void survey_take(struct look_job *job);
