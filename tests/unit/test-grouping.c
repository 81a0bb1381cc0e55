/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "model/grouping.h"

enum { PATHS_MAX = 16 };

/* What grouping looks at; paths are called a, b, c, ... */
struct fact {
	enum mp_path_state state;
	int priority;
	bool marginal, wrong_wwid, was_active;
	const char *serial, *node, *adapter;
	int tpg, host;
	enum mp_protocol protocol;
};

static size_t make_paths(const struct fact *facts, size_t count, struct mp_path *paths,
			 const struct mp_path **pointers)
{
	memset(paths, 0, PATHS_MAX * sizeof(*paths));
	for (size_t i = 0; i < count; i++) {
		struct mp_identity *identity = &paths[i].identity;

		identity->name[0] = 'a' + i;
		mp_path_identity_forget_texts(identity);
		if (facts[i].serial)
			identity->serial = facts[i].serial;
		if (facts[i].node)
			identity->target_wwnn = facts[i].node;
		if (facts[i].adapter)
			identity->adapter = facts[i].adapter;
		identity->tpg = facts[i].tpg;
		identity->address.host = facts[i].host;
		identity->protocol = facts[i].protocol;
		paths[i].state = facts[i].state ? facts[i].state : MP_PATH_UP;
		paths[i].priority = facts[i].priority;
		paths[i].marginal = facts[i].marginal;
		paths[i].wrong_wwid = facts[i].wrong_wwid;
		paths[i].was_active = facts[i].was_active;
		pointers[i] = &paths[i];
	}
	return count;
}

/* @expected: "ab* c", paths of each group, a star after the best one */
static void expect(enum mp_grouping grouping, const struct fact *facts, size_t count, bool marginal,
		   const char *selector, const char *expected)
{
	_cleanup_(mp_grouping_fini) struct mp_wanted_groups groups = { 0 };
	_cleanup_strbuf_ struct mp_strbuf buf = MP_STRBUF_INIT;
	const struct mp_path *pointers[PATHS_MAX];
	struct mp_path paths[PATHS_MAX];

	make_paths(facts, count, paths, pointers);
	assert_int_equal(mp_grouping_make(grouping, pointers, count, marginal, selector, &groups),
			 0);
	for (size_t i = 0; i < groups.count; i++) {
		if (i)
			mp_strbuf_putc(&buf, ' ');
		for (size_t j = 0; j < groups.groups[i].path_count; j++)
			mp_strbuf_puts(&buf, mp_path_name(groups.groups[i].paths[j]));
		if (i + 1 == groups.best)
			mp_strbuf_putc(&buf, '*');
	}
	assert_string_equal(mp_strbuf_text(&buf), expected);
}

