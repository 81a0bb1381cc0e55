/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * survey.h - what a look at the kernel's maps has found becomes what is known of them.  For: the
 * daemon's loop.
 */
#pragma once
struct look_job;

/** survey_take() - of looks_new(): a look is over */
void survey_take(struct look_job *job);
