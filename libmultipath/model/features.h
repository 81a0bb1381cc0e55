/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * features.h - the feature words of a multipath table, "1 queue_if_no_path".  For: reconcile,
 * config, tests.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

/* How the kernel's map takes I/O; a map keeps its mode for life. */
enum mp_queue_mode { MP_QUEUE_MODE_UNDECIDED, MP_QUEUE_MODE_REQUEST, MP_QUEUE_MODE_BIO };

/** mp_features_mode() - mode that the features ask for; UNDECIDED without (valid) queue_mode */
enum mp_queue_mode mp_features_mode(const char *features);

/**
 * mp_features_make() - features of a table to be loaded
 * @configured:	with or without count; queue_if_no_path, retain_attached_hw_handler and what the
 *		kernel refuses are left out
 * @mode:	the map's; a different configured mode yields to it
 * @queue:	append queue_if_no_path
 * @ret:	"N word...", caller frees
 *
 * Return: 0 or -ENOMEM.
 */
int mp_features_make(const char *configured, enum mp_queue_mode mode, bool queue, char **ret);

/**
 * mp_features_equal() - true if two tables' features mean the same
 *
 * Order does not count, nor does what the kernel does not show: queue_mode rq and mq,
 * retain_attached_hw_handler. queue_if_no_path is not compared.
 */
bool mp_features_equal(const char *a, const char *b);

/* A word of features that is not as dm-mpath takes it; texts are not terminated. */
struct mp_feature_flaw {
	const char *name, *argument;
	size_t length, argument_length; /* of the argument 0: there is none */
};

/**
 * mp_features_next_flaw() - find the next word that dm-mpath does not know, or whose argument it
 * does not take
 * @at:	features with or without count at first; moves behind what was found
 *
 * Return: false at the end.
 */
bool mp_features_next_flaw(const char **at, struct mp_feature_flaw *ret);

/**
 * mp_feature_limits() - Return: what the argument has to be, for messages; NULL if the kernel has
 * no such feature
 */
const char *mp_feature_limits(const struct mp_feature_flaw *flaw);
