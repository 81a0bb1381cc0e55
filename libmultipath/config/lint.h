/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * lint.h - what reads well and yet does nothing, or not what was meant.  For: config.
 *
 * A lint is a row with a function: one that looks at the whole configuration, at each section of
 * the files, or at each rule of the blacklists. All see what the files say, each section by itself,
 * before equal ones are merged. None looks at a device or a file. Together they take time that is
 * linear in the size of the files.
 */
#pragma once
#include "config/parser.h"

struct mp_linter {
	const struct mp_config *config;
	struct mp_diagnostics *diagnostics;
	/* a place that sets it, other than to 0 or "no"; NULL: none */
	const struct mp_setting *somewhere[MP_KEYS];
	size_t pairs; /* of rules and subjects that may still be compared */
	size_t names; /* of disks that rules may still be tried on */
	int error;
};

/* A lint has one of these. */
struct mp_lint {
	void (*whole)(struct mp_linter *linter);
	void (*section)(struct mp_linter *linter, enum mp_scope scope,
			const struct mp_section *section);
	void (*rule)(struct mp_linter *linter, enum mp_list list, enum mp_criterion criterion,
		     const struct mp_rule *rule);
};

/**
 * mp_config_lint() - tell what all of them find in @config, which is read but not merged. Return:
 * 0, -ENOMEM.
 */
int mp_config_lint(const struct mp_config *config, struct mp_diagnostics *diagnostics);

/** mp_lint_tell() - a warning at @where: a setting, a section or a rule */
#define mp_lint_tell(linter, where, ...) \
	mp_parser_report((linter)->diagnostics, MP_SEVERITY_WARNING, 1, \
			 mp_section_origin_name((linter)->config, (where)->file), (where)->line, \
			 (where)->column, __VA_ARGS__)

/** mp_lint_devnode() - a devnode rule that matches no disk */
void mp_lint_devnode(struct mp_linter *linter, enum mp_list list, enum mp_criterion criterion,
		     const struct mp_rule *rule);

/** mp_lint_rule_text() - a rule whose expression cannot match, or not what was probably meant */
void mp_lint_rule_text(struct mp_linter *linter, enum mp_list list, enum mp_criterion criterion,
		       const struct mp_rule *rule);
/** mp_lint_rule_reach() - a rule that matches everything, or more than was meant */
void mp_lint_rule_reach(struct mp_linter *linter, enum mp_list list, enum mp_criterion criterion,
			const struct mp_rule *rule);
/** mp_lint_exception_kind() - an exception from nothing */
void mp_lint_exception_kind(struct mp_linter *linter, enum mp_list list,
			    enum mp_criterion criterion, const struct mp_rule *rule);
/** mp_lint_cancelled_rules() - blacklist rules that exceptions cancel */
void mp_lint_cancelled_rules(struct mp_linter *linter);
/** mp_lint_blacklisted_maps() - values for a map that is blacklisted */
void mp_lint_blacklisted_maps(struct mp_linter *linter);
/** mp_lint_map_wwid() - a map's wwid that is written as an expression, or in another form */
void mp_lint_map_wwid(struct mp_linter *linter, enum mp_scope scope,
		      const struct mp_section *section);
/** mp_lint_device_match() - a device section that matches nothing */
void mp_lint_device_match(struct mp_linter *linter, enum mp_scope scope,
			  const struct mp_section *section);
/** mp_lint_misspelt_device() - a device section that nearly names an array of the built-in table */
void mp_lint_misspelt_device(struct mp_linter *linter, enum mp_scope scope,
			     const struct mp_section *section);
/** mp_lint_covered_devices() - a device section under a later one for all devices */
void mp_lint_covered_devices(struct mp_linter *linter);
