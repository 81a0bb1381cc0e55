/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * difference.h - whether the kernel's table is good enough or the wanted one must be loaded.
 * For: reconcile, tests.
 */
#pragma once
#include <stdbool.h>

struct mp_strbuf;
struct mp_table;

/**
 * mp_difference_find() - first row in which two tables do not mean the same
 * @current:	as the kernel shows it
 * @wanted:	with the same selector in each group
 * @retain_handler:	a handler that is attached is as good as the wanted one
 *
 * Neither the order of paths and groups nor the start group nor queue_if_no_path is a difference,
 * nor is what the kernel does not show as it was loaded.
 * Return: constant text, NULL if there is no difference.
 */
const char *mp_difference_find(const struct mp_table *current, const struct mp_table *wanted,
			       bool retain_handler);

/** mp_difference_is_grouping() - the groups are all that differs */
bool mp_difference_is_grouping(const struct mp_table *current, const struct mp_table *wanted,
			       bool retain_handler);

/**
 * mp_difference_format() - append that row with both values: "features 0 -> 1
 * pg_init_retries"; nothing if there is none
 */
void mp_difference_format(const struct mp_table *current, const struct mp_table *wanted,
			  bool retain_handler, struct mp_strbuf *buf);
