/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * survey.h - takes over what was read from the kernel's maps.  For: the
 * daemon's loop.
 */
#pragma once
struct daemon_map;
struct look_map;
struct look_takers;

/* What was read of a map. */
enum survey_verdict {
	SURVEY_NOTHING, /* neither known nor in the kernel; or unchanged */
	SURVEY_BUSY, /* its table or states are being changed: what was read may be older */
	SURVEY_OUTDATED, /* they were changed after reading began: it is read again */
	SURVEY_FOUND, /* an unknown map in the kernel */
	SURVEY_GONE,
	SURVEY_READ, /* its table or its states must be compared */
};

/** survey_judge() - @map: with the same WWID, NULL if none; changes nothing */
enum survey_verdict survey_judge(const struct daemon_map *map, const struct look_map *look);

/** survey_takers - for looks_new() */
extern const struct look_takers survey_takers;
