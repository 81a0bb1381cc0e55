/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * samples.h - reads that measure how often a path fails (marginal_path_*).  For: the daemon's loop.
 */
#pragma once

struct daemon_path;
struct samples;

/* The result. */
typedef void (*samples_ended_fn)(struct daemon_path *path, unsigned ios, unsigned errors);

/** samples_start() - read for @duration_sec, then call @ended. Return: 0, negative errno. */
int samples_start(struct daemon_path *path, unsigned duration_sec, samples_ended_fn ended);

/**
 * samples_stop() - stop counting; reads in progress are ignored. Harmless if the path is not
 * sampled.
 */
void samples_stop(struct daemon_path *path);

/** samples_free() - free daemon->samples when the pool has ended. Return: NULL. */
struct samples *samples_free(struct samples *samples);