static void each_policy_groups_by_its_criterion(void **state)
{
	static const struct fact facts[] = {
		{ .priority = 1, .serial = "x", .node = "n1", .tpg = 1 },
		{ .priority = 2, .serial = "x", .node = "n2", .tpg = 1 },
		{ .priority = 1, .serial = "y", .node = "n2", .tpg = 2 },
		{ .priority = 2, .serial = "y", .node = "n1", .tpg = 1 },
	};
	static const struct {
		enum mp_grouping grouping;
		const char *name, *expected;
	} rows[] = {
		{ MP_GROUPING_FAILOVER, "failover", "b* d a c" },
		{ MP_GROUPING_MULTIBUS, "multibus", "abcd*" },
		{ MP_GROUPING_BY_SERIAL, "group_by_serial", "ab* cd" },
		{ MP_GROUPING_BY_PRIO, "group_by_prio", "bd* ac" },
		{ MP_GROUPING_BY_NODE_NAME, "group_by_node_name", "ad* bc" },
		{ MP_GROUPING_BY_TPG, "group_by_tpg", "abd* c" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_string_equal(mp_grouping_name(rows[i].grouping), rows[i].name);
		expect(rows[i].grouping, facts, ARRAY_SIZE(facts), false, "service-time 0",
		       rows[i].expected);
	}
	assert_string_equal(mp_grouping_name(77), "undef");
}

static void no_paths_make_no_groups(void **state)
{
	(void)state;
	expect(MP_GROUPING_MULTIBUS, NULL, 0, true, "service-time 0", "");
	assert_int_equal(mp_grouping_best(NULL, 0), 0);
}

static void order_is_by_priority_then_by_active_paths_then_as_found(void **state)
{
	static const struct {
		struct fact facts[6];
		size_t count;
		const char *expected;
	} rows[] = {
		{ { { .tpg = 1, .priority = 1 },
		    { .tpg = 2, .priority = 1 },
		    { .tpg = 3, .priority = 1 } },
		  3,
		  "a* b c" },
		{ { { .tpg = 1, .priority = 1 },
		    { .tpg = 2, .priority = 3 },
		    { .tpg = 3, .priority = 2 } },
		  3,
		  "b* c a" },
		{ { { .tpg = 1, .priority = 1 },
		    { .tpg = 2, .priority = 1 },
		    { .tpg = 2, .priority = 1 } },
		  3,
		  "bc* a" },
		/* more usable paths win, not more paths */
		{ { { .tpg = 1, .priority = 1 },
		    { .tpg = 2, .priority = 1 },
		    { .tpg = 2, .priority = 1, .state = MP_PATH_DOWN } },
		  3,
		  "a* bc" },
		/* a path whose check is late is what it was */
		{ { { .tpg = 1, .priority = 3, .state = MP_PATH_PENDING, .was_active = true },
		    { .tpg = 2, .priority = 1 } },
		  2,
		  "a* b" },
		{ { { .tpg = 1, .priority = 3, .state = MP_PATH_PENDING },
		    { .tpg = 2, .priority = 1 } },
		  2,
		  "b* a" },
		{ { { .tpg = 1, .priority = 3, .state = MP_PATH_DOWN, .was_active = true },
		    { .tpg = 2, .priority = 1 } },
		  2,
		  "b* a" },
		/* the priority is the average of the usable paths, as an integer */
		{ { { .tpg = 1, .priority = 2 },
		    { .tpg = 2, .priority = 1 },
		    { .tpg = 2, .priority = 4 } },
		  3,
		  "bc* a" },
		{ { { .tpg = 1, .priority = 3 },
		    { .tpg = 2, .priority = 9, .state = MP_PATH_DOWN },
		    { .tpg = 2, .priority = 1 } },
		  3,
		  "a* bc" },
		/*
		 * undefined ones do not count; without any other it is -1, which is below that of
		 * a dead group
		 */
		{ { { .tpg = 1, .priority = 3 },
		    { .tpg = 2, .priority = -1 },
		    { .tpg = 2, .priority = 4 } },
		  3,
		  "bc* a" },
		{ { { .tpg = 1, .priority = -1 },
		    { .tpg = 2, .priority = 5, .state = MP_PATH_DOWN } },
		  2,
		  "b a*" },
		/* ghosts are usable */
		{ { { .tpg = 1, .priority = 1, .state = MP_PATH_DOWN },
		    { .tpg = 2, .priority = 1, .state = MP_PATH_GHOST } },
		  2,
		  "b* a" },
		{ { { .tpg = 1, .priority = 1, .state = MP_PATH_DOWN },
		    { .tpg = 2, .priority = 9, .state = MP_PATH_DOWN } },
		  2,
		  "a* b" },
		{ { { .tpg = 1, .priority = 9, .wrong_wwid = true }, { .tpg = 2, .priority = 1 } },
		  2,
		  "b* a" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		expect(MP_GROUPING_BY_TPG, rows[i].facts, rows[i].count, false, "service-time 0",
		       rows[i].expected);
}

static void marginal_paths_stay_apart_and_come_last(void **state)
{
	static const struct {
		struct fact facts[6];
		size_t count;
		enum mp_grouping grouping;
		bool marginal;
		const char *expected;
	} rows[] = {
		{ { { .priority = 9, .marginal = true }, { .priority = 1 }, { .priority = 1 } },
		  3,
		  MP_GROUPING_MULTIBUS,
		  true,
		  "bc* a" },
		{ { { .priority = 9, .marginal = true }, { .priority = 1 }, { .priority = 1 } },
		  3,
		  MP_GROUPING_MULTIBUS,
		  false,
		  "abc*" },
		{ { { .priority = 9, .marginal = true }, { .priority = 9 }, { .priority = 1 } },
		  3,
		  MP_GROUPING_BY_PRIO,
		  true,
		  "b* c a" },
		{ { { .priority = 1, .marginal = true }, { .priority = 9, .marginal = true } },
		  2,
		  MP_GROUPING_BY_PRIO,
		  true,
		  "b* a" },
		/* the only usable ones */
		{ { { .priority = 9, .state = MP_PATH_DOWN }, { .priority = 0, .marginal = true } },
		  2,
		  MP_GROUPING_FAILOVER,
		  true,
		  "a b*" },
		{ { { .priority = 9 }, { .priority = 9, .marginal = true } },
		  2,
		  MP_GROUPING_FAILOVER,
		  true,
		  "a* b" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		expect(rows[i].grouping, rows[i].facts, rows[i].count, rows[i].marginal,
		       "service-time 0", rows[i].expected);
}

static void round_robin_alternates_between_adapters_and_ports(void **state)
{
#define FC(bus, number) \
	{ \
		.adapter = bus, .host = number, .protocol = MP_PROTOCOL_SCSI_FCP \
	}
	static const struct {
		struct fact facts[8];
		size_t count;
		const char *selector, *expected;
	} rows[] = {
		{ { FC("A", 0), FC("A", 0), FC("B", 1), FC("B", 1) }, 4, "round-robin 0", "acbd*" },
		{ { FC("A", 0), FC("A", 0), FC("B", 1), FC("B", 1) }, 4, "round-robin", "acbd*" },
		{ { FC("A", 0), FC("A", 0), FC("B", 1), FC("B", 1) },
		  4,
		  "  round-robin\t0 ",
		  "acbd*" },
		{ { FC("A", 0), FC("A", 0), FC("B", 1), FC("B", 1) },
		  4,
		  "service-time 0",
		  "abcd*" },
		{ { FC("A", 0), FC("A", 0), FC("B", 1), FC("B", 1) }, 4, " round 0", "abcd*" },
		{ { FC("A", 0), FC("A", 0), FC("B", 1), FC("B", 1) },
		  4,
		  "round-robin-next 0",
		  "abcd*" },
		/* two ports of each adapter */
		{ { FC("A", 0), FC("A", 0), FC("A", 1), FC("A", 1), FC("B", 2), FC("B", 2),
		    FC("B", 3), FC("B", 3) },
		  8,
		  "round-robin 0",
		  "aecgbfdh*" },
		{ { FC("A", 0), FC("A", 0), FC("A", 0), FC("B", 1) }, 4, "round-robin 0", "adbc*" },
		{ { FC("A", 0), FC("A", 0), FC("A", 0) }, 3, "round-robin 0", "abc*" },
		/*
		 * an unknown adapter, or a transport without adapters, leaves the order unchanged
		 */
		{ { FC("A", 0), FC("A", 0), FC("B", 1), FC("", 2) }, 4, "round-robin 0", "abcd*" },
		{ { FC("A", 0),
		    FC("A", 0),
		    FC("B", 1),
		    { .adapter = "B", .protocol = MP_PROTOCOL_SCSI_ATA } },
		  4,
		  "round-robin 0",
		  "abcd*" },
		{ { { .adapter = "A", .protocol = MP_PROTOCOL_SCSI_SAS },
		    { .adapter = "A", .protocol = MP_PROTOCOL_SCSI_ISCSI },
		    { .adapter = "B", .protocol = MP_PROTOCOL_SCSI_SRP } },
		  3,
		  "round-robin 0",
		  "acb*" },
	};
#undef FC

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		expect(MP_GROUPING_MULTIBUS, rows[i].facts, rows[i].count, false, rows[i].selector,
		       rows[i].expected);
}

static void two_paths_are_not_alternated(void **state)
{
	static const struct fact facts[] = {
		{ .priority = 1, .adapter = "A", .protocol = MP_PROTOCOL_SCSI_FCP },
		{ .priority = 1, .adapter = "B", .protocol = MP_PROTOCOL_SCSI_FCP },
	};

	(void)state;
	expect(MP_GROUPING_MULTIBUS, facts, ARRAY_SIZE(facts), false, "round-robin 0", "ab*");
}

static void large_priorities_do_not_overflow_their_average(void **state)
{
	static const struct fact facts[] = { { .priority = INT32_MAX },
					     { .priority = INT32_MAX },
					     { .priority = INT32_MAX } };
	const struct mp_path *pointers[PATHS_MAX];
	struct mp_path paths[PATHS_MAX];
	struct mp_wanted_group group = { .paths = pointers };

	(void)state;
	group.path_count = make_paths(facts, ARRAY_SIZE(facts), paths, pointers);
	mp_grouping_rate(&group, true);
	assert_int_equal(group.priority, INT32_MAX);
	assert_int_equal(group.active, 3);
	assert_false(group.marginal);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_policy_groups_by_its_criterion),
		cmocka_unit_test(no_paths_make_no_groups),
		cmocka_unit_test(order_is_by_priority_then_by_active_paths_then_as_found),
		cmocka_unit_test(marginal_paths_stay_apart_and_come_last),
		cmocka_unit_test(round_robin_alternates_between_adapters_and_ports),
		cmocka_unit_test(two_paths_are_not_alternated),
		cmocka_unit_test(large_priorities_do_not_overflow_their_average),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
